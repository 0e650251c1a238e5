"""Puts reminders into the outbox: addressed, unique, and without content until they are sent."""

from datetime import datetime
from uuid import uuid4

from dialogs.turn.exchange import Reply
from dialogs.views.views import AnyView, Line, ReminderView
from storage import outbox
from storage.conversations import ConversationRow
from storage.desk import Session
from storage.outbox import OutboxRow
from storage.people import PersonRow

KIND = "reminder"


def put_bundle(
    session: Session, chat: ConversationRow, person: PersonRow, bundle: str, now: datetime, *, urgent: bool = False
) -> None:
    """Put the message of a bundle into the outbox, unless it is there."""
    title = "reminders.protection_title" if urgent else "reminders.title"
    put(session, chat, person, bundle, now, ReminderView(title=Line(say=title), cases=()), urgent=urgent)


def put(
    session: Session,
    chat: ConversationRow,
    person: PersonRow,
    once: str,
    now: datetime,
    view: AnyView,
    *,
    urgent: bool = False,
    case: int = 0,
    due_at: datetime | None = None,
) -> None:
    """Put a view for one person into the outbox, unless one with the same `once` is there; case: whose key seals it."""
    if outbox.by_once(session, person.tenant_id, once) is not None:
        return
    row = OutboxRow(
        tenant_id=person.tenant_id,
        kind=KIND,
        conversation_id=chat.id,
        case_id=case,
        nonce=uuid4().hex,
        view=b"",
        once=once,
        due_at=due_at or now,
        created_at=now,
        rank=outbox.URGENT if urgent else outbox.NOT_URGENT,
    )
    outbox.put(session, row, reply_to(person, view).canonical())


def reply_to(person: PersonRow, view: AnyView) -> Reply:
    """Return a view as a reply to someone in their language, outside a turn."""
    return Reply(
        tenant_id=person.tenant_id,
        person_id=person.id,
        channel_user="",
        language="en" if person.language == "en" else "sv",
        view=view,
    )
