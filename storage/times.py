"""Timestamps in tables: stored in UTC and returned timezone-aware, on both databases; the earliest of some."""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, TypeDecorator
from sqlmodel import Session, func, select

from checklists.swedish_time import day_of
from storage.session import UNREADABLE

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""Read in place of a moment that cannot be read."""


def swedish_day(stored: datetime | str) -> date:
    """Return the Swedish date of a raw driver value: a UTC string on SQLite, else an aware datetime.

    For the thousands of rows of an export, where parsing each into a datetime would take most of the time.
    """
    return _day_of_hour(stored[:13]) if isinstance(stored, str) else day_of(stored)


@lru_cache(maxsize=10_000)
def _day_of_hour(hour: str) -> date:
    """Return the Swedish date of a UTC hour, `YYYY-MM-DD HH`: the offset is whole hours, so none spans two dates."""
    return day_of(datetime.fromisoformat(hour + ":00+00:00"))


class Moment(TypeDecorator[datetime]):
    """Column type of a UTC timestamp. Rejects naive datetimes, which could mean any time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Any) -> Any:
        """Return what converts a value for the driver: for SQLite in one step, as every row has one or two moments."""
        return _for_sqlite if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        """Return what converts the driver's value."""
        return _from_sqlite if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Convert to UTC for storage. Raises: ValueError: the datetime is naive."""
        return None if value is None else _in_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return the stored value as an aware datetime in UTC."""
        return None if value is None else value.astimezone(UTC)


def earliest(session: Session, by: Any, moment: Any, *where: Any) -> dict[Any, datetime]:
    """Return the earliest moment of each group of rows. by, moment: columns of one table. where: conditions.

    The database picks it by its letters, so it may pick one that cannot be read. Then all are read, and those that
    cannot be are left out, each a named fault of its row.
    """
    query = select(by, func.min(moment)).where(*where).group_by(by)
    try:
        return dict(session.exec(query).all())
    except UNREADABLE:
        found: dict[Any, datetime] = {}
        for key, at in session.exec(select(by, moment).where(*where)):
            found[key] = min(found.get(key, at), at)
        return found


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return value.astimezone(UTC)


def _for_sqlite(value: datetime | None) -> str | None:
    """Return a moment as SQLAlchemy's DateTime stores it. Raises: ValueError: it is naive."""
    return None if value is None else _in_utc(value).isoformat(" ", "microseconds")[:26]


def _from_sqlite(stored: str | None) -> datetime | None:
    if stored is None:
        return None
    value = datetime.fromisoformat(stored)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
