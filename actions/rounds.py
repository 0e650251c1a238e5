"""Rounds of the unit's own review: make, draw, match, start, give to another, declare, calibrate, raise, close."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from secrets import choice, token_hex
from typing import Literal

from actions.basis import read_own
from actions.changes import NONE, Change, Changes, record
from actions.origin import Origin
from actions.round_reach import Reach, reach, reviewer_units
from checklists.calibration import Akt, choices, questions
from checklists.errors import (
    EmptyFrame,
    NoReplacement,
    NoReviewer,
    NotAllAnswered,
    NothingDrawn,
    RoundCasesTaken,
    RoundDays,
    RoundMoved,
    RoundName,
    RoundOver,
    RoundUnits,
    WhyNotMissing,
)
from checklists.free_text import checked, is_name
from checklists.loader import checklist_version, newest
from checklists.model import ListId
from checklists.office_hours import after_office_time
from checklists.periods import Period
from checklists.round_draw import How, Method, digest, draw, read_twice
from checklists.round_frame import Decided, Frame, frame, is_recent
from checklists.round_match import Availability, Match, NoMatch, match, successors, weight
from checklists.tenant_settings import TenantSettings
from storage import calibrations, cases, raised, rounds
from storage.calibrations import CalibrationRow
from storage.cases import CaseRow
from storage.desk import Session
from storage.raised import RaisedRow
from storage.rounds import ConsentRow, ReadingRow, RoundCaseRow, RoundReviewerRow, RoundRow, Side

WHY_NOT = ("no_time", "no_file", "reviewer_gone", "tie", "other")
"""Why a drawn case was not reviewed, when a round closes: codes, never a text."""
Stopped = Literal["", "withdrawn", "protected"]
"""Why a drawn case cannot be reviewed by anybody; nobody is asked to say so at the closing."""
Unfit = Literal["withdrawn", "protected", "elsewhere", "under_way", "recent"]
"""Why a case that was drawn cannot be reviewed when its round is started: it stopped, belongs to another unit now, is
being reviewed in another round, or was reviewed of late."""
RECEIVED_WITHIN = timedelta(hours=2)
"""Office time within which what was raised is to be received."""
AFTER_LAST = timedelta(days=7)
"""How far ahead a reviewer's time is looked at when the last day of a round has passed and it is not closed."""
_SEED = "bcdfghjkmnpqrstvwxz"
"""A seed has no digits, which in a file could read as a personal number, and no vowels, which could read as a word."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A round as it is wanted. pool: what its group of reviewers is called; may be empty. seed: empty for a new one.

    version: of the checklist, 0 for the newest. baseline_id: the round it follows up.
    """

    name: str
    checklist: ListId
    units: tuple[int, ...]
    period: Period
    opens_on: date
    closes_on: date
    per_unit: int
    method: Method = "random"
    quota: int = 0
    twice: int = 0
    pool: str = ""
    seed: str = ""
    version: int = 0
    baseline_id: int | None = None


def follow_up(
    session: Session, origin: Origin, baseline: RoundRow, name: str, period: Period, opens_on: date, closes_on: date
) -> tuple[RoundRow, Changes]:
    """Make a round that follows a closed one up: its list in its version, its units and its rule of drawing.

    Only the seed and the days are new. Raises: RoundMoved: the baseline is not closed; else as `make`.
    """
    if baseline.state != "closed":
        raise RoundMoved
    plan = Plan(
        name=name,
        checklist=baseline.checklist,
        units=tuple(rounds.units_of(session, baseline.id)),
        period=period,
        opens_on=opens_on,
        closes_on=closes_on,
        per_unit=baseline.per_unit,
        method=baseline.method,
        quota=baseline.quota,
        twice=baseline.twice,
        pool=rounds.pool_of(session, baseline),
        version=baseline.version,
        baseline_id=baseline.id,
    )
    return make(session, origin, plan)


