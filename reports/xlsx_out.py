"""Workbooks: every text a text, never a formula or a link; the same rows give the same bytes."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, BinaryIO

Cell = str | int | float | date
MOST_COLUMNS = 16_384
MOST_ROWS = 1_048_576
_MADE = datetime(2020, 1, 1, tzinfo=UTC)
"""Stands in every workbook, so that its bytes say nothing of when it was made."""
HEADER_HEIGHT = 30.0
"""Points: two lines. Not every program makes a row as high as its wrapped text."""
_WIDTH = 24


class TooLarge(Exception):
    """The rows do not fit into one sheet; choose a shorter period, or CSV."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, its header and its rows, which are read once, in order."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    first_width: int = _WIDTH
    """Characters the first column is wide."""


def write_xlsx(out: BinaryIO, *sheets: Sheet) -> int:
    """Write a workbook, row by row in bounded memory; return how many rows.

    The header stays in sight and can be filtered by. What waits on the disk until the end lies in a folder that
    only this user may read. Raises: TooLarge.
    """
    # Imported here: it costs a twentieth of a second, and only who asks for a workbook needs it.
    import xlsxwriter

    with tempfile.TemporaryDirectory(prefix="bk-") as folder:
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        book = xlsxwriter.Workbook(out, options)
        try:
            book.set_properties({"created": _MADE})
            bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            return sum(_write(book.add_worksheet(sheet.name), sheet, bold, day) for sheet in sheets)
        finally:
            book.close()


def fit_paper(page: Any) -> None:
    """Have a worksheet print on A4, landscape, all its columns side by side and the header on every page."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _write(page: Any, sheet: Sheet, bold: object, day: object) -> int:
    if len(sheet.header) > MOST_COLUMNS:
        raise TooLarge
    fit_paper(page)
    page.freeze_panes(1, 0)
    page.set_column(0, max(len(sheet.header) - 1, 0), _WIDTH)
    page.set_column(0, 0, sheet.first_width)
    page.set_row(0, HEADER_HEIGHT)
    for column, name in enumerate(sheet.header):
        page.write_string(0, column, name, bold)
    count = 0
    for count, row in enumerate(sheet.rows, start=1):
        if count >= MOST_ROWS or len(row) > MOST_COLUMNS:
            raise TooLarge
        for column, cell in enumerate(row):
            _put(page, count, column, cell, day)
    if sheet.header:
        page.autofilter(0, 0, count, len(sheet.header) - 1)
    return count


def _put(page: Any, row: int, column: int, cell: Cell, day: object) -> None:
    if isinstance(cell, str):
        done = page.write_string(row, column, cell) if cell else 0
    elif isinstance(cell, date):
        done = page.write_datetime(row, column, cell, day)
    else:
        done = page.write_number(row, column, cell)
    if done:
        raise TooLarge  # xlsxwriter leaves a text of more than 32 767 characters out without a word
