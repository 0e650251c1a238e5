"""Dates of a case: parsing, valid combinations, reopening, and dates of an earlier investigation.

The properties are checked against an independent statement of the order: a table of pairs.
"""

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checklists.case_dates import (
    FIELDS,
    CaseDates,
    current,
    decision_for,
    read_day,
    read_past_day,
    readable_day,
    report_of,
    settle,
)
from checklists.errors import (
    BadDate,
    DateInFuture,
    DateOutOfRange,
    DatesOutOfOrder,
    PersonalNumberInText,
    UserError,
)

TODAY = date(2026, 11, 28)


def day(number: int) -> date:
    """Return 1 March 2026 plus `number` days."""
    return date(2026, 3, 1) + timedelta(days=number)


# --- parsing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *(
            "20260512",
            "2026-W20-2",
            "2026-5-12",
            "26-05-12",
            "2026-02-30",
            "2026-13-01",
            "0000-01-01",
            "",
            "-",
            "i dag",
        ),
        *(
            "2026-05-12 ",
            " 2026-05-12",
            "2026-05-12\n",
            "２０２６-０５-１２",
            "٢٠٢٦-٠٥-١٢",
            "2026–05–12",
            "2026-05-12T00:00",
        ),
    ],
)
def test_only_a_calendar_day_written_with_dashes_is_read(text: str) -> None:
    with pytest.raises(BadDate):
        read_day(text, TODAY)


@pytest.mark.parametrize("text", ["1990-01-01", "2026-11-28", "2028-02-29", "2031-11-28"])
def test_a_day_from_1990_to_five_years_ahead_is_read(text: str) -> None:
    assert read_day(text, TODAY) == date.fromisoformat(text)


@pytest.mark.parametrize("text", ["1989-12-31", "0001-01-01", "2031-11-29", "9999-12-31"])
def test_an_implausible_day_is_rejected_with_the_allowed_range(text: str) -> None:
    with pytest.raises(DateOutOfRange) as caught:
        read_day(text, TODAY)

    assert caught.value.args_for_text == {"first": "1990-01-01", "last": "2031-11-28"}
    assert caught.value.text_key == "errors.BK-131"


def test_five_years_ahead_of_a_leap_day_is_the_last_of_february() -> None:
    assert read_day("2033-02-28", date(2028, 2, 29)) == date(2033, 2, 28)
    with pytest.raises(DateOutOfRange):
        read_day("2033-03-01", date(2028, 2, 29))


@pytest.mark.parametrize(
    ("text", "key"),
    [("x", "errors.BK-112_field"), ("", "errors.BK-112_missing"), ("9999-01-01", "errors.BK-131_field")],
)
def test_a_refusal_names_the_date_it_is_about(text: str, key: str) -> None:
    with pytest.raises(UserError) as caught:
        read_day(text, TODAY, "opened_on")

    assert (caught.value.text_key, caught.value.args_for_text["field"]) == (key, "opened_on")


@given(st.dates(date(1990, 1, 1), date(2031, 11, 28)))
def test_written_files_are_read_back_unchanged(written: date) -> None:
    assert read_day(written.isoformat(), TODAY) == written


@pytest.mark.parametrize("text", ["19121212-1212", "121212-1212", "191212121212"])
def test_a_personal_number_in_a_date_is_said_to_be_one(text: str) -> None:
    with pytest.raises(PersonalNumberInText) as caught:
        read_day(text, TODAY, "opened_on")

    assert caught.value.args_for_text == {"field": "opened_on"}


def test_what_has_happened_lies_no_later_than_today() -> None:
    assert read_past_day("2026-11-28", TODAY, "decided_on") == TODAY
    for text, error in (("2026-11-29", DateInFuture), ("28/11", BadDate), ("1989-12-31", DateOutOfRange)):
        with pytest.raises(error) as caught:
            read_past_day(text, TODAY, "decided_on")
        assert caught.value.args_for_text["field"] == "decided_on"


