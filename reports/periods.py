"""The quarters within a reporting period, and whether the period may be published."""

from collections.abc import Iterator
from datetime import date, timedelta

from checklists.faults import Code, Refusal, fault
from checklists.periods import Period, quarter, year_of


class CannotPublish(Refusal):
    """Only past quarters and years are published."""

    def __init__(self) -> None:
        super().__init__(fault(Code.PERIOD_NOT_PUBLISHED))


def quarters_within(period: Period) -> Iterator[Period]:
    """Yield the calendar quarters that a period overlaps, each clipped to the period."""
    day = period.first
    while day <= period.last:
        whole = quarter(day.year, (day.month + 2) // 3)
        yield Period(max(whole.first, period.first), min(whole.last, period.last))
        day = whole.last + timedelta(days=1)


def until(period: Period, today: date) -> date | None:
    """Return the last day that a period's figures can include so far; None if the period is over."""
    return today if period.last > today else None


def quarter_of(day: date) -> str:
    """Return the number of the quarter a day is in."""
    return str((day.month + 2) // 3)


def published_quarters(period: Period, today: date) -> dict[str, Period]:
    """Return, by number, the quarters that decide which figures of a period are hidden: its own, or a year's four.

    Raises: CannotPublish: the period is not a whole quarter or year, or is not over.
    """
    year = period.first.year
    quarters = {str(number): quarter(year, number) for number in (1, 2, 3, 4)}
    if period.last >= today or period not in (*quarters.values(), year_of(year)):
        raise CannotPublish
    return {number: one for number, one in quarters.items() if period in (one, year_of(year))}
