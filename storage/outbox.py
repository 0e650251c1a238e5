"""Transactional outbox: messages are stored in the transaction that causes them, and sent by a worker that leases them.

A card update is sent at least once, a new message at most once: just before sending, it is marked as `sending` in a
transaction of its own. If the worker then crashes, the message becomes `uncertain` and is not sent again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from sqlalchemy import Index, Integer, UniqueConstraint, and_, bindparam, or_, update
from sqlmodel import Field, Session, col, func, select

from storage import replicas
from storage.prepared import prepared
from storage.rows import TableRow
from storage.sealing import TENANT_ITSELF, seal, unseal
from storage.session import Found
from storage.times import Moment, earliest

WAITING, SENDING, SENT, UNCERTAIN, STOPPED = "waiting", "sending", "sent", "uncertain", "stopped"
GONE, DROPPED = "gone", "dropped"
"""gone: the person cannot be reached. dropped: there was nothing left to send."""
MessageKind = Literal["prompt", "reminder", "notice", "update"]
"""What a message is: asks for something now, reminds, tells, or changes a posted card."""
STATES = (WAITING, SENDING, SENT, UNCERTAIN, STOPPED, GONE, DROPPED)
OPEN_STATES = (WAITING, SENDING, UNCERTAIN)
URGENT, NOT_URGENT = 0, 1
PUT = "outbox_put"
"""Key in the `info` of a session: set if its transaction has put something into the outbox for a worker to find."""
OWN, PUT_OWN = "outbox_own", "outbox_put_own"
"""In the `info` of a session: its `OwnSends`, if it has one, and what was put under its lease, a list of `Put`."""


class OutboxRow(TableRow, table=True):
    """One message to send, or one posted card to update.

    once: deduplication key, unique per tenant; null for none. activity_id: the posted card to update, empty for a new
    message. view: sealed canonical JSON. rank: lower is sent first. attempts: incremented at each lease, and compared
    before any outcome is stored, so that an expired lease has no effect. leased_by: the replica that holds the lease.
    sends: how often sending it was really tried.
    """

    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("tenant_id", "once"), Index("ix_outbox_next", "state", "rank", "id"))

    id: int = Field(default=None, primary_key=True)
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
    rank: int = Field(default=URGENT, sa_column_kwargs={"server_default": "0"})
    leased_by: str | None = Field(default=None, max_length=40)
    sends: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


_NOW = bindparam("now", type_=Moment)
_IS_DEAD = and_(col(OutboxRow.leased_by).is_not(None), col(OutboxRow.leased_by).not_in(replicas.RUNNING))
_IS_OVER = or_(col(OutboxRow.leased_until) <= _NOW, _IS_DEAD)
"""Condition for rows whose lease is over. A lease of a release that names no replica ends by time alone."""
_DUE = prepared(
    select(OutboxRow)
    .where(OutboxRow.state == WAITING, col(OutboxRow.due_at) <= _NOW)
    .where(or_(col(OutboxRow.leased_until).is_(None), _IS_OVER))
    .order_by(col(OutboxRow.rank), col(OutboxRow.id))
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_CUT_OFF = prepared(
    update(OutboxRow).where(col(OutboxRow.state) == SENDING, _IS_OVER).values(state=UNCERTAIN, leased_until=None)
)
_SETTLE = prepared(
    update(OutboxRow)
    .where(
        col(OutboxRow.id) == bindparam("row_id"),
        col(OutboxRow.attempts) == bindparam("attempt"),
        or_(*[col(OutboxRow.state) == state for state in OPEN_STATES]),
    )
    .values(
        state=bindparam("outcome"),
        leased_until=None,
        due_at=func.coalesce(bindparam("next_at", type_=Moment), col(OutboxRow.due_at)),
    )
)
_LOCKED = prepared(select(OutboxRow).where(col(OutboxRow.id) == bindparam("row_id")).with_for_update())


def put(session: Session, row: OutboxRow, view: str) -> OutboxRow:
    """Insert a row, sealing its view. row: without the view."""
    row.view = seal(session, row.tenant_id, row.case_id, "outbox.view", row.nonce, view)
    session.add(row)
    session.info[PUT] = True
    return row


class OwnSends(Protocol):
    """Whoever runs a transaction, if it sends, right after the commit, what the transaction puts under its lease."""

    def lease(self) -> tuple[str, datetime] | None:
        """Return the replica and the end of a lease; None when there is too much to send already."""

    def send_own(self, rows: "Sequence[Put]", tenant: str) -> None:
        """Send what a committed transaction has put. tenant: its Entra id.

        If this process dies first, the lease ends and others send it.
        """


Put = tuple[OutboxRow, Any, Any]
"""A row put under such a lease, its chat and its content."""


def put_own(session: Session, row: OutboxRow, view: str, chat: object, content: object) -> None:
    """Insert an update of a posted card, leased to whoever runs the transaction if it sends its own."""
    sender: OwnSends | None = session.info.get(OWN)
    lease = sender.lease() if sender is not None else None
    if lease is None:
        put(session, row, view)
        return
    row.view = seal(session, row.tenant_id, row.case_id, "outbox.view", row.nonce, view)
    row.attempts = row.sends = 1
    row.leased_by, row.leased_until = lease[0] or None, lease[1]
    session.add(row)
    session.info.setdefault(PUT_OWN, []).append((row, chat, content))


def view_of(session: Session, row: OutboxRow) -> str:
    """Decrypt the stored view. Raises: SealBroken, KeyGone."""
    return unseal(session, row.tenant_id, row.case_id, "outbox.view", row.nonce, row.view)


def lease(session: Session, now: datetime, hold: timedelta, most: int, replica: str) -> Sequence[OutboxRow]:
    """Lease up to `most` due rows for the duration `hold`, skipping rows that another worker has locked.

    A lease ends with its time, or with the replica that holds it.
    """
    named = {"now": now, "alive": replicas.alive_since(session), "most": most}
    due: Found[OutboxRow] = session.exec(_DUE, params=named)  # type: ignore[assignment]
    rows = due.all()
    for gone in due.left_out:  # an invalid row would be first in line for ever
        session.exec(update(OutboxRow).where(col(OutboxRow.id) == int(gone.row)).values(state=STOPPED))
    for row in rows:
        row.leased_until, row.leased_by = now + hold, replica or None
        row.attempts += 1
    return rows


def release(session: Session, leased: Iterable[tuple[int, int]]) -> None:
    """Give back leases (row id and attempt) that were not begun, so that others send those rows at once."""
    for row_id, attempt in leased:
        is_ours = (OutboxRow.id == row_id, OutboxRow.attempts == attempt, OutboxRow.state == WAITING)
        session.exec(update(OutboxRow).where(*is_ours).values(leased_until=None))  # type: ignore[arg-type]


def begin(session: Session, row_id: int, attempt: int, now: datetime) -> OutboxRow | None:
    """Return a leased row, locked, if it may be sent now; None if this attempt no longer holds the lease."""
    row = session.exec(_LOCKED, params={"row_id": row_id}).first()
    if row is None or row.state != WAITING or row.attempts != attempt:
        return None
    if row.leased_until is None or row.leased_until <= now:
        return None
    row.sends += 1
    return row


def settle(session: Session, row_id: int, attempt: int, state: str, due_at: datetime | None = None) -> bool:
    """Store the outcome of an attempt; return False, with no effect, if a later attempt has taken over.

    due_at: when to try again, if `state` is `waiting`.
    """
    named = {"row_id": row_id, "attempt": attempt, "outcome": state, "next_at": due_at}
    return bool(session.exec(_SETTLE, params=named).rowcount)


def mark_interrupted(session: Session, now: datetime) -> int:
    """Mark as `uncertain` the rows whose worker crashed while sending; return how many."""
    return session.exec(_CUT_OFF, params={"now": now, "alive": replicas.alive_since(session)}).rowcount


def counts(session: Session) -> dict[str, int]:
    """Return the number of rows by state; states without rows are left out."""
    return dict(session.exec(select(OutboxRow.state, func.count()).group_by(OutboxRow.state)).all())


def by_once(session: Session, tenant_id: int, once: str) -> OutboxRow | None:
    """Return the row with a deduplication key, None if there is none."""
    return session.exec(select(OutboxRow).where(OutboxRow.tenant_id == tenant_id, OutboxRow.once == once)).first()


LEFT = (UNCERTAIN, STOPPED)
"""The states that end only by a person's decision."""


