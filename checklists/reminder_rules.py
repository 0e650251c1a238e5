"""Which reminders are due on a case on a day, to whom and about what: a pure function of how the case stands.

Each reminder holds from its day until the next one of its rule takes over or the matter is settled, so that a day
on which the bot was down is caught up. `mark` names the occasion: nobody is told of the same mark twice.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from checklists.access import Audience
from checklists.case_dates import CaseDates, current
from checklists.deadlines import ASSESSMENT_DAYS, Deadline, Extension, assessment, investigation
from checklists.lifecycle import WAITING, State
from checklists.months import months_on
from checklists.workdays import Workdays

Rule = Literal[
    "LUCKOR", "BESLUT", "OLAST", "ATER", "TYST", "14D", "4M", "PAGAR", "UPPFOLJT", "6M", "SKYDD"
]  # fmt: skip
Days = Annotated[int, Field(ge=0, le=400)]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When each rule applies; all are tenant settings. Days are calendar days unless called working days."""

    gaps_first: Days = 3
    """LUCKOR: working days before the planned decision, the first time."""
    gaps_last: Days = 1
    """LUCKOR: working days before the planned decision, the last time."""
    unread: Days = 2
    """OLAST: working days since it was sent."""
    silent: Days = 2
    """TYST: working days since OLAST."""
    untouched: Days = 2
    """ATER: working days since it was returned."""
    assessment_first: Days = 10
    """14D: days after the report came in."""
    four_months_first: Days = 30
    """4M: days before the limit, the first time."""
    four_months_last: Days = 7
    """4M: days before the limit, the last time."""
    ongoing: Days = 5
    """PAGAR: working days after the decision."""
    follow_up_months: Annotated[int, Field(ge=1, le=60)] = 6
    """6M: months after the decision."""
    catch_up: Days = 30
    """Days after which a reminder without an end of its own is too old to be caught up."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question a reminder names. child 0: the whole case."""

    child: int
    of: Literal["item", "fact"]
    id: str


@dataclass(frozen=True, slots=True)
class BasisState:
    """How the newest decision basis stands, all children together.

    waits_since: the day it was sent, or a signature of it was voided. read: someone has finished reading it since.
    returned: the newest return (its row id). touched: something was changed since that return. gaps, ongoing,
    pointed_at: what is missing, what was answered `pagaende`, what the return points at. followed: what was `pagaende`
    when it was signed and has its answer since, told of once per mark; the newest of those answers came on followed_on.
    """

    status: State = State.BEGUN
    waits_since: date | None = None
    read: bool = False
    returned: int = 0
    returned_on: date | None = None
    touched: bool = False
    gaps: tuple[Asked, ...] = ()
    ongoing: tuple[Asked, ...] = ()
    pointed_at: tuple[Asked, ...] = ()
    followed: tuple[Asked, ...] = ()
    followed_mark: str = ""
    followed_on: date | None = None


