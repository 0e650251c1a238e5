"""What `doctor` asks of the database: whether it can be written to, its clock, who is registered, what it needs."""

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import get_args

from sqlalchemy import String, cast, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, func, select

from checklists.faults import Code, Fault, fault, word
from checklists.loader import all_checklists
from checklists.model import ListId
from storage.desk import Desk
from storage.filled import FilledRow
from storage.people import PersonRow, RoleRow
from storage.tenants import TenantRow

_LONGEST = 200
DATABASE_ERRORS = (DBAPIError, sqlite3.Error)
"""What a database that refuses or is gone raises, through SQLAlchemy or straight from the driver."""


def why_silent(desk: Desk) -> str:
    """Return why the database does not answer, "" if it does."""
    return _why(desk, "select 1")


def why_not_writable(desk: Desk) -> str:
    """Return why nothing can be written, "" if it can: it tries an update that changes nothing."""
    return _why(desk, "update alembic_version set version_num = version_num")


def _why(desk: Desk, statement: str) -> str:
    def work(session: Session) -> None:
        session.connection().execute(text(statement))

    try:
        desk.run_now(work)
    except DATABASE_ERRORS as error:
        # Only the first line: a driver's later ones may quote what it was given.
        return str(getattr(error, "orig", error)).strip().partition("\n")[0][:_LONGEST]
    return ""


def seconds_ahead(session: Session) -> float | None:
    """Return by how many seconds the database's clock is ahead of this machine's; None if it has none of its own."""
    if session.get_bind().dialect.name == "sqlite":
        return None
    there: datetime = session.connection().execute(text("select clock_timestamp()")).scalar_one()
    return (there - datetime.now(UTC)).total_seconds()


def registered(session: Session) -> Mapping[str, int]:
    """Return how many people of each tenant have a role, by the tenant's Entra id."""
    counted = func.count(func.distinct(col(RoleRow.person_id)))
    joined = select(TenantRow.entra_id, counted).join(PersonRow, col(PersonRow.tenant_id) == col(TenantRow.id))
    query = joined.join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id)).group_by(col(TenantRow.entra_id))
    return dict(session.exec(query).all())


def versions_missing(session: Session) -> list[Fault]:
    """Return the versions of checklists that lists are filled in by and that are not installed.

    They are pinned to them for ever: an older release, or a new one without a version that the municipality had added,
    cannot read them. Raises: Refusal: the installed definitions cannot be read.
    """
    # As texts, since a version that is none is no other's fault: `not_held.look` names its row.
    kind = (cast(FilledRow.checklist, String), cast(FilledRow.version, String))
    installed = {(name, str(version)) for name, version in all_checklists()}
    found = session.exec(select(*kind, func.count()).group_by(*kind).order_by(*kind)).all()
    return [
        fault(Code.VERSION_MISSING, name=word(f"{name}.v{version}.yaml"), count=count)
        for name, version, count in found
        if (name, version) not in installed and name in get_args(ListId) and version.isdecimal()
    ]
