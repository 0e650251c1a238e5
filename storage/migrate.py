"""Upgrade a database to the newest schema, and check whether it has it."""

import time
from pathlib import Path
from typing import Literal

from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from checklists.faults import Code, fault
from storage import trail
from storage.desk import CannotOpen, Desk, is_held_by_another

HEAD = "0038"
"""The number of the newest migration; a test compares it with migrations/versions."""
_OTHERS_TAKE = 600.0
"""Seconds another process may take to migrate; a large database takes minutes."""
_LOOKS_AGAIN = 0.2


State = Literal["none", "old", "current", "newer"]


def state(desk: Desk) -> tuple[State, str]:
    """Return how the schema compares with this release's, and its number; migrations are numbered in order."""
    found = _version(desk) or ""
    if not found:
        return "none", ""
    return ("current" if found == HEAD else "newer" if found > HEAD else "old"), found


def check_not_newer(desk: Desk) -> None:
    """Refuse a database that a newer release has migrated. Raises: CannotOpen."""
    standing, found = state(desk)
    if standing == "newer":
        raise CannotOpen(fault(Code.SCHEMA_NEWER, found=found, known=HEAD))


def is_current(desk: Desk) -> bool:
    """Return whether the schema is the newest, without importing Alembic."""
    return _version(desk) == HEAD


def upgrade(desk: Desk) -> None:
    """Run the pending migrations, in one transaction, one process at a time; the others wait for it.

    Raises: CannotOpen: a newer release has migrated it. sqlalchemy errors: a migration failed, or another process
        holds the database for ten minutes.
    """
    check_not_newer(desk)
    give_up_at = time.monotonic() + _OTHERS_TAKE
    while not is_current(desk):
        try:
            _upgrade(desk)
            return
        except OperationalError as error:
            if not is_held_by_another(error) or time.monotonic() > give_up_at:
                raise
            time.sleep(_LOOKS_AGAIN)


def _upgrade(desk: Desk) -> None:
    # Imported here because it costs a fifth of a second at start, and a current database does not need it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")

    def work(session: Session) -> None:
        config.attributes["connection"] = session.connection()
        before = inspect(session.connection())
        had_macs = not before.has_table("event") or before.has_table("trail_checkpoint")
        command.upgrade(config, "head")
        if not had_macs:
            trail.close_old(session)

    desk.run_now(work, serial="migrate")


def _version(desk: Desk) -> str | None:
    def work(session: Session) -> str | None:
        connection = session.connection()
        if not inspect(connection).has_table("alembic_version"):
            return None
        version: str | None = connection.execute(text("select version_num from alembic_version")).scalar()
        return version

    return desk.read_now(work)  # reading waits for no other process, not even one that migrates
