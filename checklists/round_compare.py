"""A follow-up round held against the round it follows up, question by question; below twenty cases no percentages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil, floor

from checklists.model import Checklist
from checklists.rates import FIGURES_OF, Comparison, Share, compare, difference, needed, tenths_of, wilson

LEAST_FOR_PERCENT = 20
"""Cases of either round below which a share is said in cases alone."""
LEAST_TO_CLAIM = 5
"""Cases of either round below which no difference is claimed: chance tells none of three from all of three."""
_YES = frozenset(letter for letter, figures in FIGURES_OF.items() if "ja" in figures)
_NO_PART = frozenset({"-", "e"})
"""A question that was not asked, or did not apply: it is in no share."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One question of two rounds. criticism: the authority's findings that it answers, by code."""

    item_id: str
    criticism: tuple[str, ...]
    found: Comparison

    @property
    def in_percent(self) -> bool:
        """Whether both rounds have cases enough for percentages."""
        return min(self.found.before.n, self.found.after.n) >= LEAST_FOR_PERCENT

    @property
    def difference(self) -> tuple[int, int, int] | None:
        """The difference in percentage points and the ends of its 95 % interval, None where there are too few cases."""
        if not self.in_percent:
            return None
        before, after = self.found.before, self.found.after
        low, high = difference(before, after)
        return round(100 * (after.part - before.part)), round(100 * low), round(100 * high)


def shares(checklist: Checklist, lists: Iterable[str]) -> Mapping[str, Share]:
    """Return of each question how many answered Ja of those it applied to. lists: see `rates.item_states`."""
    counts = {item.id: [0, 0] for item in checklist.asked["peer_reviewer"]}
    for states in lists:
        for item, state in zip(checklist.items, states, strict=True):
            if item.id in counts and state not in _NO_PART:
                counts[item.id][0] += state in _YES
                counts[item.id][1] += 1
    return {item_id: Share(k, n) for item_id, (k, n) in counts.items()}


def compared(checklist: Checklist, before: Iterable[str], after: Iterable[str]) -> tuple[Compared, ...]:
    """Compare two rounds of the same version of a list, in its order; what applied in neither is left out."""
    then, now = shares(checklist, before), shares(checklist, after)
    return tuple(
        Compared(item.id, tuple(item.criticism), _compare(then[item.id], now[item.id]))
        for item in checklist.asked["peer_reviewer"]
        if then[item.id].n or now[item.id].n
    )


def _compare(before: Share, after: Share) -> Comparison:
    found = compare(before, after)
    if found.verdict not in ("better", "worse", "too_few"):
        return found
    if min(before.n, after.n) >= LEAST_TO_CLAIM and found.verdict != "too_few":
        return found
    return Comparison("too_few", before, after, max(needed(before.part, after.part), LEAST_TO_CLAIM))


def in_cases(share: Share) -> tuple[int, int]:
    """Return the 95 % interval of a share (n > 0) in cases of n, rounded outwards."""
    low, high = wilson(share)
    return floor(low * share.n), ceil(high * share.n)


def in_percent(share: Share) -> tuple[int, int, int]:
    """Return a share (n > 0) and the ends of its 95 % interval in whole per cent."""
    low, high = wilson(share)
    return (share.tenths + 5) // 10, tenths_of(low) // 10, -(-tenths_of(high) // 10)
