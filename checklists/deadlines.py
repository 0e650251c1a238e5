"""Every statutory clock of a case, as arithmetic on Swedish calendar dates: when it starts, stops and runs out.

Reminders and figures use no other source. A clock always concerns the running investigation (`case_dates.current`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from checklists.case_dates import CaseDates, current, ran_when_received, report_of
from checklists.months import months_on
from checklists.workdays import Workdays

Limit = Literal["14d", "at_once", "4m"]
SpanName = Literal["opened_to_assigned", "decided_to_started"]
Ended = Literal["within", "extended", "late"]
Outcome = Literal["within", "extended", "late", "open_within", "open_late"]
ASSESSMENT_DAYS = 14
INVESTIGATION_MONTHS = 4
RIGHT_AFTER_DAYS = 30
"""A new investigation opened within this many days of a closed one counts as opened right after it.

The number is our reading: JO (the Parliamentary Ombudsmen) criticised investigations opened back to back so that the
four months start over, and named no number of days.
"""


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension of a time limit.

    grounds: whether the reason is one the law recognises; any other reason is recorded but moves no deadline.
    until: the new last day.
    """

    limit: Limit
    grounds: bool
    until: date
    decided_on: date


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock of one case.

    limit_day: the last day in time, disregarding extensions. last_day: the same with lawful extensions counted.
    stopped_on: None while the clock is running.
    """

    limit: Limit
    began: date
    limit_day: date
    last_day: date
    stopped_on: date | None

    def runs(self, day: date) -> bool:
        """Return whether the clock is still running at the end of a day."""
        return self.stopped_on is None or self.stopped_on > day

    @property
    def ended(self) -> Ended | None:
        """How the clock ended, None while nothing has stopped it. `extended`: in time only thanks to an extension."""
        if self.stopped_on is None:
            return None
        if self.stopped_on <= self.limit_day:
            return "within"
        return "extended" if self.stopped_on <= self.last_day else "late"

    def outcome(self, day: date) -> Outcome:
        """Return how the clock ended, or if it is running on `day`, whether its last day has passed by then."""
        if self.runs(day) or self.ended is None:
            return "open_late" if day > self.last_day else "open_within"
        return self.ended

    def is_late(self, day: date) -> bool:
        """Return whether the clock stopped after its last day, or on `day` is still running past it."""
        return self.outcome(day) in ("late", "open_late")

    def days_used(self, day: date) -> int:
        """Return the number of days the clock ran, or has run by `day`; the first day is not counted."""
        end = day if self.stopped_on is None else min(day, self.stopped_on)
        return max(0, (end - self.began).days)


@dataclass(frozen=True, slots=True)
class Span:
    """The number of days between two dates of a case, where no law sets a limit."""

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
    """Return the clocks a case has, if any: `14d` or `at_once`, and `4m`."""
    kept = tuple(extensions)
    found = (assessment(dates, kept, workdays), investigation(dates, kept))
    return tuple(clock for clock in found if clock is not None)


def assessments(dates: CaseDates, extensions: Iterable[Extension], workdays: Workdays) -> tuple[Deadline, ...]:
    """Return the clock of each report of the running investigation that has one, oldest first.

    There are two if the investigation had been decided, but not closed, when another report came in.
    """
    kept, newest = tuple(extensions), current(dates)
    reports = [newest]
    if newest.first_received_on is not None and not ran_when_received(newest):
        reports.insert(0, replace(newest, received_on=newest.first_received_on, first_received_on=None))
    return tuple(clock for one in reports if (clock := assessment(one, kept, workdays)) is not None)


def assessment(dates: CaseDates, extensions: Iterable[Extension], workdays: Workdays) -> Deadline | None:
    """Return the clock of the preliminary assessment (förhandsbedömning), or None if the case has none.

    `14d` ends 14 days after the report came in, that day not counted; opening an investigation or closing the case
    stops it. Where violence is known there is nothing to assess first, so `at_once` replaces it: it starts the day the
    violence became known, ends the next working day, and cannot be extended. Violence that became known after the
    clock had stopped changes nothing. A report received during a running investigation starts no clock: the one that
    the investigation was opened on keeps its own.

    Source: by law the 14 days count from receipt of the report, not from assignment. The length of `at_once` is the
        municipality's own measure: the law says "at once" and gives no number.
    """
    dates = current(dates)
    received, known = report_of(dates), dates.violence_known_on
    if received is None or not dates.about_child:
        return None
    stopped = _first(received, dates.opened_on, dates.closed_on)
    if known is not None and (stopped is None or known <= stopped):
        began = max(received, known)
        last = workdays.after(began)
        return Deadline("at_once", began, last, last, stopped)
    limit = received + timedelta(days=ASSESSMENT_DAYS)
    return Deadline("14d", received, limit, _moved(extensions, "14d", received, limit), stopped)


def investigation(dates: CaseDates, extensions: Iterable[Extension]) -> Deadline | None:
    """Return the clock of the investigation (utredning), or None if the case has none.

    It ends four calendar months after opening. The decision stops it, or without one the closing; the date of
    assignment has no effect.
    """
    dates = current(dates)
    opened = dates.opened_on
    if opened is None or not dates.about_child:
        return None
    stopped = _first(opened, dates.decided_on) or _first(opened, dates.closed_on)
    limit = finish_by(opened)
    return Deadline("4m", opened, limit, _moved(extensions, "4m", opened, limit), stopped)


def plain_limit(limit: Literal["14d", "4m"], dates: CaseDates) -> Deadline | None:
    """Return a clock without extensions and whatever violence is known; None if the case has none."""
    plain = replace(dates, violence_known_on=None)
    return assessment(plain, (), Workdays()) if limit == "14d" else investigation(plain, ())


def proposed(clock: Literal["14d", "4m"], dates: CaseDates, day: date) -> Literal["ja", "nej", ""]:
    """Return the answer that the dates give to "was it done in time?"; "" while nobody can tell.

    An extension does not make it ja: the question is about the plain limit, and the reason has a question of its own.
    Known violence, which brings the limit nearer, is disregarded too.
    """
    found = plain_limit(clock, dates)
    if found is None:
        return ""
    if found.is_late(day):
        return "nej"
    return "" if found.runs(day) else "ja"


def spans(dates: CaseDates) -> tuple[Span, ...]:
    """Return the spans of a case about a child, of those for which both dates are known; none for an adult's case."""
    dates = current(dates)
    if not dates.about_child:
        return ()
    ends: tuple[tuple[SpanName, date | None, date | None], ...] = (
        ("opened_to_assigned", dates.opened_on, dates.assigned_on),
        ("decided_to_started", dates.decided_on, dates.started_on),
    )
    return tuple(Span(name, began, max(0, (end - began).days)) for name, began, end in ends if began and end)


