"""Shares, intervals, comparisons and the contribution of one list: the arithmetic behind every figure."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise, product
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from checklists.case_dates import CaseDates
from checklists.deadlines import Extension
from checklists.loader import newest
from checklists.model import Answer, Checklist
from checklists.periods import Period, quarter, year_of
from checklists.rates import (
    ANSWERED,
    NOT_ASKED,
    Mark,
    Share,
    agreement_marks,
    case_marks,
    compare,
    item_figures,
    item_of_mark,
    median,
    needed,
    open_marks,
    tenths_of,
    wilson,
)
from checklists.rules import Applied
from checklists.workdays import Workdays
from reports.compared import compared, sentence
from reports.periods import CannotPublish, published_quarters, quarters_within
from storage.aggregates import spans_of
from tests.asked import item_states, state
from texts import LANGUAGES

BASIS = newest("decision_basis")
SHARES = st.integers(1, 400).flatmap(lambda n: st.builds(Share, st.integers(0, n), st.just(n)))
DAYS = st.dates(date(2019, 1, 1), date(2030, 12, 31))


# --- intervals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "low", "high"), [((5, 5), 57, 100), ((2, 5), 12, 77), ((9, 10), 60, 98), ((0, 5), 0, 43)]
)
def test_the_interval_is_wilsons(share: tuple[int, int], low: int, high: int) -> None:
    assert [round(100 * end) for end in wilson(Share(*share))] == [low, high]


@given(SHARES)
def test_an_interval_contains_its_share_and_is_symmetric(share: Share) -> None:
    low, high = wilson(share)
    mirrored = wilson(Share(share.n - share.k, share.n))

    assert 0 <= low <= share.part <= high <= 1
    assert mirrored == pytest.approx((1 - high, 1 - low))


@given(SHARES)
def test_more_data_with_the_same_share_is_more_certain(share: Share) -> None:
    low, high = wilson(share)
    low2, high2 = wilson(Share(2 * share.k, 2 * share.n))

    assert high2 - low2 < high - low


# --- comparisons -----------------------------------------------------------------------------------------------------


def test_six_of_ten_to_eight_of_ten_is_too_few_to_say() -> None:
    found = compare(Share(6, 10), Share(8, 10))

    assert (found.verdict, found.needed) == ("too_few", 82)
    assert sentence(found) == (
        "Från 6 av 10 till 8 av 10: för få ärenden för att säga. Det skulle behövas ungefär 82 i varje period."
    )


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ((5, 10), (9, 10), "too_few"),
        ((60, 100), (80, 100), "better"),
        ((80, 100), (60, 100), "worse"),
        ((3, 6), (50, 100), "same"),
        ((0, 0), (5, 5), "no_figures"),
        ((5, 5), (0, 0), "no_figures"),
        ((0, 40), (40, 40), "better"),
        ((0, 1), (7, 7), "too_few"),
        ((0, 5), (5, 5), "better"),
        ((40, 40), (0, 4), "too_few"),
    ],
)
def test_a_difference_is_claimed_only_when_there_are_enough(
    before: tuple[int, int], after: tuple[int, int], verdict: str
) -> None:
    assert compare(Share(*before), Share(*after)).verdict == verdict


@given(SHARES, SHARES)
def test_comparing_in_reverse_gives_the_opposite_verdict(before: Share, after: Share) -> None:
    opposite = {"better": "worse", "worse": "better"}
    there, back = compare(before, after), compare(after, before)

    assert back.verdict == opposite.get(there.verdict, there.verdict)
    assert back.needed == there.needed


@given(SHARES, SHARES)
def test_every_comparison_is_a_sentence_with_its_numbers_in_both_languages(before: Share, after: Share) -> None:
    for language in LANGUAGES:
        said = sentence(compared(before, after), language)
        assert f"{before.k} " in said
        assert str(after.n) in said


def test_what_was_asked_in_another_version_is_not_held_against_it() -> None:
    before, after = Share(60, 100), Share(80, 100)

    assert compared(before, after, ((1,), (1,))).verdict == "better"
    assert compared(before, after, ((1,), (1, 2))).verdict == "other_version"
    assert "ändrades" in sentence(compared(before, after, ((1,), (2,))))
    assert compared(Share(0, 0), after, ((1,), (2,))).verdict == "no_figures"


def test_the_needed_number_grows_as_the_difference_shrinks() -> None:
    assert needed(0.6, 0.8) == 82
    assert needed(0.8, 0.6) == 82
    assert needed(0.5, 0.5) == 0
    assert needed(0.6, 0.7) > needed(0.6, 0.8)


@pytest.mark.parametrize(("counts", "middle"), [({}, None), ({5: 3}, 5), ({1: 1, 4: 1}, 2.5), ({9: 1, 2: 2, 7: 2}, 7)])
def test_the_median_of_a_few_days(counts: dict[int, int], middle: float | None) -> None:
    assert median(counts) == middle


@given(st.lists(st.integers(-3, 40)))
def test_the_median_of_counted_days_is_the_median_of_the_days(days: list[int]) -> None:
    ordered = sorted(days)
    half = len(days) // 2
    expected = None if not days else (ordered[half] + ordered[-half - 1]) / 2

    assert median(dict(Counter(days))) == expected


# --- contribution of a list ------------------------------------------------------------------------------------------

ANSWERS = st.dictionaries(
    st.sampled_from([item.id for item in BASIS.items]),
    st.builds(
        Answer,
        st.sampled_from(["ja", "nej", "delvis", "pagaende", "ej_tillampligt", "fritext", "obesvarad"]),
        motivation=st.sampled_from(["", "text", "reference", "missing"]),
        noted=st.booleans(),
        only_here=st.booleans(),
    ),
)
FACTS = st.dictionaries(
    st.sampled_from(["violence", "child_placed", "intervention_decided", "child_communicated"]),
    st.sampled_from(["ja", "nej"]),
)


@given(FACTS, ANSWERS)
def test_every_item_asked_counts_in_exactly_one_state_and_its_own_details(
    facts: dict[str, str], answers: dict[str, Answer]
) -> None:
    kept = item_states(BASIS, "case_worker", facts, answers)
    codes: dict[str, list[str]] = {}
    for item_id, code in item_figures(BASIS, kept):
        codes.setdefault(item_id, []).append(code)

    assert set(codes) == {item.id for item in BASIS.asked["case_worker"]}
    for item in BASIS.asked["case_worker"]:
        first, *detail = codes[item.id]
        assert first == state(BASIS, item, facts, answers)
        assert ("ja_med_forbehall" in detail) == (first == "ja" and answers[item.id].noted)
        if first == "nej":
            sibling = BASIS.siblings.get(item.id)
            said = sibling is not None and state(BASIS, sibling, facts, answers) == "ja"
            assert ("nej_motiverat" in detail) == (said or answers[item.id].motivation in ("text", "reference"))
        else:
            assert "nej_motiverat" not in detail


def test_what_a_role_is_not_asked_is_no_figure() -> None:
    kept = item_states(BASIS, "case_worker", {}, {})

    assert kept[BASIS.numbers["manager_ready_to_sign"] - 1] == NOT_ASKED
    assert len(kept) == len(BASIS.items)


def test_ongoing_partly_and_free_text_are_answers() -> None:
    assert set(ANSWERED) == {"ja", "nej", "delvis", "pagaende", "fritext"}


def test_every_definition_fits_the_column_its_letters_are_kept_in() -> None:
    lists: list[Checklist] = [newest(name) for name in ("decision_basis",)]
    assert all(len(one.items) <= 300 for one in lists)


# --- contribution of a case ------------------------------------------------------------------------------------------

MAYBE = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 12, 31)))


def marks(*extensions: Extension, basis: bool = True, **dates: Any) -> list[Mark]:
    return list(case_marks(CaseDates(**dates), extensions, Workdays(), FIRST if basis else None))


FIRST = date(2026, 3, 2)


def test_a_clock_is_counted_on_the_day_it_began_by_how_it_ended_with_the_days_it_took() -> None:
    assert marks(received_on=FIRST, opened_on=FIRST + timedelta(14))[0] == Mark("14d_within", 14, FIRST)
    assert marks(received_on=FIRST, opened_on=FIRST + timedelta(15))[0] == Mark("14d_late", 15, FIRST)
    assert marks(received_on=FIRST, closed_on=FIRST + timedelta(3)) == [Mark("14d_within", 3, FIRST)]
    longer = Extension("14d", True, FIRST + timedelta(20), FIRST)
    assert marks(longer, received_on=FIRST, closed_on=FIRST + timedelta(15)) == [Mark("14d_extended", 15, FIRST)]
    assert marks(received_on=FIRST, closed_on=FIRST, violence_known_on=FIRST) == [Mark("at_once_within", 0, FIRST)]


def test_a_clock_that_runs_carries_the_last_day_it_may() -> None:
    last = FIRST + timedelta(14)

    assert marks(received_on=FIRST) == [Mark("14d_open", last.toordinal(), FIRST)]
    longer = Extension("14d", True, last + timedelta(9), FIRST)
    assert marks(longer, received_on=FIRST) == [Mark("14d_open", last.toordinal() + 9, FIRST)]


def test_no_clock_runs_while_an_investigation_of_the_child_runs() -> None:
    found = marks(received_on=date(2026, 3, 2), opened_on=date(2026, 2, 1))

    assert [mark.code for mark in found] == ["4m_open"]


@pytest.mark.parametrize(("closed", "code"), [(date(2026, 2, 28), "4m_within"), (date(2026, 3, 1), "4m_late")])
def test_four_months_end_on_the_last_day_of_a_shorter_month(closed: date, code: str) -> None:
    opened = date(2025, 10, 31)

    assert marks(opened_on=opened, closed_on=closed) == [Mark(code, (closed - opened).days, opened)]


def test_the_spans_without_a_limit_are_counted_from_their_first_day() -> None:
    opened, assigned = date(2026, 3, 2), date(2026, 4, 20)

    assert Mark("opened_to_assigned", 49, opened) in marks(opened_on=opened, assigned_on=assigned)
    assert Mark("opened_to_assigned", 0, opened) in marks(opened_on=opened, assigned_on=date(2026, 2, 1))
    assert Mark("decided_to_started", 49, opened) in marks(decided_on=opened, started_on=assigned)


def test_adult_cases_have_none_of_these_clocks() -> None:
    dates = {"received_on": date(2026, 3, 2), "decided_on": date(2026, 3, 3), "about_child": False}

    assert marks(basis=False, **dates) == []


@given(MAYBE, MAYBE, MAYBE, st.booleans())
def test_a_case_is_due_on_one_day_at_most_and_without_a_list_only_if_due(
    planned: date | None, decided: date | None, closed: date | None, basis: bool
) -> None:
    found = marks(basis=basis, planned_decision_on=planned, decided_on=decided, closed_on=closed)
    codes = [mark.code for mark in found]

    assert codes.count("due") <= 1
    assert codes.count("without") == (codes.count("due") if not basis else 0)
    if decided:
        assert Mark("due", 1, decided) in found


@pytest.mark.parametrize(
    ("planned", "decided", "closed", "due"),
    [
        *((None, None, None, None), (None, None, 9, None), (10, None, None, 10), (None, 5, None, 5)),
        *((10, 5, None, 5), (10, 15, None, 15)),
        *((10, None, 9, None), (10, None, 10, 10), (10, None, 11, 10)),  # closed before, on and after the due day
        *((10, 5, 7, 5), (10, 5, 3, 5), (None, 5, 3, 5)),
    ],
)
def test_a_case_is_due_when_decided_else_when_planned_unless_closed_before(
    planned: int | None, decided: int | None, closed: int | None, due: int | None
) -> None:
    def on(number: int | None) -> date | None:
        return None if number is None else FIRST + timedelta(number)

    found = marks(basis=False, planned_decision_on=on(planned), decided_on=on(decided), closed_on=on(closed))
    day = on(due)

    value = int(decided is not None)  # a decision and a planned one are told apart
    assert found == ([] if day is None else [Mark("due", value, day), Mark("without", value, day)])


@pytest.mark.parametrize(
    ("opened", "decided", "begun", "expected"),
    [(0, 10, 0, []), (0, 11, 8, [1]), (0, 11, 9, [0]), (0, 11, None, [0]), (None, 11, 0, []), (0, None, 0, [])],
)
def test_a_list_is_in_use_if_it_was_begun_three_days_before_a_decision_that_took_more_than_ten(
    opened: int | None, decided: int | None, begun: int | None, expected: list[int]
) -> None:
    def on(number: int | None) -> date | None:
        return None if number is None else FIRST + timedelta(number)

    dates = CaseDates(opened_on=on(opened), decided_on=on(decided))
    assert [mark.value for mark in case_marks(dates, (), Workdays(), on(begun)) if mark.code == "in_use"] == expected


# --- marks on one question -------------------------------------------------------------------------------------------


def test_chef_and_worker_are_held_against_each_other_where_both_answered() -> None:
    found = agreement_marks("jJnNdpfe-ooeej", "JjNndpfeejoenJ", FIRST)

    assert [mark.code for mark in found] == [
        *(f"lika.{place}" for place in range(7)), "olika.12", "lika.13",
    ]  # fmt: skip
    assert list(agreement_marks("jj", "jjj", FIRST)) == [], "of another version"
    assert [mark.code for mark in agreement_marks("jne", "njj", FIRST)] == ["olika.0", "olika.1", "olika.2"]


def test_what_waits_and_what_is_not_due_yet_are_marked_on_their_questions() -> None:
    answers = {"child_informed_decision": Answer("pagaende")}
    applied = Applied(BASIS, {}, answers)
    states = item_states(BASIS, "case_worker", {}, answers)
    friday = date(2026, 3, 6)

    def marked(decided: date | None) -> dict[tuple[str, str], int]:
        return {
            item_of_mark(BASIS, mark.code): mark.value
            for mark in open_marks(applied, states, decided, Workdays(), FIRST)
        }

    found = marked(friday)
    assert found.pop(("child_informed_decision", "ej_an")) == date(2026, 3, 13).toordinal()
    assert marked(None)["child_informed_decision", "ej_an"] == date.max.toordinal()
    assert {item for item, code in found} == {i.id for i in BASIS.asked["case_worker"] if applied.waits(i.id)}
    assert {code for _, code in found} == {"vantar"}
    assert item_of_mark(BASIS, "begun") == ("", "begun")


# --- rounding --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("k", "n", "tenths"),
    [
        *((1, 8, 125), (1, 16, 63), (3, 16, 188), (1, 2000, 1), (1, 100_000, 1), (0, 9, 0)),
        *((9, 9, 1000), (99_999, 100_000, 999), (1999, 2000, 999), (449, 2000, 225), (21, 400, 53)),
    ],
)
def test_a_share_is_rounded_half_up_and_is_all_or_none_only_when_it_is(k: int, n: int, tenths: int) -> None:
    assert Share(k, n).tenths == tenths


@pytest.mark.parametrize(("part", "tenths"), [(0.0, 0), (1.0, 1000), (0.99996, 999), (0.00001, 1), (0.0625, 63)])
def test_an_end_of_an_interval_is_rounded_by_the_same_rule(part: float, tenths: int) -> None:
    assert tenths_of(part) == tenths


# --- periods ---------------------------------------------------------------------------------------------------------


@given(DAYS, DAYS)
def test_a_period_splits_into_whole_months_and_days_that_cover_it_once(one: date, other: date) -> None:
    first, last = min(one, other), max(one, other)
    days: Counter[date] = Counter()
    for grain, start, end in spans_of(first, last):
        if grain == "m":
            assert start.day == 1
            assert (end + timedelta(1)).day == 1
        days.update(start + timedelta(n) for n in range((end - start).days + 1))

    assert days == Counter(first + timedelta(n) for n in range((last - first).days + 1))


def test_a_period_at_the_end_of_time_can_be_read() -> None:
    assert list(spans_of(date(9999, 12, 30), date.max))
    assert [grain for grain, _, _ in spans_of(date(2026, 1, 1), date.max)] == ["m"]


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ("2026-01-01", "2026-12-31", "2025-01-01–2025-12-31"),
        ("2026-04-01", "2026-06-30", "2026-01-01–2026-03-31"),
        ("2026-03-01", "2026-03-31", "2026-02-01–2026-02-28"),
        ("2026-03-11", "2026-03-20", "2026-03-01–2026-03-10"),
    ],
)
def test_the_period_before_is_as_long_and_ends_the_day_before(first: str, last: str, before: str) -> None:
    assert str(Period(date.fromisoformat(first), date.fromisoformat(last)).before) == before


@given(DAYS, st.integers(0, 900))
def test_quarters_cover_a_period_once(first: date, days: int) -> None:
    period = Period(first, first + timedelta(days))
    parts = list(quarters_within(period))

    assert (parts[0].first, parts[-1].last) == (period.first, period.last)
    assert all(one.last + timedelta(1) == two.first for one, two in pairwise(parts))


def test_only_a_quarter_or_year_that_is_over_is_published() -> None:
    today = date(2026, 4, 1)
    assert list(published_quarters(quarter(2026, 1), today)) == ["1"]
    assert list(published_quarters(year_of(2025), today)) == ["1", "2", "3", "4"]
    assert list(published_quarters(quarter(2025, 3), today)) == ["3"], "what was published before decides nothing"
    for period in (
        quarter(2026, 2),
        year_of(2026),
        Period(date(2025, 1, 1), date(2025, 6, 30)),
        Period(date(2025, 1, 2), date(2025, 3, 31)),
        Period(date(2024, 1, 1), date(2025, 12, 31)),
    ):
        with pytest.raises(CannotPublish):
            published_quarters(period, today)
    with pytest.raises(CannotPublish):
        published_quarters(quarter(2026, 1), date(2026, 3, 31))


@pytest.mark.parametrize(("year", "number"), [*product((2024, 2026), (1, 2, 3, 4))])
def test_quarters_are_the_calendars(year: int, number: int) -> None:
    one = quarter(year, number)

    assert (one.first.month, one.last.month) == (3 * number - 2, 3 * number)
    assert (one.last + timedelta(1)).day == 1
