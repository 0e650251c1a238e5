"""Typed lines: commands first, then an answer to the latest card; the reply echoes it and the old card is updated."""

import pytest

from tests.chat.drive import fills, opens
from tests.chat.harness import REF, Chat, Room

ALL = {"violence": "nej", "child_placed": "nej", "intervention_decided": "nej", "child_communicated": "ja"}
WHY = "barnet bodde påhittat utomlands"
NUMBER = "19121212-1212"
GROUP = tuple(f"child_informed_{name}" for name in ("report", "investigation", "intervention", "decision"))


@pytest.fixture
def asked_first(anna: Chat) -> Chat:
    """Anna, asked question one of her own case."""
    return opens(anna, **ALL).is_asked("child_heard")


@pytest.fixture
def asked_why(asked_first: Chat) -> Chat:
    """Anna, asked why the child was not heard."""
    return asked_first.types("nej").is_asked("child_not_heard_motivated")


def informed(chat: Chat) -> list[str]:
    return [chat.stored(item) for item in GROUP]


# --- one word ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "stored"),
    [
        ("ja", "ja"),
        ("j", "ja"),
        ("jo", "ja"),
        ("JA", "ja"),
        (" Ja. ", "ja"),
        ("yes", "ja"),
        ("nej", "nej"),
        ("n", "nej"),
        ("Nej!", "nej"),
        ("no", "nej"),
    ],
)
def test_a_word_answers_the_question_shown_last(asked_first: Chat, line: str, stored: str) -> None:
    asked_first.types(line)

    assert asked_first.stored("child_heard") == stored


@pytest.mark.parametrize(
    ("line", "stored"),
    [
        ("pågår", "pagaende"),
        ("pagar", "pagaende"),
        ("pågående", "pagaende"),
        ("ongoing", "pagaende"),
        ("1", "ja"),
        ("2", "nej"),
        ("3.", "pagaende"),
    ],
)
def test_ongoing_and_numbers_answer_by_the_button_that_says_so(anna: Chat, line: str, stored: str) -> None:
    opens(anna, **(ALL | {"child_placed": "ja"}))
    fills(anna, until="health_check_done").types(line)

    assert anna.stored("health_check_done") == stored


@pytest.mark.parametrize("line", ["et", "E/T", "ej tillämpligt", "ej tillampligt"])
def test_not_applicable_may_be_typed_where_it_is_offered(anna: Chat, line: str) -> None:
    fills(opens(anna, **ALL), until="police_report_decided").types(line)

    assert anna.stored("police_report_decided") == "ej_tillampligt"


def test_an_answer_the_card_does_not_offer_is_refused_and_the_question_still_stands(asked_first: Chat) -> None:
    asked_first.types("delvis").sees("Det svaret kan inte ges på den här frågan just nu.")
    assert asked_first.stored("child_heard") == ""

    asked_first.types("ja")
    assert asked_first.stored("child_heard") == "ja"


@pytest.mark.parametrize("line", ["vet inte", "vet ej", "hoppa över", "skip"])
def test_a_question_may_be_left_for_later(asked_first: Chat, line: str) -> None:
    asked_first.types(line).sees("Frågan är kvar till senare.").is_asked("child_informed_report")

    assert asked_first.stored("child_heard") == ""
    fills(asked_first, until="child_heard")


def test_the_titles_of_the_buttons_may_be_typed(asked_first: Chat) -> None:
    asked_first.types("Kommentera").sees("Kommentar").types("fortsätt").types("Pausa").sees("Pausad")


@pytest.mark.parametrize("line", ["99", "0", "17"])
def test_a_number_without_a_button_answers_nothing(asked_first: Chat, line: str) -> None:
    asked_first.types(line).sees("Det förstod jag inte")

    assert asked_first.stored("child_heard") == ""


def test_the_reply_is_a_new_card_that_echoes_case_and_question_with_a_way_back(asked_first: Chat) -> None:
    old = asked_first.shown

    asked_first.types("ja").sees(f"{REF} · Fråga 1: Har barnet kommit till tals under utredning? Ja.")

    assert asked_first.at != old.message
    assert "Frågan är flyttad längre ned i chatten." in str(asked_first.posted[old.message])
    assert "refresh" not in asked_first.posted[old.message]
    asked_first.presses("Ångra").is_asked("child_heard")
    assert asked_first.stored("child_heard") == "obesvarad"


