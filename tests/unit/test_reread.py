"""Re-read, beside what was said: what counts, what is never mixed, and that the interval covers what was planted."""

from math import comb
from random import Random

import pytest

from checklists.rates import Share, wilson
from checklists.reread import counterpart, reread, together

LISTS = range(30, 61)
"""How many lists a unit has read again."""


def test_only_a_ja_that_was_read_again_counts_and_what_was_said_otherwise_never() -> None:
    pairs = [
        ("ja", "ja"),
        ("ja", "nej"),
        ("ja", "delvis"),
        ("nej", "ja"),
        ("nej", "nej"),
        ("ja", "pagaende"),
        ("ja", ""),
    ]

    assert reread(pairs) == Share(1, 3)
    assert reread([("nej", "ja")]) == Share(0, 0)


def test_a_case_of_several_children_says_ja_only_where_all_its_lists_do() -> None:
    assert together([{"a": "ja", "b": "ja"}, {"a": "nej", "b": "ja", "c": "ja"}]) == {"a": "nej", "b": "ja", "c": "ja"}


def test_what_is_read_again_is_the_question_that_means_the_same() -> None:
    assert counterpart("decision_basis", "child_heard", "peer_review_bou") == "child_heard_in_investigation"
    assert counterpart("decision_basis", "child_heard", "rvt_self_check") == ""
    assert counterpart("decision_basis", "health_check_done", "peer_review_bou") == ""


def covered(false: float, lists: int) -> float:
    """Return how often the interval holds the true share when each Ja is false by chance, exactly."""
    true = 1 - false
    found = 0.0
    for k in range(lists + 1):
        low, high = wilson(Share(k, lists))
        if low <= true <= high:
            found += comb(lists, k) * true**k * false ** (lists - k)
    return found


def test_the_interval_covers_the_truth_at_every_share_of_false_ja_up_to_forty_per_cent() -> None:
    by_share = {false: sum(covered(false / 100, n) for n in LISTS) / len(LISTS) for false in range(41)}

    assert min(by_share.values()) >= 0.93, min(by_share, key=by_share.__getitem__)
    assert 0.93 <= sum(by_share[false] for false in range(5, 41)) / 36 <= 0.97


def planted(seed: int, false: float, units: int) -> float:
    """Plant false Ja in made-up units and read some lists again; return how often the truth is covered."""
    chance, hits = Random(seed), 0
    for _ in range(units):
        lists = chance.choice(LISTS)
        pairs = [("ja", "nej" if chance.random() < false else "ja") for _ in range(lists)]
        pairs += [("nej", "ja")] * chance.randrange(10)
        low, high = wilson(reread(pairs))
        hits += low <= 1 - false <= high
    return hits / units


def test_planted_false_ja_are_covered_in_a_simulation() -> None:
    found = [planted(seed, false / 100, 100) for seed, false in enumerate(range(5, 41, 5))]

    assert 0.93 <= sum(found) / len(found) <= 0.97


@pytest.mark.slow
def test_planted_false_ja_are_covered_in_the_whole_simulation() -> None:
    found = {false: planted(false, false / 100, 5000) for false in range(41)}

    assert min(found.values()) >= 0.93, found
    assert 0.93 <= sum(found[false] for false in range(5, 41)) / 36 <= 0.97


def test_an_interval_that_is_too_narrow_would_be_seen() -> None:
    def narrow(lists: int, false: float) -> float:
        spread = 0.05
        hits = [k for k in range(lists + 1) if abs(k / lists - (1 - false)) <= spread]
        return sum(comb(lists, k) * (1 - false) ** k * false ** (lists - k) for k in hits)

    assert min(narrow(30, false / 100) for false in range(5, 41)) < 0.93
