"""Personal chats with the bot: how to reach a person, and what was last shown there."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import SmallInteger, UniqueConstraint, bindparam, false, literal, update
from sqlmodel import Field, Session, col, func, select

from storage.people import PersonRow
from storage.prepared import prepared
from storage.rows import TableRow
from storage.times import Moment


class ConversationRow(TableRow, table=True):
    """One personal chat.

    reference: the channel's own conversation reference as raw JSON, independent of the SDK. shown: JSON of what was
    last shown (filled-in list and stop), which typed words refer to; behind a space, which JSON allows, once a message
    that was not her turn's reply has come after it. card: activity id of the posted card that is
    replaced as the conversation moves on; empty if there is none. day_weight: the weight of the day that the last typed
    message ended in (`privacy.ends_in_day`), which does not reveal the day; None if it ended in none. on_phone: its
    last activity came from a phone.
    """

    __tablename__ = "conversation"
    __table_args__ = (UniqueConstraint("tenant_id", "channel_id"),)
    instead = {
        "service_url": "",
        "reference": "{}",
        "installed": True,
        "unreachable_at": None,
        "case_id": None,
        "shown": "",
        "card": "",
        "card_case_id": None,
        "day_weight": None,
        "on_phone": False,
    }
    """Read in place of invalid values: how to reach the person comes again with her next message."""

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
    day_weight: int | None = Field(default=None, sa_type=SmallInteger)
    on_phone: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


_BY_CHANNEL = prepared(
    select(ConversationRow).where(
        col(ConversationRow.tenant_id) == bindparam("tenant_id"),
        col(ConversationRow.channel_id) == bindparam("channel_id"),
    )
)


def find(session: Session, tenant_id: int, channel_id: str) -> ConversationRow | None:
    """Return the chat with this conversation id on the channel."""
    return session.exec(_BY_CHANNEL, params={"tenant_id": tenant_id, "channel_id": channel_id}).first()


def begin(
    session: Session,
    tenant_id: int,
    person_id: int,
    channel_id: str,
    service_url: str,
    reference: str,
    *,
    on_phone: bool = False,
) -> ConversationRow:
    """Insert a chat not seen before."""
    row = ConversationRow(
        tenant_id=tenant_id,
        person_id=person_id,
        channel_id=channel_id,
        service_url=service_url,
        reference=reference,
        on_phone=on_phone,
    )
    session.add(row)
    session.flush()
    return row


def bring_up_to_date(
    row: ConversationRow, person_id: int, service_url: str, reference: str, *, on_phone: bool | None = None
) -> None:
    """Update how a chat is reached, when its person has just written from it: it is then installed and reachable.

    on_phone: None if the client does not say; what it said last then stands.
    """
    if on_phone is not None and row.on_phone != on_phone:
        row.on_phone = on_phone
    if row.service_url == service_url and row.installed and row.person_id == person_id and not row.unreachable_at:
        return
    if row.person_id != person_id:  # what was shown to someone else is not this person's to answer
        row.shown, row.card, row.case_id, row.card_case_id = "", "", None, None
        row.day_weight = None
    row.service_url, row.reference, row.installed, row.person_id = service_url, reference, True, person_id
    row.unreachable_at = None


_CARD = prepared(
    update(ConversationRow)
    .where(
        col(ConversationRow.tenant_id) == bindparam("of_tenant"),
        col(ConversationRow.channel_id) == bindparam("of_channel"),
        col(ConversationRow.card) == "",
    )
    .values(card=bindparam("posted"))
)


def note_card(session: Session, tenant_id: int, channel_id: str, activity_id: str) -> None:
    """Store which posted card is replaced as the conversation moves on, unless there is one already."""
    session.exec(_CARD, params={"of_tenant": tenant_id, "of_channel": channel_id, "posted": activity_id})


_OVERTAKEN = prepared(
    update(ConversationRow)
    .where(
        col(ConversationRow.id) == bindparam("of_chat"),
        col(ConversationRow.shown) != "",
        col(ConversationRow.shown).not_like(" %"),
    )
    .values(shown=literal(" ").concat(col(ConversationRow.shown)))
)


def overtake(session: Session, row_id: int) -> None:
    """Note that a message is sent to a chat, so that what was shown there is not the last thing in it any more."""
    session.exec(_OVERTAKEN, params={"of_chat": row_id})


def is_overtaken(row: ConversationRow) -> bool:
    """Return whether a message has been sent since what was last shown."""
    return row.shown.startswith(" ")


def user_of(row: ConversationRow) -> str:
    """Return the person's id on the channel, from the conversation reference; "" if it has none."""
    user = json.loads(row.reference).get("user") or {}
    return str(user.get("id", ""))


def get(session: Session, row_id: int) -> ConversationRow:
    """Return a chat by row id. Raises: sqlalchemy.exc.NoResultFound."""
    return session.get_one(ConversationRow, row_id)


_OF_PERSON = prepared(
    select(ConversationRow)
    .where(col(ConversationRow.person_id) == bindparam("person_id"))
    .order_by(col(ConversationRow.id).desc())
)


def of_person(session: Session, person_id: int) -> Sequence[ConversationRow]:
    """Return a person's chats, newest first; empty if she has never had the app."""
    return session.exec(_OF_PERSON, params={"person_id": person_id}).all()


def reachable(chats: Iterable[ConversationRow]) -> ConversationRow | None:
    """Return the first chat that messages can be sent to, None if there is none."""
    return next((chat for chat in chats if chat.installed and chat.unreachable_at is None), None)


def chat_with(session: Session, person_id: int) -> ConversationRow | None:
    """Return the newest chat in which a person can be reached, None if there is none."""
    return reachable(of_person(session, person_id))


def unreachable_people(session: Session) -> int:
    """Return how many people have had the app and can no longer be reached."""
    reached = select(ConversationRow.person_id).where(
        col(ConversationRow.installed), col(ConversationRow.unreachable_at).is_(None)
    )
    query = select(func.count(func.distinct(col(ConversationRow.person_id))))
    return session.exec(query.where(col(ConversationRow.person_id).not_in(reached))).one()


def without_app(session: Session, found: Iterable[PersonRow]) -> list[PersonRow]:
    """Return those who cannot be reached: the app is not installed, or is blocked."""
    return [row for row in found if chat_with(session, row.id) is None]
