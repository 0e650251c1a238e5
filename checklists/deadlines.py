"""The legal clocks, as calendar arithmetic on Swedish dates: when they start, stop, and run out."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Limit = Literal["14d", "4m"]
ASSESSMENT_DAYS = 14
INVESTIGATION_MONTHS = 4
RIGHT_AFTER_DAYS = 30
"""Days within which a new investigation counts as begun right after a closed one. Our reading: JO criticised
investigations opened back to back so that the four months begin again; it named no number of days."""


@dataclass(frozen=True, slots=True)
class CaseDates:
    """The dates of one case. earlier_closed_on: the day the investigation before the one now open was closed."""

    received_on: date | None = None
    assigned_on: date | None = None
    opened_on: date | None = None
    planned_decision_on: date | None = None
    decided_on: date | None = None
    closed_on: date | None = None
    earlier_closed_on: date | None = None
    about_child: bool = True
    violence: bool = False


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension. grounds: the law's own reason, which moves the limit; any other is recorded and still late."""

    limit: str
    grounds: bool
    until: date


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock of one case: it began, it is to be done by `last_day`, and it stopped or has not."""

    limit: Limit
    began: date
    last_day: date
    stopped_on: date | None

    def runs(self, day: date) -> bool:
        """Say whether the clock still runs on a day."""
        return self.stopped_on is None or self.stopped_on > day

    def is_late(self, day: date) -> bool:
        """Say whether it stopped after its last day, or on `day` still runs after it."""
        return (day if self.runs(day) else self.stopped_on or day) > self.last_day

    def days_used(self, day: date) -> int:
        """Return how many days it took, or has taken by `day`; the first day is not counted."""
        return ((day if self.runs(day) else self.stopped_on or day) - self.began).days


def months_on(day: date, months: int) -> date:
    """Return the same day number so many calendar months on, else the last day of that month when it is shorter.

    Raises: ValueError: the result would lie after year 9999.
    Source: how lag (1930:173) counts months.
    """
    years, month0 = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month0 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def finish_by(opened: date) -> date:
    """Return the last day for finishing an investigation opened on `opened`.

    Args: opened: Swedish calendar date of the opening decision, no time of day.
    Returns: the same day number four calendar months on, or that month's last day when it is
        shorter (2025-10-31 gives 2026-02-28).
    Raises: ValueError: the result would lie after year 9999.
    Source: the auditor's question "slutförs utredningen senast inom fyra månader?".
    """
    return months_on(opened, INVESTIGATION_MONTHS)


def assessment(dates: CaseDates, extensions: Iterable[Extension] = ()) -> Deadline | None:
    """Return the clock of the förhandsbedömning; None when there is none.

    14 days after the report came in, that day not counted; opening or closing stops it. With violence there is
    nothing to assess first: the investigation is to be opened at once, on the day itself, and nothing extends that.
    A report that comes in while an investigation of the child runs has no clock of its own.
    Source: the 14 days of the law on förhandsbedömning count from when the report came in, not from assignment.
    """
    received, opened = dates.received_on, dates.opened_on
    if received is None or not dates.about_child:
        return None
    if opened and opened < received and not (dates.closed_on and opened <= dates.closed_on < received):
        return None
    last = received if dates.violence else received + timedelta(days=ASSESSMENT_DAYS)
    moved = None if dates.violence else _moved(extensions, "14d")
    return Deadline("14d", received, moved or last, _first(received, opened, dates.closed_on))


def investigation(dates: CaseDates, extensions: Iterable[Extension] = ()) -> Deadline | None:
    """Return the clock of the utredning: four calendar months from opening, stopped by closing; None without one."""
    if dates.opened_on is None or not dates.about_child:
        return None
    stopped = _first(dates.opened_on, dates.closed_on)
    return Deadline("4m", dates.opened_on, _moved(extensions, "4m") or finish_by(dates.opened_on), stopped)


def days_to_assignment(dates: CaseDates) -> int | None:
    """Return the days from opening to assignment, which no clock counts; None when either is not known."""
    if dates.opened_on is None or dates.assigned_on is None:
        return None
    return (dates.assigned_on - dates.opened_on).days


def follows_closed(dates: CaseDates) -> bool:
    """Say whether the investigation was opened right after one that was closed on the same case."""
    closed, opened = dates.earlier_closed_on, dates.opened_on
    return closed is not None and opened is not None and 0 <= (opened - closed).days <= RIGHT_AFTER_DAYS


def _moved(extensions: Iterable[Extension], limit: Limit) -> date | None:
    """Return the day the newest extension on the law's own grounds moves a limit to."""
    return next((e.until for e in reversed(tuple(extensions)) if e.limit == limit and e.grounds), None)


def _first(began: date, *stops: date | None) -> date | None:
    return min((stop for stop in stops if stop is not None and stop >= began), default=None)
