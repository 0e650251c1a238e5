"""Statistical disclosure control: small numbers are suppressed, so that they cannot be recovered by subtraction either.

The table layout is fixed: units that add up to their organisation, by quarters that add up to their year. Each figure
of an item is one such table. Suppression has two steps:

1. *Primary, within a cell.* A figure is shown only if it, and every difference between figures shown in the same cell,
   is 0 or at least FEWEST.
2. *Secondary, across the table.* A suppressed number could be computed from a total and the other cells of its row or
   column. It is safe exactly when suppressed cells form a closed loop through it, alternating between rows and columns:
   then it can vary by one while every total stays the same. More cells are suppressed until each has such a loop.

Quarters are decided in order and the year last. What has been published is never withdrawn: a quarter published in
April looks the same when the year is published, so later quarters and the year are suppressed as far as it takes.

Zero is shown: it concerns nobody. An item that is conditional on another item's answer has the same number as that
answer, so such figures are suppressed together.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from checklists.model import Checklist

FEWEST = 5
TOTAL = ""
"""As a unit: the whole organisation. As a quarter: the whole year."""
COLUMNS = ("cases", "applicable", "ja", "answered", "nej", "ja_med_forbehall", "nej_motiverat", "delvis", "pagaende")
"""The figures of an item, in order of priority for being shown. None is the sum of others."""
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
"""The figures of whole lists, in order of priority for being shown."""
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
"""Figures that are the difference of two others, and shown where both of those are."""
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
    """The row and column of a cell. TOTAL stands for all units, or for the whole year."""

    unit: str
    quarter: str


Row = Mapping[str, int]
"""The figures of one item in one cell, by code; `cases`, `applicable` and `answered` are included."""
Hidden = dict[tuple[str, str], set[At]]
"""The suppressed cells, by item id and figure code."""


def hidden(checklist: Checklist | None, rows: Mapping[str, Mapping[At, Row]]) -> Hidden:
    """Return the cells to suppress, by item and figure, in one year and its quarters.

    rows: by item id, the figures of each unit and quarter; the totals are computed here. checklist: its conditions
    tell which items share numbers; None: none do.
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
    """Return the cells to suppress of the figures of whole lists, by figure, in one year and its quarters."""
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
    """Suppress more cells of one stage until tied figures agree and every suppressed cell lies on a loop."""
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
    """Return the figures of a total cell that anyone can add up, because all its parts are shown.

    Those that follow from the quarters come first: the quarters are already published. Those that follow from the
    units can still be protected by suppressing a unit.
    """
    quarters = {part for part in places if not at.quarter and part.unit == at.unit and part.quarter}
    units = {part for part in places if not at.unit and part.quarter == at.quarter and part.unit}
    given = [column for parts in (quarters, units) if parts for column in found if not found[column] & parts]
    return list(dict.fromkeys(given))


def stands(found: Hidden, item: str, code: str, at: At) -> bool:
    """Return whether a figure of an item may be shown in a cell; `fritext` never is."""
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
    """Return the figures of a cell to suppress: each is tested against those already shown, by priority.

    given_away: figures that can be computed anyway, so they are taken first.
    """
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
    """Return the list figures of a cell to suppress: those too small, or that leave too small a remainder."""
    standing: list[str] = []
    for column in (*given_away, *(column for column in LIST_COLUMNS if column not in given_away)):
        rests = [row.get(one, 0) - row.get(other, 0) for one, other in _nested(column, standing)]
        if all(_safe(n) for n in (row.get(column, 0), *rests)):
            standing.append(column)
    return [column for column in LIST_COLUMNS if column not in standing]


def _nested(column: str, standing: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Yield the (whole, part) pairs that a figure forms with those already shown."""
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
    """Suppress more cells of one figure in one stage, until every suppressed cell lies on a loop of them.

    The table is a bipartite graph: units and quarters are nodes, cells are edges. Where no loop exists, the figure is
    suppressed in the whole stage.
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
    """Return the cells of this stage that close a loop through a suppressed cell at the lowest cost; None: no loop.

    Dijkstra. Cells already suppressed, and those of later stages, cost nothing; other cells of this stage cost one
    plus their value. A cell with value 0 cannot decrease, so it is not part of any loop.
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


# --- items with the same numbers --------------------------------------------------------------------------------------


def _ties(
    checklist: Checklist, full: Mapping[str, Mapping[At, Row]]
) -> Iterable[tuple[tuple[str, str], tuple[str, str]]]:
    """Yield the pairs of figures that are the same number, or of which one reveals the other.

    All items of a checklist are counted over the same filled-in lists. An item asked when another is answered `nej`
    applies exactly as often as that answer is given; two items with the same condition apply equally often.
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