def age(dates: CaseDates, day: date) -> int | None:
    """Return how many days a case has run, from the report or the opening, whichever is first; None if neither."""
    dates = current(dates)
    reports = (dates.first_received_on, dates.received_on)
    began = min((one for one in (*reports, dates.opened_on) if one is not None), default=None)
    return max(0, (day - began).days) if began is not None else None


def follows_closed(dates: CaseDates) -> bool:
    """Return whether the investigation was opened within RIGHT_AFTER_DAYS of the previous one's closing."""
    closed, opened = dates.earlier_closed_on, dates.opened_on
    return closed is not None and opened is not None and 0 <= (opened - closed).days <= RIGHT_AFTER_DAYS


def _moved(extensions: Iterable[Extension], limit: Limit, began: date, last: date) -> date:
    """Return the last day of a clock with its lawful extensions counted.

    extensions: oldest first. An extension counts only on grounds the law recognises, and only if it was decided while
    the clock was running: no later than the last day in force at that time. The newest that counts decides, but never
    shortens the limit.
    """
    plain = last
    for one in extensions:
        if one.limit == limit and one.grounds and began <= one.decided_on <= last:
            last = max(plain, one.until)
    return last


def _first(began: date, *stops: date | None) -> date | None:
    return min((stop for stop in stops if stop is not None and stop >= began), default=None)