def test_each_echo_takes_back_its_own_answer(asked_first: Chat) -> None:
    asked_first.types("ja").presses("Ångra").types("nej")
    assert asked_first.stored("child_heard") == "nej"

    asked_first.presses("Ångra").is_asked("child_heard")

    assert asked_first.revisions("child_heard") == ["ja", "obesvarad", "nej", "obesvarad"]


def test_an_old_echo_takes_back_that_very_answer_and_nothing_newer(asked_first: Chat) -> None:
    echo = asked_first.types("ja").shown
    asked_first.types("ja ja ja ja")

    asked_first.presses("Ångra", on=echo).is_asked("child_heard")

    assert (asked_first.stored("child_heard"), informed(asked_first)) == ("obesvarad", ["ja"] * 4)


def test_pressing_undo_twice_takes_back_once(asked_first: Chat) -> None:
    asked_first.presses("Ja")
    echo = asked_first.types("ja ja ja ja").shown

    said = asked_first.presses("Ångra", on=echo).text

    assert asked_first.presses("Ångra", on=echo).text == said
    assert asked_first.stored("child_heard") == "ja"
    assert informed(asked_first) == ["obesvarad"] * 4


def test_in_english_both_languages_are_understood_and_the_echo_is_english(anna: Chat) -> None:
    anna.types("language en")
    opens(anna, **ALL).types("yes").sees(f"{REF} · Question 1: Has the child been heard during the investigation? Yes.")
    anna.types("ja nej ja ongoing").sees("4 answers")

    assert informed(anna) == ["ja", "nej", "ja", "pagaende"]


# --- only the latest card ----------------------------------------------------------------------------------


def test_a_no_after_help_is_not_stored_but_asked_about(asked_first: Chat, room: Room) -> None:
    asked_first.types("hjälp").types("nej").sees("Vilken fråga svarar du på?", "svaret sparades inte")

    assert room.count() == 0
    asked_first.presses(f"Fortsätt {REF}").is_asked("child_heard").types("nej")
    assert asked_first.stored("child_heard") == "nej"


@pytest.mark.parametrize("line", ["mina ärenden", "vad saknas", "paus", "uppgifter", "språk sv", "ny"])
def test_after_anything_else_was_shown_an_answer_is_asked_about(asked_first: Chat, room: Room, line: str) -> None:
    asked_first.types(line).types("ja")

    assert room.count() == 0


def test_an_answer_before_any_case_is_just_not_understood(anna: Chat, room: Room) -> None:
    anna.types("ja").sees("Det förstod jag inte")

    assert room.count() == 0


def test_what_cannot_be_understood_leaves_the_question_to_be_found_again(asked_first: Chat) -> None:
    asked_first.types("vad menas med det?").sees("Det förstod jag inte", "Du kan svara: Ja, Nej.").is_asked(
        "child_heard"
    )

    assert asked_first.types("ja").stored("child_heard") == "ja"


def test_a_command_wins_over_an_answer(asked_first: Chat) -> None:
    asked_first.types("ny SN 2026/0999").sees("Uppgifter som avgör", "SN 2026/0999")

    assert asked_first.stored("child_heard") == ""


# --- motivations -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", [f"nej, {WHY}", f"Nej: {WHY}", f"n; {WHY}", f"nej ,{WHY}"])
def test_no_with_a_text_answers_and_motivates(asked_first: Chat, line: str) -> None:
    asked_first.types(line).is_asked("child_informed_report").sees("Fråga 1: Har barnet kommit till tals")

    assert asked_first.stored("child_heard") == "nej"
    kept = asked_first.written("child_not_heard_motivated")
    assert (kept.choice, kept.motivation_kind, kept.motivation) == ("ja", "text", WHY)
    assert "child_not_heard_motivated" not in asked_first.gaps()


def test_no_with_a_text_motivates_also_where_the_answer_was_no_already(asked_first: Chat) -> None:
    asked_first.types("nej, ett första påhittat skäl").types("ändra 1").sees("Nu: Nej")
    asked_first.types(f"nej, {WHY}").is_asked("child_informed_report")

    assert asked_first.written("child_not_heard_motivated").motivation == WHY
    assert asked_first.types("ändra 1").types("nej").written("child_not_heard_motivated").motivation == WHY


