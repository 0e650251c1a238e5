"""The state of each clock of a case on a day: in time, late, still running, or not counted."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

A_DAY = timedelta(days=1)
Verdict = Literal["within", "late", "extended", "open_within", "open_late"]


@dataclass(frozen=True)
class Longer:
    """A decision to exceed a limit. lawful: its ground is one the law allows."""

    clock: Literal["14d", "4m"]
    lawful: bool
    decided_on: date
    until: date


@dataclass(frozen=True)
class Case:
    """The dates of a case that clocks depend on. known_on: the day violence became known, if any."""

    received_on: date | None = None
    opened_on: date | None = None
    decided_on: date | None = None
    closed_on: date | None = None
    known_on: date | None = None
    longer: tuple[Longer, ...] = ()


@dataclass(frozen=True)
class Clock:
    """A clock: its limit, its last day including lawful extensions, and the day that ended it."""

    limit: date
    until: date
    end: date | None

    def verdict(self, today: date) -> Verdict:
        """Return its state on a day."""
        if self.end is None:
            return "open_within" if today <= self.until else "open_late"
        if self.end <= self.limit:
            return "within"
        return "extended" if self.end <= self.until else "late"


def clocks_of(case: Case) -> dict[str, Clock]:
    """Return the clocks that count for a case."""
    found: dict[str, Clock] = {}
    first_end = min((end for end in (case.opened_on, case.closed_on) if end), default=None)
    is_at_once = case.known_on is not None and (case.opened_on is None or case.known_on <= case.opened_on)
    runs_already = bool(case.received_on and case.opened_on and case.received_on > case.opened_on)
    if is_at_once and case.known_on:
        limit = next_working_day(case.known_on)
        found["at_once"] = Clock(limit, limit, first_end)
    elif case.received_on and not runs_already:
        limit = case.received_on + 14 * A_DAY
        found["14d"] = Clock(limit, _until(case, "14d", limit), first_end)
    if case.opened_on:
        limit = months_on(case.opened_on, 4)
        found["4m"] = Clock(limit, _until(case, "4m", limit), case.decided_on or case.closed_on)
    return found


def verdicts(case: Case, today: date) -> dict[str, Verdict]:
    """Return the state of each clock of a case on a day."""
    return {name: clock.verdict(today) for name, clock in clocks_of(case).items()}


def _until(case: Case, clock: str, limit: date) -> date:
    until = limit
    for one in sorted(case.longer, key=lambda one: one.decided_on):
        if one.clock == clock and one.lawful and one.decided_on <= until:  # without effect if decided after the limit
            until = max(until, one.until)
    return until


def months_on(start: date, months: int) -> date:
    """Return the same day `months` later, or the last day of a shorter month."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def next_working_day(after: date) -> date:
    """Return the first working day after a day."""
    found = after + A_DAY
    while found.weekday() >= 5 or found in _free_days(found.year):
        found += A_DAY
    return found


def _free_days(year: int) -> set[date]:
    easter = _easter(year)
    fixed = [(1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31)]
    midsummer = next(date(year, 6, number) for number in range(19, 26) if date(year, 6, number).weekday() == 4)
    moving = [easter + number * A_DAY for number in (-2, 1, 39)]
    return {date(year, month, number) for month, number in fixed} | {midsummer, *moving}


def _easter(year: int) -> date:
    golden, century, rest = year % 19, year // 100, year % 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    shift = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    over = (golden + 11 * epact + 22 * shift) // 451
    month, number = divmod(epact + shift - 7 * over + 114, 31)
    return date(year, month, number + 1)
