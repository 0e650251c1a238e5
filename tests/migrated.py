"""A migrated SQLite database to begin with: copied, as migrating costs more than most tests that need one."""

import tempfile
from functools import cache
from pathlib import Path

from storage import migrate
from storage.desk import opened
from storage.sealing import Keys

TRAIL = b"t" * 32
"""The key of the trail, for every test that opens a database."""


def put_database(path: Path) -> str:
    """Put an empty database of the newest schema there, and return its URL."""
    path.write_bytes(_migrated())
    return f"sqlite:///{path}"


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.db"
        with opened(f"sqlite:///{path}", Keys({"none": bytes(32)}, TRAIL)) as desk:
            migrate.upgrade(desk)
        return path.read_bytes()
