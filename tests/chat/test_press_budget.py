"""A whole list takes at most one press per applicable question, plus four."""

from itertools import product

import pytest

from tests.chat.card_hand import inputs
from tests.chat.drive import TEXTS, fact_fields, fills, opens
from tests.chat.harness import Chat

FACTS = ("violence", "child_placed", "intervention_decided", "child_communicated")
SOME = [dict(zip(FACTS, values, strict=True)) for values in product(("ja", "nej"), repeat=4)][::3]
MORE = 4
INFORMED = ("report", "investigation", "intervention", "decision")
MISSING = dict.fromkeys(
    (
        "child_not_heard_motivated",
        "child_not_communicated_motivated",
        "police_report_motivated",
        "motivation of " + ",".join(f"child_informed_{name}" for name in INFORMED),
    ),
    "missing",
)
PATTERNS = {
    "all yes": ({}, "ja"),
    "all no, motivated": ({}, "nej"),
    "all no, nothing motivated": (MISSING, "nej"),
    "mixed": ({"child_informed_decision": "nej", "police_report_decided": "ja", "child_heard": "nej"}, "ja"),
}


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("facts", [*SOME, {}], ids=lambda facts: "-".join(facts.values()) or "unknown")
def test_a_whole_list_costs_one_press_a_question_and_four(anna: Chat, facts: dict[str, str], pattern: str) -> None:
    given, otherwise = PATTERNS[pattern]
    opens(anna, **facts)
    anna.presses_made = 0
    choices = 4  # on the information card

    fills(anna, given, otherwise=otherwise).presses("Skicka till chef")

    assert anna.presses_made + choices <= anna.applicable() + MORE


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("facts", [*SOME, {}], ids=lambda facts: "-".join(facts.values()) or "unknown")
def test_the_form_costs_one_press_a_question_and_four(anna: Chat, facts: dict[str, str], pattern: str) -> None:
    given, otherwise = PATTERNS[pattern]
    anna.types("ny SN 2026/0123").presses("Formulär", fact_fields(anna, facts))
    anna.presses_made = 0
    choices = 0
    while anna.kind() == "form":
        fields: dict[str, str] = {}
        for input_id, element in inputs(anna.card).items():
            item, _, part = input_id.partition(".")
            if element["type"] == "Input.ChoiceSet":
                fields[input_id] = given.get(item, otherwise)
            elif part == "missing" and given is MISSING:
                fields[input_id] = "true"
            elif part == "text" and given is not MISSING:
                fields[input_id] = TEXTS["motivation"]
        choices += sum(value in ("ja", "nej", "true") for value in fields.values())
        anna.presses("Spara", fields)
    anna.presses("Skicka till chef")

    assert anna.presses_made + choices <= anna.applicable() + MORE
    assert not set(anna.gaps()) - {*FACTS} or otherwise == "nej"
