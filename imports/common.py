"""What all imports share: all rows or none, every bad row named by its line, and what changed."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from actions.people import Outcome as Outcome
from checklists.csv_in import BadCsv, CsvRow
from checklists.errors import DateInFuture, DateOutOfRange, DatesOutOfOrder, UserError


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows were added, changed and unchanged. flagged: lines for a person to check."""

    added: int
    changed: int
    unchanged: int
    flagged: tuple[int, ...] = ()


def take_all(rows: Iterable[CsvRow], take: Callable[[CsvRow], Outcome]) -> Imported:
    """Import row by row; `take` raises ValueError for a bad one, with what is wrong and what to do.

    Raises: BadCsv: with every bad row; the caller stores nothing then.
    """
    faults: list[str] = []
    counted: Counter[str] = Counter()
    for row in rows:
        try:
            counted[take(row)] += 1
        except ValueError as error:
            faults.append(f"line {row.line}: {error}")
    if faults:
        raise BadCsv(faults)
    return Imported(counted["added"], counted["changed"], counted["unchanged"])


def check_cells(cells: Mapping[str, str], allowed: frozenset[str]) -> None:
    """Refuse a row of a tenant that may not be named, or with an overlong cell. Raises: ValueError."""
    check_tenant(cells["tenant_id"], allowed)
    too_long = [name for name, cell in cells.items() if len(cell) > 200]
    if too_long:
        raise ValueError(f"{', '.join(too_long)} is longer than 200 characters")


def check_tenant(tenant_id: str, allowed: frozenset[str]) -> None:
    """Say whether rows of this tenant may come in; `allowed` empty = any. Raises: ValueError."""
    if not tenant_id:
        raise ValueError("tenant_id is empty")
    if allowed and tenant_id not in allowed:
        raise ValueError("tenant_id is not among BK_TENANTS")


def date_fault(name: str, error: UserError) -> str:
    """Say what is wrong with a date, by the names of its columns."""
    args = error.args_for_text
    match error:
        case DatesOutOfOrder():
            return f"{args['later']} lies before {args['earlier']}"
        case DateInFuture():
            return f"{name} lies after today"
        case DateOutOfRange():
            return f"{name} does not lie between {args['first']} and {args['last']}"
        case _:
            return f"{name} is not a date like 2026-12-05"