def make(session: Session, origin: Origin, plan: Plan) -> tuple[RoundRow, Changes]:
    """Make a round and draw its cases; it is not begun before it is started.

    Raises: RoundName, RoundUnits, RoundDays; PersonalNumberInText; EmptyFrame: no case may be drawn.
    """
    name, pool = (checked(text, origin.lets) for text in (plan.name, plan.pool))
    if not is_name(name) or (pool and not is_name(pool)):
        raise RoundName
    if not plan.units:
        raise RoundUnits
    if plan.period.last < plan.period.first or plan.closes_on < max(plan.opens_on, origin.today):
        raise RoundDays
    checklist = checklist_version(plan.checklist, plan.version) if plan.version else newest(plan.checklist)
    kind = checklist.case_type or cases.CHILD_CASE
    where = (plan.units, plan.period.first, plan.period.last, kind, checklist.id)
    found = rounds.decided(session, origin.tenant_id, *where)
    made = frame([one.case for one in found], plan.period, origin.today)
    if not made.candidates:
        raise EmptyFrame(protected=made.protected, recent=made.recent, under_way=made.under_way)
    row = _row(origin, plan, made, checklist.version)
    rounds.add(session, row, name, pool, plan.units)
    ids = {one.case.ref: (one.case_id, one.unit_id) for one in found}
    places = draw(made.candidates, How(plan.method, row.seed, plan.per_unit, plan.quota))
    strata = {name: number for number, name in enumerate(dict.fromkeys(one.candidate.unit for one in places), start=1)}
    drawn = [one.candidate.ref for one in places if one.drawn]
    twice = read_twice(row.seed, drawn, plan.twice)
    rounds.put_cases(
        session,
        [
            RoundCaseRow(
                tenant_id=origin.tenant_id,
                round_id=row.id,
                case_id=ids[one.candidate.ref][0],
                unit_id=ids[one.candidate.ref][1],
                decided_on=one.candidate.decided_on,
                place=one.place,
                flagged=one.candidate.flagged,
                drawn=one.drawn,
                twice=one.candidate.ref in twice,
                stratum=strata[one.candidate.unit],
                key=digest(row.seed, one.candidate.ref),
            )
            for one in places
        ],
    )
    follows = f" follows:{row.baseline_id}" if row.baseline_id else ""
    return row, record(session, origin, Change("round_made", detail=f"round:{row.id} drawn:{len(drawn)}{follows}"))


def _row(origin: Origin, plan: Plan, made: Frame, version: int) -> RoundRow:
    return RoundRow(
        tenant_id=origin.tenant_id,
        nonce=token_hex(16),
        name=b"",
        pool=b"",
        checklist=plan.checklist,
        version=version,
        first=plan.period.first,
        last=plan.period.last,
        method=plan.method,
        seed=plan.seed or "".join(choice(_SEED) for _ in range(16)),
        per_unit=plan.per_unit,
        quota=plan.quota,
        twice=plan.twice,
        opens_on=plan.opens_on,
        closes_on=plan.closes_on,
        made_by=origin.person_id or 0,
        made_at=origin.now,
        total=made.total,
        protected=made.protected,
        recent=made.recent,
        under_way=made.under_way,
        baseline_id=plan.baseline_id,
    )


# --- reviewers -------------------------------------------------------------------------------------------------------


def add_reviewers(
    session: Session, origin: Origin, row: RoundRow, wanted: Sequence[int], availability: Availability
) -> Changes:
    """Add reviewers to a round, or change when those in it have time. Raises: NoReviewer, RoundMoved."""
    _still(session, row, "draft", "open")
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
        rounds.put_reviewer(session, one)
        detail = f"round:{row.id} {person_id} {availability.capacity}%"
        changes += record(session, origin, Change("reviewer_added", detail=detail))
    return changes


def drop_reviewer(session: Session, origin: Origin, row: RoundRow, person_id: int) -> Changes:
    """Take a reviewer out of a round that is not begun. Raises: RoundMoved."""
    _still(session, row, "draft")
    rounds.drop_reviewer(session, row.id, person_id)
    return record(session, origin, Change("reviewer_removed", detail=f"round:{row.id} {person_id}"))


