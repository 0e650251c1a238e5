"""A follow-up round against its baseline: what is counted, and when a percentage or a difference is said at all."""

from hypothesis import given
from hypothesis import strategies as st

from checklists.loader import newest
from checklists.rates import Share, compare, difference
from checklists.round_compare import LEAST_FOR_PERCENT, Compared, compared, in_cases, in_percent, shares

LIST = newest("peer_review_bou")
WIDTH = len(LIST.items)
ASKED = [item.id for item in LIST.asked["peer_reviewer"]]


def lists(yes: int, no: int, letter: str = "N") -> list[str]:
    """Return lists of which so many have Ja on every question."""
    return ["j" * WIDTH] * yes + [letter * WIDTH] * no


def test_every_kind_of_ja_counts_and_what_did_not_apply_is_in_no_share() -> None:
    found = shares(LIST, [letter * WIDTH for letter in "jJbBnNMdpfo-e"])
    assert set(found.values()) == {Share(4, 11)}
    assert list(found) == ASKED


def test_what_applied_in_neither_round_is_left_out() -> None:
    nothing = "e" * WIDTH
    assert compared(LIST, [nothing], [nothing]) == ()
    assert {one.found.verdict for one in compared(LIST, [nothing], lists(1, 0))} == {"no_figures"}
    [first, *_] = compared(LIST, lists(3, 1), lists(4, 0))
    assert (first.found.before, first.found.after, first.found.verdict) == (Share(3, 4), Share(4, 4), "too_few")
    [few, *_], [enough, *_] = compared(LIST, lists(0, 4), lists(4, 0)), compared(LIST, lists(0, 5), lists(5, 0))
    assert (few.found.verdict, few.found.needed, enough.found.verdict) == ("too_few", 5, "better")
    assert {code for one in compared(LIST, lists(1, 0), lists(1, 0)) for code in one.criticism} >= {"B2", "B3", "B4"}


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
