"""Several children: one list each, child by child. With one child, no child is mentioned."""

import re

import pytest

from reports.printed import pages_of
from storage import cases
from storage.desk import Session
from tests.chat.card_hand import button, elements, inputs
from tests.chat.drive import TEXTS, fills, opens, saves_facts
from tests.chat.harness import REF, Chat, Room
from tests.chat.read_drive import begins, reads, sent

ALL = {"violence": "nej", "child_placed": "nej", "intervention_decided": "nej", "child_communicated": "ja"}
SHARED = {"violence": "ja", "intervention_decided": "nej"}


@pytest.fixture
def two(anna: Chat) -> Chat:
    """Anna has opened a case with two children."""
    return opens(anna, children=2, **ALL)


def test_two_children_are_answered_child_by_child_with_the_eldest_first(two: Chat) -> None:
    two.sees("Barn 1 (äldst)", "0 av 7")
    fills(two, until="facts").sees("Barn 2").sees_no("Barn 1")
    saves_facts(two, child_placed="ja", child_communicated="nej").is_asked("child_heard").sees("Barn 2", "0 av 9")

    fills(two).sees("Barn 1 (äldst)", "Barn 2", "Skicka till chef")

    assert two.gaps(child=1) == two.gaps(child=2) == []
    assert two.stored("health_check_done", child=1) == ""
    assert two.stored("health_check_done", child=2) == "ja"


def test_facts_about_the_whole_case_are_asked_once(two: Chat) -> None:
    fills(two, until="facts")

    assert set(inputs(two.card)) == {"child_placed", "child_communicated"}


def test_a_childs_own_facts_are_its_own(two: Chat) -> None:
    fills(two, until="facts")
    saves_facts(two, child_placed="ja")

    assert two.facts(child=1) == ALL
    assert two.facts(child=2) == {"violence": "nej", "intervention_decided": "nej", "child_placed": "ja"}
    assert "child_communicated" in two.gaps(child=2)


def test_an_answer_for_one_child_is_not_one_for_the_other(two: Chat) -> None:
    two.presses("Nej").presses("Motivering saknas")

    assert two.stored("child_heard", child=1) == "nej"
    assert two.stored("child_heard", child=2) == ""


@pytest.mark.parametrize(
    ("command", "child"),
    [
        ("ändra 1 barn 2", "Barn 2"),
        (f"ändra 1 {REF} barn 2", "Barn 2"),
        ("CHANGE 1 child 2", "Barn 2"),
        ("ändra barn 2 fråga 1", "Barn 2"),
        ("ändra barn 2 fråga 1 till nej", "Barn 2"),
        ("ändra fråga 1 för barn 2", "Barn 2"),
        (f"ändra barn 2 1 {REF}", "Barn 2"),
        ("ändra 1 barn 1", "Barn 1 (äldst)"),
    ],
)
def test_change_names_the_child(two: Chat, command: str, child: str) -> None:
    fills(two)

    two.types(command).is_asked("child_heard").sees(child).presses("Nej")

    assert two.stored("child_heard", child=2 if child == "Barn 2" else 1) == "nej"


@pytest.mark.parametrize(
    "command",
    [
        f"ändra 1 barn 2 {REF}",
        f"ändra 1 för barn 2 i {REF}",
        "ändra fråga 1, barn 2",
        "ändra fråga 1 till nej för barn 2",
        f"ändra {REF} barn 2 fråga 1",
        f"change 1 for child 2 in {REF}",
    ],
)
def test_the_child_may_be_named_anywhere_behind_the_command(two: Chat, command: str) -> None:
    fills(two)

    two.types(command).is_asked("child_heard").sees("Barn 2")


def test_the_motivation_comes_straight_after_the_nej_that_calls_for_it_also_before_the_childs_facts(two: Chat) -> None:
    two.types("ändra 1 barn 2").types("nej").is_asked("child_not_heard_motivated").sees("Barn 2")

    two.types("påhittat skäl för barn 2").is_asked("facts").sees("Barn 2")
    assert two.written("child_not_heard_motivated", child=2).motivation == "påhittat skäl för barn 2"


