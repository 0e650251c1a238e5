"""Figures over time: a run chart with its two rules, what 0 of n can mean, and units in a funnel.

Run chart: Anhøj and Olesen 2014 ("Run charts revisited"), the rules that qicharts2 documents. Points on the median are
not "useful". A shift is a run on one side that is longer than log2(useful) + 3, rounded; the chart also signals when
the line crosses the median less often than in 95 % of random series.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, log2, sqrt
from statistics import median
from typing import Literal

from checklists.rates import Share

FEWEST_USEFUL, FEWEST_CASES = 10, 5
"""With fewer useful points, or fewer cases a month (median), nothing can be said."""
_FUNNEL = 3.0
"""Standard errors: a unit like the others lies outside 3 times in 1,000."""

Signal = Literal["few_points", "few_cases", "steady", "shift", "crossings"]


@dataclass(frozen=True, slots=True)
class RunChart:
    """The verdict on a series. middle: its median. useful: points off it. since: where a shift begins, else 0.

    A run that opens the series began before anybody counted; the change is then taken to be what came after it.
    """

    middle: float
    useful: int
    longest: int
    longest_max: int
    crossings: int
    crossings_min: int
    since: int
    signal: Signal


def run_chart(points: Sequence[Share]) -> RunChart:
    """Return the verdict on shares (n > 0) in order of time, at least one.

    Raises: ZeroDivisionError: n of a share is 0. StatisticsError: no points.
    """
    parts = [one.part for one in points]
    middle = median(parts)
    sides = [(place, part > middle) for place, part in enumerate(parts) if part != middle]
    runs: list[tuple[int, int]] = []
    """(where it begins, how long it is)"""
    for number, (place, side) in enumerate(sides):
        if number and sides[number - 1][1] == side:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((place, 1))
    useful = len(sides)
    longest = max((length for _, length in runs), default=0)
    longest_max, fewest = longest_expected(useful), fewest_crossings(useful)
    crossings = max(0, len(runs) - 1)
    signal: Signal = "steady"
    if useful < FEWEST_USEFUL:
        signal = "few_points"
    elif median(one.n for one in points) < FEWEST_CASES:
        signal = "few_cases"
    elif longest > longest_max:
        signal = "shift"
    elif crossings < fewest:
        signal = "crossings"
    since = _began(runs, longest, sides) if signal == "shift" else 0
    return RunChart(middle, useful, longest, longest_max, crossings, fewest, since, signal)


def _began(runs: Sequence[tuple[int, int]], longest: int, sides: Sequence[tuple[int, bool]]) -> int:
    """Return where the latest of the longest runs begins; if that is where the series begins, where the run ends.

    sides: the places of the useful points.
    """
    number = max(number for number, (_, length) in enumerate(runs) if length == longest)
    place = runs[number][0]
    return place if place else sides[longest - 1][0] + 1


def longest_expected(useful: int) -> int:
    """Return the longest run that chance is expected to give."""
    return round(log2(useful)) + 3 if useful else 0


def fewest_crossings(useful: int) -> int:
    """Return the fewest crossings that chance is expected to give: the 5 % quantile of tosses between the points."""
    tosses, below = useful - 1, 0
    for number in range(max(0, tosses)):
        below += comb(tosses, number)
        if below >= 0.05 * 2**tosses:
            return number
    return 0


def at_most(n: int) -> float:
    """Return the largest share (0–1) that none of n leaves possible, at 95 %: 0 of 10 can be up to 26 %.

    Exact (Clopper-Pearson, one-sided). Raises: ZeroDivisionError: n is 0.
    """
    return float(1 - 0.05 ** (1 / n))


Place = Literal["within", "above", "below"]


def funnel(unit: Share, everyone: Share) -> Place:
    """Return where a unit lies among all: within what chance gives for its number of cases, above or below.

    Raises: ZeroDivisionError: n of either is 0.
    """
    if abs(unit.part - everyone.part) <= _spread(unit.n, everyone):
        return "within"
    return "above" if unit.part > everyone.part else "below"


def limits(n: int, everyone: Share) -> tuple[float, float]:
    """Return what chance gives for a unit of n cases, within 0–1. Raises: ZeroDivisionError: n or everyone's n is 0."""
    spread = _spread(n, everyone)
    return max(0.0, everyone.part - spread), min(1.0, everyone.part + spread)


def _spread(n: int, everyone: Share) -> float:
    return _FUNNEL * sqrt(everyone.part * (1 - everyone.part) / n)


def between(faults: Sequence[bool]) -> list[int]:
    """Return the number of cases without a fault before each fault, in order of time: the points of a g chart."""
    found, since = [], 0
    for is_fault in faults:
        if is_fault:
            found.append(since)
            since = 0
        else:
            since += 1
    return found


def g_limit(gaps: Sequence[int]) -> float:
    """Return the upper limit of a g chart: the mean and three standard deviations of a geometric distribution.

    Source: Benneyan 2001; for counts of cases between faults the mean is k and the variance k(k + 1).
    Raises: ZeroDivisionError: no gap.
    """
    mean = sum(gaps) / len(gaps)
    return mean + 3 * sqrt(mean * (mean + 1))