def left(session: Session, tenant_id: int) -> Sequence[OutboxRow]:
    """Return the messages of a tenant that a person decides about, oldest first."""
    query = select(OutboxRow).where(OutboxRow.tenant_id == tenant_id, col(OutboxRow.state).in_(LEFT))
    return session.exec(query.order_by(col(OutboxRow.id))).all()


def left_one(session: Session, tenant_id: int, row_id: int) -> OutboxRow | None:
    """Return one of the messages that a person decides about, locked; None if it is not one of them any more."""
    query = select(OutboxRow).where(OutboxRow.tenant_id == tenant_id, OutboxRow.id == row_id)
    return session.exec(query.where(col(OutboxRow.state).in_(LEFT)).with_for_update()).first()


def told_lately(session: Session, chat_id: int, since: datetime, most: int) -> Sequence[OutboxRow]:
    """Return the messages put for a chat since a moment, newest first; not the updates of cards."""
    query = select(OutboxRow).where(OutboxRow.conversation_id == chat_id, OutboxRow.activity_id == "")
    query = query.where(OutboxRow.created_at >= since, col(OutboxRow.state).not_in((DROPPED,)))
    return session.exec(query.order_by(col(OutboxRow.id).desc()).limit(most)).all()


def get(session: Session, row_id: int) -> OutboxRow | None:
    """Return a row by id."""
    return session.get(OutboxRow, row_id)


def oldest(session: Session) -> dict[str, datetime]:
    """Return when the oldest row in each open state was stored; a state without rows is left out."""
    is_open = col(OutboxRow.state).in_(OPEN_STATES)
    return earliest(session, OutboxRow.state, col(OutboxRow.created_at), is_open)
