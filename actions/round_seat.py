"""Whether a peer reviewer may review a case in an open round: checked wherever its list can be begun."""

from dataclasses import dataclass
from typing import Literal

from actions.origin import Origin
from actions.round_reach import reach
from checklists.calibration import akts, is_calibrated
from checklists.model import ListId
from checklists.swedish_time import day_of
from storage import calibrations, filled, round_readings
from storage.cases import CaseRow
from storage.desk import Session
from storage.round_readings import ReadingRow
from storage.rounds import RoundRow

Standing = Literal["undrawn", "not_hers", "elsewhere", "undeclared", "uncalibrated", "reviews"]
"""`undrawn`: the case is in no open round of this list, or its people have protected identity, so nobody reviews it.
`not_hers`: somebody else is to review it. `elsewhere`: it was given to her, but is now another unit's, and its chef and
hers have not both said yes. `undeclared`: she has not said that she has no tie to it. `uncalibrated`: she has not read
the made-up file. `reviews`: she may."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A reviewer's standing, with the round and her reading, where there is one."""

    standing: Standing
    round: RoundRow | None = None
    reading: ReadingRow | None = None

    @property
    def may_review(self) -> bool:
        """Whether she may begin the list, or go on with it."""
        return self.standing == "reviews"

    @property
    def round_id(self) -> int:
        """The round she reviews it in, NO_ROUND for none."""
        return self.round.id if self.round is not None and self.standing == "reviews" else filled.NO_ROUND


def seat(session: Session, origin: Origin, case: CaseRow, checklist: ListId) -> Seat:
    """Return a peer reviewer's standing. Ties that the bot knows of itself are not checked here: see `round_ties`."""
    found = round_readings.live(session, case.id, checklist)
    if not found or case.protected_identity:
        return Seat("undrawn")
    hers = next(((row, one) for row, one in found if one is not None and one.person_id == origin.person_id), None)
    if hers is None:
        return Seat("not_hers")
    row, reading = hers
    if not reach(session, origin, row.id).covers(origin.person_id or 0, case.unit_id):
        return Seat("elsewhere", row, reading)
    if reading is None or reading.declared != "none":
        return Seat("undeclared", row, reading)
    is_ready = calibrated(session, origin, row)
    return Seat("reviews" if is_ready else "uncalibrated", row, reading)


def calibrated(session: Session, origin: Origin, row: RoundRow) -> bool:
    """Return whether a person's calibration with the version of a round's list is valid, or none is needed."""
    done = calibrations.of_person(session, origin.person_id or 0, row.checklist)
    days = [day_of(one.at) for one in done if one.version == row.version]
    return not akts(row.checklist) or is_calibrated(days, origin.today)
