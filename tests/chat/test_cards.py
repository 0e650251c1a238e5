"""Question, group and motivation cards: what a press stores, and what is said when it cannot be stored."""

import pytest

from tests.chat.drive import TEXTS, answers_card, fills, opens
from tests.chat.harness import REF, Chat, Room
from tests.chat.lived import lived_once

ALL = {"violence": "nej", "child_placed": "nej", "intervention_decided": "nej", "child_communicated": "ja"}
NUMBER = "19121212-1212"
WHY = "Påhittat skäl: barnet var på läger hela sommaren"
WHERE = "Påhittad anteckning den 3 maj"


@pytest.fixture
@lived_once
def asked_why(anna: Chat) -> Chat:
    """Anna has answered that the child was not heard, and is asked whether there is a reason."""
    return opens(anna).presses("Nej").is_asked("child_not_heard_motivated")


def test_an_answer_is_kept_the_moment_it_is_given_and_leads_on(anna: Chat, room: Room) -> None:
    opens(anna).sees("0 av 7").presses("Ja").is_asked("child_informed_report").sees("1 av 7")

    row = anna.row("child_heard")
    assert row is not None
    assert (row.choice, row.revision) == ("ja", 1)
    assert [(event.item_id, event.revision) for event in room.events("answered")] == [("child_heard", 1)]


def test_a_no_is_kept_and_its_missing_motivation_stays_a_gap(asked_why: Chat) -> None:
    asked_why.presses("Motivering saknas").is_asked("child_informed_report")

    assert asked_why.stored("child_heard") == "nej"
    assert asked_why.stored("child_not_heard_motivated") == "nej"
    assert "child_not_heard_motivated" in asked_why.gaps()
    assert "child_heard" not in asked_why.gaps()


def test_a_motivation_can_be_written(asked_why: Chat) -> None:
    asked_why.presses("Spara", {"Motivering": WHY, "Var i akten": WHERE}).is_asked("child_informed_report")

    kept = asked_why.written("child_not_heard_motivated")
    assert (kept.choice, kept.motivation_kind, kept.motivation, kept.place) == ("ja", "text", WHY, WHERE)
    assert "child_not_heard_motivated" not in asked_why.gaps()


def test_a_motivation_can_be_a_place_in_the_file(asked_why: Chat) -> None:
    asked_why.presses("Finns i akten", {"Var i akten": WHERE}).is_asked("child_informed_report")

    kept = asked_why.written("child_not_heard_motivated")
    assert (kept.choice, kept.motivation_kind, kept.motivation, kept.place) == ("ja", "reference", "", WHERE)
    assert "child_not_heard_motivated" not in asked_why.gaps()


def test_in_the_file_without_saying_where_asks_for_it_and_keeps_what_was_typed(asked_why: Chat) -> None:
    asked_why.presses("Finns i akten", {"Motivering": WHY}).sees("Skriv under Var i akten", WHY)

    assert asked_why.stored("child_not_heard_motivated") == ""
    asked_why.presses("Finns i akten", {"Var i akten": WHERE}).is_asked("child_informed_report")
    assert asked_why.written("child_not_heard_motivated").motivation == WHY


def test_saving_nothing_asks_for_something(asked_why: Chat) -> None:
    asked_why.presses("Spara", Motivering="   ").sees("Skriv en motivering, eller välj")

    assert asked_why.stored("child_not_heard_motivated") == ""


def test_a_place_alone_saved_counts_as_a_reference_to_the_file(asked_why: Chat) -> None:
    asked_why.presses("Spara", {"Var i akten": WHERE})

    assert asked_why.written("child_not_heard_motivated").motivation_kind == "reference"


@pytest.mark.parametrize("field", ["Motivering", "Var i akten"])
@pytest.mark.parametrize("title", ["Spara", "Finns i akten"])
def test_a_personal_number_in_a_motivation_is_refused_and_not_echoed_and_the_other_field_is_kept(
    asked_why: Chat, room: Room, field: str, title: str
) -> None:
    other = "Var i akten" if field == "Motivering" else "Motivering"

    asked_why.presses(title, {field: f"Mamman {NUMBER} ville inte", other: WHERE})

    asked_why.sees("ser ut som ett personnummer", WHERE).sees_no(NUMBER, "Mamman")
    assert asked_why.stored("child_not_heard_motivated") == ""
    assert NUMBER not in str(room.content())


def test_motivation_missing_does_not_look_at_what_was_typed(asked_why: Chat, room: Room) -> None:
    asked_why.presses("Motivering saknas", Motivering=f"Mamman {NUMBER}")

    kept = asked_why.written("child_not_heard_motivated")
    assert (kept.choice, kept.motivation_kind, kept.motivation) == ("nej", "missing", "")
    assert NUMBER not in str(room.content())


@pytest.mark.parametrize("field", ["Motivering", "Var i akten"])
def test_a_text_over_4000_characters_is_refused_with_its_length_and_4000_is_kept(asked_why: Chat, field: str) -> None:
    card = asked_why.shown
    asked_why.presses("Spara", {"Motivering": WHY, field: "å" * 4001}).sees("4001 tecken och 4000 får plats")
    assert asked_why.stored("child_not_heard_motivated") == ""

    asked_why.presses("Spara", {"Motivering": WHY, field: "å" * 4000}, on=card)
    kept = asked_why.written("child_not_heard_motivated")
    assert "å" * 4000 in (kept.motivation, kept.place)


