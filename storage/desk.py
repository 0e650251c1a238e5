"""The database engine, and one transaction per turn: a single writer on SQLite, a small pool on PostgreSQL."""

import asyncio
import contextlib
import logging
import math
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Engine, bindparam, create_engine, event, func, select, text
from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, InvalidatePoolError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool, StaticPool
from sqlmodel import Session

from checklists.faults import Code, Refusal, fault
from storage import private
from storage.database_address import is_readable, names_several_hosts, parts_of
from storage.held import MET_BEFORE, NOT_HELD, NotHeld, text_read
from storage.prepared import prepared
from storage.sealing import Keys
from storage.session import PartSession, RowSession

T = TypeVar("T")
__all__ = ["CannotOpen", "Desk", "Session", "is_held_by_another", "opened"]
log = logging.getLogger(__name__)
_TRIES = 5
_POOL = 5
_PREPARED_AFTER = 2
_PREPARED_MOST = 400
"""A PostgreSQL connection prepares a statement at its third use, and keeps this many: enough for all that turns run."""
_TESTED_AFTER = 5.0
"""Seconds of idleness after which a connection is tested before it is used."""
_USED = "used"
_PATIENCE = 5.0
"""Seconds to wait for another process that holds the write lock of the SQLite file, or a lock in PostgreSQL."""
_LOCKED_FOR = 2.0
"""Seconds after such a wait has failed during which other transactions fail at once instead of waiting in turn."""
_SERIALISE = prepared(select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name"), 0))))
_TOGETHER = 16
"""The most units of work that share a commit: the first of them is answered only after all have been run."""
_SQLITE_PRAGMAS: dict[str, str | int] = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
"""synchronous=2 is FULL: a commit is on disk before it is acknowledged."""


_KEEPALIVES = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000}
"""A server whose machine is gone says nothing: after some ten seconds its connections count as broken."""


class CannotOpen(Refusal):
    """The database cannot be opened as required."""

    exit_code = 2


_Waiting = tuple[Callable[[Session], Any], asyncio.Future[Any]]
"""A unit of work that may share a commit, and what gets its result once that is on disk, or what it raised."""
_Ended = tuple[asyncio.Future[Any], Any, BaseException | None]
"""What waits for a unit of work, with its result or what it raised."""


