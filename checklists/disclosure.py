"""Which numbers of a table may be shown without giving the hidden ones away.

A row is a count split up again and again: the lists into those a question applied to and the others, those into
answered and open, and so on down to single letters (the item states of `checklists.rates`). A figure is a set of
letters. What is shown cuts the letters into *blocks*: two letters are in one block if no shown figure tells them apart.
Anyone can work out the sum of a block, and nothing more: within it any list could be any letter.

For a year, it is also known that its quarters sum to it. Where the year is cut finer than its quarters, those quarters
that share a block form a table, parts of the year by quarters, whose sums on both sides are known; how far a cell can
vary is computed exactly (`_Table`). Every range given here is one that real lists could fill, so it is never too wide.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

FEWEST = 5
"""Smaller numbers are hidden, zero too: otherwise a hidden number would be known not to be zero."""
_RANGE = FEWEST - 1
"""A hidden number under FEWEST could be anything from 0 to this."""

Letters = frozenset[str]


@dataclass(frozen=True, slots=True)
class Shape:
    """The figures of one kind of row. figures: their letters by code, the root first; two figures are either nested or
    apart. letters: those that are possible. others: sets of letters that are equal to figures of other rows.
    """

    figures: Mapping[str, Letters]
    letters: Letters
    others: frozenset[Letters] = frozenset()

    def of(self, code: str) -> Letters:
        """Return the possible letters of a figure; none: it is always zero."""
        return self.figures[code] & self.letters

    def guarded(self) -> set[Letters]:
        """Return what must not be known while it is small: each figure, and each letter."""
        figures = {self.of(code) for code in self.figures} | {frozenset(letter) for letter in self.letters}
        return (figures | {one & self.letters for one in self.others}) - {Letters()}


class Counts(NamedTuple):
    """The numbers of one row in one quarter, by letter."""

    by_letter: Mapping[str, int]

    def of(self, letters: Collection[str]) -> int:
        """Return how many are in any of these letters."""
        return sum(self.by_letter.get(letter, 0) for letter in letters)


def blocks(shape: Shape, shown: Iterable[str]) -> list[Letters]:
    """Return the blocks that the shown figures leave; letters outside all of them are in no block."""
    sets = [shape.of(code) for code in shown]
    by_signature: dict[Letters, set[str]] = defaultdict(set)
    for letter in shape.letters:
        by_signature[frozenset(str(place) for place, one in enumerate(sets) if letter in one)].add(letter)
    return [frozenset(one) for signature, one in by_signature.items() if signature]


def known(shape: Shape, shown: Collection[str]) -> set[str]:
    """Return the figures that the shown ones add up to, themselves among them."""
    cut = blocks(shape, shown)
    return {code for code in shape.figures if shape.of(code) and _whole(shape.of(code), cut)}


def _whole(letters: Letters, cut: Iterable[Letters]) -> bool:
    """Return whether letters are a union of blocks."""
    return letters == frozenset().union(*(block for block in cut if block <= letters))


def safe(shape: Shape, counts: Counts, shown: Collection[str]) -> bool:
    """Return whether these figures of one row give nothing small away, the root being among them."""
    cut = blocks(shape, shown)
    return all(
        _guards(counts.of(figure), *_range(figure, cut, counts))
        or (_whole(figure, cut) and counts.of(figure) >= FEWEST)
        for figure in shape.guarded()
    )


def _range(figure: Letters, cut: Iterable[Letters], counts: Counts) -> tuple[int, int]:
    """Return the lowest and highest value that a figure can have."""
    low = sum(counts.of(block) for block in cut if block <= figure)
    return low, low + sum(counts.of(block) for block in cut if block & figure and not block <= figure)


def _guards(value: int, low: int, high: int) -> bool:
    """Return whether a range hides a value: it holds several values and, if this one is small, every small one."""
    return low < high and (value >= FEWEST or (low == 0 and high >= _RANGE))


# --- a year over its quarters -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quarter:
    """One row as a quarter shows it. shown: no figure at all where even the root is too small.

    tied: the letters whose sum is hidden, but follows that of another row (see `publication`); none: nothing is.
    """

    counts: Counts
    shown: Collection[str]
    tied: Letters = frozenset()


def year_safe(shape: Shape, quarters: Collection[Quarter], shown: Collection[str]) -> bool:
    """Return whether the year may show these figures beside its quarters, as far as this row is concerned."""
    total = Counts({letter: sum(quarter.counts.of(letter) for quarter in quarters) for letter in shape.letters})
    if shown and not safe(shape, total, shown):
        return False
    parts = blocks(shape, shown)
    bare = [quarter for quarter in quarters if not quarter.shown]
    return (not bare or not parts or _bare_safe(shape, bare, parts)) and all(
        table.safe(shape) for table in _tables(shape, quarters, parts)
    )


def _bare_safe(shape: Shape, quarters: Collection[Quarter], parts: Collection[Letters]) -> bool:
    """Return the same for the quarters that show nothing: any list could be in any of them."""
    sums = {part: sum(quarter.counts.of(part) for quarter in quarters) for part in parts}
    return len(quarters) > 1 and all(
        sum(n for part, n in sums.items() if part & figure) >= _RANGE for figure in shape.guarded()
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """A block that several quarters leave whole and the year cuts in parts."""

    block: Letters
    parts: Collection[Letters]
    quarters: Collection[Quarter]

    def safe(self, shape: Shape) -> bool:
        """Return whether every hidden figure in it can vary enough."""
        if len(self.quarters) < 2:
            return False
        rows = {part: sum(quarter.counts.of(part) for quarter in self.quarters) for part in self.parts}
        total = sum(rows.values())
        inside = {figure & self.block for figure in shape.guarded()} - {Letters(), self.block}
        return all(
            self._guards(quarter, figure, rows, total)
            for quarter in self.quarters
            for figure in sorted(inside, key=sorted)
        )

    def _guards(self, quarter: Quarter, figure: Letters, rows: Mapping[Letters, int], total: int) -> bool:
        column, value = quarter.counts.of(self.block), quarter.counts.of(figure)
        inner = sum(n for part, n in rows.items() if part <= figure)
        touched = sum(n for part, n in rows.items() if part & figure)
        if quarter.tied and column < FEWEST:  # the column itself can be anything from nothing to _RANGE
            return touched >= _RANGE
        return _guards(value, max(0, inner + column - total), min(column, touched))


def _tables(shape: Shape, quarters: Iterable[Quarter], parts: Iterable[Letters]) -> Iterator[_Table]:
    by_block: dict[tuple[Letters, bool], list[Quarter]] = defaultdict(list)
    for quarter in quarters:
        for block in blocks(shape, quarter.shown) if quarter.shown else ():
            tied = quarter.tied & block
            by_block[tied or block, bool(tied)].append(quarter)
    for (block, _), some in by_block.items():
        cut = [part & block for part in parts if part & block]
        if len(cut) > 1:
            yield _Table(block, cut, some)
