"""The summary, Skicka till chef and later changes, and what is recorded besides answers."""

import pytest

from checklists.loader import all_facts
from tests.chat.card_hand import as_sent
from tests.chat.card_oracle import MOST_BYTES
from tests.chat.drive import TEXTS, fills, opens
from tests.chat.harness import REF, Chat, Room

ALL = {"violence": "nej", "child_placed": "nej", "intervention_decided": "nej", "child_communicated": "ja"}
NOTE = "Påhittat förbehåll: läkarintyget är muntligt"
NUMBER = "19121212-1212"


# --- the summary and sending -------------------------------------------------------------------------------


def test_the_summary_shows_every_answer_the_gaps_and_what_can_be_done(anna: Chat) -> None:
    fills(opens(anna, **ALL), {"communication_boxes_filled": "nej"})

    anna.sees("Sammanfattning", "Har barnet kommit till tals under utredning?\nJa", TEXTS["motivation"])
    anna.sees("Det här saknas:", "Är kommuniceringsrutorna på sista sidan ifyllda? Besvarad med Nej.")
    assert anna.buttons == ["Besvara 7", "Skicka till chef", "Text till akten", "Ändra"]


def test_when_the_summary_is_reached_the_posted_card_is_updated_without_motivations(anna: Chat) -> None:
    anna.refreshing = False
    fills(opens(anna, **ALL), until="police_report_motivated")

    fills(anna)

    posted = str(anna.posted[anna.at])
    assert "Skicka till chef" in posted
    assert "motiverat i text" in posted
    assert TEXTS["motivation"] not in posted
    anna.refreshing = True
    anna.refreshes().sees(TEXTS["motivation"])


def test_sending_is_one_press_and_says_that_nothing_is_missing(anna: Chat, room: Room) -> None:
    fills(opens(anna, **ALL)).presses("Skicka till chef").sees("Skickat till chef. Inget saknas.").sees_no("Har barnet")

    assert len(room.events("sent")) == 1
    assert room.scalar("select status from filled_checklist") == "sent"
    assert "Har barnet" not in str(anna.posted[anna.at])


def test_gaps_do_not_stop_the_sending_and_are_told(anna: Chat, room: Room) -> None:
    opens(anna, **ALL).types("vad saknas").presses("Skicka till chef").sees("Chefen ser vad som saknas (7).")

    assert room.scalar("select status from filled_checklist") == "sent"


def test_sending_twice_is_sent_once(anna: Chat, room: Room) -> None:
    fills(opens(anna, **ALL))
    summary = anna.shown
    anna.presses("Skicka till chef")
    sent_at = room.scalar("select sent_at from filled_checklist")
    room.later(minutes=5)

    anna.presses("Skicka till chef", on=summary).sees("Skickat till chef")
    anna.types("vad saknas")
    assert "Skicka till chef" not in anna.buttons

    assert len(room.events("sent")) == 1
    assert room.scalar("select sent_at from filled_checklist") == sent_at


def test_a_sent_list_can_be_opened_and_changed_until_the_case_is_closed(anna: Chat) -> None:
    fills(opens(anna, **ALL)).presses("Skicka till chef")

    anna.presses("Öppna").sees("Sammanfattning", "Skickat till chef 10:42.", TEXTS["motivation"])
    anna.presses("Ändra", {"Fråga att ändra": "1. Har barnet kommit till tals under utredning?"}).presses("Nej")
    anna.is_asked("child_not_heard_motivated").presses("Motivering saknas")

    assert anna.stored("child_heard") == "nej"
    assert anna.gaps() == ["child_not_heard_motivated"]
    anna.types("ändra 2").presses("Spara", Motivering=NOTE)
    assert anna.gaps() == []


def test_after_a_day_the_summary_says_on_which_day_it_was_sent(anna: Chat, room: Room) -> None:
    fills(opens(anna, **ALL)).presses("Skicka till chef")
    room.later(days=1)

    anna.types("mina ärenden").presses(f"Öppna {REF}").sees("Skickat till chef 2026-05-12 10:42.")


