"""The frame of a round of the unit's own review: which decided cases may be drawn, and how many are left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from checklists.months import months_on
from checklists.periods import Period
from checklists.round_draw import Candidate

NEWEST_MONTHS, OLDEST_MONTHS = 1, 4
"""How long ago the cases were decided, unless another period is asked for."""
REST_MONTHS = 12
"""A case is not reviewed again within this many months."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decided case. flagged: it is about violence, or a child is placed. reviewed_on: the last time, if ever.

    under_way: it is drawn in an open round of the same list.
    """

    ref: str
    unit: str
    decided_on: date
    flagged: bool = False
    protected: bool = False
    reviewed_on: date | None = None
    under_way: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What may be drawn. protected, under_way, recent: how many were left out for that reason, each counted once."""

    candidates: tuple[Candidate, ...]
    protected: int
    recent: int
    under_way: int = 0

    @property
    def total(self) -> int:
        """How many cases were decided in the period, those left out included."""
        return len(self.candidates) + self.protected + self.recent + self.under_way


def default_period(today: date) -> Period:
    """Return the period a round is about unless another is asked for: cases decided one to four months ago."""
    return Period(months_on(today, -OLDEST_MONTHS), months_on(today, -NEWEST_MONTHS))


def frame(found: Iterable[Decided], period: Period, today: date) -> Frame:
    """Return the frame. A case with protected identity is counted as such, whatever else it is."""
    candidates, protected, recent, under_way = [], 0, 0, 0
    for case in found:
        if not period.first <= case.decided_on <= period.last:
            continue
        if case.protected:
            protected += 1
        elif case.under_way:
            under_way += 1
        elif is_recent(case, today):
            recent += 1
        else:
            candidates.append(Candidate(case.ref, case.unit, case.decided_on, flagged=case.flagged))
    return Frame(tuple(candidates), protected, recent, under_way)


def is_recent(case: Decided, today: date) -> bool:
    """Return whether a case was reviewed so recently that it is left out."""
    return case.reviewed_on is not None and case.reviewed_on > months_on(today, -REST_MONTHS)
