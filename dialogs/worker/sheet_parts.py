"""Parts of views that are read off a list: its heading, its items, its buttons, its gaps."""

from actions.basis import Basis, Sheet, is_shared
from checklists.model import Gap
from dialogs.turn.declared import claimed
from dialogs.turn.presses import Carried, ToItem
from dialogs.views.parts import Button, Claim, GapRow, Head, Line, Listed


def claim(sheet: Sheet, verb: str, what: Carried | None = None) -> Claim:
    """Return what a button of a list stands for."""
    row = sheet.filled
    return claimed(verb, what, case=sheet.case.id, filled=row.id, version=row.version)


def revisions(sheet: Sheet, item_ids: tuple[str, ...]) -> tuple[int, ...]:
    """Return the newest revision of each item; 0 for one that was never answered."""
    return tuple(sheet.revision(item_id) for item_id in item_ids)


def head(sheet: Sheet) -> Head:
    """Return the heading of a list's cards."""
    done, total = sheet.applied.progress(sheet.filled.role)
    return Head(case_ref=sheet.case.ref, child=sheet.shown_child, done=done, total=total)


def basis_head(basis: Basis) -> Head:
    """Return the heading of what is about all lists together."""
    progress = [sheet.applied.progress(sheet.filled.role) for sheet in basis.sheets]
    return Head(
        case_ref=basis.case.ref, done=sum(done for done, _ in progress), total=sum(all_ for _, all_ in progress)
    )


def listed(sheet: Sheet, item_id: str) -> Listed:
    """Return an item with what is allowed and what is answered now; an answer that no longer counts is none."""
    current = sheet.answers[item_id].choice if item_id in sheet.applied.answered else ""
    return Listed(item=item_id, allowed=sheet.applied.allowed(sheet.item(item_id)), current=current)


def gap_row(sheet: Sheet, gap: Gap, *, button: bool = False) -> GapRow:
    """Return one gap as it is told, with a button straight to it when the one it is told to may mend it."""
    title = (
        Line(say="buttons.fill_in_facts")
        if gap.of == "fact"
        else Line(say="buttons.answer_number", args={"number": sheet.checklist.numbers[gap.id]})
    )
    pressed = Button(title=title, claim=claim(sheet, "go_to", ToItem(gap.id))) if button else None
    return GapRow(child=0 if is_shared(gap) else sheet.shown_child, of=gap.of, id=gap.id, why=gap.why, button=pressed)
