"""Parts of views derived from a list: heading, items and gaps."""

from collections.abc import Iterable

from actions.basis import BASIS, Basis, Sheet, is_shared
from checklists.lifecycle import READER, State
from checklists.model import Gap, ListId
from dialogs.turn.declared import claimed
from dialogs.turn.presses import ToItem
from dialogs.views.parts import Button, GapRow, Head, Line, Listed, SectionCount


def head(sheet: Sheet) -> Head:
    """Return the heading of one list: case, child and progress."""
    done, total = sheet.applied.progress(sheet.filled.role)
    row = sheet.filled
    return Head(
        case_ref=sheet.case.ref,
        child=sheet.shown_child,
        checklist="" if row.checklist == BASIS else named(row.checklist, row.version),
        part=row.file_part,
        by_hand=row.role == "auditor" and sheet.is_by_hand,
        done=done,
        total=total,
        state=_state(row.status, is_reading=row.role == READER),
    )


def _state(status: str, *, is_reading: bool) -> str:
    """Return the state of a list as a heading names it."""
    if is_reading and status in (State.BEGUN, State.READ):
        return "reading" if status == State.BEGUN else "read"
    return status


def sections(sheets: Iterable[Sheet]) -> tuple[SectionCount, ...]:
    """Return the progress of each section over these lists together; sections where nothing is asked are left out."""
    found: dict[str, tuple[int, int]] = {}
    for sheet in sheets:
        for one in sheet.checklist.sections:
            done, total = sheet.applied.progress(sheet.filled.role, one.id)
            before = found.get(one.id, (0, 0))
            found[one.id] = before[0] + done, before[1] + total
    return tuple(SectionCount(id=name, done=done, total=total) for name, (done, total) in found.items() if total)


def named(checklist: ListId, version: int) -> str:
    """Return a list as a heading names it: empty for the decision basis."""
    return f"{checklist}/{version}" if checklist != BASIS else ""


def basis_head(basis: Basis) -> Head:
    """Return the heading for all the children's lists together, with their total progress."""
    progress = [sheet.applied.progress(sheet.filled.role) for sheet in basis.sheets]
    return Head(
        case_ref=basis.case.ref,
        checklist=named(basis.list_id, basis.sheets[0].filled.version if basis.sheets else basis.checklist.version),
        by_hand=any(sheet.is_by_hand for sheet in basis.sheets),
        done=sum(done for done, _ in progress),
        total=sum(all_ for _, all_ in progress),
        state=_state(basis.state or "", is_reading=basis.is_reading),
    )


def gaps_line(basis: Basis) -> Line:
    """Return the line saying how many gaps there are."""
    gaps = sum(1 for _ in basis.all_gaps())
    say = "cases.gaps" if gaps > 1 else "cases.one_gap" if gaps else "cases.no_gap"
    return Line(say=say, args={"gaps": gaps})


def listed(sheet: Sheet, item_id: str) -> Listed:
    """Return an item with its allowed answers and its current one; an answer that no longer counts is left out."""
    current = sheet.answers[item_id].choice if item_id in sheet.applied.answered else ""
    return Listed(item=item_id, allowed=sheet.applied.allowed(sheet.checklist.by_id[item_id]), current=current)


def to_gap(sheet: Sheet, gap: Gap) -> Button:
    """Return the button that leads straight to a gap, short enough for several to stand side by side."""
    child = 0 if is_shared(gap) else sheet.shown_child
    args: dict[str, str | int] = {"child": child} if child else {}
    if gap.of == "item":
        args["number"] = sheet.checklist.numbers[gap.id]
    if gap.of == "fact":
        say = "buttons.fill_in_facts_of" if child else "buttons.fill_in_facts"
    else:
        say = "buttons.answer_number_of" if child else "buttons.answer_number"
    return Button(title=Line(say=say, args=args), claim=claimed("go_to", ToItem(gap.id), **sheet.at))


def gap_row(sheet: Sheet, gap: Gap, *, button: bool = False) -> GapRow:
    """Return one gap. button: whether it gets a button leading straight to the question."""
    pressed = to_gap(sheet, gap) if button else None
    return GapRow(child=0 if is_shared(gap) else sheet.shown_child, of=gap.of, id=gap.id, why=gap.why, button=pressed)
