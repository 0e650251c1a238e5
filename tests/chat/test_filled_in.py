"""Whatever button is pressed on a card: what is filled in on it is kept, and what is refused of it is said."""

import pytest

from tests.chat.card_hand import actions, button, gathered, inputs
from tests.chat.drive import fact_fields, opens
from tests.chat.harness import REF, REGISTER, Chat, Room, move_in
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


# --- the chef's card of a case ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "seen"),
    [
        ("Förläng", "Förläng en tidsgräns"),
        ("Kopplade ärenden", "Kopplade ärenden"),
        ("Enhetens ärenden", "Öppna ärenden: 1."),
        ("Börja läsa", "Läs underlaget först"),
    ],
)
def test_a_lead_who_is_chosen_is_kept_by_every_press_on_the_chefs_card(room: Room, title: str, seen: str) -> None:
    sent(room)
    cecilia = room.chat("cecilia").types(f"uppgifter {REF}")
    old = cecilia.shown
    cecilia.presses(title, {"Handläggare": "Bo Exempel"}).sees(seen, "Sparat")

    assert room.scalar(f"select name from person where id = {room.case().lead_id}") == "Bo Exempel"
    cecilia.presses(title, {"Handläggare": "Anna Påhittad"}, on=old).sees("ändrats")


@pytest.mark.parametrize("title", ["Förläng", "Kopplade ärenden", "Enhetens ärenden"])
def test_nothing_chosen_on_the_chefs_card_changes_nothing_on_the_way(room: Room, title: str) -> None:
    sent(room)
    cecilia = room.chat("cecilia").types(f"uppgifter {REF}")
    case = room.case().model_dump()
    cecilia.presses(title).sees_no("Sparat", "inte sparat")
    assert room.case().model_dump() == case
    cecilia.types(f"uppgifter {REF}").presses(title, {"Medhandläggare": "Ingen"}).sees_no("Sparat")


# --- every card with fields, by every other button -------------------------------------------------------------------

CARDS = {
    "anna": ("uppgifter", "ändra 2", "ändra 3", "fel nummer", "koppla", "formulär", "ändra 1|Kommentera"),
    "cecilia": (f"uppgifter {REF}", "ersättare", f"fel nummer {REF}", f"koppla {REF}", "åtgärder", "egenkontroll"),
    "henrik": ("administrera|Lägg till person", "administrera|Enheter", "administrera|Inställningar"),
    "mona": ("åtgärder", "egenkontroll|Ny omgång", "egenkontroll|Årets plan|Ny uppgift", "åtgärder|Fynd"),
}
"""Ways to cards with fields: what is typed, and the buttons pressed from there."""
SAVES = ("Spara", "Spara handläggare", "Finns i akten", "Avsluta", "Lägg till", "Skapa")
BESIDE = ("inbox", "conversation", "event", "event_seal", "outbox", "case_key")


@pytest.mark.parametrize(("name", "way"), [(name, way) for name, ways in CARDS.items() for way in ways])
def test_what_is_filled_in_is_never_dropped_without_a_word(room: Room, name: str, way: str) -> None:
    move_in(room.desk, *REGISTER, ("henrik", "Henrik Hittepå", "", "admin"), ("mona", "Mona Exempel", "", "manager"))
    anna = opens(room.chat("anna"), **ALL)
    anna.types("nej").is_asked("child_not_heard_motivated")
    chat = room.chat(name)
    line, *pressed = way.split("|")

    def reaches() -> None:
        chat.types(line)
        for title in pressed:
            chat.presses(title)

    reaches()
    titles = [(action["title"], place) for place, action in enumerate(actions(chat.card))]
    assert not inputs(chat.card) or titles
    for title, place in titles:
        if not inputs(chat.card) or title in SAVES:
            continue
        reaches()
        before = room.content_but(*BESIDE)
        fields = {one: filled for one, element in inputs(chat.card).items() if (filled := _something(element, place))}
        chat.sends(gathered(chat.card, actions(chat.card)[place], fields), reply_to=chat.at)
        is_shown = not chat.said and any(
            str(one.get("value", "")) == fields.get(key) for key, one in inputs(chat.card).items()
        )
        kept = before != room.content_but(*BESIDE) or is_shown
        assert kept or "inte sparat" in chat.text or "inget på kortet" in chat.text.lower(), f"{title}: {chat.text}"


def _something(element: dict[str, object], nth: int) -> str:
    """Return something that a field does not hold yet, another each time."""
    kind, now = element["type"], element.get("value", "")
    if kind == "Input.Text":
        return f"{WHY} {nth}"
    if kind == "Input.Date":
        return f"2026-05-{nth + 1:02}"
    if kind == "Input.Number":
        return str(nth + 2)
    choices = [str(one["value"]) for one in element.get("choices", ())]  # type: ignore[attr-defined]
    others = [one for one in choices if one not in ("", now)]
    return others[nth % len(others)] if others else ""


def test_what_is_untouched_is_not_said_to_be_lost(room: Room) -> None:
    cecilia = room.chat("cecilia")
    opens(room.chat("anna"), **ALL)
    cecilia.types(f"fel nummer {REF}").presses("Hjälp").sees_no("inte sparat")
    cecilia.types(f"fel nummer {REF}").presses("Hjälp", {"Ärende": "SN 2026/0124"}).sees("inte sparat")


@pytest.mark.parametrize(("line", "title"), [("fel nummer", "Spara"), ("koppla", "Koppla")])
@pytest.mark.parametrize("typed", ["hittar det inte!", "SN 2026/0123 och SN 2026/0124 och SN 2026/0125"])
def test_a_refused_reference_stands_on_the_card_again(anna: Chat, line: str, title: str, typed: str) -> None:
    opens(anna, **ALL).types(line).presses(title, {"case_ref": typed}).sees("Inget har ändrats")
    assert inputs(anna.card)["case_ref"]["value"] == typed

    anna.refreshing = False
    anna.submits(title, {"case_ref": typed}).sees("Inget har ändrats")
    assert inputs(anna.card)["case_ref"].get("value", "") in ("", REF)
    anna.presses(title, {"case_ref": NUMBER}).sees_no(NUMBER)


MORE = {"henrik": (), "mona": ("åtgärder|Fynd|Nytt fynd", "åtgärder|Fynd|Ny åtgärd")}


@pytest.mark.parametrize(("name", "way"), [(name, way) for name, ways in MORE.items() for way in (*CARDS[name], *ways)])
def test_a_personal_number_is_not_put_back_into_the_fields_of_a_card(room: Room, name: str, way: str) -> None:
    move_in(room.desk, *REGISTER, ("henrik", "Henrik Hittepå", "", "admin"), ("mona", "Mona Exempel", "", "manager"))
    chat = room.chat(name)
    line, *pressed = way.split("|")
    for place in range(20):
        chat.types(line)
        for title in pressed:
            chat.presses(title)
        fields = {one: NUMBER for one, element in inputs(chat.card).items() if element["type"] == "Input.Text"}
        if place == len(actions(chat.card)) or not fields:
            break
        chat.sends(gathered(chat.card, actions(chat.card)[place], fields), reply_to=chat.at)
        assert NUMBER not in chat.said + str(chat.posted[chat.at])