def test_only_a_day_that_may_stand_is_shown_again() -> None:
    assert readable_day("2026-11-29", TODAY) == "2026-11-29"
    assert [readable_day(text, TODAY) for text in ("", "28/11", "1989-12-31", "19121212-1212")] == [""] * 4


def test_every_date_of_a_case_is_one_that_is_given_or_one_that_is_known() -> None:
    known = {"earlier_closed_on", "first_received_on", "about_child", "violence_known_on"}

    assert {one.name for one in fields(CaseDates)} == {*FIELDS, *known}


# --- valid combinations --------------------------------------------------------------------------------------


def refused(kept: CaseDates, **new: date | None) -> dict[str, tuple[type[UserError], dict[str, Any]]]:
    """Return the error class and its arguments for each rejected field."""
    faults = settle(kept, new, TODAY).faults
    return {name: (type(error), dict(error.args_for_text)) for name, error in faults.items()}


def order(earlier: str, later: str) -> tuple[type[UserError], dict[str, Any]]:
    return DatesOutOfOrder, {"earlier": earlier, "later": later}


EMPTY = CaseDates()


def with_dates(dates: CaseDates, **days: Any) -> CaseDates:
    return replace(dates, **days)


@pytest.mark.parametrize("name", FIELDS)
def test_only_the_planned_day_may_lie_after_today(name: str) -> None:
    tomorrow = TODAY + timedelta(days=1)

    assert refused(EMPTY, **{name: TODAY}) == {}
    expected = {} if name == "planned_decision_on" else {name: (DateInFuture, {"field": name})}
    assert refused(EMPTY, **{name: tomorrow}) == expected


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("received_on", "opened_on"),
        ("received_on", "closed_on"),
        ("opened_on", "decided_on"),
        ("opened_on", "closed_on"),
        ("decided_on", "closed_on"),
        ("decided_on", "started_on"),
    ],
)
def test_a_date_is_compared_with_every_stored_one(earlier: str, later: str) -> None:
    kept = with_dates(EMPTY, **{earlier: day(10)})

    assert refused(kept, **{later: day(9)}) == {later: order(earlier, later)}
    assert refused(kept, **{later: day(10)}) == {}
    settled = settle(kept, {later: day(9)}, TODAY)
    assert settled.dates == kept


def test_a_wrong_date_stops_only_itself() -> None:
    kept = CaseDates(opened_on=day(10))
    settled = settle(kept, {"assigned_on": day(12), "decided_on": day(5), "planned_decision_on": day(90)}, TODAY)

    assert list(settled.faults) == ["decided_on"]
    assert settled.dates == replace(kept, assigned_on=day(12), planned_decision_on=day(90))


def test_of_two_new_dates_that_contradict_each_other_both_are_refused_and_named() -> None:
    settled = settle(EMPTY, {"opened_on": day(9), "decided_on": day(5), "closed_on": day(20)}, TODAY)

    assert set(settled.faults) == {"opened_on", "decided_on"}
    assert settled.dates == CaseDates(closed_on=day(20))


def test_what_is_refused_is_no_longer_what_the_others_are_held_against() -> None:
    kept = CaseDates(decided_on=day(5), closed_on=day(9))
    # The decision is after the stored closing, so it is rejected; the opening is then after the stored decision.
    assert refused(kept, opened_on=day(7), decided_on=day(12)) == {
        "decided_on": order("decided_on", "closed_on"),
        "opened_on": order("opened_on", "decided_on"),
    }


def test_planned_and_assigned_take_no_part_in_the_order() -> None:
    kept = CaseDates(received_on=day(10), opened_on=day(12), decided_on=day(20), closed_on=day(30))

    assert refused(kept, planned_decision_on=day(1), assigned_on=day(40)) == {}


def test_repeating_a_stored_date_changes_nothing_even_if_it_would_now_be_rejected() -> None:
    kept = CaseDates(opened_on=day(10), decided_on=day(5), closed_on=TODAY + timedelta(days=9))
    settled = settle(kept, {name: getattr(kept, name) for name in FIELDS}, TODAY)

    assert (settled.dates, settled.faults, settled.reopened) == (kept, {}, False)


