"""The wheel of rounds and the duties of the year: what is due, what is late, and when it is reminded of."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.tenant_settings import DEFAULTS, parse_setting, read_settings, show_settings
from checklists.workdays import Workdays
from checklists.year import EVERY, THREE_A_YEAR, Slot, next_day, next_round, read, reminded, written

WORKDAYS = Workdays()
LONG_AGO = date(2020, 1, 1)
MAY, OCTOBER = Slot(date(2026, 5, 1), date(2026, 5, 31)), Slot(date(2026, 10, 1), date(2026, 10, 31))


@pytest.mark.parametrize(
    ("today", "opened", "due", "late"),
    [
        ("2026-05-12", [], MAY, False),
        ("2026-05-31", [], MAY, False),
        ("2026-06-01", [], MAY, True),
        ("2026-08-31", [], MAY, True),
        ("2026-09-01", [], OCTOBER, False),
        ("2026-05-12", ["2026-05-04"], OCTOBER, False),
        ("2026-08-20", ["2026-08-19"], OCTOBER, False),
        ("2026-04-20", ["2026-04-10"], OCTOBER, False),
        ("2026-04-20", ["2026-02-03"], MAY, False),
        ("2026-12-31", ["2026-10-31"], Slot(date(2027, 2, 1), date(2027, 2, 28)), False),
    ],
)
def test_the_next_round_is_due_in_the_month_that_runs_has_passed_or_comes(
    today: str, opened: list[str], due: Slot, *, late: bool
) -> None:
    day = date.fromisoformat(today)
    found = next_round(THREE_A_YEAR, map(date.fromisoformat, opened), LONG_AGO, day)
    assert found == due
    assert found.is_late(day) == late


def test_what_was_before_the_municipality_began_is_not_late_and_an_empty_wheel_is_never() -> None:
    assert next_round(THREE_A_YEAR, (), date(2026, 6, 1), date(2026, 8, 20)) == OCTOBER
    assert next_round(THREE_A_YEAR, (), date(2026, 5, 31), date(2026, 8, 20)) == MAY
    assert next_round((), (), LONG_AGO, date(2026, 8, 20)) is None
    ahead = [date(year, month, 15) for year in range(2024, 2035) for month in range(1, 13)]
    assert next_round(THREE_A_YEAR, ahead, LONG_AGO, date(2026, 8, 20)) is None


def test_in_a_dense_wheel_a_round_counts_for_its_own_month() -> None:
    every_month = range(1, 13)
    assert next_round(every_month, [date(2026, 5, 20)], LONG_AGO, date(2026, 5, 21)) == Slot(
        date(2026, 6, 1), date(2026, 6, 30)
    )


MONTHS = st.sets(st.integers(1, 12), min_size=1).map(sorted)
DAYS = st.dates(date(2022, 1, 1), date(2032, 12, 31))


@given(MONTHS, DAYS)
def test_a_round_that_opens_when_it_is_due_settles_it(months: list[int], today: date) -> None:
    due = next_round(months, (), LONG_AGO, today)
    assert due is not None
    assert due.first.month in months
    after = next_round(months, [min(max(today, due.first), due.last)], LONG_AGO, today)
    assert after is not None
    assert after.first > due.last


@given(MONTHS, DAYS, st.lists(DAYS, max_size=4))
def test_a_month_that_has_passed_without_a_round_is_late_until_the_next_is_near(
    months: list[int], today: date, opened: list[date]
) -> None:
    due = next_round(months, opened, LONG_AGO, today)
    assert due is not None
    assert due.is_late(today) == (due.last < today)
    if due.is_late(today):
        assert not [day for day in opened if due.first <= day <= today]


def test_a_units_months_are_written_and_read() -> None:
    assert (written(None), written([]), written([10, 2, 2])) == ("", "-", "2,10")
    assert [read(stored, THREE_A_YEAR) for stored in ("", "-", "2,10")] == [THREE_A_YEAR, (), (2, 10)]
    assert DEFAULTS.wheel == THREE_A_YEAR
    assert parse_setting("wheel", "3, 9") == [3, 9]
    assert read_settings('{"wheel": [3, 9]}').wheel == (3, 9)
    assert show_settings(DEFAULTS)["wheel"] == "2,5,10"
    with pytest.raises(ValueError, match="wheel"):
        parse_setting("wheel", "13")


def test_a_duty_that_is_done_returns_on_its_own_day_the_first_to_come() -> None:
    due = date(2025, 3, 31)
    assert next_day(due, 12, date(2025, 3, 1)) == date(2026, 3, 31)
    assert next_day(due, 12, date(2026, 6, 1)) == date(2027, 3, 31), "late once is not late ever after"
    assert next_day(due, 6, date(2025, 4, 1)) == date(2025, 9, 30)
    assert next_day(due, 0, date(2025, 4, 1)) is None


@given(DAYS, st.sampled_from([one for one in EVERY if one]), DAYS)
def test_the_next_day_is_to_come_and_never_two_turns_away(due: date, every: int, today: date) -> None:
    found = next_day(due, every, today)
    assert found is not None
    assert found > max(due, today)
    assert next_day(due, every, found - timedelta(days=1)) == found


def test_it_is_reminded_of_in_good_time_near_its_day_on_it_and_while_it_is_late() -> None:
    due = date(2026, 6, 15)
    told_on, days = None, []
    for number in range(60):
        day = date(2026, 5, 1) + timedelta(days=number)
        if WORKDAYS.is_working(day) and reminded(due, day, told_on, WORKDAYS):
            told_on = day
            days.append(day.isoformat()[5:])
    assert days == ["05-18", "06-10", "06-15", "06-16", "06-24"]


def test_of_a_round_the_first_reminder_comes_when_its_month_begins() -> None:
    assert not reminded(MAY.last, date(2026, 4, 30), None, WORKDAYS, MAY.first)
    assert not reminded(MAY.last, date(2026, 5, 1), None, WORKDAYS, MAY.first), "the first of May is no working day"
    assert reminded(MAY.last, date(2026, 5, 4), date(2026, 3, 3), WORKDAYS, MAY.first)
    assert not reminded(MAY.last, date(2026, 5, 5), date(2026, 5, 4), WORKDAYS, MAY.first)
