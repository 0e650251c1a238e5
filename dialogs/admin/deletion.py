"""`radering`: one case deleted on the committee's decision. An admin asks and a manager confirms.

Both type the number of the decision.
"""

from collections.abc import Mapping

from actions import deletions as acts
from actions.origin import Origin
from actions.same_person import is_hers
from checklists.errors import UserError
from checklists.model import Role
from checklists.rights import RELATIONS, Relation, Right
from checklists.swedish_time import local
from dialogs.admin.shown import ROWS, back, more, name_of_case, told
from dialogs.messages.tell import tell
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import AdminPage, OnAdmin
from dialogs.turn.turn_context import TurnContext
from dialogs.views.admin import AdminField, AdminSection, AdminView
from dialogs.views.parts import Button, Line
from dialogs.views.ready_made import command_button
from dialogs.views.views import MenuView
from storage import cases, deletions, people
from storage.deletions import DeletionRow
from storage.desk import Session

_BOTH: Mapping[Role, tuple[Relation, ...]] = {"admin": RELATIONS, "manager": RELATIONS}
DELETION = Right("deletion", "self", _BOTH)
ASK = Right("ask_deletion", "self", {"admin": RELATIONS})
CONFIRM = Right("confirm_deletion", "self", {"manager": RELATIONS})
DROP = Right("drop_deletion", "self", _BOTH)
_NOTHING: Mapping[str, str] = {}


def typed(context: TurnContext, _rest: str) -> Reaction:
    """List the deletions asked for, with the form for asking."""
    return _card(context)


def page(context: TurnContext, at: AdminPage, _inputs: Mapping[str, str]) -> Reaction:
    """Show the same list as one of the admin's pages."""
    return _card(context, start=at.start)


def _card(
    context: TurnContext, notices: tuple[Line, ...] = (), typed_in: Mapping[str, str] = _NOTHING, start: int = 0
) -> AdminView:
    admin = bool(context.units_as("admin"))
    found = deletions.listed(context.session, context.tenant_id)
    form = AdminSection(
        heading=Line(say="deletion.asks"),
        fields=(
            AdminField(id="case_ref", label=Line(say="deletion.ref"), kind="text", value=typed_in.get("case_ref", "")),
            AdminField(
                id="decision", label=Line(say="deletion.number"), kind="text", value=typed_in.get("decision", "")
            ),
        ),
        buttons=(_button(context, "buttons.ask_deletion", ASK),),
    )
    rows = [_section(context, row) for row in found[start : start + ROWS]]
    return AdminView(
        title=Line(say="deletion.title"),
        notices=notices,
        lines=(
            Line(say="deletion.how"),
            Line(say="deletion.waiting" if found else "deletion.none", args={"count": len(found)}),
        ),
        sections=((form,) if admin else ()) + tuple(rows),
        buttons=(
            *(more("buttons.show_more", "deletion", 0, start, found) if admin else ()),
            *(back() if admin else (command_button("hjälp", "buttons.help"),)),
        ),
    )


def _section(context: TurnContext, row: DeletionRow) -> AdminSection:
    """Return one request: which case, who asked and when. Whoever confirms types the number again."""
    name = name_of_case(context, row.case_id) or Line(say="deletion.gone")
    at = f"{local(row.asked_at):%Y-%m-%d %H:%M}"
    lines = [Line(say="deletion.asked", args={"name": _who(context, row.asked_by), "at": at})]
    if row.confirmed_by is not None:
        return AdminSection(heading=name, lines=(*lines, Line(say="deletion.soon")))
    of = f"{row.id}"
    drop = _button(context, "buttons.drop_deletion", DROP, row.id, of)
    if acts.is_changed(context.session, row):
        return AdminSection(heading=name, lines=(*lines, Line(say="deletion.changed")), buttons=(drop,))
    if is_hers(context.session, context.origin, row.asked_by) or not context.units_as("manager"):
        return AdminSection(heading=name, lines=(*lines, Line(say="deletion.another")), buttons=(drop,))
    return AdminSection(
        heading=name,
        lines=tuple(lines),
        fields=(AdminField(id=f"decision_{row.id}", label=Line(say="deletion.number"), kind="text"),),
        buttons=(_button(context, "buttons.confirm_deletion", CONFIRM, row.id, of), drop),
    )