class Desk:
    """Runs units of work, each in one transaction, on threads off the event loop."""

    def __init__(self, url: str, keys: Keys) -> None:
        """Open the database (`sqlite:///PATH` or `postgresql://…`).

        Raises: CannotOpen: the URL or path is unusable, or SQLite does not accept the required settings.
        """
        self.keys = keys
        self.dialect = "sqlite" if url.startswith("sqlite") else "postgresql"
        self.engine = _sqlite(url) if self.dialect == "sqlite" else _postgresql(url)
        # SQLite: one connection, kept open, so one transaction at a time, from any thread.
        self._writer = self.engine.connect() if self.dialect == "sqlite" else None
        self._reading = _sqlite(url, to_read=True) if self.dialect == "sqlite" else self.engine
        self._one_writer = threading.Lock() if self.dialect == "sqlite" else contextlib.nullcontext()
        self._write_failed = False
        self._texts_read_singly = False
        self._waiting: deque[_Waiting] = deque()
        self._is_called = False
        self.not_held: dict[tuple[str, str], NotHeld] = {}
        """The invalid rows that transactions have met since `report_anew`, by table and key."""
        self._reported: dict[tuple[str, str], NotHeld] = {}
        self.noticed: Callable[[], None] | None = None
        """Called for each row added to `not_held`."""
        # One at a time, also on PostgreSQL: a report costs more than a hundred turns, and they share one interpreter.
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="reader")
        self._threads = ThreadPoolExecutor(1 if self.dialect == "sqlite" else _POOL, thread_name_prefix="desk")

    async def run(
        self, work: Callable[[Session], T], serial: str = "", *, keep: bool = True, shares: bool = False
    ) -> T:
        """Run `work` on one of the desk's threads; see `run_now`.

        shares: it is short and a person waits for it: on SQLite it shares a commit with others that wait meanwhile.
        """
        if shares and keep and self._writer is not None:
            done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
            self._waiting.append((work, done))
            self._call()
            return await done
        once = partial(self.run_now, work, serial, keep=keep)
        return await asyncio.get_running_loop().run_in_executor(self._threads, once)

    def run_now(self, work: Callable[[Session], T], serial: str = "", *, keep: bool = True) -> T:
        """Run `work(session)` in one transaction, commit, and return its result. keep: False to roll back instead.

        serial: transactions with the same name run one after another (the turns of one chat). After a unique-key
        conflict with a concurrent transaction, a serialization failure, a deadlock, a lost connection or a text that is
        no UTF-8, `work` is run again from the start, so it must have no side effects outside the session.

        Raises: what `work` raises, after a rollback.
        """
        for left in range(_TRIES - 1, -1, -1):
            try:
                return self._once(work, serial, keep=keep)
            except (IntegrityError, OperationalError, sqlite3.OperationalError) as error:
                if not left or not (_worth_another_try(error) or self._reads_texts_singly_after(error)):
                    self._write_failed = True
                    raise
        raise AssertionError("unreachable")

    def _once(self, work: Callable[[Session], T], serial: str, *, keep: bool) -> T:
        with self._one_writer, RowSession(self.engine, self._writer) as session:
            session.info.update(self._info())
            if serial and self.dialect == "postgresql":
                session.exec(_SERIALISE, params={"name": serial})
            try:
                result = work(session)
                if keep:
                    session.commit()
                    self.keys.remember(session)
                else:
                    session.flush()  # so that the database may refuse it
                    session.rollback()
                return result
            finally:
                if NOT_HELD in session.info:
                    self._tell(session.info[NOT_HELD])

    def _call(self) -> None:
        """Have what waits run, with one call for all that comes before it begins."""
        if not self._is_called:
            self._is_called = True  # before it can begin, which lets the next one call again
            try:
                self._threads.submit(self._run_waiting)
            except RuntimeError:  # the desk is closed
                self._is_called = False
                raise

    def _run_waiting(self) -> None:
        """Run what waits, on SQLite's one thread: as many as share a commit, the others after what is queued."""
        self._is_called = False  # before anything is taken: whatever comes now calls again
        taken: list[_Waiting] = []
        while self._waiting and len(taken) < _TOGETHER:
            one = self._waiting.popleft()
            if not one[1].cancelled():
                taken.append(one)
        for work, done in self._run_together(taken) if len(taken) > 1 else taken:
            ended: _Ended
            try:
                ended = done, self.run_now(work), None
            except BaseException as error:
                ended = done, None, error
            with _NOBODY_WAITS:
                done.get_loop().call_soon_threadsafe(_answer, [ended])
        if self._waiting:
            try:
                self._call()
            except RuntimeError:
                self._run_waiting()

    def _run_together(self, waiting: Sequence[_Waiting]) -> list[_Waiting]:
        """Run some in one transaction, each in a savepoint. Return those that have yet to be run, each by itself.

        Whatever raises is taken back and run again by itself, so that it ends as it would have without the others. When
        the transaction cannot begin or be committed, all in it are refused: none has been told anything yet.
        """
        parts: list[tuple[asyncio.Future[Any], Any, RowSession]] = []
        alone: list[_Waiting] = []
        try:
            with self._one_writer, RowSession(self.engine, self._writer) as whole:
                driver: Any = whole.connection().connection.driver_connection
                for work, done in waiting:
                    try:
                        with PartSession(whole, self.engine) as session, session.begin_nested():
                            session.info.update(self._info())
                            result = work(session)
                    except Exception:  # it may raise it again, by itself
                        alone.append((work, done))
                    else:
                        parts.append((done, result, session))
                    if not driver.in_transaction:  # SQLite has rolled back all of it, as on a full disk
                        return list(waiting)
                whole.commit()
                for _, _, session in parts:
                    self.keys.remember(session)
        except BaseException as error:
            self._write_failed = True
            refused = [(one[1], None, error) for one in waiting if one not in alone]
            with _NOBODY_WAITS:
                waiting[0][1].get_loop().call_soon_threadsafe(_answer, refused)
            return alone
        for _, _, session in parts:
            if NOT_HELD in session.info:
                self._tell(session.info[NOT_HELD])
        with _NOBODY_WAITS:
            waiting[0][1].get_loop().call_soon_threadsafe(_answer, [(done, result, None) for done, result, _ in parts])
        return alone

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run `work` on the thread for reading, beside the writers; see `read_now`."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, self.read_now, work)

    def read_now(self, work: Callable[[Session], T]) -> T:
        """Run `work(session)` in a read-only transaction on one snapshot, without blocking writers.

        For long reads: SQLite's single writer is free meanwhile. After a text that is no UTF-8, `work` is run again.

        Raises: what `work` raises.
        """
        try:
            return self._read_once(work)
        except (OperationalError, sqlite3.OperationalError) as error:
            if not self._reads_texts_singly_after(error):
                raise
            return self._read_once(work)

    def _read_once(self, work: Callable[[Session], T]) -> T:
        with RowSession(self._reading) as session:
            session.info.update(self._info(), only_reads=True)
            if self.dialect == "postgresql":
                _only_read(session)
            try:
                result = work(session)
                session.commit()
                return result  # opened keys are not cached: one may have been destroyed since the snapshot
            finally:
                if NOT_HELD in session.info:
                    self._tell(session.info[NOT_HELD])

    def _tell(self, met: dict[tuple[str, str], NotHeld]) -> None:
        """Log invalid rows, each once until `report_anew`."""
        for at, one in met.items():
            if at not in self.not_held:
                self.not_held[at] = one
                log.error("%s at %s", one.fault, one.where)
                if self.noticed is not None:
                    self.noticed()

    def report_anew(self) -> None:
        """Log invalid rows that are met again. Those met since this was last called stay known to `not_held.met`."""
        self._reported, self.not_held = self.not_held, {}

    def _info(self) -> dict[str, Any]:
        """Return what every session knows."""
        return {"keys": self.keys, MET_BEFORE: (self._reported, self.not_held)}

    def _reads_texts_singly_after(self, error: Exception) -> bool:
        """Return whether a read failed because of a text that is no UTF-8, and only the next one reads it as UNREAD.

        SQLite takes such bytes, and its driver refuses every row that is read together with them. To look at each text
        costs a press some per cent, so that is done only in a database where one has been met, until the next start.
        """
        if self._writer is None or self._texts_read_singly or not _is_no_text(error):
            return False
        self._texts_read_singly = True
        for engine in (self.engine, self._reading):
            event.listen(engine, "connect", _read_texts_singly)
        _read_texts_singly(self._writer.connection.driver_connection, None)
        self._reading.dispose()  # its next connections are new ones
        return True

    def is_ready(self) -> bool:
        """Return whether the database answers and, after a failed write, whether it can be written to again.

        A full disk can still be read, so in that case the probe is an update that changes nothing.
        """
        probe = text("update alembic_version set version_num = version_num" if self._write_failed else "select 1")

        def work(session: Session) -> None:
            session.connection().execute(probe)

        try:
            self.run_now(work)
        except DBAPIError:
            return False
        self._write_failed = False
        return True

    def close(self) -> None:
        """Wait for running transactions, then close the database."""
        self._threads.shutdown(wait=True)
        self._reader.shutdown(wait=True)
        if self._writer is not None:
            self._writer.close()
        self.engine.dispose()
        self._reading.dispose()


