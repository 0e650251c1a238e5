"""Find the invalid rows of all tables (see `storage.held`), for `doctor` and for whoever is to repair them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import Any

from sqlalchemy import Boolean, literal_column, or_, select
from sqlmodel import Session

from storage.held import MET_BEFORE, NOT_HELD, UNREAD, NotHeld
from storage.prepared import readers_of
from storage.rows import Shape, TableRow, shape
from storage.session import UNREADABLE
from storage.unopened import Columns, columns_of

_AT_ONCE = 1000


def look(session: Session, most: int | None = None) -> tuple[list[NotHeld], int]:
    """Return the invalid rows, and how many rows were read. most: of each table, only this many, the newest."""
    found: list[NotHeld] = []
    count = 0
    for kind in shapes():
        unopened = columns_of(session, kind)
        for values in islice(_values(session, kind), most):
            count += 1
            found += _faults(kind, unopened, values)
    return found, count


def met(session: Session) -> list[NotHeld]:
    """Return the invalid rows that this process has met, those since mended left out: for a card, which cannot `look`.

    Reading every row takes from a tenth of a second to minutes, and everybody's turn would wait for it on SQLite. What
    was met since the last sweep but one is known, and a sweep meets what reminders read.
    """
    of_kind = {kind.table.name: kind for kind in shapes()}
    by_table: defaultdict[str, dict[str, NotHeld]] = defaultdict(dict)
    for some in (*session.info.get(MET_BEFORE, ()), session.info.get(NOT_HELD, {})):
        for (table, row), one in some.items():
            by_table[table][row] = one
    found: list[NotHeld] = []
    for table, known in sorted(by_table.items()):
        kind = of_kind.get(table)
        if kind is None or len(kind.keys) > 1 or not all(row.isdecimal() for row in known):
            found += known.values()
            continue
        unopened = columns_of(session, kind)
        for values in _values(session, kind, [int(row) for row in known]):
            found += _faults(kind, unopened, values)
    return found


def _faults(kind: Shape, unopened: Columns | None, values: tuple[Any, ...]) -> Iterator[NotHeld]:
    """Yield what is wrong with a row, if anything."""
    if not kind.may_be_written(values):
        yield kind.not_held(values)
    elif unopened and (columns := unopened(values)):
        yield NotHeld(kind.table.name, kind.key_of(values), columns)


def shapes() -> Iterator[Shape]:
    """Return the shape of every table, in order of their names."""
    from storage.tables import MODULES

    known = {id(one): one for module in MODULES for one in vars(module).values() if _is_table(one)}
    return iter(sorted(map(shape, known.values()), key=lambda one: one.table.name))


def _is_table(one: Any) -> bool:
    return isinstance(one, type) and issubclass(one, TableRow) and hasattr(one, "__table__")


def _values(session: Session, kind: Shape, ids: Sequence[int] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the values of a table's rows, the newest first, with UNREAD for what cannot be read. ids: only these."""
    connection = session.connection()
    newest_first = [kind.columns[at].desc() for at in kind.keys]
    query = select(*kind.columns).order_by(*newest_first)
    if ids:
        query = query.where(or_(*[kind.columns[kind.keys[0]] == literal_column(str(one)) for one in ids]))
    readers = readers_of(kind.columns, connection.dialect)
    flags = [at for at, column in enumerate(kind.columns) if isinstance(column.type, Boolean)]
    # The driver's own cursor: SQLAlchemy's would convert the values. On PostgreSQL only a named one reads in portions.
    named = ("rows",) if connection.dialect.name == "postgresql" else ()
    with closing(connection.connection.cursor(*named)) as cursor:
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
