"""Fills in a chef's reading as she would: the form in view decides what she answers."""

from collections.abc import Mapping

from tests.chat.card_hand import as_sent, inputs
from tests.chat.drive import TEXTS, fills, opens
from tests.chat.harness import Chat, Room
from tests.chat.lived import lived_once
from texts import say

ALL = {"violence": "nej", "child_placed": "nej", "intervention_decided": "nej", "child_communicated": "ja"}
"""Facts for which seven questions apply, eight once the police report is decided."""


@lived_once
def sent(room: Room, given: Mapping[str, str] | None = None, *, readers: tuple[str, ...] = ("cecilia",)) -> Chat:
    """A worker fills in and sends a basis; her chefs have the app. Returns: the worker."""
    for reader in readers:
        room.chat(reader).installs()
    anna = room.chat("anna")
    fills(opens(anna, **ALL), given or {}).presses("Skicka till chef")
    return anna


def reads(chef: Chat, given: Mapping[str, str] | None = None, *, otherwise: str = "ja") -> Chat:
    """Answer a reader's forms, items by id, until nothing is open."""
    for _ in range(10):
        if chef.kind() != "form":
            return chef
        fields = {
            name: (given or {}).get(name, otherwise)
            for name, element in inputs(chef.card).items()
            if element["type"] == "Input.ChoiceSet"
        }
        chef.presses(say("buttons.save", "en" if chef.language == "en" else "sv"), fields)
    raise AssertionError(f"the reading never ended: {chef.text}")


def begins(chef: Chat) -> Chat:
    """Start reading from the message she received."""
    return chef.receives().presses("Börja läsa")


def sees_nothing_of(chef: Chat, *words: str) -> None:
    """Assert that nothing she was ever sent or shown contains these words."""
    everything = "\n".join(as_sent(card) if isinstance(card, dict) else card for card in chef.posted.values())
    assert not [word for word in (*words, *TEXTS.values()) if word in everything]
