"""What all imports share: all rows or none, every bad row named by its line, and what changed."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from actions.people import Outcome as Outcome
from checklists.csv_in import BadCsv, CsvRow
from checklists.errors import TextTooLong
from checklists.faults import Code, Fault, Refusal, fault, listed, of_rule
from checklists.identity import entra_id
from checklists.model import Role
from checklists.rights import ROLES
from storage.desk import Session

CLEARED = "-"
"""Clears a date; an empty cell leaves it as it is."""
MOST_IN_REGISTER = 200
"""The most characters in one cell of a register."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows were added, changed and unchanged. flagged: lines for a person to check.

    doubled: lines of people who may be in the register already. moved: lines with a new e-mail of a bound person.
    new_units: names of units that were not there before. ended: lines that give a case to somebody without a role.
    waiting: lines whose answer hangs on a fact that is not known.
    """

    added: int
    changed: int
    unchanged: int
    flagged: tuple[int, ...] = ()
    doubled: tuple[int, ...] = ()
    moved: tuple[int, ...] = ()
    new_units: tuple[str, ...] = ()
    ended: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()

    def __add__(self, other: "Imported") -> "Imported":
        """Return what both did."""
        return Imported(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class Order:
    """What is common to the rows of a file.

    allowed: the tenants that may be named, as compared; empty = any. actor: who imports it, for the trail. may_be_near:
    a new unit may be one letter from a known one. named: (tenant, name) of the new units that rows taken so far
    have named; they are known from then on, stored or not.
    """

    allowed: frozenset[str]
    at: datetime
    actor: str
    may_be_near: bool = False
    named: set[tuple[str, str]] = field(default_factory=set)


Rows = Sequence[CsvRow]
Take = Callable[[Rows], Imported]
"""Takes rows that belong together, in order. Raises: BadCsv: with every bad one."""
KindName = Literal["people", "cases", "answers"]
Taker = Callable[[Session, Order], Take]
"""Makes what takes rows into the database, in one transaction."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file. read: its rows, each checked by itself. together: the rows in groups, those of one subject
    in one group, in order. announce: record that a file of these rows comes in, once.
    """

    name: KindName
    read: Callable[[bytes, datetime], list[CsvRow]]
    together: Callable[[Session, Rows], list[list[CsvRow]]]
    taker: Taker
    announce: Callable[[Session, Rows, Order], None] = lambda _session, _rows, _order: None


def by_subject(rows: Rows, *columns: str) -> list[list[CsvRow]]:
    """Return the rows in groups of those that are equal in `columns`, without regard to case."""
    groups: dict[tuple[str, ...], list[CsvRow]] = {}
    for row in rows:
        groups.setdefault(tuple(row.cells[name].casefold() for name in columns), []).append(row)
    return list(groups.values())


def take_all(rows: Iterable[CsvRow], take: Callable[[CsvRow], Outcome]) -> Imported:
    """Import row by row; `take` raises Refusal for a bad one, with every fault of it that it can tell.

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


def check_cells(cells: Mapping[str, str], allowed: frozenset[str]) -> None:
    """Refuse a row of a tenant that may not be named, or with an overlong cell. Raises: Refusal."""
    check_tenant(cells["tenant_id"], allowed)
    check_lengths(cells, MOST_IN_REGISTER)


def check_lengths(cells: Mapping[str, str], most: int) -> None:
    """Refuse cells that hold more than is kept. most: in characters. Raises: Refusal: with each of them."""
    too_long = {name: len(cell) for name, cell in cells.items() if len(cell) > most}
    if too_long:
        raise Refusal(*(of_rule(TextTooLong(length=length, most=most), name) for name, length in too_long.items()))


def check_tenant(tenant_id: str, allowed: frozenset[str]) -> None:
    """Return whether rows of this tenant may come in. allowed: as compared; empty = any. Raises: Refusal."""
    if not tenant_id:
        raise Refusal(fault(Code.EMPTY, column="tenant_id"))
    if allowed and entra_id(tenant_id) not in allowed:
        raise Refusal(fault(Code.TENANT_NOT_SERVED))


def role_in(cell: str) -> Role:
    """Return the role a row names. Raises: Refusal."""
    role = next((one for one in ROLES if one == cell), None)
    if role is None:
        raise Refusal(fault(Code.NOT_ONE_OF, column="role", allowed=listed(ROLES)))
    return role
