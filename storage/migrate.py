"""Upgrade a database to the newest schema, and check whether it has it."""

from pathlib import Path

from sqlalchemy import inspect, text
from sqlmodel import Session

from storage.desk import Desk

HEAD = "0008"
"""The number of the newest migration; a test compares it with migrations/versions."""


def is_current(desk: Desk) -> bool:
    """Return whether the schema is the newest, without importing Alembic."""
    return _version(desk) == HEAD


def upgrade(desk: Desk) -> None:
    """Run the pending migrations, in one transaction, one process at a time."""
    if is_current(desk):
        return
    # Imported here because it costs a fifth of a second at start, and a current database does not need it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")

    def work(session: Session) -> None:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "head")

    desk.run_now(work, serial="migrate")


def _version(desk: Desk) -> str | None:
    def work(session: Session) -> str | None:
        connection = session.connection()
        if not inspect(connection).has_table("alembic_version"):
            return None
        version: str | None = connection.execute(text("select version_num from alembic_version")).scalar()
        return version

    return desk.run_now(work)
