"""Undoing a person's own last answers, up to ten steps, each as a new revision."""

from actions import answers
from actions.basis import Basis, Sheet
from checklists import lifecycle
from checklists.model import OPEN
from checklists.rights import LIST_HOLDER, Right
from checklists.route import stop_of
from checklists.swedish_time import clock_words
from dialogs.turn import find_case, menu
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.find_case import maybe_ref
from dialogs.turn.presses import OfAct
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import open_button
from dialogs.views.views import Button, Line, MenuView
from dialogs.worker import next_card
from storage.answers import AnswerRow

UNDO = Right("undo", "case", LIST_HOLDER)
_TAKEN = ("fill.taken_back", "fill.taken_back_several")
_BESIDE = ("fill.beside_taken_back", "fill.beside_taken_back_several")


def undo(context: TurnContext, press: Press[OfAct]) -> Reaction:
    """Undo the act named by the button next to its echo."""
    return _undo(context, find_case.by_id(context, press.case, UNDO, press.checklist), press.what.name)


def undo_typed(context: TurnContext, rest: str) -> Reaction:
    """Undo the person's last answer in the named or last used case; asks first if it is old or the list was sent."""
    basis = find_case.named_list(context, rest, UNDO)
    if basis is None:
        return menu.instead(context, Line(say="fill.nothing_to_undo"))
    found = answers.act_to_undo(context.session, context.person_id, basis) if basis.case.closed_on is None else None
    if found is not None and found[0].filled.seen_at is None:
        given_at = max(row.at for row in found[1])
        if lifecycle.asks_before_undo(basis.state, given_at, context.turn.now):
            return _ask(context, basis, *found)
    return _undo(context, basis)


def _ask(context: TurnContext, basis: Basis, sheet: Sheet, rows: list[AnswerRow]) -> MenuView:
    """Ask whether this answer is to be undone, showing which it is."""
    given_at = clock_words(max(row.at for row in rows), context.turn.now)
    lines = [
        _which(sheet, rows, "fill.would_undo", "fill.would_undo_several"),
        Line(say="fill.given_at", args={"time": given_at}),
    ]
    lines += [Line(say="fill.would_undo_sent")] if basis.is_handed_over else []
    do = claimed("undo", OfAct(rows[0].act), case=basis.case.id, filled=sheet.filled.id, checklist=basis.list_id)
    return MenuView(
        title=Line(say="fill.undo_title", args={"ref": basis.case.ref}),
        lines=tuple(lines),
        buttons=(
            Button(title=Line(say="buttons.undo"), claim=do),
            open_button(
                basis.case.id,
                Line(say="buttons.cancel"),
                "open" if basis.is_handed_over else "continue",
                checklist=basis.list_id,
            ),
        ),
        asks=True,
    )


def _which(sheet: Sheet, rows: list[AnswerRow], one: str, several: str) -> Line:
    """Return the line that names the answer an act gave, or how many it gave."""
    last = {row.item_id: row for row in reversed(rows)}
    numbers = sheet.checklist.numbers
    first = min(last.values(), key=lambda row: numbers[row.item_id])
    if first.choice == OPEN:  # this act took the answer back
        return Line(say="fill.undo_of_none", args={"number": numbers[first.item_id]})
    place = f"{sheet.checklist.id}/{sheet.checklist.version}/{first.item_id}"
    args = {"number": numbers[first.item_id], "item": place, "choice": first.choice, "more": len(last) - 1}
    return Line(say=several if len(last) > 1 else one, args=args)


def _undo(context: TurnContext, basis: Basis, act: str = "") -> Reaction:
    if basis.is_closed:
        return find_case.closed_case(context, basis.case)
    found = answers.act_to_undo(context.session, context.person_id, basis, act)
    if found is None:
        return next_card.go_on(context, basis, notices=(Line(say="fill.nothing_to_undo"),))
    sheet, rows = found
    if sheet.filled.seen_at is not None:
        return next_card.go_on(context, basis, notices=(Line(say="reading.is_ended"),))
    taken = _which(sheet, rows, *(_BESIDE if answers.leaves_choices(context.session, rows) else _TAKEN))
    changes = answers.undo(context.session, context.origin, sheet, rows)
    if changes is None:
        return next_card.go_on(context, basis, notices=(Line(say="fill.changed_by_other"),))
    numbers = sheet.checklist.numbers
    first = min(rows, key=lambda row: numbers[row.item_id])
    notices = (Line(say="fill.undone", args={"number": numbers[first.item_id]}), taken)
    stop = stop_of(sheet.way, first.item_id)
    view = next_card.card(context, sheet, stop, notices) if stop else next_card.go_on(context, basis, notices=notices)
    return Done(view, changes)


VERBS = (Verb(UNDO, undo, OfAct),)
COMMANDS = (Command("ångra", ("undo",), undo_typed, UNDO, maybe_ref),)
