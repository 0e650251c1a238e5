"""The admin's cards about people: find, add, leave, change unit or e-mail, join double rows, hand over."""

from collections.abc import Mapping

from actions import measures, staff
from actions import people as acts
from actions import units as unit_acts
from actions.changes import NONE, Change, record
from actions.people import Entry
from checklists.case_dates import read_day, readable_day
from checklists.csv_in import one_line
from checklists.errors import BadEmail, NobodyMeant, NoWorkerThere, UnitGone, UserError
from checklists.faults import Refusal
from checklists.free_text import fields_again
from checklists.identity import address, is_address
from checklists.plain_text import weight
from checklists.privacy import refuse_personal_numbers
from checklists.program import PROGRAM
from checklists.rights import ROLES
from dialogs.admin.shown import (
    MOST_CHOICES,
    ROWS,
    back,
    case_name,
    more,
    role_line,
    to_act,
    to_page,
    told,
    unit_field,
    units_of,
    whom,
)
from dialogs.figures import addresses
from dialogs.figures.addresses import link_url
from dialogs.turn.declared import Done, Press, Reaction, claimed
from dialogs.turn.presses import AdminPage, Nothing, OnAdmin
from dialogs.turn.turn_context import TurnContext
from dialogs.views.admin import AdminField, AdminSection, AdminView
from dialogs.views.figures import LinkRow, LinksView
from dialogs.views.parts import Button, Line
from storage import cases, conversations, links, people
from storage.cases import CaseRow
from storage.people import PersonRow
from texts import say

PEOPLE = "people"
_ALL = "all"
_NOTHING: Mapping[str, str] = {}


# --- finding ---------------------------------------------------------------------------------------------------------


def found(context: TurnContext, at: AdminPage, inputs: Mapping[str, str]) -> Reaction:
    """Show the people who match a name or an e-mail: the person's card if only one does, everybody for no text."""
    who = one_line(inputs.get("who", "")).casefold()
    everybody = people.register(context.session, context.tenant_id)
    fits = [row for row in everybody if who in row.name.casefold() or who in (row.email or "").casefold()]
    if who and len(fits) == 1:
        return card_of(context, fits[0])
    shown = fits[at.start : at.start + ROWS]
    field = AdminField(id="who", label=Line(say="admin.who"), kind="text")
    search = AdminSection(fields=(field,), buttons=(to_page("buttons.search", PEOPLE),))
    rows = [
        AdminSection(
            heading=Line(say="admin.name", args={"name": row.name}),
            lines=_roles(context, row),
            buttons=(to_page("buttons.open_person", "person", row.id, of=row.email or f"{row.id}", name=row.name),),
        )
        for row in shown
    ]
    following = more("buttons.show_more", PEOPLE, 0, at.start, fits) if not who else ()
    count = Line(say="admin.found" if fits else "admin.nobody", args={"people": len(fits)})
    buttons = (
        *following,
        to_page("buttons.add_person", "add"),
        _to_export(),
        *back(),
    )
    return AdminView(title=Line(say="admin.people"), lines=(count,), sections=(search, *rows), buttons=buttons)


def _roles(context: TurnContext, person: PersonRow) -> tuple[Line, ...]:
    names = people.unit_names(context.session, context.tenant_id, former=True)
    return tuple(role_line(row, names) for row in people.every_role_of(context.session, person.id))


def _to_export() -> Button:
    """Return the button to the register as a file. A verb of its own, as its answer is shown in a response alone."""
    return Button(title=Line(say="buttons.export_people"), claim=claimed("export_people"))


def export_people(context: TurnContext, _press: Press[Nothing] | None = None) -> Reaction:
    """Return a one-time link to the register as a file; without a secret where the answer is posted (see `report`)."""
    buttons = (_to_export(), to_page("buttons.people", PEOPLE), *back())
    if not context.turn.invoke:
        return LinksView(notices=(Line(say="admin.register_private"),), links=(), buttons=buttons)
    if not context.pages_url:
        return LinksView(notices=(Line(say="admin.no_pages", args={"program": PROGRAM}),), links=(), buttons=buttons)
    whose = (context.tenant_id, context.person_id)
    token = links.make(context.session, *whose, addresses.PEOPLE, {}, context.turn.now)
    made = LinkRow(what="people", address=link_url(context.pages_url, addresses.PATHS[addresses.PEOPLE], token))
    changes = record(context.session, context.origin, Change("link_made", detail=addresses.PEOPLE))
    return Done(LinksView(links=(made,), buttons=buttons), changes)


