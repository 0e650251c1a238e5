"""An adult's case and a child's, linked: `koppla`, asking who has the other case, and what was assessed together.

Of the other case a person sees its reference, its unit and what was assessed together, nothing more; not even the
reference, if it has protected identity and she has no right to it. Asking about a case she may not open gets the
same words whether or not there is such a case.
"""

from functools import partial

from actions import linking as acts
from checklists import access
from checklists.case_dates import read_past_day, readable_day
from checklists.errors import BadCaseRef, JointIncomplete, LinkGone, UserError
from checklists.free_text import shown_again
from checklists.model import Role
from checklists.references import meant, pairs
from checklists.rights import LIST_HOLDER, READER, Right, VerbName
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.find_case import maybe_ref
from dialogs.turn.presses import OfLink, OnDetails
from dialogs.turn.turn_context import TurnContext
from dialogs.views.parts import Button, Line
from dialogs.views.ready_made import ask_ref, open_button, refused
from dialogs.views.rounds import Option, PanelField, PanelRow, PanelView, coded, decoded
from dialogs.views.views import AnyView, MenuView
from dialogs.worker.case_details import keep
from dialogs.worker.linked_lines import LINK_ANSWERS, joint_lines, joint_rows, named
from storage import case_links, people, tenants, trail
from storage.case_links import CaseLinkRow
from storage.cases import CaseRow
from storage.people import PersonRow

LINKED = Right("linked", "case", LIST_HOLDER)
LINK_TO = Right("link_to", "case", LIST_HOLDER)
LINK_SAY = Right("link_say", "case", {"case_worker": ("lead",), **READER})
UNLINK = Right("unlink", "case", LIST_HOLDER)
JOINT = Right("joint", "case", LIST_HOLDER)
SAVE_JOINT = Right("save_joint", "case", LIST_HOLDER)
UNJOINT = Right("unjoint", "case", LIST_HOLDER)
_UNITED: tuple[Role, ...] = ("case_worker", "unit_manager", "deputy")
"""The roles that may have taken part in a joint assessment for a unit."""


# --- the card --------------------------------------------------------------------------------------------------------


def card(
    context: TurnContext, case: CaseRow, notices: tuple[Line, ...] = (), text: str = "", sure: str = ""
) -> AnyView:
    """Return the card of what a case is linked to, with what was assessed together; the closed-case view if closed.

    text: what was filled in and refused. sure: see `_link`.
    """
    if case.closed_on is not None:
        return find_case.closed_case(context, case)
    newest = trail.newest_of_case(context.session, case.id)
    rows = [_row(context, case, row, other, newest) for row, other in case_links.of_case(context.session, case.id)]
    save = claimed("link_to", OfLink(newest=newest, said=sure), case=case.id)
    again = shown_again(text, context.origin.lets)
    return PanelView(
        notices=notices,
        title=Line(say="linked.title", args={"ref": case.ref}),
        lines=(Line(say="linked.how" if rows else "linked.none"),),
        rows=(*rows, *_waiting(context, case, newest)),
        fields=(PanelField(id="case_ref", kind="text", label=Line(say="linked.other"), value=again),),
        buttons=(Button(title=Line(say="buttons.link_to"), claim=save),),
        nav=(open_button(case.id, Line(say="buttons.details"), "details"),),
    )


def _row(context: TurnContext, case: CaseRow, row: CaseLinkRow, other: CaseRow, newest: int) -> PanelRow:
    at, about = OfLink(row.id, newest), named(context.session, context.roles, other)
    verbs: tuple[VerbName, ...] = ("joint", "unlink")
    return PanelRow(
        title=about,
        lines=joint_lines(context.session, row),
        buttons=tuple(
            Button(
                title=Line(say="buttons." + verb),
                claim=claimed(verb, at, case=case.id),
                about=str(about.args.get("ref", f"({row.id})")),
            )
            for verb in verbs
        ),
    )


def _waiting(context: TurnContext, case: CaseRow, newest: int) -> list[PanelRow]:
    """Return the unanswered questions about linking this case, as whoever was sent one may have left the case since."""
    if not access.may_use(LINK_SAY, context.roles, case):
        return []
    found = []
    for row, other in case_links.asked_of(context.session, case.id):
        about = named(context.session, context.roles, other).args
        names = people.names_of(context.session, context.tenant_id, {row.by_id})
        args = {"name": names.get(row.by_id, ""), "ref": case.ref, "unit": about["unit"]}
        if "ref" in about:
            args["other"] = about["ref"]
        buttons = tuple(
            Button(
                title=Line(say=say),
                claim=claimed("link_say", OfLink(row.id, newest, said), case=case.id),
                about=str(about.get("ref", f"({row.id})")),
            )
            for said, say in LINK_ANSWERS
        )
        title = Line(say="linked.asks" if "other" in args else "linked.asks_protected", args=args)
        found.append(PanelRow(title=title, buttons=buttons))
    return found


