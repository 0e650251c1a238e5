"""Dispose of the personal data of people who left, when the municipality's period for them is over."""

from actions import settings
from actions.changes import NONE, Change, Changes, record
from actions.origin import Origin
from checklists.retention import Retention
from storage import leavers
from storage.desk import Session


def dispose(session: Session, origin: Origin, periods: Retention) -> Changes:
    """Leave a running number of everybody who is due; each is an event that names the row."""
    changes = NONE
    for person in leavers.due(session, origin.tenant_id, periods, origin.today):
        changes += settings.follow_address(session, origin, person.email, None)
        leavers.forget(session, person)
        changes += record(session, origin, Change("person_disposed", detail=str(person.id)))
    return changes