def test_a_date_is_emptied() -> None:
    kept = CaseDates(opened_on=day(10), decided_on=day(15))

    assert settle(kept, {"decided_on": None}, TODAY).dates == CaseDates(opened_on=day(10))


# --- later reports -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kept",
    [
        CaseDates(opened_on=day(0)),
        CaseDates(received_on=day(-3), opened_on=day(0)),
        CaseDates(opened_on=day(0), decided_on=day(60)),
        CaseDates(opened_on=day(0), decided_on=day(4)),
    ],
)
def test_a_report_while_an_investigation_runs_or_after_its_decision_is_kept(kept: CaseDates) -> None:
    settled = settle(kept, {"received_on": day(5)}, TODAY)

    assert settled.faults == {}
    assert settled.dates == replace(kept, received_on=day(5), first_received_on=kept.received_on)


def test_what_a_file_says_of_both_at_once_is_kept_but_an_opening_is_not_moved_before_its_own_report() -> None:
    assert refused(EMPTY, received_on=day(5), opened_on=day(0)) == {}
    assert refused(CaseDates(received_on=day(5)), opened_on=day(0)) == {"opened_on": order("received_on", "opened_on")}
    later_report = CaseDates(received_on=day(5), opened_on=day(0))
    assert refused(later_report, opened_on=day(1)) == {}


# --- closing and reopening -----------------------------------------------------------------------------------

CLOSED = CaseDates(received_on=day(0), opened_on=day(3), decided_on=day(50), closed_on=day(60))


@pytest.mark.parametrize("name", ["received_on", "opened_on"])
def test_what_begins_after_a_kept_closing_opens_the_case_again(name: str) -> None:
    settled = settle(CLOSED, {name: day(61)}, TODAY)

    assert settled.reopened
    assert settled.faults == {}
    assert settled.dates == with_dates(CLOSED, **{name: day(61)}, closed_on=None, earlier_closed_on=day(60))
    assert not settle(CLOSED, {"assigned_on": day(70)}, TODAY).reopened


@pytest.mark.parametrize("name", ["received_on", "opened_on"])
def test_what_begins_on_the_day_of_the_closing_opens_nothing_again(name: str) -> None:
    kept = CaseDates(received_on=day(0), closed_on=day(60))
    settled = settle(kept, {name: day(60)}, TODAY)

    assert (settled.reopened, settled.dates.closed_on, settled.dates.earlier_closed_on) == (False, day(60), None)


def test_an_intervention_begun_on_the_day_of_its_decision_is_its_own() -> None:
    again = replace(CLOSED, closed_on=None, earlier_closed_on=day(60), decided_on=day(80), started_on=day(80))

    assert current(again).started_on == day(80)


def test_a_file_that_still_repeats_the_old_closing_changes_nothing() -> None:
    again = {"opened_on": day(70), "closed_on": day(60)}
    first = settle(CLOSED, again, TODAY)
    second = settle(first.dates, again, TODAY)

    assert first.reopened
    assert (first.dates.closed_on, first.dates.earlier_closed_on) == (None, day(60))
    assert (second.dates, second.faults, second.reopened) == (first.dates, {}, False)


def test_the_new_investigation_may_come_with_its_own_closing() -> None:
    settled = settle(CLOSED, {"opened_on": day(70), "decided_on": day(80), "closed_on": day(90)}, TODAY)

    assert settled.reopened
    assert (settled.dates.earlier_closed_on, settled.dates.closed_on) == (day(60), day(90))


def test_a_closing_before_the_opening_of_a_case_that_was_not_closed_is_refused() -> None:
    assert set(refused(EMPTY, opened_on=day(10), closed_on=day(5))) == {"opened_on", "closed_on"}
    assert set(refused(EMPTY, received_on=day(10), closed_on=day(5))) == {"received_on", "closed_on"}
    assert set(refused(CLOSED, opened_on=day(80), closed_on=day(70))) == {"opened_on", "closed_on"}


def test_a_day_that_is_refused_opens_nothing_again() -> None:
    settled = settle(CLOSED, {"opened_on": TODAY + timedelta(days=1)}, TODAY)

    assert (settled.dates, settled.reopened) == (CLOSED, False)


