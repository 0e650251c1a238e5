"""A follow-up round against its baseline: what is counted, and when a percentage or a difference is said at all."""

from hypothesis import given
from hypothesis import strategies as st

from checklists.loader import newest
from checklists.rates import Share, compare, difference
from checklists.round_compare import LEAST_FOR_PERCENT, Compared, compared, in_cases, in_percent

LIST = newest("peer_review_bou")
ASKED = [item.id for item in LIST.asked["peer_reviewer"]]


def every(k: int, n: int) -> dict[str, Share]:
    """Return the same share of every question."""
    return dict.fromkeys(ASKED, Share(k, n))


def test_only_a_question_with_a_share_in_both_rounds_is_compared_and_nothing_is_claimed_of_few() -> None:
    assert compared(LIST, {}, every(3, 5)) == compared(LIST, every(3, 5), {}) == ()
    assert [one.item_id for one in compared(LIST, every(3, 5), every(4, 5))] == ASKED
    assert [one.item_id for one in compared(LIST, {ASKED[2]: Share(3, 5)}, every(4, 5))] == [ASKED[2]]
    [first, *_] = compared(LIST, every(3, 4), every(4, 4))
    assert (first.found.before, first.found.after, first.found.verdict) == (Share(3, 4), Share(4, 4), "too_few")
    [few, *_], [enough, *_] = compared(LIST, every(0, 4), every(4, 4)), compared(LIST, every(0, 5), every(5, 5))
    assert (few.found.verdict, few.found.needed, enough.found.verdict) == ("too_few", 5, "better")
    assert {code for one in compared(LIST, every(1, 1), every(1, 1)) for code in one.criticism} >= {"B2", "B3", "B4"}


def of(before: Share, after: Share) -> Compared:
    return Compared("x", (), compare(before, after))


@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_below_twenty_cases_of_either_no_percentages(n1: int, n2: int, data: st.DataObject) -> None:
    one = of(Share(data.draw(st.integers(0, n1)), n1), Share(data.draw(st.integers(0, n2)), n2))
    assert one.in_percent == (n1 >= LEAST_FOR_PERCENT and n2 >= LEAST_FOR_PERCENT)
    assert (one.difference is None) == (not one.in_percent)
    if one.difference is not None:
        middle, low, high = one.difference
        assert low <= middle <= high
        if one.found.verdict in ("better", "worse"):
            low_, high_ = difference(one.found.before, one.found.after)
            assert low_ > 0 or high_ < 0


def test_nineteen_cases_of_one_round_are_too_few_for_percentages_and_twenty_are_not() -> None:
    assert not of(Share(10, 19), Share(10, 40)).in_percent
    assert of(Share(10, 19), Share(10, 40)).difference is None
    assert not of(Share(10, 40), Share(10, 19)).in_percent
    assert of(Share(10, 20), Share(10, 20)).in_percent


def test_the_interval_is_said_in_cases_or_in_per_cent() -> None:
    assert in_cases(Share(6, 10)) == (3, 9)
    assert in_cases(Share(0, 5)) == (0, 3)
    assert in_percent(Share(12, 20)) == (60, 38, 79)
    assert in_percent(Share(20, 20)) == (100, 83, 100)


def test_six_of_ten_and_eight_of_ten_are_too_few_and_forty_cases_apart_are_not() -> None:
    assert of(Share(6, 10), Share(8, 10)).found.verdict == "too_few"
    assert of(Share(6, 10), Share(8, 10)).found.needed == 82
    assert of(Share(16, 40), Share(34, 40)).difference == (45, 24, 61)
    assert of(Share(16, 40), Share(34, 40)).found.verdict == "better"
    assert of(Share(34, 40), Share(16, 40)).found.verdict == "worse"