@pytest.mark.parametrize("of", ["", f" {REF}"])
@pytest.mark.parametrize("command", ["fortsätt", "formulär", "continue", "form"])
def test_a_command_may_end_with_the_child_it_is_about(two: Chat, command: str, of: str) -> None:
    two.types(f"{command}{of} barn 2").is_asked("facts").sees("Barn 2")
    two.types(f"{command}{of} barn 1").sees("Barn 1 (äldst)").sees_no("Barn 2")
    two.types(f"{command}{of} barn 3").sees("Det finns inget Barn 3 i ärendet.")


def test_what_is_missing_may_be_asked_for_by_child(two: Chat) -> None:
    two.types("vad saknas barn 2").sees("Vad saknas?", "Barn 2: 1")
    two.types(f"vad saknas {REF} för barn 2").sees("Vad saknas?", "Barn 2: 1")


def test_change_without_a_child_is_about_the_one_last_shown(two: Chat) -> None:
    fills(two, until="facts")
    saves_facts(two).presses("Ja")

    two.types("ändra 1").sees("Barn 2", "Nu: Ja")


def test_a_child_that_does_not_exist_is_said_and_nothing_of_another_is_shown(two: Chat) -> None:
    fills(two)

    two.types("ändra 1 barn 3").sees("Barn 3")
    assert two.kind() != "question"


def test_what_is_missing_names_the_child_and_leads_to_it(two: Chat) -> None:
    fills(two, {"communication_boxes_filled": "nej"}, until="facts")
    two.types("vad saknas").sees("Är kommuniceringsrutorna på sista sidan ifyllda? Besvarad med Nej.")
    two.sees("Barn 1 (äldst): ", "Barn 2: ", "Har barnet kommit till tals under utredning? Obesvarad.")

    assert two.buttons.count("Barn 2: 1") == 1
    two.presses("Barn 2: 1").is_asked("child_heard").sees("Barn 2")


def test_an_unknown_fact_about_the_case_is_one_gap_and_one_about_a_child_is_the_childs(anna: Chat) -> None:
    opens(anna, children=2).types("vad saknas")

    text = anna.text
    assert text.count("Är det ett våldsärende? Inte känt.") == 1
    assert "Barn 1 (äldst): Är barnet placerat? Inte känt." in text
    assert "Barn 2: Är barnet placerat? Inte känt." in text


def test_the_facts_of_a_child_are_reached_from_what_is_missing(anna: Chat) -> None:
    opens(anna, children=2, **SHARED).types("vad saknas")

    anna.presses("Barn 2: uppgifter").sees("Barn 2")
    saves_facts(anna, child_placed="ja")

    assert anna.facts(child=2)["child_placed"] == "ja"
    assert "child_placed" not in anna.facts(child=1)


def test_the_details_ask_each_childs_facts(two: Chat) -> None:
    two.types("uppgifter").presses(
        "Spara", {"Är barnet placerat? (Barn 2)": "Ja", "Är barnet placerat? (Barn 1 (äldst))": "Nej"}
    )

    assert two.facts(child=1)["child_placed"] == "nej"
    assert two.facts(child=2)["child_placed"] == "ja"


def test_one_sending_sends_all_the_children(two: Chat, room: Room) -> None:
    fills(two).presses("Skicka till chef")

    assert room.scalar("select count(*) from filled_checklist where status = 'sent'") == 2
    assert len(room.events("sent")) == 2


def test_undo_goes_back_over_the_children_in_the_order_answered(two: Chat) -> None:
    fills(two, until="facts")
    saves_facts(two).presses("Ja")

    two.types("ångra").is_asked("child_heard").sees("Barn 2")
    two.types("ångra").is_asked("police_report_motivated").sees("Barn 1 (äldst)")


def test_my_cases_counts_all_the_children(two: Chat) -> None:
    two.presses("Ja").types("mina ärenden").sees("1 av 14 besvarade")


def test_a_child_added_later_gets_a_list_of_its_own(anna: Chat, room: Room) -> None:
    fills(opens(anna, **ALL)).types("vad saknas")
    anna.types("uppgifter").presses("Spara", {"Är barnet placerat?": "Vet inte"})
    anna.types("vad saknas").presses("Fyll i uppgifter").presses(
        "Spara", {"Antal barn": "2", "Är barnet placerat?": "Nej"}
    )

    anna.sees("Barn 2")
    assert room.scalar("select count(*) from filled_checklist") == 2
    assert anna.stored("child_heard", child=1) == "ja"


