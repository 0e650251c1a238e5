"""One case of the unit as its chef has it: where it stands, its reading, `Förläng`, and who works on it."""

from collections.abc import Mapping

from actions import cases as acts
from actions.basis import Basis
from actions.changes import Change, record
from checklists import access
from checklists.errors import BadPeople, UserError
from checklists.lifecycle import State
from checklists.rights import READER, Right
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import AsShown, Nothing
from dialogs.turn.turn_context import TurnContext
from dialogs.views.chef import UnitCaseView
from dialogs.views.parts import Button, Head, Line
from dialogs.views.ready_made import command_button, open_button, refused
from dialogs.views.views import AnyView, SayView
from dialogs.worker.linked_lines import linked_lines
from dialogs.worker.my_cases import nearest_of, standing_lines, status
from storage import conversations, people, trail

ASSIGN = Right("assign", "case", READER)
ASK_WORKER = Right("ask_worker", "case", READER)


def unit_case(
    context: TurnContext, reader: Basis, notices: tuple[Line, ...] = (), chosen: Mapping[str, str] | None = None
) -> AnyView:
    """Return the chef's card of a case. chosen: what was refused, by field, to stand on the card again."""
    case, worker = reader.case, reader.worker
    if case.closed_on is not None:
        return find_case.closed_case(context, case)
    mates = {row.id: row.name for row in _case_workers(context, reader)}
    names = people.names_of(context.session, context.tenant_id, {i for i in (case.lead_id, case.co_id) if i})
    save = claimed("assign", _as_shown(context, reader), case=case.id)
    buttons = [Button(title=Line(say="buttons.save_workers"), claim=save)]
    if worker.is_handed_over:
        buttons.append(open_button(case.id, Line(say="buttons." + reading_title(reader)), "read"))
    buttons.append(open_button(case.id, Line(say="buttons.extend"), "extend"))
    buttons.append(open_button(case.id, Line(say="buttons.linked"), "linked"))
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
        buttons=(*buttons, command_button("enhetens ärenden", "buttons.unit_cases")),
    )


def reading_title(reader: Basis) -> str:
    """Return the title of the button to a reading: to begin it, to go on, or to look at what is done."""
    if not reader.sheets:
        return "open" if reader.worker.state == State.SIGNED else "start_reading"
    return "continue_reading" if reader.next_from() else "open"


def _case_workers(context: TurnContext, reader: Basis) -> list[people.PersonRow]:
    unit = reader.case.unit_id
    return list(people.holders(context.session, context.tenant_id, unit, "case_worker", context.today))


def _among(people_: Mapping[int, str], name: str, chosen: Mapping[str, str] | None) -> str:
    """Return who was chosen in a field, "" if it is nobody the card offers."""
    value = (chosen or {}).get(name, "")
    return value if value in map(str, people_) else ""


def _as_shown(context: TurnContext, reader: Basis) -> AsShown:
    case = reader.case
    newest = trail.newest_of_case(context.session, case.id)
    return AsShown(f"{case.lead_id or 0}.{case.co_id or 0}", newest)


def assign(context: TurnContext, press: Press[AsShown]) -> Reaction:
    """Give the case another lead or co-worker, each a case worker of its unit; both sides are told."""
    reader = find_case.by_id(context, press.case, ASSIGN)
    case = reader.case
    if case.closed_on is not None:
        return find_case.closed_case(context, case)
    if press.what.state != _as_shown(context, reader).state:
        return unit_case(context, reader, (Line(say="facts.changed_meanwhile"),))
    mates = {str(row.id) for row in _case_workers(context, reader)}
    lead, co = (press.inputs.get(name, "") for name in ("lead", "co_worker"))
    try:
        if (lead and lead not in mates) or (co not in ("", "0") and co not in mates):
            raise BadPeople
        changes = acts.hand_over(
            context.session,
            context.origin,
            case,
            lead_id=int(lead) if lead else None,
            co_id=int(co) if co else None,
            acting=context.acting_as(case),
        )
    except UserError as error:
        return unit_case(context, reader, refused(error), press.inputs)
    if not changes:
        return unit_case(context, reader, (Line(say="unit.nothing_chosen"),))
    if not access.reads(context.roles, case):  # she gave it to herself, and nobody reads a case of her own
        return Done(SayView(notices=(Line(say="unit.now_yours", args={"ref": case.ref}),)), changes)
    return Done(unit_case(context, reader, (Line(say="unit.assigned"),)), changes)


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


VERBS = (Verb(ASSIGN, assign, AsShown), Verb(ASK_WORKER, ask_worker))
COMMANDS: tuple[Command, ...] = ()
