"""Working days against a hand-written table: every day of four years, each eve, and local days off."""

from bisect import bisect_left, bisect_right
from datetime import date, timedelta

import pytest
from holidays import country_holidays

from checklists.workdays import Workdays, free_days

FREE = """
2025: 1/1 6/1 18/4 21/4 1/5 29/5 6/6 20/6 24/12 25/12 26/12 31/12
2026: 1/1 6/1 3/4 6/4 1/5 14/5 19/6 24/12 25/12 31/12
2027: 1/1 6/1 26/3 29/3 6/5 25/6 24/12 31/12
2028: 6/1 14/4 17/4 1/5 25/5 6/6 23/6 25/12 26/12
"""
"""Days off that fall on Monday to Friday, day/month, from printed almanacs."""


def table() -> set[date]:
    found = set()
    for line in FREE.split("\n"):
        year, _, days = line.partition(":")
        for day, _, month in (written.partition("/") for written in days.split()):
            found.add(date(int(year), int(month), int(day)))
    return found


ALL = [date(2025, 1, 1) + timedelta(days=number) for number in range(365 * 4 + 1)]
OPEN = [day for day in ALL if day.isoweekday() not in (6, 7) and day not in table()]
"""The working days of 2025 to 2028."""


def before(day: date, count: int) -> date:
    return OPEN[bisect_left(OPEN, day) - count]


def after(day: date, count: int) -> date:
    return OPEN[bisect_right(OPEN, day) + count - 1]


def on_or_before(day: date) -> date:
    return OPEN[bisect_right(OPEN, day) - 1]


def test_every_day_of_2025_to_2028_is_a_working_day_or_not() -> None:
    assert [day for day in ALL if Workdays().is_working(day)] == OPEN


@pytest.mark.parametrize(
    "eve", ["2025-06-20", "2026-06-19", "2025-12-24", "2026-12-24", "2027-12-24", "2025-12-31", "2026-12-31"]
)
def test_an_eve_is_a_day_off(eve: str) -> None:
    assert not Workdays().is_working(date.fromisoformat(eve))


@pytest.mark.parametrize("day", ["2026-04-02", "2026-04-30", "2026-10-30", "2026-05-15", "2026-12-23", "2027-01-05"])
def test_a_half_day_or_a_day_squeezed_in_is_a_working_day(day: str) -> None:
    assert Workdays().is_working(date.fromisoformat(day))


@pytest.mark.parametrize("count", [1, 2, 3, 5, 10])
def test_working_days_can_be_counted_forward_and_back_from_every_day(count: int) -> None:
    for day in ALL[40:-40]:
        assert Workdays().after(day, count) == after(day, count), day
        assert Workdays().before(day, count) == before(day, count), day
        assert Workdays().on_or_before(day) == on_or_before(day), day


def test_the_authoritys_own_days_off_are_not_working_days() -> None:
    days = Workdays(frozenset({date(2026, 12, 23), date(2026, 12, 26)}))

    assert not days.is_working(date(2026, 12, 23))
    assert days.on_or_before(date(2026, 12, 25)) == date(2026, 12, 22)
    assert days.after(date(2026, 12, 22)) == date(2026, 12, 28)
    assert Workdays().is_working(date(2026, 12, 23))


def test_every_day_off_is_the_librarys_as_far_as_it_reaches() -> None:
    """Every date the bot takes lies in these years; the national day took Whit Monday's place in 2005."""
    for year in range(1990, 2101):
        of_library = country_holidays("SE", categories=("public", "de_facto"), years=year)
        assert free_days(year) == frozenset(of_library), year