def _who(context: TurnContext, actor: str) -> str:
    kind, _, row_id = actor.partition(":")
    if kind != "person":
        return actor
    return people.names_of(context.session, context.tenant_id, [int(row_id)]).get(int(row_id), actor)


def _button(context: TurnContext, title: str, right: Right, about: int = 0, of: str = "") -> Button:
    claim = claimed(right.verb, OnAdmin(right.verb, about, context.origin.act))
    return Button(title=Line(say=title), claim=claim, about=of)


def ask(context: TurnContext, press: Press[OnAdmin]) -> Reaction:
    """Ask for a case to be deleted, and tell the managers that one of them is needed."""
    try:
        ref = find_case.reference(context, press.inputs.get("case_ref", ""))
        case = cases.find(context.session, context.tenant_id, ref)
        if case is None:
            near = find_case.almost(context, ref, lambda one: find_case.may_be_named(context, one, ASK))
            meant = (Line(say="deletion.near", args={"ref": near}),) if near else ()
            return _card(context, (Line(say="common.no_such_case"), *meant), press.inputs)
        changes = acts.ask(context.session, context.origin, case, press.inputs.get("decision", ""))
    except UserError as error:
        return _card(context, told(context, error), _typed(error, press.inputs))
    if not changes:
        return _card(context, (Line(say="deletion.there_already"),))
    is_told = tell_managers(context.session, context.origin)
    return Done(_card(context, (Line(say="deletion.is_asked" if is_told else "deletion.nobody_told"),)), changes)


def _typed(error: UserError, inputs: Mapping[str, str]) -> Mapping[str, str]:
    return _NOTHING if error.code == "BK-104" else inputs


def tell_managers(session: Session, origin: Origin) -> bool:
    """Tell the managers that a deletion waits for one of them, never which case; return whether anybody was told.

    Raises: KeyGone: a message is sealed, and the master keys are not set here.
    """
    held = people.held_in(session, origin.tenant_id, "manager")
    others = {
        person.id: person
        for person, role in held
        if people.is_held(role, origin.today) and person.id != origin.person_id
    }
    view = MenuView(
        title=Line(say="deletion.title"),
        lines=(Line(say="deletion.told"),),
        buttons=(command_button("radering", "buttons.deletion"),),
    )
    return len(tell(session, others.values(), view, now=origin.now)) < len(others)


def confirm(context: TurnContext, press: Press[OnAdmin]) -> Reaction:
    """Confirm a deletion somebody else asked for; the bot carries it out within a minute."""
    number = press.inputs.get(f"decision_{press.what.about}", "")
    try:
        changes = acts.confirm(context.session, context.origin, press.what.about, number)
    except UserError as error:
        return _card(context, told(context, error))
    return Done(_card(context, (Line(say="deletion.is_confirmed"),)), changes)


def drop(context: TurnContext, press: Press[OnAdmin]) -> Reaction:
    """Withdraw a request for deletion."""
    try:
        changes = acts.withdraw(context.session, context.origin, press.what.about)
    except UserError as error:
        return _card(context, told(context, error))
    return Done(_card(context, (Line(say="deletion.is_dropped"),)), changes)


PAGES = {"deletion": page}
VERBS = (Verb(ASK, ask, OnAdmin), Verb(CONFIRM, confirm, OnAdmin), Verb(DROP, drop, OnAdmin))
COMMANDS = (Command("radering", ("radera ärende", "deletion", "delete case"), typed, DELETION),)
