"""Scrub freed pages after disposal: a deleted row is not gone as long as its bytes remain in the database files."""

import sqlite3
import time
from pathlib import Path

import psycopg
from psycopg import sql
from sqlmodel import SQLModel

from checklists.faults import Code, Refusal, fault

_WAIT = 30
"""Seconds to wait for locks, and for older transactions to end."""


class NotScrubbed(Refusal):
    """The rows are deleted, but the files could not be rewritten. why: the database's own words."""

    def __init__(self, why: str) -> None:
        super().__init__(fault(Code.NOT_SCRUBBED, why=why))
        self.why = why


def scrub(url: str) -> None:
    """Rewrite the database files without what was deleted. Raises: NotScrubbed.

    SQLite: VACUUM, and truncation of the write-ahead log. PostgreSQL: VACUUM FULL; its write-ahead log is recycled by
    the server and cannot be rewritten from here.
    """
    try:
        if url.startswith("sqlite:///"):
            _sqlite(Path(url.removeprefix("sqlite:///")))
        else:
            _postgresql(url)
    except (sqlite3.OperationalError, psycopg.Error) as error:
        raise NotScrubbed(str(error).strip().partition("\n")[0]) from None


def _sqlite(path: Path) -> None:
    connection = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
    try:
        connection.execute("pragma secure_delete=on")
        connection.execute("vacuum")
        busy, _, _ = connection.execute("pragma wal_checkpoint(truncate)").fetchone()
    finally:
        connection.close()
    if busy:
        raise sqlite3.OperationalError("busy")


def _postgresql(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("set lock_timeout = {}").format(f"{_WAIT}s"))
        _wait_for_older(connection)
        for table in SQLModel.metadata.sorted_tables:
            connection.execute(sql.SQL("vacuum (full, analyze) {}").format(sql.Identifier(table.name)))
        # Planner statistics hold column values too. This needs a superuser; for others the server skips it.
        connection.execute("vacuum (full) pg_statistic")


def _wait_for_older(connection: psycopg.Connection) -> None:
    """Wait for all older transactions to end, because VACUUM keeps deleted rows that any of them may still see.

    Writing transactions count in every database of the server (they hold back all snapshots), reading ones in this one.

    Raises: psycopg.OperationalError: one was still running after _WAIT seconds.
    """
    [(mark,)] = connection.execute("select pg_current_xact_id()::text").fetchall()
    writing = "pg_snapshot_xmin(pg_current_snapshot()) <= %(mark)s::xid8"
    reading = """exists (
        select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
        and age(backend_xmin) > age(%(mark)s::xid8::xid)
    )"""
    query = f"select {writing} or {reading}".encode()
    until = time.monotonic() + _WAIT
    while connection.execute(query, {"mark": mark}).fetchone() != (False,):
        if time.monotonic() > until:
            raise psycopg.OperationalError("an older transaction is still running")
        time.sleep(0.1)
