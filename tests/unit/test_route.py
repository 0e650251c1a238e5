"""Which card comes next: a motivation directly after the answer that requires it; single questions for readers."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.loader import all_checklists, newest
from checklists.model import Answer, Checklist, Item
from checklists.route import Stop, before, stop_of
from tests.asked import allowed, applicable, is_open, motivated_by, next_open, stops
from tests.unit.made_up import WORKER, any_list, drawn_lists, made_list, raw_item, seeds, some_answers, some_facts

BASIS = newest("decision_basis")
READER = "unit_manager"
FACTS = {"violence": "ja", "child_placed": "ja", "intervention_decided": "ja", "child_communicated": "nej"}
INFORMED = tuple(item.id for item in BASIS.items if item.group == "information")


def keys(way: tuple[Stop, ...]) -> list[str]:
    return [stop.key for stop in way]


# --- motivations -----------------------------------------------------------------------------------------------------

CALLS = [
    (checklist, item, choice)
    for checklist in all_checklists().values()
    for item in checklist.items
    if item.enabled and item.id in checklist.siblings and checklist.siblings[item.id].when
    for choice in item.answers
]


@pytest.mark.parametrize(("checklist", "item", "choice"), CALLS, ids=lambda part: getattr(part, "id", str(part)))
def test_the_motivation_comes_straight_after_the_answer_that_calls_for_it(
    checklist: Checklist, item: Item, choice: str
) -> None:
    sibling = checklist.siblings[item.id]
    assert sibling.when is not None
    calls = choice in sibling.when.values
    answers = {item.id: Answer(choice)}
    way = stops(checklist, WORKER, FACTS, answers)
    here = stop_of(way, item.id)
    assert here is not None

    following = next_open(way, checklist, FACTS, answers, here.key)

    assert following is not None
    assert (following == Stop("motivation", (sibling.id,), about=item.id)) is calls
    assert motivated_by(checklist, item, choice, FACTS, {}) == (sibling if calls else None)


def test_the_motivation_for_a_fact_comes_in_the_order_of_the_list() -> None:
    way = stops(BASIS, WORKER, FACTS, {})

    place = keys(way).index("motivation:child_not_communicated_motivated")
    assert way[place].about == "child_communicated"
    assert keys(way)[place - 1] == "question:communication_boxes_filled"
    assert "motivation:child_not_communicated_motivated" not in keys(stops(BASIS, WORKER, {}, {}))


@pytest.mark.parametrize("uninformed", [INFORMED[:1], INFORMED[1:3], INFORMED])
def test_uninformed_children_are_motivated_on_one_card_for_all(uninformed: tuple[str, ...]) -> None:
    answers = {item: Answer("nej" if item in uninformed else "ja") for item in INFORMED}
    way = stops(BASIS, WORKER, FACTS, answers)

    own = [stop for stop in way if stop.kind == "motivation" and not stop.about]
    assert own == [Stop("motivation", uninformed)]
    assert {stop_of(way, item) for item in INFORMED} == {Stop("group", INFORMED)}
    assert next_open(way, BASIS, FACTS, answers, f"group:{INFORMED[0]}") == own[0]


def test_a_question_of_its_own_is_motivated_on_a_card_of_its_own() -> None:
    checklist = made_list(raw_item("item", motivate_on=["nej"]), raw_item("other"))

    for choice, motivated in (("nej", ["motivation:item"]), ("ja", [])):
        way = stops(checklist, WORKER, {}, {"item": Answer(choice), "other": Answer("nej")})
        assert keys(way) == ["question:item", *motivated, "question:other"]


@pytest.mark.parametrize("answered", range(len(INFORMED) + 1))
def test_a_group_is_open_until_all_of_it_is_answered(answered: int) -> None:
    answers = dict.fromkeys(INFORMED[:answered], Answer("ja"))

    assert is_open(BASIS, Stop("group", INFORMED), FACTS, answers) is (answered < len(INFORMED))


def test_only_what_still_lacks_its_motivation_is_asked_for_again() -> None:
    answers = dict.fromkeys(INFORMED, Answer("nej", motivation="text"))
    answers[INFORMED[2]] = Answer("nej")
    way = stops(BASIS, WORKER, FACTS, answers)

    assert [stop for stop in way if stop.kind == "motivation" and not stop.about] == [Stop("motivation", INFORMED[2:3])]


@pytest.mark.parametrize("how", ["text", "reference", "missing"])
def test_a_motivation_that_was_given_or_said_to_be_missing_is_not_asked_again(how: str) -> None:
    answers = {**dict.fromkeys(INFORMED, Answer("ja")), INFORMED[0]: Answer("nej", motivation=how)}  # type: ignore[arg-type]
    way = stops(BASIS, WORKER, FACTS, answers)

    card = Stop("motivation", (INFORMED[0],))
    assert card in way
    assert not is_open(BASIS, card, FACTS, answers)
    following = next_open(way, BASIS, FACTS, answers, f"group:{INFORMED[0]}")
    assert following is not None
    assert following.key == "question:communication_boxes_filled"


@given(any_list, seeds)
def test_an_own_motivation_stands_right_behind_its_question(checklist: Checklist, seed: int) -> None:
    rng = Random(seed)
    way = stops(checklist, WORKER, some_facts(rng), some_answers(rng, checklist))
    for place, stop in enumerate(way):
        if stop.kind == "motivation" and not stop.about:
            assert place > 0
            assert set(stop.items) <= set(way[place - 1].items)
            assert way[place - 1].kind != "motivation"


def test_an_answer_the_facts_no_longer_allow_is_asked_again_before_it_is_motivated() -> None:
    only = {"nej": {"fact": "violence", "is": ["ja"]}}
    checklist = made_list(raw_item("item", only=only, motivate_on=["nej"]))
    answers, facts = {"item": Answer("nej")}, {"violence": "nej"}

    first = next_open(stops(checklist, WORKER, facts, answers), checklist, facts, answers)

    assert first == Stop("question", ("item",))


def test_whether_an_answer_calls_for_its_motivation_may_hang_on_another_answer() -> None:
    both = {"all": [{"item": "asked", "is": ["nej"]}, {"item": "first", "is": ["ja"]}]}
    checklist = made_list(raw_item("first"), raw_item("asked"), raw_item("why", motivates="asked", when=both))
    asked, why = checklist.by_id["asked"], checklist.by_id["why"]

    assert motivated_by(checklist, asked, "nej", {}, {"first": Answer("ja")}) == why
    assert motivated_by(checklist, asked, "nej", {}, {"first": Answer("nej")}) is None
    assert motivated_by(checklist, asked, "ja", {}, {"first": Answer("ja"), "asked": Answer("nej")}) is None


def test_a_motivation_that_is_switched_off_is_not_called_for() -> None:
    off = raw_item("off", motivates="asked", when={"item": "asked", "is": ["nej"]}, enabled=False)
    checklist = made_list(raw_item("asked"), off)

    assert checklist.siblings == {}
    assert motivated_by(checklist, checklist.by_id["asked"], "nej", {}, {}) is None
    assert keys(stops(checklist, WORKER, {}, {"asked": Answer("nej")})) == ["question:asked"]


# --- readers ---------------------------------------------------------------------------------------------------------


@given(any_list, seeds)
def test_a_reader_gets_plain_questions_only(checklist: Checklist, seed: int) -> None:
    rng = Random(seed)
    facts, answers = some_facts(rng), some_answers(rng, checklist)
    way = stops(checklist, READER, facts, answers)

    assert {stop.kind for stop in way} <= {"question", "group", "detail"}
    assert not any(stop.about for stop in way)
    assert {i for stop in way for i in stop.items} == {i.id for i in applicable(checklist, READER, facts, answers)}


def test_a_reader_answers_a_motivation_item_like_any_other() -> None:
    way = stops(BASIS, READER, FACTS, {"child_heard": Answer("nej")})

    assert Stop("question", ("child_not_heard_motivated",)) in way
    item = BASIS.by_id["child_not_heard_motivated"]
    assert allowed(BASIS, item, FACTS, {"child_heard": Answer("nej")}) == ("ja", "nej")


def test_a_question_for_one_role_is_put_to_no_other() -> None:
    checklist = made_list(raw_item("all_of_us"), raw_item("chef_only", asked_of=["unit_manager"]))

    assert keys(stops(checklist, WORKER, {}, {})) == ["question:all_of_us"]
    assert keys(stops(checklist, READER, {}, {})) == ["question:all_of_us", "question:chef_only"]


# --- moving ----------------------------------------------------------------------------------------------------------


def test_the_way_through_a_whole_basis() -> None:
    answers = {"child_heard": Answer("nej"), "police_report_decided": Answer("ja"), INFORMED[0]: Answer("nej")}

    assert keys(stops(BASIS, WORKER, FACTS, answers)) == [
        "question:child_heard",
        "motivation:child_not_heard_motivated",
        "group:child_informed_report",
        "motivation:child_informed_report",
        "question:communication_boxes_filled",
        "motivation:child_not_communicated_motivated",
        "question:police_report_decided",
        "motivation:police_report_motivated",
        "question:health_check_done",
        "question:further_violence_risk_assessed",
    ]


@given(drawn_lists, seeds, st.booleans())
def test_the_next_card_is_the_first_open_one_further_on_else_from_the_start(
    checklist: Checklist, seed: int, known: bool
) -> None:
    rng = Random(seed)
    facts, answers = some_facts(rng), some_answers(rng, checklist)
    way = stops(checklist, WORKER, facts, answers)
    places = [place for place, stop in enumerate(way) if is_open(checklist, stop, facts, answers)]
    at = rng.randrange(len(way)) if way and known else -1
    expected = next((place for place in places if place > at), places[0] if places else None)

    found = next_open(way, checklist, facts, answers, way[at].key if at >= 0 else "gone:away")

    assert found == (None if expected is None else way[expected])


def test_no_card_is_before_the_first_one_or_one_that_is_gone() -> None:
    way = stops(BASIS, WORKER, FACTS, {})

    assert [before(way, key) for key in (way[0].key, way[1].key, "gone:away")] == [None, way[0], None]


@given(any_list, seeds)
def test_the_card_before_is_the_one_before_and_none_at_the_beginning(checklist: Checklist, seed: int) -> None:
    rng = Random(seed)
    way = stops(checklist, WORKER, some_facts(rng), some_answers(rng, checklist))

    assert [before(way, stop.key) for stop in way] == [None, *way[:-1]][: len(way)]
    assert before(way, "gone:away") is None
    assert stop_of(way, "gone_away") is None
