"""Give the drawn cases of a round to reviewers, move one to another, or replace one by the next of its unit."""

from actions.changes import NONE, Change, Changes, record
from actions.origin import Origin
from actions.round_lock import still
from actions.round_matching import candidates, standing
from actions.round_unfit import unfit_among
from checklists.errors import NoReplacement, NoReviewer, RoundMoved
from checklists.round_match import successors
from checklists.tenant_settings import TenantSettings
from storage import cases, round_cases, round_readings, rounds
from storage.cases import CaseRow
from storage.desk import Session
from storage.round_readings import ReadingRow
from storage.rounds import RoundRow


def renew(session: Session, origin: Origin, row: RoundRow) -> tuple[int, int, Changes]:
    """Replace the drawn cases that cannot be reviewed any more by the next in their units' order.

    Return how many were replaced, and how many could not be because no case was left. Raises: RoundMoved.
    """
    still(session, row, "draft")
    every = round_cases.frame_of(session, row.id)
    bad = unfit_among(session, origin, row, every)
    taken = short = 0
    changes = NONE
    for old, case in every:
        if not old.drawn or case.id not in bad:
            continue
        old.drawn, old.replaced = False, True
        able = (one for one in every if not (one[0].drawn or one[0].replaced) and one[1].id not in bad)
        new = next((one for one in able if one[0].stratum == old.stratum and one[0].unit_id == old.unit_id), None)
        if new is not None:
            new[0].drawn, new[0].twice = True, old.twice
            taken += 1
        else:
            short += 1
        changes += record(session, origin, Change("case_replaced", new[1] if new else case, detail=f"round:{row.id}"))
    rounds.flush(session)
    return taken, short, changes


def give(session: Session, origin: Origin, row: RoundRow, case: CaseRow, person_id: int, *, second: bool) -> Changes:
    """Give a drawn case to a reviewer. second: she is the other of two who read it."""
    given = ReadingRow(tenant_id=origin.tenant_id, round_id=row.id, case_id=case.id, person_id=person_id, second=second)
    round_readings.put_reading(session, given)
    return record(session, origin, Change("case_given", case, detail=f"round:{row.id} {person_id}"))


def move(
    session: Session, origin: Origin, row: RoundRow, reading: ReadingRow, person_id: int, settings: TenantSettings
) -> Changes:
    """Give a reading to another reviewer, without a new draw. Raises: RoundMoved; NoReviewer: she may not read it."""
    still(session, row, "open")
    if reading.ended == "moved" or reading.round_id != row.id or _replaced_by(session, reading):
        raise RoundMoved
    if person_id not in candidates(session, origin, row, reading.case_id, settings):
        raise NoReviewer
    case = cases.get(session, origin.tenant_id, reading.case_id)
    was, reading.ended = reading.person_id, reading.ended or "moved"
    rounds.flush(session)
    given = give(session, origin, row, _present(case), person_id, second=reading.second)
    detail = f"round:{row.id} {was} to {person_id}"
    return given + record(session, origin, Change("case_moved", case, detail=detail))


def _replaced_by(session: Session, reading: ReadingRow) -> bool:
    """Return whether somebody else has this reading already, after its reviewer said that she had had the case."""
    row = round_cases.case_in(session, reading.round_id, reading.case_id)
    stand = [one for one in round_readings.readings(session, reading.round_id) if one.case_id == reading.case_id]
    return (
        row is None or not row.drawn or (reading.ended == "had" and any(one.second == reading.second for one in stand))
    )


def _present(case: CaseRow | None) -> CaseRow:
    if case is None:
        raise RoundMoved
    return case


def replace(
    session: Session, origin: Origin, row: RoundRow, case_id: int, settings: TenantSettings
) -> tuple[CaseRow, Changes]:
    """Replace a case that cannot be reviewed by the next in its unit's order.

    Raises: RoundMoved; NoReplacement: there is none, or too few may review it.
    """
    still(session, row, "open")
    every = round_cases.frame_of(session, row.id)
    old = next((one for one, _ in every if one.case_id == case_id and one.drawn), None)
    if old is None:
        raise RoundMoved
    now, bad = standing(session, origin, row, settings), unfit_among(session, origin, row, every)
    for one, case in every:
        alike = (one.unit_id, one.stratum) == (old.unit_id, old.stratum)
        is_next = alike and not one.drawn and not one.replaced and case.id not in bad
        able = successors(now.loads, now.weights, now.may_read.get(case.id, ()), row.seed)
        if is_next and len(able) >= (wanted := 2 if old.twice else 1):
            old.drawn, old.replaced = False, True
            one.drawn, one.twice = True, old.twice
            for reading in round_readings.readings(session, row.id):
                if reading.case_id == case_id:
                    reading.ended = "moved"
            rounds.flush(session)
            changes = record(session, origin, Change("case_replaced", case, detail=f"round:{row.id}"))
            for place, person_id in enumerate(able[:wanted]):
                changes += give(session, origin, row, case, person_id, second=place == 1)
            return case, changes
    raise NoReplacement
