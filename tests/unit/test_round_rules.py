"""The rules of rounds: frame, draw, matching, agreement, calibration, office time."""

import itertools
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from hashlib import sha256
from random import Random

import pytest

from checklists.agreement import agreement, kappa
from checklists.calibration import LEAST_OTHERS, akt, akts, alike, choices, is_calibrated, next_akt, questions
from checklists.csv_in import CsvRow, read_csv
from checklists.faults import Refusal
from checklists.frame_file import COLUMNS, NEEDED, YES, cells_of, redrawn
from checklists.loader import newest
from checklists.office_hours import after_office_time
from checklists.periods import Period
from checklists.reminder_rules import Thresholds, review_due
from checklists.round_draw import METHODS, Candidate, How, draw, read_twice, section_order
from checklists.round_frame import Decided, default_period, frame
from checklists.round_match import Availability, Match, NoMatch, bounds, match, successors, weight
from checklists.swedish_time import STOCKHOLM
from checklists.tenant_settings import TenantSettings
from checklists.workdays import Workdays

TODAY = date(2026, 5, 12)
NORTH, SOUTH = "Nord (påhittad)", "Syd (påhittad)"


# --- frame ------------------------------------------------------------------------------------------------------------


def test_the_frame_is_what_was_decided_one_to_four_months_ago_and_not_reviewed_for_a_year() -> None:
    period = default_period(TODAY)
    found = [
        Decided("SN 1", NORTH, date(2026, 1, 12)),
        Decided("SN 2", NORTH, date(2026, 1, 11)),
        Decided("SN 3", NORTH, date(2026, 4, 12), flagged=True, reviewed_on=date(2025, 5, 12)),
        Decided("SN 4", NORTH, date(2026, 4, 13)),
        Decided("SN 5", NORTH, date(2026, 3, 1), reviewed_on=date(2025, 5, 13)),
        Decided("SN 6", NORTH, date(2026, 3, 1), protected=True, reviewed_on=date(2026, 4, 1), under_way=True),
        Decided("SN 7", NORTH, date(2026, 3, 1), reviewed_on=date(2026, 4, 1), under_way=True),
    ]

    made = frame(found, period, TODAY)

    assert period == Period(date(2026, 1, 12), date(2026, 4, 12))
    assert [(one.ref, one.flagged) for one in made.candidates] == [("SN 1", False), ("SN 3", True)]
    assert (made.protected, made.recent, made.under_way, made.total) == (1, 1, 1, 5)


# --- draw -------------------------------------------------------------------------------------------------------------


def candidates(count: int, unit: str = NORTH, flagged: tuple[int, ...] = ()) -> list[Candidate]:
    return [
        Candidate(f"SN 2026/{n:04}", unit, date(2026, 3, 1) + timedelta(days=n % 7), flagged=n in flagged)
        for n in range(count)
    ]


def test_an_outsider_repeats_the_draw_with_nothing_but_sha_256() -> None:
    places = draw(candidates(20), How("random", "ett frö", 5))

    by_hand = sorted((f"SN 2026/{n:04}" for n in range(20)), key=lambda r: sha256(f"ett frö|{r}".encode()).hexdigest())
    assert [one.candidate.ref for one in places] == by_hand
    assert [one.drawn for one in places] == [True] * 5 + [False] * 15
    assert places == draw(reversed(candidates(20)), How("random", "ett frö", 5))


def test_every_case_is_drawn_equally_often() -> None:
    times = Counter(
        one.candidate.ref for n in range(2000) for one in draw(candidates(10), How("random", f"{n}", 3)) if one.drawn
    )

    chi = sum((times[one.ref] - 600) ** 2 / 600 for one in candidates(10))
    assert chi < 27.9  # 9 degrees of freedom, p = 0.001


