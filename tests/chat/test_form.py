"""The form: every applicable question on one card; what is filled in is stored, what is open is asked again."""

import pytest

from tests.chat.card_hand import inputs
from tests.chat.drive import opens
from tests.chat.harness import REF, Chat, Room, asked

ALL = {"violence": "nej", "child_placed": "nej", "intervention_decided": "nej", "child_communicated": "ja"}
WHY = "Påhittat skäl: familjen var på resa"
NUMBER = "19121212-1212"
REST = {
    "child_informed_report": "ja",
    "child_informed_investigation": "ja",
    "child_informed_intervention": "ja",
    "child_informed_decision": "ja",
    "communication_boxes_filled": "ja",
    "police_report_decided": "nej",
}


@pytest.mark.parametrize("command", ["formulär", f"FORMULAR {REF}", "form", f"form {REF.lower()}"])
def test_the_form_holds_every_question_that_applies_and_nothing_chosen(anna: Chat, command: str) -> None:
    opens(anna, **ALL).types(command).sees("Formulär", "Det du lämnar tomt står kvar som det är.")

    assert set(inputs(anna.card)) == {"child_heard", *REST}
    assert not [element for element in inputs(anna.card).values() if element.get("value")]


def test_the_form_opens_from_the_first_card(anna: Chat) -> None:
    opens(anna, **ALL).presses("Formulär")

    assert anna.kind() == "form"


def test_a_form_without_facts_asks_for_them_first(anna: Chat) -> None:
    anna.types(f"ny {REF}").types("formulär").sees("Uppgifter som avgör").presses("Spara")

    assert anna.kind() == "form"


def test_saving_the_form_keeps_what_is_filled_in_and_shows_what_is_open(anna: Chat) -> None:
    opens(anna, **ALL).types("formulär").presses("Spara", {"child_heard": "ja", "communication_boxes_filled": "nej"})

    anna.sees("Sparat. Det här är kvar:")
    assert anna.stored("child_heard") == "ja"
    assert set(inputs(anna.card)) == {name for name in REST if name != "communication_boxes_filled"}


def test_what_has_come_to_apply_is_shown_too(anna: Chat) -> None:
    opens(anna, **ALL).types("formulär").presses("Spara", {"child_heard": "nej", **REST, "police_report_decided": "ja"})

    assert {name.partition(".")[0] for name in inputs(anna.card)} == {
        "child_not_heard_motivated",
        "police_report_motivated",
    }
    anna.presses("Spara", {"child_not_heard_motivated.text": WHY, "police_report_motivated.missing": "true"})
    assert anna.kind() == "summary"
    assert anna.written("child_not_heard_motivated").motivation == WHY
    assert anna.gaps() == ["police_report_motivated"]


def test_several_no_get_one_motivation_in_the_form(anna: Chat) -> None:
    answered = {"child_heard": "ja", **REST, "child_informed_report": "nej", "child_informed_decision": "nej"}
    opens(anna, **ALL).types("formulär").presses("Spara", answered)

    anna.sees("Varför har barnet inte fått information om: Orosanmälan, Beslut?").presses("Spara", {"Motivering": WHY})

    assert {anna.written(f"child_informed_{name}").motivation for name in ("report", "decision")} == {WHY}
    assert anna.kind() == "summary"


def test_an_empty_form_keeps_nothing(anna: Chat, room: Room) -> None:
    opens(anna, **ALL).types("formulär").presses("Spara")

    assert anna.kind() == "form"
    assert room.count() == 0


def test_an_empty_form_is_said_to_be_empty(anna: Chat) -> None:
    opens(anna, **ALL).types("formulär").presses("Spara").sees("Inget var ifyllt, så inget sparades.").sees_no(
        "Sparat."
    )
    anna.presses("Spara", {"child_heard": "nej"}).sees("Sparat. Det här är kvar:")
    boxes = {name: "false" for name, field in inputs(anna.card).items() if field["type"] == "Input.Toggle"}
    anna.presses("Spara", boxes).sees("Inget var ifyllt")
    assert boxes


