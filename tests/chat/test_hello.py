"""First contact: help, welcome, language, strangers, and unknown words."""

import json
from pathlib import Path

import pytest

from tests.chat.drive import opens
from tests.chat.harness import NORTH, REF, Chat, Room, move_in


@pytest.mark.parametrize("word", ["hjälp", "hej", "?", "HJÄLP", "hjalp", "Hej", "help", "hello", "  hjälp  ", "hjälp."])
def test_help_says_what_a_worker_can_do_as_buttons(anna: Chat, word: str) -> None:
    anna.types(word).sees("Det här kan du göra", "vad saknas")

    assert anna.buttons == ["Nytt ärende", "Ny skyddsbedömning", "Mina ärenden", "Hjälp"]


def test_every_button_of_the_help_leads_somewhere(anna: Chat) -> None:
    help_card = anna.types("hjälp").shown

    anna.presses("Nytt ärende", on=help_card).sees("Vilket ärende gäller det?")
    anna.presses("Mina ärenden", on=help_card).sees("Du har inga öppna ärenden")
    anna.presses("Hjälp", on=help_card).sees("Det här kan du göra")


def test_help_leads_back_to_the_open_case(anna: Chat) -> None:
    opens(anna).types("hjälp")

    anna.presses(f"Fortsätt {REF}").is_asked("child_heard")


def test_help_to_someone_who_is_no_worker_offers_nothing_she_may_not_do(room: Room) -> None:
    vera = room.chat("vera").types("hjälp")

    assert vera.buttons == ["Ny: Revisorns stickprov", "Mina ärenden", "Hjälp"]
    vera.types("språk en").types("help").sees("new sample audit SN 2026/0456").sees_no("stickprov")
    vera.types("new sample audit SN 2026/0456").types("språk sv")
    vera.types("ny SN 2026/0001").sees("Det finns inget ärende")
    vera.types("uppgifter SN 2026/0001").sees("Det finns inget ärende")
    assert room.events("case_opened") == []


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("hjäpl", "hjälp"),
        ("mina ärende", "mina ärenden"),
        ("fortsat", "fortsätt"),
        ("fromulär", "formulär"),
        ("vad sakans", "vad saknas"),
    ],
)
def test_an_unknown_word_gets_the_nearest_command_and_her_open_case(anna: Chat, typed: str, nearest: str) -> None:
    opens(anna).types("hjälp").types(typed).sees("Det förstod jag inte", f"Menade du ”{nearest}”?")

    assert nearest in anna.buttons
    anna.presses(f"Fortsätt {REF}").is_asked("child_heard")


def test_the_nearest_command_can_be_pressed(anna: Chat) -> None:
    anna.types("mina arenden").sees("Mina ärenden")
    anna.types("minna ärenden")
    assert anna.buttons == ["mina ärenden", "Nytt ärende", "Ny skyddsbedömning", "Hjälp"], "one button of each command"
    anna.presses("mina ärenden").sees("Du har inga öppna ärenden")


def test_words_near_nothing_get_what_can_be_done_and_nothing_is_kept_of_them(anna: Chat, room: Room) -> None:
    anna.types("xyzzy plugh").sees("Det förstod jag inte", "Inget har sparats")

    assert anna.buttons == ["Nytt ärende", "Ny skyddsbedömning", "Mina ärenden", "Hjälp"]
    assert room.count() == 0


def test_welcome_comes_once_whatever_happens_to_the_installation(anna: Chat, room: Room) -> None:
    anna.installs().sees("Välkommen till Beslutskollen", "aldrig något till AI-tjänster", "Nytt ärende")
    shown = len(anna.posted)

    anna.installs()
    anna.removes()
    anna.installs()

    assert len(anna.posted) == shown
    assert len(room.events("installed")) == 1


def test_a_stranger_gets_one_polite_swedish_sentence_whatever_she_does(room: Room) -> None:
    stranger = room.chat("nobody")
    stranger.refreshing = False
    polite = "Hej! Beslutskollen är till för medarbetare som är upplagda i registret."
    before = room.content_but("event")

    for line in ("hej", "help", "ny SN 2026/0123", "ja"):
        assert stranger.types(line).text.count(polite) == 2  # the text, and the message in the chat
    stranger.installs().sees(polite)
    stranger.removes()

    assert room.content_but("event") == before
    assert [(event.actor, event.act) for event in room.events()[-4:]] == [("unknown", "denied")] * 4


def test_a_stranger_who_presses_a_card_gets_the_same_sentence(anna: Chat, room: Room) -> None:
    opens(anna)
    stranger = room.chat("nobody")
    stranger.refreshing = False

    stranger.presses("Ja", on=anna.shown).sees("upplagda i registret").sees_no(REF)

    assert anna.stored("child_heard") == ""


def test_a_role_that_has_ended_is_no_role(anna: Chat, room: Room) -> None:
    opens(anna)
    room.desk.run_now(lambda session: session.connection().exec_driver_sql("update role set valid_to = '2026-05-11'"))

    anna.presses("Ja").sees("upplagda i registret")

    assert anna.stored("child_heard") == ""


def test_english_once_chosen_stays_and_swedish_comes_back(anna: Chat) -> None:
    anna.types("språk en").sees("write to you in English")
    anna.types("help").sees("New case")
    opens(anna).sees("Has the child been heard during the investigation?", "0 of")
    anna.presses("No").sees("Where in the case file")
    assert anna.stored("child_heard") == "nej"

    assert anna.types("continue").language == "en"
    anna.types("language sv").sees("Nu skriver jag på svenska")
    anna.types("fortsätt").sees("Om inte, finns en motivering")


def test_a_language_that_is_not_spoken_is_asked_about(anna: Chat) -> None:
    anna.types("språk").sees("språk sv", "språk en")
    anna.types("språk de").sees("språk sv", "språk en")


def test_a_reviewers_way_is_what_is_drawn_for_her(room: Room) -> None:
    move_in(room.desk, ("gun", "Gun Låtsas", NORTH, "peer_reviewer"))

    gun = room.chat("gun").types("hjälp").sees("granska").sees_no("mina ärenden", "Ny kollegial granskning")
    assert "Granska" in gun.buttons


PACKAGE = json.loads((Path(__file__).parents[2] / "manifest" / "manifest.json").read_text(encoding="utf-8"))
MENU = [command["title"] for listed in PACKAGE["bots"][0]["commandLists"] for command in listed["commands"]]


@pytest.mark.parametrize("name", ["anna", "cecilia", "vera", "mia", "ada", "greta", "dep"])
def test_no_entry_of_the_package_menu_is_a_dead_end_for_any_role(room: Room, name: str) -> None:
    roles = {"mia": "manager", "ada": "admin", "greta": "peer_reviewer", "dep": "deputy"}
    people = [(one, f"{one} Påhittad", NORTH, role) for one, role in roles.items()]
    move_in(room.desk, *people, days="2026-05-01,2026-12-31")
    chat = room.chat(name)

    for word in MENU:
        assert chat.types(word).buttons, chat.text


def test_a_deputy_is_not_told_of_what_she_may_not_do(room: Room) -> None:
    move_in(room.desk, ("dep", "Dep Påhittad", NORTH, "deputy"), days="2026-05-01,2026-12-31")

    room.chat("dep").types("hjälp").sees("att läsa").sees_no("ersättare")
