"""Periods: what they are called, the one before, and whether they may be published."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


class CannotPublish(Exception):
    """Only closed quarters and years are published."""

    def __init__(self) -> None:
        super().__init__(
            "for publication only whole quarters and years that are over: give the first day of one as --from"
            " and its last as --to"
        )


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both counted; Swedish calendar dates."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first.isoformat()}–{self.last.isoformat()}"

    @property
    def before(self) -> "Period":
        """Return the period just before: of as many whole months, else of as many days."""
        last = self.first - timedelta(days=1)
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        if self.first.day == 1 and (self.last + timedelta(days=1)).day == 1:
            return Period(_months_on(self.first, -months), last)
        return Period(last - (self.last - self.first), last)


def _months_on(day: date, months: int) -> date:
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, 1)


def quarter(year: int, number: int) -> Period:
    """Return a quarter of a year, 1 to 4."""
    first = date(year, number * 3 - 2, 1)
    return Period(first, _months_on(first, 3) - timedelta(days=1))


def year_of(year: int) -> Period:
    """Return a whole year."""
    return Period(date(year, 1, 1), date(year, 12, 31))


def quarters_within(period: Period) -> Iterator[Period]:
    """Give the calendar quarters a period touches, each cut to the period."""
    day = period.first
    while day <= period.last:
        whole = quarter(day.year, (day.month + 2) // 3)
        yield Period(max(whole.first, period.first), min(whole.last, period.last))
        day = whole.last + timedelta(days=1)


def published_quarters(period: Period, today: date) -> dict[str, Period]:
    """Return the quarters of the period's year that decide what of it may be published, by number.

    A quarter depends on those before it and on nothing that comes after. Raises: CannotPublish: the period is no
    whole quarter or year, or is not over.
    """
    year = period.first.year
    quarters = {str(number): quarter(year, number) for number in (1, 2, 3, 4)}
    if period.last >= today or period not in (*quarters.values(), year_of(year)):
        raise CannotPublish
    return {number: one for number, one in quarters.items() if one.last <= period.last}
