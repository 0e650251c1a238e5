"""A follow-up round compared with the round it follows up, question by question; below twenty cases no percentages."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor

from checklists.model import Checklist
from checklists.rates import Comparison, Share, compare, difference, tenths_of, wilson

LEAST_FOR_PERCENT = 20
"""With fewer cases in either round, shares are given as numbers of cases only."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One question of two rounds. criticism: the authority's findings that it answers, by code."""

    item_id: str
    criticism: tuple[str, ...]
    found: Comparison

    @property
    def in_percent(self) -> bool:
        """Whether both rounds have enough cases for percentages."""
        return min(self.found.before.n, self.found.after.n) >= LEAST_FOR_PERCENT

    @property
    def difference(self) -> tuple[int, int, int] | None:
        """The difference in percentage points and the ends of its 95 % interval, None where there are too few cases."""
        if not self.in_percent:
            return None
        before, after = self.found.before, self.found.after
        low, high = difference(before, after)
        return round(100 * (after.part - before.part)), round(100 * low), round(100 * high)


def compared(checklist: Checklist, before: Mapping[str, Share], after: Mapping[str, Share]) -> tuple[Compared, ...]:
    """Compare two rounds of the same version of a list, in its order: the questions for which both have a share.

    before, after: the shares that may be shown, see `round_results.for_management`. A question missing from one is left
    out, because the other alone says nothing about change.
    """
    return tuple(
        Compared(item.id, tuple(item.criticism), compare(before[item.id], after[item.id]))
        for item in checklist.asked["peer_reviewer"]
        if item.id in before and item.id in after
    )


def in_cases(share: Share) -> tuple[int, int]:
    """Return the 95 % interval of a share (n > 0) in cases of n, rounded outwards."""
    low, high = wilson(share)
    return floor(low * share.n), ceil(high * share.n)


def in_percent(share: Share) -> tuple[int, int, int]:
    """Return a share (n > 0) and the ends of its 95 % interval in whole per cent."""
    low, high = wilson(share)
    return (share.tenths + 5) // 10, tenths_of(low) // 10, -(-tenths_of(high) // 10)
