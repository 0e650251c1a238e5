"""The chef reads blind with her own checklist, and sees the differences afterwards."""

from itertools import product

import pytest

from checklists.lifecycle import READER
from tests.chat.card_hand import actions, as_sent, elements, inputs
from tests.chat.drive import TEXTS, fills, opens
from tests.chat.harness import NORTH, REF, Chat, Room, asked, move_in
from tests.chat.read_drive import ALL, begins, reads, sent

TWO_GAPS = {"communication_boxes_filled": "nej", "police_report_motivated": "missing"}


@pytest.fixture
def cecilia(room: Room) -> Chat:
    return room.chat("cecilia")


# --- hand-over ---------------------------------------------------------------------------------------------


def test_sending_tells_the_chef_at_once_with_the_exact_questions_and_no_free_text(room: Room, cecilia: Chat) -> None:
    sent(room, TWO_GAPS)

    cecilia.receives().sees(f"{REF} är skickat för läsning", "Handläggare: Anna Påhittad")
    cecilia.sees("Planerat beslut 2026-09-12", "8 av 8 besvarade. Det här saknas:")
    cecilia.sees(
        "7 · Är kommuniceringsrutorna på sista sidan ifyllda?",
        "10 · Finns en motivering till beslutet kring polisanmälan?",
    )
    cecilia.sees_no("Besvarad med Nej", TEXTS["motivation"])
    assert cecilia.buttons == ["Börja läsa"]


def test_what_waits_is_listed_oldest_first_five_at_a_time(room: Room, cecilia: Chat, anna: Chat) -> None:
    cecilia.types("att läsa").sees("Inget väntar")
    for number in range(1, 8):
        opens(anna, f"SN 2026/000{number}", **ALL).types("vad saknas").presses("Skicka till chef")
        room.later(minutes=1)

    cecilia.types("att lasa").sees("SN 2026/0001", "SN 2026/0005", "Skickat 10:42", "7 saknas").sees_no("SN 2026/0006")
    cecilia.presses("Visa fler").sees("SN 2026/0006", "SN 2026/0007").sees_no("SN 2026/0005")
    cecilia.types("to read").presses("Börja läsa", nth=1)
    assert cecilia.kind() == "form"
    cecilia.types("att läsa")
    assert cecilia.buttons[:2] == ["Börja läsa", "Fortsätt läsa"]


def test_a_case_she_is_lead_or_co_worker_of_never_waits_for_her(room: Room) -> None:
    move_in(room.desk, ("anna", "Anna Påhittad", NORTH, "unit_manager"))
    anna = sent(room)

    anna.types("att läsa").sees("Inget väntar")
    anna.types(f"fortsätt {REF}").sees_no("Signera")
    assert room.count() == 8


def test_nobody_in_the_unit_has_the_app_and_it_is_sent_all_the_same(room: Room, anna: Chat) -> None:
    fills(opens(anna, **ALL)).presses("Skicka till chef").sees("Saknar appen: Cecilia Fiktiv", "Skickat till chef")

    assert room.scalar("select status from filled_checklist") == "sent"
    room.chat("cecilia").types("att läsa").sees(REF)
    anna.types("mina ärenden").presses(f"Öppna {REF}")


@pytest.mark.parametrize(
    "typed", [f"ny {REF}", f"new {REF}", f"ny beslutsunderlag {REF}", REF, f"fortsätt {REF}", f"formulär {REF}"]
)
def test_whoever_reads_the_case_begins_by_naming_it(room: Room, cecilia: Chat, typed: str) -> None:
    sent(room)

    assert cecilia.types(typed).kind() == "form"
    assert [event.act for event in room.events("reading_begun")] == ["reading_begun"]


def test_a_chef_who_is_a_case_worker_too_reads_the_case_that_others_have(room: Room, bo: Chat) -> None:
    move_in(room.desk, ("bo", "Bo Exempel", NORTH, "unit_manager"))
    sent(room)

    assert bo.types(f"ny {REF}").kind() == "form"
    bo.types("ny SN 2026/0555").sees("Uppgifter som avgör")
    assert room.events("denied") == []
    room.chat("eva").types(f"ny {REF}").sees("används redan").presses("Be chefen")


