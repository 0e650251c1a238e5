"""Telling people something in a message of its own, put into the outbox in the transaction that caused it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from dialogs.turn.exchange import Reply
from dialogs.views.views import AnyView, without_texts
from storage import conversations, outbox
from storage.desk import Session
from storage.outbox import OutboxRow
from storage.people import PersonRow
from texts import Language

PROMPT = "prompt"


def tell(
    session: Session, found: Iterable[PersonRow], view: AnyView, *, now: datetime, case: int = 0, kind: str = PROMPT
) -> list[PersonRow]:
    """Put a view, without anything anyone wrote, into the outbox for each of them. Return who could not be told.

    case: row id of the case it is about, whose key seals it. A person without the app is not told.
    """
    missed = []
    for person in found:
        chat = conversations.chat_with(session, person.id)
        if chat is None:
            missed.append(person)
            continue
        row = OutboxRow(
            tenant_id=person.tenant_id,
            kind=kind,
            conversation_id=chat.id,
            case_id=case,
            nonce=uuid4().hex,
            view=b"",
            due_at=now,
            created_at=now,
        )
        outbox.put(session, row, reply_to(person, conversations.user_of(chat), view).canonical())
    return missed


def reply_to(person: PersonRow, channel_user: str, view: AnyView) -> Reply:
    """Return a view as it may be posted to a person."""
    language: Language = "en" if person.language == "en" else "sv"
    return Reply(
        tenant_id=person.tenant_id,
        person_id=person.id,
        channel_user=channel_user,
        language=language,
        view=without_texts(view),
    )
