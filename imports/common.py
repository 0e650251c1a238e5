"""What all imports share: all rows or none, every bad row named by its line, and what changed."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeVar

from actions.people import Outcome as Outcome
from checklists.csv_in import BadCsv, CsvFile, CsvRow
from checklists.csv_safe import as_written
from checklists.errors import TextTooLong
from checklists.faults import Code, Fault, Refusal, fault, listed, of_rule
from checklists.identity import entra_id
from checklists.model import Role
from checklists.rights import ROLES
from storage.desk import Session

CLEARED = "-"
"""Removes what a cell stands for, where that can be; an empty cell leaves it as it is."""
Named = TypeVar("Named", bound=str)
MOST_IN_REGISTER = 200
"""The most characters in one cell of a file of people or cases."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows were added, changed and unchanged. flagged: lines for a person to check.

    doubled: lines of people who may be in the register already. moved: lines with a new e-mail of a bound person.
    not_guids: lines of people added with an object id that Entra cannot have given, so nobody is recognised by it.
    new_units: names of units that were not there before. ended: lines that give a case to somebody without a role.
    elsewhere: lines that give a case to somebody who is no case worker of its unit, as a chef could not.
    disposed: lines about a case that was disposed of, which are left out.
    waiting: lines whose answer depends on a fact that is not known. protected: lines with free text about people with
    protected identity, which the chat would not have taken. unsaid: lines whose motivation says nothing, and is none.
    """

    added: int
    changed: int
    unchanged: int
    flagged: tuple[int, ...] = ()
    doubled: tuple[int, ...] = ()
    moved: tuple[int, ...] = ()
    not_guids: tuple[int, ...] = ()
    new_units: tuple[str, ...] = ()
    ended: tuple[int, ...] = ()
    elsewhere: tuple[int, ...] = ()
    disposed: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()
    protected: tuple[int, ...] = ()
    unsaid: tuple[int, ...] = ()

    def __add__(self, other: "Imported") -> "Imported":
        """Return what both did."""
        return Imported(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class Order:
    """What is common to the rows of a file.

    allowed: the tenants that rows may name, as `entra_id` returns them; empty: any. actor: who imports it, for the
    trail. may_be_near: accept a new unit whose name is one letter from a known one. named: (tenant, name) of the new
    units that the rows so far have named; they are known from then on, stored or not.
    """

    allowed: frozenset[str]
    at: datetime
    actor: str
    may_be_near: bool = False
    named: set[tuple[str, str]] = field(default_factory=set)


def to_look_at(imported: Imported) -> dict[str, tuple[int, ...]]:
    """Return the lines that a person should look at, by what is said of them in texts/…/folder.yaml."""
    about_cases, about_answers = ("disposed", "ended", "elsewhere"), ("flagged", "waiting", "protected", "unsaid")
    names = (*about_cases, *about_answers, "doubled", "moved", "not_guids")
    found = {name: tuple(sorted(getattr(imported, name))) for name in names}
    return {name: lines for name, lines in found.items() if lines}


Rows = Sequence[CsvRow]
Take = Callable[[Rows], Imported]
"""Imports rows that belong together, in order. Raises: BadCsv: with every bad row."""
KindName = Literal["people", "cases", "answers"]
Taker = Callable[[Session, Order], Take]
"""Makes the function that imports rows in one transaction."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file.

    read: parse its rows and check each by itself. together: group the rows, in order, those about one subject in one
    group. announce: record, once, that a file of these rows is imported.
    """

    name: KindName
    read: Callable[[bytes, datetime], CsvFile]
    together: Callable[[Session, Rows], list[list[CsvRow]]]
    taker: Taker
    announce: Callable[[Session, Rows, Order], None] = lambda _session, _rows, _order: None


def cells_of(row: CsvRow) -> dict[str, str]:
    """Return a row's cells without the apostrophes that an export puts before what a spreadsheet would calculate."""
    return {name: as_written(cell) for name, cell in row.cells.items()}


def by_subject(rows: Rows, *columns: str) -> list[list[CsvRow]]:
    """Group the rows whose cells in `columns` are equal, ignoring upper and lower case."""
    groups: dict[tuple[str, ...], list[CsvRow]] = {}
    for row in rows:
        groups.setdefault(tuple(row.cells[name].casefold() for name in columns), []).append(row)
    return list(groups.values())


def take_all(rows: Iterable[CsvRow], take: Callable[[CsvRow], Outcome]) -> Imported:
    """Import row by row; `take` raises Refusal for a bad one, with every fault it finds in it.

    Raises: BadCsv: with every bad row; the caller stores nothing then.
    """
    faults: list[Fault] = []
    counted: Counter[str] = Counter()
    for row in rows:
        try:
            counted[take(row)] += 1
        except Refusal as refused:
            faults += [one.at(row.line) for one in refused.faults]
    if faults:
        raise BadCsv(*faults)
    return Imported(counted["added"], counted["changed"], counted["unchanged"])


def with_every_fault(refused: Refusal, *checks: Callable[[], object]) -> Refusal:
    """Return the refusal of a row by one of these checks with the faults that each of the others finds too."""
    faults = {str(one): one for one in refused.faults}
    for check in checks:
        try:
            check()
        except Refusal as other:
            faults |= {str(one): one for one in other.faults}
    return Refusal(*faults.values())


def check_cells(cells: Mapping[str, str], allowed: frozenset[str], clearable: Collection[str]) -> None:
    """Refuse a row of a tenant that may not be named, with an overlong cell, or that clears what cannot be.

    clearable: the columns that CLEARED may stand in; elsewhere it would be a unit, a name or an id called "-".
    Raises: Refusal.
    """
    check_tenant(cells["tenant_id"], allowed)
    check_lengths(cells, MOST_IN_REGISTER)
    if kept := [name for name, cell in cells.items() if cell == CLEARED and name not in clearable]:
        raise Refusal(*(fault(Code.NOT_CLEARED, column=name) for name in kept))


def check_lengths(cells: Mapping[str, str], most: int) -> None:
    """Refuse overlong cells. most: characters. Raises: Refusal: with a fault for each."""
    too_long = {name: len(cell) for name, cell in cells.items() if len(cell) > most}
    if too_long:
        raise Refusal(*(of_rule(TextTooLong(length=length, most=most), name) for name, length in too_long.items()))


def check_tenant(tenant_id: str, allowed: frozenset[str]) -> None:
    """Refuse a row of a tenant that may not be named. allowed: see `Order`. Raises: Refusal."""
    if not tenant_id:
        raise Refusal(fault(Code.EMPTY, column="tenant_id"))
    if allowed and entra_id(tenant_id) not in allowed:
        raise Refusal(fault(Code.TENANT_NOT_SERVED))


def code_in(column: str, cell: str, allowed: Iterable[Named]) -> Named:
    """Return the code a cell holds; capital letters do not matter, for spreadsheets put them in. Raises: Refusal."""
    codes = tuple(allowed)
    if not codes:
        raise Refusal(fault(Code.NOTHING_TO_CHOOSE, column=column))
    found = next((one for one in codes if one == cell.casefold()), None)
    if found is None:
        raise Refusal(fault(Code.NOT_ONE_OF, column=column, allowed=listed(codes)))
    return found


def role_in(cell: str) -> Role:
    """Return the role a row names. Raises: Refusal."""
    return code_in("role", cell, ROLES)
