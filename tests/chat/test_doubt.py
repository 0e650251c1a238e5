"""At a motivation: what may not be meant as one is asked about first; what was stored is said, as what."""

import pytest

from tests.chat.drive import fills, opens
from tests.chat.harness import REF, Chat, Room
from tests.chat.lived import lived_once
from tests.chat.test_typing import ALL, GROUP, WHY

WHAT = "child_not_heard_motivated"
ASKED = "Är det du skrev en motivering?"


@pytest.fixture
@lived_once
def why(anna: Chat) -> Chat:
    """Anna, asked why the child was not heard."""
    return opens(anna, **ALL).types("nej").is_asked(WHAT)


@pytest.mark.parametrize(
    "line",
    [
        *("hur menar du?", "antal barn 2", "ja tack", "tack", "ok", "👍", ".", "vad sakns", "jag förstår inte"),
        *("fortsett SN 2026/0202", "kan du ringa mig", "vänta", "2026-05-12", "ta bort svaret", "what?"),
        *("5: ja", "2 ja", "4: nej, hon är fyra"),
    ],
)
def test_what_may_not_be_a_motivation_is_asked_about_and_not_stored(why: Chat, line: str) -> None:
    why.types(line).sees(ASKED)

    assert why.buttons == ["Spara som motivering", "Avbryt"]
    assert why.stored(WHAT) == ""
    why.presses("Avbryt").is_asked(WHAT).sees("Det du skrev är inte sparat.")
    assert why.types(WHY).written(WHAT).motivation == WHY


def test_she_may_say_that_it_is_one(why: Chat) -> None:
    why.types("hur menar du?").presses("Spara som motivering").is_asked("child_informed_report")
    why.sees(f"{REF} · Sparad som motivering till fråga 2, 13 tecken.")

    assert why.written(WHAT).motivation == "hur menar du?"
    why.presses("Ångra").is_asked(WHAT)
    assert why.stored(WHAT) == "obesvarad"


@pytest.mark.parametrize("said", ["ja", "Spara som motivering", "1", "hur menar du?"])
def test_she_may_say_so_by_typing_and_is_asked_once(why: Chat, said: str) -> None:
    why.types("hur menar du?").types(said).is_asked("child_informed_report")

    assert why.written(WHAT).motivation == "hur menar du?"


@pytest.mark.parametrize("said", ["nej", "avbryt", "2", "Nä"])
def test_no_drops_the_line_and_asks_again(why: Chat, said: str) -> None:
    why.types("hur menar du?").types(said).is_asked(WHAT)

    assert why.stored(WHAT) == ""


def test_another_line_instead_is_the_motivation(why: Chat) -> None:
    why.types("hur menar du?").types("tack").sees(ASKED).types(WHY).is_asked("child_informed_report")

    assert why.written(WHAT).motivation == WHY
    why.types("ändra 2").is_asked(WHAT)


def test_the_line_that_was_asked_about_is_in_no_draft_and_no_card(why: Chat, room: Room) -> None:
    why.presses("Pausa", {"motivation": "halvskriven påhittad text"}).types("fortsätt").is_asked(WHAT)

    why.types("hur menar du?").sees_no("hur menar du?").presses("Avbryt").is_asked(WHAT)

    why.sees("halvskriven påhittad text")


NEARLY = ("nje", "neij", "nja", "nekj", "vet int", "jaa!", "pagårr", "delvs", "yess", "nto sure")
"""Mistyped answers: nobody means them as a reason."""


@pytest.mark.parametrize("line", NEARLY)
def test_what_is_nearly_an_answer_is_asked_about_and_no_motivation_unasked(why: Chat, line: str) -> None:
    why.types(line)

    assert why.stored(WHAT) == ""


@pytest.mark.parametrize("line", ["för ung", "sjuk", "nekat", "vill inte", "nyfödd", "akut läge", "neka samtal"])
def test_a_short_reason_is_not_taken_for_a_mistyped_answer(why: Chat, line: str) -> None:
    why.types(line)

    assert why.written(WHAT).motivation == line