def _export_page(context: TurnContext, _at: AdminPage, _inputs: Mapping[str, str]) -> Reaction:
    """Answer the button of cards posted by earlier releases."""
    return export_people(context)


def person(context: TurnContext, at: AdminPage, _inputs: Mapping[str, str]) -> Reaction:
    """Show a person's card."""
    row = people.person(context.session, context.tenant_id, at.about)
    return card_of(context, row) if row is not None else found(context, AdminPage(PEOPLE), _NOTHING)


def card_of(
    context: TurnContext, row: PersonRow, notices: tuple[Line, ...] = (), typed: Mapping[str, str] = _NOTHING
) -> AdminView:
    """Return a person's card, with everything the admin can do about her."""
    still = len(cases.open_of(context.session, context.tenant_id, row.id))
    has_app = conversations.chat_with(context.session, row.id) is not None
    lines = [Line(say="admin.email_is", args={"email": row.email or "–"})]
    lines += _roles(context, row)
    lines += [Line(say="admin.has_app" if has_app else "admin.lacks_app")]
    lines += [Line(say="admin.open_cases", args={"cases": still})]
    day = readable_day(typed.get("last", ""), context.today)
    first = readable_day(typed.get("first", ""), context.today)
    leaves = AdminSection(
        heading=Line(say="admin.leaves"),
        fields=(AdminField(id="last", label=Line(say="admin.last_day"), kind="date", value=day),),
        buttons=(to_act(context, "buttons.leaves", "leave", row.id),),
    )
    moves = AdminSection(
        heading=Line(say="admin.changes_unit"),
        fields=(
            unit_field(context, value=typed.get("unit", "")),
            AdminField(id="first", label=Line(say="admin.first_day"), kind="date", value=first),
        ),
        buttons=(to_act(context, "buttons.changes_unit", "move", row.id),),
    )
    email = AdminSection(
        heading=Line(say="admin.new_email"),
        fields=(AdminField(id="email", label=Line(say="admin.email"), kind="text", value=typed.get("email", "")),),
        buttons=(to_act(context, "buttons.save_email", "email", row.id),),
    )
    twice = AdminSection(
        heading=Line(say="admin.two_accounts"),
        lines=(Line(say="admin.two_accounts_how"),),
        fields=(_others(context, row),),
        buttons=(to_act(context, "buttons.join", "join", row.id),),
    )
    handing = (to_page("buttons.their_cases", "cases", row.id),) if still else ()
    return AdminView(
        title=Line(say="admin.name", args={"name": row.name}),
        notices=notices,
        lines=tuple(lines),
        sections=(leaves, moves, email, twice),
        buttons=(*handing, to_page("buttons.people", PEOPLE), *back()),
    )


def _others(context: TurnContext, row: PersonRow) -> AdminField:
    """Return the field for choosing another row: those with similar names first."""
    words = set(row.name.casefold().split())
    others = [one for one in people.register(context.session, context.tenant_id) if one.id != row.id]
    others.sort(key=lambda one: -len(words & set(one.name.casefold().split())))
    choices = tuple((str(one.id), whom(one)) for one in others[:MOST_CHOICES])
    return AdminField(id="other", label=Line(say="admin.other_row"), kind="choice", choices=choices)