_NOBODY_WAITS = contextlib.suppress(RuntimeError)
"""For the case that the event loop has been closed meanwhile."""


def _answer(ended: Sequence[_Ended]) -> None:
    """Give units of work that ran together to those who wait for them. Called on their event loop, once for all."""
    for done, result, error in ended:
        if done.cancelled():
            continue
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)


@contextlib.contextmanager
def opened(url: str, keys: Keys) -> Iterator[Desk]:
    """Open a desk for the duration of a with block."""
    desk = Desk(url, keys)
    try:
        yield desk
    finally:
        desk.close()


def _only_read(session: RowSession) -> None:
    """Let the transaction see one snapshot, on a new connection if the server was restarted since the last one."""
    statement = text("set transaction isolation level repeatable read, read only")
    try:
        session.connection().execute(statement)
    except OperationalError as error:
        if not error.connection_invalidated:
            raise
        session.close()
        session.connection().execute(statement)


def is_held_by_another(error: OperationalError) -> bool:
    """Return whether the wait for a lock that another process holds timed out."""
    of_sqlite = getattr(error.orig, "sqlite_errorcode", None)
    held = of_sqlite is not None and of_sqlite & 0xFF == sqlite3.SQLITE_BUSY  # the low byte is the kind
    return held or getattr(error.orig, "sqlstate", None) == "55P03"


def _is_no_text(error: Exception) -> bool:
    """Return whether SQLite's driver could not decode a text; this error alone has no code of SQLite's."""
    found = getattr(error, "orig", error)
    return isinstance(found, sqlite3.OperationalError) and str(found).startswith("Could not decode to UTF-8")


def _read_texts_singly(connection: Any, _record: Any) -> None:
    connection.text_factory = text_read


def _worth_another_try(error: Exception) -> bool:
    if isinstance(error, IntegrityError):
        return True
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    return state in ("40001", "40P01") or bool(error.connection_invalidated)


