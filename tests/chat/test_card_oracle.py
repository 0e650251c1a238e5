"""The card oracle detects planted faults; otherwise its silence would prove nothing."""

import copy
from typing import Any

import pytest

from tests.chat.card_oracle import faults_of
from tests.chat.drive import opens
from tests.chat.harness import NORTH, REF, Chat, move_in

WRITTEN = "Påhittad text som ingen annan får se"


@pytest.fixture
def cards(anna: Chat) -> dict[str, Any]:
    """Valid cards of ours, to plant faults in."""
    move_in(anna.room.desk, ("anna", "Anna Påhittad", NORTH, "unit_manager"))
    return {
        "facts": copy.deepcopy(anna.types(f"ny {REF}").card),
        "question": copy.deepcopy(opens(anna).card),
        "form": copy.deepcopy(anna.types("formulär").card),
        "motivation": copy.deepcopy(anna.types("fortsätt").presses("Nej").card),
        "report": copy.deepcopy(anna.types("rapport").card),
    }


def faults(card: Any, *, public: bool = False, written: tuple[str, ...] = (WRITTEN,)) -> list[str]:
    return list(faults_of(card, language="sv", user="29:anna", public=public, written=written))


def body(card: Any, kind: str) -> Any:
    return next(element for element in card["body"] if element["type"] == kind)


def test_a_ja_is_chosen_beforehand_unless_she_has_just_chosen_it(cards: dict[str, Any]) -> None:
    card = cards["facts"]
    field = body(card, "Input.ChoiceSet")
    field["value"] = "ja"
    hers = faults_of(card, language="sv", user="29:anna", public=False, said_ja={field["id"]})
    another = faults_of(card, language="sv", user="29:anna", public=False, said_ja={"another"})

    assert (list(hers), len(list(another))) == ([], 1)


def test_good_cards_have_no_faults(cards: dict[str, Any]) -> None:
    assert [faults(card, public=True) for card in cards.values()] == [[]] * len(cards)


def spoil(cards: dict[str, Any]) -> dict[str, tuple[Any, str]]:
    """Return planted faults by name: the faulty card, and a word the oracle's message must contain."""
    made: dict[str, tuple[Any, str]] = {}

    def plant(name: str, of: str, change: Any, word: str) -> None:
        card = copy.deepcopy(cards[of])
        change(card)
        made[name] = card, word

    plant(
        "element", "question", lambda card: card["body"].append({"type": "Badge", "text": "x"}), "Badge is no element"
    )
    plant("element key", "question", lambda card: body(card, "TextBlock").update(colour="red"), "unknown key colour")
    plant("word", "question", lambda card: body(card, "TextBlock").update(size="Huge"), "size Huge")
    plant("spacing", "question", lambda card: body(card, "TextBlock").update(spacing="Tiny"), "spacing Tiny")
    plant("empty text", "question", lambda card: body(card, "TextBlock").update(text=""), "is empty")
    plant("no wrap", "question", lambda card: body(card, "TextBlock").update(wrap=False), "does not wrap")
    plant("card key", "question", lambda card: card.update(actions=[]), "unknown key actions")
    plant("version", "question", lambda card: card.update(version="1.6"), "1.5")
    plant("language", "question", lambda card: card.update(lang="en"), "lang is 'en'")
    plant("size", "question", lambda card: body(card, "TextBlock").update(text="ö" * 12_288), "bytes")
    plant("refresh verb", "question", lambda card: card["refresh"]["action"].update(verb="answer"), "show_current")
    plant("refresh user", "question", lambda card: card["refresh"].update(userIds=["29:bo"]), "for her alone")
    plant(
        "seven",
        "question",
        lambda card: body(card, "ActionSet").update(actions=body(card, "ActionSet")["actions"] * 4),
        "8 actions",
    )
    twin = "nothing tells them apart"
    plant("twin", "question", lambda card: body(card, "ActionSet")["actions"].append(copy.deepcopy(first(card))), twin)
    plant("submit", "question", lambda card: first(card).update(type="Action.Submit"), "not Action.Execute")
    plant("verb", "question", lambda card: first(card).update(verb="other"), "not its verb")
    plant("data", "question", lambda card: first(card)["data"].update(role="chef"), "role")
    plant("number in data", "question", lambda card: first(card)["data"].update(token=1), "is not text")
    plant("no fallback", "question", lambda card: first(card).pop("fallback"), "no Submit fallback")
    plant("other fallback", "question", lambda card: first(card)["fallback"].update(data={}), "differs in data")
    plant("other title", "question", lambda card: first(card)["fallback"].update(title="x"), "differs in title")
    plant("preselected", "facts", lambda card: body(card, "Input.ChoiceSet").update(value="ja"), "Ja chosen beforehand")
    plant(
        "no such choice", "facts", lambda card: body(card, "Input.ChoiceSet").update(value="x"), "not among its choices"
    )
    plant("no label", "facts", lambda card: body(card, "Input.Date").pop("label"), "no label")
    plant("same id", "facts", lambda card: body(card, "Input.Date").update(id="children"), "stands 2 times")
    plant(
        "two values",
        "facts",
        lambda card: body(card, "Input.ChoiceSet")["choices"][0].update(value="nej"),
        "same value",
    )
    plant(
        "switched on",
        "facts",
        lambda card: card["body"].append(
            {"type": "Input.Toggle", "id": "t", "label": "l", "title": "t", "value": "true"}
        ),
        "switched on",
    )
    chart = "Chart.HorizontalBar"
    plant("chart alone", "report", lambda card: body(card, chart).pop("fallback"), "no table as fallback")
    plant("chart dropped", "report", lambda card: body(card, chart).update(fallback="drop"), "no table as fallback")
    plant("chart key", "report", lambda card: body(card, chart).update(legend=True), "unknown key legend")
    plant("chart mode", "report", lambda card: body(card, chart).update(displayMode="Pie"), "displayMode Pie")
    plant("chart data", "report", lambda card: body(card, chart)["data"][0].update(y=101), "no share by name")
    plant("other bar", "report", lambda card: body(card, chart)["data"][0].update(y=99.9), "says something else")
    plant("no row", "report", lambda card: body(card, chart)["fallback"]["items"].pop(), "rows")
    return made


def first(card: Any) -> Any:
    return body(card, "ActionSet")["actions"][0]


def test_every_planted_fault_is_found(cards: dict[str, Any]) -> None:
    missed = [name for name, (card, word) in spoil(cards).items() if word not in "\n".join(faults(card))]

    assert missed == []


@pytest.mark.parametrize("public", [True, False])
def test_what_someone_wrote_is_a_fault_on_a_posted_card_only(cards: dict[str, Any], public: bool) -> None:
    body(cards["motivation"], "Input.Text")["value"] = WRITTEN

    assert any("someone wrote" in fault for fault in faults(cards["motivation"], public=public)) is public
