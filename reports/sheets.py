"""Worksheets written row by row with flat memory: header frozen, a filter over it, and no cell that is a formula."""

from collections.abc import Iterable, Sequence
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from reports.xlsx_out import HEADER_HEIGHT, fit_paper

MOST_ROWS = 1_048_576
"""Rows a worksheet holds, header among them."""
Cell = str | int | float | None


def open_workbook(path: str) -> Workbook:
    """Return a workbook that keeps one row at a time in memory; texts are texts, whatever they look like."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    return Workbook(path, options)


class Sheet:
    """One worksheet: whatever is written goes below what is there."""

    def __init__(self, book: Workbook, name: str, widths: Sequence[int] = ()) -> None:
        self.name = name
        self.sheet: Worksheet = book.add_worksheet(name)
        fit_paper(self.sheet)
        self.row = 0
        self._bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self._decimal = book.add_format({"num_format": "0.0"})
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    def write(self, cells: Sequence[Cell], *, bold: bool = False, wrap: bool = False) -> int:
        """Write a row and return its number, from 0. A float is shown with one decimal; None is left empty."""
        text_format: Any = self._bold if bold else self._wrap if wrap else None
        if bold:
            self.sheet.set_row(self.row, HEADER_HEIGHT)
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                self.sheet.write_string(self.row, column, cell, text_format)
            elif cell is not None:
                self.sheet.write_number(self.row, column, cell, self._decimal if isinstance(cell, float) else None)
        self.row += 1
        return self.row - 1

    def table(self, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
        """Write a frozen header, rows until the sheet is full, and a filter over them; return how many rows.

        Rows that do not fit stay in the iterator.
        """
        top = self.write(header, bold=True)
        self.sheet.freeze_panes(self.row, 0)
        count = 0
        for cells in rows:
            self.write(cells)
            count += 1
            if self.row == MOST_ROWS:
                break
        self.sheet.autofilter(top, 0, max(top, self.row - 1), len(header) - 1)
        return count
