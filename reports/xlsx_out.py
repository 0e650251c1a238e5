"""Workbooks, written row by row in constant memory. Text is never a formula or a link; equal rows give equal bytes."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from checklists.faults import Code, Refusal, fault

if TYPE_CHECKING:
    from xlsxwriter import Workbook

Cell = str | int | float | date | None
MOST_COLUMNS = 16_384
MOST_ROWS = 1_048_576
"""The maximum number of rows in a worksheet, header included."""
LINE_HEIGHT = 15.0
HEADER_HEIGHT = 30.0
"""In points: two lines. Set because not every program adapts the row height to wrapped text."""
_MADE = datetime(2020, 1, 1, tzinfo=UTC)
"""The creation date of every workbook, so that its bytes do not depend on when it is written."""
_WIDTH = 24


class TooLarge(Refusal):
    """The rows do not fit into one sheet."""

    def __init__(self) -> None:
        super().__init__(fault(Code.TOO_LARGE))


@contextmanager
def open_workbook(target: str | BinaryIO) -> "Iterator[Workbook]":
    """Yield a workbook that holds one row at a time in memory and keeps text as text, whatever it looks like.

    Temporary files are in a folder that only this user can read.
    """
    # Imported here because it costs a twentieth of a second, and only workbooks need it.
    from xlsxwriter import Workbook

    with tempfile.TemporaryDirectory(prefix="bk-") as folder:
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        book = Workbook(target, options)
        try:
            book.set_properties({"created": _MADE})
            yield book
        finally:
            book.close()


class Sheet:
    """One worksheet, to which rows are appended. It prints on A4, with all columns on one page width."""

    def __init__(self, book: "Workbook", name: str, widths: Sequence[int] = ()) -> None:
        self.name = name
        self.sheet = book.add_worksheet(name)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(0)
        self.row = 0
        filled = {"bg_color": "#DFE9EA", "bottom": 1}
        self._bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", **filled})
        self._wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self._decimal = book.add_format({"num_format": "0.0"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    def write(self, cells: Sequence[Cell], *, bold: bool = False, wrap: bool = False, lines: int = 0) -> int:
        """Append a row and return its number, from 0. A float is shown with one decimal; None is left empty.

        lines: how many lines of text the row is high; 0: as high as the program makes it.

        Raises: TooLarge: the sheet is full, there are too many columns, or a text is too long for a cell.
        """
        if len(cells) > MOST_COLUMNS or self.row >= MOST_ROWS:
            raise TooLarge
        text_format: Any = self._bold if bold else self._wrap if wrap else None
        if bold:
            self.sheet.set_row(self.row, HEADER_HEIGHT)
        elif lines:
            self.sheet.set_row(self.row, LINE_HEIGHT * lines)
        left_out = 0
        for column, cell in enumerate(cells):
            if cell is None or cell == "":
                continue
            if isinstance(cell, str):
                left_out |= self.sheet.write_string(self.row, column, cell, text_format)
            elif isinstance(cell, date):
                self.sheet.write_datetime(self.row, column, cell, self._day)
            else:
                self.sheet.write_number(self.row, column, cell, self._decimal if isinstance(cell, float) else None)
        if left_out:
            raise TooLarge  # without this, xlsxwriter would silently drop a text longer than 32 767 characters
        self.row += 1
        return self.row - 1

    def table(self, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
        """Write a frozen header with a filter, and rows until the sheet is full; return the number of rows.

        Rows that do not fit remain in the iterator. Raises: TooLarge, as `write`.
        """
        top = self.write(header, bold=True)
        self.sheet.freeze_panes(self.row, 0)
        count, left = 0, iter(rows)
        while self.row < MOST_ROWS and (cells := next(left, None)) is not None:
            self.write(cells)
            count += 1
        if header:
            self.sheet.autofilter(top, 0, max(top, self.row - 1), len(header) - 1)
        return count


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet with one table. rows: iterated over once."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    first_width: int = _WIDTH
    """The width of the first column, in characters."""


def write_xlsx(out: BinaryIO, *pages: Page) -> int:
    """Write a workbook with one table per sheet; return the total number of rows. Raises: TooLarge."""
    count = 0
    with open_workbook(out) as book:
        for page in pages:
            rows = iter(page.rows)
            widths = [page.first_width, *[_WIDTH] * (min(len(page.header), MOST_COLUMNS) - 1)]
            count += Sheet(book, page.name, widths).table(page.header, rows)
            if next(rows, None) is not None:
                raise TooLarge
    return count
