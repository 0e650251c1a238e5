"""Read a CSV file from outside: UTF-8 with or without BOM, comma or semicolon; every bad row named by its line."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from checklists.privacy import has_personal_number

# An Entra id is not free text, and one in two thousand contains digits that look like a personal number.
_ENTRA_ID = re.compile(r"\s*[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\s*", re.IGNORECASE)


class BadCsv(Exception):
    """The file cannot be imported; the message names every bad row by line, and what to do."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row by column name, cells trimmed; `line` is where it begins in the file, from 1."""

    line: int
    cells: dict[str, str]

    def day(self, column: str) -> date | None:
        """Return the date in a cell, None for an empty one. Raises: ValueError: it is no day written as 2026-12-05."""
        cell = self.cells[column]
        day = date.fromisoformat(cell) if cell else None
        if day is not None and day.isoformat() != cell:  # 20261205 and 2026-W49-6 are ISO dates too
            raise ValueError(cell)
        return day


def read_csv(raw: bytes, columns: Sequence[str], needed: Sequence[str]) -> list[CsvRow]:
    """Return the rows with all `columns`: empty where the file lacks one; others in the file are ignored.

    Raises: BadCsv: not UTF-8, no header, a needed column is missing, a row has too many cells, or a cell
        holds a personal number.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadCsv(["the file is not UTF-8: save it as UTF-8 and try again; nothing was stored"]) from None
    header_line = text.partition("\n")[0]
    separator = ";" if header_line.count(";") > header_line.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = [name.strip().casefold() for name in next(reader, [])]
        missing = [name for name in needed if name not in header]
        if missing:
            raise BadCsv([f"line 1: the column {', '.join(missing)} is missing; nothing was stored"])
        return _rows(reader, header, columns)
    except csv.Error as error:
        raise BadCsv([f"line {reader.line_num}: {error}; nothing was stored"]) from None


def _rows(reader: Any, header: list[str], columns: Sequence[str]) -> list[CsvRow]:
    rows, faults, line = [], [], reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            if len(cells) > len(header):
                faults.append(f"line {line}: {len(cells)} cells under {len(header)} columns")
            elif any(has_personal_number(cell) for cell in cells if not _ENTRA_ID.fullmatch(cell)):
                faults.append(f"line {line}: a cell contains what looks like a personal number; take it out")
            else:
                by_name = dict(zip(header, (cell.strip() for cell in cells), strict=False))
                rows.append(CsvRow(line, {name: by_name.get(name, "") for name in columns}))
        line = reader.line_num + 1
    if faults:
        raise BadCsv(faults)
    return rows
