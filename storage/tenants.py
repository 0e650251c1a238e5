"""Tenants: a municipality, identified by its Entra tenant id, with settings and a key of its own."""

import json
from collections.abc import Sequence
from typing import Any

from sqlmodel import Field, Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from checklists.identity import entra_id as compared
from checklists.model import MotivationBy
from checklists.tenant_settings import NAMES, TenantSettings, can_be_read, read_settings, what_can_be_read
from storage.prepared import prepared
from storage.rows import TableRow
from storage.sealing import TENANT_ITSELF, keys_of


class TenantRow(TableRow, table=True):
    """One municipality. entra_id: as first written, since heads and tombstones sign it.

    settings: JSON of what it has set (checklists.tenant_settings), and of `retention`.
    """

    __tablename__ = "tenant"
    holds = {"settings": can_be_read}
    instead = {"settings": what_can_be_read}

    id: int = Field(default=None, primary_key=True)
    entra_id: str = Field(max_length=100, unique=True)
    settings: str = "{}"


def find(session: Session, entra_id: str) -> TenantRow | None:
    """Return the tenant with this Entra id, None if it has not been set up."""
    return session.exec(_called(entra_id)).first()


def known(session: Session, entra_id: str) -> TenantRow:
    """Return the tenant with this Entra id. Raises: sqlalchemy.exc.NoResultFound: it has not been set up."""
    return session.exec(_called(entra_id).limit(1)).one()


def _called(entra_id: str) -> SelectOfScalar[TenantRow]:
    """Return the query for a tenant by its id in any letter case; of several, the one written so comes first."""
    same = func.lower(col(TenantRow.entra_id)) == compared(entra_id)
    return select(TenantRow).where(same).order_by(col(TenantRow.entra_id) != entra_id, col(TenantRow.id))


def get(session: Session, row_id: int) -> TenantRow:
    """Return a tenant by row id. Tenants are never deleted."""
    return session.get_one(TenantRow, row_id)


def ensure(session: Session, entra_id: str) -> TenantRow:
    """Return the tenant with this Entra id, creating it with a key of its own if it is new."""
    row = find(session, entra_id)
    if row is None:
        row = TenantRow(entra_id=entra_id)
        session.add(row)
        session.flush()
        keys_of(session).make(session, row.id, TENANT_ITSELF)
        session.flush()
    return row


def settings(row: TenantRow) -> TenantSettings:
    """Return a tenant's settings, with defaults for what it has not set."""
    return read_settings(row.settings)


def motivation_by(session: Session, row_id: int) -> MotivationBy:
    """Return the form of motivation a tenant requires."""
    return read_settings(session.get_one(TenantRow, row_id).settings).motivation


def setting(row: TenantRow, name: str) -> Any:
    """Return the value of one setting, or its default. Raises: KeyError: there is no such setting."""
    if name not in NAMES:
        raise KeyError(name)
    return getattr(settings(row), name)


def set_setting(row: TenantRow, name: str, value: Any) -> None:
    """Store one setting. value: in its JSON form (see `parse_setting`)."""
    row.settings = json.dumps({**json.loads(row.settings), name: value}, ensure_ascii=False)


def stored(row: TenantRow, name: str) -> Any:
    """Return the JSON value stored under a name, None if nothing is."""
    return json.loads(row.settings).get(name)


_EVERYONE = prepared(select(TenantRow).order_by(col(TenantRow.id)))


def everyone(session: Session) -> Sequence[TenantRow]:
    """Return every tenant, in the order they were set up."""
    return session.exec(_EVERYONE).all()
