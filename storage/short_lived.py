"""Purging of short-lived data: stored replies, sent messages, the last view of a chat, drafts, links."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, update
from sqlmodel import Session, col, func, select

from checklists.retention import Retention
from storage.cases import CaseRow
from storage.conversations import ConversationRow
from storage.drafts import DraftRow
from storage.filled import FilledRow
from storage.inbox import InboxRow
from storage.links import LinkRow
from storage.outbox import WAITING, OutboxRow

_LINK_AGE = timedelta(days=1)
"""How long an expired link is kept. That it was used is in the trail."""


def count(session: Session, tenant_id: int, periods: Retention, now: datetime, today: date) -> dict[str, int]:
    """Return the number of rows of each kind whose period is over."""
    return {
        kind: session.exec(select(func.count()).select_from(table).where(which)).one()
        for kind, (table, which) in _due(tenant_id, periods, now, today).items()
    }


def purge(session: Session, tenant_id: int, periods: Retention, now: datetime, today: date) -> dict[str, int]:
    """Delete or empty the rows whose period is over; return the number of each kind."""
    counts = count(session, tenant_id, periods, now, today)
    kinds = _due(tenant_id, periods, now, today)
    session.exec(update(ConversationRow).where(kinds["chats"][1]).values(shown=""))
    # A row with a deduplication key is emptied but kept: it prevents the same message from being sent again.
    session.exec(update(OutboxRow).where(kinds["messages"][1], col(OutboxRow.once).is_not(None)).values(view=b""))
    for kind in ("replies", "messages", "drafts", "links"):
        table, which = kinds[kind]
        session.exec(delete(table).where(which))
    return counts


def _due(
    tenant_id: int, periods: Retention, now: datetime, today: date
) -> Mapping[str, tuple[Any, ColumnElement[bool]]]:
    """Return (table, condition) by kind. A chat is due when it has had no reply for `chat_days`."""
    replies, messages, chats = (
        now - timedelta(days=days) for days in (periods.reply_days, periods.message_days, periods.chat_days)
    )
    closed = (
        select(col(FilledRow.id))
        .join(CaseRow, col(CaseRow.id) == col(FilledRow.case_id))
        .where(CaseRow.tenant_id == tenant_id, col(CaseRow.closed_on) <= today - timedelta(days=periods.draft_days))
    )
    spoken = exists().where(
        col(InboxRow.tenant_id) == tenant_id,
        col(InboxRow.channel_id) == col(ConversationRow.channel_id),
        col(InboxRow.at) > chats,
    )
    return {
        "replies": (InboxRow, and_(col(InboxRow.tenant_id) == tenant_id, col(InboxRow.at) <= replies)),
        "messages": (
            OutboxRow,
            and_(
                col(OutboxRow.tenant_id) == tenant_id,
                col(OutboxRow.state) != WAITING,
                col(OutboxRow.created_at) <= messages,
                col(OutboxRow.view) != b"",
            ),
        ),
        "chats": (
            ConversationRow,
            and_(col(ConversationRow.tenant_id) == tenant_id, col(ConversationRow.shown) != "", ~spoken),
        ),
        "drafts": (DraftRow, col(DraftRow.filled_id).in_(closed)),
        "links": (LinkRow, and_(col(LinkRow.tenant_id) == tenant_id, col(LinkRow.expires_at) <= now - _LINK_AGE)),
    }
