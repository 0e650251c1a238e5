"""What a group may be shown of a round: its conditions, what a figure needs, and what nobody can subtract."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.rates import Share
from checklists.round_results import (
    Found,
    Reviewed,
    for_management,
    found_in,
    is_of_several,
    leaves_out,
    may_show,
    share_of,
    side_of,
)
from checklists.workshop import beside, prompts

CIA, DAN, ELSA = 91, 92, 93


def cases(leads: str, said: str = "", *, reviewers: int = 3, unit: int = 1) -> list[Reviewed]:
    """Return a case per letter: led by it; of `said`, j is Ja, n Nej, d Delvis, - not applicable."""
    words = {"j": "ja", "n": "nej", "d": "delvis"}
    given = said or "j" * len(leads)
    readers = [CIA, DAN, ELSA][:reviewers]
    return [
        Reviewed(
            unit,
            frozenset([ord(lead)] if lead != "." else []),
            frozenset([readers[place % len(readers)]]),
            {"q": words[answer]} if answer in words else {},
        )
        for place, (lead, answer) in enumerate(zip(leads, given, strict=True))
    ]


@pytest.mark.parametrize(
    ("leads", "reviewers", "shown"),
    [
        ("aabbc", 3, True),
        ("aabc", 3, False),  # four cases
        ("aaabbb", 3, False),  # two leads, each with half
        ("aabbb", 3, False),
        ("aaabc", 3, False),  # three of five are one's
        ("aaabbc", 3, True),  # half is not over half
        ("aabbc", 2, False),
        (".....", 3, False),  # nobody's are not several people's
        ("", 3, False),
    ],
)
def test_a_group_needs_five_cases_three_leads_none_with_over_half_and_three_reviewers(
    leads: str, reviewers: int, shown: bool
) -> None:
    some = cases(leads, reviewers=reviewers)

    assert may_show(some) is shown
    assert bool(found_in(some, ["q"])) is shown


def test_a_case_that_changed_hands_is_each_ones_who_led_it() -> None:
    handed_over = [Reviewed(1, frozenset({1, one}), frozenset({CIA, DAN, ELSA}), {"q": "ja"}) for one in range(2, 8)]

    assert not may_show(handed_over), "all of them were the first one's work"


def test_a_question_is_shown_only_if_the_cases_it_applied_to_are_enough_by_themselves() -> None:
    [found] = found_in(cases("aabbccdd", "jjnn----"), ["q"])

    assert found == Found("q", None)


@pytest.mark.parametrize(
    ("said", "side", "share"),
    [
        ("jjjjjjjjjjjj", "strength", None),  # all: a figure would say it of everyone
        ("nnnnnnnnnnnn", "fault", None),
        ("jjjjjjjjnnnn", "fault", None),  # four Nej are too few to be named
        ("jjjjjjjnnnnn", "fault", Share(7, 12)),
        ("jjjjjjjddddd", "fault", Share(7, 12)),
        ("jjjjjjjjjnnn", "strength", None),
    ],
)
def test_a_figure_is_shown_only_where_neither_side_is_small(said: str, side: str, share: Share | None) -> None:
    assert found_in(cases("aabbccddeeff", said), ["q"]) == (Found("q", side, share),)  # type: ignore[arg-type]


def test_a_figure_is_not_shown_where_one_lead_could_have_all_the_ja_or_all_the_nej() -> None:
    assert found_in(cases("aaaaabbbccdd", "jjjjjnnnnnnn"), ["q"]) == (Found("q", "fault"),)
    assert found_in(cases("aaaabbbccddd", "jjjjjnnnnnnn"), ["q"]) == (Found("q", "fault", Share(5, 12)),)


def test_delvis_is_no_ja_and_what_did_not_apply_is_not_counted() -> None:
    assert side_of(Share(3, 4)) == "strength"
    assert side_of(Share(2, 4)) == "fault"
    assert found_in(cases("aabbccddeeff", "jjjjjjdddddd"), ["q", "other"]) == (
        Found("q", "fault", Share(6, 12)),
        Found("other", None),
    )


def test_questions_keep_the_order_they_were_given_in() -> None:
    some = [Reviewed(1, one.leads, one.reviewers, {"a": "nej", "b": "ja"}) for one in cases("aabbcc")]

    assert [one.item_id for one in found_in(some, ["a", "b"])] == ["a", "b"]
    assert [one.item_id for one in found_in(some, ["b", "a"])] == ["b", "a"]


# --- what somebody can work out ---------------------------------------------------------------------------------------

LEADS = st.lists(st.sampled_from("abcdef"), min_size=5, max_size=14).map("".join)


@given(LEADS, st.data())
def test_no_lead_who_subtracts_her_own_cases_is_left_with_a_figure_of_all_or_none(
    leads: str, data: st.DataObject
) -> None:
    said = "".join(data.draw(st.lists(st.sampled_from("jn"), min_size=len(leads), max_size=len(leads))))
    for found in found_in(cases(leads, said), ["q"]):
        if found.share is not None:
            for lead in set(leads):
                own = [answer for one, answer in zip(leads, said, strict=True) if one == lead]
                left = found.share.k - own.count("j")
                assert 0 < left < found.share.n - len(own)


@pytest.mark.parametrize("leads", ["aabbc", "aabbcc", "aaabbc", "aabbccd"])
def test_no_lead_can_tell_from_a_side_that_everybody_else_failed(leads: str) -> None:
    """Try every answer there could be: of those that look the same to her, never are all of the others' Nej in each."""
    worlds: dict[tuple[str, str, Found], set[int]] = {}
    for answers in product("jn", repeat=len(leads)):
        said = "".join(answers)
        [found] = found_in(cases(leads, said), ["q"])
        for lead in set(leads):
            own = "".join(answer for one, answer in zip(leads, said, strict=True) if one == lead)
            others = sum(answer == "j" for one, answer in zip(leads, said, strict=True) if one != lead)
            worlds.setdefault((lead, own, found), set()).add(others)

    assert all(possible != {0} for possible in worlds.values())