def test_one_bad_text_stops_only_itself_and_is_not_echoed(anna: Chat, room: Room) -> None:
    opens(anna, **ALL).types("formulär").presses("Spara", {"child_heard": "nej"})

    anna.presses("Spara", {"child_not_heard_motivated.text": f"Mamman {NUMBER}", **REST})

    anna.sees("personnummer").sees_no("Mamman", NUMBER)
    assert anna.stored("communication_boxes_filled") == "ja"
    assert set(inputs(anna.card)) == {f"child_not_heard_motivated.{name}" for name in ("text", "place", "missing")}
    assert NUMBER not in str(room.content())


def test_one_text_that_is_too_long_stops_only_itself_and_the_rest_is_kept(anna: Chat) -> None:
    opens(anna, **ALL).types("formulär").presses("Spara", {"child_heard": "nej"})

    anna.presses("Spara", {"child_not_heard_motivated.text": "ä" * 4001, **REST}).sees("4001 tecken och 4000 får plats")

    assert anna.stored("child_not_heard_motivated") == ""
    assert anna.stored("police_report_decided") == "nej"
    assert inputs(anna.card)["child_not_heard_motivated.text"]["value"] == "ä" * 4000


def test_an_answer_given_by_someone_else_meanwhile_stands_and_that_is_told(anna: Chat, bo: Chat) -> None:
    opens(anna, **ALL).types("uppgifter").presses("Spara", {"Medhandläggare": "Bo Exempel"})
    anna.types("formulär")
    form = anna.shown
    bo.types(f"fortsätt {REF}").presses("Nej")

    anna.presses("Spara", {"child_heard": "ja", **REST}, on=form)

    anna.sees("Ett svar ändrades efter att formuläret visades. Det svaret gäller")
    assert anna.stored("child_heard") == "nej"
    assert anna.stored("police_report_decided") == "nej"


def test_the_same_answer_as_someone_elses_is_no_conflict(anna: Chat, bo: Chat) -> None:
    opens(anna, **ALL).types("uppgifter").presses("Spara", {"Medhandläggare": "Bo Exempel"})
    form = anna.types("formulär").shown
    bo.types(f"fortsätt {REF}").presses("Ja")

    anna.presses("Spara", {"child_heard": "ja", **REST}, on=form).sees_no("Ett svar ändrades")

    assert anna.revisions("child_heard") == ["ja"]
    assert anna.kind() == "summary"


def test_saving_the_same_form_twice_keeps_it_once(anna: Chat, room: Room) -> None:
    form = opens(anna, **ALL).types("formulär").shown
    anna.presses("Spara", {"child_heard": "ja", **REST}, on=form)
    rows, said = room.count(), anna.text

    anna.presses("Spara", {"child_heard": "ja", **REST}, on=form)

    assert (room.count(), anna.text) == (rows, said)


def test_the_form_in_english(anna: Chat) -> None:
    anna.types("language en")
    opens(anna, **ALL).types("form").sees("Form", "Has the child been informed about")

    anna.presses("Save", {"Has the child been heard during the investigation?": "No"}).sees("Or", "No reason given")


def test_undo_takes_back_a_whole_form(anna: Chat) -> None:
    opens(anna, **ALL).types("formulär").presses("Spara", {"child_heard": "ja", **REST})
    assert asked(anna.view) == "summary"

    anna.types("ångra").is_asked("child_heard")

    assert len(anna.gaps()) == 7


def test_each_child_has_a_form_of_its_own_after_its_facts_are_asked(anna: Chat) -> None:
    opens(anna, children=2, **ALL).types("formulär").sees("Barn 1 (äldst)").presses(
        "Spara", {"child_heard": "ja", **REST}
    )

    anna.sees("Barn 2", "Är barnet placerat?").presses("Spara").is_asked("child_heard")
    anna.types("formulär").sees("Barn 2").presses("Spara", {"child_heard": "nej"})
    assert (anna.stored("child_heard", child=1), anna.stored("child_heard", child=2)) == ("ja", "nej")


def test_the_form_of_a_child_whose_facts_were_never_asked_begins_with_them(anna: Chat) -> None:
    opens(anna, children=2, **ALL).types("formulär").presses("Spara", {"child_heard": "ja", **REST})
    anna.types("hjälp").types("formulär").sees("Barn 2", "Är barnet placerat?")
