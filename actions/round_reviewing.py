"""What a reviewer does before she reviews: she declares her ties, and reads the made-up file."""

import json
from collections.abc import Mapping

from actions.changes import Change, Changes, record
from actions.origin import Origin
from checklists.calibration import Akt, choices, questions
from checklists.errors import NotAllAnswered, RoundMoved
from storage import calibrations, rounds
from storage.calibrations import CalibrationRow
from storage.cases import CaseRow
from storage.desk import Session
from storage.round_readings import ReadingRow
from storage.rounds import RoundRow


def declare(session: Session, origin: Origin, case: CaseRow, reading: ReadingRow, *, had: bool) -> Changes:
    """Record whether a reviewer has had a case herself, which she says before she sees more than its reference.

    Raises: RoundMoved: it is not hers to review any more, or she has said so already.
    """
    if reading.ended or reading.person_id != origin.person_id or reading.declared:
        raise RoundMoved
    reading.declared, reading.declared_at = ("had" if had else "none"), origin.now
    reading.ended = "had" if had else ""
    rounds.flush(session)
    detail = f"round:{reading.round_id} {reading.declared}"
    return record(session, origin, Change("tie_declared", case, detail=detail))


def calibrate(session: Session, origin: Origin, row: RoundRow, akt: Akt, given: Mapping[str, str]) -> Changes:
    """Store a reviewer's answers about a made-up file. Raises: NotAllAnswered: some are missing, or not allowed."""
    asked = questions(akt, row.version)
    kept = {item.id: given.get(item.id, "") for item in asked if given.get(item.id, "") in choices(item)}
    if len(kept) < len(asked):
        raise NotAllAnswered(missing=len(asked) - len(kept))
    done = CalibrationRow(
        tenant_id=origin.tenant_id,
        person_id=origin.person_id or 0,
        checklist=row.checklist,
        version=row.version,
        akt=akt.id,
        round_id=row.id,
        at=origin.now,
        choices=json.dumps(kept),
    )
    calibrations.add(session, done)
    detail = f"round:{row.id} {row.checklist}/{row.version} {akt.id}"
    return record(session, origin, Change("calibrated", detail=detail))