def test_no_with_a_text_is_taken_back_whole(asked_first: Chat) -> None:
    asked_first.types(f"nej, {WHY}").types("ångra").is_asked("child_heard")

    assert asked_first.stored("child_heard") == "obesvarad"
    assert asked_first.stored("child_not_heard_motivated") == "obesvarad"


@pytest.mark.parametrize(
    "line",
    [
        "Ny bedömning görs i höst",
        "Ändra inget förrän i maj",
        "Pausad utredning",
        "hjälp söks hos annan",
        "fortsätt följa upp",
        WHY,
        "1912",
    ],
)
def test_at_a_motivation_any_other_line_is_the_motivation(asked_why: Chat, room: Room, line: str) -> None:
    asked_why.types(line).is_asked("child_informed_report")

    assert asked_why.written("child_not_heard_motivated").motivation == line
    assert room.events("case_opened")[1:] == []


@pytest.mark.parametrize("line", ["nej", "n", "NEJ", "Motivering saknas"])
def test_at_a_motivation_no_means_that_it_is_missing(asked_why: Chat, line: str) -> None:
    asked_why.types(line).is_asked("child_informed_report")

    assert asked_why.written("child_not_heard_motivated").motivation_kind == "missing"


@pytest.mark.parametrize(
    "line", ["hjälp", "paus", "mina ärenden", "vad saknas", f"fortsätt {REF}", "tillbaka", "ändra 1", "uppgifter"]
)
def test_at_a_motivation_a_whole_line_command_still_wins(asked_why: Chat, line: str) -> None:
    asked_why.types(line)

    assert asked_why.stored("child_not_heard_motivated") == ""


def test_at_a_motivation_a_yes_alone_is_asked_what_it_means(asked_why: Chat) -> None:
    asked_why.types("ja").sees("Skriv själva motiveringen, eller ”nej” om den saknas.")
    assert asked_why.stored("child_not_heard_motivated") == ""

    asked_why.types(WHY)
    assert asked_why.written("child_not_heard_motivated").motivation == WHY


def test_several_lines_are_one_motivation(asked_why: Chat) -> None:
    asked_why.types("Första raden.\nAndra raden.")

    assert asked_why.written("child_not_heard_motivated").motivation == "Första raden.\nAndra raden."


def test_a_typed_motivation_over_4000_characters_is_refused_and_may_be_typed_again(asked_why: Chat) -> None:
    asked_why.types("å" * 4001).sees("4001 tecken och 4000 läses")
    assert asked_why.stored("child_not_heard_motivated") == ""

    asked_why.types(WHY)
    assert asked_why.written("child_not_heard_motivated").motivation == WHY


@pytest.mark.parametrize("line", [f"Mamman {NUMBER} ville inte", f"nej, pappan {NUMBER}", f"ny {NUMBER}", NUMBER])
def test_a_typed_personal_number_leaves_nothing_but_the_reply_and_is_asked_to_be_deleted(
    asked_why: Chat, room: Room, line: str
) -> None:
    reply = ("inbox", "outbox", "conversation")
    before = room.content_but(*reply)

    asked_why.types(line).sees("Inget av det sparades. Radera meddelandet i Teams").sees_no(NUMBER)

    assert room.content_but(*reply) == before
    assert not [form for form in (NUMBER, NUMBER.replace("-", "")) if form in room.kept_text()]
    asked_why.types(WHY)
    assert asked_why.written("child_not_heard_motivated").motivation == WHY


# --- cards with several items ------------------------------------------------------------------------------


TOLD_OF = (("ja", "orosanmälan"), ("ja", "utredningen"), ("pågår", "insatsen"))


def test_a_group_is_answered_word_by_word(asked_first: Chat) -> None:
    asked_first.presses("Ja")
    for place, (word, title) in enumerate(TOLD_OF, start=3):
        asked_first.types(word).sees(f"{REF} · Fråga {place}: Har barnet fått information om {title}?")
        asked_first.is_asked("child_informed_report").sees("kvar att svara på")
    asked_first.types("ja").is_asked("communication_boxes_filled")

    assert informed(asked_first) == ["ja", "ja", "pagaende", "ja"]


