"""Retention: nothing is disposed of until a period is set; months are calendar months."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.months import months_on
from checklists.retention import BadPeriod, Retention, changed

CLOSED = date(2021, 1, 31)


def test_until_a_period_is_set_no_case_is_ever_due() -> None:
    assert Retention().case_due_on(CLOSED) is None
    assert Retention().case_due_on(date(1900, 1, 1)) is None


def test_an_open_case_is_never_due() -> None:
    assert Retention(case_months=1).case_due_on(None) is None


@pytest.mark.parametrize(
    ("months", "due"),
    [(1, date(2021, 2, 28)), (11, date(2021, 12, 31)), (12, date(2022, 1, 31)), (37, date(2024, 2, 29))],
)
def test_a_closed_case_is_due_the_same_day_that_many_months_later(months: int, due: date) -> None:
    assert Retention(case_months=months).case_due_on(CLOSED) == due


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 600), st.integers(1, 600))
def test_a_longer_period_never_ends_sooner(day: date, shorter: int, more: int) -> None:
    assert months_on(day, shorter) < months_on(day, shorter + more)
    assert day < months_on(day, shorter)


def test_a_period_is_set_changed_and_given_up_again() -> None:
    stored = changed({}, ["case_months=60", "printed_elsewhere=ja"])
    assert stored == {"case_months": 60, "printed_elsewhere": True}
    assert changed(stored, ["case_months=", "printed_elsewhere=nej"]) == {"printed_elsewhere": False}


@pytest.mark.parametrize(
    "assignment",
    ["cases=60", "case_months=0", "case_months=-1", "case_months=fem", "case_months=ja", "reply_days=1.5", "=5", ""],
)
def test_what_is_no_period_is_refused_and_named(assignment: str) -> None:
    with pytest.raises(BadPeriod) as caught:
        changed({"case_months": 60}, [assignment])

    assert (assignment.partition("=")[0] or "there is no period") in str(caught.value)
