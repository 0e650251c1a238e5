"""Moving the bot's clock from the page: forward only, in named steps."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from tryout.activities import STOCKHOLM

MORNING = time(8, 5)
IsWorkingDay = Callable[[date], bool]
"""Returns whether the bot takes a day for a working day."""


class Clock(Protocol):
    """The bot's clock, as far as the try-out uses it."""

    def now(self) -> datetime:
        """The bot's time, timezone-aware."""

    def advance(self, step: timedelta) -> None:
        """Move the bot's time forward by `step`."""


def an_hour(_now: datetime, _is_working_day: IsWorkingDay) -> timedelta:
    """One hour."""
    return timedelta(hours=1)


def a_day(now: datetime, _is_working_day: IsWorkingDay) -> timedelta:
    """Until the same time of day tomorrow in Sweden, also across a change to or from summer time."""
    local = now.astimezone(STOCKHOLM)
    return (local + timedelta(days=1)).astimezone(UTC) - now.astimezone(UTC)


def to_next_working_morning(now: datetime, is_working_day: IsWorkingDay) -> timedelta:
    """Until the next 08:05 in Sweden on a working day; today's, if that is still to come."""
    local = now.astimezone(STOCKHOLM)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, MORNING, STOCKHOLM).astimezone(UTC) - now.astimezone(UTC)


STEPS: dict[str, Callable[[datetime, IsWorkingDay], timedelta]] = {
    "hour": an_hour,
    "day": a_day,
    "working_morning": to_next_working_morning,
}
