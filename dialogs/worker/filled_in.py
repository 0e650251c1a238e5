"""What is filled in on a card is kept whatever button is pressed: choices as `Spara` would, texts as a draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from actions import answers
from actions.basis import Sheet
from actions.changes import NONE, Changes
from checklists.errors import UserError
from checklists.free_text import MOST_WHERE, no_text
from checklists.privacy import has_personal_number
from checklists.route import Stop
from dialogs.turn.declared import Done, Press, Reaction, parted
from dialogs.turn.presses import OnAside
from dialogs.turn.turn_context import TurnContext
from dialogs.views.views import Line


@dataclass(frozen=True, slots=True)
class Kept:
    """What was stored from a card, and notices about the rest."""

    changes: Changes = NONE
    notices: tuple[Line, ...] = ()

    def before(self, reaction: Reaction) -> Reaction:
        """Return the reaction preceded by these changes and notices."""
        view, changes = parted(reaction)
        return Done(view.model_copy(update={"notices": (*self.notices, *view.notices)}), self.changes + changes)


def keep(context: TurnContext, sheet: Sheet, press: Press[Any]) -> Kept:
    """Keep what is filled in on the card whose stop the press names."""
    stop = sheet.stop(press.what.key)
    if stop is None:
        return Kept()
    if stop.kind == "motivation":
        return Kept(notices=draft(context, sheet, press, press.what.key))
    return choices(context, sheet, press, stop, press.what.revisions)


def beside(context: TurnContext, sheet: Sheet, press: Press[OnAside]) -> Kept:
    """Keep what is filled in on the card where a button about another question was pressed."""
    if press.what.written_on:
        return Kept(notices=draft(context, sheet, press, press.what.written_on))
    named = set(press.inputs)
    stop = next((stop for stop in sheet.way if stop.kind == "group" and named & set(stop.items)), None)
    return choices(context, sheet, press, stop, press.what.beside) if stop else Kept()


def choices(context: TurnContext, sheet: Sheet, press: Press[Any], stop: Stop, revisions: Sequence[int]) -> Kept:
    """Store the choices of a card, except those whose answers were changed since it was shown.

    revisions: of its answers when it was shown; empty for a card from an older release.
    """
    chosen = {item_id: press.inputs[item_id] for item_id in stop.items if press.inputs.get(item_id)}
    if not chosen or not sheet.may_answer(stop) or press.version != sheet.filled.version:
        return Kept()
    then = dict(zip(stop.items, revisions or [0] * len(stop.items), strict=False))
    now = dict(zip(stop.items, sheet.revisions(stop.items), strict=True))
    moved = {item_id for item_id, choice in chosen.items() if _is_late(sheet, item_id, choice, then, now)}
    notices = (Line(say="fill.changed_meanwhile"),) if moved else ()
    still = {item_id: choice for item_id, choice in chosen.items() if item_id not in moved}
    try:
        return Kept(answers.choose(context.session, context.origin, sheet, still), notices)
    except UserError as error:
        return Kept(notices=(*notices, Line(say=error.text_key, args=error.args_for_text)))


def _is_late(sheet: Sheet, item_id: str, choice: str, then: dict[str, int], now: dict[str, int]) -> bool:
    return bool(now[item_id]) and then.get(item_id) != now[item_id] and sheet.answers[item_id].choice != choice


def draft(context: TurnContext, sheet: Sheet, press: Press[Any], key: str) -> tuple[Line, ...]:
    """Store an unfinished motivation as its author's draft; return what to tell her. key: of its stop."""
    stop = sheet.stop(key)
    if stop is None or stop.kind != "motivation":
        return ()
    text, place = (press.inputs.get(name, "") for name in ("motivation", "place"))
    if any(has_personal_number(one, context.origin.lets) for one in (text, place)):
        return (Line(say="errors.BK-104"),)
    kept = answers.save_draft(context.session, context.origin, sheet, stop, text, place)
    told = (Line(say="fill.draft_kept"),) if kept else ()
    if sheet.case.protected_identity and (text.strip() or len(place.strip()) > MOST_WHERE):  # on a card from before
        error = no_text()
        return (Line(say=error.text_key, args=error.args_for_text), *told)
    return told
