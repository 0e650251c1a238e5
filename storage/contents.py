"""What a database holds, as a count and a hash for each table: two that hold the same rows have the same sums.

The order of the rows does not matter: two kinds of database sort texts differently.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checklists.faults import Code, Fault, Refusal, fault

_DIGITS = 64


class SumsUnreadable(Refusal):
    """A file of sums cannot be read."""


@dataclass(frozen=True, slots=True)
class Sum:
    """The number of rows of a table, and a hash of their contents."""

    rows: int
    digest: str


def of_rows(rows: Iterable[Sequence[Any]]) -> Sum:
    """Return the sum of some rows."""
    count = total = 0
    for row in rows:
        digest = hashlib.sha256(repr(tuple(map(_plain, row))).encode("utf-8", "surrogatepass")).digest()
        total = (total + int.from_bytes(digest)) % (1 << 4 * _DIGITS)
        count += 1
    return Sum(count, f"{total:0{_DIGITS}x}")


def differences(here: Mapping[str, Sum], there: Mapping[str, Sum]) -> list[Fault]:
    """Return what differs, a fault for each table. A table that only one of them has differs."""
    none = Sum(0, "")
    found = []
    for table in sorted({*here, *there}):
        one, other = here.get(table, none), there.get(table, none)
        if one != other:
            found.append(fault(Code.COPY_DIFFERS, table=table, here=one.rows, there=other.rows))
    return found


def write_file(file: Path, sums: Mapping[str, Sum]) -> None:
    """Write sums to a file. Raises: OSError."""
    lines = {table: [one.rows, one.digest] for table, one in sums.items()}
    file.write_text(json.dumps(lines, indent=0) + "\n", encoding="utf-8")


def read_file(file: Path) -> dict[str, Sum] | None:
    """Return the sums in a file, None if there is none. Raises: SumsUnreadable."""
    try:
        lines = json.loads(file.read_text(encoding="utf-8"))
        return {str(table): Sum(int(rows), str(digest)) for table, (rows, digest) in lines.items()}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, AttributeError):
        raise SumsUnreadable(fault(Code.SUMS_UNREADABLE, file=file)) from None


def _plain(value: Any) -> Any:
    """Return a value as both databases and all drivers give it."""
    return bytes(value) if isinstance(value, bytearray | memoryview) else value
