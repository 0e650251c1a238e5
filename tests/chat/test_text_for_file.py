"""`Text till akten`: her answers and motivations as text to copy, seen by her alone and kept in no card."""

import json

import pytest

from checklists.privacy import has_personal_number
from dialogs.views.views import FileTextView
from tests.chat.drive import TEXTS, fills, opens
from tests.chat.harness import Chat, Room
from tests.chat.test_typing import ALL

GIVEN = {"child_heard": "nej", "police_report_motivated": "reference"}


@pytest.fixture
def filled(anna: Chat) -> Chat:
    return fills(opens(anna, **ALL), GIVEN)


def test_her_answers_and_texts_are_there_to_copy_and_in_no_posted_card(filled: Chat, room: Room) -> None:
    filled.presses("Text till akten")

    said = json.dumps(filled.card, ensure_ascii=False)
    assert "1. Har barnet kommit till tals under utredning? Nej." in said
    assert f" Motivering: {TEXTS['motivation']}" in said
    assert f" Var i akten: {TEXTS['place']}" in said
    reply = filled.received[-1] if filled.received else None
    assert reply is None  # nothing was sent besides the response
    assert isinstance(filled.view, FileTextView)
    assert not has_personal_number(said)
    filled.presses("Öppna SN 2026/0123").sees("Skicka till chef")


def test_a_submitted_press_gets_a_sentence_since_its_reply_would_stay_in_the_chat(filled: Chat) -> None:
    filled.submits("Text till akten")

    assert "visas bara i Teams på datorn" in filled.text
    assert TEXTS["motivation"] not in filled.text


def test_of_a_protected_identity_there_is_no_free_text(filled: Chat) -> None:
    filled.types("uppgifter").presses("Spara", {"protected_identity": "Ja"}).types("ändra")
    filled.presses("Text till akten").sees(TEXTS["place"]).sees_no(TEXTS["motivation"])


def test_what_does_not_fit_comes_on_the_next_card(anna: Chat) -> None:
    opens(anna, children=2, **ALL)
    long = "påhittat " * 440
    for child in (1, 2):
        anna.types(f"barn {child}")
        if child == 2:
            anna.presses("Spara")
        anna.types("ändra 1").types("nej").presses("Spara", {"Motivering": long})
    anna.types("ändra").presses("Text till akten")
    first = anna.text
    while "Visa fler" in anna.buttons:
        anna.presses("Visa fler")
    assert "Barn 1" in first
    assert "Barn 2" in anna.text