@pytest.mark.parametrize("leads", ["aabbc", "aabbccd"])
def test_no_view_tells_anybody_outside_what_one_of_them_has(leads: str) -> None:
    """Every view fits both a world in which a lead has Ja throughout and one in which she has none."""
    worlds: dict[tuple[str, Found], set[int]] = {}
    for answers in product("jn", repeat=len(leads)):
        said = "".join(answers)
        [found] = found_in(cases(leads, said), ["q"])
        for lead in set(leads):
            own = sum(answer == "j" for one, answer in zip(leads, said, strict=True) if one == lead)
            worlds.setdefault((lead, found), set()).add(own)

    assert all(len(possible) > 1 for possible in worlds.values())


# --- management -------------------------------------------------------------------------------------------------------


def test_a_unit_of_nearly_one_worker_has_no_figures_and_none_can_be_subtracted() -> None:
    north, south = cases("aabbcc", "jjjnnn"), cases("dddddd", "nnnnnn", unit=2)
    units, together = for_management([*north, *south], ["q"])

    assert units == {1: {"q": Share(3, 6)}, 2: {}}
    assert together == {}, "all together less the north would be d's"


def test_units_that_are_all_several_peoples_are_shown_and_summed() -> None:
    north, south = cases("aabbcc", "jjjnnn"), cases("ddeeff", "nnnnnn", unit=2)
    units, together = for_management([*north, *south], ["q", "none"])

    assert units == {1: {"q": Share(3, 6)}, 2: {"q": Share(0, 6)}}
    assert together == {"q": Share(3, 12)}


def test_small_units_are_summed_where_they_are_several_peoples_together() -> None:
    some = [*cases("aab", "jnj"), *cases("ccd", "nnj", unit=2)]
    units, together = for_management(some, ["q"])

    assert units == {1: {}, 2: {}}
    assert together == {"q": Share(3, 6)}
    assert is_of_several(some)


# --- the workshop -----------------------------------------------------------------------------------------------------


def test_each_list_has_its_prompts_in_the_words_of_the_source() -> None:
    assert [one.id for one in prompts("peer_review_bou")] == ["W1", "W2", "W3", "W4", "W5", "W6"]
    assert [one.id for one in prompts("rvt_self_check")] == ["W1", "W2", "W3", "W4", "W5", "R6", "W6"]
    assert prompts("peer_review_bou")[5].ask == "Plan framåt;"


def test_beside_a_prompt_stands_what_it_names_and_beside_the_second_whatever_was_a_fault() -> None:
    found = [Found("child_heard_in_investigation", "strength"), Found("best_interests_in_analysis", "fault")]
    by_prompt = {
        one.id: [two.item_id for two in beside(one, "peer_review_bou", found)] for one in prompts("peer_review_bou")
    }

    assert by_prompt["W1"] == by_prompt["W2"] == by_prompt["W3"] == ["best_interests_in_analysis"]
    assert by_prompt["W4"] == by_prompt["W5"] == ["child_heard_in_investigation"]
    assert by_prompt["W6"] == []
    assert beside(prompts("rvt_self_check")[0], "rvt_self_check", found) == []


def test_every_question_beside_a_prompt_is_in_the_newest_list() -> None:
    from checklists.loader import newest

    for list_id in ("peer_review_bou", "rvt_self_check"):
        for one in prompts(list_id):
            for named in one.questions:
                of, _, item = named.partition("/")
                assert item in newest(of).by_id


@given(st.lists(st.tuples(LEADS, st.integers(1, 3)), min_size=2, max_size=3), st.data())
def test_the_group_and_the_units_beside_each_other_leave_nobodys_own_cases(
    parts: list[tuple[str, int]], data: st.DataObject
) -> None:
    """Whoever subtracts the units that are shown from what is shown of all is left with several people's cases."""
    some = [one for leads, unit in parts for one in cases(leads, _drawn(data, len(leads)), unit=unit)]
    units, together = for_management(some, ["q"])
    shown = {unit for unit, shares in units.items() if "q" in shares}
    rest = [one for one in some if one.unit_id not in shown]
    [found] = found_in(some, ["q"]) or [Found("q", None)]
    for share in (found.share, together.get("q")):
        if share is not None:
            left = share.n - sum(units[unit]["q"].n for unit in shown)
            assert left == 0 or is_of_several(rest)
    if found.side is not None and not is_of_several(rest):
        assert found.side == side_of(share_of([one for one in some if one.unit_id in shown], "q"))
        assert leaves_out(some, ["q"]) is bool(rest)


def _drawn(data: st.DataObject, count: int) -> str:
    return "".join(data.draw(st.lists(st.sampled_from("jn"), min_size=count, max_size=count)))


def test_a_worker_alone_in_her_unit_is_not_what_is_left_of_the_group() -> None:
    some = cases("aabbccddee", "jjjjjnnnnn") + cases("ff", "nn", unit=2)

    assert found_in(some, ["q"]) == (Found("q", "fault", Share(5, 10)),)
    assert leaves_out(some, ["q"])
    assert not leaves_out(some[:10], ["q"])