@pytest.mark.parametrize("line", ["ja ja nej pågår", "ja, ja, nej, pågår", "J J N pagar", "ja  ja nej pågår."])
def test_a_group_is_answered_in_a_row(asked_first: Chat, line: str) -> None:
    asked_first.presses("Ja").types(line).sees(f"{REF} · 4 svar är sparade i ordning.")

    assert informed(asked_first) == ["ja", "ja", "nej", "pagaende"]
    asked_first.is_asked("motivation of child_informed_intervention")


def test_a_row_of_the_group_is_answered_by_its_number(anna: Chat) -> None:
    opens(anna, **ALL).types("ja").types("4: nej, påhittat för liten").types("6 pågår")
    assert informed(anna) == ["", "nej", "", "pagaende"]
    assert anna.written(GROUP[1]).motivation == "påhittat för liten"

    anna.types("7 ja").sees("Fråga 7 finns inte på det här kortet").types("3 ja")
    assert informed(anna) == ["ja", "nej", "", "pagaende"]


@pytest.mark.parametrize("line", ["ändra 7 och 9", "ändra 7, 9", "ändra 7-9", f"ändra 7 9 {REF}", "change 7 and 9"])
def test_of_several_numbers_the_first_is_shown(anna: Chat, line: str) -> None:
    fills(opens(anna, **ALL)).types(line).is_asked("communication_boxes_filled")


def test_fewer_words_than_rows_answer_the_first_open_ones(asked_first: Chat) -> None:
    asked_first.presses("Ja").types("ja nej")

    assert informed(asked_first) == ["ja", "nej", "", ""]


def test_too_many_words_answer_nothing_and_say_how(asked_first: Chat) -> None:
    asked_first.presses("Ja").types("ja ja ja ja ja").sees("lika många svar som det finns rader")

    assert informed(asked_first) == [""] * 4
    asked_first.types("ja ja ja ja")
    assert informed(asked_first) == ["ja"] * 4


def test_a_row_with_one_disallowed_answer_is_rejected_whole(asked_first: Chat) -> None:
    asked_first.presses("Ja").types("ja pågår ja ja").sees("Det svaret kan inte ges")

    assert informed(asked_first) == [""] * 4


def test_no_with_a_text_in_a_group_motivates_in_the_own_row(asked_first: Chat) -> None:
    asked_first.presses("Ja").types(f"nej, {WHY}")

    kept = asked_first.written("child_informed_report")
    assert (kept.choice, kept.motivation_kind, kept.motivation) == ("nej", "text", WHY)
    asked_first.types("ångra")
    assert asked_first.stored("child_informed_report") == "obesvarad"
    assert asked_first.written("child_informed_report").motivation == ""


def test_the_motivation_of_several_no_may_be_typed(asked_first: Chat) -> None:
    asked_first.presses("Ja").types("nej ja ja nej").types(WHY).is_asked("communication_boxes_filled")

    assert {asked_first.written(GROUP[place]).motivation for place in (0, 3)} == {WHY}


@pytest.mark.parametrize("line", ["ja nej nej vet inte", "j n n vet ej", "ja, nej, nej, vet inte"])
def test_the_facts_are_typed_in_a_row(anna: Chat, line: str) -> None:
    anna.types(f"ny {REF}").types(line).is_asked("child_heard")

    assert anna.facts() == {"violence": "ja", "child_placed": "nej", "intervention_decided": "nej"}


@pytest.mark.parametrize("line", ["ja", "ja nej", "ja nej nej ja ja", "ja nej delvis ja"])
def test_facts_that_are_not_one_for_each_are_not_kept(anna: Chat, line: str) -> None:
    anna.types(f"ny {REF}").types(line).sees("4 svar i följd")

    assert anna.facts() == {}
    anna.types("ja nej nej ja").is_asked("child_heard")


def test_the_example_of_facts_in_a_row_has_as_many_as_are_asked(anna: Chat) -> None:
    opens(anna, children=2, **ALL).types("fortsätt barn 2").types("ja").sees(
        "2 svar i följd, till exempel: Ja, Vet inte."
    )
    anna.types("Ja, Vet inte").is_asked("child_heard")

    assert anna.facts(child=2).get("child_placed") == "ja"


def test_send_to_chef_may_be_typed_on_the_summary(asked_first: Chat, room: Room) -> None:
    fills(asked_first).types("skicka till chef").sees("Skickat till chef. Inget saknas.")

    assert len(room.events("sent")) == 1


