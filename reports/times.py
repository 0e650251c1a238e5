"""Durations: every clock with its share in time, the spans without a limit, and the time from sending to reading."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from checklists.periods import Period
from checklists.rates import Share, median
from checklists.swedish_order import swedish_order
from reports.figures import percent, period_of
from reports.selected import Selection, tenant_ids
from storage import aggregates, people
from storage.aggregates import Count
from storage.desk import Session

LIMITED = ("14d", "at_once", "4m")
UNLIMITED = ("opened_to_assigned", "decided_to_started")
CLOCKS = (*LIMITED, *UNLIMITED)
READ = "read"
COUNTS = ("within", "late", "open_late", "open_within", "extended")
COLUMNS = ("unit", "period", "clock", *COUNTS, "denominator", "within_pct", "median_days")


_ENDS = ("within", "late", "extended", "open")
_CLOCK_OF = {clock: clock for clock in (READ, *UNLIMITED)} | {f"{of}_{end}": of for of in LIMITED for end in _ENDS}
"""The clock of each figure of durations (checklists.rates.case_marks)."""


@dataclass(frozen=True, slots=True)
class Time:
    """The figures of one clock over many cases.

    extended: in time only thanks to a lawful extension; not included in `within`. open_late: still running past the
    last day. open_within: still running in time; not included in any share. days: for those that have ended, the number
    of cases by number of days. A span without a limit has `days` only.
    """

    clock: str
    within: int = 0
    late: int = 0
    open_late: int = 0
    open_within: int = 0
    extended: int = 0
    days: Mapping[int, int] = field(default_factory=dict)

    @property
    def is_limited(self) -> bool:
        """Whether the clock has a statutory limit."""
        return self.clock in LIMITED

    @property
    def share(self) -> Share:
        """Those in time, of those where that is known: ended, or past the last day."""
        return Share(self.within + self.extended, self.within + self.late + self.open_late + self.extended)

    @property
    def ended(self) -> int:
        """The number that have ended."""
        return sum(self.days.values())

    @property
    def median(self) -> float | None:
        """The median number of days of those that have ended, None if none has."""
        return median(dict(self.days))

    def cells(self) -> list[str]:
        """Return the cells of COLUMNS from `clock` on; the counts are empty for a clock without a limit."""
        counts = [str(getattr(self, name)) for name in COUNTS] if self.is_limited else [""] * len(COUNTS)
        middle = "" if self.median is None else f"{self.median:g}".replace(".", ",")
        return [self.clock, *counts, str(self.share.n) if self.is_limited else "", percent(self.share), middle]


def times(session: Session, tenant_id: int, period: Period, selection: Selection, today: date) -> tuple[Time, ...]:
    """Return the durations of a period over the selected units: from sending to reading, then every clock.

    A clock counts on the day it began (report received, violence known, investigation opened, decision taken), a
    reading on the day its list was begun. today: decides which running clocks are past their last day.
    """
    span, names = (session, tenant_id, period.first, period.last), people.unit_names(session, tenant_id)
    of_lists = aggregates.read(*span, of="lists", checklist=selection.checklist, codes=[READ])
    counts = [*aggregates.read(*span, of="cases"), *of_lists]
    by_clock: dict[str, list[Count]] = defaultdict(list)
    for count in counts:
        if selection.unit in ("", names[count.unit_id]):
            by_clock[_CLOCK_OF.get(count.code, "")].append(count)
    return tuple(_time(clock, by_clock[clock], today) for clock in (READ, *CLOCKS))


def unit_times(
    session: Session, tenant_id: int, period: Period, selection: Selection, today: date
) -> Iterator[tuple[str, Time]]:
    """Yield (unit, clock) for every clock of each unit with any in the period, in the units' name order."""
    names = people.unit_names(session, tenant_id)
    by_unit: dict[tuple[str, int], list[Count]] = defaultdict(list)
    for count in aggregates.read(session, tenant_id, period.first, period.last, of="cases"):
        if count.n and count.code.startswith(CLOCKS) and selection.unit in ("", names[count.unit_id]):
            by_unit[names[count.unit_id], count.unit_id].append(count)
    for (unit, _), counts in sorted(by_unit.items(), key=lambda one: (swedish_order(one[0][0]), one[0][1])):
        for clock in CLOCKS:
            yield unit, _time(clock, counts, today)


def time_rows(session: Session, selection: Selection, today: date) -> Iterator[list[str]]:
    """Yield one row per unit and clock."""
    everyone = tenant_ids(session, selection)
    period = period_of(session, everyone, selection, today)
    for tenant_id in everyone:
        for unit, time in unit_times(session, tenant_id, period, selection, today):
            yield [unit, str(period), *time.cells()]


def _time(clock: str, counts: Iterable[Count], today: date) -> Time:
    """Return one clock from the counts, whose codes are those of checklists.rates.case_marks."""
    ended: Counter[str] = Counter()
    running: Counter[bool] = Counter()
    days: Counter[int] = Counter()
    for count in counts:
        if count.code == f"{clock}_open":
            running[count.value < today.toordinal()] += count.n
        elif count.code in (clock, *(f"{clock}_{how}" for how in ("within", "late", "extended"))):
            ended[count.code.removeprefix(clock)] += count.n
            days[count.value] += count.n
    return Time(
        clock,
        within=ended["_within"],
        late=ended["_late"],
        open_late=running[True],
        open_within=running[False],
        extended=ended["_extended"],
        days={value: n for value, n in days.items() if n},
    )
