"""No cell that a spreadsheet would take for a formula; and back to what was written, when a file comes in again."""

import re
import unicodedata

_DANGEROUS = "=+-@|%"


def safe(cell: str) -> str:
    """Return a cell no spreadsheet reads as a formula: a dangerous beginning gets an apostrophe before it.

    White space, invisible characters and full-width signs are looked through; line breaks inside become
    spaces, so that no physical line of the file begins dangerously either.
    Source: OWASP, CSV injection.
    """
    if not cell or (cell[0].isascii() and cell[0].isalnum() and cell.isprintable()):
        return cell  # nearly every cell; the long way would return it too
    flat = " ".join(cell.splitlines())
    seen = (sign for sign in unicodedata.normalize("NFKC", flat) if sign.isprintable() and sign != " ")
    return "'" + flat if flat.startswith("\t") or next(seen, "\0") in _DANGEROUS else flat


_BEGINS_OTHERWISE = re.compile("; *[^0-9A-Za-zÅÄÖåäö; ]")


def is_safe_line(line: str) -> bool:
    """Say whether cells joined by semicolons are surely all as `safe` would have them: most rows, seen at one look."""
    return line.isprintable() and not _BEGINS_OTHERWISE.search(";" + line)


def as_written(cell: str) -> str:
    """Return a cell without the apostrophe that `safe` put before it; any other apostrophe stays."""
    return cell[1:] if cell.startswith("'") and safe(cell[1:]) == cell else cell
