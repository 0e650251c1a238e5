"""A municipality: one tenant in Entra, its own settings and its own keys."""

import json
from collections.abc import Sequence
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from checklists.references import DEFAULT_PATTERN
from storage.sealing import TENANT_ITSELF, keys_of


class TenantRow(SQLModel, table=True):
    """One municipality."""

    __tablename__ = "tenant"

    id: int | None = Field(default=None, primary_key=True)
    entra_id: str = Field(max_length=100, unique=True)
    settings: str = "{}"


def find(session: Session, entra_id: str) -> TenantRow | None:
    """Return the tenant with this Entra id, None if it was never set up."""
    return session.exec(select(TenantRow).where(TenantRow.entra_id == entra_id)).first()


def ensure(session: Session, entra_id: str) -> TenantRow:
    """Return the tenant, made with its own key if it is new."""
    row = find(session, entra_id)
    if row is None:
        row = TenantRow(entra_id=entra_id)
        session.add(row)
        session.flush()
        keys_of(session).make(session, key(row), TENANT_ITSELF)
        session.flush()
    return row


def key(row: TenantRow) -> int:
    """Return the row's id; it has one once it is stored."""
    assert row.id is not None
    return row.id


def setting(row: TenantRow, name: str) -> Any:
    """Return a tenant's own setting, or its default."""
    defaults = {"case_ref_pattern": DEFAULT_PATTERN, "motivation": "either"}
    return json.loads(row.settings).get(name, defaults[name])


def everyone(session: Session) -> Sequence[TenantRow]:
    """Return every tenant."""
    return session.exec(select(TenantRow).order_by(col(TenantRow.id))).all()
