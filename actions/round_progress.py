"""How far the drawn cases of a round have come."""

from collections.abc import Sequence
from dataclasses import dataclass

from actions.basis import read_own
from actions.round_unfit import stopped
from storage import cases, round_cases, round_lists, round_readings
from storage.cases import CaseRow
from storage.desk import Session
from storage.round_cases import RoundCaseRow
from storage.round_readings import ReadingRow
from storage.rounds import RoundRow


@dataclass(frozen=True, slots=True)
class CaseProgress:
    """A drawn case of a round, its readings that stand, and those of them that are done."""

    row: RoundCaseRow
    case: CaseRow
    readings: tuple[ReadingRow, ...]
    done: tuple[ReadingRow, ...]

    @property
    def is_reviewed(self) -> bool:
        """Whether every reviewer it needs, one or two, has reviewed it."""
        return len(self.done) >= (2 if self.row.twice else 1)

    @property
    def is_left(self) -> bool:
        """Whether it is not reviewed although it could be, so that closing the round takes a reason."""
        return not self.is_reviewed and not stopped(self.case)


def progress(session: Session, row: RoundRow) -> list[CaseProgress]:
    """Return how far each drawn case of a round has come."""
    begun = {(one.case_id, one.person_id) for one in round_lists.lists_of(session, row)}
    every = round_readings.readings(session, row.id)
    found = []
    for one, case in round_cases.drawn_of(session, row.id):
        of_case = tuple(reading for reading in every if reading.case_id == case.id)
        done = tuple(
            reading
            for reading in of_case
            if (case.id, reading.person_id) in begun and is_done(session, row, case, reading.person_id)
        )
        found.append(CaseProgress(one, case, of_case, done))
    return found


def counted(now: Sequence[CaseProgress]) -> tuple[int, int]:
    """Return how many cases of a round are reviewed, and of how many; withdrawn cases are not counted."""
    some = [one for one in now if not one.case.withdrawn]
    return sum(one.is_reviewed for one in some), len(some)


def readings_left(session: Session, row: RoundRow) -> tuple[ReadingRow, ...]:
    """Return the readings of a round that are not done; none of a case that may not be reviewed any more."""
    can = [one for one in progress(session, row) if not stopped(one.case)]
    return tuple(reading for one in can for reading in one.readings if reading not in one.done)


def is_done(session: Session, row: RoundRow, case: CaseRow, person_id: int) -> bool:
    """Return whether a reviewer has reviewed a case of a round to the end."""
    facts = cases.facts(session, case.id)
    return read_own(session, case, facts, row.checklist, "peer_reviewer", person_id, row.id).is_reviewed
