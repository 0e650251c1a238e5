"""Messages outside a turn, put into the outbox in the transaction that causes them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from dialogs.turn.exchange import Reply
from dialogs.views.views import AnyView, without_texts
from storage import conversations, outbox
from storage.conversations import ConversationRow
from storage.desk import Session
from storage.outbox import MessageKind, OutboxRow
from storage.people import PersonRow

PROMPT: MessageKind = "prompt"
REMINDER: MessageKind = "reminder"


def tell(
    session: Session,
    found: Iterable[PersonRow],
    view: AnyView,
    *,
    now: datetime,
    case: int = 0,
    kind: MessageKind = PROMPT,
) -> list[PersonRow]:
    """Put a view into the outbox for each person; return those without the app, who get none. case: see `put`."""
    missed = []
    for person in found:
        chat = conversations.chat_with(session, person.id)
        if chat is None:
            missed.append(person)
        else:
            put(session, chat, person, view, now=now, kind=kind, case=case)
    return missed


def put(
    session: Session,
    chat: ConversationRow,
    person: PersonRow,
    view: AnyView,
    *,
    now: datetime,
    kind: MessageKind,
    case: int = 0,
    once: str | None = None,
    due_at: datetime | None = None,
    urgent: bool = True,
) -> None:
    """Put a view for one person into the outbox, unless there is already a row with the same `once`.

    case: row id of the case it is about, whose key seals it; 0 for none. due_at: when to send, by default at once.
    """
    if once is not None and outbox.by_once(session, person.tenant_id, once) is not None:
        return
    row = OutboxRow(
        tenant_id=person.tenant_id,
        kind=kind,
        conversation_id=chat.id,
        case_id=case,
        nonce=uuid4().hex,
        view=b"",
        once=once,
        due_at=due_at or now,
        created_at=now,
        rank=outbox.URGENT if urgent else outbox.NOT_URGENT,
    )
    outbox.put(session, row, reply_to(person, view, conversations.user_of(chat)).canonical())
    conversations.overtake(session, chat.id)


def reply_to(person: PersonRow, view: AnyView, channel_user: str = "") -> Reply:
    """Return a view as a reply that may be posted: in the person's language, without anything anyone wrote."""
    return Reply(
        tenant_id=person.tenant_id,
        person_id=person.id,
        channel_user=channel_user,
        language="en" if person.language == "en" else "sv",
        view=without_texts(view),
    )
