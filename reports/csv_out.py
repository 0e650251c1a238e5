"""CSV as Swedish Excel opens it: semicolons, a BOM, and no cell that a spreadsheet would take for a formula."""

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

from checklists.csv_safe import is_safe_line, safe

__all__ = ["safe", "write_csv"]
_END = "\r\n"


def write_csv(out: TextIO, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Stream a header and rows to `out`; return the number of rows.

    Rows in which no cell needs escaping or quoting are simply joined, which is faster than the csv module.
    """
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";", lineterminator=_END)
    writer.writerow([safe(name) for name in columns])
    count = 0
    for row in rows:
        line = ";".join(row)
        if not is_safe_line(line):
            writer.writerow([safe(cell) for cell in row])
        elif not line or '"' in line or line.count(";") >= len(row):
            writer.writerow(row)
        else:
            out.write(line + _END)
        count += 1
    return count