@pytest.mark.parametrize("line", ["ok", "👍", "…", "1️⃣"])
def test_next_to_nothing_is_stored_if_she_says_that_she_meant_it(why: Chat, line: str) -> None:
    why.types(line).presses("Spara som motivering").is_asked("child_informed_report")

    assert why.written(WHAT).motivation == line
    why.types("ångra").presses("Spara", {"motivation": line}).is_asked(WHAT).sees("Skriv en motivering")


def test_an_old_card_that_asked_stores_nothing_twice(why: Chat) -> None:
    asked = why.types("hur menar du?").shown
    why.types(WHY).presses("Spara som motivering", on=asked)

    assert why.written(WHAT).motivation == WHY


def test_a_text_in_the_field_is_not_asked_about_but_a_near_empty_one_is_none(why: Chat) -> None:
    why.presses("Spara", {"motivation": "ok"}).is_asked(WHAT).sees("Skriv en motivering")
    assert why.stored(WHAT) == ""

    why.presses("Spara", {"motivation": "hur menar du?"})
    assert why.written(WHAT).motivation == "hur menar du?"


def test_the_reply_says_what_was_stored_as_what(why: Chat) -> None:
    why.types(WHY).sees(f"{REF} · Sparad som motivering till fråga 2, {len(WHY)} tecken.")
    why.presses("Ångra").is_asked(WHAT).types("nej").sees("Fråga 2: Finns en motivering till varför", "Nej.")


def test_a_text_stored_beside_an_answer_that_stands_is_echoed_too(why: Chat) -> None:
    why.types("tillbaka").types(f"nej, {WHY}").is_asked("child_informed_report")

    why.sees(f"{REF} · Sparad som motivering till fråga 2, {len(WHY)} tecken.").sees_no("Fråga 1:")
    why.presses("Ångra").is_asked(WHAT)


def test_of_several_answers_those_that_are_new_are_echoed(anna: Chat) -> None:
    opens(anna, **ALL).types("ja").types("ja ja ja pågår").types("ändra 3").types("ja nej ja pågår")

    anna.sees("Fråga 4: Har barnet fått information om utredningen? Nej.").presses("Ångra")
    assert anna.stored("child_informed_investigation") == "ja"


def test_no_with_a_text_says_both(anna: Chat) -> None:
    opens(anna, **ALL).types(f"nej {WHY}")

    anna.sees("Fråga 1: Har barnet kommit till tals", f"Sparad som motivering till fråga 2, {len(WHY)} tecken.")
    assert anna.written(WHAT).motivation == WHY


@pytest.mark.parametrize("line", ["nej, hur menar du?", "nej vänta", "nej, antal barn 2", "ja, vad betyder det?"])
def test_an_answer_with_something_else_after_it_is_asked_about(anna: Chat, room: Room, line: str) -> None:
    opens(anna, **ALL).types(line).is_asked("child_heard").sees("inget sparades")

    assert room.count() == 0
    anna.types("nej")
    assert anna.stored("child_heard") == "nej"


@pytest.mark.parametrize(
    "line",
    [
        *("finns i akten, påhittad anteckning 12 maj", "Finns i akten: påhittad anteckning 12 maj"),
        *("ja, finns i akten, påhittad anteckning 12 maj", "Ja finns i akten påhittad anteckning 12 maj"),
    ],
)
def test_in_the_file_and_where_may_be_typed(why: Chat, line: str) -> None:
    why.types(line).is_asked("child_informed_report").sees("Sparat: var i akten motiveringen till fråga 2 finns.")

    kept = why.written(WHAT)
    assert (kept.motivation_kind, kept.place, kept.motivation) == ("reference", "påhittad anteckning 12 maj", "")


