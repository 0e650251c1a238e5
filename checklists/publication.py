"""Which figures may be published: small numbers are hidden, and cannot be recovered by subtraction.

The lattice is fixed: the units under their organisation, times the four quarters under their year. For one item it
is a table per figure; each row adds up to the year and each column to the organisation. Which figures of a cell may
stand is decided in two steps:

1. *Within a cell.* A figure stands only if it and every difference between figures that stand is 0 or at least
   FEWEST. What a few people share is then merged with something larger.
2. *Across the lattice.* A hidden number could be had by subtracting its neighbours from a total. Every equation of the
   lattice is a line through the table, so a hidden cell is safe exactly when hidden cells form a closed loop through
   it: then it can grow and shrink by one while every total stays. More is hidden until each has its loop.

It is decided quarter by quarter and then for the year, and what was published is never withdrawn: the quarter that was
published in April looks the same when the year is published, and what came after it has to make up for it.

A zero may stand: it is about nobody. Items that hang on another item's answer share its numbers; such figures are
hidden together.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from checklists.model import Checklist

FEWEST = 5
TOTAL = ""
"""The organisation among units, and the year among quarters."""
COLUMNS = ("cases", "applicable", "ja", "answered", "nej", "ja_med_forbehall", "nej_motiverat", "delvis", "pagaende")
"""The figures decided on, in the order in which they are let through. No equation relates them."""
LIST_COLUMNS = (
    "due",
    "without_checklist",
    "begun",
    "sent",
    "complete",
    "signed",
    "signed_with_shortfall",
    "returned",
    "voided",
)
"""The figures of whole lists, in the order in which they are let through."""
_PART_OF = {
    "without_checklist": "due",
    "sent": "begun",
    "complete": "begun",
    "signed": "sent",
    "signed_with_shortfall": "signed",
    "returned": "begun",
    "voided": "begun",
}
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
    """Return what may not stand, by item and figure, in a year and its quarters.

    rows: by item, the figures of every unit in every quarter; totals are worked out here. checklist: whose
    conditions tie items together.
    """
    full = {item: _with_totals(places) for item, places in rows.items()}
    ties = [tie for tie in _ties(checklist, full) if all(item in full for item, _ in tie)] if checklist else []
    found: Hidden = {(item, column): set() for item in full for column in COLUMNS}
    quarters = sorted({at.quarter for places in full.values() for at in places} - {TOTAL})
    for stage in (*quarters, TOTAL):
        later = {TOTAL} if stage else set()
        later |= {quarter for quarter in quarters if stage and quarter > stage}
        for item, places in full.items():
            of_item = {column: found[item, column] for column in COLUMNS}
            for at in sorted(at for at in places if at.quarter == stage)[::-1]:  # units before the organisation
                for column in _too_small(places[at], _given_away(of_item, places, at)):
                    found[item, column].add(at)
        _settle(full, found, ties, stage, later)
    return found


def hidden_of_lists(places: Mapping[At, Row]) -> dict[str, set[At]]:
    """Return what may not stand of the figures of whole lists, by figure, in a year and its quarters."""
    full = _with_totals(places)
    found: dict[str, set[At]] = {column: set() for column in LIST_COLUMNS}
    quarters = sorted({at.quarter for at in full} - {TOTAL})
    for stage in (*quarters, TOTAL):
        later = {quarter for quarter in (*quarters, TOTAL) if stage and (quarter > stage or not quarter)}
        for at, row in sorted(full.items(), reverse=True):  # units before the organisation
            if at.quarter == stage:
                for column in _too_small_of_lists(row, _given_away(found, full, at)):
                    found[column].add(at)
        for column, hiding in found.items():
            _close({at: row.get(column, 0) for at, row in full.items()}, hiding, stage, later)
    return found


Ties = list[tuple[tuple[str, str], tuple[str, str]]]


def _settle(full: Mapping[str, Mapping[At, Row]], found: Hidden, ties: Ties, stage: str, later: set[str]) -> None:
    """Hide more of one stage until what is tied is hidden together and every hidden cell has its loop."""
    while True:
        before = sum(map(len, found.values()))
        for one, other in ties:
            both = {at for at in found[one] | found[other] if at.quarter == stage}
            found[one] |= both
            found[other] |= both
        for (item, column), places in found.items():
            _close({at: row.get(column, 0) for at, row in full[item].items()}, places, stage, later)
        if sum(map(len, found.values())) == before:
            return


def _given_away(found: Mapping[str, set[At]], places: Iterable[At], at: At) -> list[str]:
    """Return the figures of a total that anyone can add up, because all its parts are published.

    What the quarters give away is published already and comes first; what the units give away can still be
    prevented by hiding one of them.
    """
    quarters = {part for part in places if not at.quarter and part.unit == at.unit and part.quarter}
    units = {part for part in places if not at.unit and part.quarter == at.quarter and part.unit}
    given = [column for parts in (quarters, units) if parts for column in found if not found[column] & parts]
    return list(dict.fromkeys(given))


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


def _too_small(row: Row, given_away: Sequence[str]) -> list[str]:
    """Return the figures that may not stand in a cell beside those before them; what is given away comes first."""
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
    order = [*given_away, *(column for column in COLUMNS if column not in given_away)]
    for column in order:
        blocks: dict[tuple[bool, ...], int] = defaultdict(int)
        for atom, n in atoms.items():
            blocks[tuple(atom in _ATOMS[shown] for shown in (*standing, column))] += n
        if all(_safe(n) for within, n in blocks.items() if any(within)):
            standing.append(column)
    return [column for column in COLUMNS if column not in standing]


def _too_small_of_lists(row: Row, given_away: Sequence[str]) -> list[str]:
    """Return the figures of whole lists that may not stand: they, or what is left of what they are part of."""
    standing: list[str] = []
    for column in (*given_away, *(column for column in LIST_COLUMNS if column not in given_away)):
        rests = [row.get(one, 0) - row.get(other, 0) for one, other in _nested(column, standing)]
        if all(_safe(n) for n in (row.get(column, 0), *rests)):
            standing.append(column)
    return [column for column in LIST_COLUMNS if column not in standing]


def _nested(column: str, standing: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Yield the pairs of whole and part that a figure makes with those that stand."""
    for other in standing:
        for whole, part in ((column, other), (other, column)):
            within: str | None = part
            while within := _PART_OF.get(within or ""):
                if within == whole:
                    yield whole, part