@pytest.mark.parametrize("typed", ["tillbaka", "ångra"])
def test_what_she_has_not_begun_to_read_is_said_to_wait_for_her(room: Room, cecilia: Chat, typed: str) -> None:
    sent(room)

    cecilia.types(f"{typed} {REF}").sees("väntar på din läsning").sees_no("inte skickat").presses("Börja läsa")
    assert cecilia.kind() == "form"


def test_she_is_told_all_that_is_missing_and_led_on_to_her_reading(room: Room, anna: Chat, cecilia: Chat) -> None:
    opens(anna, children=3, **ALL).types("vad saknas").presses("Skicka till chef")

    cecilia.types(f"vad saknas {REF}").sees("Barn 1", "Barn 2").sees_no("Barn 3 ·", "Obesvarad")
    first = cecilia.text
    assert cecilia.buttons == ["Börja läsa", "Visa fler"]
    cecilia.presses("Visa fler").sees("Barn 3").sees_no("Obesvarad")
    assert cecilia.text != first
    assert cecilia.presses("Börja läsa").kind() == "form"
    assert cecilia.types("vad saknas").buttons[0] == "Fortsätt läsa"


def test_what_she_has_not_begun_to_read_is_not_paused(room: Room, cecilia: Chat) -> None:
    sent(room)

    cecilia.types(f"paus {REF}").sees("inget påbörjat att pausa").sees_no("0 av 0")


# --- reading -----------------------------------------------------------------------------------------------


def test_she_reads_all_on_one_form_and_nothing_of_the_workers_answers_reaches_her(room: Room, cecilia: Chat) -> None:
    anna = sent(room, {"child_heard": "nej", **TWO_GAPS})
    begins(cecilia)

    assert cecilia.kind() == "form"
    assert len(inputs(cecilia.card)) == 7
    reads(cecilia, {"child_heard": "ja"}).sees("Du har läst klart")
    everything = "\n".join(as_sent(card) for card in cecilia.posted.values() if isinstance(card, dict))
    for leak in ("Nej utan", "Besvarad", "motiverat i text", 'saknas"', *TEXTS.values()):
        assert leak not in everything
    assert anna.stored("child_heard") == "nej"
    assert room.scalar("select count(*) from filled_checklist where role = 'unit_manager'") == 1


def test_motivation_items_are_plain_questions_to_her(room: Room, cecilia: Chat) -> None:
    sent(room)
    reads(begins(cecilia), {"child_heard": "nej", "child_not_heard_motivated": "nej"})

    assert (
        room.scalar(
            "select choice from answer a join filled_checklist f on f.id = a.filled_id "
            "where f.role = 'unit_manager' and a.item_id = 'child_not_heard_motivated'"
        )
        == "nej"
    )


def test_what_has_come_to_apply_is_asked_in_the_next_form(room: Room, cecilia: Chat) -> None:
    sent(room)
    begins(cecilia)
    first = dict.fromkeys(inputs(cecilia.card), "nej")

    cecilia.presses("Spara", first).sees("Det här är kvar")

    assert list(inputs(cecilia.card)) == ["child_not_heard_motivated"]


def test_half_a_form_is_kept_and_gone_on_with_after_a_pause(room: Room, cecilia: Chat) -> None:
    sent(room)
    begins(cecilia).presses("Spara").sees("Inget var ifyllt").sees_no("Sparat.")
    cecilia.presses("Spara", {"child_heard": "Ja"}).sees("Sparat. Det här är kvar").presses("Pausa").sees("Pausad")

    cecilia.types("att läsa").presses("Fortsätt läsa")

    assert "child_heard" not in inputs(cecilia.card)
    cecilia.types(f"formulär {REF}")
    assert "child_heard" not in inputs(cecilia.card)


