"""Cells that no spreadsheet takes for a formula, and how to restore them when a file is imported again."""

import re
import unicodedata

_DANGEROUS = "=+-@|%"
_AFTER_COMMA = re.compile(r"(,\s*)(?=[=+\-@|%\uff1d\uff0b\uff0d\uff20])")
"""Where a cell would begin if the file were opened with commas as separators."""


def safe(cell: str) -> str:
    """Return a cell no spreadsheet reads as a formula: a dangerous beginning gets an apostrophe before it.

    White space and invisible characters before it are skipped, and full-width signs count as plain ones. Line breaks
    inside become spaces, so that no physical line of the file begins dangerously either.
    Source: OWASP, CSV injection.
    """
    if not cell or (cell[0].isascii() and cell[0].isalnum() and cell.isprintable() and "," not in cell):
        return cell  # fast path for nearly every cell, with the same result
    flat = " ".join(cell.splitlines())
    flat = _AFTER_COMMA.sub(r"\1'", flat)
    seen = (sign for sign in unicodedata.normalize("NFKC", flat) if sign.isprintable() and sign != " ")
    return "'" + flat if flat.startswith("\t") or next(seen, "\0") in _DANGEROUS else flat


_MARKED_AFTER_COMMA = re.compile(r"(,\s*)'(?=[=+\-@|%\uff1d\uff0b\uff0d\uff20])")
_BEGINS_OTHERWISE = re.compile("; *[^0-9A-Za-zÅÄÖåäö; ]")


def is_safe_line(line: str) -> bool:
    """Return whether cells joined by semicolons surely need no change by `safe`: a fast check that most rows pass."""
    return line.isprintable() and not _BEGINS_OTHERWISE.search(";" + line) and not _AFTER_COMMA.search(line)


def as_written(cell: str) -> str:
    """Return a cell without the apostrophe that `safe` put before it; any other apostrophe stays."""
    written = _MARKED_AFTER_COMMA.sub(r"\1", cell)
    written = written[1:] if written.startswith("'") and safe(written[1:]).startswith("'") else written
    return written if safe(written) == cell else cell