@pytest.mark.parametrize(
    ("title", "fields", "marked"),
    [
        ("Spara", {"motivation": WHY}, True),
        ("Spara", {"motivation": WHY, "place": "påhittad anteckning"}, False),
        ("Finns i akten", {"motivation": WHY, "place": "påhittad anteckning"}, False),
    ],
)
def test_a_text_alone_is_marked_as_kept_in_the_bot_only(
    why: Chat, title: str, fields: dict[str, str], marked: bool
) -> None:
    why.presses(title, fields)

    assert why.written(WHAT).motivation == WHY
    assert ("endast i boten" in fills(why, {"police_report_motivated": "reference"}).text) is marked


def test_of_a_protected_identity_no_text_is_kept_only_where_in_the_file(why: Chat, room: Room) -> None:
    why.types("uppgifter").presses("Spara", {"protected_identity": "Ja"}).types("fortsätt").is_asked(WHAT)
    assert "Motivering" not in [field.get("label") for field in why.card["body"]]

    why.types("påhittad anteckning 12 maj").is_asked("child_informed_report")
    kept = why.written(WHAT)
    assert (kept.motivation_kind, kept.place, kept.motivation) == ("reference", "påhittad anteckning 12 maj", "")

    why.types(f"nej, {WHY}").sees("skyddade personuppgifter", "sparades inte")
    assert (why.stored(GROUP[0]), why.written(GROUP[0]).motivation) == ("nej", "")
    why.types("ändra 1").types(f"ja, {WHY}").sees("skyddade personuppgifter")
    assert (why.stored("child_heard"), why.written("child_heard").note or "") == ("ja", "")


@pytest.mark.parametrize("line", [f"ja, {WHY}", f"ja men {WHY}", f"Ja ({WHY})", f"japp, {WHY}"])
def test_yes_with_a_text_answers_with_the_text_as_note(anna: Chat, line: str) -> None:
    opens(anna, **ALL).types(line).is_asked("child_informed_report")

    kept = anna.sees(f"Sparad som kommentar (förbehåll) till fråga 1, {len(WHY)} tecken.").written("child_heard")
    assert (kept.choice, kept.note, kept.motivation) == ("ja", WHY, "")
    anna.presses("Ångra").is_asked("child_heard")
    assert (anna.stored("child_heard"), anna.written("child_heard").note or "") == ("obesvarad", "")


def test_ongoing_with_a_text_keeps_it_as_note(anna: Chat) -> None:
    opens(anna, **(ALL | {"child_placed": "ja"}))
    fills(anna, until="health_check_done").types("pågår, läkartid påhittad i juni")

    kept = anna.written("health_check_done")
    assert (kept.choice, kept.note, kept.motivation) == ("pagaende", "läkartid påhittad i juni", "")


NOT_HERS = ("Rapport 2026", "rapport maj 2026", "rapport 2026 kv 2", "exportera 2026", "granska", "ersättare")


@pytest.mark.parametrize("line", NOT_HERS)
def test_a_command_that_is_not_hers_is_asked_about_and_not_lost(why: Chat, line: str) -> None:
    why.types(line).sees(ASKED).sees_no("roll")
    assert why.stored(WHAT) == ""

    why.presses("Spara som motivering").is_asked("child_informed_report")
    assert why.written(WHAT).motivation == line


def test_typed_twice_it_is_meant(why: Chat) -> None:
    why.types("Rapport 2026").types("Rapport 2026").is_asked("child_informed_report")

    assert why.written(WHAT).motivation == "Rapport 2026"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Uppgifter 2026", "Det finns inget ärende"),
        ("Uppgifter SN 2026/0999", "Det finns inget ärende"),
        ("Fortsätt 2025", "Det finns inget ärende"),
        ("Paus SN 2026/0998", "Det finns inget ärende"),
    ],
)
def test_a_command_that_is_refused_is_told_so_and_the_line_is_not_lost(why: Chat, line: str, said: str) -> None:
    why.types(line).sees(said, "Var det motiveringen?").is_asked(WHAT)
    why.presses("Spara som motivering").is_asked("child_informed_report")

    assert why.written(WHAT).motivation == line