def pressed(context: TurnContext, press: Press[OnDetails]) -> Reaction:
    """Show the card, from a button; what is filled in on the details card is kept."""
    case = find_case.row(context, press.case, LINKED)
    if not press.what.shown or case.closed_on is not None:
        return card(context, case)
    basis = find_case.by_id(context, press.case, LINKED)
    kept, again = keep(context, basis, press)
    return Done(again, kept.changes) if again else kept.before(card(context, case))


# --- linking ---------------------------------------------------------------------------------------------------------


def typed(context: TurnContext, rest: str) -> Reaction:
    """Link the two cases that are named; if one or none is, show the card of that case or of the last one used."""
    if not rest:
        case = find_case.last_touched(context, LINKED)
        return card(context, _opened(context, case)) if case is not None else ask_ref("koppla")
    case = _named(context, rest)
    if case is not None:
        return card(context, _opened(context, case))
    if not (two := _two(context, rest)):
        with find_case.telling_near(context, rest, LINKED, partial(_may, context)):
            find_case.reference(context, rest)  # says what is wrong with it
        raise find_case.no_such(context, rest, LINKED, partial(_may, context))
    one, other = (_named(context, part) for part in two)
    first = one if one is not None and _may(context, one) else other
    if first is None or not _may(context, first):
        written = next((part for part in two if find_case.almost(context, part, partial(_may, context))), rest)
        raise find_case.no_such(context, written, LINKED, partial(_may, context), one or other)
    return _link(context, _opened(context, first), two[1] if first is one else two[0])


def untyped(context: TurnContext, rest: str) -> Reaction:
    """Show what the named case is linked to, with the button that removes a link; if two are named, remove theirs."""
    two = _two(context, rest) if rest and _named(context, rest) is None else None
    found = [_named(context, part) for part in two or ()]
    hers = next((one for one in found if one is not None and _may(context, one)), None)
    if hers is None:
        return typed(context, "" if two is None and not rest else (two or (rest, ""))[0])
    others = {other.id: row for row, other in case_links.of_case(context.session, hers.id)}
    row = next((others[one.id] for one in found if one is not None and one.id in others), None)
    return _unlink(context, _opened(context, hers), row)


def _two(context: TurnContext, rest: str) -> tuple[str, str] | None:
    """Return the two references in a line: of the ways to split it, the pair with the most cases that she may open.

    Other cases do not count: how the line is read would reveal whether they exist.
    """
    known: list[tuple[int, tuple[str, str]]] = []
    for both in pairs(rest):
        try:
            found = [find_case.named(context, one) for one in both]
            known.append((sum(one is not None and _may(context, one) for one in found), both))
        except UserError:
            continue
    return max(known, key=lambda found: found[0])[1] if known else None


def _named(context: TurnContext, text: str) -> CaseRow | None:
    """Return the case a text names, None if it names none or is no reference. Raises: PersonalNumberInText."""
    try:
        return find_case.named(context, text)
    except BadCaseRef:
        return None


def _may(context: TurnContext, case: CaseRow) -> bool:
    return access.may_use(LINK_TO, context.roles, case)


def _opened(context: TurnContext, case: CaseRow) -> CaseRow:
    return find_case.row(context, case.id, LINKED)


def link_to(context: TurnContext, press: Press[OfLink]) -> Reaction:
    """Link the case on the card to the one whose reference is filled in."""
    case = find_case.row(context, press.case, LINK_TO)
    return _link(context, case, press.inputs.get("case_ref", ""), press.what.said)