def test_the_new_investigation_is_not_held_against_the_dates_of_the_one_before() -> None:
    kept = replace(CLOSED, started_on=day(65))
    opened = settle(kept, {"received_on": day(70)}, TODAY).dates
    decided = settle(opened, {"opened_on": day(72), "decided_on": day(100)}, TODAY)

    assert decided.faults == {}
    assert current(decided.dates).started_on is None, "it began with the previous decision"
    assert current(opened) == CaseDates(received_on=day(70), earlier_closed_on=day(60))
    everything = {"received_on": day(70), "opened_on": day(72), "decided_on": day(100), "started_on": day(65)}
    at_once = settle(kept, everything, TODAY)
    assert at_once.faults == {}
    assert settle(at_once.dates, everything, TODAY) == replace(at_once, ended=None), "the same file the next night"


def test_what_is_given_while_a_new_investigation_runs_is_not_taken_for_a_date_of_the_earlier_one() -> None:
    reported = replace(CLOSED, closed_on=None, earlier_closed_on=day(60), received_on=day(70))
    running = replace(reported, opened_on=day(72))

    assert refused(reported, opened_on=day(55)) == {"opened_on": order("received_on", "opened_on")}
    assert refused(running, decided_on=day(55)) == {"decided_on": order("opened_on", "decided_on")}
    assert refused(running, decided_on=running.decided_on) == {}, "a file repeats it"
    assert refused(reported, decided_on=day(51)) == {}, "nothing has been opened that it could be the decision of"


def test_an_intervention_of_the_investigation_now_running_is_held_against_its_decision() -> None:
    kept = replace(CLOSED, closed_on=None, earlier_closed_on=day(60), opened_on=day(70), decided_on=day(80))

    assert refused(kept, started_on=day(79)) == {"started_on": order("decided_on", "started_on")}
    begun = replace(kept, started_on=day(85))
    assert refused(begun, decided_on=day(86)) == {"decided_on": order("decided_on", "started_on")}
    assert current(begun).started_on == day(85)


def test_what_lies_on_or_before_the_earlier_closing_is_of_the_earlier_investigation() -> None:
    dates = CaseDates(
        received_on=day(60),
        assigned_on=day(59),
        opened_on=day(61),
        planned_decision_on=day(60),
        decided_on=day(61),
        started_on=day(62),
        earlier_closed_on=day(60),
        violence_known_on=day(1),
    )

    assert current(dates) == replace(dates, received_on=None, assigned_on=None, planned_decision_on=None)
    assert current(replace(dates, earlier_closed_on=None)) == replace(dates, earlier_closed_on=None)


# --- more than one report ------------------------------------------------------------------------------------

RUNNING = CaseDates(received_on=day(0), opened_on=day(3))


def test_a_report_while_an_investigation_runs_leaves_it_the_report_it_was_opened_on() -> None:
    second = settle(RUNNING, {"received_on": day(20)}, TODAY).dates
    third = settle(second, {"received_on": day(30)}, TODAY).dates

    assert (second.received_on, second.first_received_on) == (day(20), day(0))
    assert (third.received_on, third.first_received_on) == (day(30), day(0))
    assert report_of(second) == report_of(third) == day(0)
    assert settle(third, {"received_on": day(30), "opened_on": day(3)}, TODAY).dates == third, "the same file again"


def test_a_mistyped_report_is_put_right() -> None:
    mistyped = settle(RUNNING, {"received_on": day(20)}, TODAY).dates

    assert settle(mistyped, {"received_on": day(1)}, TODAY).dates == replace(RUNNING, received_on=day(1))
    assert settle(mistyped, {"received_on": None}, TODAY).dates == replace(RUNNING, received_on=None)


def test_a_report_before_any_opening_replaces_the_one_before() -> None:
    twice = settle(CaseDates(received_on=day(0)), {"received_on": day(5)}, TODAY).dates

    assert twice == CaseDates(received_on=day(5))
    assert settle(twice, {"opened_on": day(4)}, TODAY).faults, "opened before its report"


