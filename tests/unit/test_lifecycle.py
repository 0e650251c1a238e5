"""Life cycle of a list: allowed transitions, whose turn it is, and what a change does to a signature."""

from dataclasses import replace
from itertools import chain, combinations, product
from typing import Any

import pytest

from checklists.lifecycle import (
    WAITING,
    Act,
    Effect,
    NotNow,
    State,
    after,
    effect_of_change,
    has_seen_answers,
    is_handed_over,
    may,
    may_be_signed,
    together,
    turn,
)
from checklists.model import Answer, Role

BEGUN, SENT, RETURNED, VOIDED, READ, SIGNED = State

# The transitions restated by act: the states it is allowed in, and the resulting state.
WRITTEN: dict[Act, tuple[set[State], State]] = {
    Act.SEND: ({BEGUN, RETURNED, SENT, VOIDED}, SENT),
    Act.RETURN: ({SENT, VOIDED}, RETURNED),
    Act.SIGN: ({SENT, VOIDED}, SIGNED),
    Act.VOID: ({SIGNED}, VOIDED),
}
READ_BY: dict[Act, tuple[set[State], State]] = {
    Act.FINISH_READING: ({BEGUN}, READ),
    Act.SIGN: ({READ}, SIGNED),
    Act.REOPEN_READING: ({BEGUN, READ, SIGNED}, BEGUN),
    Act.VOID: ({SIGNED}, READ),
}
LISTS: list[tuple[Role, dict[Act, tuple[set[State], State]]]] = [("case_worker", WRITTEN), ("unit_manager", READ_BY)]


@pytest.mark.parametrize(("role", "acts"), LISTS)
def test_an_act_is_allowed_only_in_its_preceding_states(role: Role, acts: dict[Act, tuple[set[State], State]]) -> None:
    for state, act in product(State, Act):
        come_from, to = acts.get(act, (set(), BEGUN))
        assert may(state, act, role) is (state in come_from), (state, act)
        if state in come_from:
            assert after(state, act, role) == to, (state, act)
        else:
            with pytest.raises(NotNow, match=f"{act} does not follow from {state}"):
                after(state, act, role)


def test_by_default_the_list_is_a_workers() -> None:
    assert after(BEGUN, Act.SEND) == SENT
    assert may(BEGUN, Act.SEND)
    assert not may(BEGUN, Act.FINISH_READING)
    assert not may(None, Act.SEND)


def test_of_several_children_the_list_that_has_come_least_far_decides() -> None:
    order = [BEGUN, RETURNED, VOIDED, SENT, READ, SIGNED]

    assert together([]) is None
    for some in chain.from_iterable(combinations(order, count) for count in range(1, len(order) + 1)):
        assert together(reversed(some)) == some[0], some


@pytest.mark.parametrize(
    ("state", "whose"),
    [
        *((None, "worker"), (BEGUN, "worker"), (RETURNED, "worker")),
        *((SENT, "chef"), (VOIDED, "chef"), (SIGNED, "nobody")),
    ],
)
def test_whose_turn_it_is(state: State | None, whose: str) -> None:
    assert turn(state) == whose
    assert is_handed_over(state) is (whose != "worker")


def test_what_waits_for_its_reader_is_what_is_with_the_chef() -> None:
    assert WAITING == (SENT, VOIDED)


def test_what_is_signed_waits_and_was_read_whole_with_the_differences_seen() -> None:
    signable = {
        (worker, reader, whole)
        for worker, reader, whole in product((None, *State), (None, *State), (True, False))
        if may_be_signed(worker, reader, reading_is_whole=whole)
    }

    assert signable == {(SENT, READ, True), (VOIDED, READ, True)}
    assert [state for state in (None, *State) if has_seen_answers(state)] == [READ, SIGNED]


# --- what a change does to a signature -------------------------------------------------------------------------------

ONGOING = Answer("pagaende", 3, "reference", noted=True, has_method=True)


def now(choice: str, **more: Any) -> Answer:
    """Return the ongoing answer with another choice, and nothing else changed."""
    return replace(ONGOING, choice=choice, revision=9, **more)


@pytest.mark.parametrize("decided", [False, True])
@pytest.mark.parametrize("before", [None, ONGOING])
def test_what_was_ongoing_may_get_its_answer_once(before: Answer | None, decided: bool) -> None:
    expected: dict[str, Effect] = {
        "ja": "follow_up",
        "ej_tillampligt": "follow_up",
        "nej": "follow_up_at_once" if decided else "voids",
        "delvis": "voids",
        "fritext": "voids",
        "obesvarad": "voids",
        "pagaende": "voids",
    }

    assert {c: effect_of_change(ONGOING, before, now(c), decided=decided) for c in expected} == expected


@pytest.mark.parametrize("decided", [False, True])
@pytest.mark.parametrize("signed", [None, Answer("ja"), Answer("nej"), Answer("delvis"), Answer("obesvarad")])
@pytest.mark.parametrize("before", [None, ONGOING, Answer("ja")])
def test_any_other_change_voids(signed: Answer | None, before: Answer | None, decided: bool) -> None:
    for choice in ("ja", "nej", "delvis", "pagaende", "ej_tillampligt"):
        assert effect_of_change(signed, before, now(choice), decided=decided) == "voids"


def test_the_reason_for_a_nej_that_followed_belongs_to_it_and_nothing_else_of_it_does() -> None:
    for motivation in ("", "text", "missing"):
        reasoned = now("nej", motivation=motivation)
        assert effect_of_change(ONGOING, now("nej"), reasoned, decided=True) == "none"
        assert effect_of_change(ONGOING, now("ja"), replace(reasoned, choice="ja"), decided=True) == "voids"
    assert effect_of_change(ONGOING, now("nej"), now("nej", noted=False), decided=True) == "voids"
    assert effect_of_change(ONGOING, now("nej"), now("nej", has_method=False), decided=True) == "voids"


@pytest.mark.parametrize("followed", ["ja", "nej", "ej_tillampligt"])
def test_a_follow_up_taken_back_leads_to_what_was_signed_and_to_nothing_else(followed: str) -> None:
    def effect(answer: Answer) -> Effect:
        return effect_of_change(ONGOING, now(followed), answer, decided=True)

    assert effect(now("pagaende")) == "none"
    for other in ({"motivation": "text"}, {"noted": False}, {"has_method": False}):
        assert effect(now("pagaende", **other)) == "voids", other
    for choice in {"ja", "nej", "ej_tillampligt", "delvis"} - {followed}:
        assert effect(now(choice)) == "voids", choice