@dataclass(frozen=True, slots=True)
class CaseState:
    """What the rules need to know of a case. protected_now: `protection_assessment_made` is answered."""

    dates: CaseDates = field(default_factory=CaseDates)
    basis: BasisState = field(default_factory=BasisState)
    extensions: tuple[Extension, ...] = ()
    intervention: bool = False
    protected_now: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder that is due. on: the date it speaks of. late: that date has passed.

    at_once: it is about a case with violence, where there is nothing to assess first.
    """

    rule: Rule
    audiences: tuple[Audience, ...]
    mark: str
    on: date
    asked: tuple[Asked, ...] = ()
    late: bool = False
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class _On:
    state: CaseState
    day: date
    thresholds: Thresholds
    workdays: Workdays

    def holds(self, start: date, end: date | None = None) -> bool:
        """Say whether the day lies in a window: start counted, end not; without one, as long as is caught up."""
        return start <= self.day < (end or start + timedelta(days=self.thresholds.catch_up + 1))


def due(
    state: CaseState, day: date, thresholds: Thresholds | None = None, workdays: Workdays | None = None
) -> tuple[Due, ...]:
    """Return every reminder of the daily sweep that holds on a working day, whoever was told of it before.

    SKYDD is not among them: it does not wait for the sweep (see `protection_due`).
    """
    state = replace(state, dates=current(state.dates))
    on = _On(state, day, thresholds or Thresholds(), workdays or Workdays())
    return tuple(found for rule in _RULES for found in (rule(on),) if found is not None)


def protection_due(state: CaseState, day: date) -> Due | None:
    """Return SKYDD: a report about a child came in today, and nobody has answered whether the child is protected."""
    dates = current(state.dates)
    if dates.received_on != day or dates.closed_on or state.protected_now or not dates.about_child:
        return None
    return Due("SKYDD", ("worker", "chef"), day.isoformat(), day)


# --- the rules ---------------------------------------------------------------------------------------------


def _gaps(on: _On) -> Due | None:
    dates, basis = on.state.dates, on.state.basis
    planned = dates.planned_decision_on
    if planned is None or not basis.gaps or basis.status == State.SIGNED or dates.closed_on or dates.decided_on:
        return None
    first = on.workdays.before(planned, on.thresholds.gaps_first)
    last = on.workdays.before(planned, on.thresholds.gaps_last)
    for mark, start, end in (("last", last, planned + timedelta(days=1)), ("first", first, last)):
        if on.holds(start, end):
            return Due("LUCKOR", ("worker", "chef"), f"{planned}:{mark}", planned, basis.gaps)
    return None


def _unread(on: _On) -> Due | None:
    found = _unread_since(on)
    if found is None or not on.holds(found[1]):
        return None
    return Due("OLAST", ("chef",), str(found[0]), found[0])


def _silent(on: _On) -> Due | None:
    found = _unread_since(on)
    if found is None or not on.holds(on.workdays.after(found[1], on.thresholds.silent)):
        return None
    return Due("TYST", ("deputy_else_manager",), str(found[0]), found[0])


def _unread_since(on: _On) -> tuple[date, date] | None:
    """Return since when the basis waits for a reader, and the day from which that is too long."""
    basis = on.state.basis
    if basis.status not in WAITING or basis.read or basis.waits_since is None or on.state.dates.closed_on:
        return None
    return basis.waits_since, on.workdays.after(basis.waits_since, on.thresholds.unread)


def _returned(on: _On) -> Due | None:
    basis = on.state.basis
    if basis.status != State.RETURNED or basis.returned_on is None or basis.touched or on.state.dates.closed_on:
        return None
    if not on.holds(on.workdays.after(basis.returned_on, on.thresholds.untouched)):
        return None
    return Due("ATER", ("worker",), str(basis.returned), basis.returned_on, basis.pointed_at)


def _assessment(on: _On) -> Due | None:
    """Day 10 (a setting), the last day and the day after; that one asks for the reason, unless one was given.

    With violence: the day it became known, the last day in time, and the working day after that, which asks for the
    reason; days 10, 14 and 15 then follow as for any report still not opened.
    """
    clock = assessment(on.state.dates, on.state.extensions, on.workdays)
    if clock is None or not clock.runs(on.day):
        return None
    at_once, began, last = clock.limit == "at_once", clock.began, clock.last_day
    after = {last + timedelta(days=1)}
    days = {began + timedelta(days=on.thresholds.assessment_first), last}
    # A clock that starts today cannot have been reminded of on the working day before.
    near = {began, last, *after} if at_once else set()
    if at_once:
        days |= {began, began + timedelta(days=ASSESSMENT_DAYS)}
        after |= {began + timedelta(days=ASSESSMENT_DAYS + 1)}
    if not _reason_given(on.state.extensions, clock):
        days |= after
    starts = {day: on.workdays.on_or_after(day) if day in near else on.workdays.on_or_before(day) for day in days}
    found = _newest(on, starts)
    if found is None:
        return None
    return Due("14D", ("worker", "chef"), f"{began}:{found}", last, late=found in after, at_once=at_once)


def _reason_given(extensions: tuple[Extension, ...], clock: Deadline) -> bool:
    """Say whether somebody has said why the assessment is late: an extension was recorded that moved nothing."""
    given = [one for one in extensions if one.limit == "14d" and one.decided_on >= clock.began]
    return any(clock.limit == "at_once" or not one.grounds or one.decided_on > clock.last_day for one in given)


def _four_months(on: _On) -> Due | None:
    clock = investigation(on.state.dates, on.state.extensions)
    if clock is None or not clock.runs(on.day) or on.day > clock.last_day:
        return None
    ahead = (on.thresholds.four_months_first, on.thresholds.four_months_last)
    days = [clock.last_day - timedelta(days=count) for count in ahead]
    found = _newest(on, {day: on.workdays.on_or_before(day) for day in days})
    return Due("4M", ("worker", "chef"), f"{clock.last_day}:{found}", clock.last_day) if found else None


def _newest(on: _On, starts: dict[date, date]) -> date | None:
    """Return the latest of some days whose working day (its value) has come; None when that is too old."""
    ordered = sorted((start, day) for day, start in starts.items())
    for (start, day), (end, _) in pairwise([*ordered, (date.max, date.max)]):
        if on.holds(start, end if end != date.max else None):
            return day
    return None


def _decision(on: _On) -> Due | None:
    """The first working day after the planned one, while nobody has said that it was decided."""
    dates = on.state.dates
    planned = dates.planned_decision_on
    if planned is None or dates.decided_on or dates.closed_on or not on.holds(on.workdays.after(planned)):
        return None
    return Due("BESLUT", ("worker",), str(planned), planned)


def _ongoing(on: _On) -> Due | None:
    decided, asked = on.state.dates.decided_on, on.state.basis.ongoing
    if decided is None or not asked or on.state.dates.closed_on:
        return None
    if not on.holds(on.workdays.after(decided, on.thresholds.ongoing)):
        return None
    return Due("PAGAR", ("worker",), str(decided), decided, asked)


def _followed(on: _On) -> Due | None:
    """What was `pagaende` when the chef signed has its answer: told at the next sweep, the same day if there is one."""
    basis = on.state.basis
    if basis.followed_on is None or not basis.followed:
        return None
    last = on.workdays.after(basis.followed_on) + timedelta(days=on.thresholds.catch_up + 1)
    if not on.holds(basis.followed_on, last):
        return None
    return Due("UPPFOLJT", ("chef",), basis.followed_mark, basis.followed_on, basis.followed)


def _follow_up(on: _On) -> Due | None:
    decided = on.state.dates.decided_on
    if decided is None or not on.state.intervention:
        return None
    start = on.workdays.on_or_before(months_on(decided, on.thresholds.follow_up_months))
    return Due("6M", ("worker",), str(decided), decided) if on.holds(start) else None


_RULES: tuple[Callable[[_On], Due | None], ...] = (
    _assessment,
    _four_months,
    _gaps,
    _decision,
    _returned,
    _unread,
    _silent,
    _ongoing,
    _followed,
    _follow_up,
)
