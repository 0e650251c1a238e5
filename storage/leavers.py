"""People who have left: their name, e-mail, account and chat are disposed of, and only a running number remains.

The row and its roles stay: the trail, the answers and the signatures name it, and say in which role something was done.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete
from sqlmodel import Session, col, select

from checklists.retention import Retention, pseudonym
from storage import cases, people
from storage.conversations import ConversationRow
from storage.drafts import DraftRow
from storage.outbox import OutboxRow
from storage.people import PersonRow
from storage.told_reminders import SnoozeRow


def due(session: Session, tenant_id: int, periods: Retention, today: date) -> Sequence[PersonRow]:
    """Return those who left so long ago that their data are due: every role has ended, and no open case is theirs.

    Someone who never held a role is not among them: nothing says when she left.
    """
    if periods.leaver_months is None:
        return []
    left: dict[int, tuple[PersonRow, date]] = {}
    for person, role in people.everyone(session, tenant_id):
        last = max(role.valid_to or date.max, left[person.id][1] if person.id in left else date.min)
        left[person.id] = person, last
    return [
        person
        for person, last in left.values()
        if people.is_known(person)
        and periods.leaver_due(last, today)
        and not cases.open_of(session, tenant_id, person.id)
    ]


def forget(session: Session, person: PersonRow) -> None:
    """Dispose of what identifies a person, also in rows that were joined into hers."""
    joined = session.exec(select(PersonRow).where(PersonRow.joined_into_id == person.id)).all()
    for row in (person, *joined):
        row.name, row.email, row.object_id = pseudonym(row.id), None, None
    ids = [person.id, *(row.id for row in joined)]
    chats = select(ConversationRow.id).where(col(ConversationRow.person_id).in_(ids))
    session.exec(delete(OutboxRow).where(col(OutboxRow.conversation_id).in_(chats)))
    for table in (ConversationRow, DraftRow, SnoozeRow):
        session.exec(delete(table).where(col(table.person_id).in_(ids)))
    session.flush()
