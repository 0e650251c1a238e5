"""Four calendar months, counted by hand for every day of four years."""

from datetime import date, timedelta

import pytest

from checklists.deadlines import finish_by


def four_months_on(day: date) -> date:
    """Turn the calendar's pages one by one; when the month is too short, step back to its last day."""
    year, month, number = day.year, day.month, day.day
    for _ in range(4):
        month += 1
        if month == 13:
            year, month = year + 1, 1
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


def test_every_day_of_2025_to_2028_ends_four_calendar_months_on() -> None:
    day = date(2025, 1, 1)
    while day.year < 2029:
        assert finish_by(day) == four_months_on(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("opened", "last"),
    [
        ("2025-10-31", "2026-02-28"),
        ("2025-10-30", "2026-02-28"),
        ("2025-10-28", "2026-02-28"),
        ("2027-10-31", "2028-02-29"),
        ("2027-10-29", "2028-02-29"),
        ("2028-02-29", "2028-06-29"),
        ("2026-05-31", "2026-09-30"),
        ("2026-07-31", "2026-11-30"),
        ("2026-12-31", "2027-04-30"),
        ("2026-08-31", "2026-12-31"),
        ("2026-09-01", "2027-01-01"),
        ("9999-08-31", "9999-12-31"),
    ],
)
def test_ends_of_months_and_leap_years(opened: str, last: str) -> None:
    assert finish_by(date.fromisoformat(opened)) == date.fromisoformat(last)


def test_a_date_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="year 10000"):
        finish_by(date(9999, 9, 1))
