"""Moments as Sweden's calendar and clock show them: the one place that turns a moment into a Swedish date."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def local(moment: datetime) -> datetime:
    """Return a moment in Swedish time."""
    return moment.astimezone(STOCKHOLM)


def day_of(moment: datetime) -> date:
    """Return the Swedish calendar date of a moment."""
    return moment.astimezone(STOCKHOLM).date()


def midnight(day: date) -> datetime:
    """Return the moment a day begins in Sweden, in UTC."""
    return datetime.combine(day, time(), STOCKHOLM).astimezone(UTC)


def stamp(moment: datetime) -> str:
    """Return date and time of day, as `2026-05-12 10:42`."""
    return f"{local(moment):%Y-%m-%d %H:%M}"


def clock(moment: datetime) -> str:
    """Return the time of day, as `10:42`."""
    return f"{local(moment):%H:%M}"


def clock_words(moment: datetime, now: datetime) -> str:
    """Return a moment as people say it: `10:42` today, `2026-05-12 10:42` on another day."""
    return clock(moment) if day_of(moment) == day_of(now) else stamp(moment)