def no_app(context: TurnContext, at: AdminPage, _inputs: Mapping[str, str]) -> Reaction:
    """List those who hold a role today but cannot be reached."""
    held = {
        row.id: row
        for row, role in people.everyone(context.session, context.tenant_id)
        if people.is_held(role, context.today)
    }
    missed = conversations.without_app(context.session, held.values())
    rows = tuple(
        AdminSection(heading=Line(say="admin.name", args={"name": row.name}), lines=_roles(context, row))
        for row in missed[at.start : at.start + 2 * ROWS]
    )
    following = (to_page("buttons.show_more", "no_app", 0, at.start + 2 * ROWS),)
    count = Line(say="admin.without_app" if missed else "admin.all_have_app", args={"people": len(missed)})
    buttons = (*(following if len(missed) > at.start + 2 * ROWS else ()), *back())
    return AdminView(title=Line(say="admin.no_app_title"), lines=(count,), sections=rows, buttons=buttons)


# --- adding ----------------------------------------------------------------------------------------------------------


def add(context: TurnContext, _at: AdminPage, _inputs: Mapping[str, str]) -> Reaction:
    """Show the form for somebody new."""
    return _form(context)


def _form(context: TurnContext, notices: tuple[Line, ...] = (), typed: Mapping[str, str] = _NOTHING) -> AdminView:
    roles = tuple((role, say("roles." + role, context.language)) for role in ROLES if role != "deputy")
    fields = (
        AdminField(id="name", label=Line(say="admin.their_name"), kind="text", value=typed.get("name", "")),
        AdminField(id="email", label=Line(say="admin.email"), kind="text", value=typed.get("email", "")),
        AdminField(id="role", label=Line(say="admin.role"), kind="choice", choices=roles, value=typed.get("role", "")),
        unit_field(context, value=typed.get("unit", "")),
        AdminField(id="new_unit", label=Line(say="admin.new_unit"), kind="text", value=typed.get("new_unit", "")),
    )
    section = AdminSection(
        lines=(Line(say="admin.adding"),), fields=fields, buttons=(to_act(context, "buttons.save", "add"),)
    )
    return AdminView(title=Line(say="admin.add_title"), notices=notices, sections=(section,), buttons=back())


def add_person(context: TurnContext, _what: OnAdmin, inputs: Mapping[str, str]) -> Reaction:
    """Enter somebody in the register; if the e-mail is already there, that person gets the role."""
    try:
        entry = _entry(context, inputs)
        what, changes = acts.enter(context.session, context.origin, entry)
    except (UserError, Refusal) as error:
        return _form(context, told(context, error), fields_again(inputs, context.origin.lets))
    row = people.by_email(context.session, context.tenant_id, entry.email or "")
    if row is None:
        raise NobodyMeant
    line = Line(say="admin.added" if what == "added" else "admin.there_already", args={"name": row.name})
    return Done(card_of(context, row, (line,)), changes)


def _entry(context: TurnContext, inputs: Mapping[str, str]) -> Entry:
    """Read the form. Raises: NobodyMeant, BadEmail, UnitGone, UnitNearKnown, PersonalNumberInText."""
    name, email, new_unit = (
        one_line(refuse_personal_numbers(inputs.get(field, ""), context.origin.lets))[:200]
        for field in ("name", "email", "new_unit")
    )
    role = next((one for one in ROLES if one == inputs.get("role")), None)
    if not weight(name) or role is None or role == "deputy":
        raise NobodyMeant
    if not is_address(address(email)):
        raise BadEmail
    unit = new_unit or units_of(context).get(_number(inputs, "unit"), "")
    if unit or role in staff.IN_A_UNIT:
        unit = unit_acts.named(context.session, context.origin, unit)
    return acts.entry_from_today(context.session, context.origin, address(email), name, unit, role)


def _number(inputs: Mapping[str, str], name: str) -> int:
    written = inputs.get(name, "")
    return int(written) if written.isascii() and written.isdigit() else 0


# --- what happens to somebody ----------------------------------------------------------------------------------------


def _meant(context: TurnContext, row_id: int) -> PersonRow:
    """Return a person of the register. Raises: NobodyMeant."""
    row = people.person(context.session, context.tenant_id, row_id)
    if row is None or row.joined_into_id is not None:
        raise NobodyMeant
    return row