def test_the_differences_come_only_when_the_reading_is_complete_and_end_it(room: Room, cecilia: Chat) -> None:
    sent(room)
    begins(cecilia)
    assert "Visa skillnader" not in cecilia.buttons

    reads(cecilia, {"communication_boxes_filled": "nej"}).presses("Visa skillnader")

    cecilia.sees("Svaren skiljer sig åt på 1 fråga", "Du", "Handläggaren", TEXTS["motivation"])
    assert cecilia.text.index("kommuniceringsrutorna") < cecilia.text.index("kommit till tals")
    cecilia.types("ändra 1").sees("Skillnader").sees_no("Tillbaka")
    cecilia.types(f"formulär {REF}").sees("Skillnader")
    cecilia.types("ångra").sees("Din läsning är avslutad")


def test_a_press_made_before_the_differences_changes_nothing_after_them(room: Room, cecilia: Chat) -> None:
    sent(room)
    form = begins(cecilia).shown
    reads(cecilia).presses("Visa skillnader")
    before = room.count()

    cecilia.presses("Spara", dict.fromkeys(inputs(form.card), "nej"), on=form)

    assert room.count() == before


def test_two_readings_of_two_chefs_are_blind_to_each_other(room: Room) -> None:
    move_in(room.desk, ("david", "David Provsson", NORTH, "unit_manager"))
    sent(room, readers=("cecilia", "david"))
    cecilia, david = room.chat("cecilia"), room.chat("david")
    reads(begins(cecilia), {"child_heard": "nej", "child_not_heard_motivated": "ja"}).presses("Visa skillnader")

    begins(david)

    assert "Nu:" not in david.text
    reads(david).presses("Visa skillnader").sees("Inga skillnader")
    assert room.scalar("select count(*) from filled_checklist where role = 'unit_manager'") == 2


def test_she_may_change_her_own_answers_until_she_sees_the_differences(room: Room, cecilia: Chat) -> None:
    sent(room)
    reads(begins(cecilia))
    cecilia.types("ändra 1").is_asked("child_heard").presses("Nej").types("fortsätt")
    reads(cecilia, {"child_not_heard_motivated": "ja"}).presses("Visa skillnader")

    cecilia.sees("Fråga", "Du", "Handläggaren")


def test_what_is_missing_names_only_questions_until_she_has_read(room: Room, cecilia: Chat) -> None:
    sent(room, TWO_GAPS)
    cecilia.types(f"vad saknas {REF}").sees("kommuniceringsrutorna").sees_no("Besvarad med Nej")
    assert cecilia.buttons == ["Börja läsa"]

    cecilia.types("att läsa").presses("Börja läsa")
    reads(cecilia).presses("Visa skillnader").types(f"vad saknas {REF}").sees("Besvarad med Nej")


FACTS = ("violence", "child_placed", "intervention_decided", "child_communicated")
SOME = [dict(zip(FACTS, values, strict=True)) for values in product(("ja", "nej"), repeat=4)][::3]


@pytest.mark.parametrize("answer", ["ja", "nej"])
@pytest.mark.parametrize("facts", [*SOME, {}], ids=lambda facts: "-".join(facts.values()) or "unknown")
def test_a_reading_costs_one_press_a_question_and_four(room: Room, facts: dict[str, str], answer: str) -> None:
    cecilia, anna = room.chat("cecilia").installs(), room.chat("anna")
    opens(anna, **facts).types("vad saknas").presses("Skicka till chef")
    cecilia.receives()
    cecilia.presses_made = 0

    reads(cecilia.presses("Börja läsa"), otherwise=answer).presses("Visa skillnader")

    assert room.scalar("select status from filled_checklist where role = 'unit_manager'") == "seen"
    query = "select count(distinct item_id) from answer a join filled_checklist f on f.id = a.filled_id where f.role = "
    applicable = room.scalar(f"{query}'{READER}'")
    assert cecilia.presses_made + applicable <= applicable + 4


def test_several_children_are_read_one_after_the_other(room: Room, cecilia: Chat, anna: Chat) -> None:
    cecilia.installs()
    fills(opens(anna, children=2, **ALL)).presses("Skicka till chef")

    begins(cecilia).sees("Barn 1 (äldst)")
    reads(cecilia).presses("Visa skillnader").sees("Barn 1 (äldst)", "Barn 2")
    assert asked(cecilia.view) == "differences"


