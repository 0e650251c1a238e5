"""Feedback to the case worker on a case reviewed in a round: which is due, what it says, and that it has been given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from actions.basis import BASIS, Basis, read_own, written
from actions.changes import Change, Changes, record
from actions.origin import Origin
from actions.round_progress import CaseProgress, progress
from checklists.feedback import Differs, differing, is_due
from checklists.model import ListId, Role
from checklists.swedish_time import day_of
from checklists.workdays import Workdays
from storage import cases, round_readings, rounds
from storage.cases import CaseRow
from storage.desk import Session
from storage.round_readings import ReadingRow
from storage.rounds import RoundRow

KEPT_TRYING = timedelta(days=30)
"""How long after its round was due to close, feedback on a reading is still given."""
REVIEWER: Role = "peer_reviewer"
HERS: tuple[ListId, ...] = (BASIS, "intake")
"""The lists a case worker answers herself."""


@dataclass(frozen=True, slots=True)
class ToTell:
    """A case whose worker is to be given feedback. reading: the first of its readings that is done."""

    round: RoundRow
    case: CaseRow
    reading: ReadingRow


def due(session: Session, origin: Origin, workdays: Workdays) -> list[ToTell]:
    """Return the reviewed cases whose worker has not had feedback yet and is to have it now."""
    found = []
    for row in rounds.every(session, origin.tenant_id):
        if row.state == "draft" or row.closes_on < origin.today - KEPT_TRYING:
            continue
        if all(one.feedback_at is not None for one in round_readings.readings(session, row.id)):
            continue
        for one in progress(session, row):
            if _is_due(session, row, one, origin, workdays):
                found.append(ToTell(row, one.case, one.done[0]))
    return found


def _is_due(session: Session, row: RoundRow, one: CaseProgress, origin: Origin, workdays: Workdays) -> bool:
    if one.case.protected_identity or one.case.withdrawn or any(done.feedback_at for done in one.readings):
        return False
    days = [day_of(max(_moments(session, row, one.case, done))) for done in one.done]
    return is_due(days, 2 if one.row.twice else 1, origin.today, workdays)


def _moments(session: Session, row: RoundRow, case: CaseRow, reading: ReadingRow) -> list[datetime]:
    return [answer.at for sheet in read(session, row, case, reading).sheets for answer in sheet.rows.values()]


def read(session: Session, row: RoundRow, case: CaseRow, reading: ReadingRow) -> Basis:
    """Return the lists of a reading, with their answers."""
    facts = cases.facts(session, case.id)
    return read_own(session, case, facts, row.checklist, REVIEWER, reading.person_id, row.id)


def what_differs(session: Session, row: RoundRow, case: CaseRow, reading: ReadingRow) -> tuple[Differs, ...]:
    """Return what the reading found lacking, or answered otherwise than the worker; nothing says who the reader was."""
    answered: dict[str, str] = {}
    for sheet in read(session, row, case, reading).sheets:
        for item in sheet.checklist.asked[REVIEWER]:
            if (choice := sheet.applied.state(item.id)) not in ("obesvarad", "ej_tillampligt"):
                answered.setdefault(item.id, choice)
    return differing(row.checklist, answered, _own(session, case))


def _own(session: Session, case: CaseRow) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for list_id in HERS:
        for sheet in written(session, case, list_id).sheets[:1]:
            found |= {f"{list_id}/{item.id}": sheet.applied.state(item.id) for item in sheet.checklist.items}
    return found


def told(session: Session, origin: Origin, one: ToTell) -> Changes:
    """Record that a case's worker has been given feedback."""
    one.reading.feedback_at = origin.now
    rounds.flush(session)
    return record(session, origin, Change("feedback_told", one.case, detail=f"round:{one.round.id}"))
