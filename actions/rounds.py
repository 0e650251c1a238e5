"""Rounds of the unit's own review: make and draw, start, close."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from secrets import choice, token_hex

from actions.changes import NONE, Change, Changes, record
from actions.origin import Origin
from actions.round_giving import give
from actions.round_lock import still
from actions.round_matching import try_match
from actions.round_progress import counted, progress
from actions.round_unfit import stopped, unfit
from checklists.errors import (
    EmptyFrame,
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
from checklists.periods import Period
from checklists.round_draw import How, Method, digest, draw, read_twice
from checklists.round_frame import Frame, frame
from checklists.round_match import Match, NoMatch
from checklists.tenant_settings import TenantSettings
from storage import cases, round_cases, rounds
from storage.desk import Session
from storage.round_cases import RoundCaseRow
from storage.rounds import RoundRow

WHY_NOT = ("no_time", "no_file", "reviewer_gone", "tie", "other")
"""Why a drawn case was not reviewed, when a round closes: codes, never a text."""
_SEED = "bcdfghjkmnpqrstvwxz"
"""A seed has no digits, which in a file could read as a personal number, and no vowels, which could read as a word."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A round to be made. pool: what its group of reviewers is called; may be empty. seed: empty for a new one.

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
    """Make a round that follows up a closed one, with the same list and version, units and rule of drawing.

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
    """Make a round and draw its cases; reviewing begins when it is started.

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
    found = round_cases.decided(session, origin.tenant_id, *where)
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
    round_cases.put_cases(
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


def start(session: Session, origin: Origin, row: RoundRow, settings: TenantSettings) -> tuple[Match | NoMatch, Changes]:
    """Match the drawn cases with the reviewers and open the round; nothing is stored if they cannot be matched.

    Raises: RoundMoved. RoundOver: its last day has passed. NothingDrawn: none is left. RoundCasesTaken: some cannot be
    reviewed any more; see `unfit`.
    """
    rounds.lock_alike(session, row)
    still(session, row, "draft")
    if row.closes_on < origin.today:
        raise RoundOver
    bad = unfit(session, origin, row)
    if bad:
        raise RoundCasesTaken(cases=len(bad))
    if not round_cases.drawn_of(session, row.id):
        raise NothingDrawn
    found = try_match(session, origin, row, settings)
    if isinstance(found, NoMatch):
        return found, NONE
    row.state, row.started_at = "open", origin.now
    changes = record(session, origin, Change("round_started", detail=f"round:{row.id}"))
    known = {case.id: case for _, case in round_cases.drawn_of(session, row.id)}
    first: set[int] = set()
    for case_id, person_id in found.pairs:
        changes += give(session, origin, row, known[case_id], person_id, second=case_id in first)
        first.add(case_id)
    return found, changes


def close(session: Session, origin: Origin, row: RoundRow, why_not: Mapping[int, str]) -> Changes:
    """Close a round, with a reason for each case that was not reviewed. why_not: the reasons by case, see WHY_NOT.

    Raises: RoundMoved. WhyNotMissing: for some cases there is none; nothing is stored.
    """
    still(session, row, "open")
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
