"""The column map of an export: which of its own columns is which of ours. Everything else in the export is left out.

A map is lines `ours: Theirs`, or `ours: =what every row has`; lines that begin with `#` are for people.
"""

import csv
import io
from collections.abc import Mapping, Sequence

from checklists.csv_in import BadCsv
from checklists.faults import Code, Refusal, fault, listed, word

_SAME = "="


def read_map(text: str, known: Sequence[str], file: str) -> dict[str, str]:
    """Return what a map says, by our columns. file: its name. Raises: Refusal: a line says nothing."""
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

    columns: the map; empty: the names are ours already. tenant: of every row, where the file has no such column.
    Raises: BadCsv: it cannot be read, or a column of the map is not in it.
    """
    try:
        text = raw.decode().lstrip("\ufeff")
    except UnicodeDecodeError:
        raise BadCsv(fault(Code.NOT_UTF8)) from None
    first = text.partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        rows = list(reader)
    except csv.Error:
        raise BadCsv(fault(Code.NOT_CSV, line=reader.line_num, most=csv.field_size_limit())) from None
    head = [name.strip() for name in rows[0]] if rows else []
    wanted = dict(columns) or {name.casefold(): name for name in head}
    if tenant and "tenant_id" not in wanted:
        wanted["tenant_id"] = _SAME + tenant
    missing = [theirs for theirs in wanted.values() if not theirs.startswith(_SAME) and theirs not in head]
    if missing:
        raise BadCsv(fault(Code.COLUMN_MISSING, line=1, columns=listed(map(word, missing))))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow(wanted)
    places = [None if theirs.startswith(_SAME) else head.index(theirs) for theirs in wanted.values()]
    same = [theirs.removeprefix(_SAME) for theirs in wanted.values()]
    for cells in rows[1:]:
        if not any(cell.strip() for cell in cells):
            out.write("\n")
        elif len(cells) != len(head):
            writer.writerow(cells)  # refused by its number of cells, on its line
        else:
            writer.writerow([one if place is None else cells[place] for place, one in zip(places, same, strict=True)])
    return out.getvalue().encode()
