"""Reporting periods: parsing them, calendar years and quarters, and the preceding period.

Accepted: `2026`, `2026-05`, `2026 kv 2`, `FROM–TO`; an empty text means the current year.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from checklists.errors import UnreadablePeriod
from checklists.months import months_on

_YEAR = r"(?:19|20)[0-9]{2}"
_DATE = rf"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}"
_MONTH = re.compile(rf"({_YEAR})-([0-9]{{2}})")
_QUARTER = re.compile(rf"({_YEAR}) ?(?:kv|kvartal|q) ?([1-4])", re.IGNORECASE)
_SPAN = re.compile(rf"({_DATE}) ?[-\u2010-\u2015\u2212] ?({_DATE})")
"""Two dates with any kind of dash between them: keyboards and phones insert different ones."""


@dataclass(frozen=True, slots=True)
class Period:
    """A range of Swedish calendar dates, both ends included."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first.isoformat()}–{self.last.isoformat()}"

    @property
    def before(self) -> "Period":
        """The preceding period: as many whole months if this one is whole months, otherwise as many days."""
        last = self.first - timedelta(days=1)
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        if self.first.day == 1 and (self.last + timedelta(days=1)).day == 1:
            return Period(months_on(self.first, -months), last)
        return Period(last - (self.last - self.first), last)


def _months_from(first: date, months: int) -> Period:
    return Period(first, months_on(first, months) - timedelta(days=1))


def quarter(year: int, number: int) -> Period:
    """Return quarter 1 to 4 of a year."""
    return _months_from(date(year, number * 3 - 2, 1), 3)


def year_of(year: int) -> Period:
    """Return a calendar year."""
    return Period(date(year, 1, 1), date(year, 12, 31))


def read_period(text: str, today: date) -> Period:
    """Parse a period as a person writes it; an empty text means the year of `today`.

    Raises: UnreadablePeriod: none of the accepted forms, not a calendar date, or the end is before the start.
    """
    words = " ".join(text.split())
    if not words:
        return year_of(today.year)
    try:
        if re.fullmatch(_YEAR, words):
            return year_of(int(words))
        if found := _MONTH.fullmatch(words):
            return _months_from(date(int(found[1]), int(found[2]), 1), 1)
        if found := _QUARTER.fullmatch(words):
            return quarter(int(found[1]), int(found[2]))
        if found := _SPAN.fullmatch(words):
            first, last = date.fromisoformat(found[1]), date.fromisoformat(found[2])
            if first <= last:
                return Period(first, last)
    except ValueError:  # not a calendar date
        raise UnreadablePeriod from None
    raise UnreadablePeriod
