"""A transaction that reads and writes light rows (`storage.rows`), with the part of SQLModel's session this bot uses.

Statements are SQLAlchemy's; those that make up a turn are prepared once (`Prepared`). Within a transaction a row is one
object however often it is read, and what was set on it is written before the next query or at the commit, as with
SQLAlchemy's own session. There are no relationships, no expiry, and nothing is loaded when an attribute is read.
"""

import contextlib
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine, Select, bindparam, insert, update
from sqlalchemy.exc import MultipleResultsFound, NoResultFound
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql.dml import Delete, Update
from sqlmodel import Session, SQLModel
from sqlmodel.sql.expression import SelectOfScalar

from storage.held import NOT_HELD, UNREAD, NotHeld, note
from storage.prepared import PREPARED, Part, Plain, Prepared, Readers, parts_of, plain_of, readers_of
from storage.rows import LightRow, Shape, shape

T = TypeVar("T")
UNREADABLE = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What a value that cannot be read may raise."""
_FEW = 8
"""Up to this many new rows of a table are inserted one by one, by a statement prepared once."""


class _LeftOutError(Exception):
    """An invalid row of a table declared `alone`: a query leaves it out of what it finds."""

    def __init__(self, fault: NotHeld) -> None:
        self.fault = fault


class Found(Generic[T]):
    """What a query has found, in its order.

    left_out: the invalid rows. Iteration and `all` do without them; what returns one row, or `whole`, raises NotHeld.
    """

    __slots__ = ("_rows", "left_out")

    def __init__(self, rows: Iterable[T], left_out: Sequence[NotHeld] = ()) -> None:
        self._rows = rows
        self.left_out = left_out

    def __iter__(self) -> Iterator[T]:
        """Return the rows one by one."""
        return iter(self._rows)

    def all(self) -> list[T]:
        """Return every row."""
        return list(self._rows)

    def first(self) -> T | None:
        """Return the first row, None if there is none."""
        return next(iter(self.whole() if self.left_out else self._rows), None)

    def whole(self) -> list[T]:
        """Return every row. Raises: NotHeld: one was left out."""
        if self.left_out:
            raise self.left_out[0]
        return list(self._rows)

    def one_or_none(self) -> T | None:
        """Return the only row, None if there is none. Raises: MultipleResultsFound."""
        found = self.whole()
        if len(found) > 1:
            raise MultipleResultsFound
        return found[0] if found else None

    def one(self) -> T:
        """Return the only row. Raises: NoResultFound, MultipleResultsFound."""
        found = self.whole()
        if not found:
            raise NoResultFound
        if len(found) > 1:
            raise MultipleResultsFound
        return found[0]

    def scalars(self) -> "Found[Any]":
        """Return the first column of each row."""
        return Found([row[0] for row in self._rows])  # type: ignore[index]


class _Savepoint:
    """A savepoint in a transaction. One within another may have the same name: the inner one is meant until it ends.

    SQLAlchemy's own would cost a press as much as three of its statements. is_active: it has not ended.
    """

    def __init__(self, run: Callable[[str], Any]) -> None:
        self._run, self.is_active = run, True
        run("SAVEPOINT part")

    def release(self) -> None:
        """Keep what was done since."""
        self._run("RELEASE SAVEPOINT part")
        self.is_active = False

    def rollback(self) -> None:
        """Take back what was done since."""
        self.is_active = False
        self._run("ROLLBACK TO SAVEPOINT part")
        self._run("RELEASE SAVEPOINT part")


class RowSession(Session):
    """One transaction on one connection. Of SQLModel's session it has what is defined here."""

    def __init__(self, engine: Engine, held: Connection | None = None) -> None:
        """Take the engine. held: a connection that stays open after the transaction, None to open one for it."""
        self._engine = engine
        self._held = held
        self._connection: Connection | None = None
        self._driver: Any = None
        self._heard: tuple[Callable[..., None], ...] = ()
        self.info: dict[Any, Any] = {}
        self._known: dict[tuple[Shape, Any], Any] = {}
        self._added: list[Any] = []
        self._changed: dict[int, Any] = {}
        self._gone: list[Any] = []
        self._written: list[tuple[str, Any]] | None = None

    def __enter__(self) -> "RowSession":
        """Begin."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Roll back what was not committed."""
        self.close()

    # --- the transaction --------------------------------------------------------------------------------------------

    def get_bind(self, *_: Any, **__: Any) -> Engine:
        """Return the engine."""
        return self._engine

    def connection(self, *_: Any, **__: Any) -> Connection:
        """Return the connection, in a transaction."""
        if self._connection is None:
            self._connection = self._held or self._engine.connect()
            self._connection.begin()
            self._follow(self._connection)
        return self._connection

    def _follow(self, connection: Connection) -> None:
        """Take what is behind a connection: its driver's, and who hears which statements it runs."""
        self._driver = connection.connection.driver_connection
        heard = self._engine.dispatch.before_cursor_execute
        self._heard = tuple(heard) if heard else ()

    def commit(self) -> None:
        """Write what is new or changed, and commit."""
        self.flush()
        if self._connection is not None:
            self._connection.commit()
        self.close()

    def rollback(self) -> None:
        """Roll back everything since the transaction began."""
        self.close()

    def close(self) -> None:
        """End the transaction; what was not committed is rolled back. Rows stay readable."""
        self._forget()
        connection, self._connection, self._driver = self._connection, None, None
        if connection is not None and connection is not self._held:
            connection.close()
        elif connection is not None:
            connection.rollback()  # what did not commit; also a commit that failed
            held: Any = connection.connection.driver_connection
            if held.in_transaction:  # as after a commit on a full disk
                held.rollback()

    def _forget(self) -> None:
        for row in self._known.values():
            object.__setattr__(row, "session_", None)
        for row in self._added:
            row.session_ = None
        self._known, self._added, self._changed, self._gone = {}, [], {}, []

    def expunge_all(self) -> None:
        """Forget every row."""
        self._forget()

    @contextlib.contextmanager
    def begin_nested(self) -> Iterator[Any]:  # type: ignore[override]
        """Set a savepoint: if the block raises, only what was done in it is rolled back."""
        self.flush()
        savepoint = _Savepoint(self._drive)
        outer, self._written = self._written, []
        try:
            yield savepoint
            if savepoint.is_active:
                self.flush()
                savepoint.release()
                if outer is not None:
                    outer += self._written
            else:
                self._take_back(self._written)
        except BaseException:
            if savepoint.is_active:
                savepoint.rollback()
            self._take_back(self._written)
            raise
        finally:
            self._written = outer

    def _take_back(self, written: Sequence[tuple[str, Any]]) -> None:
        """Restore the rows to what they were before a savepoint that was rolled back."""
        for row in self._added:
            row.session_ = None
        again = list(self._changed.values())
        self._added, self._changed, self._gone = [], {}, []
        for how, row in reversed(written):
            if how == "inserted":
                self._known.pop(_key(row), None)
                object.__setattr__(row, "kept_", None)
                object.__setattr__(row, "session_", None)
            elif how == "deleted":
                object.__setattr__(row, "session_", self)
                self._known[_key(row)] = row
            else:
                again.append(row)
        for row in again:
            if row.kept_ is not None and row.session_ is self:
                self.refresh(row)

    # --- reading ----------------------------------------------------------------------------------------------------

    def exec(  # type: ignore[override]
        self, statement: Any, *, params: Mapping[str, Any] | None = None, **_: Any
    ) -> Any:
        """Run a statement; a query for rows of tables gives light rows."""
        prepared = PREPARED.get(id(statement))
        if prepared is not None and not prepared.writes:
            return self.ask(prepared, params or {})
        if prepared is not None:
            return self._in_bulk(statement, params, prepared)
        if isinstance(statement, Update | Delete):
            return self._in_bulk(statement, params)
        self.flush()
        is_scalar = isinstance(statement, SelectOfScalar)
        parts = parts_of(statement) if isinstance(statement, Select) else ()
        result = self.connection().execute(statement, params or {})
        plain = plain_of(statement, parts)
        streamed = "yield_per" in statement.get_execution_options()
        if not any(parts) and (streamed or not plain):
            return result.scalars() if is_scalar else result
        if streamed:
            return Found(self._streamed(statement, params, result, parts, is_scalar=is_scalar))
        try:
            rows = result.all()
            if any(parts) or is_scalar:
                rows = self._rows(rows, [(part, ()) for part in parts], is_scalar=is_scalar)
            if _all_held(rows, plain, is_scalar=is_scalar):
                return Found(rows)
        except UNREADABLE:
            pass
        # Again, with the driver's values: SQLAlchemy raises for the whole result if it cannot read one of them.
        rows = self.connection().execute(statement, params or {}).cursor.fetchall()
        found = self._one_by_one(rows, self._read_by(statement, parts), plain, is_scalar=is_scalar)
        if any(parts) or is_scalar:
            return found
        named: Any = namedtuple("Row", tuple(result.keys()), rename=True)  # type: ignore[misc]
        return Found(list(map(named._make, found)), found.left_out)

    def _read_by(self, statement: Any, parts: Sequence[Part]) -> "list[tuple[Part, Readers]]":
        """Return the parts of a query's result, each with what turns the driver's values into ours."""
        columns, dialect = iter(statement.selected_columns), self.connection().dialect
        sizes = [1 if part is None else part.width for part in parts]
        return [
            (part, readers_of([next(columns) for _ in range(size)], dialect))
            for part, size in zip(parts, sizes, strict=True)
        ]

    def execute(self, statement: Any, params: Any = None, **_: Any) -> Any:
        """Run a statement; its result comes as rows of columns, not as light rows."""
        if isinstance(statement, Update | Delete):
            return self._in_bulk(statement, params)
        self.flush()
        return self.connection().execute(statement, params or {})

    def ask(self, prepared: Prepared, values: Mapping[str, Any]) -> Found[Any]:
        """Run a prepared query."""
        if self._added or self._changed or self._gone:
            self.flush()
        ready = prepared.ready((self._connection or self.connection()).dialect)
        rows = self._drive(ready.sql, ready.parameters(values)).fetchall()
        try:
            found = self._rows(rows, ready.parts, is_scalar=prepared.is_scalar)
            if not ready.plain or _all_held(found, ready.plain, is_scalar=prepared.is_scalar):
                return Found(found)
        except UNREADABLE:
            pass
        return self._one_by_one(rows, ready.parts, ready.plain, is_scalar=prepared.is_scalar)

    def _drive(self, sql: str, parameters: Any = ()) -> Any:
        """Run a statement that is compiled for the dialect; return the driver's cursor.

        Bypasses SQLAlchemy's result objects, which would take ten times as long as SQLite; errors are SQLAlchemy's.
        """
        connection = self._connection or self.connection()
        for heard in self._heard:
            heard(connection, None, sql, parameters, None, False)
        try:
            return self._driver.execute(sql, parameters)
        except connection.dialect.loaded_dbapi.Error as error:
            connection._handle_dbapi_exception(error, sql, parameters, None, None)

    def many(self, statement: Any, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run a prepared statement that writes, once for each row of parameters."""
        self.flush()
        connection = self.connection()
        ready = PREPARED[id(statement)].ready(connection.dialect)
        values = list(map(ready.parameters, rows))
        for heard in self._heard:
            heard(connection, None, ready.sql, values, None, True)
        try:
            self._driver.cursor().executemany(ready.sql, values)
        except connection.dialect.loaded_dbapi.Error as error:
            connection._handle_dbapi_exception(error, ready.sql, values, None, None)

    def _rows(self, rows: Iterable[Any], parts: "Sequence[tuple[Part, Readers]]", *, is_scalar: bool) -> list[Any]:
        known = self._known
        if len(parts) == 1:
            kind, readers = parts[0]
            if kind is not None:
                taken = [self._row(kind, tuple(row), readers, known) for row in rows]
            else:
                taken = [_read(row, readers)[0] for row in rows] if readers else [row[0] for row in rows]
            return taken if is_scalar else [(row,) for row in taken]
        return [self._whole(row, parts, known) for row in rows]

    def _whole(
        self, values: Any, parts: "Sequence[tuple[Part, Readers]]", known: dict[tuple[Shape, Any], Any]
    ) -> tuple[Any, ...]:
        at = 0
        whole: list[Any] = []
        for part, readers in parts:
            if part is None:
                whole.append(readers[0][1](values[at]) if readers and values[at] is not None else values[at])
                at += 1
                continue
            end = at + part.width
            row = None
            if part.only_key is not None:  # in a join, most rows are there again and again
                key = values[at + part.only_key]
                row = None if key is None else known.get((part, key))
            whole.append(row if row is not None else self._row(part, tuple(values[at:end]), readers, known))
            at = end
        return tuple(whole)

    def _row(self, kind: Shape, values: tuple[Any, ...], readers: Readers, known: dict[tuple[Shape, Any], Any]) -> Any:
        keys = kind.keys
        key: Any
        if len(keys) == 1:
            key = values[keys[0]]
            if key is None:
                return None  # of an outer join
        else:
            if values[keys[0]] is None:
                return None
            if readers:
                values, readers = _read(values, readers), ()
            key = tuple([values[place] for place in keys])
        row = known.get((kind, key))
        if row is None:
            row = known[kind, key] = kind.loaded(_read(values, readers) if readers else values, self)
        return row

    def _one_by_one(
        self, rows: Iterable[Any], parts: "Sequence[tuple[Part, Readers]]", plain: Sequence[Plain], *, is_scalar: bool
    ) -> Found[Any]:
        """Return rows of which some are invalid, without those that may be left out. Raises: NotHeld: one may not."""
        found, left_out, of = [], [], {one.at: one for one in plain}
        for row in rows:
            try:
                whole = self._carefully(tuple(row), parts, of)
                found.append(whole[0] if is_scalar else whole)
            except _LeftOutError as left:
                left_out.append(left.fault)
        return Found(found, left_out)

    def _carefully(
        self, values: tuple[Any, ...], parts: "Sequence[tuple[Part, Readers]]", plain: Mapping[int, Plain]
    ) -> tuple[Any, ...]:
        at = 0
        whole: list[Any] = []
        for part, readers in parts:
            end = at + (1 if part is None else part.width)
            read = self._tried(values[at:end], readers)
            if part is not None:
                whole.append(self._as_row(part, read))
            elif len(whole) in plain:
                whole.append(self._as_plain(plain[len(whole)], read[0], values))
            elif read[0] is UNREAD:
                raise NotHeld("query", str(at), ())
            else:
                whole.append(read[0])
            at = end
        return tuple(whole)

    def _as_plain(self, one: Plain, value: Any, values: Sequence[Any]) -> Any:
        """Return a column's value, or what is read instead of it. Raises: _LeftOutError, NotHeld, as for its row."""
        if one.column.all_read([value]):
            return value
        key = ":".join("?" if at is None or values[at] is UNREAD else str(values[at]) for at in one.key)
        fault = note(self, one.kind.table.name, key, one.column.name)
        if one.column.name in one.kind.instead:
            other = one.kind.instead[one.column.name]
            return other(value) if callable(other) else other
        raise _LeftOutError(fault) if one.kind.alone else fault

    def _as_row(self, kind: Shape, values: list[Any]) -> Any:
        """Return a row of a table, with what is read instead of its invalid values. Raises: _LeftOutError, NotHeld."""
        key = tuple([values[place] for place in kind.keys])
        if key[0] is None:
            return None  # of an outer join
        known = (kind, key if len(key) > 1 else key[0])
        row = self._known.get(known)
        if row is not None or kind.fits(tuple(values)):
            return row or self._known.setdefault(known, kind.loaded(tuple(values), self))
        fault = kind.not_held(values)
        self.info.setdefault(NOT_HELD, {})[kind.table.name, fault.row] = fault
        taken = kind.read_instead(values)
        if taken is not None:
            row = self._known[known] = kind.loaded(taken, self)
            return row
        if kind.alone:
            raise _LeftOutError(fault)
        raise fault

    def _streamed(
        self, statement: Any, params: Any, result: Any, parts: Sequence[Part], *, is_scalar: bool
    ) -> Iterator[Any]:
        """Yield rows as they come, for reading only: the session does not remember them. Raises: NotHeld."""
        of_parts = [(part, ()) for part in parts]
        try:
            for some in result.partitions():
                for row in some:
                    whole = self._whole(row, of_parts, {})
                    yield whole[0] if is_scalar else whole
        except NotHeld:
            raise
        except UNREADABLE:  # SQLAlchemy does not say which row it could not read
            rows = self.connection().execute(statement, params or {}).cursor.fetchall()
            self._one_by_one(rows, self._read_by(statement, parts), (), is_scalar=is_scalar).whole()
            raise

    def get(self, entity: Any, ident: Any, *, with_for_update: Any = None, **_: Any) -> Any:
        """Return a row by its primary key, None if there is none."""
        kind = shape(entity)
        key = ident if not isinstance(ident, tuple) or len(kind.keys) > 1 else ident[0]
        found = self._known.get((kind, key))
        if found is not None:
            if with_for_update:
                self.refresh(found, with_for_update=True)
            return found
        of_key = dict(zip(kind.key_names, key if len(kind.keys) > 1 else (key,), strict=True))
        return self.ask(_by_key(kind.of, bool(with_for_update)), of_key).first()

    def get_one(self, entity: Any, ident: Any, **more: Any) -> Any:
        """Return a row by its primary key. Raises: NoResultFound."""
        found = self.get(entity, ident, **more)
        if found is None:
            key = ":".join(map(str, ident)) if isinstance(ident, tuple) else str(ident)
            raise self.info.get(NOT_HELD, {}).get((shape(entity).table.name, key), NoResultFound)
        return found

    def refresh(self, instance: Any, *_: Any, with_for_update: Any = None, **__: Any) -> None:
        """Read a row again. Raises: NoResultFound: it is gone."""
        self.flush()
        kind = instance.shape_
        prepared = _by_key(kind.of, bool(with_for_update))
        ready = prepared.ready(self.connection().dialect)
        of_key = {name: getattr(instance, name) for name in kind.key_names}
        row = self._drive(ready.sql, ready.parameters(of_key)).fetchone()
        if row is None:
            raise NoResultFound
        values = self._again(kind, row, ready.parts[0][1])
        for name, value in zip(kind.names, values, strict=True):
            object.__setattr__(instance, name, value)
        object.__setattr__(instance, "kept_", values)
        self._changed.pop(id(instance), None)

    def _again(self, kind: Shape, row: Any, readers: Readers) -> tuple[Any, ...]:
        """Return the values of a row that is read again. Raises: NotHeld: it has become invalid."""
        try:
            values = _read(row, readers)
        except UNREADABLE:
            values = tuple(self._tried(row, readers))
        if kind.fits(values):
            return values
        taken = kind.read_instead(values)
        if taken is None:
            raise kind.not_held(values)
        return taken

    @staticmethod
    def _tried(values: Any, readers: Readers) -> list[Any]:
        """Return the driver's values as ours, with UNREAD for those that cannot be read."""
        read = list(values)
        for place, process in readers:
            try:
                read[place] = None if read[place] is None else process(read[place])
            except UNREADABLE:
                read[place] = UNREAD
        return read

    def expire(self, instance: Any, *_: Any) -> None:
        """Read a row again; what was set on it and not written is dropped."""
        self._changed.pop(id(instance), None)
        self.refresh(instance)

    # --- writing ----------------------------------------------------------------------------------------------------

    def add(self, instance: Any, *_: Any, **__: Any) -> None:
        """Store a new row, or resume noting the changes of one from an earlier transaction."""
        if not isinstance(instance, LightRow):
            raise TypeError(type(instance).__name__)  # its table's class is no TableRow
        if instance.session_ is self:
            return
        if instance.kept_ is None:
            instance.session_ = self
            self._added.append(instance)
        else:
            object.__setattr__(instance, "session_", self)
            self._known[_key(instance)] = instance
            self._changed[id(instance)] = instance

    def add_all(self, instances: Iterable[Any]) -> None:
        """Store new rows."""
        for instance in instances:
            self.add(instance)

    def changed(self, row: Any) -> None:
        """Note that something was set on a row. Called by the row."""
        self._changed[id(row)] = row

    def merge(self, instance: Any, **_: Any) -> Any:
        """Store a row over the one with its primary key, or as a new one; return the stored row."""
        kind = instance.shape_
        key = tuple(getattr(instance, name) for name in kind.key_names)
        there = None if None in key else self.get(kind.of, key if len(key) > 1 else key[0])
        if there is None:
            there = kind.make(**instance.model_dump())
            self.add(there)
        else:
            for name in kind.names:
                setattr(there, name, getattr(instance, name))
        return there

    def delete(self, instance: Any) -> None:
        """Delete a row."""
        self.add(instance)
        if instance.kept_ is None:
            self._added = [row for row in self._added if row is not instance]
            instance.session_ = None
        else:
            self._gone.append(instance)

    def flush(self, *_: Any) -> None:
        """Write what is new, changed or deleted: table by table, so that what is referred to is there first."""
        new, changed, deleted = self._added, self._changed, self._gone
        if not (new or changed or deleted):
            return
        self._added, self._changed, self._gone = [], {}, []
        gone = {id(row) for row in deleted}
        by_table: dict[Shape, tuple[list[Any], list[Any]]] = {}
        for row in changed.values():
            if id(row) not in gone:
                by_table.setdefault(row.shape_, ([], []))[0].append(row)
        for row in new:
            by_table.setdefault(row.shape_, ([], []))[1].append(row)
        places = _places()
        for kind in sorted(by_table, key=lambda one: places[one.table.name]) if len(by_table) > 1 else by_table:
            rewritten, inserted = by_table[kind]
            for row in rewritten:
                self._update(kind, row)
            if inserted:
                self._insert(kind, inserted)
        for row in sorted(deleted, key=lambda one: -places[one.shape_.table.name]):
            self._delete(row)

    def _insert(self, kind: Shape, rows: Sequence[Any]) -> None:
        for row in rows:
            if not kind.may_be_written(kind.values(row)):
                raise kind.not_held(kind.values(row))
        serial = kind.serial
        assigned = [row for row in rows if serial and getattr(row, serial) is None]
        if len(assigned) > _FEW and len(assigned) == len(rows):
            names = [
                (name, column.name) for name, column in zip(kind.names, kind.columns, strict=True) if name != serial
            ]
            values = [{column: getattr(row, name) for name, column in names} for row in rows]
            column = kind.table.autoincrement_column
            assert column is not None
            query = insert(kind.table).returning(column, sort_by_parameter_order=True)
            for row, new_id in zip(rows, self.connection().execute(query, values).scalars().all(), strict=True):
                setattr(row, serial, new_id)
        elif len(rows) > _FEW and not assigned:
            pairs = tuple(zip(kind.names, kind.columns, strict=True))
            self.connection().execute(
                insert(kind.table), [{column.name: getattr(row, name) for name, column in pairs} for row in rows]
            )
        else:
            dialect = self.connection().dialect
            for row in rows:
                has_id = not serial or getattr(row, serial) is not None
                ready = _inserting(kind, dialect.name, has_id).ready(dialect)
                cursor = self._drive(ready.sql, ready.of_row(row))
                if not has_id:
                    setattr(row, serial, cursor.lastrowid if dialect.name == "sqlite" else cursor.fetchone()[0])
        for row in rows:
            row.kept_ = kind.values(row)
            row.__class__ = kind.stored
            self._known[_key(row)] = row
            if self._written is not None:
                self._written.append(("inserted", row))

    def _update(self, kind: Shape, row: Any) -> None:
        values, kept = kind.values(row), row.kept_
        if values == kept:
            return
        if not kind.may_be_written(values):
            raise kind.not_held(values)
        places = tuple([place for place, value in enumerate(values) if value != kept[place]])
        ready = _updating(kind, places).ready(self.connection().dialect)
        given = {kind.names[place]: values[place] for place in places}
        given |= {f"key_{place}": kept[place] for place in kind.keys}
        if self._drive(ready.sql, ready.parameters(given)).rowcount != 1:
            raise StaleDataError  # it is gone
        object.__setattr__(row, "kept_", values)
        if self._written is not None:
            self._written.append(("updated", row))

    def _delete(self, row: Any) -> None:
        kind = row.shape_
        connection = self.connection()
        wanted = [kind.columns[place] == row.kept_[place] for place in kind.keys]
        connection.execute(kind.table.delete().where(*wanted))
        self._known.pop(_key(row), None)
        object.__setattr__(row, "session_", None)
        if self._written is not None:
            self._written.append(("deleted", row))

    def _in_bulk(self, statement: Any, params: Any, prepared: Prepared | None = None) -> Any:
        """Update or delete rows by a condition; those of the table that the session knows are read again."""
        self.flush()
        if prepared is not None:
            ready = prepared.ready(self.connection().dialect)
            result: Any = self._drive(ready.sql, ready.parameters(params or {}))
        else:
            result = self.connection().execute(statement, params or {})
        name = statement.table.name
        for row in [row for (kind, _), row in self._known.items() if kind.table.name == name]:
            try:
                self.refresh(row)
            except NoResultFound:
                self._known.pop(_key(row), None)
                object.__setattr__(row, "session_", None)
        return result


class PartSession(RowSession):
    """A part of another session's transaction, with rows of its own: it is in that one's hands, and ends with it."""

    def __init__(self, whole: RowSession, engine: Engine) -> None:
        super().__init__(engine, whole.connection())

    def connection(self, *_: Any, **__: Any) -> Connection:
        """Return the connection, whose transaction has begun."""
        if self._connection is None:
            assert self._held is not None
            self._connection = self._held
            self._follow(self._held)
        return self._connection

    def commit(self) -> None:
        """Refuse: the part is kept or taken back with a savepoint, or with the whole."""
        raise NotImplementedError

    rollback = commit

    def close(self) -> None:
        """Forget the rows, which stay readable."""
        self._forget()
        self._connection = self._driver = None


def many(session: Session, statement: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    """Run a prepared statement that writes, once for each row of parameters."""
    assert isinstance(session, RowSession)
    session.many(statement, rows)


def _key(row: Any) -> tuple[Shape, Any]:
    kind = row.shape_
    names = kind.key_names
    return kind, (getattr(row, names[0]) if len(names) == 1 else tuple([getattr(row, name) for name in names]))


def _all_held(rows: Sequence[Any], plain: Sequence[Plain], *, is_scalar: bool) -> bool:
    """Return whether the plain values in what a query found are such as their columns may hold."""
    if is_scalar or not rows:
        return all(one.column.all_read(rows) for one in plain)
    columns = list(zip(*rows, strict=True))
    return all(one.column.all_read(columns[one.at]) for one in plain)


def _read(row: Any, readers: Sequence[tuple[int, Callable[[Any], Any]]]) -> tuple[Any, ...]:
    values = list(row)
    for place, process in readers:
        value = values[place]
        if value is not None:
            values[place] = process(value)
    return tuple(values)


@cache
def _places() -> dict[str, int]:
    return {table.name: place for place, table in enumerate(SQLModel.metadata.sorted_tables)}


@cache
def _by_key(table_class: Any, locked: bool) -> Prepared:
    kind = shape(table_class)
    query: Any = SelectOfScalar(table_class)
    for place, name in zip(kind.keys, kind.key_names, strict=True):
        query = query.where(kind.columns[place] == bindparam(name))
    return Prepared(query.with_for_update() if locked else query)


@cache
def _inserting(kind: Shape, dialect: str, has_id: bool) -> Prepared:
    values = {
        column: bindparam(name, type_=column.type)
        for name, column in zip(kind.names, kind.columns, strict=True)
        if has_id or name != kind.serial
    }
    statement: Any = insert(kind.table).inline().values(values)
    if not has_id and dialect != "sqlite":
        column: Any = kind.table.autoincrement_column
        statement = insert(kind.table).values(values).returning(column)
    return Prepared(statement)


@cache
def _updating(kind: Shape, places: tuple[int, ...]) -> Prepared:
    values = {kind.columns[place]: bindparam(kind.names[place], type_=kind.columns[place].type) for place in places}
    statement = update(kind.table).values(values)
    for place in kind.keys:
        column = kind.columns[place]
        statement = statement.where(column == bindparam(f"key_{place}", type_=column.type))
    return Prepared(statement)
