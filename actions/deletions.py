"""Delete one case on the committee's (nämnd's) decision: one person asks, another confirms, then the bot deletes it.

`storage.disposal` decides what is deleted and what stays: the events and a tombstone remain.
"""

from datetime import datetime

from actions.changes import NONE, Change, Changes, record
from actions.origin import Origin
from actions.same_person import is_hers
from checklists.decision_number import is_same, read_number
from checklists.errors import DeletionChanged, DeletionGone, OtherDecision, SamePerson
from checklists.events import EventName
from storage import cases, deletions, disposal, naming, tenants, trail
from storage.cases import CaseRow
from storage.deletions import DeletionRow
from storage.desk import Session
from storage.naming import Naming

_NO_CHANGE: frozenset[EventName] = frozenset(
    {
        *("deletion_asked", "deletion_withdrawn", "signature_shown", "differences_seen", "access_log", "export"),
        "differences_shown",
        *("denied", "conflict", "case_asked_for", "worker_asked", "still_ongoing"),
    }
)
"""Events between asking and confirming that do not count as a change: looking at it, asking for it, and `Inte än`."""


def ask(session: Session, origin: Origin, case: CaseRow, number: str) -> Changes:
    """Ask for a case to be deleted. Asking again after a change to it, or with another number, replaces the request.

    Raises: BadDecisionNumber, PersonalNumberInText.
    """
    number = read_number(number, case.ref, origin.lets)
    cases.lock(session, case)
    row = deletions.of_case(session, origin.tenant_id, case.id)
    if row is not None and (row.confirmed_by or (is_same(row.number, number) and not is_changed(session, row))):
        return NONE
    changes = record(session, origin, Change("deletion_asked", case, detail=number))
    if row is not None:
        deletions.drop(session, row)
    asked = DeletionRow(
        tenant_id=origin.tenant_id,
        case_id=case.id,
        number=number,
        asked_by=origin.actor,
        asked_at=origin.now,
        seen=trail.newest_of_case(session, case.id),
    )
    deletions.keep(session, asked)
    return changes


def is_changed(session: Session, row: DeletionRow) -> bool:
    """Return whether a case was changed since its deletion was asked for."""
    return deletions.changed_since(session, row, _NO_CHANGE)


def confirm(session: Session, origin: Origin, row_id: int, number: str) -> Changes:
    """Confirm a deletion; `take_away` carries it out.

    number: typed again, from the decision. Raises: DeletionGone, SamePerson, OtherDecision, DeletionChanged.
    """
    row = deletions.get(session, origin.tenant_id, row_id)
    case = cases.get_any(session, origin.tenant_id, row.case_id) if row is not None else None
    if row is None or case is None:
        raise DeletionGone
    cases.lock(session, case)
    session.refresh(row)
    if row.confirmed_by is not None:
        raise DeletionGone
    if is_hers(session, origin, row.asked_by):
        raise SamePerson
    if not is_same(row.number, number):
        raise OtherDecision
    if is_changed(session, row):
        raise DeletionChanged
    row.confirmed_by = origin.actor
    deletions.keep(session, row)
    return record(session, origin, Change("deletion_confirmed", case, detail=row.number))


def withdraw(session: Session, origin: Origin, row_id: int) -> Changes:
    """Withdraw a request, for anyone who may ask or confirm. Raises: DeletionGone: it is gone, or already confirmed."""
    row = deletions.get(session, origin.tenant_id, row_id)
    case = cases.get_any(session, origin.tenant_id, row.case_id) if row is not None else None
    if row is None or case is None or row.confirmed_by is not None:
        raise DeletionGone
    deletions.drop(session, row)
    return record(session, origin, Change("deletion_withdrawn", case))


def look(session: Session) -> Naming | None:
    """Look for what names the next case to be deleted: slow, but only reads. None if no case is to be deleted."""
    row = deletions.next_confirmed(session, locked=False)
    case = cases.get_any(session, row.tenant_id, row.case_id) if row is not None else None
    return naming.look(session, case.tenant_id, [case.ref]) if case is not None else None


def take_away(session: Session, now: datetime, looked: Naming | None = None) -> bool:
    """Delete the next case whose deletion is confirmed, as disposal does; return False if none is left.

    looked: what `look` has returned just before.
    """
    row = deletions.next_confirmed(session)
    if row is None:
        return False
    tenant = tenants.get(session, row.tenant_id)
    case = cases.get_any(session, row.tenant_id, row.case_id)
    if case is None:  # disposed of meanwhile by the previous release, which left the row
        deletions.drop(session, row)
    else:
        disposal.dispose_of(session, tenant, [case], now, str(row.confirmed_by), looked=looked)
    return True
