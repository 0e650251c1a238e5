"""Clocks: what starts and stops them, and four calendar months checked for every day of four years."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.case_dates import FIELDS, CaseDates
from checklists.deadlines import (
    Deadline,
    Extension,
    Limit,
    age,
    assessment,
    assessments,
    clocks,
    finish_by,
    follows_closed,
    investigation,
    spans,
)
from checklists.workdays import Workdays


def four_months_on(day: date) -> date:
    """Count four months by turning calendar pages; in a shorter month, step back to its last day."""
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
"""A Monday."""
OFFICE = Workdays()


def day(number: int) -> date:
    """Return the day `number` days after the report was received."""
    return RECEIVED + timedelta(days=number)


def grounds(limit: Limit, until: int, decided: int = 0) -> Extension:
    return Extension(limit, True, day(until), day(decided))


def lax(limit: Limit, until: int, decided: int = 0) -> Extension:
    return Extension(limit, False, day(until), day(decided))


def assessed(*extensions: Extension, **dates: Any) -> Deadline:
    clock = assessment(CaseDates(received_on=RECEIVED, **dates), extensions, OFFICE)
    assert clock is not None
    return clock


def investigated(*extensions: Extension, **dates: Any) -> Deadline:
    clock = investigation(CaseDates(opened_on=RECEIVED, **dates), extensions)
    assert clock is not None
    return clock


def test_fourteen_days_count_from_the_day_after_the_report() -> None:
    clock = assessment(CaseDates(received_on=date(2028, 2, 20)), (), OFFICE)

    assert clock is not None
    assert (clock.limit, clock.last_day) == ("14d", date(2028, 3, 5))  # across a leap day
    assert not clock.is_late(date(2028, 3, 5))
    assert clock.is_late(date(2028, 3, 6))
    assert clock.days_used(date(2028, 3, 5)) == 14


@pytest.mark.parametrize("stop", ["opened_on", "closed_on"])
def test_opening_or_closing_stops_it_and_assignment_moves_nothing(stop: str) -> None:
    running = assessed(assigned_on=day(40))
    in_time, late = (assessed(assigned_on=day(40), **{stop: day(number)}) for number in (14, 15))

    assert (running.runs(day(90)), running.ended) == (True, None)
    assert (running.last_day, running.outcome(day(14)), running.outcome(day(15))) == (
        day(14),
        "open_within",
        "open_late",
    )
    assert (in_time.runs(day(13)), in_time.runs(day(14)), in_time.outcome(day(90))) == (True, False, "within")
    assert (late.outcome(day(90)), late.days_used(day(90))) == ("late", 15)
    assert (late.outcome(day(14)), late.days_used(day(14))) == ("open_within", 14)


@pytest.mark.parametrize("stop", ["opened_on", "closed_on"])
def test_opening_on_the_day_of_the_report_stops_the_clock(stop: str) -> None:
    clock = assessed(**{stop: day(0)})

    assert assessed(**{"closed_on": day(9), stop: day(0)}).stopped_on == day(0), "the earlier of the two stops it"
    assert (clock.stopped_on, clock.outcome(day(90)), clock.days_used(day(90))) == (day(0), "within", 0)


def test_a_report_while_an_investigation_runs_has_no_clock() -> None:
    def clock(**dates: Any) -> Deadline | None:
        return assessment(CaseDates(received_on=RECEIVED, **dates), (), OFFICE)

    assert clock(opened_on=day(-1)) is None
    assert clock(opened_on=day(-9), closed_on=day(0)) is None
    assert clock(opened_on=day(-9), decided_on=day(0)) is None
    assert clock(opened_on=day(-9), decided_on=day(7), closed_on=day(9)) is None


def test_a_report_after_the_decision_has_a_clock_of_its_own() -> None:
    after = assessed(opened_on=day(-9), decided_on=day(-1))
    closed = assessed(opened_on=day(-9), decided_on=day(-1), closed_on=day(3))
    again = assessed(opened_on=day(-9), closed_on=day(-1))

    assert after.runs(day(20))
    assert closed.stopped_on == day(3)
    assert again.runs(day(20)), "a closing before the report stops nothing"


def test_the_report_that_an_investigation_was_opened_on_keeps_its_clock() -> None:
    during = CaseDates(received_on=day(20), opened_on=day(15), first_received_on=RECEIVED)
    after = replace(during, decided_on=day(18))

    assert [(one.began, one.ended) for one in assessments(during, (), OFFICE)] == [(RECEIVED, "late")]
    assert [(one.began, one.ended) for one in clocks(during, (), OFFICE)] == [(RECEIVED, "late"), (day(15), None)]
    assert [(one.began, one.ended) for one in assessments(after, (), OFFICE)] == [(RECEIVED, "late"), (day(20), None)]
    assert [one.began for one in clocks(after, (), OFFICE)] == [day(20), day(15)], "the newest is the one to watch"
    assert age(during, day(30)) == age(after, day(30)) == 30


def test_only_what_is_about_a_child_has_clocks_and_only_once_its_date_is_known() -> None:
    adult = CaseDates(RECEIVED, day(4), day(3), None, day(5), day(6), about_child=False)

    assert clocks(adult, (), OFFICE) == ()
    assert spans(adult) == ()
    assert clocks(CaseDates(), (), OFFICE) == ()
    assert investigation(CaseDates(received_on=RECEIVED), ()) is None


# --- violence ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "began", "last"),
    [
        (0, 0, 1),
        (-30, 0, 1),  # known before the report was received
        (2, 2, 3),
        (4, 4, 7),  # a Friday
        (5, 5, 7),  # a Saturday
        (31, 31, 36),  # Maundy Thursday: Good Friday and Easter Monday are days off
    ],
)
def test_with_violence_it_is_to_be_opened_that_day_or_the_next_working_day(known: int, began: int, last: int) -> None:
    clock = assessed(violence_known_on=day(known))

    assert (clock.limit, clock.began) == ("at_once", day(began))
    assert clock.limit_day == clock.last_day == day(last)
    assert clock.outcome(day(last)) == "open_within"
    assert clock.outcome(day(last + 1)) == "open_late"


def test_the_next_working_day_is_the_municipalitys_own() -> None:
    closed = Workdays(frozenset({day(1), day(2)}))
    clock = assessment(CaseDates(received_on=RECEIVED, violence_known_on=RECEIVED), (), closed)

    assert clock is not None
    assert clock.last_day == day(3)


def test_nothing_extends_at_once() -> None:
    clock = assessed(grounds("14d", 30), violence_known_on=day(0))

    assert (clock.last_day, clock.outcome(day(2))) == (day(1), "open_late")


@pytest.mark.parametrize("stop", ["opened_on", "closed_on"])
def test_violence_that_became_known_only_after_the_clock_stopped_leaves_the_fourteen_days(stop: str) -> None:
    before, same, after = (assessed(violence_known_on=day(known), **{stop: day(9)}) for known in (8, 9, 10))

    assert (before.limit, before.outcome(day(90)), before.days_used(day(90))) == ("at_once", "within", 1)
    assert (same.limit, same.days_used(day(90))) == ("at_once", 0)
    assert (after.limit, after.outcome(day(90)), after.days_used(day(90))) == ("14d", "within", 9)


def test_violence_without_a_report_has_no_clock() -> None:
    assert assessment(CaseDates(violence_known_on=RECEIVED, opened_on=RECEIVED), (), OFFICE) is None


# --- the investigation, extensions, and warnings -----------------------------------------------------------


def test_the_investigation_runs_from_opening_to_the_decision_else_to_closing() -> None:
    opened = date(2025, 10, 31)
    closed = investigation(CaseDates(opened_on=opened, closed_on=date(2026, 3, 1)), ())
    decided = investigation(CaseDates(opened_on=opened, closed_on=date(2026, 3, 1), decided_on=date(2026, 2, 28)), ())

    assert closed is not None
    assert (closed.last_day, closed.stopped_on) == (date(2026, 2, 28), date(2026, 3, 1))
    assert closed.outcome(date(2026, 3, 1)) == "late"
    assert decided is not None
    assert (decided.stopped_on, decided.outcome(date(2026, 3, 1))) == (date(2026, 2, 28), "within")


def test_deciding_or_closing_on_the_day_of_opening_stops_it() -> None:
    assert investigated(decided_on=day(0)).stopped_on == day(0)
    assert investigated(closed_on=day(0)).stopped_on == day(0)


@pytest.mark.parametrize(("limit", "clock"), [("14d", assessed), ("4m", investigated)])
def test_grounds_move_a_limit_and_the_organisation_does_not(limit: Limit, clock: Any) -> None:
    other = grounds("4m" if limit == "14d" else "14d", 999)

    plain = clock().last_day
    assert clock(other, lax(limit, 300)).last_day == plain
    assert clock(other, lax(limit, 300)).outcome(day(150)) == "open_late"
    moved = clock(grounds(limit, 200), lax(limit, 300))
    assert (moved.limit_day, moved.last_day) == (plain, day(200))
    assert clock(grounds(limit, 200), grounds(limit, 190)).last_day == day(190)
    assert clock(grounds(limit, 5)).last_day == plain, "nothing is truncated"


@pytest.mark.parametrize(("limit", "clock", "last"), [("14d", assessed, 14), ("4m", investigated, 122)])
def test_an_extension_is_to_be_decided_while_the_limit_in_force_has_not_passed(
    limit: Limit, clock: Any, last: int
) -> None:
    assert clock().last_day == day(last)
    assert clock(grounds(limit, 200, decided=last)).last_day == day(200)
    late = clock(grounds(limit, 200, decided=last + 1))
    assert (late.last_day, late.outcome(day(last + 2))) == (day(last), "open_late")
    twice = (grounds(limit, 200, decided=1), grounds(limit, 300, decided=200))
    assert clock(*twice).last_day == day(300)
    assert clock(twice[0], grounds(limit, 300, decided=201)).last_day == day(200)
    assert clock(grounds(limit, 200, decided=-1)).last_day == day(last), "decided in an earlier investigation"


def test_in_time_only_thanks_to_an_extension_is_said_apart() -> None:
    longer = grounds("4m", 150)

    assert investigated(longer, decided_on=day(122)).outcome(day(200)) == "within"
    assert investigated(longer, decided_on=day(123)).outcome(day(200)) == "extended"
    assert investigated(longer, decided_on=day(150)).outcome(day(200)) == "extended"
    assert investigated(longer, decided_on=day(151)).outcome(day(200)) == "late"
    assert investigated(longer).outcome(day(150)) == "open_within"
    assert investigated(longer).outcome(day(151)) == "open_late"


def test_a_new_investigation_is_not_counted_with_what_the_one_before_left() -> None:
    earlier = CaseDates(day(0), day(2), day(3), None, day(50), day(70), None, earlier_closed_on=day(60))

    assert clocks(earlier, (), OFFICE) == ()
    assert spans(earlier) == ()
    reported = clocks(replace(earlier, received_on=day(61)), (), OFFICE)
    assert [(clock.limit, clock.stopped_on) for clock in reported] == [("14d", None)]
    opened = clocks(replace(earlier, received_on=day(61), opened_on=day(62)), (grounds("4m", 400, 20),), OFFICE)
    assert [(clock.limit, clock.stopped_on) for clock in opened] == [("14d", day(62)), ("4m", None)]
    assert opened[1].last_day == opened[1].limit_day, "the extension was the earlier investigation's"


def test_the_spans_without_a_limit_are_never_negative() -> None:
    found = spans(CaseDates(opened_on=RECEIVED, assigned_on=day(41), decided_on=day(50), started_on=day(57)))

    assert [(one.name, one.began, one.days) for one in found] == [
        ("opened_to_assigned", RECEIVED, 41),
        ("decided_to_started", day(50), 7),
    ]
    assert spans(CaseDates(opened_on=RECEIVED, decided_on=day(50))) == ()
    early = spans(CaseDates(opened_on=RECEIVED, assigned_on=day(-4), decided_on=day(5), started_on=day(1)))
    assert [one.days for one in early] == [0, 0]


@pytest.mark.parametrize(("apart", "flagged"), [(-1, False), (0, True), (30, True), (31, False)])
def test_an_investigation_right_after_a_closed_one_is_flagged(apart: int, flagged: bool) -> None:
    assert follows_closed(CaseDates(opened_on=day(apart), earlier_closed_on=RECEIVED)) is flagged
    assert not follows_closed(CaseDates(opened_on=day(apart)))
    assert not follows_closed(CaseDates(earlier_closed_on=day(apart)))


# --- properties --------------------------------------------------------------------------------------------

DAYS = st.integers(-30, 260).map(day)
ANY = st.builds(
    CaseDates,
    **dict.fromkeys((*FIELDS, "earlier_closed_on", "violence_known_on"), st.one_of(st.none(), DAYS)),
    about_child=st.booleans(),
)
EXTENSIONS = st.lists(st.builds(Extension, st.sampled_from(["14d", "4m"]), st.booleans(), DAYS, DAYS), max_size=3)


@given(ANY, EXTENSIONS, DAYS)
def test_no_clock_ever_runs_backwards_and_every_one_has_an_outcome(
    dates: CaseDates, extensions: list[Extension], on: date
) -> None:
    found = clocks(dates, extensions, OFFICE)

    assert len({clock.limit for clock in found}) == len(found) <= 2
    assert all(span.days >= 0 for span in spans(dates))
    for clock in found:
        assert clock.began <= clock.limit_day <= clock.last_day
        assert clock.stopped_on is None or clock.stopped_on >= clock.began
        assert clock.days_used(on) >= 0
        assert clock.is_late(on) == clock.outcome(on).endswith("late")
        assert clock.outcome(on).startswith("open") == clock.runs(on)
        assert (clock.ended is None) == (clock.stopped_on is None)
        if clock.outcome(on) == "extended":
            assert not clock.is_late(on)
            assert any(one.grounds and one.limit == clock.limit for one in extensions)


@given(ANY, EXTENSIONS)
def test_assignment_and_the_planned_day_move_no_clock(dates: CaseDates, extensions: list[Extension]) -> None:
    without = replace(dates, assigned_on=None, planned_decision_on=None, started_on=None)

    assert clocks(dates, extensions, OFFICE) == clocks(without, extensions, OFFICE)
