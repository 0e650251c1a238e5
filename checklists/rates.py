"""What one filled-in list adds to the figures, and what can be said of a share.

A list contributes one character per item of its version: small enough to store beside the list, so that what it
added can be taken back exactly when an answer or a fact changes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from math import ceil, sqrt
from statistics import NormalDist
from typing import Literal, NamedTuple

from checklists.case_dates import CaseDates
from checklists.deadlines import Extension, clocks, spans
from checklists.model import Checklist, Item, Role
from checklists.rules import Applied
from checklists.workdays import Workdays

NOT_ASKED = "-"
FIGURES_OF = {
    "j": ("ja",),
    "J": ("ja", "ja_med_forbehall"),
    "n": ("nej",),
    "N": ("nej", "nej_motiverat"),
    "d": ("delvis",),
    "p": ("pagaende",),
    "f": ("fritext",),
    "e": ("ej_tillampligt",),
    "o": ("obesvarad",),
}
"""The figures an item counts in, by its state, one character."""
_STATE_OF = {codes[0]: state for state, codes in FIGURES_OF.items() if len(codes) == 1}
ANSWERED = ("ja", "nej", "delvis", "pagaende", "fritext")
MOTIVATED = ("text", "reference")


def item_states(applied: Applied, role: Role) -> str:
    """Return one character per item of the version, in list order; `-` for what this role is not asked."""
    asked = {item.id for item in applied.checklist.asked[role]}
    return "".join(_state(applied, item) if item.id in asked else NOT_ASKED for item in applied.checklist.items)


def _state(applied: Applied, item: Item) -> str:
    figure = applied.state(item.id)
    if figure == "ja" and applied.answers[item.id].noted:
        return "J"
    if figure == "nej" and _is_motivated(applied, item):
        return "N"
    return _STATE_OF[figure]


def _is_motivated(applied: Applied, item: Item) -> bool:
    """Say whether a nej is motivated: by its own motivation, or by a ja to the item that asks for it."""
    sibling = applied.checklist.siblings.get(item.id)
    own = applied.answers[item.id].motivation in MOTIVATED
    return own or (sibling is not None and applied.state(sibling.id) == "ja")


def item_figures(checklist: Checklist, states: str) -> Iterator[tuple[str, str]]:
    """Yield item and figure for every figure that a list's items count in."""
    for item, state in zip(checklist.items, states, strict=True):
        for code in FIGURES_OF.get(state, ()):
            yield item.id, code


# --- cases -----------------------------------------------------------------------------------------------------------


class Mark(NamedTuple):
    """One figure of a case or a list: its name, a number (0 where it has none), and the day it belongs to."""

    code: str
    value: int
    day: date


def case_marks(
    dates: CaseDates, extensions: Iterable[Extension], workdays: Workdays, *, has_basis: bool
) -> Iterator[Mark]:
    """Yield the figures of a case about a child; others have none.

    `due` and `without` (it has no decision basis) on the day of the decision, else the planned day unless it was
    closed before. Each clock on the day it began: `CLOCK_within`, `CLOCK_extended` or `CLOCK_late` with the days it
    took, or `CLOCK_open` with its last day as an ordinal, for whether that has passed depends on when it is read. The
    spans without a limit by their name, on the day they began, with their days.
    """
    if not dates.about_child:
        return
    due = dates.decided_on or dates.planned_decision_on
    if due and not (dates.decided_on is None and dates.closed_on and dates.closed_on < due):
        yield Mark("due", 0, due)
        if not has_basis:
            yield Mark("without", 0, due)
    for clock in clocks(dates, extensions, workdays):
        if clock.stopped_on is None:
            yield Mark(f"{clock.limit}_open", clock.last_day.toordinal(), clock.began)
        else:
            yield Mark(f"{clock.limit}_{clock.ended}", clock.days_used(clock.stopped_on), clock.began)
    for span in spans(dates):
        yield Mark(span.name, span.days, span.began)


# --- shares ----------------------------------------------------------------------------------------------------------

_Z = NormalDist().inv_cdf(0.975)
_POWER = NormalDist().inv_cdf(0.8)


@dataclass(frozen=True, slots=True)
class Share:
    """k of n."""

    k: int
    n: int

    @property
    def part(self) -> float:
        """Return k / n. Raises: ZeroDivisionError: n is 0."""
        return self.k / self.n


def wilson(share: Share) -> tuple[float, float]:
    """Return the Wilson interval of a share, 95 %, both ends within 0–1.

    Raises: ZeroDivisionError: n is 0. Source: Wilson 1927; 5 of 5 gives 57–100 %.
    """
    part, n = share.part, share.n
    spread = _Z * sqrt(part * (1 - part) / n + _Z * _Z / (4 * n * n))
    middle, scale = part + _Z * _Z / (2 * n), 1 + _Z * _Z / n
    # At 0 and n of n one end is the share itself; rounding alone would miss it slightly.
    return max(0.0, min(part, (middle - spread) / scale)), min(1.0, max(part, (middle + spread) / scale))


Verdict = Literal["no_figures", "same", "too_few", "better", "worse", "other_version"]
"""`other_version`: the questions changed between, so the two are not compared."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of two shares. needed: cases per period that would show this difference, 0: not known."""

    verdict: Verdict
    before: Share
    after: Share
    needed: int = 0


def compare(before: Share, after: Share) -> Comparison:
    """Compare two independent shares.

    A difference is claimed only when Newcombe's 95 % interval for it, made of the two Wilson intervals, does
    not hold zero; otherwise it is `too_few`, with the cases per period that would be needed.
    Source: Newcombe 1998, method 10.
    """
    if not before.n or not after.n:
        return Comparison("no_figures", before, after)
    if before.k * after.n == after.k * before.n:
        return Comparison("same", before, after)
    (low1, high1), (low2, high2) = wilson(before), wilson(after)
    difference = after.part - before.part
    low = difference - sqrt((after.part - low2) ** 2 + (high1 - before.part) ** 2)
    high = difference + sqrt((high2 - after.part) ** 2 + (before.part - low1) ** 2)
    if low > 0:
        return Comparison("better", before, after)
    if high < 0:
        return Comparison("worse", before, after)
    return Comparison("too_few", before, after, needed(before.part, after.part))


def needed(before: float, after: float) -> int:
    """Return how many cases per period would show a difference between two parts; 0 when they are alike.

    Normal approximation, 5 % two-sided, 80 % power: from 60 to 80 % takes 82.
    """
    if before == after:
        return 0
    middle = (before + after) / 2
    alike = _Z * sqrt(2 * middle * (1 - middle))
    apart = _POWER * sqrt(before * (1 - before) + after * (1 - after))
    return ceil(((alike + apart) / (after - before)) ** 2)


def median(counts: dict[int, int]) -> float | None:
    """Return the median of values, given as the count of each; None if there are none."""
    total = sum(counts.values())
    if not total:
        return None
    places, passed, found = ((total - 1) // 2, total // 2), 0, []
    for value in sorted(counts):
        found += [value for place in places if passed <= place < passed + counts[value]]
        passed += counts[value]
    return sum(found) / 2
