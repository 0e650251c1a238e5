"""The auditor's table: questions in rows, cases in columns, numbered notes below, as in the audit report's appendix."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checklists.cells import table_words
from checklists.loader import checklist_version
from checklists.model import NOTHING, Checklist, Role
from checklists.rules import Applied
from reports.answers import is_taken_back
from reports.selected import Run, Selection, each
from storage import answers
from storage.desk import Session
from storage.exported import Exported
from texts import say

Row = list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """The table of one checklist version and role. header: title and cases. rows: questions, then notes."""

    name: str
    header: Row
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class _Column:
    """One filled-in list. table, place: sort keys. cells: (answer in words, note) by item id."""

    table: tuple[str, int, Role]
    place: tuple[object, ...]
    heading: str
    cells: dict[str, tuple[str, str]]


def tables(run: Run, selection: Selection) -> list[Table]:
    """Return the tables of a selection, by checklist, version and role, each with its cases sorted by reference.

    Everything is held in memory, because cases are columns. Cases with protected identity are excluded.

    Raises: SealBroken, MasterGone.
    """
    columns = list(each(run, selection, _column))
    found = []
    for number, key in enumerate(sorted({column.table for column in columns}), start=1):
        of_table = sorted((column for column in columns if column.table == key), key=lambda column: column.place)
        found.append(_table(f"{number} {key[0]}", checklist_version(*key[:2]), key[2], of_table))
    return found or [Table("1", [say("table.nothing", "sv")], [])]


def one_after_another(found: Sequence[Table]) -> Iterator[Row]:
    """Yield the headers and rows of all tables, with an empty row between tables."""
    for number, table in enumerate(found):
        if number:
            yield []
        yield table.header
        yield from table.rows


def _column(session: Session, tenant_id: str, one: Exported) -> _Column:
    row, checklist = one.filled, checklist_version(one.filled.checklist, one.filled.version)
    domain = {item_id: answers.to_domain(answer) for item_id, answer in one.answers.items()}
    applied = Applied(checklist, one.facts, domain)
    cells = {}
    for item in checklist.items:
        counted, answer = applied.state(item.id), one.answers.get(item.id)
        told = answers.for_export(session, row, answer) if answer and not is_taken_back(answer) else NOTHING
        cells[item.id] = (table_words(item, told, counted), told.note or "")
    place = (tenant_id, *_natural(one.filled.ref), row.occasion, row.child, row.file_part, row.id)
    return _Column((row.checklist, row.version, row.role), place, _heading(one), cells)


def _natural(ref: str) -> tuple[tuple[str, int], ...]:
    """Return a natural sort key for references: SN 2 before SN 10."""
    parts = re.findall(r"(\D*)(\d*)", ref)
    return tuple((text, int(digits or -1)) for text, digits in parts)


def _heading(one: Exported) -> str:
    """Return the heading of a column; the child is left out if the case has only one."""
    row, heading = one.filled, one.filled.ref
    if row.child and one.filled.children > 1:
        heading = f"{heading}, {say('card.child', 'sv', child=row.child)}"
    if row.occasion > 1:
        heading = say("table.occasion", "sv", heading=heading, occasion=row.occasion)
    return say("table.file_part", "sv", heading=heading, part=row.file_part) if row.file_part else heading


def _table(name: str, checklist: Checklist, role: Role, columns: Sequence[_Column]) -> Table:
    heading = say(
        "table.heading", "sv", title=checklist.title, version=checklist.version, role=say("table.role_" + role, "sv")
    )
    numbers: dict[str, int] = {}
    rows = [
        _question(item.ask, [column.cells[item.id] for column in columns], numbers) for item in checklist.asked[role]
    ]
    notes = [[f"[{number}]", note] for note, number in numbers.items()]
    return Table(name, [heading, *_told_apart(columns)], rows + ([[], *notes] if notes else []))


def _question(ask: str, cells: Sequence[tuple[str, str]], numbers: dict[str, int]) -> Row:
    """Return the row of a question. A note is numbered when it first occurs; identical notes share a number."""
    row = [ask]
    for words, note in cells:
        mark = f"[{numbers.setdefault(note, len(numbers) + 1)}]" if note else ""
        row.append(f"{words} {mark}".strip())
    return row


def _told_apart(columns: Sequence[_Column]) -> Iterator[str]:
    """Yield the headings, numbering the second and later of those that are equal."""
    met: Counter[str] = Counter()
    for column in columns:
        met[column.heading] += 1
        number = met[column.heading]
        yield say("table.same_again", "sv", heading=column.heading, number=number) if number > 1 else column.heading
