"""Which reminders are due: every day of four years is swept and compared with days counted in a table.

The expected values share no code with the rules: they are counted in the working days of test_workdays.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from checklists.case_dates import CaseDates
from checklists.deadlines import Extension
from checklists.lifecycle import State
from checklists.months import months_on
from checklists.reminder_rules import (
    Asked,
    BasisState,
    CaseState,
    Due,
    Thresholds,
    due,
    protection_audiences,
    protection_due,
)
from checklists.swedish_time import STOCKHOLM
from checklists.workdays import Workdays
from tests.unit.test_workdays import ALL, OPEN, after, before, on_or_before

GAP = (Asked(1, "item", "child_heard"),)
A_DAY = timedelta(days=1)
LONG = os.environ.get("BK_SLOW") == "1"


def told(state: CaseState, first: date, last: date, days: Iterable[date] = OPEN) -> list[tuple[str, str, date]]:
    """Sweep every working day from first to last; return each reminder once: rule, recipient, day."""
    seen: set[tuple[str, str]] = set()
    found: list[tuple[str, str, date]] = []
    for day in (day for day in days if first <= day <= last):
        for one in due(state, day):
            if (one.rule, one.mark) not in seen:
                seen.add((one.rule, one.mark))
                found.append((one.rule, "+".join(one.audiences), day))
    return found


def rules_on(state: CaseState, day: date) -> list[str]:
    return [one.rule for one in due(state, day)]


def planned(day: date) -> CaseState:
    return CaseState(CaseDates(planned_decision_on=day), BasisState(gaps=GAP))


def sent(day: date, **more: Any) -> CaseState:
    return CaseState(basis=BasisState(status=State.SENT, waits_since=day, **more))


def returned(day: date, **more: Any) -> CaseState:
    return CaseState(basis=BasisState(status=State.RETURNED, returned=7, returned_on=day, **more))


def received(day: date, **more: Any) -> CaseState:
    return CaseState(CaseDates(received_on=day, **more))


def opened(day: date, **more: Any) -> CaseState:
    return CaseState(CaseDates(opened_on=day, **more))


def decided(day: date, **more: Any) -> CaseState:
    return CaseState(CaseDates(decided_on=day), **more)


BOTH = "worker+chef"


def expect_planned(day: date) -> list[tuple[str, str, date]]:
    return [
        ("LUCKOR", "worker", before(day, 3)),
        ("LUCKOR", BOTH, before(day, 1)),
        ("BESLUT", "worker", after(day, 1)),
    ]


def expect_sent(day: date) -> list[tuple[str, str, date]]:
    return [("OLAST", "chef", after(day, 2)), ("TYST", "deputy_else_manager", after(day, 4))]


def expect_returned(day: date) -> list[tuple[str, str, date]]:
    return [("ATER", "worker", after(day, 2))]


def expect_received(day: date) -> list[tuple[str, str, date]]:
    days = {*(on_or_before(day + number * A_DAY) for number in (10, 14)), after(day + 14 * A_DAY, 1)}
    return [("14D", BOTH, told_on) for told_on in sorted(days)]


def expect_violence(day: date) -> list[tuple[str, str, date]]:
    """First working day, last one in time, and the one after; then as for any report. Each is due until the next."""
    first, last = after(day - A_DAY, 1), after(day, 1)
    as_any = (told_on for _, _, told_on in expect_received(day))
    return [("14D", BOTH, told_on) for told_on in sorted({first, last, after(last, 1), *as_any})]


def expect_opened(day: date) -> list[tuple[str, str, date]]:
    limit = months_on(day, 4)
    ahead = [("4M", BOTH, on_or_before(limit - number * A_DAY)) for number in (30, 7)]
    return [*ahead, ("4M", BOTH, after(limit, 1))]


def expect_decided(day: date) -> list[tuple[str, str, date]]:
    return [("PAGAR", "worker", after(day, 5)), ("6M", "worker", on_or_before(months_on(day, 6)))]


SCENES: list[tuple[Callable[[date], CaseState], Callable[[date], list[tuple[str, str, date]]], int, int]] = [
    (planned, expect_planned, -16, 9),
    (sent, expect_sent, 0, 30),
    (returned, expect_returned, 0, 30),
    (received, expect_received, 0, 40),
    (opened, expect_opened, 80, 130),
    (lambda day: decided(day, basis=BasisState(ongoing=GAP), intervention=True), expect_decided, 0, 220),
]


@pytest.mark.no_cover  # thousands of days through the same lines
@pytest.mark.parametrize(("scene", "expected", "first", "last"), SCENES)
def test_every_day_of_2025_to_2028_is_told_on_the_days_counted_by_hand(
    scene: Callable[[date], CaseState], expected: Callable[[date], list[Any]], first: int, last: int
) -> None:
    # In the short form every third or tenth day: each day of the week, before, on and after free days.
    step = 1 if LONG else 3 if last < 100 else 10
    for day in ALL[20:-230:step]:
        stretch = (day + first * A_DAY, day + last * A_DAY)
        assert told(scene(day), *stretch) == expected(day), day


@pytest.mark.parametrize(("scene", "expected", "first", "last"), SCENES)
def test_a_friday_is_told_on_the_days_counted_by_hand(
    scene: Callable[[date], CaseState], expected: Callable[[date], list[Any]], first: int, last: int
) -> None:
    assert told(scene(FRIDAY), FRIDAY + first * A_DAY, FRIDAY + last * A_DAY) == expected(FRIDAY)


def test_with_violence_every_day_is_told_at_once_and_asked_for_the_reason() -> None:
    for day in ALL[20 : -60 : 1 if LONG else 3]:
        assert told(received(day, violence_known_on=day), day, day + 40 * A_DAY) == expect_violence(day), day


def test_with_violence_the_reason_is_asked_for_only_once_it_is_late() -> None:
    for day in ALL[20:-60]:
        last = after(day, 1)
        state = received(day - 30 * A_DAY, violence_known_on=day)
        asked = {on: one.late for on in OPEN if day <= on <= after(last, 1) for one in due(state, on)}
        assert list(asked) == sorted({after(day - A_DAY, 1), last, after(last, 1)}), day
        assert [on for on, late in asked.items() if late] == [after(last, 1)], day
    (one,) = due(received(FRIDAY, violence_known_on=FRIDAY), FRIDAY)
    assert (one.at_once, one.on, one.late) == (True, after(FRIDAY, 1), False)


def test_violence_that_became_known_after_the_opening_is_told_of_by_nobody() -> None:
    state = received(FRIDAY, violence_known_on=FRIDAY + 3 * A_DAY, opened_on=FRIDAY + A_DAY)

    assert told(state, FRIDAY, FRIDAY + 40 * A_DAY) == []


# --- catching up after missed sweeps ------------------------------------------------------------------------

FRIDAY = date(2026, 5, 29)


@pytest.mark.parametrize(
    ("state", "missed", "rule"),
    [
        (planned(FRIDAY), date(2026, 5, 27), "LUCKOR"),
        (planned(FRIDAY), FRIDAY, "LUCKOR"),
        (sent(FRIDAY), date(2026, 6, 3), "OLAST"),
        (returned(FRIDAY), date(2026, 6, 15), "ATER"),
        (received(FRIDAY), date(2026, 6, 11), "14D"),
        (received(FRIDAY), date(2026, 6, 17), "14D"),
        (opened(FRIDAY), date(2026, 9, 4), "4M"),
        (planned(FRIDAY), date(2026, 6, 29), "BESLUT"),
        (decided(FRIDAY, basis=BasisState(ongoing=GAP)), date(2026, 6, 17), "PAGAR"),
        (decided(FRIDAY, intervention=True), date(2026, 12, 7), "6M"),
    ],
)
def test_a_day_that_was_missed_is_caught_up_while_it_holds(state: CaseState, missed: date, rule: str) -> None:
    assert rule in rules_on(state, missed)


@pytest.mark.parametrize(
    ("state", "day"),
    [
        (planned(FRIDAY), FRIDAY + A_DAY),
        (opened(FRIDAY), date(2026, 11, 2)),
        (decided(FRIDAY, basis=BasisState(ongoing=GAP), intervention=True), date(2026, 8, 3)),
        (decided(FRIDAY, intervention=True), date(2027, 1, 15)),
        (received(date(2021, 1, 4)), FRIDAY),
    ],
)
def test_what_is_long_past_is_not_dug_out(state: CaseState, day: date) -> None:
    assert due(state, day) == ()


@pytest.mark.parametrize(
    ("state", "begins", "rule"),
    [
        (sent(FRIDAY), after(FRIDAY, 2), "OLAST"),
        (decided(FRIDAY, basis=BasisState(ongoing=GAP)), after(FRIDAY, 5), "PAGAR"),
        (decided(FRIDAY, intervention=True), on_or_before(months_on(FRIDAY, 6)), "6M"),
    ],
)
def test_a_reminder_without_an_end_holds_for_the_day_and_thirty_more(state: CaseState, begins: date, rule: str) -> None:
    held = [day for day in OPEN if begins - 9 * A_DAY <= day <= begins + 60 * A_DAY and rule in rules_on(state, day)]

    assert held == [day for day in OPEN if begins <= day <= begins + 30 * A_DAY]


@pytest.mark.parametrize(
    "state",
    [
        CaseState(CaseDates(planned_decision_on=FRIDAY), BasisState()),
        CaseState(CaseDates(planned_decision_on=FRIDAY), BasisState(status=State.SIGNED, gaps=GAP)),
        CaseState(CaseDates(planned_decision_on=FRIDAY, closed_on=FRIDAY - 9 * A_DAY), BasisState(gaps=GAP)),
        CaseState(CaseDates(planned_decision_on=FRIDAY, decided_on=FRIDAY - 3 * A_DAY), BasisState(gaps=GAP)),
        sent(FRIDAY - 9 * A_DAY, read=True),
        returned(FRIDAY - 9 * A_DAY, touched=True),
        received(FRIDAY - 10 * A_DAY, opened_on=FRIDAY),
        received(FRIDAY - 10 * A_DAY, closed_on=FRIDAY),
        received(FRIDAY - 10 * A_DAY, about_child=False),
        opened(months_on(FRIDAY, -4), closed_on=FRIDAY - A_DAY),
        opened(months_on(FRIDAY, -4) + 7 * A_DAY, decided_on=FRIDAY - A_DAY),
        CaseState(CaseDates(planned_decision_on=FRIDAY - A_DAY, decided_on=FRIDAY - A_DAY)),
        CaseState(CaseDates(planned_decision_on=FRIDAY - A_DAY, closed_on=FRIDAY - A_DAY)),
        CaseState(CaseDates(planned_decision_on=FRIDAY - A_DAY, earlier_closed_on=FRIDAY - A_DAY)),
        received(FRIDAY - 10 * A_DAY, earlier_closed_on=FRIDAY - A_DAY),
        CaseState(CaseDates(decided_on=FRIDAY - 9 * A_DAY, closed_on=FRIDAY), BasisState(ongoing=GAP)),
        decided(months_on(FRIDAY, -6)),
    ],
)
def test_what_is_settled_is_not_reminded_of(state: CaseState) -> None:
    assert due(state, FRIDAY) == ()


def test_a_follow_up_comes_every_six_months_until_the_case_is_closed() -> None:
    for months in (6, 12, 30):
        state = decided(months_on(FRIDAY, -months), intervention=True)
        assert [(one.rule, one.months) for one in due(state, FRIDAY)] == [("6M", months)]
    marks = {due(decided(months_on(FRIDAY, -6), intervention=True), months_on(FRIDAY, n))[0].mark for n in (0, 6, 12)}
    assert len(marks) == 3
    for months in (1, 9, 15):
        assert due(decided(months_on(FRIDAY, -months), intervention=True), FRIDAY) == ()
    closed = CaseState(CaseDates(decided_on=months_on(FRIDAY, -6), closed_on=FRIDAY - A_DAY), intervention=True)
    assert due(closed, FRIDAY) == ()


@pytest.mark.parametrize(("was", "is_now"), [(3, 6), (6, 3), (2, 1), (4, 6)])
def test_a_changed_step_of_follow_ups_loses_none_and_repeats_none(was: int, is_now: int) -> None:
    state = decided(FRIDAY, intervention=True)

    def marks(step: int) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        for day in (day for day in OPEN if FRIDAY < day < months_on(FRIDAY, 20)):
            for one in due(state, day, Thresholds(follow_up_months=step)):
                found.setdefault(one.months, set()).add(one.mark)
        return found

    before_it, after_it = marks(was), marks(is_now)
    assert sorted(before_it) == list(range(was, 21, was))
    assert sorted(after_it) == list(range(is_now, 21, is_now))
    for months, those in after_it.items():
        assert those == before_it.get(months, those)
        assert not any(those & others for at, others in before_it.items() if at != months)


def test_a_monthly_follow_up_is_caught_up_with_in_the_next_month() -> None:
    state, monthly = decided(date(2026, 1, 15), intervention=True), Thresholds(follow_up_months=1)

    assert [one.months for one in due(state, date(2026, 3, 10), monthly)] == [1]
    assert [one.months for one in due(state, date(2026, 3, 16), monthly)] == [2]
    assert due(state, date(2026, 1, 30), monthly) == ()


def test_a_reminder_before_a_limit_that_is_too_old_is_not_sent() -> None:
    state, short = opened(date(2025, 5, 15)), Thresholds(catch_up=12)  # thirty days before: a Saturday in August
    days = [date(2025, 8, 14) + number * A_DAY for number in range(32)]

    told_on = [day for day in days if [one.rule for one in due(state, day, short)] == ["4M"]]
    ahead, week = date(2025, 8, 15), date(2025, 9, 8)
    assert told_on == [*(ahead + number * A_DAY for number in range(13)), *(day for day in days if day >= week)]


def test_the_day_after_four_months_asks_for_the_reason_unless_it_is_given() -> None:
    state = opened(FRIDAY)
    last = months_on(FRIDAY, 4)
    day = after(last, 1)
    assert [(one.rule, one.late, one.on) for one in due(state, day)] == [("4M", True, last)]
    given = Extension("4m", grounds=False, until=day + 9 * A_DAY, decided_on=last)
    late = Extension("4m", grounds=True, until=day + 9 * A_DAY, decided_on=day)
    for one in (given, late):
        assert due(replace(state, extensions=(one,)), day) == ()
    lawful = Extension("4m", grounds=True, until=day + 90 * A_DAY, decided_on=last)
    assert due(replace(state, extensions=(lawful,)), day) == ()


def test_a_voided_signature_waits_for_a_reader_like_a_sent_list() -> None:
    state = sent(FRIDAY)
    voided = replace(state, basis=replace(state.basis, status=State.VOIDED))

    assert told(voided, FRIDAY, FRIDAY + 30 * A_DAY) == expect_sent(FRIDAY)


# --- extensions and the reason -----------------------------------------------------------------------------


def test_grounds_move_the_days_and_the_organisation_only_answers_what_the_reason_is() -> None:
    day, until = date(2026, 3, 2), date(2026, 4, 1)
    grounds = replace(received(day), extensions=(Extension("14d", True, until, day),))
    lax = replace(received(day), extensions=(Extension("14d", False, until, day),))

    assert [told_on for _, _, told_on in told(grounds, day, day + 60 * A_DAY)] == [
        date(2026, 3, 12),
        until,
        until + A_DAY,
    ]
    assert [told_on for _, _, told_on in told(lax, day, day + 60 * A_DAY)] == [date(2026, 3, 12), date(2026, 3, 16)]
    (reason,) = due(received(day), date(2026, 3, 17))
    assert (reason.late, reason.on) == (True, date(2026, 3, 16))


def test_grounds_decided_too_late_move_nothing_and_are_the_reason() -> None:
    day = date(2026, 3, 2)
    late = Extension("14d", True, date(2026, 4, 1), date(2026, 3, 17))

    assert due(replace(received(day), extensions=(late,)), date(2026, 3, 17))[0].late is False
    earlier = replace(late, grounds=False, decided_on=date(2026, 3, 1))
    assert due(replace(received(day), extensions=(earlier,)), date(2026, 3, 17))[0].late, "given for an earlier report"
    at_once = replace(received(day, violence_known_on=day), extensions=(replace(late, decided_on=day),))
    assert due(at_once, date(2026, 3, 4))[0].late is False


def test_a_moved_limit_of_an_investigation_is_told_anew() -> None:
    moved = replace(opened(date(2026, 3, 2)), extensions=(Extension("4m", True, date(2026, 9, 1), date(2026, 3, 2)),))

    assert [day for _, _, day in told(moved, date(2026, 5, 1), date(2026, 9, 2))] == [
        date(2026, 7, 31),  # 2 August is a Sunday
        date(2026, 8, 25),
        date(2026, 9, 2),  # the day after
    ]


# --- what the chef is reminded of --------------------------------------------------------------------------


def test_an_answer_that_was_ongoing_at_the_signature_is_told_the_chef_at_the_next_sweep() -> None:
    def followed(day: date) -> CaseState:
        return CaseState(basis=BasisState(status=State.SIGNED, followed=GAP, followed_mark="7:2", followed_on=day))

    for day in ALL[20:-60]:
        assert told(followed(day), day, day + 50 * A_DAY) == [("UPPFOLJT", "chef", after(day - A_DAY, 1))], day
    (one,) = due(followed(FRIDAY), date(2026, 6, 1))
    assert one == Due("UPPFOLJT", ("chef",), "7:2", FRIDAY, GAP)
    assert due(followed(FRIDAY), date(2026, 7, 1)), "thirty days from the first working day after it"
    assert due(followed(FRIDAY), date(2026, 7, 2)) == ()
    assert due(CaseState(basis=BasisState(status=State.SIGNED, followed_on=FRIDAY)), FRIDAY) == ()


# --- SKYDD, which is not part of the sweep, and the thresholds --------------------------------------------


def test_a_report_without_an_answer_is_told_of_from_its_day_through_the_next_working_day() -> None:
    days = Workdays()
    for day in ALL[30:-30]:
        one = Due("SKYDD", ("worker", "chef"), str(day), day)
        last = after(day, 1)
        assert protection_due(received(day), day, days) == one
        assert protection_due(received(day), last, days) == one
        assert protection_due(received(day), last + A_DAY, days) == (one if day == before(last + A_DAY, 1) else None)
        assert protection_due(received(day), day - A_DAY, days) is None
    state = received(FRIDAY)
    assert protection_due(replace(state, protected_now=True), FRIDAY, days) is None
    assert protection_due(received(FRIDAY, closed_on=FRIDAY), FRIDAY, days) is None
    assert protection_due(received(FRIDAY, about_child=False), FRIDAY, days) is None
    assert protection_due(CaseState(), FRIDAY, days) is None
    beside = replace(received(FRIDAY, about_child=False), with_children=True)
    assert protection_due(beside, FRIDAY, days) is not None
    assert protection_due(replace(beside, protected_now=True), FRIDAY, days) is None


def test_a_report_waits_two_hours_for_its_answer_but_never_past_half_past_three_nor_outside_office_hours() -> None:
    entered = datetime(2026, 5, 29, 10, 0, tzinfo=STOCKHOLM)
    both: tuple[str, ...] = ("worker", "chef")

    def told_at(hour: int, minute: int, *, since: datetime | None = entered, in_office: bool = True) -> tuple[str, ...]:
        at = datetime(2026, 5, 29, hour, minute, tzinfo=STOCKHOLM)
        return protection_audiences(at, since, Thresholds(), in_office=in_office)

    assert (told_at(11, 59), told_at(12, 0)) == ((), both)
    late = entered.replace(hour=14)
    assert (told_at(15, 29, since=late), told_at(15, 30, since=late)) == ((), both)
    assert told_at(16, 29, since=entered.replace(hour=16, minute=20)) == both
    assert told_at(10, 1, since=None) == both
    assert told_at(10, 1, in_office=False) == ("chef",)
    soon = Thresholds(protection_hours=0)
    assert protection_audiences(entered, entered, soon, in_office=True) == both


def test_the_thresholds_and_the_free_days_are_the_tenants_own() -> None:
    mine = Thresholds(gaps_first=5, unread=1, assessment_first=7)
    closed = Workdays(frozenset({date(2026, 5, 28)}))

    assert due(planned(FRIDAY), date(2026, 5, 22), mine) != ()
    assert due(planned(FRIDAY), date(2026, 5, 21), mine) == ()
    assert due(planned(FRIDAY), date(2026, 5, 21), mine, closed) != ()
    assert [one.rule for one in due(sent(FRIDAY), date(2026, 6, 1), mine)] == ["OLAST"]
    assert [one.rule for one in due(received(FRIDAY), date(2026, 6, 5), mine)] == ["14D"]


@pytest.mark.parametrize("waits", [10, 3])
def test_not_yet_brings_what_is_under_way_back_once(waits: int) -> None:
    said, rules = after(FRIDAY, 7), Thresholds(ongoing_again=waits)

    def marks(**not_yet: date) -> list[tuple[str, date]]:
        state = decided(FRIDAY, basis=BasisState(ongoing=GAP, not_yet=not_yet))
        days = [day for day in OPEN if FRIDAY <= day <= FRIDAY + 90 * A_DAY]
        found = [(one.mark, day) for day in days for one in due(state, day, rules) if one.rule == "PAGAR"]
        return [(mark, min(day for other, day in found if other == mark)) for mark in sorted({one for one, _ in found})]

    assert marks() == [(str(FRIDAY), after(FRIDAY, 5))]
    assert marks(first=said) == [(f"{FRIDAY}:again", after(said, waits))]
    assert marks(first=said, again=after(said, waits)) == []
