"""`export --what checklists`: the progress of the lists per unit and role, and the number of cases without one."""

from collections.abc import Iterator
from datetime import date

from checklists.periods import Period
from reports.figures import ListLine, list_lines, percent, period_of
from reports.published import Cells, published_lists
from reports.selected import Selection, tenant_ids
from storage.desk import Session

COLUMNS = (
    "unit",
    "period",
    "checklist",
    "role",
    "due",
    "without_checklist",
    "begun",
    "sent",
    "complete",
    "completion_pct",
    "signed",
    "signed_with_shortfall",
    "returned",
    "voided",
)
BEFORE_SHARE, AFTER_SHARE = COLUMNS[4:9], COLUMNS[10:]


def checklist_rows(
    session: Session, selection: Selection, today: date, *, for_publication: bool = False
) -> Iterator[list[str]]:
    """Yield one row per unit, checklist and role.

    for_publication: hide small numbers.

    Raises: CannotPublish: for publication, and the period is not a past quarter or year.
    """
    everyone = tenant_ids(session, selection)
    period = period_of(session, everyone, selection, today)
    for tenant_id in everyone:
        if for_publication:
            for line, cells in published_lists(session, tenant_id, period, selection, today):
                yield row(line, period, cells)
        else:
            for line in list_lines(session, tenant_id, period, selection):
                yield row(line, period)


def row(line: ListLine, period: Period, published: Cells | None = None) -> list[str]:
    """Return a line as cells. published: what of it may be shown, None if it is not for publication."""

    def cell(*codes: str, text: str) -> str:
        return published.of(*codes, text=text) if published else text

    def count(code: str) -> str:
        return cell(code, text=str(line.counts.get(code, 0)))

    share = cell("complete", "begun", text=percent(line.completion))
    counts = [*map(count, BEFORE_SHARE), share, *map(count, AFTER_SHARE)]
    return [line.unit, str(period), line.checklist, line.role, *counts]