def _link(context: TurnContext, case: CaseRow, text: str, sure: str = "") -> Reaction:
    """Link a case of hers to the named one; if she has no right to that one, ask those who have.

    sure: the reference that she was asked about already, as she has another case that is written almost like it.
    """
    pattern = tenants.settings(context.tenant).case_ref_pattern
    try:
        ref, other = meant(text, pattern)[-1], find_case.named(context, text)
        if other is not None and _may(context, other):
            changes = acts.link(context.session, context.origin, case, other, _acting(context, case))
            line = Line(say="linked.done" if changes else "linked.already", args={"ref": other.ref})
            return Done(card(context, case, (line,)), changes)
        if ref != sure and (near := _almost(context, case, ref)):  # be there such a case or not: it is not told
            return card(context, case, (Line(say="linked.near", args={"ref": near}),), text, sure=ref)
        if (asked := _asked_too(context, case, other)) is not None:
            changes = acts.say(context.session, context.origin, asked, case, yes=True, acting=_acting(context, case))
            return Done(card(context, case, (Line(say="linked.done", args={"ref": ref}),)), changes)
        changes = acts.ask(context.session, context.origin, case, other, _acting(context, case))
    except UserError as error:
        return card(context, case, (Line(say=error.text_key, args=error.args_for_text),), text)
    return Done(card(context, case, (Line(say="linked.asked", args={"ref": ref}),)), changes)


def _almost(context: TurnContext, case: CaseRow, ref: str) -> str:
    """Return the reference of another case of hers that one is written almost like, "" if there is none."""
    return find_case.almost(context, ref, lambda other: other.id != case.id and _may(context, other))


def _asked_too(context: TurnContext, case: CaseRow, other: CaseRow | None) -> CaseLinkRow | None:
    """Return the other unit's question about the same two cases, if she may answer it: then both want the link.

    A question about a case with protected identity stays unanswered: nobody was told which case it is.
    """
    if other is None or other.protected_identity or not access.may_use(LINK_SAY, context.roles, case):
        return None
    waiting = case_links.asked_of(context.session, case.id)
    return next((row for row, asking in waiting if asking.id == other.id), None)


def link_say(context: TurnContext, press: Press[OfLink]) -> Reaction:
    """Say yes or no to linking a case to another."""
    case = find_case.row(context, press.case, LINK_SAY)
    row = case_links.get(context.session, context.tenant_id, press.what.link_id)
    yes = press.what.said == "ja"
    title = Line(say="details.about", args={"ref": case.ref})
    try:
        changes = acts.say(context.session, context.origin, row, case, yes=yes, acting=_acting(context, case))
    except UserError as error:
        return MenuView(title=title, lines=(Line(say=error.text_key),), buttons=_ways(case))
    line = Line(say="linked.said_yes" if yes else "linked.said_no")
    return Done(MenuView(title=title, lines=(line,), buttons=_ways(case)), changes)


def _ways(case: CaseRow) -> tuple[Button, ...]:
    return (open_button(case.id, Line(say="buttons.linked"), "linked"),)


def unlink(context: TurnContext, press: Press[OfLink]) -> Reaction:
    """Remove a link; the other unit is told, and may link the cases again."""
    case = find_case.row(context, press.case, UNLINK)
    return _unlink(context, case, case_links.get(context.session, context.tenant_id, press.what.link_id))


def _unlink(context: TurnContext, case: CaseRow, row: CaseLinkRow | None) -> Reaction:
    if case.closed_on is not None:
        return card(context, case)
    try:
        changes = acts.unlink(context.session, context.origin, row, case, _acting(context, case))
    except UserError as error:
        return card(context, case, (Line(say=error.text_key),))
    return Done(card(context, case, (Line(say="linked.undone"),)), changes)


def _acting(context: TurnContext, case: CaseRow) -> str:
    return context.acting_as(case) if access.reads(context.roles, case) else ""


# --- assessed together -----------------------------------------------------------------------------------------------


def joint(context: TurnContext, press: Press[OfLink]) -> Reaction:
    """Ask on which day, and with whom of the other unit, the assessment was made."""
    case = find_case.row(context, press.case, JOINT)
    row = case_links.get(context.session, context.tenant_id, press.what.link_id)
    return _joint(context, case, row, context.today.isoformat())


