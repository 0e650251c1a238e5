"""Which sealed texts do not open: their bytes were altered, moved or cut short, or the key of their case is gone."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import LargeBinary, select
from sqlmodel import Session, col

from storage.filled import FilledRow
from storage.held import NotHeld
from storage.rows import Shape
from storage.sealing import TENANT_ITSELF, KeyGone, MasterGone, SealBroken, SealingKeyRow, keys_of, unseal

_OF_LISTS = {"answer", "draft"}
"""Tables whose texts are sealed with the key of their list's case."""
_OF_TENANT = {"measure"}
"""Tables that name a case and whose texts are sealed with the tenant's own key."""
_PLACES: Mapping[str, tuple[str, ...]] = {
    "answer": ("filled_id", "item_id", "revision"),
    "draft": ("filled_id", "item_id", "person_id"),
    "inbox": ("channel_id", "activity_id"),
}
"""The columns that say where a text is sealed, for the tables whose rows have no nonce for it."""
_BEFORE_THE_FIRST = {("import_job", "done"): b""}
"""What stands in a column before anything is sealed for it."""

Columns = Callable[[Sequence[Any]], list[str]]
"""The columns of a row, of its values in the order of its shape, whose texts do not open."""


def columns_of(session: Session, kind: Shape) -> Columns | None:
    """Return what tries the texts of a table's rows, or the keys kept in it; None if it has neither.

    What is sealed with a key that cannot be had is left out: the key is named, or its master key by `Keys.look`.
    """
    names = zip(kind.names, kind.columns, strict=True)
    sealed = [name for name, column in names if isinstance(column.type, LargeBinary)]
    if kind.of is SealingKeyRow:
        keys = keys_of(session)
        wrong = keys.look(session).wrong
        return lambda values: [] if values[2] in wrong or keys.unwraps(*values) else sealed
    if not sealed:
        return None
    table = str(kind.table.name)
    place = _PLACES.get(table, ("nonce",))

    @lru_cache(maxsize=1000)
    def owner_of_list(filled_id: int) -> tuple[int, int]:
        query = select(col(FilledRow.tenant_id), col(FilledRow.case_id)).where(col(FilledRow.id) == filled_id)
        found = session.connection().execute(query).first()
        return (found.tenant_id, found.case_id) if found else (0, TENANT_ITSELF)

    def owner(row: Mapping[str, Any]) -> tuple[int, int]:
        if table in _OF_LISTS:
            return owner_of_list(row["filled_id"])
        return row["tenant_id"], TENANT_ITSELF if table in _OF_TENANT else row.get("case_id", TENANT_ITSELF)

    def unopened(values: Sequence[Any]) -> list[str]:
        row = dict(zip(kind.names, values, strict=True))
        at = ":".join(str(row[name]) for name in place)
        return [name for name in sealed if not opens(*owner(row), name, at, row[name])]

    def opens(tenant_id: int, case_id: int, name: str, at: str, value: bytes | None) -> bool:
        if value is None or value == _BEFORE_THE_FIRST.get((table, name)):
            return True
        try:
            keys_of(session).of(session, tenant_id, case_id)
        except (MasterGone, SealBroken, NotHeld):  # MasterGone is a KeyGone as well
            return True
        except KeyGone:
            return False
        try:
            unseal(session, tenant_id, case_id, f"{table}.{name}", at, value)
        except SealBroken:
            return False
        return True

    return unopened
