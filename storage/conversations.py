"""A person's personal chat with the bot: where to reach her, and what was last shown there."""

from datetime import datetime

from sqlalchemy import UniqueConstraint, bindparam
from sqlmodel import Field, Session, SQLModel, col, select

from storage.times import Moment


class ConversationRow(SQLModel, table=True):
    """One personal chat.

    reference: the channel's own addressing as raw JSON, so that it survives a change of SDK.
    shown: what was last shown (JSON: filled list and stop), for typed words. card: the activity id of
    the posted card that moves, empty when none does.
    """

    __tablename__ = "conversation"
    __table_args__ = (UniqueConstraint("tenant_id", "channel_id"),)

    id: int | None = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    channel_id: str = Field(max_length=500)
    service_url: str = Field(max_length=500)
    reference: str
    installed: bool = True
    unreachable_at: datetime | None = Field(default=None, sa_type=Moment)
    case_id: int | None = Field(default=None, foreign_key="cases.id")
    shown: str = ""
    card: str = Field(default="", max_length=500)
    card_case_id: int | None = Field(default=None, foreign_key="cases.id")


_BY_CHANNEL = select(ConversationRow).where(
    col(ConversationRow.tenant_id) == bindparam("tenant_id"), col(ConversationRow.channel_id) == bindparam("channel_id")
)


def find(session: Session, tenant_id: int, channel_id: str) -> ConversationRow | None:
    """Return the chat with this channel conversation id."""
    return session.exec(_BY_CHANNEL, params={"tenant_id": tenant_id, "channel_id": channel_id}).first()


def ensure(
    session: Session, tenant_id: int, person_id: int, channel_id: str, service_url: str, reference: str
) -> ConversationRow:
    """Return the chat, its address brought up to date."""
    row = find(session, tenant_id, channel_id)
    if row is None:
        row = ConversationRow(
            tenant_id=tenant_id,
            person_id=person_id,
            channel_id=channel_id,
            service_url=service_url,
            reference=reference,
        )
        session.add(row)
        session.flush()
    elif row.service_url != service_url or not row.installed or row.person_id != person_id:
        if row.person_id != person_id:  # what was shown to someone else is nothing this person answers
            row.shown, row.card, row.case_id, row.card_case_id = "", "", None, None
        row.service_url, row.reference, row.installed, row.person_id = service_url, reference, True, person_id
    return row


def row_id(row: ConversationRow) -> int:
    """Return the row's id; it has one once it is stored."""
    assert row.id is not None
    return row.id
