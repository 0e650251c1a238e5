"""The column map for a file from another system: which of its columns is which of ours. All others are left out.

A map consists of lines `ours: Theirs`, or `ours: =the value of every row`; lines that begin with `#` are comments.
"""

import csv
import io
from collections.abc import Mapping, Sequence

from checklists.csv_in import BadCsv, refuse_other_layouts, separator_of, text_of
from checklists.faults import Code, Refusal, fault, listed, word

_SAME = "="


def read_map(text: str, known: Sequence[str], file: str) -> dict[str, str]:
    """Return a map as its right-hand sides by our column. file: its name.

    Raises: Refusal: a line has neither form, or names an unknown column of ours, or one that was named before.
    """
    found: dict[str, str] = {}
    for line in text.lstrip("\ufeff").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        ours, colon, theirs = (part.strip() for part in line.partition(":"))
        if not colon or not theirs or ours not in known or ours in found:
            raise Refusal(fault(Code.MAPPING_WRONG, file=file, column=word(ours)))
        found[ours] = theirs
    return found


def renamed(raw: bytes, columns: Mapping[str, str], *, tenant: str = "") -> bytes:
    """Return a file under our own column names, each row on the line it was on.

    columns: the map; empty: the names are ours already. tenant: every row's, if the file has no column for it.
    Raises: BadCsv: it cannot be read (see csv_in.read_csv), or a column of the map is not in it.
    """
    text = text_of(raw)
    separator = separator_of(text)
    if theirs := [name.casefold() for name in columns.values() if not name.startswith(_SAME)]:
        refuse_other_layouts(text, theirs)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        rows = [(reader.line_num, cells) for cells in reader]
    except csv.Error:
        raise BadCsv(fault(Code.NOT_CSV, line=reader.line_num, most=csv.field_size_limit())) from None
    head = [name.strip() for name in rows[0][1]] if rows else []
    wanted = dict(columns) or {name.casefold(): name for name in head}
    if tenant and "tenant_id" not in wanted:
        wanted["tenant_id"] = _SAME + tenant
    # Named by our words for them: theirs come from outside, and what does is not repeated.
    missing = [ours for ours, name in wanted.items() if not name.startswith(_SAME) and name not in head]
    if missing:
        raise BadCsv(fault(Code.COLUMN_MISSING, line=1, columns=listed(map(word, missing))))
    twice = [ours for ours, name in wanted.items() if name and _count(head, name, exactly=bool(columns)) > 1]
    if twice:
        raise BadCsv(fault(Code.COLUMN_TWICE, line=1, columns=listed(map(word, twice))))
    places = [None if theirs.startswith(_SAME) else head.index(theirs) for theirs in wanted.values()]
    same = [theirs.removeprefix(_SAME) for theirs in wanted.values()]
    out = _Lines(separator)
    out.write(list(wanted), rows[0][0] if rows else 1)
    for line, cells in rows[1:]:
        if not any(cell.strip() for cell in cells):
            out.write(None, line)
        elif len(cells) != len(head):
            out.write(cells, line)  # refused by its number of cells, on its line
        else:
            out.write([one if place is None else cells[place] for place, one in zip(places, same, strict=True)], line)
    return "".join(out.parts).encode()


class _Lines:
    """The lines of a file, each row on the line it was on, even if a cell of several lines was left out before it."""

    def __init__(self, separator: str) -> None:
        self.parts: list[str] = []
        self._separator, self._written = separator, 0

    def write(self, cells: Sequence[str] | None, line: int) -> None:
        """Add a row (None: an empty line), and empty lines until `line` is the last that is written."""
        row = io.StringIO()
        if cells is not None:
            csv.writer(row, delimiter=self._separator, lineterminator="\n").writerow(cells)
        text = row.getvalue() or "\n"
        text += "\n" * (line - self._written - text.count("\n"))
        self._written += text.count("\n")
        self.parts.append(text)


def _count(head: Sequence[str], name: str, *, exactly: bool) -> int:
    """Return how many columns have a name. exactly: false for our own names, where case does not matter."""
    return list(head).count(name) if exactly else [one.casefold() for one in head].count(name.casefold())
