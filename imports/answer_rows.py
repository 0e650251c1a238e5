"""Check the cells of a row of answers, apart from its case. Every error says what is wrong and what to do."""

from datetime import date

from checklists.case_dates import read_past_day
from checklists.cells import Cells
from checklists.errors import UserError
from checklists.faults import Code, Refusal, fault, listed, of_rule
from checklists.free_text import MOST_TEXT
from checklists.loader import all_checklists
from checklists.model import Checklist, Item, ListId, Role
from imports.common import check_lengths, code_in, role_in
from storage import filled
from storage.cases import CaseRow

_TEXTS = ("answer", "method", "motivation", "note")


def checklist_id_of(cell: str) -> ListId:
    """Return the id of the list a row names. Raises: Refusal."""
    ids = sorted({checklist.id for checklist in all_checklists().values()})
    return code_in("checklist", cell, ids)


def role_of(cell: str, checklist: Checklist) -> Role:
    """Return the role a row names, which must be one that answers the list. Raises: Refusal."""
    role = role_in(cell)
    if role not in checklist.answered_by:
        answering = listed(checklist.answered_by)
        raise Refusal(fault(Code.NOT_ANSWERED_BY, checklist=checklist.id, role=role, allowed=answering))
    return role


def child_of(cell: str, checklist: Checklist, case: CaseRow) -> int:
    """Return the number of the child a row is about; NO_CHILD for a list about the whole case. Raises: Refusal.

    An empty cell means child 1, the eldest.
    """
    if checklist.per == "case":
        if cell:
            raise Refusal(fault(Code.NOT_PER_CHILD, checklist=checklist.id))
        return filled.NO_CHILD
    if not (cell or "1").isascii() or not (cell or "1").isdigit() or not 1 <= int(cell or "1") <= case.children:
        raise Refusal(fault(Code.NO_SUCH_CHILD, most=case.children))
    return int(cell or "1")


def item_of(checklist: Checklist, cell: str, role: Role) -> Item:
    """Return the question a row answers, which must be one that the role is asked. Raises: Refusal."""
    item = checklist.by_id.get(cell.casefold())
    if item is None:
        raise Refusal(fault(Code.NO_SUCH_ITEM, checklist=checklist.id, version=checklist.version))
    if item not in checklist.asked[role]:
        raise Refusal(fault(Code.NOT_ASKED_OF, role=role, checklist=checklist.id, version=checklist.version))
    return item


def texts_of(cells: dict[str, str]) -> Cells:
    """Return the cells of the answer itself. Raises: Refusal."""
    if not cells["answer"]:
        raise Refusal(fault(Code.ANSWER_EMPTY))
    check_lengths({name: cells[name] for name in _TEXTS}, MOST_TEXT)
    return Cells(*(cells[name] for name in _TEXTS))


def day_of(cell: str, today: date, column: str = "answered_on") -> date | None:
    """Return the date in a cell, which must not lie in the future; None if the cell is empty. Raises: Refusal."""
    try:
        return read_past_day(cell, today, column) if cell else None
    except UserError as error:
        raise Refusal(of_rule(error, column)) from None


def part_of(cell: str, checklist: Checklist) -> str:
    """Return the part of the case file a row is about, empty for the whole. Raises: Refusal."""
    return code_in("akt_part", cell, checklist.file_parts) if cell else ""


def with_details(cells: dict[str, str], item: Item) -> dict[str, str]:
    """Return `method` and `motivation` completed from the columns `option` and `place`, if these add anything.

    They do not in an export, which fills in both. Raises: Refusal: the question has no such option.
    """
    found: dict[str, str] = {}
    ids = [option.id for option in item.ways.options] if item.ways else []
    for one in cells["option"].split(",") if cells["option"] else ():
        code_in("option", one.strip(), ids)
    if cells["option"] and not cells["method"]:
        found["method"] = cells["option"]
    place, motivation = cells["place"], cells["motivation"]
    if place and place not in motivation:
        found["motivation"] = f"{motivation} (Var i akten: {place})" if motivation else f"Finns i akten: {place}"
    return found
