"""Gives each test a room: a bot's database with people in it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import migrate
from storage.desk import Desk
from storage.sealing import Keys
from tests.chat.harness import Chat, Room, move_in
from tests.chat.lived import Memory
from tests.conftest import TRAIL

KEYS = {"test": bytes(32)}


class Furnished:
    """A database with people in it that can be reset to a saved state: far cheaper than creating one per test."""

    def __init__(self, path: Path) -> None:
        self.desk = Desk(f"sqlite:///{path}", Keys(KEYS, TRAIL))
        migrate.upgrade(self.desk)
        move_in(self.desk)
        connection = self.desk.engine.raw_connection().driver_connection
        assert isinstance(connection, sqlite3.Connection)
        self._connection = connection
        self._connection.execute("pragma synchronous=off")  # no power failures in these tests
        self._as_it_was = sqlite3.connect(":memory:")
        self._connection.backup(self._as_it_was)
        self._memory = Memory(self._connection, self._forget)

    def room(self) -> Room:
        """Reset the database and return a new room."""
        self._as_it_was.backup(self._connection)
        self._forget()
        room = Room(self.desk, memory=self._memory)
        self._memory.begins(room)
        return room

    def _forget(self) -> None:
        self.desk.keys = Keys(KEYS, TRAIL)

    def keep(self) -> None:
        """Make the current state the one to reset to."""
        self._connection.backup(self._as_it_was)
        self._memory.clear()

    def close(self) -> None:
        """Close the database."""
        self._memory.clear()
        self._as_it_was.close()
        self.desk.close()


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    made = Furnished(tmp_path_factory.mktemp("furnished") / "bot.db")
    yield made
    made.close()


@pytest.fixture
def room(furnished: Furnished) -> Room:
    return furnished.room()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either_room(request: pytest.FixtureRequest, furnished: Furnished) -> Iterator[Room]:
    """Yield a room on SQLite, then one on PostgreSQL."""
    if request.param == "sqlite":
        yield furnished.room()
        return
    desk = Desk(request.getfixturevalue("emptied_database"), Keys(KEYS, TRAIL))
    move_in(desk)
    yield Room(desk)
    desk.close()


@pytest.fixture
def anna(room: Room) -> Chat:
    return room.chat("anna")


@pytest.fixture
def bo(room: Room) -> Chat:
    return room.chat("bo")
