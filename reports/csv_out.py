"""CSV as Swedish Excel opens it: semicolon, BOM, and no cell that a spreadsheet would take for a formula."""

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TextIO

_DANGEROUS = "=+-@|%"


def safe(cell: str) -> str:
    """Return a cell no spreadsheet reads as a formula: a dangerous beginning gets an apostrophe before it.

    White space, invisible characters and full-width signs are looked through; line breaks inside become
    spaces, so that no physical line of the file begins dangerously either.
    Source: OWASP, CSV injection.
    """
    flat = " ".join(cell.splitlines())
    seen = (sign for sign in unicodedata.normalize("NFKC", flat) if sign.isprintable() and sign != " ")
    return "'" + flat if flat.startswith("\t") or next(seen, "\0") in _DANGEROUS else flat


def write_csv(out: TextIO, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write header and rows as they come; return how many rows."""
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
        count += 1
    return count
