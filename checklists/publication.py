"""What of the figures may be published: small numbers hidden, and not to be got back by subtraction.

The lattice is fixed: the units under their organisation, times the four quarters under their year. For one item it
is a table per figure; each row adds up to the year and each column to the organisation. Which figures of a cell may
stand is decided in two steps:

1. *Within a cell.* A figure stands only if it and every difference between figures that stand is 0 or at least
   FEWEST. What a few people share is then merged with something larger.
2. *Across the lattice.* A hidden number could be had by subtracting its neighbours from a total. Every equation of the
   lattice is a line through the table, so a hidden cell is safe exactly when hidden cells form a closed loop through
   it: then it can grow and shrink by one while every total stays. More is hidden until each has its loop.

A zero may stand: it is about nobody. Items that hang on another item's answer share its numbers; such figures are
hidden together.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from heapq import heappop, heappush
from typing import NamedTuple

from checklists.model import Checklist

FEWEST = 5
TOTAL = ""
"""The organisation among units, and the year among quarters."""
COLUMNS = ("cases", "applicable", "ja", "answered", "nej", "ja_med_forbehall", "nej_motiverat", "delvis", "pagaende")
"""The figures that are decided on, in the order in which they are let through. They have no equation among them."""
FOLLOWING = {"ej_tillampligt": ("cases", "applicable"), "obesvarad": ("applicable", "answered")}
"""Differences of two figures: they stand where both do."""
_ATOMS = {
    "cases": "jJnNdpfeo",
    "applicable": "jJnNdpfo",
    "answered": "jJnNdpf",
    "ja": "jJ",
    "ja_med_forbehall": "J",
    "nej": "nN",
    "nej_motiverat": "N",
    "delvis": "d",
    "pagaende": "p",
}


class At(NamedTuple):
    """A place of the lattice. TOTAL: all units, or the whole year."""

    unit: str
    quarter: str


Row = Mapping[str, int]
"""The figures of one item at one place, by code, `cases`, `applicable` and `answered` among them."""
Hidden = dict[tuple[str, str], set[At]]
"""By item and figure, where it may not stand."""


def hidden(checklist: Checklist | None, rows: Mapping[str, Mapping[At, Row]]) -> Hidden:
    """Return what may not stand, by item and figure, for a whole year with all its quarters and units.

    rows: by item, every place of the lattice; totals are worked out here. checklist: whose conditions tie
    items together; None: nothing is tied.
    """
    full = {item: _with_totals(places) for item, places in rows.items()}
    found: Hidden = {(item, column): set() for item in full for column in COLUMNS}
    for item, places in full.items():
        for at, row in places.items():
            for column in _too_small(row):
                found[item, column].add(at)
    ties = [tie for tie in _ties(checklist) if all(end in found for end in tie)] if checklist else []
    ties += [((first, "cases"), (item, "cases")) for first in list(full)[:1] for item in full if item != first]
    while True:
        before = sum(map(len, found.values()))
        for one, other in ties:
            found[one] |= found[other]
            found[other] |= found[one]
        for (item, column), places in found.items():
            _close({at: row.get(column, 0) for at, row in full[item].items()}, places)
        if sum(map(len, found.values())) == before:
            return found


def stands(found: Hidden, item: str, code: str, at: At) -> bool:
    """Say whether a figure of an item may stand at a place; `fritext` never does."""
    if code in FOLLOWING:
        return all(at not in found[item, column] for column in FOLLOWING[code])
    return code in COLUMNS and at not in found[item, code]


def _with_totals(places: Mapping[At, Row]) -> dict[At, dict[str, int]]:
    full: dict[At, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for at, row in places.items():
        for place in {at, At(at.unit, TOTAL), At(TOTAL, at.quarter), At(TOTAL, TOTAL)}:
            for code, n in row.items():
                full[place][code] += n
    return {at: dict(row) for at, row in full.items()}


# --- within a cell ----------------------------------------------------------------------------------------------------


def _too_small(row: Row) -> list[str]:
    """Return the figures that may not stand in a cell beside those before them."""
    atoms = {
        "J": row.get("ja_med_forbehall", 0),
        "j": row.get("ja", 0) - row.get("ja_med_forbehall", 0),
        "N": row.get("nej_motiverat", 0),
        "n": row.get("nej", 0) - row.get("nej_motiverat", 0),
        "d": row.get("delvis", 0),
        "p": row.get("pagaende", 0),
        "f": row.get("fritext", 0),
        "e": row.get("ej_tillampligt", 0),
        "o": row.get("obesvarad", 0),
    }
    standing: list[str] = []
    for column in COLUMNS:
        blocks: dict[tuple[bool, ...], int] = defaultdict(int)
        for atom, n in atoms.items():
            blocks[tuple(atom in _ATOMS[shown] for shown in (*standing, column))] += n
        if all(n == 0 or n >= FEWEST for within, n in blocks.items() if any(within)):
            standing.append(column)
    return [column for column in COLUMNS if column not in standing]


# --- across the lattice -----------------------------------------------------------------------------------------------


def _close(values: Mapping[At, int], places: set[At]) -> None:
    """Hide more of one figure until every hidden cell lies on a loop of hidden cells that are not zero.

    The table is a graph: units and quarters are its nodes, cells its edges. If some cell can have no loop, the
    figure is hidden for the whole year.
    """
    while True:
        before = len(places)
        for at in sorted(places):
            way = _cheapest_loop(values, places, at)
            if way is None:
                places |= set(values)
                return
            places |= way
        if len(places) == before:
            return


def _cheapest_loop(values: Mapping[At, int], places: set[At], closing: At) -> set[At] | None:
    """Return the cells that close a loop with one, hiding as little as can be; None: there is no such loop.

    Cells hidden already cost nothing, others what they hold; cells that hold nothing cannot shrink and do not serve.
    """
    edges: dict[tuple[str, str], list[tuple[tuple[str, str], At]]] = defaultdict(list)
    for at in sorted(values):
        if values[at] > 0 and at != closing:
            edges["unit", at.unit].append((("quarter", at.quarter), at))
            edges["quarter", at.quarter].append((("unit", at.unit), at))
    start, goal = ("unit", closing.unit), ("quarter", closing.quarter)
    waiting: list[tuple[int, int, tuple[str, str], tuple[At, ...]]] = [(0, 0, start, ())]
    done: set[tuple[str, str]] = set()
    while waiting:
        cost, _, node, way = heappop(waiting)
        if node == goal:
            return set(way)
        if node in done:
            continue
        done.add(node)
        for following, at in edges[node]:
            if following not in done:
                step = 0 if at in places else 1 + values[at]
                heappush(waiting, (cost + step, len(way) + 1, following, (*way, at)))
    return None


# --- items that share numbers -----------------------------------------------------------------------------------------


def _ties(checklist: Checklist) -> Iterable[tuple[tuple[str, str], tuple[str, str]]]:
    """Give the figures that are the same number, or one that would give the other away.

    An item asked when another is answered `nej` applies exactly as often as that is so; two items with the same
    condition apply equally often, and what does not apply is the rest of the same cases.
    """
    by_condition: dict[str, str] = {}
    for item in checklist.items:
        if item.when is None:
            yield (item.id, "applicable"), (item.id, "cases")
            continue
        for leaf in item.when.leaves():
            if leaf.item:
                for value in leaf.values:
                    yield (item.id, "applicable"), (leaf.item, value)
        same = by_condition.setdefault(item.when.model_dump_json(), item.id)
        if same != item.id:
            yield (item.id, "applicable"), (same, "applicable")
