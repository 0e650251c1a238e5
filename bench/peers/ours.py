"""Our bot in the comparison: its databases, and waiting until it has done what its replies left for later."""

import asyncio
import sqlite3
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from app import main
from bench.measure import KEY, TRAIL
from bench.peers.channel import person_id
from tests.conftest import has_postgres, postgres_url
from tests.migrated import put_database
from tests.wire.bot_process import people_csv
from tests.wire.door import TENANT

PEOPLE = 50
SETTINGS = {
    "BK_MODE": "dev",
    "BK_TENANTS": TENANT,
    "BK_KEYS": "bench:" + b64encode(KEY).decode(),
    "BK_SECRET_KEY": "5b" * 32,
    "BK_TRAIL_KEY": TRAIL.hex(),
}
_LEFT = (
    "select count(*) from outbox where state in ('waiting', 'sending')",
    "select count(*) from changed",
    "select count(*) from event where not sealed",
)
_RESTS_WITHIN = 120.0


class Databases:
    """Databases that hold the made-up people, each a copy of one that is made at first use."""

    def __init__(self, folder: Path, people: int = PEOPLE) -> None:
        self._folder, self._people = folder, people
        self._name = f"bench_{uuid4().hex[:12]}"
        self._made: set[str] = set()

    @property
    def has_postgres(self) -> bool:
        """True if there is a PostgreSQL server to create databases on."""
        return has_postgres()

    @contextmanager
    def new(self, kind: str) -> Iterator[str]:
        """Yield the address of a new database (sqlite or postgresql), which is deleted afterwards."""
        with self._postgresql() if kind == "postgresql" else self._sqlite() as url:
            yield url

    def close(self) -> None:
        """Delete the PostgreSQL database that copies were made from."""
        if "postgresql" in self._made:
            _drop(self._name)

    @contextmanager
    def _sqlite(self) -> Iterator[str]:
        first, copy = self._folder / "people.db", self._folder / f"{uuid4().hex}.db"
        if "sqlite" not in self._made:
            put_database(first)
            self._fill(f"sqlite:///{first}", "sqlite")
        with closing(sqlite3.connect(first)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        yield f"sqlite:///{copy}"
        for path in self._folder.glob(copy.name + "*"):
            path.unlink()

    @contextmanager
    def _postgresql(self) -> Iterator[str]:
        if "postgresql" not in self._made:
            _create(self._name)
            self._fill(_address(self._name), "postgresql")
        name = f"{self._name}_copy"
        _create(name, of=self._name)
        try:
            yield _address(name)
        finally:
            _drop(name)

    def _fill(self, url: str, kind: str) -> None:
        register = self._folder / "people.csv"
        register.write_text(people_csv(tuple(map(person_id, range(self._people)))), encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            for name, value in (SETTINGS | {"BK_DATABASE_URL": url}).items():
                patch.setenv(name, value)
            assert main(("migrate",)) == 0
            assert main(("people", "import", str(register))) == 0
        self._made.add(kind)


async def at_rest(url: str) -> None:
    """Wait until the bot has sent, counted and chained everything: the work its replies leave is part of their cost.

    The database is queried directly, so that waiting costs the bot nothing.
    """
    end = time.monotonic() + _RESTS_WITHIN
    while time.monotonic() < end:
        if not any(await asyncio.to_thread(_left, url)):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"the bot still had work left after {_RESTS_WITHIN:g} s")


def _left(url: str) -> list[int]:
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as read:
            return [read.execute(query).fetchone()[0] for query in _LEFT]
    with psycopg.connect(url) as server:
        rows = [server.execute(query.encode()).fetchone() for query in _LEFT]
    return [row[0] for row in rows if row is not None]


def _address(name: str) -> str:
    return urlunsplit(urlsplit(postgres_url())._replace(path=f"/{name}"))


def _create(name: str, of: str = "template0") -> None:
    with psycopg.connect(postgres_url(), autocommit=True) as server:
        words = sql.SQL("create database {} template {} encoding 'UTF8'")
        server.execute(words.format(sql.Identifier(name), sql.Identifier(of)))


def _drop(name: str) -> None:
    with psycopg.connect(postgres_url(), autocommit=True) as server:
        server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