def test_the_quota_is_filled_as_far_as_there_are_any_and_each_unit_is_drawn_by_itself() -> None:
    some = candidates(20, flagged=(3, 7, 11)) + candidates(4, SOUTH)

    for quota, wanted in ((0, None), (2, 2), (5, 3)):
        places = draw(some, How("random", "q", 5, quota))
        north = [one for one in places if one.candidate.unit == NORTH]
        drawn = [one for one in north if one.drawn]
        assert [one.place for one in north] == list(range(1, 21))
        assert len(drawn) == 5
        assert wanted is None or sum(one.candidate.flagged for one in drawn) >= wanted
        assert [one.drawn for one in places if one.candidate.unit == SOUTH] == [True] * 4


@pytest.mark.parametrize("seed", range(60))
def test_the_draw_is_repeated_around_cases_that_cannot_be_named_any_more(seed: int) -> None:
    lot = Random(seed)
    flagged = tuple(n for n in range(30) if lot.random() < 0.3)
    some = candidates(lot.randint(1, 14), NORTH, flagged) + [
        replace(one, ref=f"S{one.ref}") for one in candidates(lot.randint(1, 6), SOUTH, flagged)
    ]
    how = How(lot.choice(METHODS), f"frö {seed}", lot.randint(1, 8), lot.randint(0, 4))
    percent = lot.choice((0, 20, 50, 100))
    rows = frame_rows(some, how, percent)
    for cells in rows:
        if lot.random() < 0.3:
            cells |= {"case_ref": "", "decided_on": ""}

    again = [CsvRow(n, dict(cells)) for n, cells in enumerate(lot.sample(rows, len(rows)), start=2)]
    assert redrawn(again) == rows


def frame_rows(some: list[Candidate], how: How, percent: int) -> list[dict[str, str]]:
    """Return the rows of a round's frame as they are exported."""
    places = draw(some, how)
    twice = read_twice(how.seed, [one.candidate.ref for one in places if one.drawn], percent)
    number = {"per_unit": how.per_unit, "quota": how.quota, "twice_pct": percent}
    return [
        {
            **dict.fromkeys(COLUMNS, ""),
            **{name: str(value) for name, value in number.items()},
            **{"round": "Våren", "method": how.method, "seed": how.seed, "unit": one.candidate.unit},
            **{"case_ref": one.candidate.ref, "decided_on": one.candidate.decided_on.isoformat()},
            "flagged": YES[one.candidate.flagged],
            **cells_of(one.place, drawn=one.drawn, twice=one.candidate.ref in twice),
        }
        for one in places
    ]


def test_a_row_without_a_reference_and_a_place_is_refused() -> None:
    (cells,) = frame_rows(candidates(1), How("random", "s", 1), 0)
    for wrong in ({"case_ref": "", "place": ""}, {"case_ref": "", "place": "x"}, {"decided_on": ""}):
        with pytest.raises(Refusal):
            redrawn([CsvRow(2, cells | wrong)])


def test_the_first_n_are_those_decided_first() -> None:
    places = draw(candidates(9), How("first", "", 3))

    assert [one.candidate.ref for one in places if one.drawn] == ["SN 2026/0000", "SN 2026/0007", "SN 2026/0001"]


def test_a_share_is_read_twice_and_each_reviewer_has_her_own_order_of_sections() -> None:
    refs = [one.ref for one in candidates(10)]
    sections = ["a", "b", "c", "d"]

    assert [len(read_twice("s", refs, percent)) for percent in (0, 1, 20, 100)] == [0, 1, 2, 10]
    assert read_twice("s", refs, 20) == read_twice("s", refs[::-1], 20)
    orders = [section_order("s", person, sections) for person in range(30)]
    assert orders == [section_order("s", person, sections[::-1]) for person in range(30)]
    assert len(set(orders)) > 10
    assert {tuple(sorted(order)) for order in orders} == {tuple(sections)}


# --- matching ---------------------------------------------------------------------------------------------------------