def test_an_old_question_card_after_sending_shows_that_it_is_sent(anna: Chat) -> None:
    old = opens(anna, **ALL).shown
    fills(anna).presses("Skicka till chef")

    anna.refreshes(on=old)

    assert "Skickat till chef" in str(anna.posted[old.message])


def test_sending_in_english(anna: Chat) -> None:
    anna.types("language en")
    fills(opens(anna, **ALL), {"communication_boxes_filled": "nej"})

    anna.presses("Send to manager").sees("Sent to the manager.", "(1)")


EVERYTHING = {"violence": "ja", "child_placed": "ja", "intervention_decided": "ja", "child_communicated": "nej"}


@pytest.mark.parametrize("children", [1, 3, 4, 20])
def test_every_card_stays_under_24_kb_however_many_children(anna: Chat, children: int) -> None:
    opens(anna, children=children)

    for command in ("fortsätt", "vad saknas", "ändra", "uppgifter", "formulär", "mina ärenden"):
        anna.types(command)  # the oracle checks each card's size
    anna.types("vad saknas").presses("Besvara 1" if children == 1 else "Barn 1: 1").is_asked("child_heard")


def test_what_does_not_fit_on_a_card_is_a_press_away(anna: Chat) -> None:
    opens(anna, children=4, **EVERYTHING)
    for child in range(1, 5):
        anna.types(f"ändra 1 barn {child}").presses("Nej")

    anna.types("ändra").sees("Barn 1 (äldst)", "Barn 3", "och 25 till. Skriv ”vad saknas”").sees_no("Barn 4: 1.")
    anna.presses("Visa fler").sees("Barn 4: 1.").sees_no("Barn 1 (äldst): 1.")
    anna.presses("Visa fler").sees("Barn 1 (äldst): 1.")

    pressed = sum(title.startswith("Barn ") for title in anna.types("vad saknas").buttons)
    while "Visa fler" in anna.buttons:
        pressed += sum(title.startswith("Barn ") for title in anna.presses("Visa fler").buttons)
    # A child's facts stand on one card, so one button leads to all that are unknown.
    missing = ({"facts" if gap in all_facts() else gap for gap in anna.gaps(child=child)} for child in range(1, 5))
    assert pressed == sum(map(len, missing))


def test_every_card_stays_under_24_kb_however_long_the_motivations(anna: Chat) -> None:
    long = "Påhittad och mycket lång motivering. " * 108
    opens(anna, violence="ja", child_placed="ja", intervention_decided="ja", child_communicated="nej")
    anna.presses("Nej").presses("Spara", {"Motivering": long, "Var i akten": long[:500]})
    no = dict.fromkeys(("Orosanmälan", "Utredning", "Insats", "Beslut"), "Nej")
    anna.presses("Spara", no).presses("Spara", Motivering=long)
    anna.presses("Kommentera").presses("Spara", Kommentar=long)
    while anna.kind() != "summary":
        if anna.kind() == "motivation":
            anna.presses("Spara", Motivering=long)
        else:
            anna.presses("Ja")

    anna.sees("Påhittad och mycket lång motivering.", "Skicka till chef")
    assert len(as_sent(anna.card).encode()) <= MOST_BYTES
    anna.types("formulär")


# --- Kommentera --------------------------------------------------------------------------------------------


def test_a_comment_to_an_answer_is_kept_and_stands_on_the_summary(anna: Chat) -> None:
    opens(anna, **ALL).presses("Ja").types("ändra 1").presses("Kommentera").sees("Nu: Ja")

    anna.presses("Spara", Kommentar=NOTE).sees("Kommentaren är sparad.").is_asked("child_informed_report")

    kept = anna.written("child_heard")
    assert (kept.choice, kept.note) == ("ja", NOTE)
    fills(anna).sees(NOTE)


def test_a_comment_may_come_before_the_answer_and_stays_with_it(anna: Chat) -> None:
    opens(anna, **ALL).presses("Kommentera").presses("Spara", Kommentar=NOTE).is_asked("child_heard").sees("0 av 7")
    assert "child_heard" in anna.gaps()

    anna.presses("Ja").is_asked("child_informed_report")

    assert (anna.written("child_heard").choice, anna.written("child_heard").note) == ("ja", NOTE)