def test_a_reading_in_english(room: Room, cecilia: Chat) -> None:
    cecilia.types("language en")
    sent(room, TWO_GAPS)
    cecilia.receives().sees("has been sent for reading").presses("Start reading")

    reads(cecilia, {"child_heard": "nej", "child_not_heard_motivated": "ja"}).presses("Show differences")

    cecilia.sees("Question", "You", "Case worker", "missing:")


def test_the_card_says_that_it_is_a_reading_and_what_is_hidden(room: Room, cecilia: Chat) -> None:
    sent(room)
    begins(cecilia).sees("Läsning", "Läs underlaget först", "Handläggarens svar är dolda").sees_no("Formulär")
    cecilia.presses("Spara", {"child_heard": "Ja"}).sees("Läsning").sees_no("Har barnet kommit till tals")


def test_equal_answers_are_folded_below_those_that_differ(room: Room, cecilia: Chat) -> None:
    sent(room)
    reads(begins(cecilia), {"child_heard": "nej"}).presses("Visa skillnader").sees("Visa lika svar (")
    [box] = [one for one in elements(cecilia.card) if one.get("id") == "equal0"]
    assert box["isVisible"] is False
    assert "komma" not in str(box)
    assert "kommuniceringsrutorna" in str(box)
    assert "kommit till tals under utredning" not in str(box)


def test_in_a_return_the_gaps_are_marked_and_what_she_chose_is_kept(room: Room, cecilia: Chat) -> None:
    anna = sent(room, {"communication_boxes_filled": "nej"})
    reads(begins(cecilia), {"communication_boxes_filled": "nej"}).presses("Visa skillnader")
    styled = [one["title"] for one in actions(cecilia.card) if one.get("style") == "positive"]
    assert styled == ["Återlämna"]

    cecilia.presses("Återlämna")
    marked = inputs(cecilia.card)["items"]["value"]
    assert marked.endswith("/communication_boxes_filled")
    cecilia.presses("Återlämna", Kommentar=" ").sees("Skriv något i fältet")
    assert inputs(cecilia.card)["items"]["value"] == marked
    cecilia.presses("Återlämna", Kommentar="Påhittad kommentar: titta på rutorna igen").sees("titta på igen: 1")
    anna.receives().sees("kommuniceringsrutorna")


@pytest.mark.parametrize("line", ["Komplettera fråga 2", "Har ni pratat med barnet?", "Barnet måste höras", "ja"])
def test_a_comment_typed_beside_the_card_sends_nothing_back_and_is_told_so(
    room: Room, cecilia: Chat, line: str
) -> None:
    anna = sent(room)
    begins(cecilia).presses("Återlämna")
    card = cecilia.shown
    cecilia.types(line).sees("Inget är återlämnat än", "fältet på kortet")

    assert anna.prompts() == []
    cecilia.presses("Återlämna").sees("Kommentar")
    cecilia.presses("Återlämna", on=card, Kommentar="Påhittad kommentar").sees("Återlämnat till handläggaren")


@pytest.mark.parametrize(("redone", "said"), [(("7",), "1 av 2"), (("7", "9"), "2 av 2")])
def test_sent_again_after_a_return_says_first_how_much_is_answered_again(
    room: Room, cecilia: Chat, redone: tuple[str, ...], said: str
) -> None:
    anna = sent(room, {"communication_boxes_filled": "nej", "police_report_decided": "nej"})
    reads(begins(cecilia), {"communication_boxes_filled": "nej", "police_report_decided": "nej"})
    cecilia.presses("Visa skillnader").presses("Återlämna").presses("Återlämna", Kommentar="Påhittad kommentar")
    for number in redone:
        anna.types(f"ändra {number}").presses("Nej" if number == "9" else "Ja")
    anna.types("vad saknas").presses("Skicka till chef")

    cecilia.receives().sees("skickat för läsning igen", f"Återlämnade frågor som är besvarade på nytt: {said}.")
