"""A round's frame and draw as rows of a file, and the draw recomputed from the frame in the file alone.

Each row is a case of the frame. What was drawn follows from the other columns: see `round_draw`. A row without a
reference is a case that may no longer be named; it keeps the place it was given, and the rest is drawn around it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from checklists.case_dates import calendar_day
from checklists.csv_in import CsvRow
from checklists.faults import Code, Fault, Refusal, fault
from checklists.round_draw import METHODS, MOST_PER_UNIT, Candidate, How, by_lot, count_twice, draw

ROUND = (
    *("round", "checklist", "version", "decided_from", "decided_to", "method", "seed", "per_unit", "quota"),
    *("twice_pct", "opens_on", "closes_on", "state", "decided", "protected", "recent", "under_way"),
)
"""Columns that have the same value on every row of a round."""
DRAW = ("place", "drawn", "read_twice")
"""Columns with the outcome of the draw."""
COLUMNS = (
    *ROUND,
    *("unit", "case_ref", "decided_on", "flagged"),
    *DRAW,
    *("replaced", "in_its_place", "readings", "reviewed", "why_not"),
)
NEW = ("under_way",)
"""Columns that files of earlier releases do not have."""
NEEDED = ("round", "method", "seed", "per_unit", "unit", "case_ref", "decided_on")
YES = {True: "ja", False: "nej"}


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: dict[str, str]
    how: How
    twice: int
    candidate: Candidate
    place: int

    @property
    def is_named(self) -> bool:
        """Whether it has a reference, so that its place follows from it."""
        return bool(self.candidate.ref)


def redrawn(rows: Sequence[CsvRow]) -> list[dict[str, str]]:
    """Return the rows with the draw recomputed, each round by unit and place.

    Raises: Refusal: a cell cannot be read, or the rows of a round disagree about it; it names every bad row by line.
    """
    read = [_read(row) for row in rows]
    by_round: dict[tuple[str, str], list[_Row]] = {}
    for row in read:  # two rounds may share a name
        by_round.setdefault((row.cells["round"], row.cells["seed"]), []).append(row)
    uneven = [
        fault(Code.FRAME_UNEVEN, line=row.line)
        for some in by_round.values()
        for row in some
        if [row.cells[name] for name in ROUND] != [some[0].cells[name] for name in ROUND]
    ]
    if uneven:
        raise Refusal(*uneven)
    return [cells for some in by_round.values() for cells in _drawn(some)]


def _drawn(rows: Sequence[_Row]) -> list[dict[str, str]]:
    how, percent = rows[0].how, rows[0].twice
    by_unit: dict[str, list[_Row]] = {}
    for row in sorted(rows, key=lambda one: one.candidate.unit):
        by_unit.setdefault(row.candidate.unit, []).append(row)
    placed = [pair for some in by_unit.values() for pair in _placed(some, how)]
    drawn = [row for row, place in placed if place <= how.per_unit]
    unnamed = sum(not row.is_named and row.cells["read_twice"] == YES[True] for row in drawn)
    lots = by_lot(how.seed, [row.candidate.ref for row in drawn if row.is_named])
    twice = set(lots[: max(0, count_twice(len(drawn), percent) - unnamed)])
    return [
        row.cells
        | cells_of(
            place,
            drawn=(is_drawn := place <= how.per_unit),
            twice=is_drawn and (row.candidate.ref in twice if row.is_named else row.cells["read_twice"] == YES[True]),
        )
        for row, place in placed
    ]


def _placed(rows: Sequence[_Row], how: How) -> list[tuple[_Row, int]]:
    """Return a unit's rows with their places: a row that cannot be named keeps the place it had.

    Each of those that was drawn uses up one of the unit's number, and one of the quota if it was flagged, so that the
    other cases drawn are the same whatever its reference was.
    """
    kept = {row.place: row for row in rows if not row.is_named}
    taken = [row for place, row in kept.items() if place <= how.per_unit]
    flagged = sum(row.candidate.flagged for row in taken)
    rest = replace(how, per_unit=how.per_unit - len(taken), quota=max(0, how.quota - flagged))
    of = {row.candidate: row for row in rows if row.is_named}
    order = iter([of[one.candidate] for one in draw(of, rest)])
    return [
        (row, place)
        for place in range(1, max(len(rows), *kept, 0) + 1)
        if (row := kept.get(place) or next(order, None)) is not None
    ]


def cells_of(place: int, *, drawn: bool, twice: bool) -> dict[str, str]:
    """Return the outcome of the draw for one case, as cells by column."""
    return dict(zip(DRAW, (str(place), YES[drawn], YES[twice]), strict=True))


def _read(row: CsvRow) -> _Row:
    cells, wrong = row.cells, []
    method = next((one for one in METHODS if one == cells["method"]), None)
    numbers = {name: _number(cells[name], most) for name, most in _MOST.items()}
    day = calendar_day(cells["decided_on"])
    wrong += [] if method else ["method"]
    wrong += [name for name, number in numbers.items() if number is None]
    place = _number(cells["place"], MOST_IN_UNIT) or 0
    is_named = bool(cells["case_ref"]) or not place
    wrong += [] if day or not is_named else ["decided_on"]
    wrong += [name for name in ("round", "unit", "case_ref") if not cells[name] and (is_named or name != "case_ref")]
    if method is None or wrong:
        raise Refusal(*(_cell(name, row.line) for name in wrong))
    how = How(method, cells["seed"], numbers["per_unit"] or 0, numbers["quota"] or 0)
    one = Candidate(cells["case_ref"], cells["unit"], day or date.min, flagged=cells["flagged"] == YES[True])
    return _Row(row.line, cells, how, numbers["twice_pct"] or 0, one, place)


MOST_IN_UNIT = 99_999
"""The highest place that a file may give."""
_MOST = {"per_unit": MOST_PER_UNIT, "quota": MOST_PER_UNIT, "twice_pct": 100}


def _number(text: str, most: int) -> int | None:
    if not text:
        return 0
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= most else None


def _cell(column: str, line: int) -> Fault:
    return fault(Code.FRAME_CELL, line=line, column=column)
