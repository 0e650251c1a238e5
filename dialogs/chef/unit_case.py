"""A case of the unit as its chef sees it: where it stands, its reading, `Förläng`, and who works on it."""

from collections.abc import Mapping
from dataclasses import replace

from actions.basis import Basis
from actions.changes import Change, record
from checklists import access
from checklists.lifecycle import State
from checklists.rights import READER, Right
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import Nothing, OnUnitCase
from dialogs.turn.turn_context import TurnContext
from dialogs.views.chef import UnitCaseView
from dialogs.views.parts import Button, Head, Line
from dialogs.views.views import AnyView, SayView
from dialogs.worker.linked_lines import linked_lines
from dialogs.worker.my_cases import nearest_of, standing_lines, status
from storage import conversations, people, trail

ASK_WORKER = Right("ask_worker", "case", READER)


def unit_case(
    context: TurnContext, reader: Basis, notices: tuple[Line, ...] = (), chosen: Mapping[str, str] | None = None
) -> AnyView:
    """Return the chef's card of a case. chosen: refused input, by field, to show on the card again."""
    case, worker = reader.case, reader.worker
    if case.closed_on is not None:
        return find_case.closed_case(context, case)
    mates = {row.id: row.name for row in case_workers(context, reader)}
    names = people.names_of(context.session, context.tenant_id, {i for i in (case.lead_id, case.co_id) if i})
    ways = [("", "save_workers"), *([("read", reading_title(reader))] if worker.is_handed_over else [])]
    ways += [("extend", "extend"), ("linked", "linked"), ("unit_cases", "unit_cases")]
    shown = as_shown(context, reader)
    return UnitCaseView(
        notices=notices,
        head=Head(case_ref=case.ref),
        lines=(
            status(worker),
            *standing_lines(context, worker, nearest_of(context, case)),
            *linked_lines(context.session, context.roles, case),
        ),
        lead=names.get(case.lead_id or 0, ""),
        co_worker=names.get(case.co_id or 0, ""),
        workers=tuple(mates.items()),
        chosen_lead=_among(mates, "lead", chosen),
        chosen_co_worker=_among({0: "", **mates}, "co_worker", chosen),
        buttons=tuple(
            Button(title=Line(say="buttons." + title), claim=claimed("assign", replace(shown, then=then), case=case.id))
            for then, title in ways
        ),
    )


def reading_title(reader: Basis) -> str:
    """Return the title of the button to a reading: to begin it, to continue it, or to see it when done."""
    if reader.worker.state == State.SIGNED:
        return "open"
    if not reader.sheets:
        return "start_reading"
    return "continue_reading" if reader.next_from() or not reader.is_whole else "open"


def case_workers(context: TurnContext, reader: Basis) -> list[people.PersonRow]:
    """Return who may be given a case: the case workers of its unit."""
    unit = reader.case.unit_id
    return list(people.holders(context.session, context.tenant_id, unit, "case_worker", context.today))


def _among(people_: Mapping[int, str], name: str, chosen: Mapping[str, str] | None) -> str:
    """Return who was chosen in a field, "" if it is nobody the card offers."""
    value = (chosen or {}).get(name, "")
    return value if value in map(str, people_) else ""


def as_shown(context: TurnContext, reader: Basis) -> OnUnitCase:
    """Return the payload of a press on the case's card: who works on it, as shown."""
    case = reader.case
    newest = trail.newest_of_case(context.session, case.id)
    return OnUnitCase(f"{case.lead_id or 0}.{case.co_id or 0}", newest)


def ask_worker(context: TurnContext, press: Press[Nothing]) -> Reaction:
    """Ask the case's workers, from a reminder, to see to a time limit; the reminder stays as it is."""
    reader = find_case.by_id(context, press.case, ASK_WORKER)
    case = reader.case
    if case.closed_on is not None:
        return find_case.closed_case(context, case)
    staff = access.Staff(people.holdings_on(context.session, context.tenant_id, context.today))
    workers = people.by_ids(context.session, context.tenant_id, staff.workers(case))
    missed = {row.id for row in conversations.without_app(context.session, workers)}
    told = ", ".join(row.name for row in workers if row.id not in missed)
    if not told:
        return SayView(notices=(Line(say="unit.nobody_to_ask", args={"ref": case.ref}),))
    event = Change("worker_asked", case, detail=context.acting_as(case), notice="asked")
    line = Line(say="unit.asked", args={"ref": case.ref, "names": told})
    return Done(SayView(notices=(line,)), record(context.session, context.origin, event))


VERBS = (Verb(ASK_WORKER, ask_worker),)
COMMANDS: tuple[Command, ...] = ()
