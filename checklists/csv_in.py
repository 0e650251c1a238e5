"""Read a CSV file from outside: UTF-8 with or without BOM, comma or semicolon; every bad row named by its line."""

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from checklists.faults import NOTHING_STORED, Code, Fault, Refusal, fault, listed, number_in_row, word
from checklists.identity import is_guid
from checklists.privacy import NOTHING, LetThrough, has_personal_number

# An Entra id is not free text, and one in two thousand contains digits that look like a personal number.
_TESTED_ELSEWHERE = ("case_ref",)
"""By `normal_ref`, which knows the tenant's pattern."""
_MOST_ABOVE = 10
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How a workbook begins: a present one is a ZIP file, an old .xls is not."""
_MARK = b"\xef\xbb\xbf"
_COLUMN_NAME = re.compile(r"[\w.:/ -]{1,60}")
_FEWEST_DIGITS = 6
"""A fault does not repeat the name of a column with this many digits or more."""


class BadCsv(Refusal):
    """The file cannot be imported, and nothing of it is; its faults name every bad row by line."""

    ends = NOTHING_STORED


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row by column name, cells trimmed; `line` is where it begins in the file, from 1."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class CsvFile:
    """The rows of a file that can be read, and a fault for each that cannot; with a fault, nothing is imported."""

    rows: list[CsvRow]
    faults: tuple[Fault, ...] = ()


def read_csv(
    raw: bytes, columns: Sequence[str], needed: Sequence[str], lets: LetThrough = NOTHING, ignored: Sequence[str] = ()
) -> list[CsvRow]:
    """Return the rows, as `read_rows` does. Raises: BadCsv: also where a row of it cannot be read."""
    found = read_rows(raw, columns, needed, lets, ignored)
    if found.faults:
        raise BadCsv(*found.faults)
    return found.rows


def read_rows(
    raw: bytes, columns: Sequence[str], needed: Sequence[str], lets: LetThrough = NOTHING, ignored: Sequence[str] = ()
) -> CsvFile:
    """Return the rows with all `columns`: empty where the file lacks one. Text is in NFC, with single spaces.

    A row cannot be read if it has too many or too few cells, or a cell holds a personal number or a NUL.
    ignored: columns that the file may have and that are not read, such as an export's own.

    Raises: BadCsv: empty, a workbook, not UTF-8, no header, other separators, a needed column is missing, a column is
    unknown or occurs twice.
    """
    text = text_of(raw)
    separator = separator_of(text)
    refuse_other_layouts(text, needed)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = [name.strip().casefold() for name in next(reader, [])]
        _check_header(header, (*columns, *ignored), needed)
        return _rows(reader, header, columns, lets)
    except csv.Error:  # its text is not passed on: it may quote the cell
        raise BadCsv(fault(Code.NOT_CSV, line=reader.line_num, most=csv.field_size_limit())) from None


def text_of(raw: bytes) -> str:
    """Return what a file says. Raises: BadCsv: it is empty, a workbook, or not in UTF-8."""
    if not raw.strip(_MARK + b" \t\r\n\f\v"):
        raise BadCsv(fault(Code.FILE_IS_EMPTY))
    if raw.startswith(_WORKBOOKS):
        raise BadCsv(fault(Code.WORKBOOK))
    try:
        text = raw.decode().lstrip("\ufeff")  # files that were joined may begin with several
    except UnicodeDecodeError:
        raise BadCsv(fault(Code.NOT_UTF8)) from None
    if "\0" in text.partition("\n")[0]:  # UTF-16 without its mark reads as if there were a NUL in each letter
        raise BadCsv(fault(Code.NOT_UTF8))
    return text


def separator_of(text: str) -> str:
    """Return what separates the cells of a file."""
    header = text.partition("\n")[0]
    return ";" if header.count(";") > header.count(",") else ","


def refuse_other_layouts(text: str, needed: Sequence[str]) -> None:
    """Refuse other separators, and lines above the header. needed: its names, in small letters. Raises: BadCsv."""
    _refuse_other_separators(text.partition("\n")[0], needed)
    _refuse_lines_above(text, needed)


def _refuse_other_separators(header: str, needed: Sequence[str]) -> None:
    """Refuse a file whose cells are separated by tabs or `|`, as when they were copied from a sheet. Raises: BadCsv."""
    for separator in "\t|":
        names = [name.strip().strip('"').casefold() for name in header.split(separator)]
        if len(names) > 1 and set(names).issuperset(needed):
            raise BadCsv(fault(Code.OTHER_SEPARATOR, line=1))


def _refuse_lines_above(text: str, needed: Sequence[str]) -> None:
    """Refuse a file whose columns are named further down, below a title or `sep=;`. Raises: BadCsv."""
    for place, line in enumerate(text.splitlines()[:_MOST_ABOVE], start=1):
        names = {name.strip().strip('"').casefold() for name in re.split("[;,]", line)}
        if names.issuperset(needed):
            if place > 1:
                raise BadCsv(fault(Code.HEADER_BELOW, line=place))
            return


def _check_header(header: Sequence[str], known: Sequence[str], needed: Sequence[str]) -> None:
    faults = []
    if missing := [name for name in needed if name not in header]:
        faults.append(fault(Code.COLUMN_MISSING, line=1, columns=listed(missing)))
    elif unknown := [_column(name) for name in header if name and name not in known]:
        faults.append(fault(Code.COLUMN_UNKNOWN, line=1, columns=listed(unknown), allowed=listed(known)))
    if twice := sorted({name for name in header if name in known and header.count(name) > 1}):
        faults.append(fault(Code.COLUMN_TWICE, line=1, columns=listed(twice)))
    if faults:
        raise BadCsv(*faults)


def _column(name: str) -> str:
    """Return the name of an unknown column, unless it holds so many digits that it may be a cell about somebody.

    The columns that are needed stand beside it, so this is a header and not somebody's row.
    """
    is_name = sum(map(str.isdigit, name)) < _FEWEST_DIGITS and _COLUMN_NAME.fullmatch(name)
    return name if is_name else word("")


def one_line(cell: str) -> str:
    """Return a cell in NFC, trimmed, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", cell).split())


def _rows(reader: Any, header: list[str], columns: Sequence[str], lets: LetThrough) -> CsvFile:
    rows, faults, line = [], [], reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            if len(cells) != len(header):
                faults.append(fault(Code.NUMBER_OF_CELLS, line=line, cells=len(cells), columns=len(header)))
            elif nul := [place for place, cell in enumerate(cells, start=1) if "\0" in cell]:
                faults.append(fault(Code.NUL_IN_CELL, line=line, column=nul[0]))
            elif holding := _holding(header, cells, lets):
                faults.append(number_in_row(holding).at(line))
            else:
                by_name = dict(zip(header, map(one_line, cells), strict=False))
                rows.append(CsvRow(line, {name: by_name.get(name, "") for name in columns}))
        line = reader.line_num + 1
    return CsvFile(rows, tuple(faults))


def _holding(header: Sequence[str], cells: Sequence[str], lets: LetThrough) -> int:
    """Return which cell of a row holds a personal number, from 1; 0: none does."""
    for place, (name, cell) in enumerate(zip(header, cells, strict=False), start=1):
        if name not in _TESTED_ELSEWHERE and has_personal_number(cell, lets) and not is_guid(cell):
            return place
    return 0
