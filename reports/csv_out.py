"""CSV as Swedish Excel opens it: semicolon, BOM, and no cell that a spreadsheet would take for a formula."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

_DANGEROUS = "=+-@|%"
_CELL = r"(?:[0-9A-Za-z][^\n\r\v\f\x1c-\x1f\x85\u2028\u2029]*)?"
_PLAIN_ROW = re.compile(rf"{_CELL}(?:\x1f{_CELL})*").fullmatch
"""A row whose every cell begins with a plain letter or digit and has no line break: safe as it is."""


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

    def safe_rows() -> Iterator[Sequence[str]]:
        nonlocal count
        for count, row in enumerate(rows, start=1):  # noqa: B007
            # Nearly every row is plain, and looking at each cell costs more than writing it.
            yield row if _PLAIN_ROW("\x1f".join(row)) else [safe(cell) for cell in row]

    writer.writerows(safe_rows())
    return count
