"""Periods of figures: the quarters within one, and whether it may be published."""

from collections.abc import Iterator
from datetime import date, timedelta

from checklists.faults import Code, Refusal, fault
from checklists.periods import Period, quarter, year_of


class CannotPublish(Refusal):
    """Only closed quarters and years are published."""

    def __init__(self) -> None:
        super().__init__(fault(Code.PERIOD_NOT_PUBLISHED))


def quarters_within(period: Period) -> Iterator[Period]:
    """Yield the calendar quarters a period touches, each cut to the period."""
    day = period.first
    while day <= period.last:
        whole = quarter(day.year, (day.month + 2) // 3)
        yield Period(max(whole.first, period.first), min(whole.last, period.last))
        day = whole.last + timedelta(days=1)


def published_quarters(period: Period, today: date) -> dict[str, Period]:
    """Return the quarters of the period's year that decide which of its figures may be published, by number.

    A quarter depends on those before it and on nothing that comes after. Raises: CannotPublish: the period is no
    whole quarter or year, or is not over.
    """
    year = period.first.year
    quarters = {str(number): quarter(year, number) for number in (1, 2, 3, 4)}
    if period.last >= today or period not in (*quarters.values(), year_of(year)):
        raise CannotPublish
    return {number: one for number, one in quarters.items() if one.last <= period.last}
