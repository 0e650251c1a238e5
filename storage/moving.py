"""Copy a whole database from SQLite to PostgreSQL or back: the same rows with the same ids, in one transaction.

Before the copy is committed, the target is read and compared with the source, by counts and hashes.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text
from sqlmodel import Session, SQLModel

from checklists.faults import Code, Fault, Refusal, fault
from storage import contents, row_ids
from storage.contents import Sum
from storage.desk import Desk
from storage.held import UNREAD, NotHeld

_BATCH = 1000


class CannotMove(Refusal):
    """The database cannot be moved, and nothing was changed."""


def move(source: Desk, target: Desk) -> Mapping[str, int]:
    """Copy every row; return the number of rows per table. The source is locked against writing meanwhile.

    Raises: CannotMove: the target is not empty, or does not hold afterwards what the source holds; or a text in the
        source is no UTF-8, which no other database would take.
    """
    return source.run_now(lambda read: target.run_now(lambda write: _copy(read, write)))


def _copy(source: Session, target: Session) -> Mapping[str, int]:
    moved = {}
    reading, writing = source.connection(), target.connection()
    if reading.dialect.name == "postgresql":
        names = ", ".join(table.name for table in SQLModel.metadata.sorted_tables)
        reading.execute(text(f"lock table {names} in share mode"))
    for table in SQLModel.metadata.sorted_tables:
        if writing.execute(select(func.count()).select_from(table)).scalar_one():
            raise CannotMove(fault(Code.TARGET_USED))
        order = list(table.primary_key.columns)
        rows = reading.execute(select(table).order_by(*order)).mappings()
        moved[table.name] = 0
        for part in rows.partitions(_BATCH):
            some = [dict(row) for row in part]
            for row in some:
                if UNREAD in row.values():
                    raise CannotMove(_unread(table, row))
            writing.execute(insert(table), some)
            moved[table.name] += len(part)
        has_sequence = writing.dialect.name == "postgresql"
        if has_sequence and moved[table.name] and [column.name for column in order] == ["id"]:
            # The rows brought their ids, so the sequence has to be advanced past them.
            query = f"select setval(pg_get_serial_sequence('{table.name}', 'id'), (select max(id) from {table.name}))"
            writing.execute(text(query))
    if differ := contents.differences(sums(reading), sums(writing)):
        raise CannotMove(*differ)
    row_ids.go_past_tombstones(target)
    return moved


def _unread(table: Table, row: Mapping[str, Any]) -> Fault:
    key = ":".join(str(row[column.name]) for column in table.primary_key)
    return NotHeld(table.name, key, [name for name, value in row.items() if value is UNREAD]).fault


def sums(connection: Connection) -> dict[str, Sum]:
    """Return the sums of all tables, of the values as the bot reads them: the same on both kinds of database."""
    found = {}
    for table in SQLModel.metadata.sorted_tables:
        rows = connection.execute(select(table).execution_options(yield_per=_BATCH))
        found[table.name] = contents.of_rows(rows)
    return found