def _sqlite(url: str, *, to_read: bool = False) -> Engine:
    path = Path(url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite:///") or not path.name:
        raise CannotOpen(fault(Code.URL_UNREADABLE))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotOpen(fault(Code.FOLDER_REFUSED, why=error.strerror)) from None
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool if to_read else StaticPool,
        connect_args={"check_same_thread": False, "timeout": _PATIENCE},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _set_pragmas)
    if to_read:
        event.listen(engine, "connect", lambda connection, _record: connection.execute("pragma query_only=1").close())
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        return engine
    # What a savepoint would restore stays in memory instead of in a file that each shared commit makes and deletes.
    event.listen(engine, "connect", lambda connection, _record: connection.execute("pragma temp_store=2").close())
    # The driver must not begin transactions by itself: a transaction that reads first fails at once on its first write
    # if another process has written in between. BEGIN IMMEDIATE takes the write lock up front, and waits for it.
    event.listen(engine, "begin", _Begin())
    try:
        with engine.connect():
            pass
    except DatabaseError as error:  # also a file that is no database
        raise CannotOpen(fault(Code.DATABASE_REFUSED, file=path, why=str(error.orig))) from None
    for name in (path.name, path.name + "-wal", path.name + "-shm"):
        private.tighten(path.with_name(name))
    return engine


class _Begin:
    """Begins a writing transaction. After a timeout on the locked file, further attempts fail at once for a while.

    Otherwise the waiting times of all queued turns would add up.
    """

    def __init__(self) -> None:
        self._locked_until = 0.0
        self._waits = True

    def __call__(self, connection: Connection) -> None:
        """Begin. Raises: OperationalError: another process holds the write lock."""
        waits = time.monotonic() >= self._locked_until
        if waits != self._waits:
            connection.exec_driver_sql(f"pragma busy_timeout={int(1000 * _PATIENCE) if waits else 0}")
            self._waits = waits
        driver: Any = connection.connection.driver_connection
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            self._locked_until = time.monotonic() + _LOCKED_FOR
            connection._handle_dbapi_exception(error, "BEGIN IMMEDIATE", (), None, None)


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma, wanted in _SQLITE_PRAGMAS.items():
        connection.execute(f"pragma {pragma}={wanted}").close()
        got = connection.execute(f"pragma {pragma}").fetchone()[0]
        if got != wanted:
            raise CannotOpen(fault(Code.SQLITE_UNSAFE, found=got, pragma=pragma, wanted=wanted))


def _postgresql(url: str) -> Engine:
    """Open a PostgreSQL database by its address as libpq reads it. Of several hosts, the one that takes writes is used.

    Nothing is read from a standby: what a turn reads decides what it writes.
    """
    if not url.startswith(("postgresql://", "postgres://")) or not is_readable(url):
        raise CannotOpen(fault(Code.URL_UNREADABLE))
    parts: dict[str, Any] = parts_of(url) or {}
    several = names_several_hosts(parts)
    attributes = parts.get("target_session_attrs")
    if several and attributes not in ("read-write", "primary"):
        raise CannotOpen(fault(Code.STANDBY_NAMED))
    # Also for a single name: it may stand for several addresses, or for a server that has become a standby.
    parts["target_session_attrs"] = attributes if attributes in ("read-write", "primary") else "primary"
    options = (
        f"{parts.get('options') or ''} -c synchronous_commit=on -c statement_timeout=20000 -c timezone=UTC"
        f" -c lock_timeout={int(1000 * _PATIENCE)}"
    )
    engine = create_engine(
        "postgresql+psycopg://",
        poolclass=QueuePool,
        pool_size=_POOL + 1,  # one for each thread of the desk, and the reader's: none is opened for a single turn
        max_overflow=2,
        pool_use_lifo=True,  # the connection used last has its statements prepared
        pool_recycle=1800,
        hide_parameters=True,  # error messages would quote them
        connect_args={
            **_KEEPALIVES,
            **parts,
            "prepare_threshold": _PREPARED_AFTER,
            "connect_timeout": 2 if several else 5,  # per host: those after a dead one have to wait for it
            "options": options.strip(),
        },
    )
    event.listen(engine, "connect", _check_encoding, insert=True)  # before SQLAlchemy reads anything as text
    event.listen(engine, "connect", _remember_statements)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", partial(_test_if_idle, engine.dialect))
    return engine


def _check_encoding(connection: Any, _record: ConnectionPoolEntry) -> None:
    """Refuse a database that cannot hold every letter, or that takes bytes which are none. Raises: CannotOpen."""
    found = connection.info.parameter_status("server_encoding")
    if found != "UTF8":
        raise CannotOpen(fault(Code.NOT_IN_UTF8, found=found))


def _remember_statements(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.prepared_max = _PREPARED_MOST


def _note_use(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[_USED] = time.monotonic()


def _test_if_idle(dialect: Dialect, connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Test whether the server of an idle connection is still there. Raises: InvalidatePoolError: it is not.

    A connection in constant use is not tested, which would cost every turn a round trip: when its server is gone, the
    first statement fails, every connection is opened anew, and the turn runs again.
    """
    if time.monotonic() - record.info.get(_USED, math.inf) < _TESTED_AFTER:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error:
        raise InvalidatePoolError from None
