"""The bot's clock as the page shows and moves it: only forward, in steps a person understands."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from tryout.activities import STOCKHOLM

MORNING = time(8, 5)
FIXED_FREE_DAYS = frozenset({(1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31)})


class Clock(Protocol):
    """The bot's own clock; both moments and steps carry a time zone or none is needed."""

    def now(self) -> datetime:
        """The bot's time, with offset."""

    def advance(self, step: timedelta) -> None:
        """Move the bot's time forward by `step`."""


def an_hour(_now: datetime) -> timedelta:
    """One hour on."""
    return timedelta(hours=1)


def a_day(now: datetime) -> timedelta:
    """The same time of day tomorrow in Sweden, also over a change to or from summer time."""
    local = now.astimezone(STOCKHOLM)
    return (local + timedelta(days=1)).astimezone(UTC) - now.astimezone(UTC)


def to_next_working_morning(now: datetime) -> timedelta:
    """To the nearest coming 08:05 in Sweden on a working day (today's, if it has not been yet)."""
    local = now.astimezone(STOCKHOLM)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, MORNING, STOCKHOLM).astimezone(UTC) - now.astimezone(UTC)


STEPS: dict[str, Callable[[datetime], timedelta]] = {
    "hour": an_hour,
    "day": a_day,
    "working_morning": to_next_working_morning,
}


def is_working_day(day: date) -> bool:
    """Say whether Swedish offices are open: not weekends, public holidays or the eves taken as such.

    Source: lagen (1989:253) om allmänna helgdagar; for the eves of midsummer, Christmas and New Year semesterlagen
    (1977:480) 3 a §.
    """
    if day.weekday() >= 5 or (day.month, day.day) in FIXED_FREE_DAYS:
        return False
    midsummer_eve = day.month == 6 and day.weekday() == 4 and 19 <= day.day <= 25
    return not midsummer_eve and (day - easter_sunday(day.year)).days not in (-2, 1, 39)


def easter_sunday(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the anonymous method with the letters it is known by."""
    a = year % 19
    b, c = divmod(year, 100)
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (8 * b + 13) // 25 + 15) % 30
    i, k = divmod(c, 4)
    l7 = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * l7) // 433
    n = (h + l7 - 7 * m + 90) // 25
    return date(year, n, (h + l7 - 7 * m + 33 * n + 19) % 32)
