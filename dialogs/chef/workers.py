"""A chef gives a case of the unit another lead or co-worker, with any button on its card."""

from actions import cases as acts
from checklists import access
from checklists.errors import BadPeople, UserError
from checklists.rights import READER, Right
from dialogs.chef.reading import read_pressed
from dialogs.chef.unit_case import as_shown, case_workers, unit_case
from dialogs.chef.unit_cases import unit_cases
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, parted
from dialogs.turn.presses import Nothing, OnDetails, OnUnitCase
from dialogs.turn.turn_context import TurnContext
from dialogs.views.parts import Line
from dialogs.views.ready_made import refused
from dialogs.views.views import SayView
from dialogs.worker import closing, linked_cases

ASSIGN = Right("assign", "case", READER)


def assign(context: TurnContext, press: Press[OnUnitCase]) -> Reaction:
    """Give the case another lead or co-worker, each a case worker of its unit; both sides are told. Then go where the
    button leads.
    """
    reader = find_case.by_id(context, press.case, ASSIGN)
    case, then = reader.case, press.what.then
    if case.closed_on is not None:
        return find_case.closed_case(context, case)
    lead, co = (press.inputs.get(name, "") for name in ("lead", "co_worker"))
    if then and not lead and not co:
        return _there(context, press)
    if press.what.state != as_shown(context, reader).state:
        return unit_case(context, reader, (Line(say="facts.changed_meanwhile"),))
    mates = {str(row.id) for row in case_workers(context, reader)}
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
        return _there(context, press) if then else unit_case(context, reader, (Line(say="unit.nothing_chosen"),))
    if not access.reads(context.roles, case):  # she gave it to herself, and nobody reads her own case as chef
        return Done(SayView(notices=(Line(say="unit.now_yours", args={"ref": case.ref}),)), changes)
    told = (Line(say="unit.assigned"),)
    if not then:
        return Done(unit_case(context, reader, told), changes)
    view, more = parted(_there(context, press))
    return Done(view.model_copy(update={"notices": (*told, *view.notices)}), changes + more)


def _there(context: TurnContext, press: Press[OnUnitCase]) -> Reaction:
    """Return what the pressed button leads to, apart from the choices made on the card."""
    if press.what.then == "read":
        return read_pressed(context, Press(press.case, 0, 0, Nothing(), {}))
    if press.what.then == "extend":
        return closing.extend(context, Press(press.case, 0, 0, OnDetails("", 0), {}))
    if press.what.then == "linked":
        return linked_cases.pressed(context, Press(press.case, 0, 0, OnDetails("", 0), {}))
    return unit_cases(context, "")


VERBS = (Verb(ASSIGN, assign, OnUnitCase),)
COMMANDS: tuple[Command, ...] = ()
