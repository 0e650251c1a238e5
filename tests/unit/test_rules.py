"""What applies, what is open, what is a gap: properties of all lists, facts and answers."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checklists.loader import all_facts, newest
from checklists.model import CASE_TYPE, OPEN, Answer, Checklist, Condition, Gap, Item
from checklists.route import stop_of
from checklists.rules import Applied
from tests.asked import allowed, applicable, applies, gaps, is_answered, is_open, progress, state, stops
from tests.unit.made_up import (
    FACTS,
    WORKER,
    all_known,
    any_list,
    drawn_lists,
    hangs_on,
    made_list,
    raw_item,
    seeds,
    some_answers,
    some_facts,
    walk,
)

BASIS = newest("decision_basis")
ROLES = (WORKER, "unit_manager")
moderate = settings(max_examples=150)


# --- walking ---------------------------------------------------------------------------------------------------------


@moderate
@given(any_list, seeds, st.booleans())
def test_no_path_dead_ends(checklist: Checklist, seed: int, onward: bool) -> None:
    rng = Random(seed)
    facts, answers = some_facts(rng), some_answers(rng, checklist)
    most = 2 * len(checklist.items) ** 2 + 1

    for steps, (_, after) in enumerate(walk(checklist, facts, answers, rng, onward=onward), start=1):
        assert steps <= most, "the cards form a loop"
        answers = after

    way = stops(checklist, WORKER, facts, answers)
    assert not [stop for stop in way if is_open(checklist, stop, facts, answers)]
    done, total = progress(checklist, WORKER, facts, answers)
    assert done == total


@moderate
@given(any_list, seeds)
def test_gaps_only_shrink_when_every_answer_is_a_good_one(checklist: Checklist, seed: int) -> None:
    rng = Random(seed)
    facts, answers = all_known(rng), dict[str, Answer]()
    before = {gap.id for gap in gaps(checklist, WORKER, facts, answers, FACTS)}
    for stop, after in walk(checklist, facts, answers, rng, no_gaps=True):
        left = {gap.id for gap in gaps(checklist, WORKER, facts, after, FACTS)}
        may_come = {item for answered in stop.items for item in hangs_on(checklist, answered)}
        assert left - before <= may_come, "a gap came from nowhere"
        before = left

    assert before == set()


@moderate
@given(any_list, seeds)
def test_every_unknown_fact_that_something_hangs_on_is_a_gap(checklist: Checklist, seed: int) -> None:
    rng = Random(seed)
    facts, answers = some_facts(rng), some_answers(rng, checklist)
    used = {fact for item in checklist.asked[WORKER] for fact in facts_of(item)}

    told = {gap.id for gap in gaps(checklist, WORKER, facts, answers, FACTS) if gap.of == "fact"}

    assert told == used - set(facts)


def facts_of(item: Item) -> set[str]:
    found: set[str] = set()
    for condition in filter(None, (item.when, *item.only.values())):
        parts = [condition, *condition.all, *condition.any]
        found |= {part.fact for part in parts if part.fact}
    return found


# --- changing --------------------------------------------------------------------------------------------------------


@moderate
@given(any_list, seeds)
def test_a_changed_answer_touches_only_what_depends_on_it(checklist: Checklist, seed: int) -> None:
    rng = Random(seed)
    facts, answers, item = some_facts(rng), some_answers(rng, checklist), rng.choice(checklist.items)
    changed = answers | {item.id: Answer(rng.choice(item.answers))}
    free = [other for other in checklist.items if other.id not in {item.id, *hangs_on(checklist, item.id)}]

    assert [state(checklist, other, facts, changed) for other in free] == [
        state(checklist, other, facts, answers) for other in free
    ]


def test_an_answer_that_the_facts_no_longer_allow_is_open_again() -> None:
    item, now = BASIS.by_id["child_informed_intervention"], {"intervention_decided": "ja"}
    answers = {item.id: Answer("ej_tillampligt")}
    before = {"intervention_decided": "nej"}
    assert is_answered(BASIS, item, before, answers)

    assert not is_answered(BASIS, item, now, answers)
    assert state(BASIS, item, now, answers) == OPEN
    assert Gap("item", item.id, "unanswered") in gaps(BASIS, WORKER, now, answers, FACTS)
    stop = stop_of(stops(BASIS, WORKER, now, answers), item.id)
    assert stop is not None
    assert is_open(BASIS, stop, now, answers)
    assert "ej_tillampligt" not in allowed(BASIS, item, now, answers)
    assert is_answered(BASIS, item, before, answers), "stored data was lost"
    assert state(BASIS, item, {}, answers) == "ej_tillampligt", "an unknown fact hides no answer"
    assert gaps(BASIS, WORKER, {}, answers, FACTS)[0] == Gap("fact", FACTS[0], "unknown")


# --- conditions ------------------------------------------------------------------------------------------------------

LEFT, RIGHT = "violence", "child_placed"
KNOWN = {"yes": "ja", "no": "nej", "waits": None}
TRUTH = [
    # left, right, all, any
    ("yes", "yes", "yes", "yes"),
    ("yes", "waits", "waits", "yes"),
    ("yes", "no", "no", "yes"),
    ("waits", "yes", "waits", "yes"),
    ("waits", "waits", "waits", "waits"),
    ("waits", "no", "no", "waits"),
    ("no", "yes", "no", "yes"),
    ("no", "waits", "no", "waits"),
    ("no", "no", "no", "no"),
]


@pytest.mark.parametrize(("left", "right", "both", "either"), TRUTH)
def test_conditions_combine_according_to_the_truth_table(left: str, right: str, both: str, either: str) -> None:
    facts = {fact: KNOWN[is_] or "" for fact, is_ in ((LEFT, left), (RIGHT, right)) if KNOWN[is_]}
    parts = [{"fact": LEFT, "is": ["ja"]}, {"fact": RIGHT, "is": ["ja"]}]
    checklist = made_list(raw_item("both", when={"all": parts}), raw_item("either", when={"any": parts}))

    assert applies(checklist, checklist.by_id["both"], facts, {}) == both
    assert applies(checklist, checklist.by_id["either"], facts, {}) == either


WORTH = {"no": 0, "waits": 1, "yes": 2}


def worth(checklist: Checklist, condition: Condition | None, facts: dict[str, str], answers: dict[str, Answer]) -> int:
    """Return 0 (no), 1 (undecided) or 2 (yes), computed with min and max."""
    if condition is None:
        return 2
    if condition.all or condition.any:
        parts = [worth(checklist, part, facts, answers) for part in (*condition.all, *condition.any)]
        return min(parts) if condition.all else max(parts)
    if condition.case_type:
        return 2 * (facts["case_type"] == condition.case_type)
    if condition.children:
        return 2 * (facts.get("children") == condition.children)
    if condition.fact:
        return 1 if condition.fact not in facts else 2 * (facts[condition.fact] in condition.values)
    asked = next(item for item in checklist.items if item.id == condition.item)
    given = answers.get(asked.id)
    if given is None or given.choice == "obesvarad" or not asked.enabled:
        return 0
    if worth(checklist, asked.only.get(given.choice), facts, answers) == 0:  # type: ignore[call-overload]
        return 0
    return worth(checklist, asked.when, facts, answers) * (given.choice in condition.values)


@settings(max_examples=300)
@given(drawn_lists, seeds)
def test_every_condition_agrees_with_an_independent_evaluation(checklist: Checklist, seed: int) -> None:
    rng = Random(seed)
    facts, answers = some_facts(rng), some_answers(rng, checklist)
    for item in checklist.items:
        assert WORTH[applies(checklist, item, facts, answers)] == worth(checklist, item.when, facts, answers)


def test_a_condition_on_an_answer_that_does_not_count_is_not_met() -> None:
    checklist = made_list(
        raw_item("first", when={"fact": "violence", "is": ["ja"]}),
        raw_item("second", when={"item": "first", "is": ["ja"]}),
    )
    second = checklist.by_id["second"]
    answers = {"first": Answer("ja")}

    assert applies(checklist, second, {"violence": "ja"}, answers) == "yes"
    assert applies(checklist, second, {"violence": "nej"}, answers) == "no"
    assert applies(checklist, second, {}, answers) == "waits", "it hangs on the same unknown fact"
    assert applies(checklist, second, {"violence": "ja"}, {"first": Answer(OPEN)}) == "no"


def test_a_condition_on_a_question_that_is_switched_off_is_not_met() -> None:
    checklist = made_list(raw_item("first", enabled=False), raw_item("second", when={"item": "first", "is": ["ja"]}))

    assert applies(checklist, checklist.by_id["second"], {}, {"first": Answer("ja")}) == "no"


# --- counting --------------------------------------------------------------------------------------------------------


@moderate
@given(any_list, st.sampled_from(ROLES), seeds)
def test_never_more_is_answered_than_applies(checklist: Checklist, role: str, seed: int) -> None:
    rng = Random(seed)
    facts, answers = some_facts(rng), some_answers(rng, checklist)
    done, total = progress(checklist, role, facts, answers)
    missing = [gap for gap in gaps(checklist, role, facts, answers, FACTS) if gap.why == "unanswered"]

    assert 0 <= done <= total <= len(checklist.items)
    assert total - done == len(missing)


@moderate
@given(any_list, st.sampled_from(ROLES), seeds)
def test_every_item_that_applies_is_answered_on_exactly_one_card(checklist: Checklist, role: str, seed: int) -> None:
    rng = Random(seed)
    facts, answers = some_facts(rng), some_answers(rng, checklist)
    way = stops(checklist, role, facts, answers)
    now = {item.id for item in applicable(checklist, role, facts, answers)}

    on_cards = [item for stop in way if stop.kind in ("question", "group") or stop.about for item in stop.items]
    assert sorted(on_cards) == sorted(now)
    for item in checklist.items:
        found = stop_of(way, item.id)
        assert (found is not None) == (item.id in now)
        assert found is None or (item.id in found.items and found in way)
    assert len({stop.key for stop in way}) == len(way), "two cards have the same name"


@given(any_list)
def test_numbers_run_from_one_in_the_order_of_the_file(checklist: Checklist) -> None:
    assert list(checklist.numbers.values()) == list(range(1, len(checklist.items) + 1))
    assert [checklist.items[number - 1].id for number in checklist.numbers.values()] == list(checklist.numbers)


@pytest.mark.parametrize("item", [item for item in BASIS.items if item.gap_on and item.enabled], ids=lambda i: i.id)
def test_a_no_that_the_list_calls_a_gap_is_told_as_one(item: Item) -> None:
    facts = {"violence": "ja", "child_placed": "ja", "intervention_decided": "ja", "child_communicated": "nej"}
    answers = {
        "child_heard": Answer("nej"),
        "police_report_decided": Answer("ja"),
        item.id: Answer("nej", motivation="text"),
    }

    assert Gap("item", item.id, "nej") in gaps(BASIS, WORKER, facts, answers, FACTS)
    assert item.id not in {gap.id for gap in gaps(BASIS, WORKER, facts, answers | {item.id: Answer("ja")}, FACTS)}


@pytest.mark.parametrize(
    ("motivation", "why"), [("", "unmotivated"), ("missing", "unmotivated"), ("text", None), ("reference", None)]
)
def test_an_uninformed_child_is_a_gap_until_motivated(motivation: Any, why: str | None) -> None:
    answers = {"child_informed_report": Answer("nej", motivation=motivation)}
    told = {gap.id: gap.why for gap in gaps(BASIS, WORKER, {}, answers, FACTS)}

    assert told.get("child_informed_report") == why


def test_ongoing_is_no_gap() -> None:
    facts = {"child_placed": "ja"}
    ongoing = ("child_informed_intervention", "child_informed_decision", "health_check_done")
    told = {gap.id for gap in gaps(BASIS, WORKER, facts, dict.fromkeys(ongoing, Answer("pagaende")), FACTS)}

    assert told.isdisjoint(ongoing)


@pytest.mark.parametrize("order", [tuple(all_facts()), tuple(reversed(all_facts()))])
def test_unknown_facts_come_first_and_in_the_order_they_are_asked(order: tuple[str, ...]) -> None:
    told = gaps(BASIS, WORKER, {"child_placed": "nej"}, {}, order)

    assert [gap.id for gap in told[:3]] == [fact for fact in order if fact != "child_placed"]
    assert {gap.of for gap in told[3:]} == {"item"}


def test_an_answer_that_was_taken_back_is_open_again() -> None:
    item = BASIS.by_id["child_heard"]
    answers = {item.id: Answer(OPEN, revision=2)}

    assert not is_answered(BASIS, item, {}, answers)
    assert Gap("item", item.id, "unanswered") in gaps(BASIS, WORKER, {}, answers, FACTS)
    assert progress(BASIS, WORKER, {}, answers) == progress(BASIS, WORKER, {}, {})


def test_what_hangs_on_an_unknown_fact_is_not_asked_and_its_answer_counts() -> None:
    item = BASIS.by_id["health_check_done"]

    assert applies(BASIS, item, {}, {}) == "waits"
    assert item not in applicable(BASIS, WORKER, {}, {})
    assert state(BASIS, item, {}, {}) == OPEN
    assert state(BASIS, item, {}, {item.id: Answer("ja")}) == "ja"
    waiting, answered = Applied(BASIS, {}, {}), Applied(BASIS, {}, {item.id: Answer("ja")})
    assert (waiting.waits(item.id), answered.waits(item.id)) == (True, False)
    assert not Applied(BASIS, {"child_placed": "ja"}, {}).waits(item.id)


def test_a_not_applicable_that_the_question_does_not_know_is_free_text_once_it_is_known_to_apply() -> None:
    item = BASIS.by_id["health_check_done"]
    answers = {item.id: Answer("ej_tillampligt")}

    counted = {known: state(BASIS, item, {"child_placed": known}, answers) for known in ("ja", "nej")}
    assert counted == {"ja": "fritext", "nej": "ej_tillampligt"}
    assert state(BASIS, item, {}, answers) == "ej_tillampligt"


def test_what_does_not_apply_counts_so_whatever_was_answered_before() -> None:
    item = BASIS.by_id["health_check_done"]

    assert state(BASIS, item, {"child_placed": "nej"}, {item.id: Answer("ja")}) == "ej_tillampligt"
    assert state(BASIS, item, {"child_placed": "ja"}, {item.id: Answer("ja")}) == "ja"


def test_a_text_from_an_import_counts_as_an_answer() -> None:
    item = BASIS.by_id["child_heard"]
    answers = {item.id: replace(Answer("ja"), choice="fritext")}

    assert is_answered(BASIS, item, {}, answers)
    assert state(BASIS, item, {}, answers) == "fritext"


# --- how an answer came about ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer("ja"), "no_method"),
        (Answer("ja", has_method=True), None),
        (Answer("nej"), None),  # how is not asked about a no
    ],
)
def test_an_answer_that_must_say_how_is_a_gap_until_it_does(answer: Answer, why: str | None) -> None:
    how = {"ask": "Påhittat hur?", "ask_en": "Made-up how?", "on": ["ja"], "required": True}
    how["options"] = [{"id": "talk", "title": "Samtal", "title_en": "Talk"}]
    checklist = made_list(raw_item("heard", how=how))

    found = gaps(checklist, WORKER, {CASE_TYPE: "barn"}, {"heard": answer}, ())

    assert found == ((Gap("item", "heard", why),) if why else ())
