"""Navigation: fortsätt, vad saknas, ändra, ångra, tillbaka, paus, mina ärenden, and spellings of commands."""

import pytest
from sqlalchemy import event, text

from tests.chat.drive import answers_card, fills, opens
from tests.chat.harness import REF, Chat, Room

ALL = {"violence": "nej", "child_placed": "nej", "intervention_decided": "nej", "child_communicated": "ja"}
WHY = "Påhittat skäl: tolken uteblev två gånger"


# --- fortsätt ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", [f"fortsätt {REF}", f"fortsatt {REF.lower()}", f"CONTINUE {REF}", "Fortsätt", "fortsätt."]
)
def test_continue_goes_to_the_first_open_question(anna: Chat, command: str) -> None:
    opens(anna, **ALL).presses("Ja").types("hjälp")

    anna.types(command).is_asked("child_informed_report").sees("1 av 7")


def test_continue_without_a_case_asks_which(anna: Chat) -> None:
    anna.types("fortsätt").sees("Vilket ärende gäller det?")


def test_continue_before_the_facts_are_saved_shows_the_facts_card(anna: Chat) -> None:
    anna.types(f"ny {REF}").types("fortsätt").sees("Uppgifter som avgör")


def test_continue_on_a_finished_list_shows_the_summary(anna: Chat) -> None:
    fills(opens(anna, **ALL))

    assert anna.types("fortsätt").kind() == "summary"


def test_another_case_is_left_where_it_was(anna: Chat) -> None:
    opens(anna, **ALL).presses("Ja")
    opens(anna, "SN 2026/0999", **ALL)

    anna.types(f"fortsätt {REF}").is_asked("child_informed_report")
    anna.types("fortsätt SN 2026/0999").is_asked("child_heard")
    anna.types("vad saknas").sees("SN 2026/0999")


def test_looking_at_an_old_card_of_another_case_does_not_make_it_the_one_last_touched(anna: Chat) -> None:
    opens(anna, **ALL)
    old = anna.shown
    opens(anna, "SN 2026/0999", **ALL)

    anna.refreshes(on=old)

    anna.types("vad saknas").sees("SN 2026/0999").sees_no(REF)


# --- vad saknas --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["vad saknas", "Vad saknas SN 2026/0123", "saknas", "missing sn 2026/0123"])
def test_what_is_missing_is_said_in_words_with_a_button_straight_to_each(anna: Chat, command: str) -> None:
    opens(anna, violence="ja", child_placed="nej", intervention_decided="nej", child_communicated="ja")
    fills(anna, {"child_heard": "nej", "child_not_heard_motivated": "missing"}, until="police_report_decided")

    anna.types(command).sees(
        "Vad saknas?",
        "Finns en motivering till varför barnet inte kommit till tals? Besvarad med Nej.",
        "Har beslut tagits kring polisanmälan? Obesvarad.",
    )
    assert anna.buttons == ["Besvara 2", "Besvara 9", "Besvara 12", "Skicka till chef"]

    missing = anna.shown
    anna.presses("Besvara 12", on=missing).is_asked("further_violence_risk_assessed")
    anna.presses("Besvara 2", on=missing).is_asked("child_not_heard_motivated")


def test_an_unknown_fact_leads_to_the_facts_card(anna: Chat) -> None:
    opens(anna, **{name: value for name, value in ALL.items() if name != "child_placed"})

    anna.types("vad saknas").sees("Är barnet placerat? Inte känt.").presses("Fyll i uppgifter")
    anna.presses("Spara", {"Är barnet placerat?": "Ja"})

    assert anna.facts()["child_placed"] == "ja"
    assert "health_check_done" in anna.gaps()


def test_when_nothing_is_missing_that_is_said(anna: Chat) -> None:
    fills(opens(anna, **ALL))

    anna.types("vad saknas").sees("Inget saknas.")
    assert anna.buttons == ["Skicka till chef"]


def test_what_is_missing_on_an_unopened_list_is_the_facts_card(anna: Chat) -> None:
    anna.types(f"ny {REF}").types("vad saknas").sees("Uppgifter som avgör")


