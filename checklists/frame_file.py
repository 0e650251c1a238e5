"""A round's frame and draw as rows of a file, and the same draw worked out again from nothing but the frame in it.

Each row is a case of the frame. What was drawn follows from the other columns: see `round_draw`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from checklists.case_dates import calendar_day
from checklists.csv_in import CsvRow
from checklists.faults import Code, Fault, Refusal, fault
from checklists.round_draw import METHODS, MOST_PER_UNIT, Candidate, How, draw, read_twice

ROUND = (
    *("round", "checklist", "version", "decided_from", "decided_to", "method", "seed", "per_unit", "quota"),
    *("twice_pct", "opens_on", "closes_on", "state", "decided", "protected", "recent"),
)
"""What is the same on every row of a round."""
DRAW = ("place", "drawn", "read_twice")
"""What the draw says of a case."""
COLUMNS = (
    *ROUND,
    *("unit", "case_ref", "decided_on", "flagged"),
    *DRAW,
    *("replaced", "in_its_place", "readings", "reviewed", "why_not"),
)
NEEDED = ("round", "method", "seed", "per_unit", "unit", "case_ref", "decided_on")
YES = {True: "ja", False: "nej"}


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: dict[str, str]
    how: How
    twice: int
    candidate: Candidate


def redrawn(rows: Sequence[CsvRow]) -> list[dict[str, str]]:
    """Return the rows with the draw worked out anew, each round by unit and place.

    Raises: Refusal: a cell cannot be read, or the rows of a round disagree about it; every bad row by line.
    """
    read = [_read(row) for row in rows]
    by_round: dict[str, list[_Row]] = {}
    for row in read:
        by_round.setdefault(row.cells["round"], []).append(row)
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
    of = {row.candidate: row.cells for row in rows}
    places = draw(of, rows[0].how)
    twice = read_twice(rows[0].how.seed, [one.candidate.ref for one in places if one.drawn], rows[0].twice)
    return [
        of[one.candidate] | cells_of(one.place, drawn=one.drawn, twice=one.candidate.ref in twice) for one in places
    ]


def cells_of(place: int, *, drawn: bool, twice: bool) -> dict[str, str]:
    """Return what the draw says of a case as cells."""
    return dict(zip(DRAW, (str(place), YES[drawn], YES[twice]), strict=True))


def _read(row: CsvRow) -> _Row:
    cells, wrong = row.cells, []
    method = next((one for one in METHODS if one == cells["method"]), None)
    numbers = {name: _number(cells[name], most) for name, most in _MOST.items()}
    day = calendar_day(cells["decided_on"])
    wrong += [] if method else ["method"]
    wrong += [name for name, number in numbers.items() if number is None]
    wrong += [] if day else ["decided_on"]
    wrong += [name for name in ("round", "unit", "case_ref") if not cells[name]]
    if method is None or day is None or wrong:
        raise Refusal(*(_cell(name, row.line) for name in wrong))
    how = How(method, cells["seed"], numbers["per_unit"] or 0, numbers["quota"] or 0)
    one = Candidate(cells["case_ref"], cells["unit"], day, flagged=cells["flagged"] == YES[True])
    return _Row(row.line, cells, how, numbers["twice_pct"] or 0, one)


_MOST = {"per_unit": MOST_PER_UNIT, "quota": MOST_PER_UNIT, "twice_pct": 100}


def _number(text: str, most: int) -> int | None:
    if not text:
        return 0
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= most else None


def _cell(column: str, line: int) -> Fault:
    return fault(Code.FRAME_CELL, line=line, column=column)
