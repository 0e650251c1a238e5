"""Find the invalid rows of all tables (see `storage.held`), for `doctor` and for whoever is to repair them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Boolean, select
from sqlmodel import Session

from storage.held import UNREAD, NotHeld
from storage.rows import Shape, TableRow, shape
from storage.session import UNREADABLE, readers_of
from storage.unopened import columns_of

_AT_ONCE = 1000


def look(session: Session, most: int | None = None) -> tuple[list[NotHeld], int]:
    """Return the invalid rows, and how many rows were read. most: of each table, only this many, the newest."""
    found: list[NotHeld] = []
    count = 0
    for kind in shapes():
        unopened = columns_of(session, kind)
        for values in islice(_values(session, kind), most):
            count += 1
            if not kind.may_be_written(values):
                found.append(kind.not_held(values))
            elif unopened and (columns := unopened(values)):
                found.append(NotHeld(kind.table.name, kind.key_of(values), columns))
    return found, count


def shapes() -> Iterator[Shape]:
    """Return the shape of every table, in order of their names."""
    from storage.tables import MODULES

    known = {id(one): one for module in MODULES for one in vars(module).values() if _is_table(one)}
    return iter(sorted(map(shape, known.values()), key=lambda one: one.table.name))


def _is_table(one: Any) -> bool:
    return isinstance(one, type) and issubclass(one, TableRow) and hasattr(one, "__table__")


def _values(session: Session, kind: Shape) -> Iterator[tuple[Any, ...]]:
    """Yield the values of a table's rows, the newest first, with UNREAD for what cannot even be read."""
    connection = session.connection()
    newest_first = [kind.columns[at].desc() for at in kind.keys]
    query = select(*kind.columns).order_by(*newest_first)
    readers = readers_of(kind.columns, connection.dialect)
    flags = [at for at, column in enumerate(kind.columns) if isinstance(column.type, Boolean)]
    # The driver's own cursor: SQLAlchemy's would convert the values. On PostgreSQL only a named one reads in portions.
    named = ("rows",) if connection.dialect.name == "postgresql" else ()
    with closing(connection.connection.cursor(*named)) as cursor, _texts_read_singly(connection.connection):
        cursor.execute(str(query.compile(dialect=connection.dialect)))
        while rows := cursor.fetchmany(_AT_ONCE):
            for row in rows:
                values = list(row)
                for at in flags:  # SQLAlchemy reads anything as a boolean
                    values[at] = values[at] if values[at] in (None, 0, 1) else UNREAD
                for at, process in readers:
                    try:
                        values[at] = values[at] if values[at] in (None, UNREAD) else process(values[at])
                    except UNREADABLE:
                        values[at] = UNREAD
                yield tuple(values)


@contextmanager
def _texts_read_singly(connection: Any) -> Iterator[None]:
    """Read bytes that are no text as UNREAD, where SQLite's driver would refuse the whole row."""
    driver = connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    before, driver.text_factory = driver.text_factory, _text
    try:
        yield
    finally:
        driver.text_factory = before


def _text(raw: bytes) -> Any:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return UNREAD
