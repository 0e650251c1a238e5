"""How long things take: from sent to read, the 14 days, the four months, from opened to assigned."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from checklists.periods import Period
from checklists.rates import Share, median
from reports.selected import Selection
from storage import people, rates
from storage.desk import Session

PRELIM_DAYS = 14


@dataclass(frozen=True, slots=True)
class Time:
    """One kind of time. within: those inside the limit, of those that are over (n 0: it has no limit).

    days: how many took how many days. running: not over yet, and in no share.
    """

    name: str
    within: Share
    days: dict[int, int] = field(default_factory=dict)
    running: int = 0

    @property
    def median(self) -> float | None:
        """Return the median of the days, None when nothing is over."""
        return median(self.days)

    @property
    def count(self) -> int:
        """Return how many are over."""
        return sum(self.days.values())


def times(session: Session, tenant_id: int, period: Period, selection: Selection) -> tuple[Time, ...]:
    """Return the times of a period: a preliminary assessment belongs to the day the report came in, an
    investigation to the day it was opened, a reading to the day its list was begun."""
    span = (session, tenant_id, period.first, period.last)
    names = people.unit_names(session, tenant_id)
    counts = [*rates.read(*span, of="cases"), *rates.read(*span, of="lists", checklist=selection.checklist)]
    days: dict[str, Counter[int]] = {}
    for count in counts:
        if selection.unit in ("", names[count.unit_id]):
            days.setdefault(count.code, Counter())[count.value] += count.n
    prelim = _days(days, ["prelim"])
    months = _days(days, ["months4_in", "months4_late"])
    in_time = sum(n for value, n in prelim.items() if value <= PRELIM_DAYS)
    no_limit = Share(0, 0)
    return (
        Time("read", no_limit, _days(days, ["read"])),
        Time("prelim", Share(in_time, sum(prelim.values())), prelim, _running(days, "prelim_running")),
        Time(
            "months4",
            Share(sum(days.get("months4_in", {}).values()), sum(months.values())),
            months,
            _running(days, "months4_running"),
        ),
        Time("assigned", no_limit, _days(days, ["assigned"])),
    )


def _days(days: dict[str, Counter[int]], codes: Iterable[str]) -> dict[int, int]:
    found: Counter[int] = Counter()
    for code in codes:
        found.update(days.get(code, {}))
    return {value: n for value, n in found.items() if n}


def _running(days: dict[str, Counter[int]], code: str) -> int:
    return sum(days.get(code, {}).values())
