"""Free text: a field, a typed line and an imported cell store, reject or ignore the same, and figures agree."""

from random import Random

import pytest

from tests.chat.card_hand import inputs
from tests.chat.harness import REF, Chat, Room
from tests.same_answer.expected.free_text import fate
from tests.same_answer.town import Stage, answers_filed, rated

ITEM = "child_informed_report"
COUNT = 37
ODD = (
    "Barnet var för litet (påhittat)",
    "",
    "   ",
    "…",
    "\u200b",
    "\u00a0<p></p>",
    "<br>",
    "👍",
    "ok",
    "Se 19121212-1212",
    "Se 121212-1212",
    "Se 121212+1212",
    "Se 1212121212",
    "Se 1212121213",  # no check digit, no separator
    "Se 121212-1213",  # mistyped, but still a personal number
    "Se 20000229-1234",  # a leap day
    "Se 000229-1234",  # two-digit year: a leap day in one of the centuries
    "Se 20230229-1234",  # 29 February in a year without one
    "Se 230229-1234",
    "Se 641323-3234",  # no such month
    "Se 640023-3234",
    "Se 640883-3231",  # a coordination number
    "Se 640892-3231",  # no such day, with 60 added or not
    "Se 64 08 23 32 34",
    "Se 6408.2332.34",
    "Se 6408.2332.35",
    "Se ６４０８２３－３２３４",
    "Se 640823\u20133234",
    "Klockan 260312 10:30 var hon här",
    "Den 2026-03-12 10.30 var hon här",
    "Den 2026-03-12 var hon här",
    "Ärende SN 2026/0123 gäller",
)


def generated() -> list[str]:
    """Return the special cases and, up to the count, random texts of ten digits with or without a separator."""
    draw = Random(640823)
    found = list(ODD)
    while len(found) < COUNT:
        digits = f"{draw.randint(0, 99):02}{draw.randint(0, 13):02}{draw.randint(0, 32):02}{draw.randint(0, 9999):04}"
        found.append(f"Enligt {digits[:6]}{draw.choice(('', '-', ' '))}{digits[6:]}")
    return found


def asked_why(room: Room) -> Chat:
    """Anna answers the group's four questions, one of them with a `nej` that requires a motivation."""
    anna = room.chat("anna").types(f"ändra 3 {REF}")
    return anna.presses("Spara", {label: "Nej" if label == ITEM else "Ja" for label in inputs(anna.card)})


def by_card(room: Room, text: str) -> None:
    asked_why(room).presses("Spara", {"motivation": text})


def by_typing(room: Room, text: str) -> None:
    asked_why(room).types(text)


def in_a_file(room: Room, text: str) -> bool:
    return answers_filed(room, {"item": ITEM, "answer": "nej", "motivation": text})


@pytest.mark.parametrize("text", generated())
def test_chat_files_and_figures_agree_on_a_free_text(begun: Stage, text: str) -> None:
    expected = fate(text)
    motivated = {"nej": "1", "nej_motiverat": "1"}

    for tell in (by_card, by_typing) if text.strip() else (by_card,):
        room = begun.room()
        tell(room, text)
        assert rated(room, ITEM) == (motivated if expected == "kept" else {"nej": "1"})
        anna = room.chat("anna")
        assert ("personnummer eller samordningsnummer" in anna.text) is (expected == "refused"), anna.text
        if expected == "kept":
            assert anna.written(ITEM).motivation == text
        elif text.strip():
            assert text not in str(room.content())

    room = begun.room()
    assert in_a_file(room, text) is (expected != "refused")
    if expected == "refused":
        assert text not in str(room.content())
    else:
        assert rated(room, ITEM) == (motivated if expected == "kept" else {"nej": "1"})
