"""Per-tenant settings: typed, with defaults, and rejected with an explanation when invalid."""

from datetime import date, datetime, time

import pytest

from checklists.tenant_settings import (
    DEFAULTS,
    NAMES,
    check_together,
    parse_setting,
    read_settings,
    show_settings,
)


def test_unset_settings_have_defaults_and_unknown_ones_are_left_alone() -> None:
    found = read_settings('{"gaps_first": 4, "free_days": ["2026-12-23"], "office_opens": "07:30", "other": 1}')

    assert (found.gaps_first, found.gaps_last) == (4, 1)
    assert found.free_days == (date(2026, 12, 23),)
    assert (found.office_opens, found.office_closes) == (time(7, 30), time(16, 30))
    assert read_settings("{}") == DEFAULTS


def test_a_threshold_that_was_set_before_it_had_bounds_still_holds() -> None:
    assert read_settings('{"gaps_first": 40, "unread": 0}').gaps_first == 40


def test_what_is_shown_can_be_set_again() -> None:
    shown = show_settings(read_settings('{"free_days": ["2026-12-23", "2026-12-30"], "unread": 3}'))

    assert tuple(shown) == NAMES
    assert shown["free_days"] == "2026-12-23,2026-12-30"
    again = {name: parse_setting(name, value) for name, value in shown.items()}
    assert again["unread"] == 3
    assert parse_setting("municipality", " Påhittade  kommunen ") == "Påhittade kommunen"
    assert again["free_days"] == ["2026-12-23", "2026-12-30"]
    assert parse_setting("ask_source", "sample_audit/child_heard") == ["sample_audit/child_heard"]
    assert parse_setting("reasons", "våld i  hemmet, missbruk") == ["våld i hemmet", "missbruk"]
    assert parse_setting("instruments", "barn:bbic, vuxen:freda") == ["barn:bbic", "vuxen:freda"]
    assert parse_setting("decides", "open:unit_manager,not_open:unit_manager")
    assert parse_setting("office_opens", "07:30") == "07:30:00"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("gaps_first", "-1", "gaps_first"),
        ("gaps_first", "tre", "gaps_first"),
        ("gaps_first", "40", "gaps_first"),
        ("unread", "0", "unread"),
        ("assessment_first", "20", "assessment_first"),
        ("four_months_first", "150", "four_months_first"),
        ("follow_up_months", "0", "follow_up_months"),
        ("office_opens", "klockan åtta", "office_opens"),
        ("office_opens", "08:00Z", "office_opens"),
        ("protection_latest", "15:30+01:00", "protection_latest"),
        ("free_days", "2026-12-23,julafton", "free_days"),
        ("case_ref_pattern", "(", "is not a regular expression"),
        ("case_ref_pattern", "^(a+)+$", "repeats a repetition"),
        ("out_of_hours", "jouren", "out_of_hours"),
        ("decides", "open:nämnden", "decides"),
        ("municipality", "å" * 61, "municipality"),
        ("municipality", "Påhittade\u200bkommunen", "municipality"),
        ("violence_cases", "polis", "violence_cases"),
        ("ask_source", "decision_basis/child_heard", "ask_source"),
        ("ask_source", "decision_basis/no_such", "ask_source"),
        ("ask_source", "no_such/child_heard", "ask_source"),
        ("ask_source", "decision_basis/police_report_motivated", "ask_source"),
        ("instruments", "vuxen:tarot", "instruments"),
        ("instruments", "djur:freda", "instruments"),
        ("reasons", "våld,våld", "reasons"),
        ("reasons", "våld,Våld", "reasons"),
        ("reasons", "å" * 41, "reasons"),
        ("reasons", ",".join(f"skäl {one}{two}" for one in "abcdef" for two in "ghijkl"), "reasons"),
        ("reasons", "barnet 121212-1212", "reasons"),
        ("violence_cases", "two_workers,with_police,two_workers", "violence_cases: value number 3"),
        ("instruments", "vuxen:freda,vuxen:freda", "instruments: value number 2"),
        ("ask_source", "sample_audit/child_heard,sample_audit/child_heard", "ask_source: value number 2"),
        ("free_days", "2026-12-23,2026-12-23", "free_days: value number 2"),
        ("out_of_hours", "jour@kommunen.example,Jour@kommunen.example", "out_of_hours: value number 2"),
        ("wheel", "2,02", "wheel: value number 2"),
        ("decides", "open:unit_manager,open:unit_manager", "decides: value number 2"),
        ("decides", "open:unit_manager,open:together", "decides: value number 2"),
        ("unread", "1_0", "unread"),
        ("unread", "+3", "unread"),
        ("unread", "3.0", "unread"),
        ("unread", "\u0663", "unread"),
        ("wheel", "2,5.0", "wheel"),
        ("free_days", "1766448000", "free_days"),
        ("free_days", "2026-12-23T00:00", "free_days"),
        ("office_opens", "28800", "office_opens"),
        ("office_opens", "08:00:30", "office_opens"),
        ("no_such", "1", "there is no setting no_such"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_setting(name, value)


@pytest.mark.parametrize("stored", ['{"office_opens": "08:00Z"}', '{"protection_latest": "15:30+01:00"}'])
def test_a_stored_time_of_another_zone_cannot_be_read(stored: str) -> None:
    with pytest.raises(ValueError, match=r"office_opens|protection_latest"):
        read_settings(stored)


@pytest.mark.parametrize(
    "stored",
    ['{"office_opens": "17:00"}', '{"gaps_first": 0}', '{"four_months_last": 31}'],
)
def test_settings_that_do_not_fit_together_are_refused(stored: str) -> None:
    with pytest.raises(ValueError, match="_"):
        check_together(read_settings(stored))
    check_together(DEFAULTS)


def test_the_latest_hour_of_skydd_is_within_office_hours_when_it_is_set() -> None:
    late, short = read_settings('{"protection_latest": "23:00"}'), read_settings('{"office_closes": "15:00"}')
    with pytest.raises(ValueError, match="BK-353"):
        check_together(late, {"protection_latest"})
    check_together(late, {"unread"})
    check_together(short, {"office_closes"})


def test_cases_can_be_in_the_tab_only_where_there_is_one() -> None:
    in_the_tab = read_settings('{"content": "tab"}')
    check_together(in_the_tab, has_tab=True)
    check_together(DEFAULTS, has_tab=False)
    with pytest.raises(ValueError, match="BK-474"):
        check_together(in_the_tab, has_tab=False)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-05-12T07:59", False),
        ("2026-05-12T08:00", True),
        ("2026-05-12T16:29", True),
        ("2026-05-12T16:30", False),
        ("2026-05-14T10:00", False),
        ("2026-05-16T10:00", False),
    ],
)
def test_the_office_is_open_on_working_days_between_its_hours(moment: str, is_open: bool) -> None:
    assert DEFAULTS.in_office_hours(datetime.fromisoformat(moment)) is is_open


def test_who_is_on_duty_out_of_hours_is_written_as_the_register_keeps_it() -> None:
    assert parse_setting("out_of_hours", "Jour@Example.invalid, bo@example.invalid") == [
        "jour@example.invalid",
        "bo@example.invalid",
    ]
