"""Why a drawn case cannot be reviewed in its round."""

from collections.abc import Sequence
from typing import Literal

from actions.origin import Origin
from checklists.round_frame import Decided, is_recent
from storage import round_cases, rounds
from storage.cases import CaseRow
from storage.desk import Session
from storage.round_cases import RoundCaseRow
from storage.rounds import RoundRow

Stopped = Literal["", "withdrawn", "protected"]
"""Why a drawn case cannot be reviewed by anybody; closing the round takes no other reason for it."""
Unfit = Literal["withdrawn", "protected", "elsewhere", "under_way", "recent"]
"""Why a case that was drawn cannot be reviewed when its round is started: nobody can, it belongs to another unit
now, is being reviewed in another round, or was reviewed recently."""


def stopped(case: CaseRow) -> Stopped:
    """Return why nobody can review a case, empty if somebody can."""
    return "withdrawn" if case.withdrawn else "protected" if case.protected_identity else ""


def unfit(session: Session, origin: Origin, row: RoundRow) -> dict[int, Unfit]:
    """Return the drawn cases of a round that is not started which cannot be reviewed in it any more, and why."""
    return unfit_among(session, origin, row, round_cases.drawn_of(session, row.id))


def unfit_among(
    session: Session, origin: Origin, row: RoundRow, some: Sequence[tuple[RoundCaseRow, CaseRow]]
) -> dict[int, Unfit]:
    """Return which of some cases of a round's frame cannot be reviewed in it, and why."""
    ids, units = [case.id for _, case in some], rounds.units_of(session, row.id)
    busy = round_cases.under_way(session, ids, row.checklist)
    reviewed = round_cases.reviewed_on(session, ids, row.checklist)
    found: dict[int, Unfit] = {}
    for one, case in some:
        why: Unfit | Literal[""] = stopped(case)
        if not why and case.unit_id not in units:
            why = "elsewhere"
        elif not why and case.id in busy:
            why = "under_way"
        elif not why:
            decided = Decided(case.ref, "", one.decided_on, reviewed_on=reviewed.get(case.id))
            why = "recent" if is_recent(decided, origin.today) else ""
        if why:
            found[case.id] = why
    return found
