"""The summary of a list, what is missing from it, and sending it to the chef."""

from actions import lists
from actions.basis import Basis
from actions.changes import NONE
from checklists import lifecycle
from checklists.rights import LIST_HOLDER, OWN_CASE, Right
from dialogs.chef import reading_cards
from dialogs.chef.reading import shown_again
from dialogs.chef.unit_case import reading_title
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb
from dialogs.turn.find_case import maybe_ref
from dialogs.turn.presses import AsShown, Nothing, Page
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import ask_ref, open_button
from dialogs.views.views import Line
from dialogs.worker import facts_card, next_card, summary_card
from dialogs.worker.landing import open_case

MISSING = Right("missing", "case", LIST_HOLDER)
SEND = Right("send", "case", OWN_CASE)
OPEN = Right("open", "case", OWN_CASE)
MORE_CHILDREN = Right("more_children", "case", OWN_CASE)
MORE_GAPS = Right("more_gaps", "case", LIST_HOLDER)


def missing_typed(context: TurnContext, rest: str) -> Reaction:
    """Show what is missing, with a button for each gap."""
    basis = find_case.named_list(context, rest, MISSING)
    if basis is None:
        return ask_ref("vad saknas")
    if basis.is_reading:
        return _missing_to_reader(context, basis)
    return summary_card.missing(context, basis) if basis.sheets else facts_card.facts_card(context, basis)


def _missing_to_reader(context: TurnContext, reader: Basis, first: int = 0) -> Reaction:
    """Name the questions that are missing, and lead on to the reading.

    How they were answered is told only once her own reading is done.
    """
    if not reader.worker.is_handed_over:
        return reading_cards.not_here(reader.worker)
    has_seen = lifecycle.has_seen_answers(reader.state)
    view = summary_card.missing(context, reader.worker, first, reader=True, has_seen=has_seen)
    if not reader.is_closed:
        on = open_button(reader.case.id, Line(say="buttons." + reading_title(reader)), "read")
        view = view.model_copy(update={"buttons": (on, *view.buttons)})
    # A gap is named with the worker's answer to it.
    return Done(view, shown_again(context, reader.case, NONE)) if has_seen and view.gaps else view


def send(context: TurnContext, press: Press[AsShown]) -> Reaction:
    """Hand every child's list to the chef. Gaps do not stop it; they are reported."""
    basis = open_case(context, press, SEND)
    if not isinstance(basis, Basis):
        return basis
    if not basis.sheets:
        return facts_card.facts_card(context, basis)
    if not basis.goes_to_chef:
        return next_card.go_on(context, basis)
    if basis.is_handed_over:
        return summary_card.sent_card(context, basis)
    changes = lists.send(context.session, context.origin, basis)
    return Done(summary_card.sent_card(context, basis), changes)


def open_pressed(context: TurnContext, press: Press[Nothing]) -> Reaction:
    """Show the summary of a list that was sent or signed; otherwise continue it."""
    basis = find_case.by_id(context, press.case, OPEN, press.checklist)
    if not basis.sheets:
        return facts_card.facts_card(context, basis)
    return summary_card.summary(context, basis) if basis.is_handed_over else next_card.go_on(context, basis)


def more_children(context: TurnContext, press: Press[Page]) -> Reaction:
    """Show the next page of children in the summary."""
    basis = find_case.by_id(context, press.case, MORE_CHILDREN, press.checklist)
    if not basis.sheets:
        return facts_card.facts_card(context, basis)
    return summary_card.summary(context, basis, first=press.what.start)


def more_gaps(context: TurnContext, press: Press[Page]) -> Reaction:
    """Show the next page of gaps."""
    basis = find_case.by_id(context, press.case, MORE_GAPS, press.checklist)
    if basis.is_reading:
        return _missing_to_reader(context, basis, press.what.start)
    if not basis.sheets:
        return facts_card.facts_card(context, basis)
    return summary_card.missing(context, basis, press.what.start)


VERBS = (
    Verb(SEND, send, AsShown),
    Verb(OPEN, open_pressed, keeps=False),
    Verb(MORE_CHILDREN, more_children, Page, keeps=False),
    Verb(MORE_GAPS, more_gaps, Page, keeps=False),
)
_WORDS = (
    *("saknas", "missing", "vad är det som saknas", "vad som saknas", "vad fattas", "vad återstår", "vad har jag kvar"),
    *("what's missing", "what is missing"),
)
COMMANDS = (Command("vad saknas", _WORDS, missing_typed, MISSING, maybe_ref, ("send_to_chef",)),)
