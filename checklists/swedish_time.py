"""Conversion of instants (aware datetimes) to Swedish dates and times of day; nothing else does this."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def local(moment: datetime) -> datetime:
    """Return an instant in Swedish time."""
    return moment.astimezone(STOCKHOLM)


def day_of(moment: datetime) -> date:
    """Return the Swedish calendar date of an instant."""
    return moment.astimezone(STOCKHOLM).date()


def midnight(day: date) -> datetime:
    """Return the instant at which a day begins in Sweden, in UTC."""
    return datetime.combine(day, time(), STOCKHOLM).astimezone(UTC)


def stamp(moment: datetime) -> str:
    """Return Swedish date and time of day, as `2026-05-12 10:42`."""
    return f"{local(moment):%Y-%m-%d %H:%M}"


def clock(moment: datetime) -> str:
    """Return the Swedish time of day, as `10:42`."""
    return f"{local(moment):%H:%M}"


def clock_words(moment: datetime, now: datetime) -> str:
    """Return an instant relative to now: `10:42` if it is on the same Swedish day, else `2026-05-12 10:42`."""
    return clock(moment) if day_of(moment) == day_of(now) else stamp(moment)
