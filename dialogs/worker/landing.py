"""Resolving a press to its case, list and card, and finding the card that follows."""

from dataclasses import dataclass
from typing import Any

from actions.basis import Basis, Sheet
from checklists.rights import Right
from checklists.route import Stop
from checklists.swedish_time import clock_words
from dialogs.turn import find_case
from dialogs.turn.declared import Press
from dialogs.turn.presses import OnAside, OnCard
from dialogs.turn.turn_context import TurnContext
from dialogs.views.views import AnyView, Line
from dialogs.worker import next_card


@dataclass(frozen=True, slots=True)
class Landed:
    """A press that may change something: the basis, sheet and stop of its card."""

    basis: Basis
    sheet: Sheet
    stop: Stop


def landed(context: TurnContext, press: Press[OnCard] | Press[OnAside], right: Right) -> Landed | AnyView:
    """Return where a press belongs, or the view to answer with when it can change nothing."""
    basis = find_case.by_id(context, press.case, right, press.checklist)
    if basis.case.closed_on is not None and basis.is_closed:
        return find_case.closed_case(context, basis.case)
    sheet = basis.sheet(press.filled)
    if sheet is None or press.version != sheet.filled.version:
        return next_card.go_on(context, basis, notices=(Line(say="fill.card_is_old"),))
    stop, at = sheet.stop(press.what.key), sheet.filled.id
    if stop is None:
        return next_card.go_on(context, basis, at, notices=(Line(say="fill.not_asked_now"),))
    if press.what.revisions and press.what.revisions != sheet.revisions(stop.items):
        return next_card.go_on(context, basis, at, notices=(_already(context, sheet, stop),))
    if not sheet.may_answer(stop):
        return next_card.go_on(context, basis, notices=(Line(say="reading.is_ended"),))
    return Landed(basis, sheet, stop)


def _already(context: TurnContext, sheet: Sheet, stop: Stop) -> Line:
    """Say when the question on an outdated card was answered; the latest answer stands."""
    now = context.turn.now
    newest = max((sheet.rows[item_id].at for item_id in stop.items if item_id in sheet.rows), default=now)
    return Line(say="fill.already_answered", args={"time": clock_words(newest, now)})


def open_case(context: TurnContext, press: Press[Any], right: Right) -> Basis | AnyView:
    """Return the case of a press, or the closed-case view."""
    basis = find_case.by_id(context, press.case, right, press.checklist)
    return basis if not basis.is_closed else find_case.closed_case(context, basis.case)


def after(context: TurnContext, at: Landed, notices: tuple[Line, ...] = ()) -> AnyView:
    """Return the card that follows, once something was stored."""
    return next_card.go_on(context, at.basis, at.sheet.filled.id, at.stop.key, notices)