def test_after_a_refused_command_the_next_line_is_an_answer(why: Chat) -> None:
    why.types("Uppgifter 2026").types("nej").is_asked("child_informed_report")

    assert why.stored(WHAT) == "nej"


@pytest.mark.parametrize("line", ["hjälp", "vad saknas", "mina ärenden", "rapport 2026 ok"])
def test_her_own_commands_win_and_other_words_are_a_motivation(why: Chat, line: str) -> None:
    why.types(line).sees_no(ASKED)


def test_where_no_motivation_is_asked_for_a_command_that_is_not_hers_is_refused(anna: Chat) -> None:
    opens(anna, **ALL).types("rapport 2026").sees("roll")


@pytest.mark.parametrize("between", [", ", " ", ": "])
@pytest.mark.parametrize("protected", ["nej", "ja"])
def test_after_a_no_too_the_file_and_where_may_be_typed(anna: Chat, between: str, protected: str) -> None:
    opens(anna, **ALL).types("uppgifter").presses("Spara", {"Skyddade personuppgifter": protected})
    anna.types("fortsätt").types(f"nej, finns i akten{between}påhittad anteckning 12 maj")

    anna.is_asked("child_informed_report").sees("Sparat: var i akten motiveringen till fråga 2 finns.")
    kept = anna.written(WHAT)
    assert (kept.motivation_kind, kept.place, kept.motivation) == ("reference", "påhittad anteckning 12 maj", "")


@pytest.mark.parametrize(
    "text",
    [
        *("den finns i akten", "se akt", "det står i akten", "se utredningen", "motivering finns i akten"),
        *("motiverat i journalen", "jag har skrivit det i journalen", "finns i Lifecare", "framgår av utredningen"),
        *("dokumenterat i verksamhetssystemet", "finns redan dokumenterat i akten", "it is in the file"),
    ],
)
def test_the_file_without_where_is_asked_about_after_a_no_and_as_the_motivation(anna: Chat, text: str) -> None:
    opens(anna, **ALL).types(f"nej, {text}").is_asked("child_heard").sees("säger inte var i akten")
    anna.types("nej").types(text).is_asked(WHAT).sees("Skriv också var i akten")

    assert anna.stored(WHAT) == ""


@pytest.mark.parametrize("text", ["se akt", "finns i journalen"])
def test_the_file_without_where_is_asked_about_on_the_card_of_four(anna: Chat, text: str) -> None:
    fills(opens(anna, **ALL), until="child_informed_report").types(f"nej, {text}").sees("säger inte var i akten")

    assert anna.stored("child_informed_report") == ""


@pytest.mark.parametrize(
    "line",
    [
        *("12 maj", "igår", "i måndags", "den 3:e", "det har hon inte", "motivering finns"),
        *("nej, 12 maj", "ja, i måndags", "nej, vänta lite", "ja, hur menar du", "nej, motivering finns"),
    ],
)
def test_a_day_alone_or_the_answer_over_again_is_asked_about(why: Chat, line: str) -> None:
    why.types(line).sees(ASKED)

    assert why.stored(WHAT) == ""


ABSENT = (
    *("ej dokumenterat", "finns inte i akten", "det är inte motiverat", "ingen motivering i akten", "framgår inte"),
    *(
        "jag hittar ingen motivering",
        "jag har inte skrivit det än",
        "saknas i utredningen",
        "not documented in the file",
    ),
)


@pytest.mark.parametrize("line", [*ABSENT, "ska skrivas i morgon", "I will add it later", "not needed"])
def test_that_there_is_no_motivation_is_none(why: Chat, line: str) -> None:
    why.types(line).sees(ASKED)
    why.types("avbryt").types(f"nej, {line}")

    assert why.stored(WHAT) == ""


