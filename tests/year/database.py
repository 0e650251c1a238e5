"""What a town's bot stores in, a SQLite file or a database of PostgreSQL, and how it is looked into from beside it."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from storage import migrate
from storage.desk import opened
from storage.sealing import Keys
from tests.conftest import TRAIL, new_database
from tests.migrated import put_database

Column = tuple[str, str, str]
"""Table, column, type."""


class Database:
    """A database. url: as the bot takes it. files: where SQLite keeps it.

    is_away: every transaction of the bot is refused as it begins. On SQLite somebody holds the lock instead.
    """

    columns = """select m.name, c.name, c.type from sqlite_master m join pragma_table_info(m.name) c
        where m.type = 'table' and m.name not like 'sqlite_%' order by m.name, c.cid"""

    def __init__(self, url: str) -> None:
        self.url = url
        path = Path(url.removeprefix("sqlite:///"))
        self.files: Sequence[Path] = (path, path.with_name(f"{path.name}-wal"))
        self.is_away = False
        self._open(path)

    def _open(self, path: Path) -> None:
        self._beside: Any = sqlite3.connect(path, isolation_level=None)
        self._blocker = sqlite3.connect(path, isolation_level=None, timeout=0)

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query with `?` for its values, days as text."""
        return list(self._beside.execute(query, values).fetchall())

    def hold(self) -> None:
        """Let no transaction of the bot begin."""
        self._blocker.execute("begin immediate")

    def let_go(self) -> None:
        """Let them begin again."""
        if self._blocker.in_transaction:
            self._blocker.execute("rollback")

    def close(self) -> None:
        """Close what was opened to look into it."""
        self._beside.close()
        self._blocker.close()


class OnPostgres(Database):
    """The same on PostgreSQL."""

    columns = """select table_name, column_name, upper(data_type) from information_schema.columns
        where table_schema = 'public' order by table_name, ordinal_position"""

    def _open(self, path: Path) -> None:
        self.files = ()
        self._beside = psycopg.connect(self.url, autocommit=True)

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query with `?` for its values, days as text."""
        written = query.replace("%", "%%").replace("?", "%s") if values else query
        rows = self._beside.execute(written.encode(), values or None).fetchall()
        return [tuple(str(one) if isinstance(one, date) else one for one in row) for row in rows]

    def hold(self) -> None:
        """Let no transaction of the bot begin."""
        self.is_away = True

    def let_go(self) -> None:
        """Let them begin again."""
        self.is_away = False

    def close(self) -> None:
        """Close what was opened to look into it."""
        self._beside.close()


@contextlib.contextmanager
def a_database(folder: Path, *, postgres: bool) -> Iterator[Database]:
    """Yield an empty database of the newest schema."""
    if not postgres:
        with contextlib.closing(Database(put_database(folder / "town.db"))) as found:
            yield found
        return
    with new_database() as url:
        with opened(url, Keys({"none": bytes(32)}, TRAIL)) as desk:
            migrate.upgrade(desk)
        with contextlib.closing(OnPostgres(url)) as found:
            yield found