def _refused(context: TurnContext, row_id: int, error: UserError, inputs: Mapping[str, str]) -> Reaction:
    row = people.person(context.session, context.tenant_id, row_id)
    if row is None or row.joined_into_id is not None:
        return found(context, AdminPage(PEOPLE), _NOTHING)
    return card_of(context, row, told(context, error), fields_again(inputs, context.origin.lets))


def leave(context: TurnContext, what: OnAdmin, inputs: Mapping[str, str]) -> Reaction:
    """Register that somebody leaves after a given day, and show the cases she leaves behind."""
    try:
        row = _meant(context, what.about)
        last = read_day(inputs.get("last", "").strip(), context.today, "last_day")
        changes = staff.leave(context.session, context.origin, row, last)
    except UserError as error:
        return _refused(context, what.about, error, inputs)
    say_ = "admin.left" if changes else "admin.left_already"
    line = Line(say=say_, args={"name": row.name, "day": last.isoformat()})
    left = cases.open_of(context.session, context.tenant_id, row.id)
    count = measures.owned_by(context.session, context.tenant_id, row.id)
    told_too = (Line(say="admin.left_measures", args={"name": row.name, "count": count}),) if count else ()
    listed = record(context.session, context.origin, Change("admin_listed", detail="cases")) if left else ()
    notices = (line, *told_too)
    view = _cases(context, row, 0, notices) if left else card_of(context, row, notices)
    return Done(view, changes + listed)


def move(context: TurnContext, what: OnAdmin, inputs: Mapping[str, str]) -> Reaction:
    """Move somebody to another unit from a given day."""
    try:
        row = _meant(context, what.about)
        first = read_day(inputs.get("first", "").strip(), context.today, "first_there")
        units = units_of(context)
        unit_id = _number(inputs, "unit")
        if unit_id not in units:
            raise UnitGone
        held = staff.moving(context.session, context.origin, row, unit_id)
        changes = staff.move(context.session, context.origin, row, held, unit_id, first) if held else NONE
    except UserError as error:
        return _refused(context, what.about, error, inputs)
    args = {"name": row.name, "unit": units[unit_id], "day": first.isoformat()}
    return Done(card_of(context, row, (Line(say="admin.moved" if changes else "admin.unchanged", args=args),)), changes)


def email(context: TurnContext, what: OnAdmin, inputs: Mapping[str, str]) -> Reaction:
    """Give somebody another e-mail."""
    try:
        row = _meant(context, what.about)
        changes = staff.change_email(context.session, context.origin, row, inputs.get("email", ""))
    except UserError as error:
        return _refused(context, what.about, error, inputs)
    return Done(card_of(context, row, (Line(say="admin.email_saved" if changes else "admin.unchanged"),)), changes)


def join(context: TurnContext, what: OnAdmin, inputs: Mapping[str, str]) -> Reaction:
    """Ask for confirmation before joining two rows of the register: it cannot be undone."""
    try:
        row, other = _meant(context, what.about), _meant(context, _number(inputs, "other"))
        if row.id == other.id:
            raise NobodyMeant
    except UserError as error:
        return _refused(context, what.about, error, inputs)
    args = {"stays": whom(row), "gone": whom(other)}
    sure = to_act(context, "buttons.join_sure", f"join_sure:{other.id}", row.id)
    return AdminView(
        title=Line(say="admin.join_title"),
        lines=(Line(say="admin.join_asks", args=args), Line(say="admin.join_how")),
        buttons=(sure, to_page("buttons.cancel", "person", row.id)),
    )


def join_sure(context: TurnContext, what: OnAdmin, _inputs: Mapping[str, str]) -> Reaction:
    """Join two rows of the register; the other one's row id follows the name of the action."""
    try:
        row, other = _meant(context, what.about), _meant(context, int(what.act.partition(":")[2]))
        changes = staff.join(context.session, context.origin, other, row)
    except UserError as error:
        return _refused(context, what.about, error, _NOTHING)
    return Done(card_of(context, _meant(context, what.about), (Line(say="admin.joined"),)), changes)


# --- a leaver's cases ------------------------------------------------------------------------------------------------