# --- ändra -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["ändra 1", "andra 1", "Ändra 1 SN 2026/0123", "change 1", "ändra 1 sn 2026/0123"])
def test_change_shows_the_question_with_that_number(anna: Chat, command: str) -> None:
    opens(anna, **ALL).presses("Ja").types("hjälp")

    anna.types(command).is_asked("child_heard").sees("Nu: Ja")
    anna.presses("Nej")

    assert anna.revisions("child_heard") == ["ja", "nej"]


def test_change_without_a_number_shows_the_summary_to_choose_from(anna: Chat) -> None:
    fills(opens(anna, **ALL))

    anna.types("ändra").sees("Välj först vilken fråga du vill ändra.", "Fråga att ändra")
    anna.presses("Ändra", {"Fråga att ändra": "9. Har beslut tagits kring polisanmälan?"})
    anna.is_asked("police_report_decided")


def test_change_on_the_summary_without_choosing_says_so(anna: Chat) -> None:
    fills(opens(anna, **ALL)).presses("Ändra").sees("Välj först vilken fråga du vill ändra.")


@pytest.mark.parametrize("number", [0, 13, 99, 999])
def test_a_number_that_does_not_exist_is_answered_with_how_far_they_go(anna: Chat, number: int) -> None:
    fills(opens(anna, **ALL))

    anna.types(f"ändra {number}").sees("Det finns ingen fråga med det numret. Numren går från 1 till 12.")


def test_a_question_that_does_not_apply_is_not_shown(anna: Chat) -> None:
    fills(opens(anna, **ALL))

    anna.types("ändra 11").sees("Fråga 11 ställs inte med de svar och uppgifter som finns nu.")


def test_the_same_answer_again_is_no_new_revision(anna: Chat) -> None:
    opens(anna, **ALL).presses("Ja").types("ändra 1").presses("Ja").is_asked("child_informed_report")

    assert anna.revisions("child_heard") == ["ja"]


def test_the_same_answer_again_shows_where_the_list_stands_now_every_time(anna: Chat) -> None:
    opens(anna, **ALL).presses("Ja").types("ändra 1").presses("Ja").is_asked("child_informed_report")
    fills(anna, until="communication_boxes_filled")

    anna.types("ändra 1").presses("Ja").is_asked("communication_boxes_filled")


# --- tillbaka ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["press", "tillbaka", "back", "TILLBAKA"])
def test_back_shows_the_question_before_and_changes_nothing(anna: Chat, room: Room, how: str) -> None:
    opens(anna, **ALL).presses("Ja")
    fills(anna, until="communication_boxes_filled")
    rows = room.count()

    for item in ("child_informed_report", "child_heard"):
        (anna.presses("Tillbaka") if how == "press" else anna.types(how)).is_asked(item).sees("Nu: Ja")

    assert room.count() == rows
    anna.types("fortsätt").is_asked("communication_boxes_filled")


def test_there_is_nothing_before_the_first_question(anna: Chat) -> None:
    anna.types("tillbaka").sees("Det finns ingen fråga före den här.")
    opens(anna, **ALL)
    assert "Tillbaka" not in anna.buttons
    anna.types("tillbaka").sees("Det finns ingen fråga före den här.").is_asked("child_heard")
    anna.presses("Ja").types("tillbaka")
    anna.types("tillbaka").sees("Det finns ingen fråga före den här.").is_asked("child_heard")
    anna.types("nej")
    assert (anna.stored("child_heard"), anna.stored("child_informed_report")) == ("nej", "")


def test_before_the_summary_is_the_last_question(anna: Chat) -> None:
    fills(opens(anna, **ALL), {"police_report_decided": "ej_tillampligt"})

    anna.types("tillbaka").is_asked("police_report_decided").sees("Nu: Ej tillämpligt")


@pytest.mark.parametrize("how", ["press", "tillbaka"])
def test_before_a_childs_first_question_is_the_last_of_the_child_before(anna: Chat, how: str) -> None:
    opens(anna, children=2, **ALL)
    fills(anna, {"police_report_decided": "ej_tillampligt"}, until="facts")
    anna.types("tillbaka").is_asked("police_report_decided").sees("Barn 1")
    anna.types("fortsätt").presses("Spara").is_asked("child_heard").sees("Barn 2")

    (anna.presses("Tillbaka") if how == "press" else anna.types(how)).is_asked("police_report_decided").sees("Barn 1")
    assert "child_heard" not in anna.sheet(REF, 2)[1]