def test_a_reviewer_weighs_her_percent_of_the_working_days_she_is_there() -> None:
    week = date(2026, 5, 11), date(2026, 5, 17)  # Ascension Day is among them

    assert weight(Availability(), *week, Workdays()) == 400
    assert weight(Availability(50), *week, Workdays()) == 200
    assert weight(Availability(100, (date(2026, 5, 11), date(2026, 5, 12))), *week, Workdays()) == 200
    assert weight(Availability(100, week), *week, Workdays()) == 0


def test_who_has_half_the_capacity_gets_half() -> None:
    may_read = {case: {1, 2, 3} for case in range(10)}

    found = match(dict.fromkeys(range(10), 1), {1: 100, 2: 100, 3: 50}, may_read, "s")

    assert isinstance(found, Match)
    assert Counter(person for _, person in found.pairs) == {1: 4, 2: 4, 3: 2}


@pytest.mark.parametrize(
    ("readings", "weights", "may_read", "reason", "cases"),
    [
        ({1: 1}, {1: 0}, {1: {1}}, "nobody", (1,)),
        ({1: 1, 2: 1}, {1: 1, 2: 1}, {1: {1}, 2: set()}, "ties", (2,)),
        ({1: 2, 2: 1}, {1: 1, 2: 1}, {1: {1}, 2: {1, 2}}, "ties", (1,)),
        ({1: 1, 2: 1, 3: 1, 4: 1}, {1: 1, 2: 1}, {1: {1, 2}, 2: {1}, 3: {1}, 4: {1}}, "load", (1, 2, 3, 4)),
        ({1: 1, 2: 1}, {1: 1, 2: 1}, {1: {1}, 2: {1}}, "load", (1, 2)),
    ],
)
def test_what_cannot_be_matched_says_why(
    readings: dict[int, int],
    weights: dict[int, int],
    may_read: dict[int, set[int]],
    reason: str,
    cases: tuple[int, ...],
) -> None:
    assert match(readings, weights, may_read, "s") == NoMatch(reason, cases)  # type: ignore[arg-type]


Unit = tuple[dict[int, int], dict[int, int], dict[int, set[int]]]


def made_up_unit(number: int) -> Unit:
    """Return a made-up unit of 3 to 40 people with 8 to 12 cases: readings, weights and who may read."""
    chance = Random(number)
    people = range(3 + number % 38)
    weights = {one: chance.choice([0, 25, 50, 80, 100, 100, 100]) * 20 for one in people}
    readings = {case: chance.choice([1, 1, 1, 1, 2]) for case in range(chance.randint(8, 12))}
    # In every other unit some have had nearly all the cases, as in a small one.
    veterans = {one for one in people if number % 2 and chance.random() < 0.4}
    few = min(len(people), 3)
    ties = {case: set(chance.sample(people, chance.randint(0, few))) for case in readings}
    for case in readings:
        ties[case] |= {one for one in veterans if chance.random() < 0.85}
    return readings, weights, {case: set(people) - ties[case] for case in readings}


def test_hundreds_of_units_have_no_tie_and_an_even_load_or_a_right_reason() -> None:
    found = Counter(checked(made_up_unit(number), f"{number}", prove=number % 25 == 0) for number in range(400))

    assert min(found[kind] for kind in ("matched", "ties", "load")) > 20, found


def checked(unit: Unit, seed: str, *, prove: bool) -> str:
    """Match a unit and check the outcome. prove: also that there is no even matching, which takes long."""
    readings, weights, may_read = unit
    able = {one: of for one, of in weights.items() if of}
    found = match(readings, weights, may_read, seed)
    assert found == match(readings, weights, may_read, seed)
    if isinstance(found, Match):
        assert all(person in may_read[case] for case, person in found.pairs)
        assert Counter(case for case, _ in found.pairs) == readings
        assert len(set(found.pairs)) == len(found.pairs), "somebody reads a case twice"
        loads, total = Counter(person for _, person in found.pairs), sum(readings.values())
        for person, of in able.items():
            assert abs(loads[person] - Fraction(total * of, sum(able.values()))) < 1
        return "matched"
    if found.reason == "nobody":
        assert not able
    elif found.reason == "ties":
        assert found.cases == tuple(c for c, n in readings.items() if len(may_read[c] & set(able)) < n) != ()
    elif prove:
        assert breaks_a_bound(readings, able, may_read)
    return found.reason


