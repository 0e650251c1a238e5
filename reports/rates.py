"""`export --what rates`: how every question was answered, per unit and per role; roles are never mixed."""

from collections.abc import Iterator
from datetime import date

from checklists.periods import Period
from checklists.rates import wilson
from reports.figures import ALL_ITEMS, Line, decimal, lines, percent, period_of, with_sums
from reports.published import Cells, published_rates
from reports.selected import Selection, tenant_ids
from storage.desk import Session

COUNTS = ("ja", "nej", "nej_motiverat", "delvis", "pagaende", "fritext", "ej_tillampligt", "obesvarad")
COLUMNS = (
    "unit",
    "period",
    "role",
    "item",
    "question",
    "cases",
    "applicable",
    "answered",
    "completion_pct",
    *COUNTS,
    "ja_med_forbehall",
    "fulfilled_pct",
    "low_pct",
    "high_pct",
)


def rate_rows(
    session: Session,
    selection: Selection,
    today: date,
    *,
    for_publication: bool = False,
    also: tuple[str, ...] = (),
) -> Iterator[list[str]]:
    """Yield one row per unit, role and question, with the sum after the questions of each checklist.

    for_publication: hide small numbers, and leave out the sums, which would give them away. also: further figures at
    the end of each row, not for publication.

    Raises: CannotPublish: for publication, and the period is not a past quarter or year.
    """
    everyone = tenant_ids(session, selection)
    period = period_of(session, everyone, selection, today)
    if for_publication:
        for tenant_id in everyone:
            for line, cells in published_rates(session, tenant_id, period, selection, today):
                yield row(line, period, cells)
        return
    for tenant_id in everyone:
        for line in with_sums(lines(session, tenant_id, period, selection)):
            yield row(line, period) + [str(line.figures.get(code, 0)) for code in also]


def row(line: Line, period: Period, published: Cells | None = None) -> list[str]:
    """Return a line as cells. published: what of it may be shown, None if it is not for publication."""

    def cell(*codes: str, text: str) -> str:
        return published.of(*codes, text=text) if published else text

    def count(code: str) -> str:
        return cell(code, text=str(line.figures.get(code, 0)))

    shares = [percent(line.fulfilled), "", ""]
    if line.applicable and line.item != ALL_ITEMS:  # answers on one list are not independent: a sum has no interval
        shares[1:] = map(decimal, wilson(line.fulfilled))
    return [
        line.unit,
        str(period),
        line.role,
        line.item,
        line.question,
        *map(count, ("cases", "applicable", "answered")),
        cell("answered", "applicable", text=percent(line.completion)),
        *map(count, (*COUNTS, "ja_med_forbehall")),
        *(cell("ja", "applicable", text=share) for share in shares),
    ]
