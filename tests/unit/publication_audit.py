"""What an outsider works out from a published year: everything in it as equations, and the bounds that follow.

Written from the files' columns alone, without any knowledge of how it is decided what to hide.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from checklists.model import Checklist

Cell = tuple[str, str, str]
"""(question, or "" for whole lists; column; quarter, or "" for the year)."""
Equation = Mapping[Cell, int]
"""Factors that, times the numbers, sum to zero."""
QUARTERS = ("1", "2", "3", "4")
SUMS = {
    "cases": ("applicable", "ej_tillampligt"),
    "applicable": ("answered", "obesvarad"),
    "answered": ("ja", "nej", "delvis", "pagaende", "fritext"),
    "ja": ("ja_med_forbehall", "ja_utan"),
    "nej": ("nej_motiverat", "nej_utan"),
}
SUMS_OF_LISTS = {
    "due": ("without_checklist", "with"),
    "begun": ("sent", "unsent"),
    "sent": ("signed", "unsigned"),
    "signed": ("signed_with_shortfall", "without_shortfall"),
}
PARTS_OF_BEGUN = ("complete", "returned", "voided")
PRIME = 2**31 - 1
MOST = 10**6


def equations(checklist: Checklist, items: Iterable[str]) -> Iterator[Equation]:
    """Yield what holds in one unit, whatever its numbers are."""
    asked = [checklist.by_id[item] for item in items]
    for period in (*QUARTERS, ""):
        for item in asked:
            for whole, parts in SUMS.items():
                yield {(item.id, whole, period): 1} | {(item.id, part, period): -1 for part in parts}
            yield {(item.id, "cases", period): 1, ("", "begun", period): -1}
            above = item.when.item if item.when else None
            if item.when and above in {one.id for one in asked} and "ej_tillampligt" not in item.answers:
                yield {(item.id, "applicable", period): 1} | {(above, value, period): -1 for value in item.when.values}
                if item.motivates == above and item.when.values == {"nej"}:
                    yield {(item.id, "ja", period): 1, (above, "nej_motiverat", period): -1}
        for whole, parts in SUMS_OF_LISTS.items():
            yield {("", whole, period): 1} | {("", part, period): -1 for part in parts}
        for part in PARTS_OF_BEGUN:
            yield {("", "begun", period): 1, ("", part, period): -1, ("", "not " + part, period): -1}
    columns = {(item.id, code) for item in asked for whole, parts in SUMS.items() for code in (whole, *parts)}
    columns |= {("", code) for whole, parts in SUMS_OF_LISTS.items() for code in (whole, *parts)}
    columns |= {("", code) for part in PARTS_OF_BEGUN for code in (part, "not " + part)}
    for row, code in sorted(columns):
        yield {(row, code, ""): -1} | {(row, code, quarter): 1 for quarter in QUARTERS}


@dataclass
class Outsider:
    """Knows the numbers that stand in the files. shown: those, and the zeros of what a list makes impossible."""

    equations: list[Equation]
    shown: Mapping[Cell, int]
    low: dict[Cell, int] = field(init=False)
    high: dict[Cell, int] = field(init=False)

    def __post_init__(self) -> None:
        cells = {cell for equation in self.equations for cell in equation}
        self.low = {cell: self.shown.get(cell, 0) for cell in cells}
        self.high = {cell: self.shown.get(cell, MOST) for cell in cells}
        self._propagate()
        self._eliminate()

    def _propagate(self) -> None:
        """Narrow the bounds, equation by equation, until none says more."""
        named_in: dict[Cell, list[int]] = defaultdict(list)
        for place, equation in enumerate(self.equations):
            for cell in equation:
                named_in[cell].append(place)
        waiting = dict.fromkeys(range(len(self.equations)))
        while waiting:
            place, _ = waiting.popitem()
            for cell in self._narrow(self.equations[place]):
                waiting |= dict.fromkeys(named_in[cell])

    def _narrow(self, equation: Equation) -> list[Cell]:
        least = sum(n * (self.low if n > 0 else self.high)[cell] for cell, n in equation.items())
        most = sum(n * (self.high if n > 0 else self.low)[cell] for cell, n in equation.items())
        narrowed = []
        for cell, n in equation.items():  # every factor is 1 or -1
            low, high = self.low[cell], self.high[cell]
            # n * cell = -(the others)
            others_least = least - n * (low if n > 0 else high)
            others_most = most - n * (high if n > 0 else low)
            bounds = (-others_most, -others_least) if n > 0 else (others_least, others_most)
            if bounds[0] > low or bounds[1] < high:
                self.low[cell], self.high[cell] = max(low, bounds[0]), min(high, bounds[1])
                assert self.low[cell] <= self.high[cell], "the equations do not hold"
                least, most = others_least, others_most
                least += n * (self.low if n > 0 else self.high)[cell]
                most += n * (self.high if n > 0 else self.low)[cell]
                narrowed.append(cell)
        return narrowed

    def _eliminate(self) -> None:
        """Find what the equations determine together, by elimination."""
        self.pinned: set[Cell] = set()
        pivots: dict[Cell, dict[Cell, int]] = {}
        for equation in self.equations:
            rest = {cell: n for cell, n in equation.items() if cell not in self.shown}
            while rest:
                pivot = min(rest)
                if pivot not in pivots:
                    inverse = pow(rest[pivot], -1, PRIME)
                    pivots[pivot] = {cell: n * inverse % PRIME for cell, n in rest.items()}
                    break
                rest = _without(rest, pivot, pivots[pivot])
        for pivot in sorted(pivots, reverse=True):
            row = pivots[pivot]
            for other in sorted(set(row) - {pivot}):
                if other in pivots and other in row:
                    row = _without(row, other, pivots[other])
            pivots[pivot] = row
            if len(row) == 1:
                self.pinned.add(pivot)

    def recovers(self, cell: Cell, value: int) -> bool:
        """Return whether a hidden number is known, or one under 5 known more closely than to be under 5."""
        low, high = self.low[cell], self.high[cell]
        return cell in self.pinned or low == high or (value < 5 and (low > 0 or high < 4))


def _without(row: dict[Cell, int], cell: Cell, pivot: Mapping[Cell, int]) -> dict[Cell, int]:
    factor = row[cell]
    found = dict(row)
    for other, n in pivot.items():
        found[other] = (found.get(other, 0) - factor * n) % PRIME
    return {other: n for other, n in found.items() if n}