@pytest.mark.parametrize("title", ["Pausa", "Tillbaka"])
def test_what_was_begun_to_be_written_is_kept_when_she_leaves(asked_why: Chat, title: str) -> None:
    asked_why.presses(title, {"Motivering": WHY, "Var i akten": WHERE}).sees("finns kvar som utkast").sees_no(WHY)
    assert asked_why.stored("child_not_heard_motivated") == ""

    asked_why.types("fortsätt").is_asked("child_not_heard_motivated").sees(WHY, WHERE)

    asked_why.presses("Spara")
    assert asked_why.written("child_not_heard_motivated").motivation == WHY
    asked_why.types("ändra 2").is_asked("child_not_heard_motivated").sees("motiverat i text").sees_no(WHY)


def test_a_draft_is_hers_alone(asked_why: Chat, bo: Chat, room: Room) -> None:
    make_co_worker(asked_why, "Bo Exempel")
    asked_why.types("fortsätt").presses("Pausa", Motivering=WHY)

    bo.types(f"fortsätt {REF}").is_asked("child_not_heard_motivated").sees_no(WHY)


def test_a_personal_number_is_not_kept_as_a_draft(asked_why: Chat, room: Room) -> None:
    asked_why.presses("Pausa", Motivering=f"Mamman {NUMBER}").sees("ser ut som ett personnummer")

    assert room.scalar("select count(*) from draft") == 0
    assert NUMBER not in str(room.content())


def test_motivations_can_be_changed_and_every_revision_stays(asked_why: Chat) -> None:
    asked_why.presses("Motivering saknas")
    asked_why.types("ändra 2").is_asked("child_not_heard_motivated").sees("motivering saknas")
    asked_why.presses("Spara", Motivering=WHY)

    assert asked_why.revisions("child_not_heard_motivated") == ["nej", "ja"]
    assert "child_not_heard_motivated" not in asked_why.gaps()


def test_an_answer_that_takes_the_motivation_away_keeps_its_history(asked_why: Chat) -> None:
    asked_why.presses("Spara", Motivering=WHY)
    asked_why.types("ändra 1").presses("Ja")
    assert asked_why.counted("child_not_heard_motivated") == "ej_tillampligt"

    asked_why.types("ändra 1").presses("Nej").is_asked("child_informed_report")
    assert asked_why.written("child_not_heard_motivated").motivation == WHY


def test_the_motivation_of_a_fact_comes_in_list_order(anna: Chat) -> None:
    opens(anna, **(ALL | {"child_communicated": "nej"}))
    fills(anna, until="child_not_communicated_motivated")

    anna.sees("Gäller: Har barnet kommunicerats? Nej.", "Om inte barnet kommunicerats, finns motivering?")
    assert anna.stored("communication_boxes_filled") == "ja"
    assert anna.stored("police_report_decided") == ""


def test_the_motivation_of_a_yes_says_what_it_is_about(anna: Chat) -> None:
    opens(anna, **ALL)
    fills(anna, until="police_report_motivated")

    anna.sees("Gäller: Har beslut tagits kring polisanmälan? Ja.", "Finns motivering till det beslutet?")


# --- the information card ----------------------------------------------------------------------------------


@pytest.fixture
@lived_once
def informed(anna: Chat) -> Chat:
    """Anna stands at the card about what the child was informed of."""
    return opens(anna, **ALL).presses("Ja").is_asked("child_informed_report")


INFORMED = {"Orosanmälan": "Ja", "Utredning": "Nej", "Insats": "Pågår", "Beslut": "Nej"}


def test_the_information_card_asks_four_things_at_once(informed: Chat) -> None:
    informed.sees("Har barnet fått information om", *INFORMED)

    informed.presses("Spara", INFORMED)

    stored = [
        informed.stored(f"child_informed_{name}") for name in ("report", "investigation", "intervention", "decision")
    ]
    assert stored == ["ja", "nej", "pagaende", "nej"]


def test_what_is_left_empty_on_the_information_card_is_asked_again_and_the_rest_is_kept(informed: Chat) -> None:
    informed.presses("Spara", Orosanmälan="Ja", Beslut="Pågår").sees(
        "Det här är kvar att svara på", "Nu: Ja", "Nu: Pågår"
    )
    assert informed.stored("child_informed_report") == "ja"
    assert informed.stored("child_informed_investigation") == ""

    informed.presses("Spara", Utredning="Ja", Insats="Ej tillämpligt").is_asked("communication_boxes_filled")
    assert informed.revisions("child_informed_report") == ["ja"]


def test_saving_an_empty_information_card_keeps_nothing_and_says_so(informed: Chat, room: Room) -> None:
    rows = room.count()

    informed.presses("Spara").sees("Inget var valt").is_asked("child_informed_report")

    assert room.count() == rows


