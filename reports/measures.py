"""`export --what measures`: one row per measure: what it comes from, its days, its state; no person, case or text.

Measures in cases with protected identity are included: nothing in a row says which case it is about.
"""

from collections.abc import Iterator
from datetime import date

from checklists.loader import checklist_version
from checklists.measures import state
from checklists.swedish_time import day_of
from reports.selected import Selection, tenant_ids
from storage import measures, people
from storage.desk import Session
from storage.measures import MeasureRow

COLUMNS = ("unit", "source", "finding", "checklist", "question", "made_on", "due_on", "follow_up_on", "state", "helped")


def measure_rows(session: Session, selection: Selection, today: date) -> Iterator[list[str]]:
    """Yield the measures made in a period, sorted by their cells, so that the order says nothing about a case."""
    for tenant_id in tenant_ids(session, selection):
        names = people.unit_names(session, tenant_id)
        found = [_cells(row, names, today) for row in measures.every(session, tenant_id) if _is_in(row, selection)]
        yield from sorted(one for one in found if selection.unit in ("", one[0]))


def _is_in(row: MeasureRow, selection: Selection) -> bool:
    made = day_of(row.made_at)
    in_period = (selection.first or made) <= made <= (selection.last or made)
    return in_period and selection.checklist in ("", row.checklist)


def _source(row: MeasureRow) -> str:
    if row.checklist:
        return "answer"
    if row.round_id:
        return "round"
    return "finding" if row.code or row.finding_id else "own"


def _cells(row: MeasureRow, names: dict[int, str], today: date) -> list[str]:
    question = checklist_version(row.checklist, row.version).by_id[row.item_id].question if row.checklist else ""
    now = state(row.due_on, today, done=row.done_at is not None, checked=row.checked_at is not None)
    return [
        names.get(row.unit_id, ""),
        _source(row),
        row.code,
        row.checklist or "",
        question,
        day_of(row.made_at).isoformat(),
        row.due_on.isoformat(),
        row.follow_up_on.isoformat() if row.follow_up_on else "",
        now,
        "" if row.helped is None else "ja" if row.helped else "nej",
    ]