@pytest.mark.parametrize("line", [line for line in ABSENT if not line.startswith("ej")])
def test_that_there_is_no_motivation_is_none_after_a_no_and_a_reservation_after_a_yes(anna: Chat, line: str) -> None:
    opens(anna, **ALL).types(f"nej, {line}").is_asked("child_heard")
    assert anna.stored(WHAT) == ""

    anna.types(f"ja men {line}").is_asked("child_informed_report")
    assert anna.written("child_heard").note == line


@pytest.mark.parametrize(
    "line",
    [
        "föräldrarna har inte dokumenterat något hemma",
        "mamman har inte angett adress",
        "det finns ingen tolk i kommunen",
    ],
)
def test_what_is_told_of_others_is_a_motivation(why: Chat, line: str) -> None:
    assert why.types(line).written(WHAT).motivation == line


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("se akten, flik 3", "flik 3"),
        ("det står i akten: påhittad anteckning", "påhittad anteckning"),
        ("finns i journalen (12 maj)", "journalen 12 maj"),
        ("dokumenterat i Lifecare, anteckning 12 maj", "Lifecare anteckning 12 maj"),
        ("beslutet är motiverat i utredningen, s. 4", "utredningen s. 4"),
        ("in the file, note 12 May", "note 12 May"),
    ],
)
@pytest.mark.parametrize("begins", ["", "nej, "])
def test_where_in_the_file_may_be_said_in_other_words(anna: Chat, line: str, place: str, begins: str) -> None:
    opens(anna, **ALL)
    anna.types(f"{begins}{line}") if begins else anna.types("nej").types(line)

    kept = anna.written(WHAT)
    assert (kept.place, kept.motivation) == (place, "")


def test_in_english_where_is_taken_as_the_bot_says_that_it_is_to_be_written(why: Chat) -> None:
    asked = why.types("language en").types("continue").types("see the file").text
    example = asked.split("for example: ")[1].split(". Nothing")[0]
    why.types(example)

    assert why.written(WHAT).place == example.removeprefix("in the case file, ")


@pytest.mark.parametrize("line", ["det står i utredningen, hon vägrade", "det står i journalen att hon vägrade 3 ggr"])
def test_what_follows_the_file_and_is_no_place_is_a_motivation(why: Chat, line: str) -> None:
    assert why.types(line).written(WHAT).motivation == line


@pytest.mark.parametrize("answer", ["ja, ", "nej, ", "Nä ", ""])
def test_after_an_answer_too_the_file_is_no_motivation_but_where_it_is(why: Chat, answer: str) -> None:
    why.types(f"{answer}se akten").sees("Skriv också var i akten")
    why.types(f"{answer}finns i akten, påhittad anteckning 12 maj")

    kept = why.written(WHAT)
    assert (kept.place, kept.motivation) == ("påhittad anteckning 12 maj", "")


SHORT = "för kort för att sparas"


@pytest.mark.parametrize(
    ("line", "choice"), [("nej, x", "nej"), ("nej xy", "nej"), ("ja, x", "ja"), ("1: nej, x", "nej")]
)
def test_a_text_after_an_answer_that_is_too_short_is_said_to_be(anna: Chat, line: str, choice: str) -> None:
    opens(anna, **ALL).types(line).sees(SHORT, "Fråga 1").sees_no("xy")
    assert anna.stored("child_heard") == choice
    assert not anna.written("child_heard").note

    anna.types("ändra 1").types(line).sees(SHORT)


def test_at_a_motivation_too(why: Chat) -> None:
    why.types("nej, x").is_asked("child_informed_report").sees(SHORT)

    assert why.stored(WHAT) == "nej"


@pytest.mark.parametrize("line", ["nej", "nej, nej", "nej tack", "nej 👍", "nej!!", "nej, det har det inte"])
def test_of_a_text_that_only_repeats_or_greets_nothing_is_said(anna: Chat, line: str) -> None:
    opens(anna, **ALL).types(line).is_asked(WHAT).sees_no(SHORT)
