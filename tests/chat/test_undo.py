"""`ångra`: which answer it takes back is said; an old one, or one others have seen, is asked about first."""

import pytest

from checklists.lifecycle import SITTING
from tests.chat.drive import answers_card, fills, opens
from tests.chat.harness import REF, Chat, Room
from tests.chat.test_beside_yes import marks
from tests.chat.test_typing import ALL, WHY, informed

QUESTION = "Har barnet kommit till tals under utredning?"


def test_the_answer_that_is_taken_back_is_named(anna: Chat) -> None:
    opens(anna, **ALL).types("ja").types("ångra").sees(
        "Ångrat. Fråga 1", f"Svaret Ja på ”{QUESTION}” är taget tillbaka."
    )

    anna.types("ja").types("ja ja nej ja").types("ångra").sees("Svaret Ja", "och 3 till, från samma kort")
    assert informed(anna) == ["obesvarad"] * 4


def test_what_taking_back_takes_back_is_the_answer_and_not_its_text(anna: Chat) -> None:
    opens(anna, **ALL).types(f"nej, {WHY}").types("ångra").sees("Svaret Nej", "och 1 till").sees_no(WHY)


def test_what_was_added_to_an_answer_is_taken_back_and_the_answer_stands(anna: Chat, room: Room) -> None:
    opens(anna, **ALL).presses("Ja").presses("Via annan").types("ångra")
    anna.sees(f"Det du sist lade till svaret Ja på ”{QUESTION}” är taget tillbaka. Svaret står kvar.", "Nu: Ja")
    assert (anna.written("child_heard").choice, anna.written("child_heard").option) == ("ja", "")
    anna.types("ångra").sees(f"Svaret Ja på ”{QUESTION}” är taget tillbaka.").sees_no("står kvar")

    marks(room, "decision_basis/child_informed_report", "decision_basis/child_informed_decision")
    answers_card(anna.types("ja"), {}).presses("Aktanteckning").types("ångra")
    anna.sees("Det du sist lade till svaret Ja", "och 1 till, från samma kort, är taget tillbaka. Svaren står kvar.")
    assert informed(anna) == ["ja"] * 4


@pytest.mark.parametrize("said", ["Ångra", "ja", "1"])
def test_an_answer_of_another_sitting_is_asked_about_first(anna: Chat, room: Room, said: str) -> None:
    opens(anna, **ALL).types("ja")
    room.later(seconds=SITTING.total_seconds() + 1)

    anna.types("ångra").sees(f"{REF}: ta tillbaka ett tidigare svar?", "svaret Ja på fråga 1", QUESTION, "10:42")
    assert anna.stored("child_heard") == "ja"

    (anna.presses if said == "Ångra" else anna.types)(said).is_asked("child_heard")
    assert anna.stored("child_heard") == "obesvarad"


@pytest.mark.parametrize("said", ["Avbryt", "nej"])
def test_she_may_leave_it(anna: Chat, room: Room, said: str) -> None:
    opens(anna, **ALL).types("ja")
    room.later(days=1)

    (anna.types("ångra").presses if said == "Avbryt" else anna.types("ångra").types)(said)

    anna.is_asked("child_informed_report")
    assert anna.stored("child_heard") == "ja"


def test_a_list_that_was_sent_is_asked_about_first(anna: Chat, room: Room) -> None:
    fills(opens(anna, **ALL)).presses("Skicka till chef")
    rows = room.count()

    anna.types("ångra").sees("Underlaget är skickat till chef")
    assert room.count() == rows
    anna.presses("Ångra")
    assert room.count() > rows


def test_the_button_beside_an_echo_takes_back_at_once(anna: Chat, room: Room) -> None:
    echo = opens(anna, **ALL).types("ja").shown
    room.later(days=1)

    assert anna.presses("Ångra", on=echo).is_asked("child_heard").stored("child_heard") == "obesvarad"