def test_with_one_child_the_word_is_never_seen(anna: Chat) -> None:
    def looked() -> None:
        assert not re.search(r"\bBarn \d|\bChild \d", anna.text), anna.text

    opens(anna, **ALL)
    for command in ("fortsätt", "formulär", "vad saknas", "uppgifter", "ändra 1", "mina ärenden", "nej", "paus"):
        anna.types(command)
        looked()
    fills(anna.types("fortsätt"))
    looked()
    anna.presses("Skicka till chef")
    looked()
    anna.presses("Öppna")
    looked()


def test_children_in_english(anna: Chat) -> None:
    anna.types("language en")
    opens(anna, children=2, **ALL).sees("Child 1 (eldest)")

    fills(anna, until="facts").sees("Child 2")


# --- a typed answer that names another child ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line", ["nej, barn 2 ville inte", "nej barn 2 ville inte", "ja, barn 2 var med", "no, child two was away"]
)
def test_an_answer_that_names_another_child_is_asked_about_and_not_stored(two: Chat, room: Room, line: str) -> None:
    two.types(line).is_asked("child_heard").sees("Kortet gäller Barn 1, men du nämner Barn 2", "”ändra 1 barn 2”")

    assert room.count() == 0
    two.types("ändra 1 barn 2").types(line)
    assert (two.stored("child_heard", child=1), bool(two.stored("child_heard", child=2))) == ("", True)


@pytest.mark.parametrize(
    "line", ["nej, barn 1 ville inte", "nej, barn 1 och 2 sov", "nej, barn 3 ville inte", "nej, ett barn 2 år"]
)
def test_a_text_that_names_this_child_or_none_of_the_case_is_kept(two: Chat, line: str) -> None:
    two.types(line).is_asked("child_informed_report")

    assert two.written("child_not_heard_motivated", child=1).motivation == line.removeprefix("nej, ")


@pytest.mark.parametrize("said", ["ja", "Spara som motivering", "Barn 2 ville inte"])
def test_a_motivation_that_names_another_child_is_asked_about_once(two: Chat, said: str) -> None:
    two.types("nej").types("Barn 2 ville inte").sees("Gäller det du skrev Barn 1?", "men du nämner Barn 2 (17 tecken)")
    assert two.stored("child_not_heard_motivated", child=1) == ""

    two.types(said).is_asked("child_informed_report")
    assert two.written("child_not_heard_motivated", child=1).motivation == "Barn 2 ville inte"


def test_a_motivation_for_another_child_may_be_dropped(two: Chat) -> None:
    two.types("nej").types("Barn 2 ville inte").presses("Avbryt").is_asked("child_not_heard_motivated")

    assert two.stored("child_not_heard_motivated", child=1) == ""


def test_where_in_the_file_a_comment_and_one_of_four_answers_may_name_another_child_too(two: Chat) -> None:
    two.types("nej, finns i akten, journal barn 2").is_asked("child_heard").sees("du nämner Barn 2")
    two.types("nej").types("finns i akten, journal barn 2").is_asked("child_not_heard_motivated").sees("nämner Barn 2")
    two.types("uppgifter").presses("Spara", {"protected_identity": "Ja"}).types("fortsätt")
    two.types("journal barn 2").is_asked("child_not_heard_motivated").sees("du nämner Barn 2")
    assert two.stored("child_not_heard_motivated", child=1) == ""
    two.types("journal barn 1").is_asked("child_informed_report")

    two.types("nej, journal barn 2").is_asked("child_informed_report").sees("”ändra 3 barn 2”")
    assert two.stored("child_informed_report", child=1) == ""
    two.types("uppgifter").presses("Spara", {"protected_identity": "Nej"}).types("ändra 1 barn 1").presses("Kommentera")
    two.types("barn 2 var inte hemma").sees("Kommentar", "du nämner Barn 2")
    assert not two.written("child_heard", child=1).note


@pytest.mark.parametrize("line", ["barn 2: nej", "barn 2 nej", "child 2: no"])
def test_an_answer_after_the_name_of_a_child_leads_there_and_is_not_stored(two: Chat, room: Room, line: str) -> None:
    two.types("barn 2").presses("Spara").is_asked("child_heard")
    two.types("barn 1").types(line).is_asked("child_heard").sees("Barn 2", "svaret står kvar").sees_no("Ärendenumret")

    assert room.count() == 0


