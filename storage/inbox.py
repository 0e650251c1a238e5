"""Idempotency: the reply to each handled activity, returned again when the same activity or press comes again.

A row is written in the transaction of the act it answers, so the reply is stored if and only if the act is.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, bindparam, update
from sqlmodel import Field, Session, col, select

from storage.prepared import prepared
from storage.rows import TableRow
from storage.sealing import TENANT_ITSELF, keys_of, seal, unseal
from storage.times import LONG_AGO, Moment


class InboxRow(TableRow, table=True):
    """One handled activity and its reply, sealed.

    digest: keyed digest of the content; the same activity id with another digest is not the same act. press: keyed
    digest of the presser, the button and its inputs; null if it is not a press, or one that stored nothing and may
    therefore be run again. case_id: the case whose key seals the reply, 0 for the tenant's key. posted: the message
    that shows the reply; for a press the card that was pressed, whose place it takes.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("tenant_id", "channel_id", "activity_id"),
        UniqueConstraint("tenant_id", "press"),
        Index("ix_inbox_newest", "tenant_id", "channel_id", "id"),
    )
    instead = {"digest": "", "press": None, "reply": b"", "posted": "", "case_id": TENANT_ITSELF, "at": LONG_AGO}

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    channel_id: str = Field(max_length=500)
    activity_id: str = Field(max_length=500)
    digest: str = Field(max_length=64)
    press: str | None = Field(default=None, max_length=64)
    case_id: int = TENANT_ITSELF
    reply: bytes
    at: datetime = Field(sa_type=Moment, index=True)
    posted: str = Field(default="", max_length=500)


_NEWEST = prepared(
    select(InboxRow)
    .where(col(InboxRow.tenant_id) == bindparam("tenant_id"), col(InboxRow.channel_id) == bindparam("channel_id"))
    .order_by(col(InboxRow.id).desc())
    .limit(1)
)


def digest(session: Session, parts: Iterable[str]) -> str:
    """Return a keyed digest (HMAC) of the parts, which reveals nothing about them without the key."""
    whole = "\x1f".join(parts)
    return hmac.new(keys_of(session).digest_key, whole.encode(), hashlib.sha256).hexdigest()


def by_activity(session: Session, tenant_id: int, channel_id: str, activity_id: str) -> InboxRow | None:
    """Return the row of an activity, None if it has not been handled."""
    query = select(InboxRow).where(
        InboxRow.tenant_id == tenant_id, InboxRow.channel_id == channel_id, InboxRow.activity_id == activity_id
    )
    return session.exec(query).first()


def get(session: Session, row_id: int) -> InboxRow:
    """Return a row by id, which exists."""
    return session.get_one(InboxRow, row_id)


def by_posted(session: Session, tenant_id: int, channel_id: str, posted: str) -> InboxRow | None:
    """Return the row of the reply that a message shows, the newest it has shown; None if there is none."""
    query = select(InboxRow).where(
        InboxRow.tenant_id == tenant_id, InboxRow.channel_id == channel_id, InboxRow.posted == posted
    )
    return session.exec(query.order_by(col(InboxRow.id).desc()).limit(1)).first()


def newest_in(session: Session, tenant_id: int, channel_id: str) -> InboxRow | None:
    """Return the newest row of a chat, None if there is none."""
    return session.exec(_NEWEST, params={"tenant_id": tenant_id, "channel_id": channel_id}).first()


def newest_few(
    session: Session, tenant_id: int, channel_id: str, count: int, up_to: int | None = None
) -> Sequence[InboxRow]:
    """Return the newest rows of a chat, newest first. up_to: the id of the first of them, None for the newest."""
    query = select(InboxRow).where(InboxRow.tenant_id == tenant_id, InboxRow.channel_id == channel_id)
    if up_to is not None:
        query = query.where(col(InboxRow.id) <= up_to)
    return session.exec(query.order_by(col(InboxRow.id).desc()).limit(count)).all()


def keep(session: Session, row: InboxRow, reply: str) -> InboxRow:
    """Insert a row, sealing its reply (canonical JSON of the Reply). row: without the reply."""
    row.reply = seal(session, row.tenant_id, row.case_id, "inbox.reply", _place(row), reply)
    session.add(row)
    return row


_POSTED = prepared(update(InboxRow).where(col(InboxRow.id) == bindparam("row_id")).values(posted=bindparam("under")))


def note_posted(session: Session, row_id: int, posted: str) -> None:
    """Store the activity id under which a reply was posted."""
    session.exec(_POSTED, params={"row_id": row_id, "under": posted})


def reply_of(session: Session, row: InboxRow) -> str:
    """Decrypt the stored reply. Raises: SealBroken, KeyGone."""
    return unseal(session, row.tenant_id, row.case_id, "inbox.reply", _place(row), row.reply)


def _place(row: InboxRow) -> str:
    return f"{row.channel_id}:{row.activity_id}"
