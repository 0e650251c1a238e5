"""CSV as Swedish Excel opens it: semicolon, BOM, and no cell that a spreadsheet would take for a formula."""

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

from checklists.csv_safe import safe, safe_row

__all__ = ["safe", "write_csv"]


def write_csv(out: TextIO, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write header and rows as they come; return how many rows."""
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([safe(name) for name in columns])
    count = 0
    for row in rows:
        writer.writerow(safe_row(row))
        count += 1
    return count