def test_with_one_child_a_number_of_a_child_is_only_a_word(anna: Chat) -> None:
    opens(anna, **ALL).types("nej, barn 2 ville inte").is_asked("child_informed_report")

    assert anna.written("child_not_heard_motivated").motivation == "barn 2 ville inte"


# --- more, or fewer --------------------------------------------------------------------------------------------------


def test_a_child_is_added_in_the_details_and_gets_a_list(anna: Chat, room: Room) -> None:
    opens(anna, **ALL).types("uppgifter").presses("Spara", {"Antal barn": "2"}).sees("Sparat.")

    assert room.case().children == 2
    fills(anna.types("fortsätt"), until="facts").sees("Barn 2")
    anna.types("uppgifter").presses("Spara", {"Antal barn": "0"}).sees("helt tal från 1")
    anna.presses("Spara", {"Antal barn": "två"}).sees("helt tal från 1")


def test_only_a_child_without_answers_goes_and_what_was_known_of_it_is_known_no_more(two: Chat, room: Room) -> None:
    two.types("uppgifter").presses("Spara", {"Är barnet placerat? (Barn 2)": "Ja"})
    two.presses("Spara", {"Antal barn": "1"}).sees("Sparat.")
    assert (room.case().children, room.scalar("select count(*) from filled_checklist")) == (1, 1)
    two.presses("Spara", {"Antal barn": "2"})
    assert "child_placed" not in two.facts(child=2)

    two.types("barn 2").is_asked("facts").presses("Spara").is_asked("child_heard").presses("Nej")
    two.types("uppgifter").presses("Spara", {"Antal barn": "1"}).sees("Barn 2 har en lista med svar", "Talet är inte")
    assert room.case().children == 2


def test_a_child_who_is_taken_out_and_added_again_is_asked_its_facts_anew(two: Chat, room: Room) -> None:
    two.types("uppgifter").presses("Spara", {"Är barnet placerat? (Barn 2)": "Ja"})
    two.types("uppgifter").presses("Spara", {"Antal barn": "1"}).presses("Spara", {"Antal barn": "2"})
    two.types("uppgifter").presses("Spara", {"Antal barn": "1"}).presses("Spara", {"Antal barn": "2"})
    two.sees_no("Nu: Vet inte")
    facts = "select value from fact where child = 2 and name = 'child_placed' order by revision"
    assert room.raw.execute(facts).fetchall() == [("ja",), ("",)]

    fills(two.types("fortsätt"), until="facts").sees("Är barnet placerat?").presses(
        "Spara", {"Är barnet placerat?": "Nej"}
    )
    two.is_asked("child_heard")
    assert two.facts(child=2)["child_placed"] == "nej"
    two.types("uppgifter").sees("Nu: Nej")


def test_what_was_left_open_on_the_facts_card_of_a_child_is_not_asked_again(two: Chat) -> None:
    fills(two, until="facts").presses("Spara").is_asked("child_heard")
    two.types("fortsätt").is_asked("child_heard")


def test_a_child_added_after_sending_is_answered_and_sent_too(anna: Chat, room: Room) -> None:
    fills(opens(anna, **ALL)).presses("Skicka till chef")
    anna.types("uppgifter").presses("Spara", {"Antal barn": "2"})

    fills(anna.types("fortsätt")).presses("Skicka till chef").sees("Skickat till chef")
    assert {row for (row,) in room.raw.execute("select status from filled_checklist")} == {"sent"}


def test_the_page_of_a_list_names_only_a_return_it_was_part_of(room: Room) -> None:
    anna, cecilia = sent(room), room.chat("cecilia")
    reads(begins(cecilia), {"child_heard": "nej"}).presses("Återlämna").presses("Återlämna", Kommentar="Påhittad retur")
    anna.types("uppgifter").presses("Spara", {"Antal barn": "2"})

    def pages(session: Session) -> dict[str, str]:
        case = cases.find(session, 1, REF)
        assert case is not None
        return dict(pages_of(session, case, room.now.date()))

    pages_of_lists = room.desk.run_now(pages).values()
    assert sorted("Påhittad retur" in page for page in pages_of_lists) == [False, True, True], "hers was not there yet"


# --- the same for siblings -------------------------------------------------------------------------------------------