def test_a_comment_stays_when_the_answer_is_changed_and_is_taken_away_by_an_empty_one(anna: Chat) -> None:
    opens(anna, **ALL).presses("Kommentera").presses("Spara", Kommentar=NOTE).presses("Ja")
    anna.types("ändra 1").presses("Nej")
    assert anna.written("child_heard").note == NOTE

    anna.types("ändra 1").presses("Kommentera").sees(NOTE).presses("Spara", Kommentar="")
    assert (anna.written("child_heard").choice, anna.written("child_heard").note) == ("nej", "")


def test_an_unchanged_comment_is_no_new_revision(anna: Chat) -> None:
    opens(anna, **ALL).presses("Kommentera").presses("Spara", Kommentar=NOTE)

    anna.presses("Kommentera").presses("Spara").sees("Kommentaren är oförändrad.")

    assert anna.revisions("child_heard") == ["obesvarad"]


def test_a_personal_number_in_a_comment_is_refused_and_not_echoed(anna: Chat, room: Room) -> None:
    opens(anna, **ALL).presses("Kommentera").presses("Spara", Kommentar=f"Pappan {NUMBER}")

    anna.sees("personnummer").sees_no("Pappan", NUMBER)
    assert anna.stored("child_heard") == ""
    assert NUMBER not in str(room.content())
    anna.presses("Tillbaka").is_asked("child_heard")


def test_a_comment_over_4000_characters_is_refused(anna: Chat) -> None:
    opens(anna, **ALL).presses("Kommentera").presses("Spara", Kommentar="ö" * 4001).sees(
        "4001 tecken och 4000 får plats"
    )

    assert anna.stored("child_heard") == ""


def test_a_comment_may_be_typed(anna: Chat) -> None:
    opens(anna, **ALL).presses("Kommentera").types(NOTE).sees("Kommentaren är sparad.")

    assert anna.written("child_heard").note == NOTE


# --- how a child was heard ---------------------------------------------------------------------------------


def test_how_a_child_was_heard_may_be_told_and_never_has_to_be(anna: Chat) -> None:
    opens(anna, **ALL).presses("Ja").is_asked("child_informed_report").sees("Hur kom barnet till tals? Frivilligt.")

    anna.presses("Eget samtal").is_asked("child_informed_report").sees("Sparat: Eget samtal.")
    anna.sees_no("Frivilligt")
    assert (anna.written("child_heard").choice, anna.written("child_heard").option) == ("ja", "own_talk")

    fills(anna).sees("Har barnet kommit till tals under utredning?\nEget samtal\nJa")


def test_left_alone_it_is_gone_with_the_next_press(anna: Chat) -> None:
    opens(anna, **ALL).presses("Ja")
    fills(anna, until="communication_boxes_filled").sees_no("Frivilligt")

    assert anna.written("child_heard").option == ""


def test_a_no_is_not_asked_how(anna: Chat) -> None:
    opens(anna, **ALL).presses("Nej").sees_no("Frivilligt")


def test_a_changed_answer_forgets_how(anna: Chat) -> None:
    opens(anna, **ALL).presses("Ja").presses("Observation")
    anna.types("ändra 1").presses("Nej")

    assert anna.written("child_heard").option == ""


# --- a new basis -------------------------------------------------------------------------------------------


def test_a_case_whose_basis_is_signed_is_offered_a_new_one_and_the_signed_one_stays(anna: Chat, room: Room) -> None:
    fills(opens(anna, **ALL)).presses("Skicka till chef")
    room.desk.run_now(lambda s: s.connection().exec_driver_sql("update filled_checklist set status = 'signed'"))

    anna.types(f"ny {REF}").sees("har ett signerat underlag")
    menu = anna.shown
    anna.presses("Nytt underlag").sees("Uppgifter som avgör", "Nu: Nej").presses("Spara").is_asked("child_heard")

    anna.presses("Nytt underlag", on=menu)
    assert room.scalar("select max(occasion) from filled_checklist") == 2
    assert room.scalar("select count(*) from answer where filled_id = 1 and choice = 'ja'") == 8
    assert anna.stored("child_heard") == ""