# --- paus --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["paus", "pausa", "pause", "Paus", "paus SN 2026/0123"])
def test_pause_empties_the_card_says_how_far_and_leads_back(anna: Chat, command: str) -> None:
    opens(anna, **ALL).presses("Ja")

    anna.types(command).sees("Pausad, 1 av 7 besvarade. Allt är sparat.").sees_no("Har barnet")
    anna.presses("Fortsätt").is_asked("child_informed_report")


def test_pause_on_the_card_empties_the_posted_card_too(anna: Chat) -> None:
    opens(anna, **ALL).presses("Ja")
    posted = anna.at

    anna.presses("Pausa")

    assert "Pausad, 1 av 7" in str(anna.posted[posted])
    assert "refresh" not in anna.posted[posted]


def test_there_is_nothing_to_pause_before_a_case(anna: Chat) -> None:
    anna.types("paus").sees("Det finns inget påbörjat att pausa.")


# --- ångra -------------------------------------------------------------------------------------------------


def test_undo_takes_her_own_last_answer_back_as_a_new_revision(anna: Chat) -> None:
    opens(anna, **ALL).presses("Ja")

    anna.types("ångra").is_asked("child_heard").sees("Ångrat. Fråga 1 är som före ditt senaste svar.", "0 av 7")

    assert anna.revisions("child_heard") == ["ja", "obesvarad"]
    assert "child_heard" in anna.gaps()


@pytest.mark.parametrize("command", ["angra", "Ångra", "undo", "ångra SN 2026/0123"])
def test_undo_in_other_words(anna: Chat, command: str) -> None:
    opens(anna, **ALL).presses("Ja")

    anna.types(command).is_asked("child_heard")


def test_undo_brings_the_answer_before_back_with_its_motivation(anna: Chat) -> None:
    opens(anna, **ALL).presses("Nej").presses("Spara", Motivering=WHY)
    anna.types("ändra 2").presses("Motivering saknas")

    anna.types("ångra").is_asked("child_not_heard_motivated")

    assert anna.written("child_not_heard_motivated").motivation == WHY
    assert anna.revisions("child_not_heard_motivated") == ["ja", "nej", "ja"]


def test_undo_takes_back_a_whole_card_at_once(anna: Chat) -> None:
    opens(anna, **ALL).presses("Ja")
    answers_card(anna, {}).types("ångra").is_asked("child_informed_report")

    assert {
        anna.stored(f"child_informed_{name}") for name in ("report", "investigation", "intervention", "decision")
    } == {"obesvarad"}


def test_undo_goes_step_by_step_also_over_one_question_changed_several_times(anna: Chat) -> None:
    opens(anna, **ALL).presses("Ja")
    for word in ("Nej", "Ja", "Nej"):
        anna.types("ändra 1").presses(word)

    for left in ("ja", "nej", "ja", "obesvarad"):
        anna.types("ångra").sees("Ångrat. Fråga 1")
        assert anna.stored("child_heard") == left
    anna.types("ångra").sees("Det finns inget svar från dig att ångra")


def test_undo_goes_ten_steps_and_no_further(anna: Chat) -> None:
    opens(anna, **ALL)
    for place in range(12):
        anna.types("ändra 1").presses("Ja" if place % 2 else "Nej")

    for place in reversed(range(1, 11)):
        anna.types("ångra").sees("Ångrat.")
        assert anna.stored("child_heard") == ("ja" if place % 2 else "nej")
    anna.types("ångra").sees("Jag går högst tio steg bakåt.")
    assert anna.stored("child_heard") == "ja"


def test_after_undo_new_answers_can_be_undone_again(anna: Chat) -> None:
    opens(anna, **ALL).presses("Ja").types("ångra").presses("Nej")
    anna.types("ångra").is_asked("child_heard")

    assert anna.revisions("child_heard") == ["ja", "obesvarad", "nej", "obesvarad"]


