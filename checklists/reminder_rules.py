"""Which reminders are due for a case on a day, to whom and about what, as a pure function of the case's state.

A reminder is due from its day until the next one of the same rule replaces it or the matter is settled, so a day when
the bot was down is caught up; of a limit, no longer than the setting `catch_up`. `mark` identifies the occasion:
nobody is reminded of the same mark twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from checklists.access import Audience
from checklists.case_dates import CaseDates, current
from checklists.deadlines import ASSESSMENT_DAYS, Deadline, Extension, assessment, investigation
from checklists.lifecycle import WAITING, State
from checklists.months import months_on
from checklists.workdays import Workdays

Rule = Literal[
    "LUCKOR", "BESLUT", "OLAST", "ATER", "TYST", "14D", "4M", "PAGAR", "UPPFOLJT", "6M", "SKYDD", "GRANSKA"
]  # fmt: skip
Days = Annotated[int, Field(ge=0, le=400)]


def _swedish(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError
    return at


SwedishTime = Annotated[time, AfterValidator(_swedish)]
"""A time of day in Sweden. One in a zone, such as `08:00Z`, cannot be compared with it and is refused."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When each rule starts to apply; all are tenant settings. Days are calendar days unless stated as working days."""

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
    ongoing_again: Days = 10
    """PAGAR: working days after `Inte än`, when the same is asked once more."""
    follow_up_months: Annotated[int, Field(ge=1, le=60)] = 6
    """6M: months after the decision."""
    review: Days = 5
    """GRANSKA: working days before a round closes."""
    protection_hours: Annotated[int, Field(ge=0, le=24)] = 2
    """SKYDD: hours since the case was entered."""
    protection_latest: SwedishTime = time(15, 30)
    """SKYDD: the Swedish time of day by which it is sent in any case."""
    catch_up: Days = 30
    """Days after which a reminder with no end of its own is too old to be sent."""


MAY_BE: Mapping[str, tuple[int, int]] = {
    "gaps_first": (1, 30),
    "gaps_last": (0, 30),
    "unread": (1, 30),
    "silent": (1, 30),
    "untouched": (1, 30),
    "assessment_first": (1, ASSESSMENT_DAYS),
    "four_months_first": (1, 120),
    "four_months_last": (1, 120),
    "ongoing": (1, 30),
    "ongoing_again": (1, 30),
    "review": (1, 30),
}
"""The least and the most days that a threshold can be set to: none comes the day it begins to count from, and none for
a limit after it. What was set before there were such bounds stays as it is until it is set again."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question that a reminder names. child: 0 for the whole case."""

    child: int
    of: Literal["item", "fact"]
    id: str


@dataclass(frozen=True, slots=True)
class BasisState:
    """The state of the newest decision basis, all children taken together.

    waits_since: the day it was sent, or a signature of it was voided. read: someone has finished reading it since.
    returned: row id of the newest return, 0 if none. touched: something has been changed since that return. gaps: what
    is missing. ongoing: what is answered `pagaende`. not_yet: the day `Inte än` was said to the FIRST reminder of that
    and to the one AGAIN. pointed_at: what the return points at. followed: what was signed as `pagaende` and has been
    concluded since, reminded of once per followed_mark. followed_on: the day of the newest of those answers.
    """

    status: State = State.BEGUN
    waits_since: date | None = None
    read: bool = False
    returned: int = 0
    returned_on: date | None = None
    touched: bool = False
    gaps: tuple[Asked, ...] = ()
    ongoing: tuple[Asked, ...] = ()
    not_yet: Mapping[str, date] = field(default_factory=dict)
    pointed_at: tuple[Asked, ...] = ()
    followed: tuple[Asked, ...] = ()
    followed_mark: str = ""
    followed_on: date | None = None


