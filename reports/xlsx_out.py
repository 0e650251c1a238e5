"""Workbooks, written row by row in constant memory. Text is never a formula or a link; equal rows give equal bytes."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from textwrap import wrap
from typing import TYPE_CHECKING, Any, BinaryIO

from checklists.faults import Code, Refusal, fault

if TYPE_CHECKING:
    from xlsxwriter import Workbook

Cell = str | int | float | date | None
MOST_COLUMNS = 16_384
MOST_ROWS = 1_048_576
"""The maximum number of rows in a worksheet, header included."""
LINE_HEIGHT = 15.0
TURNED_HEIGHT = 130.0
"""Row heights in points: of a line of text, and of a header with rotated texts."""
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
    """One worksheet, to which rows are appended. It prints on A4, with all columns on one page width.

    widths: of the columns, in characters. figures_from: the first column of numbers, whose headers are aligned to the
    right. turned: those headers are rotated, so that many columns fit on a page.
    """

    def __init__(
        self,
        book: "Workbook",
        name: str,
        widths: Sequence[int] = (),
        *,
        figures_from: int = MOST_COLUMNS,
        turned: bool = False,
    ) -> None:
        self.name = name
        self.sheet = book.add_worksheet(name)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.sheet.set_footer("&L&A&R&P (&N)")
        self.sheet.fit_to_pages(1, 0)
        self.row = 0
        self.figures_from, self._turned, self._widths = figures_from, turned, widths
        head = {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#DFE9EA", "bottom": 1}
        self._bold = book.add_format(head)
        upwards = {"rotation": 90, "align": "center", "valign": "bottom"} if turned else {"align": "right"}
        self._bold_figure = book.add_format({**head, **upwards})
        self._wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self._title = book.add_format({"bold": True, "font_size": 14})
        self._top = book.add_format({"valign": "top"})
        self._decimal = book.add_format({"num_format": "0.0", "valign": "top"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    def write(
        self, cells: Sequence[Cell], *, bold: bool = False, wraps: bool = False, figures_from: int | None = None
    ) -> int:
        """Append a row and return its number, from 0. A float is shown with one decimal; None is left empty.

        bold: it is the header of a table. wraps: texts are wrapped within their column. figures_from: for this table,
        if it differs from the sheet's.

        Raises: TooLarge: the sheet is full, there are too many columns, or a text is too long for a cell.
        """
        if len(cells) > MOST_COLUMNS or self.row >= MOST_ROWS:
            raise TooLarge
        if bold or wraps:
            self._make_room(cells, bold=bold)
        text_format: Any = self._bold if bold else self._wrap if wraps else None
        number_format: Any = self._top if wraps else None
        left_out, from_ = 0, self.figures_from if figures_from is None else figures_from
        for column, cell in enumerate(cells):
            if cell is None or cell == "":
                if bold:
                    self.sheet.write_blank(self.row, column, None, self._bold)
                continue
            if isinstance(cell, str):
                head = self._bold_figure if bold and column >= from_ else text_format
                left_out |= self.sheet.write_string(self.row, column, cell, head)
            elif isinstance(cell, date):
                self.sheet.write_datetime(self.row, column, cell, self._day)
            else:
                self.sheet.write_number(
                    self.row, column, cell, self._decimal if isinstance(cell, float) else number_format
                )
        if left_out:
            raise TooLarge  # without this, xlsxwriter would silently drop a text longer than 32 767 characters
        self.row += 1
        return self.row - 1

    def title(self, text: str) -> None:
        """Append a heading, which may extend over the empty cells beside it."""
        self.sheet.set_row(self.row, 1.5 * LINE_HEIGHT)
        self.sheet.write_string(self.row, 0, text, self._title)
        self.row += 1

    def sentence(self, text: str) -> None:
        """Append a sentence across all columns, over as many lines as it needs."""
        self.sheet.set_row(self.row, LINE_HEIGHT * _lines(text, sum(self._widths)))
        self.sheet.merge_range(self.row, 0, self.row, len(self._widths) - 1, text, self._wrap)
        self.row += 1

    def _make_room(self, cells: Sequence[Cell], *, bold: bool) -> None:
        """Set the row's height by its texts, because not every program adapts it."""
        texts = [
            (cell, width)
            for column, (cell, width) in enumerate(zip(cells, [*self._widths, *[_WIDTH] * len(cells)], strict=False))
            if isinstance(cell, str) and not (bold and self._turned and column >= self.figures_from)
        ]
        most = max((_lines(cell, width) for cell, width in texts), default=1)
        if bold and self._turned:
            self.sheet.set_row(self.row, TURNED_HEIGHT)
        elif bold or most > 1:
            self.sheet.set_row(self.row, LINE_HEIGHT * most)

    def table(self, header: Sequence[str], rows: Iterable[Sequence[Cell]], *, wraps: bool = False) -> int:
        """Write a frozen header with a filter, and rows until the sheet is full; return the number of rows.

        Rows that do not fit remain in the iterator. wraps: as `write`. Raises: TooLarge, as `write`.
        """
        top = self.write(header, bold=True)
        self.sheet.freeze_panes(self.row, 0)
        self.sheet.repeat_rows(top)
        count, left = 0, iter(rows)
        while self.row < MOST_ROWS and (cells := next(left, None)) is not None:
            self.write(cells, wraps=wraps)
            count += 1
        if header:
            self.sheet.autofilter(top, 0, max(top, self.row - 1), len(header) - 1)
        return count


def _lines(text: str, width: int) -> int:
    """Return how many lines a text takes in a column, generously, because fonts differ."""
    return sum(
        len(wrap(line, max(4, width - 1), break_long_words=True)) or 1 for line in text.replace("–", "– ").split("\n")
    )


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