def ask_for(
    session: Session, origin: Origin, row: RoundRow, person_id: int, unit_id: int, own: Collection[int]
) -> tuple[tuple[ConsentRow, ...], Changes]:
    """Ask the chefs of both units whether a reviewer of one may review cases of another.

    own: the units the asker herself is chef of; of those she has said yes by asking. Raises: NoReviewer, RoundMoved.
    """
    _still(session, row, "draft", "open")
    units = reviewer_units(session, origin).get(person_id, [])
    of_cases = {case.unit_id for _, case in rounds.drawn_of(session, row.id)}  # one may have moved since
    if not units or unit_id in units or unit_id not in {*rounds.units_of(session, row.id), *of_cases}:
        raise NoReviewer
    known = {(one.person_id, one.unit_id, one.side): one for one in rounds.consents(session, row.id)}
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
        asked.append(rounds.put_consent(session, one))
    detail = f"round:{row.id} {person_id} to {unit_id}"
    changes = record(session, origin, Change("loan_asked", detail=detail)) if asked else NONE
    return tuple(asked), changes


def say(session: Session, origin: Origin, one: ConsentRow, *, yes: bool) -> Changes:
    """Keep what a chef says to a loan; she may change her mind while the round is open."""
    one.said, one.by_id, one.at = "yes" if yes else "no", origin.person_id, origin.now
    rounds.flush(session)
    detail = f"round:{one.round_id} {one.person_id} to {one.unit_id} {one.side} {one.said}"
    return record(session, origin, Change("loan_said", detail=detail))


# --- matching --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """A round's matching as it stands: weights and loads by reviewer, and who may read which case without a tie."""

    weights: Mapping[int, int]
    loads: Mapping[int, int]
    may_read: Mapping[int, frozenset[int]]


def standing(session: Session, origin: Origin, row: RoundRow, settings: TenantSettings) -> Standing:
    """Return how matters stand, from the register, the ties and the consents of today."""
    frame_, now = rounds.frame_of(session, row.id), reach(session, origin, row.id)
    members, ties = rounds.reviewers(session, row.id), rounds.ties(session, [case.id for _, case in frame_])
    may_read = {
        case.id: frozenset(
            one.person_id
            for one in members
            if now.covers(one.person_id, case.unit_id) and one.person_id not in ties.get(case.id, ())
        )
        for _, case in frame_
        if not stopped(case)
    }
    near = in_reach(now, members, {case.unit_id for _, case in frame_}) or frozenset(now.units)
    first = max(row.opens_on, origin.today)
    last = row.closes_on if first <= row.closes_on else first + AFTER_LAST
    weights = {
        one.person_id: weight(_availability(one), first, last, settings.workdays)
        for one in members
        if one.person_id in near
    }
    loads = Counter(one.person_id for one in rounds.readings(session, row.id))
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
    wanted = {one.case_id: 2 if one.twice else 1 for one, case in rounds.drawn_of(session, row.id)}
    may_read = {case_id: now.may_read.get(case_id, frozenset()) for case_id in wanted}
    return match(wanted, now.weights, may_read, row.seed)


def whom_to_ask(
    session: Session, origin: Origin, row: RoundRow, case_ids: Sequence[int]
) -> tuple[tuple[int, int], ...]:
    """Return who else might review, without a tie: reviewers outside the round, with the unit whose cases they'd read.

    Those of the case's own unit come first: nobody has to be asked about them.
    """
    members = {one.person_id for one in rounds.reviewers(session, row.id)}
    ties = rounds.ties(session, case_ids)
    units = {case.id: case.unit_id for _, case in rounds.drawn_of(session, row.id)}
    found: dict[tuple[int, int], bool] = {}
    for person, own in reviewer_units(session, origin).items():
        for case_id in case_ids:
            is_near = units[case_id] in own
            if person not in ties.get(case_id, ()) and not (is_near and person in members):
                found.setdefault((person, units[case_id]), is_near)
    return tuple(sorted(found, key=lambda pair: (not found[pair], pair)))


