"""`export --what rates`: how every question was answered, per unit and per role; roles are never mixed."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from checklists.loader import newest
from checklists.periods import Period, quarter
from checklists.publication import At, Hidden, hidden, stands
from checklists.rates import wilson
from reports.figures import Line, decimal, lines, percent, period_of, with_sums
from reports.periods import published_quarters
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
May = Callable[[str], bool]
"""Returns whether the figure with this code may be shown."""


def rate_rows(
    session: Session, selection: Selection, today: date, *, for_publication: bool = False
) -> Iterator[list[str]]:
    """Yield one row per unit, role and question, with the sum after the questions of each checklist.

    for_publication: suppress small numbers, and leave out the sums, which would reveal them.

    Raises: CannotPublish: for publication, and the period is not a past quarter or year.
    """
    everyone = tenant_ids(session, selection)
    period = period_of(session, everyone, selection, today)
    if for_publication:
        quarters = published_quarters(period, today)
        for tenant_id in everyone:
            yield from _published(session, tenant_id, period, selection, quarters)
        return
    for tenant_id in everyone:
        for line in with_sums(lines(session, tenant_id, period, selection)):
            yield row(line, period)


def row(line: Line, period: Period, may: May = lambda _code: True) -> list[str]:
    """Return a line as cells; a suppressed figure is empty."""

    def cell(code: str, n: int) -> str:
        return str(n) if may(code) else ""

    completion = percent(line.completion) if may("answered") and may("applicable") else ""
    fulfilled = ["", "", ""]
    if line.applicable and may("ja") and may("applicable"):
        fulfilled = [percent(line.fulfilled), *map(decimal, wilson(line.fulfilled))]
    return [
        line.unit,
        str(period),
        line.role,
        line.item,
        line.question,
        cell("cases", line.cases),
        cell("applicable", line.applicable),
        cell("answered", line.answered),
        completion,
        *(cell(code, line.counts.get(code, 0)) for code in (*COUNTS, "ja_med_forbehall")),
        *fulfilled,
    ]


def _published(
    session: Session, tenant_id: int, period: Period, selection: Selection, quarters: dict[str, Period]
) -> Iterator[list[str]]:
    # Suppression is decided over all units, whichever of them is exported.
    everywhere = replace(selection, unit="")
    of_quarters: dict[tuple[str, str], dict[str, dict[At, dict[str, int]]]] = defaultdict(lambda: defaultdict(dict))
    for number, one in quarters.items():
        for line in lines(session, tenant_id, one, everywhere):
            counts = dict(line.counts) | {
                "cases": line.cases,
                "applicable": line.applicable,
                "answered": line.answered,
            }
            of_quarters[line.checklist, line.role][line.item][At(str(line.unit_id), number)] = counts
    hiding: dict[tuple[str, str], Hidden] = {
        (checklist, role): hidden(newest(checklist), rows) for (checklist, role), rows in of_quarters.items()
    }
    number = next((n for n in quarters if quarter(period.first.year, int(n)) == period), "")
    for line in lines(session, tenant_id, period, selection):
        found, at = hiding[line.checklist, line.role], At(str(line.unit_id), number)
        yield row(line, period, lambda code, i=line.item, f=found, at=at: stands(f, i, code, at))  # type: ignore[misc]
