"""The echo: what was stored of a typed line, as what, and a button to undo it."""

from collections.abc import Mapping, Sequence

from actions import answers
from actions.basis import Basis, Sheet
from actions.changes import Changes
from dialogs.turn.declared import Done, Reaction, claimed, parted
from dialogs.turn.presses import OfAct
from dialogs.turn.turn_context import TurnContext
from dialogs.views.views import Button, ClosedView, Line, SayView


def echoed(context: TurnContext, basis: Basis, row_id: int, reaction: Reaction, items: Sequence[str]) -> Reaction:
    """Add to the next card an echo of what was stored, and a button to undo it.

    items: those whose answers are named, unless they already were what they are now. A stored text is
    named by its kind: motivation, place or comment.
    """
    view, changes = parted(reaction)
    kept = _kept(changes)
    sheet = basis.sheet(row_id)
    if isinstance(view, SayView | ClosedView) or sheet is None or not kept:
        return reaction
    changed = [item_id for item_id in items if item_id in kept]
    lines = ((_echo(sheet, changed),) if changed else ()) + _texts(context, sheet, kept)
    if not lines:
        return reaction
    claim = claimed("undo", OfAct(context.origin.act), case=basis.case.id, filled=row_id, checklist=basis.list_id)
    undo = Button(title=Line(say="buttons.undo"), claim=claim)
    added: Mapping[str, object] = {"notices": (*lines, *view.notices)}
    for name in ("nav", "buttons"):
        there = getattr(view, name, ())
        if any(button.claim.verb == "undo" for button in there):
            continue
        if hasattr(view, name) and (name == "nav" or not hasattr(view, "nav")):
            added = {**added, name: (*getattr(view, name), undo)}
    return Done(view.model_copy(update=added), changes)


def _kept(changes: Changes) -> list[str]:
    return list(dict.fromkeys(change.item_id for change in changes if change.event == "answered"))


def _echo(sheet: Sheet, item_ids: Sequence[str]) -> Line:
    """Return the echo: a single answer with its question, or the number of answers."""
    if len(item_ids) > 1:
        return Line(say="typed.echo_row", args={"ref": sheet.case.ref, "count": len(item_ids)})
    row = sheet.rows[item_ids[0]]
    number = sheet.checklist.numbers[row.item_id]
    place = f"{sheet.checklist.id}/{sheet.checklist.version}/{row.item_id}"
    return Line(say="typed.echo", args={"ref": sheet.case.ref, "number": number, "item": place, "choice": row.choice})


def _texts(context: TurnContext, sheet: Sheet, kept: Sequence[str]) -> tuple[Line, ...]:
    """Return a line for each text this act stored: as motivation, as its place in the file, or as comment."""
    found: dict[tuple[str, str], list[int]] = {}
    for item_id in kept:
        now, before = answers.last_two(context.session, sheet, item_id)
        number = sheet.checklist.numbers[item_id]
        if now.motivation and now.motivation != before.motivation:
            found.setdefault(("typed.kept_motivation", now.motivation), []).append(number)
        elif now.place and now.place != before.place:
            found.setdefault(("typed.kept_place", now.place), []).append(number)
        if now.note and now.note != before.note:
            found.setdefault(("typed.kept_note", now.note), []).append(number)
        elif (now.option, now.day) != (before.option, before.day) and (now.option or now.day):
            found.setdefault(("typed.kept_detail", ""), []).append(number)
    return tuple(
        Line(
            say=key,
            args={"ref": sheet.case.ref, "numbers": ", ".join(map(str, sorted(numbers))), "count": len(text)},
        )
        for (key, text), numbers in found.items()
    )
