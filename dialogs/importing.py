"""What every import of a register from a CSV file has in common: all rows or none, and what came of them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from checklists.csv_in import BadCsv, CsvRow

What = Literal["added", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows were added, changed and unchanged."""

    added: int
    changed: int
    unchanged: int


def import_rows(rows: Sequence[CsvRow], take: Callable[[CsvRow], What]) -> Imported:
    """Take every row, and count what came of them.

    Raises: BadCsv: with every row for which `take` raised a ValueError, by line; the caller stores nothing then.
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
    """Refuse a row of a tenant that may not be named, or with an overlong cell. allowed: empty = any tenant.

    Raises: ValueError.
    """
    if not cells["tenant_id"]:
        raise ValueError("tenant_id is empty")
    if allowed and cells["tenant_id"] not in allowed:
        raise ValueError("tenant_id is not among BK_TENANTS")
    too_long = [name for name, cell in cells.items() if len(cell) > 200]
    if too_long:
        raise ValueError(f"{', '.join(too_long)} is longer than 200 characters")
