"""After disposal: the freed pages too. A deleted row is not gone while its bytes lie in the files."""

import sqlite3
from pathlib import Path

import psycopg
from psycopg import sql
from sqlmodel import SQLModel

_WAIT = 30


class NotScrubbed(Exception):
    """The rows are gone, but someone held the database so that its files could not be rewritten; one sentence."""


def scrub(url: str) -> None:
    """Rewrite the database's files without what was deleted. Raises: NotScrubbed.

    SQLite: VACUUM, and the write-ahead log emptied. PostgreSQL: VACUUM FULL; its own write-ahead log is recycled
    by the server and is not ours to rewrite.
    """
    try:
        if url.startswith("sqlite:///"):
            _sqlite(Path(url.removeprefix("sqlite:///")))
        else:
            _postgresql(url)
    except (sqlite3.OperationalError, psycopg.Error):
        raise NotScrubbed(
            "everything that was due is gone, but the database was in use, so its files could not be "
            "rewritten; run dispose once more to do that"
        ) from None


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
        for table in SQLModel.metadata.sorted_tables:
            connection.execute(sql.SQL("vacuum (full, analyze) {}").format(sql.Identifier(table.name)))
