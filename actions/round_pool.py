"""The reviewers of a round: add them, remove them, and ask to borrow one from another unit."""

from collections.abc import Collection, Sequence

from actions.changes import NONE, Change, Changes, record
from actions.origin import Origin
from actions.round_lock import still
from actions.round_reach import reviewer_units
from checklists.errors import NoReviewer
from checklists.round_match import Availability
from storage import round_cases, round_reviewers, rounds
from storage.desk import Session
from storage.round_reviewers import ConsentRow, RoundReviewerRow, Side
from storage.rounds import RoundRow


def add_reviewers(
    session: Session, origin: Origin, row: RoundRow, wanted: Sequence[int], availability: Availability
) -> Changes:
    """Add reviewers to a round, or change the availability of those in it. Raises: NoReviewer, RoundMoved."""
    still(session, row, "draft", "open")
    units = reviewer_units(session, origin)
    if not wanted or not set(wanted) <= set(units):
        raise NoReviewer
    of_round = set(rounds.units_of(session, row.id))
    first, last = availability.away or (None, None)
    changes = NONE
    for person_id in wanted:
        own = [unit for unit in units[person_id] if unit in of_round] or units[person_id]
        one = RoundReviewerRow(
            tenant_id=origin.tenant_id,
            round_id=row.id,
            person_id=person_id,
            unit_id=own[0],
            capacity=availability.capacity,
            away_first=first,
            away_last=last,
        )
        round_reviewers.put_reviewer(session, one)
        detail = f"round:{row.id} {person_id} {availability.capacity}%"
        changes += record(session, origin, Change("reviewer_added", detail=detail))
    return changes


def drop_reviewer(session: Session, origin: Origin, row: RoundRow, person_id: int) -> Changes:
    """Remove a reviewer from a round that has not started. Raises: RoundMoved."""
    still(session, row, "draft")
    round_reviewers.drop_reviewer(session, row.id, person_id)
    return record(session, origin, Change("reviewer_removed", detail=f"round:{row.id} {person_id}"))


def ask_for(
    session: Session, origin: Origin, row: RoundRow, person_id: int, unit_id: int, own: Collection[int]
) -> tuple[tuple[ConsentRow, ...], Changes]:
    """Ask the chefs of both units whether a reviewer of one may review cases of another.

    own: the units that whoever asks is chef of herself: asking is her yes for them. Raises: NoReviewer, RoundMoved.
    """
    still(session, row, "draft", "open")
    units = reviewer_units(session, origin).get(person_id, [])
    of_cases = {case.unit_id for _, case in round_cases.drawn_of(session, row.id)}  # one may have moved since
    if not units or unit_id in units or unit_id not in {*rounds.units_of(session, row.id), *of_cases}:
        raise NoReviewer
    known = {(one.person_id, one.unit_id, one.side): one for one in round_reviewers.consents(session, row.id)}
    sides: tuple[tuple[Side, bool], ...] = (
        ("lends", bool(set(units) & set(own))),
        ("borrows", unit_id in own),
    )
    asked = []
    for side, is_own in sides:
        if (person_id, unit_id, side) in known:
            continue
        one = ConsentRow(tenant_id=origin.tenant_id, round_id=row.id, person_id=person_id, unit_id=unit_id, side=side)
        if is_own:
            one.said, one.by_id, one.at = "yes", origin.person_id, origin.now
        asked.append(round_reviewers.put_consent(session, one))
    detail = f"round:{row.id} {person_id} to {unit_id}"
    changes = record(session, origin, Change("loan_asked", detail=detail)) if asked else NONE
    return tuple(asked), changes


def say(session: Session, origin: Origin, one: ConsentRow, *, yes: bool) -> Changes:
    """Record a chef's answer about lending or borrowing a reviewer; she may change it while the round is open."""
    one.said, one.by_id, one.at = "yes" if yes else "no", origin.person_id, origin.now
    rounds.flush(session)
    detail = f"round:{one.round_id} {one.person_id} to {one.unit_id} {one.side} {one.said}"
    return record(session, origin, Change("loan_said", detail=detail))
