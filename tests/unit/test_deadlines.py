"""The clocks: four calendar months counted by hand for every day of four years, and what starts and stops them."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from checklists.deadlines import (
    CaseDates,
    Extension,
    assessment,
    days_to_assignment,
    finish_by,
    follows_closed,
    investigation,
)


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


# --- the förhandsbedömning ---------------------------------------------------------------------------------

RECEIVED = date(2026, 3, 2)


def day(number: int) -> date:
    """Return the day so many days after the report came in."""
    return RECEIVED + timedelta(days=number)


def test_fourteen_days_count_from_the_day_after_the_report() -> None:
    clock = assessment(CaseDates(received_on=date(2028, 2, 20)))

    assert clock is not None
    assert clock.last_day == date(2028, 3, 5)  # over a leap day
    assert not clock.is_late(date(2028, 3, 5))
    assert clock.is_late(date(2028, 3, 6))
    assert clock.days_used(date(2028, 3, 5)) == 14


@pytest.mark.parametrize("stop", ["opened_on", "closed_on"])
def test_opening_or_closing_stops_it_and_assignment_moves_nothing(stop: str) -> None:
    dates = CaseDates(received_on=RECEIVED, assigned_on=day(40))

    def stop_on(when: date) -> dict[str, Any]:
        return {stop: when}

    running = assessment(dates)
    stopped = assessment(replace(dates, **stop_on(day(14))))
    late = assessment(replace(dates, **stop_on(day(15))))

    assert running is not None
    assert stopped is not None
    assert late is not None
    assert running.runs(day(90))
    assert (running.last_day, running.is_late(day(15))) == (day(14), True)
    assert (stopped.runs(day(13)), stopped.runs(day(14)), stopped.is_late(day(90))) == (True, False, False)
    assert (late.is_late(day(90)), late.days_used(day(90))) == (True, 15)


def test_with_violence_it_is_to_be_opened_at_once_and_nothing_extends_that() -> None:
    until = Extension("14d", grounds=True, until=day(30))
    clock = assessment(CaseDates(received_on=RECEIVED, violence=True), [until])

    assert clock is not None
    assert clock.last_day == RECEIVED
    assert clock.is_late(day(1))


def test_a_report_while_an_investigation_runs_has_no_clock() -> None:
    assert assessment(CaseDates(received_on=RECEIVED, opened_on=day(-1))) is None
    assert assessment(CaseDates(received_on=RECEIVED, opened_on=day(-9), closed_on=day(0))) is None
    again = assessment(CaseDates(received_on=RECEIVED, opened_on=day(-9), closed_on=day(-1)))
    assert again is not None
    assert again.runs(day(20)), "what was closed before the report came in stops nothing"


def test_only_what_is_about_a_child_has_clocks_and_only_once_its_date_is_known() -> None:
    adult = CaseDates(received_on=RECEIVED, opened_on=day(3), about_child=False)

    assert assessment(adult) is None
    assert investigation(adult) is None
    assert assessment(CaseDates()) is None
    assert investigation(CaseDates(received_on=RECEIVED)) is None


# --- the investigation, extensions, and what is flagged ----------------------------------------------------


def test_the_investigation_runs_from_opening_to_closing() -> None:
    clock = investigation(CaseDates(opened_on=date(2025, 10, 31), closed_on=date(2026, 3, 1), decided_on=RECEIVED))

    assert clock is not None
    assert (clock.last_day, clock.stopped_on) == (date(2026, 2, 28), date(2026, 3, 1))
    assert clock.is_late(date(2026, 3, 1))
    assert not clock.is_late(date(2026, 2, 28))


@pytest.mark.parametrize(("limit", "of"), [("14d", assessment), ("4m", investigation)])
def test_grounds_move_a_limit_and_the_organisation_does_not(limit: str, of: Any) -> None:
    dates = CaseDates(received_on=RECEIVED) if limit == "14d" else CaseDates(opened_on=RECEIVED)
    other = Extension("4m" if limit == "14d" else "14d", grounds=True, until=day(999))
    lax = Extension(limit, grounds=False, until=day(300))
    first, second = (Extension(limit, grounds=True, until=day(number)) for number in (200, 190))

    plain = of(dates).last_day
    assert of(dates, [other, lax]).last_day == plain
    assert of(dates, [other, lax]).is_late(day(150))
    assert of(dates, [first, lax]).last_day == day(200)
    assert of(dates, [first, second]).last_day == day(190)


def test_the_days_from_opening_to_assignment_are_known_apart() -> None:
    assert days_to_assignment(CaseDates(opened_on=RECEIVED, assigned_on=day(41))) == 41
    assert days_to_assignment(CaseDates(opened_on=RECEIVED)) is None


@pytest.mark.parametrize(("apart", "flagged"), [(-1, False), (0, True), (30, True), (31, False)])
def test_an_investigation_right_after_a_closed_one_is_flagged(apart: int, flagged: bool) -> None:
    assert follows_closed(CaseDates(opened_on=day(apart), earlier_closed_on=RECEIVED)) is flagged
    assert not follows_closed(CaseDates(opened_on=day(apart)))
