"""The detail of an answer, on a card of its own: how it came about, in one or more ways, and on which day."""

from actions import answers
from actions.answers import Detail
from checklists.errors import UserError
from checklists.free_text import shown_again
from checklists.model import Item
from checklists.rights import LIST_HOLDER, Right
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb
from dialogs.turn.presses import OnCard
from dialogs.turn.turn_context import TurnContext
from dialogs.views.views import AnyView, Line
from dialogs.worker import next_card, proposals
from dialogs.worker.landing import Landed, after, landed

SAVE = Right("save_detail", "case", LIST_HOLDER)
SKIP = Right("skip_detail", "case", LIST_HOLDER)


def after_answer(context: TurnContext, at: Landed, item: Item) -> AnyView:
    """Return the card that follows an answer: its detail, if one is asked for and none is given; else the next card.

    A notice says if the answer differs from what the dates of the case give, or lacks a method that was decided on.
    """
    notices = proposals.told(context, at.sheet, item.id)
    stop = at.sheet.stop(f"detail:{item.id}")
    row = at.sheet.rows.get(item.id)
    if stop is not None and row is not None and not (row.option or row.method or row.day):
        return next_card.card(context, at.sheet, stop)
    view = after(context, at, notices)
    return next_card.with_aside(context, at.sheet, view, at.stop)


def save(context: TurnContext, press: Press[OnCard]) -> Reaction:
    """Store the detail of an answer; if it is refused, say why and show it in its field again."""
    at = landed(context, press, SAVE)
    if not isinstance(at, Landed):
        return at
    given = Detail(*(press.inputs.get(name, "") for name in ("options", "text", "day")))
    try:
        changes = answers.set_detail(context.session, context.origin, at.sheet, at.stop.items[0], given)
    except UserError as error:
        if at.stop.kind != "detail":
            raise
        how = at.sheet.checklist.by_id[at.stop.items[0]].how
        known = [option.id for option in how.options if option.id in given.options.split(",")] if how else []
        typed = {"options": ",".join(known), "text": shown_again(given.method, context.origin.lets)}
        told = (Line(say=error.text_key, args=error.args_for_text),)
        return next_card.detail(context, at.sheet, at.stop, told, typed)
    return Done(after(context, at, proposals.told(context, at.sheet, at.stop.items[0])), changes)


def skip(context: TurnContext, press: Press[OnCard]) -> Reaction:
    """Continue without the detail."""
    at = landed(context, press, SKIP)
    return after(context, at) if isinstance(at, Landed) else at


VERBS = (Verb(SAVE, save, OnCard), Verb(SKIP, skip, OnCard, keeps=False))
COMMANDS: tuple[Command, ...] = ()
