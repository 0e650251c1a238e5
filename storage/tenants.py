"""A municipality: one tenant in Entra, its own settings and its own keys."""

import json
from collections.abc import Sequence
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from checklists.model import MotivationBy
from checklists.tenant_settings import NAMES, TenantSettings, read_settings
from storage.sealing import TENANT_ITSELF, keys_of


class TenantRow(SQLModel, table=True):
    """One municipality."""

    __tablename__ = "tenant"

    id: int = Field(default=None, primary_key=True)
    entra_id: str = Field(max_length=100, unique=True)
    settings: str = "{}"


def find(session: Session, entra_id: str) -> TenantRow | None:
    """Return the tenant with this Entra id, None if it was never set up."""
    return session.exec(select(TenantRow).where(TenantRow.entra_id == entra_id)).first()


def known(session: Session, entra_id: str) -> TenantRow:
    """Return a tenant that was set up, by its Entra id. Raises: sqlalchemy.exc.NoResultFound: it never was."""
    return session.exec(select(TenantRow).where(TenantRow.entra_id == entra_id)).one()


def get(session: Session, row_id: int) -> TenantRow:
    """Return a tenant by row id; a tenant is never taken away."""
    return session.get_one(TenantRow, row_id)


def ensure(session: Session, entra_id: str) -> TenantRow:
    """Return the tenant, made with its own key if it is new."""
    row = find(session, entra_id)
    if row is None:
        row = TenantRow(entra_id=entra_id)
        session.add(row)
        session.flush()
        keys_of(session).make(session, row.id, TENANT_ITSELF)
        session.flush()
    return row


def settings(row: TenantRow) -> TenantSettings:
    """Return a tenant's own settings, with the defaults for what it has not set."""
    return read_settings(row.settings)


def motivation_by(session: Session, row_id: int) -> MotivationBy:
    """Return how a municipality wants motivations given."""
    return read_settings(session.get_one(TenantRow, row_id).settings).motivation


def setting(row: TenantRow, name: str) -> Any:
    """Return a tenant's own setting, or its default. Raises: KeyError: there is no such setting."""
    if name not in NAMES:
        raise KeyError(name)
    return getattr(settings(row), name)


def set_setting(row: TenantRow, name: str, value: Any) -> None:
    """Store one setting as JSON keeps it (see `parse_setting`)."""
    row.settings = json.dumps({**json.loads(row.settings), name: value}, ensure_ascii=False)


def stored(row: TenantRow, name: str) -> Any:
    """Return what is stored under a name as JSON keeps it, None when nothing is."""
    return json.loads(row.settings).get(name)


def everyone(session: Session) -> Sequence[TenantRow]:
    """Return every tenant."""
    return session.exec(select(TenantRow).order_by(col(TenantRow.id))).all()