def test_several_no_are_motivated_in_their_own_rows_on_one_card(informed: Chat) -> None:
    informed.presses("Spara", INFORMED)
    informed.is_asked("motivation of child_informed_investigation,child_informed_decision")
    informed.sees("Varför har barnet inte fått information om: Utredning, Beslut?")
    assert {"child_informed_investigation", "child_informed_decision"} <= set(informed.gaps())

    informed.presses("Spara", Motivering=WHY).is_asked("communication_boxes_filled")

    for item in ("child_informed_investigation", "child_informed_decision"):
        kept = informed.written(item)
        assert (kept.choice, kept.motivation_kind, kept.motivation) == ("nej", "text", WHY)
        assert informed.revisions(item) == ["nej", "nej"]
        assert item not in informed.gaps()


def test_no_motivation_in_the_own_row_stays_a_gap_and_can_be_mended_there(informed: Chat) -> None:
    informed.presses("Spara", INFORMED | {"Beslut": "Ja"}).presses("Motivering saknas")
    assert "child_informed_investigation" in informed.gaps()
    fills(informed)

    informed.types("vad saknas").sees("Nej utan motivering").presses("Besvara 4")

    informed.is_asked("motivation of child_informed_investigation").presses("Finns i akten", {"Var i akten": WHERE})
    assert informed.gaps() == []
    assert informed.stored("child_informed_investigation") == "nej"


def test_a_changed_answer_needs_a_new_motivation(informed: Chat) -> None:
    informed.presses("Spara", INFORMED | {"Beslut": "Ja"}).presses("Spara", Motivering=WHY)
    informed.types("ändra 4").presses("Spara", Utredning="Ja")
    assert informed.written("child_informed_investigation").motivation == ""

    informed.types("ändra 4").presses("Spara", Utredning="Nej")
    informed.is_asked("motivation of child_informed_investigation")


@pytest.mark.parametrize("forged", ["ej_tillampligt", "delvis", "fritext", "obesvarad", "JA", "1"])
def test_a_choice_that_is_not_allowed_rejects_the_whole_press(informed: Chat, room: Room, forged: str) -> None:
    from tests.chat.card_hand import button, gathered

    data = gathered(informed.card, button(informed.card, "Spara"), {"Orosanmälan": "Ja"})
    rows = room.count()

    informed.sends(data | {"child_informed_investigation": forged}).sees("Det svaret kan inte ges")

    assert room.count() == rows


# --- English, and a whole list -----------------------------------------------------------------------------


def test_the_whole_list_can_be_answered_in_english(anna: Chat) -> None:
    anna.types("language en")
    opens(anna, violence="ja", child_placed="ja", intervention_decided="ja", child_communicated="nej")
    anna.presses("No").sees("If not, is the reason stated?", "About: Has the child been heard")
    anna.presses("No reason given")
    anna.presses(
        "Save", {"Report of concern": "Yes", "Decision": "Ongoing", "Investigation": "Yes", "Intervention": "No"}
    )
    anna.presses("In the case file", {"Where in the case file": WHERE})
    fills(anna).sees("Summary", "Send to manager", "Answered No.")

    assert anna.gaps() == ["child_not_heard_motivated"]


def test_every_question_is_asked_once_and_nothing_twice(anna: Chat, room: Room) -> None:
    opens(anna, violence="ja", child_placed="ja", intervention_decided="ja", child_communicated="nej")
    fills(anna, {"child_heard": "nej"})

    asked_once = {row.item_id for row in room.events("answered")}
    assert len(asked_once) == 12
    assert room.count() == 12


def test_a_yes_no_question_has_its_answers_first_and_the_ways_out_after(anna: Chat) -> None:
    opens(anna)
    assert anna.buttons == ["Ja", "Nej", "Pausa", "Formulär", "Kommentera", "Vad räknas?"]

    fills(anna, until="communication_boxes_filled")
    assert anna.buttons == ["Ja", "Nej", "Tillbaka", "Pausa", "Formulär", "Kommentera", "Vad räknas?"]


def test_the_mark_of_a_question_the_unit_added_and_the_hint_are_shown(anna: Chat) -> None:
    opens(anna, **(ALL | {"violence": "ja", "child_placed": "ja"}))

    fills(anna, until="health_check_done")
    anna.sees("Pågår betyder: begärd, ej genomförd.")
    answers_card(anna, {}).sees("Lokalt tillägg")


def make_co_worker(chat: Chat, name: str) -> None:
    """Make someone co-worker on the latest case."""
    chat.types("uppgifter").presses("Spara", {"Medhandläggare": name}).sees("Sparat.", f"Nu: {name}")


def test_markdown_and_markup_in_a_motivation_are_shown_as_they_were_written(asked_why: Chat) -> None:
    odd = "**fet** [länk](http://example.invalid) <b>x</b> \\_ 1. \u200fRTL\u200f 😀 ＝1+1"
    asked_why.presses("Spara", Motivering=odd)
    fills(asked_why).sees(odd)

    assert asked_why.written("child_not_heard_motivated").motivation == odd
    assert TEXTS["motivation"] != odd