@dataclass(frozen=True, slots=True)
class CaseState:
    """What the rules need to know about a case.

    protected_now: the item `protection_assessment_made` is answered; for an adult's case, in a linked child's case.
    with_children: an adult's case with children, who are to be protected too.
    """

    dates: CaseDates = field(default_factory=CaseDates)
    basis: BasisState = field(default_factory=BasisState)
    extensions: tuple[Extension, ...] = ()
    intervention: bool = False
    protected_now: bool = False
    with_children: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder that is due. on: the date it refers to. late: that date has passed.

    at_once: the 14D reminder concerns a violence case, where an investigation is to be opened at once. months: in a 6M
    reminder, how long ago the decision is.
    """

    rule: Rule
    audiences: tuple[Audience, ...]
    mark: str
    on: date
    asked: tuple[Asked, ...] = ()
    late: bool = False
    at_once: bool = False
    months: int = 0


FIRST, AGAIN = "first", "again"
"""The reminders of what is under way, as the trail names them; it may hold no day."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What is under way after a decision, or in one person's own list, and is asked about; after `Inte än` once more.

    mark: of the first reminder. since: the day that one is counted from. not_yet: see `BasisState`.
    """

    mark: str
    since: date
    asked: tuple[Asked, ...]
    not_yet: Mapping[str, date]

    @property
    def turn(self) -> str:
        """Which reminder is now in turn; empty after `Inte än` to the second."""
        if FIRST not in self.not_yet:
            return FIRST
        return AGAIN if AGAIN not in self.not_yet else ""

    def due_on(self, thresholds: Thresholds, workdays: Workdays) -> date:
        """Return the day of the reminder now in turn."""
        if FIRST not in self.not_yet:
            return workdays.after(self.since, thresholds.ongoing)
        return workdays.after(self.not_yet[FIRST], thresholds.ongoing_again)


@dataclass(frozen=True, slots=True)
class _On:
    state: CaseState
    day: date
    thresholds: Thresholds
    workdays: Workdays

    def holds(self, start: date, end: date | None = None) -> bool:
        """Return whether the day is in the window [start, end); without an end, for the days of `catch_up`."""
        return start <= self.day < (end or start + timedelta(days=self.thresholds.catch_up + 1))


def due(
    state: CaseState, day: date, thresholds: Thresholds | None = None, workdays: Workdays | None = None
) -> tuple[Due, ...]:
    """Return every reminder of the daily sweep that is due on a working day, including those already sent.

    SKYDD is not among them: it does not wait for the sweep (see `protection_due`).
    """
    state = replace(state, dates=current(state.dates))
    on = _On(state, day, thresholds or Thresholds(), workdays or Workdays())
    return tuple(found for rule in _RULES for found in (rule(on),) if found is not None)


def protection_since(day: date, workdays: Workdays) -> date:
    """Return the first day whose reports SKYDD concerns on `day`: the last working day before it."""
    return workdays.before(day)


def protection_due(state: CaseState, day: date, workdays: Workdays) -> Due | None:
    """Return SKYDD if a report came in by `day`, since the last working day, and its assessment is missing.

    The report is about a child, or about an adult who has children. When SKYDD is sent, and to whom at that hour:
    `protection_audiences`.
    """
    dates = current(state.dates)
    came = dates.received_on
    if came is None or dates.closed_on or state.protected_now:
        return None
    if not dates.about_child and not state.with_children:
        return None
    if not protection_since(day, workdays) <= came <= day:
        return None
    return Due("SKYDD", ("worker", "chef"), came.isoformat(), came)


def protection_audiences(
    at: datetime, entered_at: datetime | None, thresholds: Thresholds, *, in_office: bool
) -> tuple[Audience, ...]:
    """Return who is told of SKYDD at a moment: nobody until it has waited long enough.

    Those who enter a report are left the hours of `protection_hours` to answer in; outside office hours nobody else is
    there to ask, so whoever answers for the unit is told at once.
    at: Swedish time. entered_at: when the case was entered, None if that is not known.
    """
    if not in_office:
        return ("chef",)
    waited = entered_at is None or at - entered_at >= timedelta(hours=thresholds.protection_hours)
    return ("worker", "chef") if waited or at.time() >= thresholds.protection_latest else ()


# --- the rules ---------------------------------------------------------------------------------------------


def _gaps(on: _On) -> Due | None:
    """LUCKOR: first to the worker alone, who has days left to fill the gaps in; the last time to the chef as well."""
    dates, basis = on.state.dates, on.state.basis
    planned = dates.planned_decision_on
    if planned is None or not basis.gaps or basis.status == State.SIGNED or dates.closed_on or dates.decided_on:
        return None
    first = on.workdays.before(planned, on.thresholds.gaps_first)
    last = on.workdays.before(planned, on.thresholds.gaps_last)
    if on.holds(last, planned + timedelta(days=1)):
        return Due("LUCKOR", ("worker", "chef"), f"{planned}:last", planned, basis.gaps)
    if on.holds(first, last):
        return Due("LUCKOR", ("worker",), f"{planned}:first", planned, basis.gaps)
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
    """Return since when the basis has been waiting for a reader, and the day from which that is too long."""
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
    """14D: on day 10 (a setting), on the last day, and on the day after, which asks for the reason unless recorded.

    In a violence case: on the day the violence became known, on the last day, and on the working day after that, which
    asks for the reason; days 10, 14 and 15 then follow as for any report not yet opened.
    """
    clock = assessment(on.state.dates, on.state.extensions, on.workdays)
    if clock is None or not clock.runs(on.day):
        return None
    at_once, began, last = clock.limit == "at_once", clock.began, clock.last_day
    after = {last + timedelta(days=1)}
    days = {began + timedelta(days=on.thresholds.assessment_first), last}
    forward = {began, last} if at_once else set()  # before the clock had started there was nothing to remind of
    if at_once:
        days |= {began, began + timedelta(days=ASSESSMENT_DAYS)}
        after |= {began + timedelta(days=ASSESSMENT_DAYS + 1)}
    forward |= after  # before the limit has passed there is no reason to ask for
    if not _reason_given(on.state.extensions, clock):
        days |= after
    starts = {day: on.workdays.on_or_after(day) if day in forward else on.workdays.on_or_before(day) for day in days}
    found = _newest(on, starts)
    if found is None:
        return None
    return Due("14D", ("worker", "chef"), f"{began}:{found}", last, late=found in after, at_once=at_once)


def _reason_of_four_months(extensions: tuple[Extension, ...], clock: Deadline) -> bool:
    """Return whether the reason for being late with an investigation is recorded."""
    given = [one for one in extensions if one.limit == "4m" and one.decided_on >= clock.began]
    return any(not one.grounds or one.decided_on > clock.last_day for one in given)


def _reason_given(extensions: tuple[Extension, ...], clock: Deadline) -> bool:
    """Return whether the reason for being late is recorded: as an extension that did not move the deadline."""
    given = [one for one in extensions if one.limit == "14d" and one.decided_on >= clock.began]
    return any(clock.limit == "at_once" or not one.grounds or one.decided_on > clock.last_day for one in given)


def _four_months(on: _On) -> Due | None:
    """4M: some days before the limit or until-day, and on the day after, which asks for the reason unless recorded."""
    clock = investigation(on.state.dates, on.state.extensions)
    if clock is None or not clock.runs(on.day):
        return None
    last = clock.last_day
    if on.day > last:
        after = last + timedelta(days=1)
        starts = {} if _reason_of_four_months(on.state.extensions, clock) else {after: on.workdays.on_or_after(after)}
    else:
        ahead = (on.thresholds.four_months_first, on.thresholds.four_months_last)
        days = [last - timedelta(days=count) for count in ahead]
        starts = {day: on.workdays.on_or_before(day) for day in days}
    found = _newest(on, starts)
    return Due("4M", ("worker", "chef"), f"{last}:{found}", last, late=on.day > last) if found else None


def _newest(on: _On, starts: dict[date, date]) -> date | None:
    """Return the latest day whose start (the working day it is moved to) has come; None when that is too old.

    starts: by day, its start.
    """
    ordered = sorted((start, day) for day, start in starts.items())
    for (start, day), (end, _) in pairwise([*ordered, (date.max, date.max)]):
        if on.holds(start) and on.day < end:
            return day
    return None


def _decision(on: _On) -> Due | None:
    """BESLUT: from the first working day after the planned decision, while none is recorded."""
    dates = on.state.dates
    planned = dates.planned_decision_on
    if planned is None or dates.decided_on or dates.closed_on or not on.holds(on.workdays.after(planned)):
        return None
    return Due("BESLUT", ("worker",), str(planned), planned)


def under_way(state: CaseState) -> UnderWay | None:
    """Return what is asked about after the decision of a case; None if nothing is."""
    dates, basis = current(state.dates), state.basis
    if dates.decided_on is None or not basis.ongoing or dates.closed_on:
        return None
    return UnderWay(str(dates.decided_on), dates.decided_on, basis.ongoing, basis.not_yet)


def _ongoing(on: _On) -> Due | None:
    found = under_way(on.state)
    return ongoing_due(found, ("worker",), on.day, on.thresholds, on.workdays) if found is not None else None


def _followed(on: _On) -> Due | None:
    """UPPFOLJT: what the chef signed as `pagaende` has been concluded; due at the next sweep, the same day included."""
    basis = on.state.basis
    if basis.followed_on is None or not basis.followed:
        return None
    last = on.workdays.after(basis.followed_on) + timedelta(days=on.thresholds.catch_up + 1)
    if not on.holds(basis.followed_on, last):
        return None
    return Due("UPPFOLJT", ("chef",), basis.followed_mark, basis.followed_on, basis.followed)


def _follow_up(on: _On) -> Due | None:
    """6M: again and again after a decided intervention, until the case is closed."""
    decided, step = on.state.dates.decided_on, on.thresholds.follow_up_months
    if decided is None or not on.state.intervention or on.state.dates.closed_on:
        return None
    past = (on.day.year - decided.year) * 12 + on.day.month - decided.month
    newest = past - past % step + step
    for months in (newest, newest - step, newest - 2 * step):  # short steps: the day of this month may be to come
        begins = on.workdays.on_or_before(months_on(decided, months))
        if months > 0 and begins <= on.day:
            # The mark names the months alone, so that it stays the same occasion when the step is changed.
            found = Due("6M", ("worker",), f"{decided}:{months}", decided, months=months)
            return found if on.holds(begins) else None
    return None


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


def review_due(round_id: int, closes_on: date, day: date, thresholds: Thresholds, workdays: Workdays) -> Due | None:
    """Return GRANSKA for a reading that is not done, from some working days before its round closes until it does."""
    is_due = workdays.before(closes_on, thresholds.review) <= day <= closes_on
    return Due("GRANSKA", (), f"round:{round_id}", closes_on) if is_due else None


def ongoing_due(
    found: UnderWay, audiences: tuple[Audience, ...], day: date, thresholds: Thresholds, workdays: Workdays
) -> Due | None:
    """Return PAGAR if it is due. audiences: none for one person's own list, of which she alone is reminded."""
    start = found.due_on(thresholds, workdays)
    if not found.turn or not start <= day <= start + timedelta(days=thresholds.catch_up):
        return None
    mark = found.mark if found.turn == FIRST else f"{found.mark}:{AGAIN}"
    return Due("PAGAR", audiences, mark, found.since, found.asked)