def test_what_is_the_same_is_taken_over_answer_by_answer_and_never_by_default(two: Chat) -> None:
    two.types("nej, påhittat skäl för båda")
    fills(two, until="facts").presses("Spara").is_asked("child_heard")
    assert two.stored("child_heard", child=2) == ""

    two.presses("Samma som Barn 1: Nej").is_asked("child_not_heard_motivated").sees_no("påhittat skäl för båda")
    assert two.written("child_heard", child=2).motivation == ""
    two.presses("Samma motivering som Barn 1").is_asked("child_informed_report")
    kept = two.written("child_not_heard_motivated", child=2)
    assert (kept.choice, kept.motivation) == ("ja", "påhittat skäl för båda")
    assert two.stored("child_informed_report", child=2) == ""


def test_a_sibling_without_an_answer_has_nothing_to_take_over(two: Chat) -> None:
    two.types("barn 2").presses("Spara").is_asked("child_heard")

    assert not [title for title in two.buttons if title.startswith("Samma")]


def test_what_has_changed_since_is_not_taken_over(two: Chat, room: Room) -> None:
    two.presses("Nej").types("barn 2").presses("Spara").is_asked("child_heard")
    old = two.card
    two.types("ändra 1 barn 1").presses("Ja")
    two.sends(button(old, "Samma som Barn 1: Nej")["data"]).is_asked("child_heard")
    assert two.stored("child_heard", child=2) == ""
    two.presses("Samma som Barn 1: Ja")
    assert two.stored("child_heard", child=2) == "ja"


def test_a_motivation_written_over_since_is_not_taken_over_under_the_same_title(two: Chat) -> None:
    two.types("nej, påhittat skäl för båda")
    fills(two, until="facts").presses("Spara").presses("Nej").is_asked("child_not_heard_motivated")
    old = two.card
    two.types("ändra 2 barn 1").types("ett helt annat påhittat skäl")
    two.sends(button(old, "Samma motivering som Barn 1")["data"]).sees("ändrades efter att kortet visades")
    assert two.stored("child_not_heard_motivated", child=2) == ""

    two.presses("Samma motivering som Barn 1")
    assert two.written("child_not_heard_motivated", child=2).motivation == "ett helt annat påhittat skäl"


def test_a_motivation_is_taken_over_only_in_the_form_the_municipality_wants(two: Chat, room: Room) -> None:
    two.types("nej, påhittat skäl för båda")
    fills(two, until="facts").types("uppgifter").presses("Spara", {"protected_identity": "Ja"})
    two.types("barn 2").presses("Spara").presses("Nej").is_asked("child_not_heard_motivated")

    assert not [title for title in two.buttons if title.startswith("Samma")]


def test_a_motivation_beside_its_own_answer_is_taken_over_too(two: Chat) -> None:
    given = {"child_informed_report": "nej"}
    fills(two, given, until="facts").presses("Spara")
    fills(two, given, until="motivation of child_informed_report")
    two.presses("Samma motivering som Barn 1")

    assert two.written("child_informed_report", child=2).motivation == TEXTS["motivation"]


def test_every_line_is_answered_where_a_siblings_answer_is_offered(two: Chat) -> None:
    two.types("nej, påhittat skäl för båda")
    fills(two, until="facts").presses("Spara").is_asked("child_heard")
    for line in ("blått", "hur menar du?", "vet inte", "vad saknas", "barn 2"):
        two.types(line)
    two.is_asked("child_heard").types("ja men via tolk").sees("Fråga 1", "kommentar (förbehåll)")
    assert two.written("child_heard", child=2).note == "via tolk"
    two.types("ja på alla").types("ja").is_asked("police_report_decided")
    two.types("samma som barn 1: ja").is_asked("police_report_motivated")
    assert two.stored("police_report_decided", child=2) == "ja"


def test_the_offer_of_a_siblings_answer_stands_in_sight(two: Chat) -> None:
    two.types("nej, påhittat skäl för båda")
    fills(two, until="facts").presses("Spara")
    assert two.buttons[:3] == ["Ja", "Nej", "Samma som Barn 1: Nej"]
    assert two.types("3").stored("child_heard", child=2) == "nej"
    sets = [one["actions"] for one in elements(two.card) if one["type"] == "ActionSet"]
    title = "Samma motivering som Barn 1"
    assert [a.get("mode") for some in sets for a in some if a["title"] == title] == [None]
