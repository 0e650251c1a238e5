"""Feedback on a reviewed case: to its lead alone, within five working days, and never the same twice."""

import pytest

from dialogs.turn.declared import claimed
from dialogs.turn.presses import OfRound
from storage.round_readings import ReadingRow
from tests.chat.drive import fills
from tests.chat.harness import NORTH, Chat, Room
from tests.chat.list_drive import takes_in
from tests.chat.round_drive import calibrates, drawn_for, refs, reviews
from tests.chat.test_round_rules import begun
from tests.chat.test_rounds import declares, opens, person, rows


def reviewed(room: Room, choice: str, *, twice: int = 0) -> str:
    """Let one reviewer review the case that Anna leads; return its reference."""
    room.chat("anna").installs()
    room.chat("cecilia").installs()
    begun(room, "cia", "dan", cases=3, twice=twice)
    ref = refs(3)[2]
    chat = next(room.chat(name) for name in ("cia", "dan") if ref in drawn_for(room.chat(name)))
    declares(chat, ref)
    calibrates(chat)
    opens(chat, ref)
    reviews(chat, choice)
    return ref


def told(chat: Chat) -> int:
    """Return how many cases she has been told of."""
    return sum(reply.view.title.say == "feedback.title" for reply in chat.prompts() if reply.view.kind == "menu")


def test_the_lead_is_told_at_the_next_sweep_what_was_read_what_differs_and_one_question_back(room: Room) -> None:
    anna = room.chat("anna").installs()
    ref = reviewed(room, "Nej")
    fills(anna.types(f"ny {ref}"), {"child_heard": "ja"})
    room.sweeps()
    room.sweeps()
    assert told(anna) == 1

    anna.receives().sees(f"Granskat: {ref}", "Det här visas bara för dig")
    anna.presses("Visa").sees("Läst: Kollegial egenkontroll, barn och unga, ur akten, i omgången Våren 2026.")
    anna.sees("Vem som läste sägs inte.", "En fråga tillbaka, för din egen del", "Granskningen: Nej", "Du: Ja")
    anna.sees_no("Cia", "Dan", "Påhittad motivering till svaret")
    [event] = room.events("feedback_told")
    assert event.detail == "round:1"


def test_nobody_else_is_told_and_nobody_elses_press_shows_it(room: Room) -> None:
    reviewed(room, "Nej")
    room.sweeps()
    assert told(room.chat("anna")) == 1
    [reading] = [one for one in rows(room, ReadingRow) if one.feedback_at]
    for name in ("cecilia", "mona", "cia", "dan", "bo", "vera", "eva"):
        assert told(room.chat(name)) == 0, name
        claim = claimed("feedback", OfRound(1, reading.id), case=reading.case_id)
        token = room.mint.sign(1, person(room, name), claim)
        room.chat(name).types("hej").sends({"verb": "feedback", "token": token})
        shown = room.chat(name).said or room.chat(name).text
        assert "Granskningen" not in shown, name
        is_worker = name in ("bo", "eva")
        assert ("Det finns ingen återkoppling att visa för dig här." if is_worker else "ingår inte i din roll") in shown


def test_what_went_well_is_said_too(room: Room) -> None:
    reviewed(room, "Ja")
    room.sweeps()
    room.chat("anna").receives().presses("Visa").sees("Inget saknades, och inget skilde sig")
    room.chat("anna").sees("vad gjorde att det gick bra här?").sees_no("Granskningen:")


@pytest.mark.parametrize("days", [1, 7])
def test_a_case_read_by_two_waits_for_the_other_but_not_beyond_five_working_days(room: Room, days: int) -> None:
    reviewed(room, "Nej", twice=100)
    room.sweeps()
    assert told(room.chat("anna")) == 0
    room.later(days=days)
    room.sweeps()
    assert told(room.chat("anna")) == (days == 7)


def test_a_lead_without_the_app_is_told_once_she_has_it(room: Room) -> None:
    reviewed(room, "Nej")
    room.chat("anna").removes()
    room.sweeps()
    assert not [one for one in rows(room, ReadingRow) if one.feedback_at]
    room.chat("anna").installs()
    room.later(days=1)
    room.sweeps()
    assert [one for one in rows(room, ReadingRow) if one.feedback_at]


def test_of_a_protected_identity_nobody_is_told(room: Room) -> None:
    ref = reviewed(room, "Nej")
    takes_in(room, case_ref=ref, unit=NORTH, protected_identity="ja")
    room.sweeps()
    assert told(room.chat("anna")) == 0
