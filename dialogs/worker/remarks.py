"""Optional remarks on an answer: a comment (förbehåll), and how the answer came about."""

from actions import answers, signing
from actions.basis import Sheet
from actions.changes import NONE
from checklists.errors import UserError
from checklists.free_text import shown_again
from checklists.rights import LIST_HOLDER, Right
from checklists.route import Stop, is_open
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import OnAside, OnCard, ToItem
from dialogs.turn.turn_context import TurnContext
from dialogs.views.views import AnyView, Button, CommentView, Line
from dialogs.worker import filled_in, next_card
from dialogs.worker.landing import Landed, after, landed
from dialogs.worker.sheet_parts import head, listed

COMMENT = Right("comment", "case", LIST_HOLDER)
SAVE_COMMENT = Right("save_comment", "case", LIST_HOLDER)
HOW = Right("how", "case", LIST_HOLDER)


def comment(context: TurnContext, press: Press[OnCard]) -> Reaction:
    """Show the card for a comment on one answer."""
    basis = find_case.by_id(context, press.case, COMMENT, press.checklist)
    sheet = basis.sheet(press.filled)
    stop = sheet.stop(press.what.key) if sheet else None
    if sheet is None or stop is None:
        return next_card.go_on(context, basis, notices=(Line(say="fill.not_asked_now"),))
    if not sheet.may_answer(stop):
        return next_card.go_on(context, basis, notices=(Line(say="reading.is_ended"),))
    if not basis.is_reading:
        signing.ask_before_case(context.session, context.origin, basis.case)  # before she writes, not after
    return _card(sheet, stop.key, stop.items[0], (), sheet.written(context.session, stop.items[0]).note or "")


def _card(sheet: Sheet, key: str, item_id: str, notices: tuple[Line, ...], text: str) -> CommentView:
    at = OnCard(key, sheet.revisions((item_id,)))
    save = Button(title=Line(say="buttons.save"), claim=claimed("save_comment", at, **sheet.at))
    back = Button(
        title=Line(say="buttons.back"), claim=claimed("go_to", ToItem(item_id, sheet.revisions((item_id,))), **sheet.at)
    )
    return CommentView(
        notices=notices,
        head=head(sheet),
        checklist=sheet.checklist.id,
        version=sheet.checklist.version,
        item=listed(sheet, item_id),
        text=text,
        buttons=(save, back),
        refresh=claimed("show_current", **sheet.at),
    )


def save_comment(context: TurnContext, press: Press[OnCard]) -> Reaction:
    """Store the comment and return to the question; an empty comment removes it."""
    at = landed(context, press, SAVE_COMMENT)
    if not isinstance(at, Landed):
        return at
    item_id = at.stop.items[0]
    try:
        changes = answers.set_note(context.session, context.origin, at.sheet, item_id, press.inputs.get("comment", ""))
    except UserError as error:
        again = shown_again(press.inputs.get("comment", ""), context.origin.lets)
        notices = (Line(say=error.text_key, args=error.args_for_text),)
        return _card(at.sheet, at.stop.key, item_id, notices, again)
    return Done(_back_to(context, at, "remarks.kept" if changes else "remarks.nothing_new"), changes)


def _back_to(context: TurnContext, at: Landed, say: str) -> AnyView:
    """Show the question while it is open, otherwise the next card."""
    stop = at.sheet.stop(at.stop.key)
    if stop and is_open(stop, at.sheet.applied):
        return next_card.card(context, at.sheet, stop, (Line(say=say),))
    return after(context, at, (Line(say=say),))


def leave(context: TurnContext, press: Press[ToItem], sheet: Sheet, stop: Stop) -> Reaction:
    """Leave the comment card for its question; what is written on it is stored as with `Spara`."""
    item_id, text = stop.items[0], press.inputs["comment"]
    is_old = bool(press.what.revisions) and press.what.revisions != sheet.revisions((item_id,))
    if is_old or not sheet.may_answer(stop):
        return next_card.card(context, sheet, stop, (Line(say="fill.changed_meanwhile"),) if is_old else ())
    try:
        changes = answers.set_note(context.session, context.origin, sheet, item_id, text)
    except UserError as error:
        notices = (Line(say=error.text_key, args=error.args_for_text),)
        return _card(sheet, stop.key, item_id, notices, shown_again(text, context.origin.lets))
    told = (Line(say="remarks.kept"),) if changes else ()
    return Done(next_card.card(context, sheet, sheet.stop(stop.key) or stop, told), changes)


def how(context: TurnContext, press: Press[OnAside]) -> Reaction:
    """Store how the answer came about; what is filled in on the card with the button is kept.

    The next card is that card again, or the one that asks for the day if the way calls for one.
    """
    at = landed(context, press, HOW)
    if not isinstance(at, Landed):
        return _only_beside(context, press, at)
    option = press.what.option
    # One press applies to all the questions on the card with this answer, as one motivation does.
    items = next_card.to_ask_of(context, at.sheet, at.stop) or at.stop.items[:1]
    item_id, changes = items[0], NONE
    for one in items:
        changes += answers.set_method(context.session, context.origin, at.sheet, one, option)
    kept = filled_in.beside(context, at.sheet, press)
    place = f"{at.sheet.checklist.id}/{at.sheet.checklist.version}/{item_id}"
    told = (Line(say="remarks.how_kept", args={"item": place, "option": option}),)
    more = at.sheet.stop(f"detail:{item_id}")
    if more is not None and at.sheet.rows[item_id].day is None:
        return kept.before(Done(next_card.card(context, at.sheet, more, told), changes))
    return kept.before(Done(after(context, at, told), changes))


def _only_beside(context: TurnContext, press: Press[OnAside], view: AnyView) -> Reaction:
    """Keep what is chosen on the card even if the side question itself is out of date."""
    basis = find_case.by_id(context, press.case, HOW, press.checklist)
    sheet = basis.sheet(press.filled) if basis.case.closed_on is None else None
    kept = filled_in.beside(context, sheet, press) if sheet else filled_in.Kept()
    if not kept.changes:
        return kept.before(view)
    return kept.before(next_card.go_on(context, basis, press.filled, press.what.key, view.notices))


VERBS = (
    Verb(COMMENT, comment, OnCard, keeps=False),
    Verb(SAVE_COMMENT, save_comment, OnCard),
    Verb(HOW, how, OnAside),
)
COMMANDS: tuple[Command, ...] = ()
