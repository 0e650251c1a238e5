"""A migrated SQLite database for tests to start from: copied, as migrating costs more than most of those tests."""

import tempfile
from functools import cache
from pathlib import Path

from storage import migrate
from storage.desk import opened
from storage.sealing import Keys
from tests.conftest import TRAIL


def put_database(path: Path) -> str:
    """Create an empty database with the newest schema at the path, and return its URL."""
    path.write_bytes(_migrated())
    return f"sqlite:///{path}"


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.db"
        with opened(f"sqlite:///{path}", Keys({"none": bytes(32)}, TRAIL)) as desk:
            migrate.upgrade(desk)
        return path.read_bytes()
