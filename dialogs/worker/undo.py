"""Undoing a person's own last answers, up to ten steps, each as a new revision."""

from actions import answers
from actions.basis import Basis
from checklists.rights import LIST_HOLDER, Right
from checklists.route import stop_of
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb
from dialogs.turn.find_case import maybe_ref
from dialogs.turn.presses import OfAct
from dialogs.turn.turn_context import TurnContext
from dialogs.views.views import Line, SayView
from dialogs.worker import next_card

UNDO = Right("undo", "case", LIST_HOLDER)


def undo(context: TurnContext, press: Press[OfAct]) -> Reaction:
    """Undo the act named by the button next to its echo."""
    return _undo(context, find_case.by_id(context, press.case, UNDO, press.checklist), press.what.name)


def undo_typed(context: TurnContext, rest: str) -> Reaction:
    """Undo the person's last answer in the named or last used case."""
    basis = find_case.named_list(context, rest, UNDO)
    return _undo(context, basis) if basis else SayView(notices=(Line(say="fill.nothing_to_undo"),))


def _undo(context: TurnContext, basis: Basis, act: str = "") -> Reaction:
    if basis.is_closed:
        return find_case.closed_case(context, basis.case)
    found = answers.act_to_undo(context.session, context.person_id, basis, act)
    if found is None:
        return next_card.go_on(context, basis, notices=(Line(say="fill.nothing_to_undo"),))
    sheet, rows = found
    if sheet.filled.seen_at is not None:
        return next_card.go_on(context, basis, notices=(Line(say="reading.is_ended"),))
    changes = answers.undo(context.session, context.origin, sheet, rows)
    if changes is None:
        return next_card.go_on(context, basis, notices=(Line(say="fill.changed_by_other"),))
    numbers = sheet.checklist.numbers
    first = min(rows, key=lambda row: numbers[row.item_id])
    notices = (Line(say="fill.undone", args={"number": numbers[first.item_id]}),)
    stop = stop_of(sheet.way, first.item_id)
    view = next_card.card(context, sheet, stop, notices) if stop else next_card.go_on(context, basis, notices=notices)
    return Done(view, changes)


VERBS = (Verb(UNDO, undo, OfAct),)
COMMANDS = (Command("ångra", ("undo",), undo_typed, UNDO, maybe_ref),)
