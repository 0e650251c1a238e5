"""Goes through a chef's reading the way she would: the form in front of her decides what she chooses."""

from collections.abc import Mapping

from tests.chat.card_hand import as_sent, inputs
from tests.chat.drive import TEXTS, fills, opens
from tests.chat.harness import Chat, Room
from texts import say

ALL = {"violence": "nej", "child_placed": "nej", "intervention_decided": "nej", "child_communicated": "ja"}
"""Facts with which seven questions apply, or eight once the police report is decided."""


def sent(room: Room, given: Mapping[str, str] | None = None, *, readers: tuple[str, ...] = ("cecilia",)) -> Chat:
    """Have a worker fill in a basis and send it, her chefs having the app; return the worker."""
    for reader in readers:
        room.chat(reader).installs()
    anna = room.chat("anna")
    fills(opens(anna, **ALL), given or {}).presses("Skicka till chef")
    return anna


def reads(chef: Chat, given: Mapping[str, str] | None = None, *, otherwise: str = "ja") -> Chat:
    """Answer every form in front of a reader, items by id, until nothing is open."""
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
    """Begin reading from the message she got."""
    return chef.receives().presses("Börja läsa")


def sees_nothing_of(chef: Chat, *words: str) -> None:
    """Check that no byte of what she was ever sent or shown holds these words."""
    everything = "\n".join(as_sent(card) if isinstance(card, dict) else card for card in chef.posted.values())
    assert not [word for word in (*words, *TEXTS.values()) if word in everything]
