"""One migration in a process that is killed at one of its statements. Imports no more than it needs: see warm.py."""

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import event

from storage import migrate
from storage.desk import Session, opened
from storage.sealing import Keys

MIGRATIONS = Path(migrate.__file__).parent / "migrations"


def config_on(session: Session) -> Config:
    """Return a configuration that migrates within a transaction."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = session.connection()
    return config


def run(url: str, keys: Mapping[str, bytes], trail: bytes, to: str, at: int, mutant: str) -> None:
    """Migrate to a version, and kill the process after a change. at: which change, counted from 0.

    mutant: if not empty, the changes so far are committed before that.
    """
    left = [at]
    with opened(url, Keys(keys, trail)) as desk:

        def count(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            left[0] -= statement.lstrip().lower().startswith(("create", "alter", "drop", "insert", "update", "delete"))
            if left[0] < 0:
                if mutant:
                    connection.connection.driver_connection.commit()
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(desk.engine, "after_cursor_execute", count)
        desk.run_now(lambda session: command.upgrade(config_on(session), to), serial="migrate")
