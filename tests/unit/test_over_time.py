"""Run charts, funnel and rare faults, against values computed by hand from the published definitions."""

from random import Random

import pytest

from checklists.over_time import at_most, between, fewest_crossings, funnel, g_limit, longest_expected, run_chart
from checklists.rates import Share


def shares(text: str, n: int = 100) -> list[Share]:
    """Return a series: `+` above, `-` below and `=` on the median of 50 of 100, so that as many lie above as below."""
    return [Share({"+": 60, "-": 40, "=": 50}[one] * n // 100, n) for one in text]


@pytest.mark.parametrize(
    ("useful", "longest", "crossings"),
    # Anhøj and Olesen 2014, table 1: the upper limit of the longest run and the lower one of crossings.
    [(10, 6, 2), (12, 7, 3), (15, 7, 4), (16, 7, 4), (20, 7, 6), (22, 7, 7), (24, 8, 8), (30, 8, 10), (40, 8, 14)],
)
def test_the_limits_are_the_published_ones(useful: int, longest: int, crossings: int) -> None:
    assert (longest_expected(useful), fewest_crossings(useful)) == (longest, crossings)


@pytest.mark.parametrize(
    ("series", "signal", "since"),
    [
        ("+-+-+-+-+-+-", "steady", 0),
        ("+-++----++-+", "steady", 0),
        ("+-------++++++", "crossings", 0),  # seven in a row of fourteen is expected, two crossings are not
        ("--------++++++++", "shift", 8),  # a shift that the series begins with is no change
        ("=========---------+++++++++", "shift", 18),
        ("-----------============", "shift", 11),
        ("============-----------", "shift", 12),
        ("-++++++++-------", "shift", 1),
        ("+++++-----+++++-----", "crossings", 0),
        ("+-+-+-+-", "few_points", 0),
        ("+-+-+-+-=====", "few_points", 0),
        ("============", "few_points", 0),
    ],
)
def test_a_series_is_judged_by_its_longest_run_and_its_crossings(series: str, signal: str, since: int) -> None:
    found = run_chart(shares(series))

    assert (found.signal, found.since) == (signal, since)


def test_points_on_the_median_neither_end_a_run_nor_count() -> None:
    found = run_chart(shares("--=-----=-++++=++++"))

    assert (found.middle, found.useful, found.longest, found.crossings) == (0.5, 16, 8, 1)
    assert found.signal == "shift"


def test_few_cases_a_month_say_nothing() -> None:
    assert run_chart([Share(k, 4) for k in (0, 4) * 8]).signal == "few_cases"
    assert run_chart([Share(k, 5) for k in (0, 5) * 8]).signal == "steady"


def test_chance_alone_is_seldom_taken_for_a_change() -> None:
    rng = Random(20261129)
    alarms = 0
    for _ in range(4000):
        series = [Share(rng.randrange(1_000_000), 1_000_000) for _ in range(24)]
        alarms += run_chart(series).signal in ("shift", "crossings")

    assert alarms <= 0.06 * 4000


def test_none_of_ten_can_be_up_to_a_quarter() -> None:
    assert [round(100 * at_most(n), 1) for n in (1, 10, 59, 100)] == [95.0, 25.9, 5.0, 3.0]


def test_a_unit_lies_outside_the_funnel_only_beyond_three_standard_errors() -> None:
    everyone = Share(500, 1000)  # of 100 cases three standard errors are 15 percentage points

    assert [funnel(Share(k, 100), everyone) for k in (34, 35, 50, 65, 66)] == [
        "below", "within", "within", "within", "above",
    ]  # fmt: skip
    assert funnel(Share(5, 5), Share(9, 9)) == "within"


def test_cases_between_faults_and_their_limit() -> None:
    faults = [one == "x" for one in "..x.....xx..."]

    assert between(faults) == [2, 5, 0]
    assert g_limit([2, 5, 2]) == pytest.approx(3 + 3 * 12**0.5)