def test_the_whole_list_can_be_typed(asked_first: Chat) -> None:
    for line in ("ja", "ja ja ja ja", "j", "1", "vi har en påhittad motivering"):
        asked_first.types(line)

    asked_first.sees("Sammanfattning")
    assert asked_first.gaps() == []


# --- the same text again -----------------------------------------------------------------------------------


def test_a_text_sent_again_before_it_was_answered_is_the_same_text(asked_first: Chat, room: Room) -> None:
    asked_first.types("ja", cut=True)
    said, rows = asked_first.text, room.count()
    room.later(seconds=9)

    asked_first.types("ja")

    assert room.count() == rows
    assert informed(asked_first) == [""] * 4
    assert asked_first.text == said


@pytest.mark.parametrize(("cut", "seconds"), [(False, 1), (True, 11)])
def test_the_same_word_answered_for_or_later_is_a_new_answer(
    asked_first: Chat, room: Room, cut: bool, seconds: int
) -> None:
    asked_first.types("ja", cut=cut)
    room.later(seconds=seconds)

    asked_first.types("ja")

    assert informed(asked_first) == ["ja", "", "", ""]


def test_a_text_that_was_answered_the_second_time_it_came_may_be_said_again(asked_first: Chat) -> None:
    asked_first.types("ja", cut=True).types("ja").types("ja")

    assert informed(asked_first) == ["ja", "", "", ""]


# --- one of several, asked for by its number -------------------------------------------------------------------------


def test_a_single_answer_is_for_the_question_that_was_named_also_where_a_card_asks_several(asked_first: Chat) -> None:
    asked_first.types("ja").types("ja ja pågår pågår")

    asked_first.types("ändra 5").sees("Skriver du ett enda svar gäller det fråga 5.").types("nej, påhittat skäl")
    assert informed(asked_first) == ["ja", "ja", "nej", "pagaende"]
    assert asked_first.written("child_informed_intervention").motivation == "påhittat skäl"
    asked_first.types("ändra 6").types("blått").types("ja")
    assert informed(asked_first) == ["ja", "ja", "nej", "ja"]
    asked_first.types("ändra 3").types("ja nej").sees("Skriv ett svar i taget")
    asked_first.types("nej nej nej nej")
    assert informed(asked_first) == ["nej"] * 4


def test_a_single_answer_is_for_the_gap_that_was_pressed(asked_first: Chat) -> None:
    asked_first.types("vad saknas").presses("Besvara 5").types("ja")
    assert informed(asked_first) == ["", "", "ja", ""]


@pytest.mark.parametrize("line", ["jag har skrivit fel nummer", "det blev fel ärendenummer", "wrong case number"])
def test_who_tells_of_a_wrong_number_is_led_to_the_card_for_it(asked_first: Chat, line: str) -> None:
    asked_first.types("vad saknas").types(line).sees("fel nummer")


@pytest.mark.parametrize("length", [4_001, 110_000, 250_000])
def test_a_message_that_is_too_long_is_answered_and_the_question_stands(asked_first: Chat, length: int) -> None:
    asked_first.types("nej, " + "å" * (length - 5)).sees(f"Meddelandet är {length} tecken och 4000 läses.")
    asked_first.types("ja").is_asked("child_informed_report")


# --- what goes with an answer ----------------------------------------------------------------------------------------


@pytest.fixture
def asked_when(anna: Chat) -> Chat:
    """Anna, asked on which day the protection assessment was made."""
    for line in (f"ny skyddsbedömning {REF}", "i dag", "ja", "ja", "ja"):
        anna.types(line)
    return anna.sees("Vilken dag gjordes den?")


@pytest.mark.parametrize("line", ["2026-05-11", "ja, 2026-05-11"])
def test_a_typed_day_is_echoed_with_its_case_and_question_and_may_be_undone(asked_when: Chat, line: str) -> None:
    asked_when.types(line).sees(f"{REF} · Sparat med svaret på fråga 3.", "Är skyddsbedömningen signerad")

    asked_when.presses("Ångra").sees("Det du sist lade till svaret Ja", "Framgår när skyddsbedömningen gjordes?")


@pytest.mark.parametrize("line", ["11/5", "2026-5-11", "nej, 2026-05-11", "signatur", "ja"])
def test_what_is_no_day_is_asked_for_as_one(asked_when: Chat, line: str) -> None:
    asked_when.types(line).sees("Skriv dagen som 2025-01-31, eller ”hoppa över”.", "Vilken dag gjordes den?")


