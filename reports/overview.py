"""The first screen of a report as plain data: up to four tiles, and how the figures have developed over time."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from checklists.lifecycle import READER
from checklists.months import months_on
from checklists.over_time import RunChart, run_chart
from checklists.periods import Period, quarter
from checklists.rates import AGREES, ANSWERED, DIFFERS, Share
from reports.figures import BASIS, WORKER, list_lines, on_items
from reports.known_changes import KnownChange, known_changes
from reports.selected import Selection
from reports.times import Time, times
from storage import aggregates, people
from storage.desk import Session

MONTHS, QUARTERS = 24, 8
"""How far back a series over time goes."""
TileName = Literal["coverage", "complete", "in_time", "agreed"]


@dataclass(frozen=True, slots=True)
class Tile:
    """One headline figure. before: the same in the period before, as known now. time: the 4m clock, for `in_time`."""

    name: TileName
    share: Share
    before: Share
    time: Time | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """Shares by month, oldest first, without months that have no cases. chart: None without any month.

    changes: what is known to have changed, with the place of the first month that it can show in.
    """

    months: tuple[date, ...]
    points: tuple[Share, ...]
    chart: RunChart | None
    changes: tuple[tuple[int, KnownChange], ...] = ()

    @property
    def since(self) -> date | None:
        """The month in which a shift begins; None if there is none."""
        return self.months[self.chart.since] if self.chart and self.chart.signal == "shift" else None


@dataclass(frozen=True, slots=True)
class Quarter:
    """Complete of begun lists in a quarter. until: the last day that is counted, None if the quarter is whole."""

    span: Period
    share: Share
    until: date | None


@dataclass(frozen=True, slots=True)
class Overview:
    """tiles: those that have anything to count. quarters: oldest first. complete, questions: by month."""

    tiles: tuple[Tile, ...]
    quarters: tuple[Quarter, ...]
    complete: Series
    questions: Mapping[str, Series]


def overview(
    session: Session, tenant_id: int, period: Period, today: date, unit: str = "", before: Period | None = None
) -> Overview:
    """Return the first screen for the workers' decision bases of a unit, or of the whole organisation.

    before: the period to compare with, by default the preceding one.
    """
    aggregates.project_all(session)
    tiles = _tiles(session, tenant_id, period, before or period.before, unit, today)
    named = people.unit_names(session, tenant_id)
    units = [row_id for row_id, name in named.items() if name == unit] if unit else []
    complete, questions = _by_month(session, tenant_id, period, units, today)
    changes = known_changes(session, tenant_id, units)
    return Overview(
        tiles=tiles,
        quarters=tuple(_quarters(complete, period.last, today)),
        complete=_series(complete, "", changes, today),
        questions={item: _series(points, item, changes, today) for item, points in questions.items()},
    )


def _tiles(
    session: Session, tenant_id: int, period: Period, before: Period, unit: str, today: date
) -> tuple[Tile, ...]:
    now, then = (_shares(session, tenant_id, span, unit, today) for span in (period, before))
    found = [Tile(name, now[name], then[name]) for name in ("coverage", "complete")]
    four_months, earlier = (
        next(one for one in times(session, tenant_id, span, Selection(BASIS, unit, WORKER), today) if one.clock == "4m")
        for span in (period, before)
    )
    found.append(Tile("in_time", four_months.share, earlier.share, four_months))
    found.append(Tile("agreed", now["agreed"], then["agreed"]))
    return tuple(tile for tile in found if tile.share.n)


def _shares(session: Session, tenant_id: int, period: Period, unit: str, today: date) -> dict[TileName, Share]:
    counts: Counter[str] = Counter()
    for line in list_lines(session, tenant_id, period, Selection(BASIS, unit, WORKER)):
        counts.update(line.counts)
    marks: Counter[str] = Counter()
    for on_item in on_items(session, tenant_id, period, Selection(BASIS, unit, READER), today).values():
        marks.update(on_item)
    return {
        "coverage": Share(counts["decided"] - counts["decided_without"], counts["decided"]),
        "complete": Share(counts["complete"], counts["begun"]),
        "agreed": Share(marks[AGREES], marks[AGREES] + marks[DIFFERS]),
    }


_Points = dict[date, Share]


def _by_month(
    session: Session, tenant_id: int, period: Period, units: Sequence[int], today: date
) -> tuple[_Points, dict[str, _Points]]:
    """Return complete of begun lists, and Ja of applicable per question, by month."""
    last = min(period.last, today).replace(day=1)
    counts: defaultdict[tuple[str, date], Counter[str]] = defaultdict(Counter)
    first = months_on(last, -MONTHS)
    for day, item, code, n in aggregates.by_month(session, tenant_id, first, last, BASIS, WORKER, units):
        counts[item, day][code] += n
    complete: _Points = {}
    questions: defaultdict[str, _Points] = defaultdict(dict)
    for (item, day), of in counts.items():
        if item:
            questions[item][day] = Share(of["ja"], sum(of[code] for code in (*ANSWERED, "obesvarad")))
        else:
            complete[day] = Share(of["complete"], of["begun"])
    return complete, questions


def _series(points: Mapping[date, Share], item: str, changes: Iterable[KnownChange], today: date) -> Series:
    """Return the whole months that have any case, and what changed within them. item: "" for whole lists."""
    kept = sorted((day, share) for day, share in points.items() if share.n and day < today.replace(day=1))
    shares, months = tuple(share for _, share in kept), tuple(day for day, _ in kept)
    marked = tuple(
        (bisect_left(months, one.month), one)
        for one in changes
        if one.touches(item) and months and months[0] < one.month <= months[-1]
    )
    return Series(months, shares, run_chart(shares) if shares else None, marked)


def _quarters(points: Mapping[date, Share], asked: date, today: date) -> Iterable[Quarter]:
    """Yield the quarters up to the day asked for, each with its total; those without lists are left out.

    The last may be counted in part: to the end of the month of that day, or to today.
    """
    last = min(asked, today)
    counted = min(today, months_on(last.replace(day=1), 1) - timedelta(days=1))
    found = quarter(last.year, (last.month + 2) // 3)
    spans = [found]
    for _ in range(QUARTERS - 1):
        day = spans[-1].first - timedelta(days=1)
        spans.append(quarter(day.year, (day.month + 2) // 3))
    for span in reversed(spans):
        within = [share for day, share in points.items() if span.first <= day <= span.last]
        if total := sum(share.n for share in within):
            until = counted if counted < span.last else None
            yield Quarter(span, Share(sum(share.k for share in within), total), until)