def _joint(
    context: TurnContext,
    case: CaseRow,
    row: CaseLinkRow | None,
    day: str,
    chosen: str = "",
    notices: tuple[Line, ...] = (),
) -> AnyView:
    other = acts.other_of(context.session, row, case) if row is not None and row.state == case_links.LINKED else None
    if row is None or other is None or case.closed_on is not None:
        return card(context, case, (Line(say=LinkGone().text_key),))
    at = OfLink(row.id, trail.newest_of_case(context.session, case.id))
    options = tuple(Option(value=coded(one.id), name=one.name) for one in _others(context, other))
    chosen = chosen if chosen in {option.value for option in options} else ""
    kept = zip(joint_rows(context.session, row), joint_lines(context.session, row), strict=False)
    return PanelView(
        notices=notices,
        rows=tuple(_kept(case, row, at.newest, one.id, line) for one, line in kept),
        title=Line(say="linked.joint_title", args={"ref": case.ref}),
        lines=(named(context.session, context.roles, other), Line(say="linked.joint_how")),
        fields=(
            PanelField(id="day", kind="date", label=Line(say="card.joint_day"), value=day),
            PanelField(id="with", kind="choice", label=Line(say="linked.joint_with"), options=options, value=chosen),
        ),
        buttons=(Button(title=Line(say="buttons.save"), claim=claimed("save_joint", at, case=case.id)),),
        nav=(open_button(case.id, Line(say="buttons.linked"), "linked"),),
    )


def _kept(case: CaseRow, row: CaseLinkRow, newest: int, joint_id: int, line: Line) -> PanelRow:
    at = claimed("unjoint", OfLink(row.id, newest, str(joint_id)), case=case.id)
    remove = Button(title=Line(say="buttons.remove"), claim=at, about=str(line.args["date"]))
    return PanelRow(title=line, buttons=(remove,))


def _others(context: TurnContext, other: CaseRow) -> list[PersonRow]:
    """Return those who may have taken part for the other case's unit, by name; never herself."""
    found = {
        one.id: one
        for role in _UNITED
        for one in people.holders(context.session, context.tenant_id, other.unit_id, role, context.today)
        if one.id != context.person_id
    }
    return sorted(found.values(), key=lambda one: one.name)


def save_joint(context: TurnContext, press: Press[OfLink]) -> Reaction:
    """Record the assessment; the other unit is told at once."""
    case = find_case.row(context, press.case, SAVE_JOINT)
    row = case_links.get(context.session, context.tenant_id, press.what.link_id)
    other = acts.other_of(context.session, row, case) if row is not None else None
    if row is None or other is None or case.closed_on is not None:
        return _joint(context, case, row, "")
    text, with_whom = press.inputs.get("day", "").strip(), press.inputs.get("with", "")
    try:
        day = read_past_day(text, context.today, "joint_day")
        chosen = decoded(with_whom)
        if len(chosen) != 1 or chosen[0] not in {one.id for one in _others(context, other)}:
            raise JointIncomplete
        acting = _acting(context, case)
        changes = acts.assess(context.session, context.origin, row, case, day=day, with_id=chosen[0], acting=acting)
    except LinkGone as error:
        return card(context, case, (Line(say=error.text_key),))
    except UserError as error:
        return _joint(context, case, row, readable_day(text, context.today) or "", with_whom, refused(error))
    return Done(card(context, case, (Line(say="linked.joint_kept" if changes else "linked.joint_known"),)), changes)


def unjoint(context: TurnContext, press: Press[OfLink]) -> Reaction:
    """Remove an assessment recorded by mistake; the other unit is told at once."""
    case = find_case.row(context, press.case, UNJOINT)
    if case.closed_on is not None:
        return card(context, case)
    row = case_links.get(context.session, context.tenant_id, press.what.link_id)
    joint_id, acting = int(press.what.said or 0), _acting(context, case)
    try:
        changes = acts.take_back(context.session, context.origin, row, case, joint_id, acting)
    except LinkGone as error:
        return card(context, case, (Line(say=error.text_key),))
    told = Line(say="linked.joint_gone" if changes else "linked.joint_gone_already")
    return Done(_joint(context, case, row, context.today.isoformat(), notices=(told,)), changes)


def _one_or_two(context: TurnContext, rest: str) -> bool:
    """Return whether what follows the command is empty, a reference or two."""
    return maybe_ref(context, rest) or _two(context, rest) is not None


VERBS = (
    Verb(LINKED, pressed, OnDetails),
    Verb(LINK_TO, link_to, OfLink),
    Verb(LINK_SAY, link_say, OfLink),
    Verb(UNLINK, unlink, OfLink),
    Verb(JOINT, joint, OfLink, keeps=False),
    Verb(SAVE_JOINT, save_joint, OfLink),
    Verb(UNJOINT, unjoint, OfLink),
)
COMMANDS = (
    Command(
        "koppla", ("koppla ihop", "link", "kopplade ärenden", "linked cases"), typed, LINKED, _one_or_two, ("linked",)
    ),
    Command("koppla bort", ("koppla isär", "koppla från", "avkoppla", "unlink"), untyped, LINKED, _one_or_two),
)