def test_undo_takes_back_only_her_own_and_never_over_someone_elses(anna: Chat, bo: Chat) -> None:
    opens(anna, **ALL).types("uppgifter").presses("Spara", {"Medhandläggare": "Bo Exempel"})
    anna.types("fortsätt").presses("Ja")
    bo.types(f"ändra 1 {REF}").presses("Nej")

    anna.types("ångra").sees("Någon annan har ändrat svaret efter dig, så det ångrades inte.")
    assert anna.stored("child_heard") == "nej"
    bo.types("ångra").is_asked("child_heard")
    assert anna.stored("child_heard") == "ja"


def test_there_is_nothing_to_undo_before_a_case(anna: Chat) -> None:
    anna.types("ångra").sees("Det finns inget svar från dig att ångra")


# --- mina ärenden ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["mina ärenden", "mina arenden", "MINA ÄRENDEN", "my cases"])
def test_my_cases_shows_status_gaps_and_the_nearest_date(anna: Chat, command: str) -> None:
    opens(anna, **ALL).presses("Ja")

    anna.types(command).sees(REF, "1 av 7 besvarade", "6 saknas", "Planerat beslut 2026-09-12")
    anna.presses(f"Fortsätt {REF}").is_asked("child_informed_report")


def test_my_cases_shows_five_at_a_time_the_nearest_date_first(anna: Chat) -> None:
    refs = [f"SN 2026/{number:04}" for number in range(1, 13)]
    for place, ref in enumerate(refs):
        anna.types(f"ny {ref}").presses("Spara", {"Planerat beslutsdatum": f"2026-12-{28 - place:02}"})

    seen: list[str] = []
    anna.types("mina ärenden")
    for wanted, more in ((5, True), (5, True), (2, False)):
        found = [title.removeprefix("Fortsätt ") for title in anna.buttons if title.startswith("Fortsätt ")]
        assert len(found) == wanted
        assert ("Visa fler" in anna.buttons) is more
        seen += found
        if more:
            anna.presses("Visa fler")
    assert seen == refs[::-1]


def test_my_cases_holds_what_she_shares_and_nothing_else(anna: Chat, bo: Chat) -> None:
    opens(anna, **ALL).types("uppgifter").presses("Spara", {"Medhandläggare": "Bo Exempel"})
    opens(anna, "SN 2026/0001", **ALL)
    opens(bo, "SN 2026/0002", **ALL)

    bo.types("mina ärenden").sees(REF, "SN 2026/0002").sees_no("SN 2026/0001")
    anna.types("mina ärenden").sees(REF, "SN 2026/0001").sees_no("SN 2026/0002")


def test_an_unbegun_case_and_a_sent_one_are_distinguished(anna: Chat) -> None:
    anna.types("ny SN 2026/0001")
    fills(opens(anna, **ALL)).presses("Skicka till chef")

    anna.types("mina ärenden").sees("Inte påbörjat", "Skickat till chef", "Inget saknas")
    assert {"Fortsätt SN 2026/0001", f"Öppna {REF}"} <= set(anna.buttons)


@pytest.mark.parametrize("day", ["9999-12-30", "i morgon"])
def test_a_case_that_cannot_be_worked_out_hides_no_other(anna: Chat, room: Room, day: str) -> None:
    opens(anna, "SN 2026/0001", **ALL)
    opens(anna, **ALL)
    change = text("update cases set opened_on = :day where ref = :ref")
    room.desk.run_now(lambda session: session.execute(change, {"day": day, "ref": REF}))

    anna.types("mina ärenden").sees("SN 2026/0001", "Ett av dina ärenden visas inte här").sees_no(REF)


def test_a_long_list_of_cases_costs_no_more_queries_than_a_short_one(anna: Chat, room: Room) -> None:
    def queries(upto: int) -> int:
        for number in range(upto - 10, upto):
            anna.types(f"ny SN 2026/{number:04}").presses("Spara", {"Planerat beslutsdatum": "2026-12-01"})
        room.desk.run_now(lambda session: session.execute(text("update cases set received_on = '2026-05-04'")))
        seen = []

        def count(*_: object) -> None:
            seen.append(1)

        event.listen(room.desk.engine, "before_cursor_execute", count)
        anna.types("mina ärenden")
        event.remove(room.desk.engine, "before_cursor_execute", count)
        return len(seen)

    of_ten = queries(10)
    assert queries(20) <= of_ten
