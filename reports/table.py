"""The auditor's table: questions in rows, cases in columns, numbered notes below, as in the audit report's appendix."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count

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
_OWN_NUMBER = re.compile(r"\[([1-9][0-9]{0,2})\]\s*(\S.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Table:
    """The table of one checklist version and role. header: title and cases. rows: questions, then notes."""

    name: str
    header: Row
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class _Column:
    """One filled-in list. table, place: sort keys. cells: (answer in words, note) by item id.

    counted: the answer as figures count it, by item id.
    """

    table: tuple[str, int, Role]
    place: tuple[object, ...]
    heading: str
    cells: dict[str, tuple[str, str]]
    counted: dict[str, str]


def tables(run: Run, selection: Selection, *, kinds: bool = False, totals: bool = False) -> list[Table]:
    """Return the tables of a selection, by checklist, version and role, each with its cases sorted by reference.

    kinds: each heading says whether the case is about a child or an adult. totals: add a last column with the number of
    Ja, of the cases the question applied to, over all units of the selection.

    Everything is held in memory, because cases are columns. Cases with protected identity are excluded.

    Raises: SealBroken, MasterGone.
    """
    columns = list(each(run, selection, partial(_column, kinds=kinds)))
    found = []
    for number, key in enumerate(sorted({column.table for column in columns}), start=1):
        of_table = sorted((column for column in columns if column.table == key), key=lambda column: column.place)
        found.append(_table(f"{number} {key[0]}", checklist_version(*key[:2]), key[2], of_table, totals=totals))
    return found or [Table("1", [say("table.nothing", "sv")], [])]


def one_after_another(found: Sequence[Table]) -> Iterator[Row]:
    """Yield the headers and rows of all tables, with an empty row between tables."""
    for number, table in enumerate(found):
        if number:
            yield []
        yield table.header
        yield from table.rows


def _column(session: Session, tenant_id: str, one: Exported, *, kinds: bool) -> _Column:
    row, checklist = one.filled, checklist_version(one.filled.checklist, one.filled.version)
    domain = {item_id: answers.to_domain(answer) for item_id, answer in one.answers.items()}
    applied = Applied(checklist, one.facts, domain)
    cells, states = {}, {}
    for item in checklist.items:
        counted, answer = applied.state(item.id), one.answers.get(item.id)
        states[item.id] = counted
        told = answers.for_export(session, row, answer) if answer and not is_taken_back(answer) else NOTHING
        cells[item.id] = (table_words(item, told, counted), told.note or "")
    place = (tenant_id, *_natural(one.filled.ref), row.occasion, row.child, row.file_part, row.id)
    return _Column((row.checklist, row.version, row.role), place, _heading(one, kinds=kinds), cells, states)


def _natural(ref: str) -> tuple[tuple[str, int], ...]:
    """Return a natural sort key for references: SN 2 before SN 10."""
    parts = re.findall(r"(\D*)(\d*)", ref)
    return tuple((text, int(digits or -1)) for text, digits in parts)


def _heading(one: Exported, *, kinds: bool) -> str:
    """Return the heading of a column; the child is left out if the case has only one."""
    row, heading = one.filled, one.filled.ref
    if kinds:
        heading = say("table.kind_" + row.case_type, "sv", heading=heading)
    if row.child and one.filled.children > 1:
        heading = f"{heading}, {say('card.child', 'sv', child=row.child)}"
    if row.occasion > 1:
        heading = say("table.occasion", "sv", heading=heading, occasion=row.occasion)
    return say("table.file_part", "sv", heading=heading, part=row.file_part) if row.file_part else heading


def _table(name: str, checklist: Checklist, role: Role, columns: Sequence[_Column], *, totals: bool) -> Table:
    heading = say(
        "table.heading", "sv", title=checklist.title, version=checklist.version, role=say("table.role_" + role, "sv")
    )
    asked = checklist.asked[role]
    numbers = _numbered(note for item in asked for column in columns if (note := column.cells[item.id][1]))
    rows = [_question(item.ask, [column.cells[item.id] for column in columns], numbers) for item in asked]
    header = [heading, *_told_apart(columns)]
    if totals:
        header.append(say("table.total", "sv"))
        for item, row in zip(asked, rows, strict=True):
            row.append(_total([column.counted[item.id] for column in columns]))
    notes = [[f"[{number}]", _own_number(note)[1]] for note, number in sorted(numbers.items(), key=lambda one: one[1])]
    return Table(name, header, rows + ([[], *notes] if notes else []))


def _total(states: Sequence[str]) -> str:
    applicable = [state for state in states if state != "ej_tillampligt"]
    return say("table.k_of_n", "sv", k=applicable.count("ja"), n=len(applicable)) if applicable else ""


def _numbered(notes: Iterable[str]) -> dict[str, int]:
    """Return a number for each note: its own if it begins with one that is free, else the next in order of occurrence.

    Identical notes share a number.
    """
    distinct = list(dict.fromkeys(notes))
    numbers: dict[str, int] = {}
    for note in distinct:
        own = _own_number(note)[0]
        if own and own not in numbers.values():
            numbers[note] = own
    own_ones = frozenset(numbers.values())
    free = (number for number in count(1) if number not in own_ones)
    for note in distinct:
        if note not in numbers:
            numbers[note] = next(free)
    return numbers


def _own_number(note: str) -> tuple[int, str]:
    """Return (the number a note begins with, as `[7] TEXT`, 0 if none; the text)."""
    found = _OWN_NUMBER.fullmatch(note)
    return (int(found[1]), found[2]) if found else (0, note)


def _question(ask: str, cells: Sequence[tuple[str, str]], numbers: Mapping[str, int]) -> Row:
    """Return the row of a question, with the numbers of its notes."""
    return [ask, *(f"{words} [{numbers[note]}]".strip() if note else words for words, note in cells)]


def _told_apart(columns: Sequence[_Column]) -> Iterator[str]:
    """Yield the headings, numbering the second and later of those that are equal."""
    met: Counter[str] = Counter()
    for column in columns:
        met[column.heading] += 1
        number = met[column.heading]
        yield say("table.same_again", "sv", heading=column.heading, number=number) if number > 1 else column.heading
