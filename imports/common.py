"""What all imports share: all rows or none, every bad row named by its line, and what changed."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from actions.people import Outcome as Outcome
from checklists.csv_in import BadCsv, CsvRow
from checklists.errors import TextTooLong
from checklists.faults import Code, Fault, Refusal, fault, listed, of_rule
from checklists.identity import entra_id
from checklists.model import Role
from checklists.rights import ROLES

CLEARED = "-"
"""Clears a date; an empty cell leaves it as it is."""
MOST_IN_REGISTER = 200
"""The most characters in one cell of a register."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows were added, changed and unchanged. flagged: lines for a person to check.

    doubled: lines of people who may be in the register already. moved: lines with a new e-mail of a bound person.
    new_units: names of units that were not there before. ended: lines that give a case to somebody without a role.
    """

    added: int
    changed: int
    unchanged: int
    flagged: tuple[int, ...] = ()
    doubled: tuple[int, ...] = ()
    moved: tuple[int, ...] = ()
    new_units: tuple[str, ...] = ()
    ended: tuple[int, ...] = ()


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
    """Say whether rows of this tenant may come in. allowed: as compared; empty = any. Raises: Refusal."""
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