def breaks_a_bound(readings: dict[int, int], able: dict[int, int], may_read: dict[int, set[int]]) -> bool:
    """Say whether some set of cases proves, by Hall's condition with bounds, that no even matching exists.

    For each set of cases, counted without any matching: more must be read than its readers may take, or those who must
    take something cannot get it from outside the set.
    """
    limits = bounds(able, sum(readings.values()))
    for size in range(1, len(readings) + 1):
        for some in itertools.combinations(readings, size):
            needs = sum(readings[case] for case in some)
            can = sum(min(limits[p][1], sum(p in may_read[case] for case in some)) for p in able)
            rest = [case for case in readings if case not in some]
            left = sum(readings[case] for case in rest)
            must = sum(max(0, limits[p][0] - sum(p in may_read[case] for case in some)) for p in able)
            if needs > can or must > left:
                return True
    return False


def test_who_takes_over_is_whoever_then_has_least_to_do() -> None:
    assert successors({1: 2, 2: 1, 3: 1}, {1: 100, 2: 100, 3: 50, 4: 0}, [1, 2, 3, 4], "s") == (2, 1, 3) or (
        successors({1: 2, 2: 1, 3: 1}, {1: 100, 2: 100, 3: 50, 4: 0}, [1, 2, 3, 4], "s") == (2, 3, 1)
    )
    assert successors({}, {1: 100, 2: 50}, [1, 2], "s") == (1, 2)


# --- agreement --------------------------------------------------------------------------------------------------------


def table(yes_yes: int, yes_no: int, no_yes: int, no_no: int) -> list[tuple[str, str]]:
    return [("ja", "ja")] * yes_yes + [("ja", "nej")] * yes_no + [("nej", "ja")] * no_yes + [("nej", "nej")] * no_no


@pytest.mark.parametrize(
    ("counts", "wanted"),
    [
        # Observed 35/50; by chance (25 x 30 + 25 x 20) / 2500 = 1/2.
        ((20, 5, 10, 15), Fraction(2, 5)),
        # Observed 60/100; by chance (60 x 70 + 40 x 30) / 10000 = 54/100.
        ((45, 15, 25, 15), Fraction(3, 23)),
        # Observed 1/2; by chance 1/2.
        ((10, 10, 10, 10), Fraction(0)),
        ((20, 0, 0, 20), Fraction(1)),
        # Observed 0; by chance 1/2.
        ((0, 20, 20, 0), Fraction(-1)),
        ((40, 0, 0, 0), None),
        ((0, 0, 0, 0), None),
    ],
)
def test_kappa_is_what_the_hand_computed_tables_say(counts: tuple[int, int, int, int], wanted: Fraction | None) -> None:
    assert kappa(table(*counts)) == wanted


def test_kappa_is_shown_from_thirty_pairs_and_not_where_nearly_all_answers_are_alike() -> None:
    few, enough, all_yes = agreement(table(14, 5, 5, 5)), agreement(table(15, 5, 5, 5)), agreement(table(40, 0, 0, 0))
    nearly, none = agreement(table(38, 1, 1, 0)), agreement([])

    assert (few.pairs, few.kappa, few.skewed) == (29, None, False)
    assert enough.kappa == Fraction(1, 4)
    assert enough.percent == Fraction(200, 3)
    assert (all_yes.percent, all_yes.kappa, all_yes.skewed) == (Fraction(100), None, True)
    assert (nearly.percent, nearly.kappa, nearly.skewed) == (Fraction(95), None, True)
    assert (none.percent, none.kappa, none.skewed) == (None, None, False)


