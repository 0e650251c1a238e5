"""What a row of answers must hold, apart from its case; every error says what is wrong and what to do."""

from datetime import date

from checklists.case_dates import read_past_day
from checklists.cells import Cells
from checklists.errors import UserError
from checklists.faults import Code, Refusal, fault, listed, of_rule
from checklists.free_text import MOST_TEXT
from checklists.loader import all_checklists
from checklists.model import Checklist, Item, ListId, Role
from imports.common import check_lengths, role_in
from storage import filled
from storage.cases import CaseRow

_TEXTS = ("answer", "method", "motivation", "note")


def checklist_id_of(cell: str) -> ListId:
    """Return the id of the list a row names. Raises: Refusal."""
    ids = sorted({checklist.id for checklist in all_checklists().values()})
    found = next((one for one in ids if one == cell), None)
    if found is None:
        raise Refusal(fault(Code.NOT_ONE_OF, column="checklist", allowed=listed(ids)))
    return found


def role_of(cell: str, checklist: Checklist) -> Role:
    """Return the role a row names, which must be one that answers the list. Raises: Refusal."""
    role = role_in(cell)
    if role not in checklist.answered_by:
        answering = listed(checklist.answered_by)
        raise Refusal(fault(Code.NOT_ANSWERED_BY, checklist=checklist.id, role=role, allowed=answering))
    return role


def child_of(cell: str, checklist: Checklist, case: CaseRow) -> int:
    """Return the child a row is about; empty: the eldest, or none where the list is about the whole case.

    Raises: Refusal.
    """
    if checklist.per == "case":
        if cell:
            raise Refusal(fault(Code.NOT_PER_CHILD, checklist=checklist.id))
        return filled.NO_CHILD
    if not (cell or "1").isascii() or not (cell or "1").isdigit() or not 1 <= int(cell or "1") <= case.children:
        raise Refusal(fault(Code.NO_SUCH_CHILD, most=case.children))
    return int(cell or "1")


def item_of(checklist: Checklist, cell: str, role: Role) -> Item:
    """Return the question a row answers, which must be one that is put to the role. Raises: Refusal."""
    item = checklist.by_id.get(cell)
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


def day_of(cell: str, today: date) -> date | None:
    """Return the day the answer was given, None when there is none. Raises: Refusal."""
    try:
        return read_past_day(cell, today, "answered_on") if cell else None
    except UserError as error:
        raise Refusal(of_rule(error, "answered_on")) from None
