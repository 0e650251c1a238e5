"""What one filled-in list or case contributes to the figures, and the statistics of a share.

A list contributes one character per item of its version. That is small enough to store beside the list, so that
exactly what it contributed can be subtracted when an answer or a fact changes.
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
ONLY_HERE = "endast_i_boten"
"""The figure of motivations that are a text in the bot alone, counted on the question that holds the text."""
FIGURES_OF = {
    "j": ("ja",),
    "J": ("ja", "ja_med_forbehall"),
    "n": ("nej",),
    "N": ("nej", "nej_motiverat"),
    "b": ("ja", ONLY_HERE),
    "B": ("ja", "ja_med_forbehall", ONLY_HERE),
    "M": ("nej", "nej_motiverat", ONLY_HERE),
    "d": ("delvis",),
    "p": ("pagaende",),
    "f": ("fritext",),
    "e": ("ej_tillampligt",),
    "o": ("obesvarad",),
}
"""The figures that an item is counted in, by the one-character state of the item."""
_STATE_OF = {codes[0]: state for state, codes in FIGURES_OF.items() if len(codes) == 1}
ANSWERED = ("ja", "nej", "delvis", "pagaende", "fritext")
MOTIVATED = ("text", "reference")


def item_states(applied: Applied, role: Role) -> str:
    """Return the state of every item of the version, one character each in list order; `-` if not asked of the role."""
    asked = {item.id for item in applied.checklist.asked[role]}
    return "".join(_state(applied, item) if item.id in asked else NOT_ASKED for item in applied.checklist.items)


def _state(applied: Applied, item: Item) -> str:
    figure = applied.state(item.id)
    if figure == "ja":
        answer = applied.answers[item.id]
        return {(False, False): "j", (True, False): "J", (False, True): "b", (True, True): "B"}[
            answer.noted, answer.only_here
        ]
    if figure == "nej" and _is_motivated(applied, item):
        return "M" if applied.answers[item.id].only_here else "N"
    return _STATE_OF[figure]


def _is_motivated(applied: Applied, item: Item) -> bool:
    """Return whether a `nej` is motivated: in its own row, or by `ja` to the item that asks for the motivation."""
    sibling = applied.checklist.siblings.get(item.id)
    own = applied.answers[item.id].motivation in MOTIVATED
    return own or (sibling is not None and applied.state(sibling.id) == "ja")


def item_figures(checklist: Checklist, states: str) -> Iterator[tuple[str, str]]:
    """Yield (item id, figure) for everything that a list's item states are counted in."""
    for item, state in zip(checklist.items, states, strict=True):
        for code in FIGURES_OF.get(state, ()):
            yield item.id, code


# --- cases -----------------------------------------------------------------------------------------------------------


class Mark(NamedTuple):
    """One contribution of a case or a list. value: a number of days or a date, 0 where the code needs none.

    day: the day whose period it is counted in.
    """

    code: str
    value: int
    day: date


def case_marks(
    dates: CaseDates, extensions: Iterable[Extension], workdays: Workdays, *, has_basis: bool
) -> Iterator[Mark]:
    """Yield the contributions of a case about a child; a case about an adult has none.

    `due`, and `without` if the case has no decision basis: on the day of the decision, else on the planned day, unless
    the case was closed before it. One per clock, on the day it began: `CLOCK_within`, `CLOCK_extended` or `CLOCK_late`
    with the number of days it ran, or `CLOCK_open` with its last day as an ordinal, because whether that has passed
    depends on the day of reading. One per span, named after it, on the day it began, with its number of days.
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
    """A share: k of n."""

    k: int
    n: int

    @property
    def part(self) -> float:
        """The share as a number from 0 to 1. Raises: ZeroDivisionError: n is 0."""
        return self.k / self.n


def wilson(share: Share) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a share, both ends within 0–1.

    Raises: ZeroDivisionError: n is 0. Source: Wilson 1927; 5 of 5 gives 57–100 %.
    """
    part, n = share.part, share.n
    spread = _Z * sqrt(part * (1 - part) / n + _Z * _Z / (4 * n * n))
    middle, scale = part + _Z * _Z / (2 * n), 1 + _Z * _Z / n
    # At 0 of n and n of n one end is the share itself, which floating point would miss slightly.
    return max(0.0, min(part, (middle - spread) / scale)), min(1.0, max(part, (middle + spread) / scale))


Verdict = Literal["no_figures", "same", "too_few", "better", "worse", "other_version"]
"""The outcome of a comparison. `other_version`: the questions changed in between, so the shares are not comparable."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome of comparing two shares. needed: cases per period that would show this difference; 0: unknown."""

    verdict: Verdict
    before: Share
    after: Share
    needed: int = 0


def compare(before: Share, after: Share) -> Comparison:
    """Compare two independent shares.

    A difference is claimed only if Newcombe's 95 % interval for it, built from the two Wilson intervals, excludes
    zero; otherwise the verdict is `too_few`, with the number of cases per period that would be needed.
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
    """Return how many cases per period it takes to show a difference between two shares (0–1); 0 if they are equal.

    Normal approximation, two-sided 5 % significance, 80 % power: 0.6 against 0.8 takes 82.
    """
    if before == after:
        return 0
    middle = (before + after) / 2
    alike = _Z * sqrt(2 * middle * (1 - middle))
    apart = _POWER * sqrt(before * (1 - before) + after * (1 - after))
    return ceil(((alike + apart) / (after - before)) ** 2)


def median(counts: dict[int, int]) -> float | None:
    """Return the median of a frequency table (value to count); None if it is empty."""
    total = sum(counts.values())
    if not total:
        return None
    places, passed, found = ((total - 1) // 2, total // 2), 0, []
    for value in sorted(counts):
        found += [value for place in places if passed <= place < passed + counts[value]]
        passed += counts[value]
    return sum(found) / 2
