"""`export --what year`: when each unit's next round is due, and every duty of the year, done or not; no person."""

from collections.abc import Iterator
from datetime import date

from checklists.measures import state
from checklists.swedish_time import day_of
from reports.selected import Selection, tenant_ids
from storage import people, tenants, year
from storage.desk import Session
from storage.year import DutyRow

COLUMNS = ("unit", "what", "due_on", "every_months", "state", "done_on")
ROUND = "round"


def year_rows(session: Session, selection: Selection, today: date) -> Iterator[list[str]]:
    """Yield what is due in a period, by day: rounds by the last day of their month, and duties. unit: empty for all."""
    for tenant_id in tenant_ids(session, selection):
        names = people.unit_names(session, tenant_id)
        usual = tenants.settings(tenants.get(session, tenant_id)).wheel
        found = [
            [names[unit_id], ROUND, slot.last.isoformat(), "", "late" if slot.is_late(today) else "open", ""]
            for unit_id, slot in year.next_rounds(session, tenant_id, usual, today).items()
        ]
        found += [_cells(row, names, today) for row in year.duties(session, tenant_id)]
        first, last = (selection.first or date.min).isoformat(), (selection.last or date.max).isoformat()
        wanted = [row for row in found if first <= row[2] <= last and selection.unit in ("", row[0])]
        yield from sorted(wanted, key=lambda row: (row[2], *row))


def _cells(row: DutyRow, names: dict[int, str], today: date) -> list[str]:
    now = state(row.due_on, today, done=row.done_at is not None, checked=False)
    done_on = day_of(row.done_at).isoformat() if row.done_at else ""
    return [names[row.unit_id], row.kind, row.due_on.isoformat(), str(row.every or ""), now, done_on]