def their_cases(context: TurnContext, at: AdminPage, _inputs: Mapping[str, str]) -> Reaction:
    """List somebody's open cases, to hand over."""
    row = people.person(context.session, context.tenant_id, at.about)
    if row is None:
        return found(context, AdminPage(PEOPLE), _NOTHING)
    listed = record(context.session, context.origin, Change("admin_listed", detail="cases"))
    return Done(_cases(context, row, at.start), listed)


def _cases(context: TurnContext, row: PersonRow, start: int, notices: tuple[Line, ...] = ()) -> AdminView:
    left = cases.open_of(context.session, context.tenant_id, row.id)
    names = people.unit_names(context.session, context.tenant_id)
    shown = left[start : start + 2 * ROWS]
    workers = {
        one.id: one
        for unit_id in sorted({case.unit_id for case in left})
        for one in people.holders(context.session, context.tenant_id, unit_id, "case_worker", context.today)
        if one.id != row.id
    }
    to = tuple((str(one.id), whom(one)) for one in sorted(workers.values(), key=lambda one: one.name)[:MOST_CHOICES])
    which = [(_ALL, say("admin.all_cases", context.language))]
    which += [(str(case.id), _titled(context, case)) for case in shown]
    form = AdminSection(
        fields=(
            AdminField(id="case", label=Line(say="admin.which"), kind="choice", choices=tuple(which), value=_ALL),
            AdminField(id="to", label=Line(say="admin.to"), kind="choice", choices=to),
        ),
        buttons=(to_act(context, "buttons.hand_over", "hand_over", row.id),),
    )
    rows = [
        AdminSection(
            heading=case_name("" if case.protected_identity else case.ref, case.id),
            lines=(
                Line(say="admin.in_unit", args={"unit": names.get(case.unit_id, "")}),
                Line(say="admin.as_lead" if case.lead_id == row.id else "admin.as_co_worker"),
            ),
        )
        for case in shown
    ]
    following = (to_page("buttons.show_more", "cases", row.id, start + 2 * ROWS),)
    return AdminView(
        title=Line(say="admin.cases_title", args={"name": row.name}),
        notices=notices,
        lines=(
            Line(say="admin.open_cases", args={"cases": len(left)}),
            *((Line(say="admin.nobody_takes_over"),) if left and not to else ()),
        ),
        sections=(*((form,) if to else ()), *rows),
        buttons=(
            *(following if len(left) > start + 2 * ROWS else ()),
            to_page("buttons.open_person", "person", row.id, of=row.email or f"{row.id}", name=row.name),
            *back(),
        ),
    )


def _titled(context: TurnContext, case: CaseRow) -> str:
    name = case_name("" if case.protected_identity else case.ref, case.id)
    return say(name.say, context.language, **name.args)


def hand_over(context: TurnContext, what: OnAdmin, inputs: Mapping[str, str]) -> Reaction:
    """Give somebody's open cases, or one of them, to another worker of the unit; both are told."""
    try:
        row = _meant(context, what.about)
        to = people.person(context.session, context.tenant_id, _number(inputs, "to"))
        if to is None:
            raise NoWorkerThere
        left = cases.open_of(context.session, context.tenant_id, row.id)
        one = _number(inputs, "case")
        wanted = [case for case in left if one in (0, case.id)]
        count, changes = staff.hand_over(context.session, context.origin, wanted, row, to)
    except UserError as error:
        row_there = people.person(context.session, context.tenant_id, what.about)
        if row_there is None:
            return found(context, AdminPage(PEOPLE), _NOTHING)
        return _cases(context, row_there, 0, told(context, error))
    args = {"cases": count, "name": to.name, "left": len(left) - count}
    notice = Line(say="admin.handed_over" if count == len(wanted) else "admin.some_handed_over", args=args)
    return Done(_cases(context, row, 0, (notice,)), changes)


PAGES = {PEOPLE: found, "person": person, "no_app": no_app, "add": add, "cases": their_cases, "export": _export_page}
ACTIONS = {"add": add_person, "leave": leave, "move": move, "email": email, "join": join, "join_sure": join_sure}
ACTIONS |= {"hand_over": hand_over}
