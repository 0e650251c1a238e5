"""Whatever button is pressed on a card: what is filled in on it is kept, and what is refused of it is said."""

import pytest

from tests.chat.card_hand import button, gathered, inputs
from tests.chat.drive import fact_fields, opens
from tests.chat.harness import REF, Chat, Room
from tests.chat.lived import lived_once
from tests.chat.read_drive import begins, reads, sent
from tests.chat.test_typing import ALL, GROUP, NUMBER, WHY, informed

CHOSEN = {GROUP[0]: "Ja", GROUP[2]: "Pågår"}
KEPT = ["ja", "", "pagaende", ""]


@pytest.fixture
@lived_once
def information(anna: Chat) -> Chat:
    """Anna at the information card, with the optional question of how the child was heard on it."""
    return opens(anna, **ALL).presses("Ja").is_asked("child_informed_report")


@pytest.mark.parametrize("title", ["Tillbaka", "Pausa", "Formulär", "Eget samtal"])
@pytest.mark.parametrize("submit", [False, True])
def test_what_is_chosen_on_the_information_card_is_kept_by_every_press(
    information: Chat, title: str, *, submit: bool
) -> None:
    press = information.submits if submit else information.presses
    press(title, CHOSEN)

    assert informed(information) == KEPT


@pytest.mark.parametrize("title", ["Tillbaka", "Pausa", "Formulär", "Eget samtal"])
def test_pressing_the_same_again_stores_nothing_twice(information: Chat, room: Room, title: str) -> None:
    card = information.shown
    information.replays = True
    information.presses(title, CHOSEN, on=card)
    rows, text = room.count(), information.text

    information.presses(title, CHOSEN, on=card)

    assert (room.count(), information.text) == (rows, text)


def test_how_the_child_was_heard_and_the_choices_beside_it_are_both_kept(information: Chat) -> None:
    information.presses("Eget samtal", CHOSEN).is_asked("child_informed_report")

    assert information.written("child_heard").option
    assert informed(information) == KEPT


def test_a_press_without_choices_stores_nothing(information: Chat, room: Room) -> None:
    rows = room.count()
    information.presses("Formulär")

    assert room.count() == rows


@pytest.mark.parametrize("title", ["Pausa", "Tillbaka", "Formulär", "Eget samtal"])
def test_an_answer_that_was_changed_meanwhile_stands_and_the_others_are_kept(information: Chat, title: str) -> None:
    card = information.shown
    information.types("nej")

    information.presses(title, {GROUP[0]: "Ja", GROUP[1]: "Ja"}, on=card)

    assert informed(information)[:2] == ["nej", "ja"]
    information.sees("Ett svar ändrades efter att kortet visades")


def test_a_choice_that_is_not_allowed_is_refused_and_said(information: Chat) -> None:
    data = gathered(information.card, button(information.card, "Pausa"), {})
    information.sends({**data, GROUP[0]: "pagaende"})

    assert informed(information) == [""] * 4
    information.sees("Det svaret kan inte ges")


@pytest.mark.parametrize("title", ["Spara", "Formulär"])
def test_the_facts_card_keeps_its_choices_by_every_press(anna: Chat, title: str) -> None:
    anna.types(f"ny {REF}").presses(title, fact_fields(anna, {"violence": "ja", "child_placed": "nej"}))

    assert anna.facts() == {"violence": "ja", "child_placed": "nej"}


def test_what_is_refused_on_the_facts_card_is_shown_again_as_typed(anna: Chat) -> None:
    anna.types(f"ny {REF}").presses("Formulär", {"children": "25", "planned": "2026-09-11"})

    fields = {field["id"]: field.get("value") for field in anna.card["body"] if field["type"].startswith("Input.")}
    assert anna.sees("Antal barn ska vara").facts() == {}
    assert (fields["children"], fields["planned"]) == (25, "2026-09-11")


@pytest.mark.parametrize("title", ["Förläng", "Avsluta"])
def test_what_is_filled_in_on_the_details_card_is_kept_by_every_press(
    information: Chat, room: Room, title: str
) -> None:
    information.types("uppgifter").presses(title, {"opened_on": "2026-05-04", "protected_identity": "Ja"})

    information.sees({"Förläng": "Förläng en tidsgräns", "Avsluta": "Avsluta ärendet"}[title], "Sparat.")
    case = room.case()
    assert (str(case.opened_on), case.protected_identity) == ("2026-05-04", True)


def test_a_date_that_is_refused_stops_the_way_on_and_stands_as_typed(information: Chat, room: Room) -> None:
    information.types("uppgifter").presses("Förläng", {"received_on": "2026-05-04", "opened_on": "2026-06-30"})

    information.sees("har inte varit än", "Allt annat på kortet är sparat")
    assert (str(room.case().received_on), room.case().opened_on) == ("2026-05-04", None)
    fields = {field["id"]: field.get("value") for field in information.card["body"] if "id" in field}
    assert fields["opened_on"] == "2026-06-30"


def test_an_untouched_details_card_changes_nothing_on_the_way(information: Chat, room: Room) -> None:
    events = len(room.events())
    information.types("uppgifter").presses("Förläng").sees("Förläng en tidsgräns").sees_no("Sparat.")

    assert len(room.events()) == events


def test_a_comment_is_kept_by_going_back_too(information: Chat) -> None:
    information.types("ändra 1").presses("Kommentera").presses("Tillbaka", {"Kommentar": WHY}).is_asked("child_heard")

    assert information.written("child_heard").note == WHY
    information.presses("Kommentera").presses("Tillbaka", {"Kommentar": ""})
    assert information.written("child_heard").note == WHY, "an empty field of a posted card takes nothing away"


def test_a_refused_comment_is_said_and_the_card_stays(information: Chat) -> None:
    information.types("ändra 1").presses("Kommentera").presses("Tillbaka", {"Kommentar": f"mamman {NUMBER}"})

    information.sees("ser ut som ett personnummer", "Kommentar").sees_no(NUMBER)
    assert not information.written("child_heard").note


def test_a_text_beside_motivation_missing_is_not_lost(anna: Chat) -> None:
    opens(anna, **ALL).presses("Nej").presses("Motivering saknas", {"motivation": WHY}).sees("finns kvar som utkast")

    assert anna.written("child_not_heard_motivated").motivation_kind == "missing"
    anna.types("ändra 2").sees(WHY)


@pytest.mark.parametrize(("title", "seen"), [("Pausa", "Pausad, 2 av 9"), ("Återlämna", "Frågor att titta på igen")])
@pytest.mark.parametrize("submit", [False, True])
def test_what_the_chef_has_filled_in_is_kept_by_every_press(room: Room, title: str, seen: str, *, submit: bool) -> None:
    sent(room)
    cecilia = begins(room.chat("cecilia"))
    press = cecilia.submits if submit else cecilia.presses
    press(title, {"child_heard": "nej", "police_report_decided": "ja"}).sees(seen)

    cecilia.types(REF)
    assert {"child_heard", "police_report_decided"}.isdisjoint(inputs(cecilia.card))
    cecilia.types("enhetens ärenden").types("att läsa").presses("Fortsätt läsa")
    assert reads(cecilia).kind() == "reading"


def test_what_is_refused_of_the_reading_stops_the_way_out(room: Room) -> None:
    sent(room, {"child_heard": "nej"})
    cecilia = begins(room.chat("cecilia"))
    old = cecilia.shown
    cecilia.presses("Spara", {"child_heard": "nej"})

    cecilia.presses("Pausa", {"child_heard": "ja", "police_report_decided": "nej"}, on=old)
    cecilia.sees("ändrades", "Läsning")
