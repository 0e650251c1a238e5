"""Moments in tables: always UTC, always with their zone when they come out, on both databases."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, TypeDecorator

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def midnight(day: date) -> datetime:
    """Return the moment a day begins in Sweden."""
    return datetime.combine(day, time(), STOCKHOLM).astimezone(UTC)


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
