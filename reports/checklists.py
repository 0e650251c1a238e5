"""`export --what checklists`: the progress of the lists per unit and role, and the number of cases without one."""

from collections.abc import Container, Iterator
from dataclasses import replace
from datetime import date

from checklists.periods import Period, quarter
from checklists.publication import At, hidden_of_lists
from reports.figures import ListLine, list_lines, percent, period_of
from reports.periods import published_quarters
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

    for_publication: suppress small numbers.

    Raises: CannotPublish: for publication, and the period is not a past quarter or year.
    """
    everyone = tenant_ids(session, selection)
    period = period_of(session, everyone, selection, today)
    quarters = published_quarters(period, today) if for_publication else {}
    for tenant_id in everyone:
        hiding = _hidden(session, tenant_id, selection, quarters)
        number = next((n for n in quarters if quarter(period.first.year, int(n)) == period), "")
        for line in list_lines(session, tenant_id, period, selection):
            at, places = At(str(line.unit_id), number), hiding.get((line.checklist, line.role), {})
            yield row(line, period, {column for column, hidden in places.items() if at in hidden})


def row(line: ListLine, period: Period, hidden: Container[str] = ()) -> list[str]:
    """Return a line as cells; a suppressed figure is empty."""

    def cell(column: str) -> str:
        return "" if column in hidden else str(line.counts.get(column, 0))

    share = "" if "complete" in hidden or "begun" in hidden else percent(line.completion)
    counts = [*map(cell, BEFORE_SHARE), share, *map(cell, AFTER_SHARE)]
    return [line.unit, str(period), line.checklist, line.role, *counts]


def _hidden(
    session: Session, tenant_id: int, selection: Selection, quarters: dict[str, Period]
) -> dict[tuple[str, str], dict[str, set[At]]]:
    """Return the suppressed cells by checklist and role; decided over all units, whichever of them is exported."""
    places: dict[tuple[str, str], dict[At, dict[str, int]]] = {}
    for number, one in quarters.items():
        for line in list_lines(session, tenant_id, one, replace(selection, unit="")):
            at = At(str(line.unit_id), number)
            places.setdefault((line.checklist, line.role), {})[at] = dict(line.counts)
    return {key: hidden_of_lists(found) for key, found in places.items()}