def test_a_typed_comment_is_echoed_and_may_be_undone(anna: Chat) -> None:
    opens(anna, **ALL).types("ja").types("tillbaka").presses("Kommentera").types("påhittat förbehåll")

    anna.sees(f"{REF} · Sparad som kommentar (förbehåll) till fråga 1, 18 tecken.").presses("Ångra")
    assert not anna.written("child_heard").note


def test_not_yet_is_a_no_only_where_it_cannot_be_under_way(anna: Chat) -> None:
    opens(anna, **ALL).types("inte än")
    assert anna.stored("child_heard") == "nej"

    anna.types(f"ändra 6 {REF}").types("inte än").sees("Är det på gång svarar du Pågår")
    assert anna.stored("child_informed_decision") == ""
    anna.types("pågår")
    assert anna.stored("child_informed_decision") == "pagaende"


# --- a message in between ------------------------------------------------------------------------------------


def is_reminded_of_another_case(room: Room, anna: Chat) -> Chat:
    """Let a message about another case, with its first question, come after the card in view."""
    anna.types("ny SN 2026/0778").presses("Spara", {"Planerat beslutsdatum": "2026-05-13"})
    anna.types(f"fortsätt {REF}")
    room.sweeps()
    return anna.receives().sees("Påminnelse", "SN 2026/0778")


@pytest.mark.parametrize("line", ["ja", "nej", "1", "nej, barnet sov", "ja 2026-05-10", "1: ja", "Ja!", "igår", "12/5"])
def test_an_answer_after_a_message_of_the_bots_is_asked_about(room: Room, asked_first: Chat, line: str) -> None:
    is_reminded_of_another_case(room, asked_first)

    asked_first.types(line).is_asked("child_heard").sees(REF, "Ett annat meddelande har kommit", "inget sparades")
    assert asked_first.stored("child_heard") == ""
    assert asked_first.stored("child_heard", ref="SN 2026/0778") == ""

    asked_first.types("ja")
    assert asked_first.stored("child_heard") == "ja"


def test_a_motivation_after_a_message_of_the_bots_is_kept_aside_and_offered(room: Room, asked_why: Chat) -> None:
    is_reminded_of_another_case(room, asked_why)

    asked_why.types(WHY).is_asked("child_not_heard_motivated").sees("Ett annat meddelande har kommit")
    assert asked_why.stored("child_not_heard_motivated") == ""
    asked_why.presses("Spara som motivering")
    assert asked_why.written("child_not_heard_motivated").motivation == WHY


@pytest.mark.parametrize("line", ["nej", "finns ingen"])
def test_what_is_no_motivation_is_asked_for_again_after_a_message(room: Room, asked_why: Chat, line: str) -> None:
    is_reminded_of_another_case(room, asked_why)

    asked_why.types(line).is_asked("child_not_heard_motivated").sees("Ett annat meddelande har kommit")
    assert asked_why.stored("child_not_heard_motivated") == ""


def test_several_answers_after_a_message_are_asked_about(room: Room, asked_first: Chat) -> None:
    is_reminded_of_another_case(room, asked_first.types("ja"))

    asked_first.types("ja ja nej ja").sees("Ett annat meddelande har kommit")
    assert informed(asked_first) == ["", "", "", ""]
    asked_first.types("ja ja ja ja")
    assert informed(asked_first) == ["ja", "ja", "ja", "ja"]


def test_what_is_no_answer_is_understood_as_ever_after_a_message(room: Room, asked_first: Chat) -> None:
    is_reminded_of_another_case(room, asked_first)

    asked_first.types("tack").sees("Varsågod")
    asked_first.types("barnets mormor ringde").sees("Inget sparades av det du skrev").sees_no("Ett annat meddelande")
    asked_first.types("ja")
    assert asked_first.stored("child_heard") == "ja", "the question was shown again, and nothing has come since"


def test_a_reference_that_was_asked_for_is_taken_after_a_message(room: Room, asked_first: Chat) -> None:
    is_reminded_of_another_case(room, asked_first)
    asked_first.types("ny")
    room.later(days=1)
    room.sweeps()
    asked_first.receives().types("SN 2026/0800").sees("SN 2026/0800", "Uppgifter som avgör")