def test_a_report_after_the_decision_has_a_clock_beside_the_first_one() -> None:
    after = settle(replace(RUNNING, decided_on=day(40)), {"received_on": day(50)}, TODAY).dates

    assert (after.first_received_on, report_of(after)) == (day(0), day(50))


def test_the_first_report_belongs_to_the_investigation_that_was_closed() -> None:
    closed = settle(RUNNING, {"received_on": day(20), "closed_on": day(60)}, TODAY).dates
    again = settle(closed, {"received_on": day(61)}, TODAY)

    assert again.ended == replace(RUNNING, received_on=day(20), first_received_on=day(0), closed_on=day(60))
    assert again.dates.first_received_on is None


def test_the_dates_of_the_closed_investigation_are_completed_by_what_reopens_the_case() -> None:
    settled = settle(CLOSED, {"received_on": day(61), "decided_on": day(55), "assigned_on": day(4)}, TODAY)

    assert settled.ended == replace(CLOSED, decided_on=day(55), assigned_on=day(4))
    assert settle(settled.dates, {"received_on": day(62)}, TODAY).ended is None


# --- properties ----------------------------------------------------------------------------------------------

DAYS = st.integers(-2, 8).map(lambda number: TODAY - timedelta(days=number))
MAYBE = st.one_of(st.none(), DAYS)
MANY = settings(max_examples=600)
"""Some interactions of two dates show only with particular values of several others."""
KEPT = st.builds(CaseDates, **dict.fromkeys((*FIELDS, "earlier_closed_on", "first_received_on"), MAYBE))
NEW = st.dictionaries(st.sampled_from(FIELDS), MAYBE)
ORDER = [
    *(("received_on", "closed_on"), ("opened_on", "decided_on"), ("opened_on", "closed_on")),
    *(("decided_on", "closed_on"), ("decided_on", "started_on")),
]


@MANY
@given(KEPT, NEW)
def test_what_is_taken_stands_in_order_and_what_is_refused_changes_nothing(
    kept: CaseDates, new: dict[str, date | None]
) -> None:
    settled = settle(kept, new, TODAY)
    now = current(settled.dates)
    changed = {name for name in FIELDS if getattr(settled.dates, name) != getattr(kept, name)}

    assert set(settled.faults) <= set(new)
    for name in new:
        if name in settled.faults:
            assert getattr(settled.dates, name) in (getattr(kept, name), None)
    for name in changed & set(new):
        taken = getattr(settled.dates, name)
        assert taken is None or taken <= TODAY or name == "planned_decision_on"
    for earlier, later in ORDER:
        one, other = getattr(now, earlier), getattr(now, later)
        if changed & {earlier, later} & set(new) and one and other:
            assert one <= other
    if "started_on" in changed and settled.dates.started_on and now.decided_on:
        assert settled.dates.started_on >= now.decided_on
    assert settled.reopened == (settled.dates.earlier_closed_on != kept.earlier_closed_on)
    if settled.reopened:
        assert settled.dates.earlier_closed_on == kept.closed_on


@MANY
@given(KEPT, NEW)
def test_the_same_again_changes_nothing_more(kept: CaseDates, new: dict[str, date | None]) -> None:
    first = settle(kept, new, TODAY)
    again = settle(first.dates, {name: day for name, day in new.items() if name not in first.faults}, TODAY)

    if first.reopened and new.get("closed_on", kept.closed_on) in (None, kept.earlier_closed_on):
        return  # only the newest earlier closing is stored, so the same input now means something else
    assert again.dates == first.dates
    assert not again.faults


def test_a_list_is_written_for_the_decision_of_its_own_investigation() -> None:
    reopened = CaseDates(opened_on=day(20), decided_on=day(8), earlier_closed_on=day(10))

    assert decision_for(reopened, day(5)) == day(8)
    assert decision_for(reopened, day(21)) is None
    assert decision_for(replace(reopened, decided_on=day(30)), day(21)) == day(30)
    assert decision_for(CaseDates(decided_on=day(8)), day(9)) == day(8)
