"""Every clock of a case, as calendar arithmetic on Swedish dates: when it starts, stops and runs out.

Reminders and figures use these and nothing else. A clock is about the investigation now running (`case_dates.current`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from checklists.case_dates import CaseDates, current, ran_when_received
from checklists.months import months_on
from checklists.workdays import Workdays

Limit = Literal["14d", "at_once", "4m"]
SpanName = Literal["opened_to_assigned", "decided_to_started"]
Ended = Literal["within", "extended", "late"]
Outcome = Literal["within", "extended", "late", "open_within", "open_late"]
ASSESSMENT_DAYS = 14
INVESTIGATION_MONTHS = 4
RIGHT_AFTER_DAYS = 30
"""Days within which a new investigation counts as begun right after a closed one. Our reading: JO criticised
investigations opened back to back so that the four months begin again; it named no number of days."""


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension, decided on a day, until another. grounds: the law's own; any other reason moves nothing."""

    limit: Limit
    grounds: bool
    until: date
    decided_on: date


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock of one case, from the day it began until it stopped, if it has.

    limit_day: the last day in time without an extension. last_day: with those that are lawful.
    """

    limit: Limit
    began: date
    limit_day: date
    last_day: date
    stopped_on: date | None

    def runs(self, day: date) -> bool:
        """Say whether the clock still runs on a day."""
        return self.stopped_on is None or self.stopped_on > day

    @property
    def ended(self) -> Ended | None:
        """Return how it ended; None while nothing has stopped it. extended: in time thanks to an extension only."""
        if self.stopped_on is None:
            return None
        if self.stopped_on <= self.limit_day:
            return "within"
        return "extended" if self.stopped_on <= self.last_day else "late"

    def outcome(self, day: date) -> Outcome:
        """Return how it ended, or how it stands on a day while it runs."""
        if self.runs(day) or self.ended is None:
            return "open_late" if day > self.last_day else "open_within"
        return self.ended

    def is_late(self, day: date) -> bool:
        """Say whether it stopped after its last day, or on `day` still runs after it."""
        return self.outcome(day) in ("late", "open_late")

    def days_used(self, day: date) -> int:
        """Return how many days it took, or has taken by `day`; the first day is not counted."""
        end = day if self.stopped_on is None else min(day, self.stopped_on)
        return max(0, (end - self.began).days)


@dataclass(frozen=True, slots=True)
class Span:
    """Days between two dates of a case that no law limits."""

    name: SpanName
    began: date
    days: int


def finish_by(opened: date) -> date:
    """Return the last day for finishing an investigation opened on `opened`.

    Args: opened: Swedish calendar date of the opening decision, no time of day.
    Returns: the same day number four calendar months on, or that month's last day when it is
        shorter (2025-10-31 gives 2026-02-28).
    Raises: ValueError: the result would lie after year 9999.
    Source: the auditor's question "slutförs utredningen senast inom fyra månader?".
    """
    return months_on(opened, INVESTIGATION_MONTHS)


def clocks(dates: CaseDates, extensions: Iterable[Extension], workdays: Workdays) -> tuple[Deadline, ...]:
    """Return the clocks a case has: `14d` or `at_once` in its place, and `4m`."""
    kept = tuple(extensions)
    found = (assessment(dates, kept, workdays), investigation(dates, kept))
    return tuple(clock for clock in found if clock is not None)


def assessment(dates: CaseDates, extensions: Iterable[Extension], workdays: Workdays) -> Deadline | None:
    """Return the clock of the förhandsbedömning, if there is one.

    14 days after the report came in, that day not counted; opening or closing stops it. With violence there is nothing
    to assess first: `at_once` takes its place, from the day the violence became known, to be opened on that day or the
    next working day, and nothing extends it. Violence that became known after the clock had stopped changes nothing.
    A report that comes in while an investigation of the child runs has no clock of its own.
    Source: the 14 days of the law on förhandsbedömning count from when the report came in, not from assignment. The
        day or two of `at_once` are the municipality's own measure: the law says at once and names no number.
    """
    dates = current(dates)
    received, known = dates.received_on, dates.violence_known_on
    if received is None or not dates.about_child or ran_when_received(dates):
        return None
    stopped = _first(received, dates.opened_on, dates.closed_on)
    if known is not None and (stopped is None or known <= stopped):
        began = max(received, known)
        last = workdays.after(began)
        return Deadline("at_once", began, last, last, stopped)
    limit = received + timedelta(days=ASSESSMENT_DAYS)
    return Deadline("14d", received, limit, _moved(extensions, "14d", received, limit), stopped)


def investigation(dates: CaseDates, extensions: Iterable[Extension]) -> Deadline | None:
    """Return the clock of the utredning, if there is one.

    Four calendar months from opening; the decision stops it, else the closing. Assignment moves nothing.
    """
    dates = current(dates)
    opened = dates.opened_on
    if opened is None or not dates.about_child:
        return None
    stopped = _first(opened, dates.decided_on) or _first(opened, dates.closed_on)
    limit = finish_by(opened)
    return Deadline("4m", opened, limit, _moved(extensions, "4m", opened, limit), stopped)


def spans(dates: CaseDates) -> tuple[Span, ...]:
    """Return the spans without a limit that a child's case has: both of their days are known."""
    dates = current(dates)
    if not dates.about_child:
        return ()
    ends: tuple[tuple[SpanName, date | None, date | None], ...] = (
        ("opened_to_assigned", dates.opened_on, dates.assigned_on),
        ("decided_to_started", dates.decided_on, dates.started_on),
    )
    return tuple(Span(name, began, max(0, (end - began).days)) for name, began, end in ends if began and end)


def follows_closed(dates: CaseDates) -> bool:
    """Say whether the investigation was opened right after one that was closed on the same case."""
    closed, opened = dates.earlier_closed_on, dates.opened_on
    return closed is not None and opened is not None and 0 <= (opened - closed).days <= RIGHT_AFTER_DAYS


def _moved(extensions: Iterable[Extension], limit: Limit, began: date, last: date) -> date:
    """Return the last day of a clock once its extensions are counted, oldest first.

    An extension counts only on the law's own grounds, and if it was decided while the clock ran, no later than the last
    day then in force. The newest holds, and none ends before the plain limit.
    """
    plain = last
    for one in extensions:
        if one.limit == limit and one.grounds and began <= one.decided_on <= last:
            last = max(plain, one.until)
    return last


def _first(began: date, *stops: date | None) -> date | None:
    return min((stop for stop in stops if stop is not None and stop >= began), default=None)
