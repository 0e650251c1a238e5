"""A person's personal chat with the bot: where to reach her, and what was last shown there."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import UniqueConstraint, bindparam
from sqlmodel import Field, Session, SQLModel, col, func, select

from storage.people import PersonRow
from storage.times import Moment


class ConversationRow(SQLModel, table=True):
    """One personal chat.

    reference: the channel's own addressing as raw JSON, so that it survives a change of SDK.
    shown: what was last shown (JSON: filled list and stop), for typed words. card: the activity id of
    the posted card that moves, empty when none does.
    """

    __tablename__ = "conversation"
    __table_args__ = (UniqueConstraint("tenant_id", "channel_id"),)

    id: int = Field(default=None, primary_key=True)
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


def begin(
    session: Session, tenant_id: int, person_id: int, channel_id: str, service_url: str, reference: str
) -> ConversationRow:
    """Store a chat that was not known."""
    row = ConversationRow(
        tenant_id=tenant_id, person_id=person_id, channel_id=channel_id, service_url=service_url, reference=reference
    )
    session.add(row)
    session.flush()
    return row


def bring_up_to_date(row: ConversationRow, person_id: int, service_url: str, reference: str) -> None:
    """Note where a chat is reached now, and that its person has just written from there."""
    if row.service_url == service_url and row.installed and row.person_id == person_id and not row.unreachable_at:
        return
    if row.person_id != person_id:  # what was shown to someone else is nothing this person answers
        row.shown, row.card, row.case_id, row.card_case_id = "", "", None, None
    row.service_url, row.reference, row.installed, row.person_id = service_url, reference, True, person_id
    row.unreachable_at = None


def user_of(row: ConversationRow) -> str:
    """Return the person's own id on the channel, as the channel's addressing names her."""
    user = json.loads(row.reference).get("user") or {}
    return str(user.get("id", ""))


def get(session: Session, row_id: int) -> ConversationRow:
    """Return a chat by the row id that something else refers to."""
    return session.get_one(ConversationRow, row_id)


def of_person(session: Session, person_id: int) -> Sequence[ConversationRow]:
    """Return a person's chats, the newest first; none means that she lacks the app."""
    query = select(ConversationRow).where(ConversationRow.person_id == person_id)
    return session.exec(query.order_by(col(ConversationRow.id).desc())).all()


def reachable(chats: Iterable[ConversationRow]) -> ConversationRow | None:
    """Return the first chat a message can be sent to."""
    return next((chat for chat in chats if chat.installed and chat.unreachable_at is None), None)


def chat_with(session: Session, person_id: int) -> ConversationRow | None:
    """Return the chat in which a person can be written to: the newest in which the app is, None when there is none."""
    return reachable(of_person(session, person_id))


def unreachable_people(session: Session) -> int:
    """Count the people who have had the app and cannot be reached by it any more."""
    reached = select(ConversationRow.person_id).where(
        col(ConversationRow.installed), col(ConversationRow.unreachable_at).is_(None)
    )
    query = select(func.count(func.distinct(col(ConversationRow.person_id))))
    return session.exec(query.where(col(ConversationRow.person_id).not_in(reached))).one()


def without_app(session: Session, found: Iterable[PersonRow]) -> list[PersonRow]:
    """Return those among them who cannot be written to: the app is not installed, or was blocked."""
    return [row for row in found if chat_with(session, row.id) is None]
