"""Who may read which case of a round, and how many readings each reviewer has: the match, and who could take over."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from actions.origin import Origin
from actions.round_reach import Reach, reach, reviewer_units
from actions.round_unfit import stopped
from checklists.round_match import Availability, Match, NoMatch, match, successors, weight
from checklists.tenant_settings import TenantSettings
from storage import round_cases, round_readings, round_reviewers, round_ties
from storage.desk import Session
from storage.round_reviewers import RoundReviewerRow
from storage.rounds import RoundRow

AFTER_LAST = timedelta(days=7)
"""How far ahead reviewers' availability counts when the last day of a round has passed and it is not closed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A round's matching as it stands: weights and loads by reviewer, and who, without a tie, may read which case."""

    weights: Mapping[int, int]
    loads: Mapping[int, int]
    may_read: Mapping[int, frozenset[int]]


def standing(session: Session, origin: Origin, row: RoundRow, settings: TenantSettings) -> Standing:
    """Return a round's matching as it stands, from the register, the ties and the consents of today."""
    frame, now = round_cases.frame_of(session, row.id), reach(session, origin, row.id)
    members = round_reviewers.reviewers(session, row.id)
    ties = round_ties.ties(session, [case.id for _, case in frame])
    may_read = {
        case.id: frozenset(
            one.person_id
            for one in members
            if now.covers(one.person_id, case.unit_id) and one.person_id not in ties.get(case.id, ())
        )
        for _, case in frame
        if not stopped(case)
    }
    near = in_reach(now, members, {case.unit_id for _, case in frame}) or frozenset(now.units)
    first = max(row.opens_on, origin.today)
    last = row.closes_on if first <= row.closes_on else first + AFTER_LAST
    weights = {
        one.person_id: weight(_availability(one), first, last, settings.workdays)
        for one in members
        if one.person_id in near
    }
    loads = Counter(one.person_id for one in round_readings.readings(session, row.id))
    return Standing(weights, loads, may_read)


def in_reach(now: Reach, members: Iterable[RoundReviewerRow], units: Iterable[int]) -> frozenset[int]:
    """Return which reviewers may be given a case of any of the units; the others have no share of the readings."""
    at = tuple(units)
    return frozenset(one.person_id for one in members if any(now.covers(one.person_id, unit) for unit in at))


def _availability(one: RoundReviewerRow) -> Availability:
    away = (one.away_first, one.away_last) if one.away_first and one.away_last else None
    return Availability(one.capacity, away)


def try_match(session: Session, origin: Origin, row: RoundRow, settings: TenantSettings) -> Match | NoMatch:
    """Return who would review what, or why it cannot be matched. Stores nothing."""
    now = standing(session, origin, row, settings)
    wanted = {one.case_id: 2 if one.twice else 1 for one, case in round_cases.drawn_of(session, row.id)}
    may_read = {case_id: now.may_read.get(case_id, frozenset()) for case_id in wanted}
    return match(wanted, now.weights, may_read, row.seed)


def whom_to_ask(
    session: Session, origin: Origin, row: RoundRow, case_ids: Sequence[int]
) -> tuple[tuple[int, int], ...]:
    """Return who else might review, without a tie: reviewers outside the round, with the unit whose cases they'd read.

    Those of the case's own unit come first: nobody has to be asked about them.
    """
    members = {one.person_id for one in round_reviewers.reviewers(session, row.id)}
    ties = round_ties.ties(session, case_ids)
    units = {case.id: case.unit_id for _, case in round_cases.drawn_of(session, row.id)}
    found: dict[tuple[int, int], bool] = {}
    for person, own in reviewer_units(session, origin).items():
        for case_id in case_ids:
            is_near = units[case_id] in own
            if person not in ties.get(case_id, ()) and not (is_near and person in members):
                found.setdefault((person, units[case_id]), is_near)
    return tuple(sorted(found, key=lambda pair: (not found[pair], pair)))


def candidates(
    session: Session, origin: Origin, row: RoundRow, case_id: int, settings: TenantSettings
) -> tuple[int, ...]:
    """Return who may take over a reading of a case, those first who would then have the least to do."""
    now = standing(session, origin, row, settings)
    reads = {one.person_id for one in round_readings.readings(session, row.id) if one.case_id == case_id}
    able = now.may_read.get(case_id, frozenset()) - reads
    return successors(now.loads, now.weights, able, row.seed)
