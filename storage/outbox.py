"""What must still go out: stored in the transaction that caused it, sent by a worker that leases it.

At least once: a row is marked sent after the channel took it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, func, select

from storage.sealing import TENANT_ITSELF, seal, unseal
from storage.times import Moment

WAITING, SENT, UNCERTAIN, STOPPED = "waiting", "sent", "uncertain", "stopped"


class OutboxRow(SQLModel, table=True):
    """One message to send or one posted card to update.

    once: a natural key; a second row with the same one is refused (null: no such key).
    activity_id: the posted card to update; empty for a new message. view: sealed canonical JSON.
    """

    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("tenant_id", "once"),)

    id: int | None = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    kind: str = Field(max_length=40)
    conversation_id: int = Field(foreign_key="conversation.id")
    activity_id: str = Field(default="", max_length=500)
    case_id: int = TENANT_ITSELF
    nonce: str = Field(max_length=40)
    view: bytes
    once: str | None = Field(default=None, max_length=300)
    state: str = Field(default=WAITING, max_length=20, index=True)
    attempts: int = 0
    due_at: datetime = Field(sa_type=Moment)
    leased_until: datetime | None = Field(default=None, sa_type=Moment)
    created_at: datetime = Field(sa_type=Moment)


def put(session: Session, row: OutboxRow, view: str) -> OutboxRow:
    """Store a row with its view sealed. The row comes with an empty view."""
    row.view = seal(session, row.tenant_id, row.case_id, "outbox.view", row.nonce, view)
    session.add(row)
    return row


def view_of(session: Session, row: OutboxRow) -> str:
    """Open the stored view. Raises: SealBroken, KeyGone."""
    return unseal(session, row.tenant_id, row.case_id, "outbox.view", row.nonce, row.view)


def lease(session: Session, now: datetime, hold: timedelta, most: int) -> Sequence[OutboxRow]:
    """Take rows that are due, for `hold`; rows another worker has just locked are skipped."""
    query = (
        select(OutboxRow)
        .where(OutboxRow.state == WAITING, col(OutboxRow.due_at) <= now)
        .where(func.coalesce(col(OutboxRow.leased_until), now) <= now)
        .order_by(col(OutboxRow.id))
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    rows = session.exec(query).all()
    for row in rows:
        row.leased_until = now + hold
        row.attempts += 1
    return rows


def get(session: Session, row_id: int) -> OutboxRow | None:
    """Return a row by id."""
    return session.get(OutboxRow, row_id)


def oldest_waiting(session: Session) -> datetime | None:
    """Return when the oldest row that still waits was stored."""
    return session.exec(select(func.min(col(OutboxRow.created_at))).where(OutboxRow.state == WAITING)).first()