def stopped(case: CaseRow) -> Stopped:
    """Say why nobody can review a case, empty if that is not so."""
    return "withdrawn" if case.withdrawn else "protected" if case.protected_identity else ""


def unfit(session: Session, origin: Origin, row: RoundRow) -> dict[int, Unfit]:
    """Return the drawn cases of a round that is not started which cannot be reviewed in it any more, and why."""
    return _unfit(session, origin, row, rounds.drawn_of(session, row.id))


def _unfit(
    session: Session, origin: Origin, row: RoundRow, some: Sequence[tuple[RoundCaseRow, CaseRow]]
) -> dict[int, Unfit]:
    ids, units = [case.id for _, case in some], rounds.units_of(session, row.id)
    busy = rounds.under_way(session, ids, row.checklist)
    reviewed = rounds.reviewed_on(session, ids, row.checklist)
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


def renew(session: Session, origin: Origin, row: RoundRow) -> tuple[int, int, Changes]:
    """Take the next cases in their units' order instead of those that cannot be reviewed any more.

    Return how many were taken, and how many there is nobody left for, so that fewer are drawn. Raises: RoundMoved.
    """
    _still(session, row, "draft")
    every = rounds.frame_of(session, row.id)
    bad = _unfit(session, origin, row, every)
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


def start(session: Session, origin: Origin, row: RoundRow, settings: TenantSettings) -> tuple[Match | NoMatch, Changes]:
    """Match the drawn cases with the reviewers and open the round; nothing is stored if they cannot be matched.

    Raises: RoundMoved. RoundOver: its last day has passed. NothingDrawn: none is left. RoundCasesTaken: some cannot be
    reviewed any more; see `unfit`.
    """
    rounds.lock_alike(session, row)
    _still(session, row, "draft")
    if row.closes_on < origin.today:
        raise RoundOver
    bad = unfit(session, origin, row)
    if bad:
        raise RoundCasesTaken(cases=len(bad))
    if not rounds.drawn_of(session, row.id):
        raise NothingDrawn
    found = try_match(session, origin, row, settings)
    if isinstance(found, NoMatch):
        return found, NONE
    row.state, row.started_at = "open", origin.now
    changes = record(session, origin, Change("round_started", detail=f"round:{row.id}"))
    known = {case.id: case for _, case in rounds.drawn_of(session, row.id)}
    first: set[int] = set()
    for case_id, person_id in found.pairs:
        changes += _give(session, origin, row, known[case_id], person_id, second=case_id in first)
        first.add(case_id)
    return found, changes


def _give(session: Session, origin: Origin, row: RoundRow, case: CaseRow, person_id: int, *, second: bool) -> Changes:
    given = ReadingRow(tenant_id=origin.tenant_id, round_id=row.id, case_id=case.id, person_id=person_id, second=second)
    rounds.put_reading(session, given)
    return record(session, origin, Change("case_given", case, detail=f"round:{row.id} {person_id}"))


def candidates(
    session: Session, origin: Origin, row: RoundRow, case_id: int, settings: TenantSettings
) -> tuple[int, ...]:
    """Return who may take over a reading of a case, whoever then has the least to do first."""
    now = standing(session, origin, row, settings)
    reads = {one.person_id for one in rounds.readings(session, row.id) if one.case_id == case_id}
    able = now.may_read.get(case_id, frozenset()) - reads
    return successors(now.loads, now.weights, able, row.seed)


