"""Dispose of the personal data of people who have left, once the municipality's retention period for them is over."""

from actions import settings
from actions.changes import NONE, Change, Changes, record
from actions.origin import Origin
from checklists.retention import Retention
from storage import leavers
from storage.desk import Session


def dispose(session: Session, origin: Origin, periods: Retention) -> Changes:
    """Replace the personal data of everybody who is due by a running number; each gets an event with her row id."""
    changes = NONE
    for person in leavers.due(session, origin.tenant_id, periods, origin.today):
        changes += settings.follow_address(session, origin, person.email, None)
        leavers.forget(session, person)
        changes += record(session, origin, Change("person_disposed", detail=str(person.id)))
    return changes