# --- calibration ------------------------------------------------------------------------------------------------------


def test_three_made_up_files_are_shipped_with_an_answer_that_may_be_given_to_every_question() -> None:
    assert len(akts("peer_review_bou")) == 3
    for list_id in ("peer_review_bou", "rvt_self_check"):
        checklist = newest(list_id)
        for one in akts(checklist.id):
            asked = questions(one, checklist.version)
            assert [item.id for item in asked] == [item.id for item in checklist.asked["peer_reviewer"]]
            assert all(one.key[item.id].answer in choices(item) for item in asked)
            assert "påhittat" in one.text[0]
            assert "made up" in one.text_en[0]
            assert len(one.text) == len(one.text_en)
            assert alike(one, {item: key.answer for item, key in one.key.items()}) == len(asked)
            assert alike(one, {}) == 0
    assert akts("sample_audit") == ()
    assert akt("peer_review_bou", "paron") is not None
    assert akt("peer_review_bou", "hallon") is None
    assert LEAST_OTHERS == 3


def test_a_new_file_comes_first_and_then_the_one_read_longest_ago() -> None:
    def then(*done: str) -> str:
        found = next_akt("peer_review_bou", done)
        return found.id if found else ""

    assert (then(), then("paron"), then("paron", "lingon")) == ("paron", "plommon", "plommon")
    assert then("plommon", "paron", "lingon", "plommon") == "paron"
    assert next_akt("sample_audit", ()) is None


def test_a_calibration_counts_for_twelve_months() -> None:
    assert is_calibrated([date(2025, 5, 13)], TODAY)
    assert not is_calibrated([date(2025, 5, 12)], TODAY)
    assert not is_calibrated([], TODAY)


# --- office time ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raised", "due"),
    [
        ("2026-05-12 10:42", "2026-05-12 12:42"),
        ("2026-05-12 15:30", "2026-05-13 09:00"),
        ("2026-05-12 14:30", "2026-05-12 16:30"),
        ("2026-05-12 18:00", "2026-05-13 10:00"),
        ("2026-05-12 06:00", "2026-05-12 10:00"),
        ("2026-05-13 16:00", "2026-05-15 09:30"),  # Ascension Day between
        ("2026-05-15 16:00", "2026-05-18 09:30"),
    ],
)
def test_two_office_hours_are_counted_while_the_office_is_open(raised: str, due: str) -> None:
    at = datetime.fromisoformat(raised).replace(tzinfo=STOCKHOLM)

    found = after_office_time(at, timedelta(hours=2), TenantSettings())

    assert found == datetime.fromisoformat(due).replace(tzinfo=STOCKHOLM)


# --- the frame as a file ----------------------------------------------------------------------------------------------


def test_a_frame_without_numbers_draws_nothing_and_every_bad_row_is_named() -> None:
    head = "round;method;seed;per_unit;unit;case_ref;decided_on"
    rows = read_csv(f"{head}\nVår;random;s;;Nord;SN 1;2026-03-01\n".encode(), COLUMNS, NEEDED)
    assert [(row["place"], row["drawn"], row["read_twice"]) for row in redrawn(rows)] == [("1", "nej", "nej")]

    bad = read_csv(f"{head}\nVår;random;s;99;;SN 1;i går\n".encode(), COLUMNS, NEEDED)
    with pytest.raises(Refusal) as refused:
        redrawn(bad)
    assert [fault.args["column"] for fault in refused.value.faults] == ["per_unit", "decided_on", "unit"]


# --- the reminder -----------------------------------------------------------------------------------------------------


def test_the_reminder_is_due_from_five_working_days_before_the_round_closes() -> None:
    def due(day: date) -> bool:
        return review_due(7, date(2026, 6, 9), day, Thresholds(), Workdays()) is not None

    days = [date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 9), date(2026, 6, 10)]
    assert [due(day) for day in days] == [False, True, True, False]