def _safe(n: int) -> bool:
    return n == 0 or n >= FEWEST


# --- across the lattice -----------------------------------------------------------------------------------------------


def _close(values: Mapping[At, int], places: set[At], stage: str, later: set[str]) -> None:
    """Hide more of one figure in one stage, until every hidden cell lies on a loop of hidden cells.

    The table is a graph: units and quarters are its nodes, cells its edges. Where no loop can be had, the
    figure is hidden in the whole stage.
    """
    while True:
        before = len(places)
        for at in sorted(places):
            way = _cheapest_loop(values, places, at, stage, later)
            places |= way if way is not None else {at for at in values if at.quarter == stage}
        if len(places) == before:
            return


Node = tuple[str, str]


def _cheapest_loop(
    values: Mapping[At, int], places: set[At], closing: At, stage: str, later: set[str]
) -> set[At] | None:
    """Return the cells of this stage that close a loop with a hidden one, hiding as little as can be; None: no loop.

    Cells hidden already, and those of later stages, cost nothing; others of this stage what they hold. A cell
    that holds nothing cannot shrink and does not serve.
    """
    edges: dict[Node, list[tuple[Node, At]]] = defaultdict(list)
    for at in sorted(values):
        usable = at.quarter in later or ((at in places or at.quarter == stage) and values[at] > 0)
        if usable and at != closing:
            edges["unit", at.unit].append((("quarter", at.quarter), at))
            edges["quarter", at.quarter].append((("unit", at.unit), at))
    goal = ("quarter", closing.quarter)
    waiting: list[tuple[int, int, Node, tuple[At, ...]]] = [(0, 0, ("unit", closing.unit), ())]
    done: set[Node] = set()
    while waiting:
        cost, steps, node, way = heappop(waiting)
        if node == goal:
            return {at for at in way if at.quarter not in later}
        if node in done:
            continue
        done.add(node)
        for following, at in edges[node]:
            if following not in done:
                price = 0 if at in places or at.quarter in later else 1 + values[at]
                heappush(waiting, (cost + price, steps + 1, following, (*way, at)))
    return None


# --- items that share numbers -----------------------------------------------------------------------------------------


def _ties(
    checklist: Checklist, full: Mapping[str, Mapping[At, Row]]
) -> Iterable[tuple[tuple[str, str], tuple[str, str]]]:
    """Yield the figures that are the same number, or of which one would give the other away.

    Every item of a list is counted in the same lists. An item asked when another is answered `nej` applies
    exactly as often as that is so; two items with the same condition apply equally often.
    """
    by_condition: dict[str, str] = {}
    items = [item for item in checklist.items if item.id in full]
    for item in items:
        yield (items[0].id, "cases"), (item.id, "cases")
        if item.when is None:
            if "ej_tillampligt" not in item.answers:
                yield (item.id, "applicable"), (item.id, "cases")
            continue
        for leaf in item.when.leaves():
            for value in leaf.values:
                if leaf.item and value in COLUMNS:
                    yield (item.id, "applicable"), (leaf.item, value)
        same = by_condition.setdefault(item.when.model_dump_json(), item.id)
        if same != item.id:
            yield (item.id, "applicable"), (same, "applicable")
