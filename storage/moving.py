"""Copy a whole database from SQLite to PostgreSQL: the same rows with the same ids, in one transaction."""

from collections.abc import Mapping

from sqlalchemy import func, insert, select, text
from sqlmodel import Session, SQLModel

from checklists.faults import Code, Refusal, fault
from storage import row_ids
from storage.desk import Desk

_BATCH = 1000


class CannotMove(Refusal):
    """The database cannot be moved, and nothing was changed."""


def move(source: Desk, target: Desk) -> Mapping[str, int]:
    """Copy every row; return the number of rows per table. The source is locked against writing meanwhile.

    Raises: CannotMove: the target is not empty.
    """
    return source.run_now(lambda read: target.run_now(lambda write: _copy(read, write)))


def _copy(source: Session, target: Session) -> Mapping[str, int]:
    moved = {}
    reading, writing = source.connection(), target.connection()
    for table in SQLModel.metadata.sorted_tables:
        if writing.execute(select(func.count()).select_from(table)).scalar_one():
            raise CannotMove(fault(Code.TARGET_USED))
        order = list(table.primary_key.columns)
        rows = reading.execute(select(table).order_by(*order)).mappings()
        moved[table.name] = 0
        for part in rows.partitions(_BATCH):
            writing.execute(insert(table), [dict(row) for row in part])
            moved[table.name] += len(part)
        if moved[table.name] and [column.name for column in order] == ["id"]:
            # The rows brought their ids, so the sequence has to be advanced past them.
            query = f"select setval(pg_get_serial_sequence('{table.name}', 'id'), (select max(id) from {table.name}))"
            writing.execute(text(query))
    row_ids.go_past_tombstones(target)
    return moved
