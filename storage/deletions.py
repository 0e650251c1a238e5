"""Cases that are to be deleted on the committee's (nämnd's) decision: asked for by one person, confirmed by another.

The row goes with the case (`storage/disposal.py`); that it happened, and by which decision, stays in the trail.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, col, select

from storage.rows import TableRow
from storage.times import Moment
from storage.trail import EventRow


class DeletionRow(TableRow, table=True):
    """One case somebody asks to have deleted. number: of the decision, as `checklists.decision_number` reads it.

    seen: the case's newest event when it was asked for. confirmed_by: the actor who confirmed it, None until then; the
    bot then deletes the case.
    """

    __tablename__ = "deletion"
    __table_args__ = (UniqueConstraint("tenant_id", "case_id"),)

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    case_id: int
    number: str = Field(max_length=30)
    asked_by: str = Field(max_length=100)
    asked_at: datetime = Field(sa_type=Moment)
    seen: int
    confirmed_by: str | None = Field(default=None, max_length=100)


def listed(session: Session, tenant_id: int) -> Sequence[DeletionRow]:
    """Return a tenant's requests, oldest first."""
    return session.exec(
        select(DeletionRow).where(DeletionRow.tenant_id == tenant_id).order_by(col(DeletionRow.id))
    ).all()


def get(session: Session, tenant_id: int, row_id: int) -> DeletionRow | None:
    """Return one request of this tenant."""
    return session.exec(select(DeletionRow).where(DeletionRow.tenant_id == tenant_id, DeletionRow.id == row_id)).first()


def of_case(session: Session, tenant_id: int, case_id: int) -> DeletionRow | None:
    """Return the request to delete a case, None if there is none."""
    query = select(DeletionRow).where(DeletionRow.tenant_id == tenant_id, DeletionRow.case_id == case_id)
    return session.exec(query).first()


def next_confirmed(session: Session, *, locked: bool = True) -> DeletionRow | None:
    """Return the oldest confirmed request of any tenant, locked; None if nothing waits, or others hold it.

    locked: False to look only, also at one that others hold.
    """
    query = select(DeletionRow).where(col(DeletionRow.confirmed_by).is_not(None)).order_by(col(DeletionRow.id)).limit(1)
    return session.exec(query.with_for_update(skip_locked=True) if locked else query).first()


def keep(session: Session, row: DeletionRow) -> None:
    """Insert or change a request."""
    session.add(row)
    session.flush()


def drop(session: Session, row: DeletionRow) -> None:
    """Delete a request."""
    session.delete(row)
    session.flush()


def changed_since(session: Session, row: DeletionRow, no_change: Collection[str]) -> bool:
    """Return whether anything was done to the case since it was asked for. no_change: acts that change nothing."""
    query = select(EventRow.id).where(
        EventRow.case_id == row.case_id, col(EventRow.id) > row.seen, col(EventRow.act).not_in(no_change)
    )
    return session.exec(query.limit(1)).first() is not None
