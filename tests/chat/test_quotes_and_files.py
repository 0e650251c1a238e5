"""Replies that quote a card, messages edited afterwards, and files sent along."""

import pytest

from tests.chat.drive import opens
from tests.chat.harness import REF, Chat, Room
from tests.chat.test_typing import ALL, WHY, is_reminded_of_another_case

OTHER = "SN 2026/0202"


def test_a_reply_that_quotes_a_card_is_about_that_card(anna: Chat) -> None:
    opens(anna, **ALL).types("hjälp").types("fortsätt").is_asked("child_heard")
    asked = anna.at
    opens(anna, OTHER, **ALL).is_asked("child_heard")

    anna.types(f"nej, {WHY}", quotes=asked).sees(REF)

    assert (anna.stored("child_heard"), anna.stored("child_heard", ref=OTHER)) == ("nej", "")
    assert anna.written("child_not_heard_motivated").motivation == WHY


def test_an_answer_to_a_quoted_card_that_is_old_says_so(anna: Chat) -> None:
    opens(anna, **ALL).types("fortsätt")
    asked = anna.at
    anna.types("ja").is_asked("child_informed_report")

    anna.types("nej", quotes=asked).sees("Redan besvarad 10:42")
    assert anna.stored("child_heard") == "ja"


def test_a_reply_that_quotes_the_card_in_use_is_about_what_it_shows_now(anna: Chat) -> None:
    opens(anna, **ALL).types("fortsätt").presses("Ja").is_asked("child_informed_report")

    anna.types("ja ja nej ja", quotes=anna.at)

    assert anna.stored("child_informed_intervention") == "nej"


def test_a_reply_that_quotes_a_card_moved_on_by_presses_is_about_what_it_shows_now(anna: Chat) -> None:
    opens(anna, **ALL).is_asked("child_heard")  # on the card that asked for the facts
    opens(anna, OTHER, **ALL).is_asked("child_heard")
    asked = anna.at
    anna.types(f"fortsätt {REF}").is_asked("child_heard")
    moved = anna.presses("Ja").presses("Tillbaka").is_asked("child_heard").at
    anna.types(f"fortsätt {OTHER}")

    anna.types("nej", quotes=asked).sees(OTHER, "Fråga 1")
    anna.types(f"fortsätt {OTHER}").types("nej", quotes=moved).sees(REF, "Fråga 1")

    assert (anna.stored("child_heard"), anna.stored("child_heard", ref=OTHER)) == ("nej", "nej")


def test_a_reply_that_quotes_a_card_gone_back_from_answers_no_question_it_showed_before(anna: Chat) -> None:
    opens(anna, **ALL).presses("Ja").types("ändra 7").is_asked("communication_boxes_filled")
    card = anna.presses("Tillbaka").is_asked("child_informed_report").at
    opens(anna, OTHER, **ALL)

    anna.types("ja", quotes=card)

    assert (anna.stored("child_informed_report"), anna.stored("communication_boxes_filled")) == ("ja", "")


def test_a_quoted_card_is_answered_even_after_a_message_of_the_bots(anna: Chat, room: Room) -> None:
    opens(anna, **ALL).types("fortsätt").is_asked("child_heard")
    asked = anna.at
    is_reminded_of_another_case(room, anna)

    anna.types("ja", quotes=asked)

    assert anna.stored("child_heard") == "ja"


@pytest.mark.parametrize("line", ["nej", "ja", f"nej, {WHY}"])
def test_a_reply_that_quotes_anything_else_is_asked_about(anna: Chat, room: Room, line: str) -> None:
    opens(anna, **ALL)

    anna.types(line, quotes="some-message").sees("Vilken fråga svarar du på?")

    assert room.count() == 0


def test_a_motivation_quoting_something_unknown_is_not_stored(anna: Chat) -> None:
    opens(anna, **ALL).types("nej").types(WHY, quotes="some-message")

    assert anna.stored("child_not_heard_motivated") == ""


def test_an_edited_message_changes_nothing_and_says_so_once(anna: Chat, room: Room) -> None:
    opens(anna, **ALL).types("nej")
    first, rows, shown = anna.last_id, room.count(), anna.view

    assert "Det ändrar inget här" in anna.edits(first)
    assert anna.edits(first) == ""
    assert (room.count(), anna.view) == (rows, shown)

    anna.types(WHY)
    assert anna.written("child_not_heard_motivated").motivation == WHY
    assert "Det ändrar inget här" in anna.edits()


def test_a_file_sent_along_is_said_not_to_be_kept(anna: Chat) -> None:
    opens(anna, **ALL).types("", files=True).sees("Filer och bilder sparas inte här").sees_no("Jag ser ingen text")

    anna.types("ja", files=True).sees("Filer och bilder sparas inte här").is_asked("child_informed_report")
    assert anna.stored("child_heard") == "ja"
