"""Moments in tables: always UTC, always with their zone when they come out, on both databases."""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, TypeDecorator

from checklists.swedish_time import day_of


def swedish_day(stored: datetime | str) -> date:
    """Return the day in Sweden of a moment as its driver gives it: SQLite's is a text in UTC.

    For the thousands of rows of an export, where making a moment of each first is most of the time.
    """
    return _day_of_hour(stored[:13]) if isinstance(stored, str) else day_of(stored)


@lru_cache(maxsize=10_000)
def _day_of_hour(hour: str) -> date:
    """Return the day of a UTC hour, `YYYY-MM-DD HH`; Sweden's midnight is always on one."""
    return day_of(datetime.fromisoformat(hour + ":00+00:00"))


class Moment(TypeDecorator[datetime]):
    """A UTC moment. Refuses a naive datetime: it could mean any hour."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Store as UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC) if dialect.name != "sqlite" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Give back with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
