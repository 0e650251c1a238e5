"""What a row of answers must hold, apart from its case; every error says what is wrong and what to do."""

from datetime import date

from checklists.case_dates import read_past_day
from checklists.cells import Cells
from checklists.errors import UserError
from checklists.free_text import MOST_TEXT
from checklists.loader import all_checklists
from checklists.model import Checklist, Item, ListId, Role
from checklists.rights import ROLES
from imports.common import date_fault
from storage import filled
from storage.cases import CaseRow

_TEXTS = ("answer", "method", "motivation", "note")


def checklist_id_of(cell: str) -> ListId:
    """Return the id of the list a row names. Raises: ValueError."""
    ids = sorted({checklist.id for checklist in all_checklists().values()})
    found = next((one for one in ids if one == cell), None)
    if found is None:
        raise ValueError(f"checklist is not one of {', '.join(ids)}")
    return found


def role_of(cell: str, checklist: Checklist) -> Role:
    """Return the role a row names, which must be one that answers the list. Raises: ValueError."""
    role = next((one for one in ROLES if one == cell), None)
    if role is None:
        raise ValueError(f"role is not one of {', '.join(ROLES)}")
    if role not in checklist.answered_by:
        raise ValueError(f"{checklist.id} is not answered by {role}, but by {' or '.join(checklist.answered_by)}")
    return role


def child_of(cell: str, checklist: Checklist, case: CaseRow) -> int:
    """Return the child a row is about; empty: the eldest, or none where the list is about the whole case.

    Raises: ValueError.
    """
    if checklist.per == "case":
        if cell:
            raise ValueError(f"child is not empty; {checklist.id} is about the whole case")
        return filled.NO_CHILD
    if not (cell or "1").isascii() or not (cell or "1").isdigit() or not 1 <= int(cell or "1") <= case.children:
        raise ValueError(f"child is not a whole number from 1 to {case.children}, the children of the case")
    return int(cell or "1")


def item_of(checklist: Checklist, cell: str, role: Role) -> Item:
    """Return the question a row answers, which must be one that is put to the role. Raises: ValueError."""
    item = checklist.by_id.get(cell)
    if item is None:
        raise ValueError(f"item is no question of {checklist.id} version {checklist.version}")
    if item not in checklist.asked[role]:
        raise ValueError(f"item is not put to {role} in {checklist.id} version {checklist.version}")
    return item


def texts_of(cells: dict[str, str]) -> Cells:
    """Return the cells of the answer itself. Raises: ValueError."""
    if not cells["answer"]:
        raise ValueError("answer is empty; write obesvarad, or leave the row out")
    too_long = [name for name in _TEXTS if len(cells[name]) > MOST_TEXT]
    if too_long:
        raise ValueError(f"{', '.join(too_long)} is longer than {MOST_TEXT} characters")
    return Cells(*(cells[name] for name in _TEXTS))


def day_of(cell: str, today: date) -> date | None:
    """Return the day the answer was given, None when there is none. Raises: ValueError."""
    try:
        return read_past_day(cell, today, "answered_on") if cell else None
    except UserError as error:
        raise ValueError(date_fault("answered_on", error)) from None