def move(
    session: Session, origin: Origin, row: RoundRow, reading: ReadingRow, person_id: int, settings: TenantSettings
) -> Changes:
    """Give a reading to another reviewer, without a new draw. Raises: RoundMoved; NoReviewer: she may not read it."""
    _still(session, row, "open")
    if reading.ended == "moved" or reading.round_id != row.id or _replaced_by(session, reading):
        raise RoundMoved
    if person_id not in candidates(session, origin, row, reading.case_id, settings):
        raise NoReviewer
    case = cases.get(session, origin.tenant_id, reading.case_id)
    was, reading.ended = reading.person_id, reading.ended or "moved"
    rounds.flush(session)
    given = _give(session, origin, row, _there(case), person_id, second=reading.second)
    detail = f"round:{row.id} {was} to {person_id}"
    return given + record(session, origin, Change("case_moved", case, detail=detail))


def _replaced_by(session: Session, reading: ReadingRow) -> bool:
    """Say whether somebody else has this reading already, since its reviewer said that she had had the case."""
    row = rounds.case_in(session, reading.round_id, reading.case_id)
    stand = [one for one in rounds.readings(session, reading.round_id) if one.case_id == reading.case_id]
    return (
        row is None or not row.drawn or (reading.ended == "had" and any(one.second == reading.second for one in stand))
    )


def _there(case: CaseRow | None) -> CaseRow:
    if case is None:
        raise RoundMoved
    return case


def replace(
    session: Session, origin: Origin, row: RoundRow, case_id: int, settings: TenantSettings
) -> tuple[CaseRow, Changes]:
    """Take the next case in the unit's order instead of one that cannot be reviewed.

    Raises: RoundMoved; NoReplacement: there is none, or too few may review it.
    """
    _still(session, row, "open")
    every = rounds.frame_of(session, row.id)
    old = next((one for one, _ in every if one.case_id == case_id and one.drawn), None)
    if old is None:
        raise RoundMoved
    now, bad = standing(session, origin, row, settings), _unfit(session, origin, row, every)
    for one, case in every:
        alike = (one.unit_id, one.stratum) == (old.unit_id, old.stratum)
        is_next = alike and not one.drawn and not one.replaced and case.id not in bad
        able = successors(now.loads, now.weights, now.may_read.get(case.id, ()), row.seed)
        if is_next and len(able) >= (wanted := 2 if old.twice else 1):
            old.drawn, old.replaced = False, True
            one.drawn, one.twice = True, old.twice
            for reading in rounds.readings(session, row.id):
                if reading.case_id == case_id:
                    reading.ended = "moved"
            rounds.flush(session)
            changes = record(session, origin, Change("case_replaced", case, detail=f"round:{row.id}"))
            for place, person_id in enumerate(able[:wanted]):
                changes += _give(session, origin, row, case, person_id, second=place == 1)
            return case, changes
    raise NoReplacement


# --- reviewing -------------------------------------------------------------------------------------------------------


def declare(session: Session, origin: Origin, case: CaseRow, reading: ReadingRow, *, had: bool) -> Changes:
    """Keep whether a reviewer had a case, which she says before she sees more than its reference.

    Raises: RoundMoved: it is not hers any more, or she has said it.
    """
    if reading.ended or reading.person_id != origin.person_id or reading.declared:
        raise RoundMoved
    reading.declared, reading.declared_at = ("had" if had else "none"), origin.now
    reading.ended = "had" if had else ""
    rounds.flush(session)
    detail = f"round:{reading.round_id} {reading.declared}"
    return record(session, origin, Change("tie_declared", case, detail=detail))


def calibrate(session: Session, origin: Origin, row: RoundRow, akt: Akt, given: Mapping[str, str]) -> Changes:
    """Keep a reviewer's answers about a made-up file. Raises: NotAllAnswered: some are missing, or not allowed."""
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


