"""Moving the bot's clock from the page: forward only, in named steps."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Protocol

from holidays import country_holidays

from tryout.activities import STOCKHOLM

MORNING = time(8, 5)


class Clock(Protocol):
    """The bot's clock, as far as the try-out uses it."""

    def now(self) -> datetime:
        """The bot's time, timezone-aware."""

    def advance(self, step: timedelta) -> None:
        """Move the bot's time forward by `step`."""


def an_hour(_now: datetime) -> timedelta:
    """One hour."""
    return timedelta(hours=1)


def a_day(now: datetime) -> timedelta:
    """Until the same time of day tomorrow in Sweden, also across a change to or from summer time."""
    local = now.astimezone(STOCKHOLM)
    return (local + timedelta(days=1)).astimezone(UTC) - now.astimezone(UTC)


def to_next_working_morning(now: datetime) -> timedelta:
    """Until the next 08:05 in Sweden on a working day; today's, if that is still to come."""
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
    """Return whether Swedish offices are open: not on weekends, public holidays or eves treated as such."""
    return day.weekday() < 5 and day not in _free_days(day.year)


@cache
def _free_days(year: int) -> frozenset[date]:
    return frozenset(country_holidays("SE", categories=("public", "de_facto"), years=year))
