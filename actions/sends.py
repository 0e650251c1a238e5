"""Decide about messages that the bot no longer sends by itself: uncertain ones, and those that were stopped."""

from actions.changes import Change, Changes, record
from actions.origin import Origin
from checklists.errors import SendIsGone
from storage import outbox
from storage.desk import Session


def again(session: Session, origin: Origin, row_id: int) -> Changes:
    """Send a message again, at once. It may then arrive twice. Raises: SendIsGone."""
    row = outbox.left_one(session, origin.tenant_id, row_id)
    if row is None or not row.view:
        raise SendIsGone
    row.state, row.leased_until, row.leased_by, row.due_at = outbox.WAITING, None, None, origin.now
    row.attempts += 1  # so that a lease from before has no effect
    return record(session, origin, Change("sent_again", detail=str(row.id)))


def drop(session: Session, origin: Origin, row_id: int) -> Changes:
    """Drop a message: it is not sent. Raises: SendIsGone."""
    row = outbox.left_one(session, origin.tenant_id, row_id)
    if row is None:
        raise SendIsGone
    row.state, row.leased_until = outbox.DROPPED, None
    row.attempts += 1
    return record(session, origin, Change("send_dropped", detail=str(row.id)))
