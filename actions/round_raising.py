"""A child at risk, found in a review: raised, received, or not received in time."""

from collections.abc import Sequence
from datetime import timedelta

from actions.changes import NONE, Change, Changes, record
from actions.origin import Origin
from checklists.errors import RoundMoved
from checklists.office_hours import after_office_time
from checklists.tenant_settings import TenantSettings
from storage import raised, rounds
from storage.cases import CaseRow
from storage.desk import Session
from storage.raised import RaisedRow
from storage.rounds import RoundRow

RECEIVED_WITHIN = timedelta(hours=2)
"""Office hours within which a raised case is to be received."""


def raise_now(
    session: Session, origin: Origin, row: RoundRow, case: CaseRow, told: Sequence[int], settings: TenantSettings
) -> tuple[RaisedRow, Changes]:
    """Raise a case in which a reviewer found a child at risk. told: who is told at once. No text is kept.

    The same case raised again by her, before anyone has received it, is the same matter.
    """
    known = raised.waiting(session, row.id, case.id, origin.person_id or 0)
    if known is not None:
        return known, NONE
    made = RaisedRow(
        tenant_id=origin.tenant_id,
        round_id=row.id,
        case_id=case.id,
        by_id=origin.person_id or 0,
        at=origin.now,
        due_at=after_office_time(origin.now, RECEIVED_WITHIN, settings),
    )
    raised.add(session, made)
    raised.note_told(session, made.id, told)
    detail = f"round:{row.id} to {','.join(map(str, told))}"
    return made, record(session, origin, Change("raised", case, detail=detail))


def receive(session: Session, origin: Origin, one: RaisedRow, case: CaseRow) -> Changes:
    """Record that somebody who was told has received what was raised. Raises: RoundMoved: she was not told of it."""
    if origin.person_id not in raised.told(session, one.id):
        raise RoundMoved
    if one.received_at is not None:
        return NONE
    one.received_at, one.received_by = origin.now, origin.person_id
    rounds.flush(session)
    return record(session, origin, Change("raised_received", case, detail=f"round:{one.round_id}"))


def note_late(session: Session, origin: Origin, one: RaisedRow, case: CaseRow, told: Sequence[int]) -> Changes:
    """Record that nobody has received a raised case in time, and who was told of that and may receive it now."""
    one.late_at = origin.now
    raised.note_told(session, one.id, told)
    detail = f"round:{one.round_id} to {','.join(map(str, told))}"
    return record(session, origin, Change("raised_late", case, detail=detail))