def raise_now(
    session: Session, origin: Origin, row: RoundRow, case: CaseRow, told: Sequence[int], settings: TenantSettings
) -> tuple[RaisedRow, Changes]:
    """Raise a case in which a reviewer found a child at risk. told: who is told at once. Never a text.

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
    """Keep that somebody who was told has received what was raised. Raises: RoundMoved: she was not told of it."""
    if origin.person_id not in raised.told(session, one.id):
        raise RoundMoved
    if one.received_at is not None:
        return NONE
    one.received_at, one.received_by = origin.now, origin.person_id
    rounds.flush(session)
    return record(session, origin, Change("raised_received", case, detail=f"round:{one.round_id}"))


def note_late(session: Session, origin: Origin, one: RaisedRow, case: CaseRow, told: Sequence[int]) -> Changes:
    """Keep that nobody has received it in time, and who was told of that and may receive it now."""
    one.late_at = origin.now
    raised.note_told(session, one.id, told)
    detail = f"round:{one.round_id} to {','.join(map(str, told))}"
    return record(session, origin, Change("raised_late", case, detail=detail))


# --- progress and closing --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CaseProgress:
    """A drawn case of a round, its readings that stand, and those of them that are done."""

    row: RoundCaseRow
    case: CaseRow
    readings: tuple[ReadingRow, ...]
    done: tuple[ReadingRow, ...]

    @property
    def is_reviewed(self) -> bool:
        """Whether as many have read it as are to."""
        return len(self.done) >= (2 if self.row.twice else 1)

    @property
    def is_left(self) -> bool:
        """Whether it is not reviewed, though it could be: the closing asks why."""
        return not self.is_reviewed and not stopped(self.case)


def progress(session: Session, row: RoundRow) -> list[CaseProgress]:
    """Return how far each drawn case of a round has come."""
    begun = {(one.case_id, one.person_id) for one in rounds.lists_of(session, row.id)}
    every = rounds.readings(session, row.id)
    found = []
    for one, case in rounds.drawn_of(session, row.id):
        of_case = tuple(reading for reading in every if reading.case_id == case.id)
        done = tuple(
            reading
            for reading in of_case
            if (case.id, reading.person_id) in begun and is_done(session, row, case, reading.person_id)
        )
        found.append(CaseProgress(one, case, of_case, done))
    return found


def counted(now: Sequence[CaseProgress]) -> tuple[int, int]:
    """Return how many cases of a round are reviewed, and of how many: what was withdrawn is in no figure."""
    some = [one for one in now if not one.case.withdrawn]
    return sum(one.is_reviewed for one in some), len(some)


def readings_left(session: Session, row: RoundRow) -> tuple[ReadingRow, ...]:
    """Return the readings of a round that are not done; none of a case that may not be reviewed any more."""
    can = [one for one in progress(session, row) if not stopped(one.case)]
    return tuple(reading for one in can for reading in one.readings if reading not in one.done)


def is_done(session: Session, row: RoundRow, case: CaseRow, person_id: int) -> bool:
    """Say whether a reviewer has reviewed a case of a round to the end."""
    facts = cases.facts(session, case.id)
    return read_own(session, case, facts, row.checklist, "peer_reviewer", person_id, row.id).is_reviewed


def close(session: Session, origin: Origin, row: RoundRow, why_not: Mapping[int, str]) -> Changes:
    """Close a round, saying of each case that was not reviewed why. why_not: by case.

    Raises: RoundMoved. WhyNotMissing: of some cases it is not said; nothing is stored.
    """
    _still(session, row, "open")
    now = progress(session, row)
    left = [one for one in now if one.is_left]
    unsaid = sum(why_not.get(one.case.id) not in WHY_NOT for one in left)
    if unsaid:
        raise WhyNotMissing(cases=unsaid)
    for one in left:
        one.row.why_not = why_not[one.case.id]
    for one in now:
        if not one.is_reviewed and not one.is_left:
            one.row.why_not = stopped(one.case)
    row.state, row.closed_at = "closed", origin.now
    row.done, row.readings = counted(now)
    rounds.flush(session)
    return record(session, origin, Change("round_closed", detail=f"round:{row.id} {row.done} of {row.readings}"))


def _still(session: Session, row: RoundRow, *states: str) -> None:
    """Lock a round and check its state. Raises: RoundMoved."""
    rounds.lock(session, row)
    if row.state not in states:
        raise RoundMoved
