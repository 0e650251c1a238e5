"""Answers survive a round trip through a file; a value outside the scale is kept verbatim."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.cells import Cells, read_cells, table_words, write_cells
from checklists.csv_safe import as_written, safe
from checklists.loader import all_checklists, newest
from checklists.model import Written

AUDIT, BASIS = newest("sample_audit"), newest("decision_basis")
METHOD, PLAN = AUDIT.by_id["standardised_method_used"], AUDIT.by_id["care_and_implementation_plan"]
HEARD, REASON = BASIS.by_id["child_heard"], BASIS.by_id["child_not_heard_motivated"]


@pytest.mark.parametrize(
    ("cell", "choice"),
    [
        ("ja", "ja"),
        ("Ja", "ja"),
        ("Nej", "nej"),
        ("Delvis", "delvis"),
        ("Pågående", "pagaende"),
        ("pagaende", "pagaende"),
        ("E/T", "ej_tillampligt"),
        ("ej_tillampligt", "ej_tillampligt"),
        ("obesvarad", "obesvarad"),
        ("fritext", "fritext"),
        ("Det finns en vårdplan.", "fritext"),
        ("Ja, delvis", "fritext"),
        ("Ja?", "fritext"),
        ("j", "fritext"),
        ("Nej. FREDA", "fritext"),
        ("Ja. Barnet ville inte", "fritext"),
    ],
)
def test_the_words_of_the_scale_are_read_and_nothing_else_is_guessed(cell: str, choice: str) -> None:
    told = read_cells(PLAN, Cells(cell))

    assert (told.choice, told.raw) == (choice, cell)


def test_an_answer_this_question_does_not_take_is_kept_as_it_came() -> None:
    told = read_cells(HEARD, Cells("Delvis"))

    assert (told.choice, told.raw) == ("fritext", "Delvis")
    assert write_cells(HEARD, told, "fritext").answer == "Delvis"


def test_not_applicable_is_taken_for_a_question_with_a_condition_and_for_no_other() -> None:
    placed = BASIS.by_id["health_check_done"]

    assert read_cells(placed, Cells("E/T")).choice == "ej_tillampligt"
    assert read_cells(placed, Cells("Delvis")).choice == "fritext"
    assert read_cells(HEARD, Cells("E/T")).choice == "fritext"


@pytest.mark.parametrize(
    ("answer", "method", "choice", "option", "words"),
    [
        ("Ja. FREDA", "", "ja", "freda", ""),
        ("ja.freda", "", "ja", "freda", ""),
        ("Ja. BBIC, FREDA", "", "ja", "bbic,freda", ""),
        ("Ja. FREDA och BBIC", "", "ja", "freda,bbic", ""),
        ("Ja. annan", "", "ja", "another", ""),
        ("Ja. FREDA, Signs of Safety", "", "ja", "freda,another", "FREDA, Signs of Safety"),
        ("Ja. annan, Signs of Safety", "", "ja", "another", "annan, Signs of Safety"),
        ("Ja. Signs of Safety", "", "ja", "another", "Signs of Safety"),
        ("Ja. BBIC men inte FREDA", "", "ja", "another", "BBIC men inte FREDA"),
        ("Ja.", "", "fritext", "", ""),
        ("Ja", "BBIC", "ja", "bbic", ""),
        ("Ja", "Signs of Safety", "ja", "another", "Signs of Safety"),
        ("Ja. FREDA", "BBIC", "ja", "freda,bbic", ""),
        ("Nej", "BBIC", "nej", "", "BBIC"),
        ("Ja", "", "ja", "", ""),
    ],
)
def test_yes_and_a_method_are_two_answers_in_one_cell(
    answer: str, method: str, choice: str, option: str, words: str
) -> None:
    told = read_cells(METHOD, Cells(answer, method))

    assert (told.choice, told.option, told.method, told.raw) == (choice, option, words, answer)


def test_a_question_with_one_option_keeps_two_in_words() -> None:
    assert read_cells(HEARD, Cells("Ja. Observation")).option == "observation"
    assert read_cells(HEARD, Cells("Ja", "Via annan")).option == "through_other"
    assert read_cells(HEARD, Cells("Ja. Inte alls")).choice == "fritext", "it is not one of the options"
    both = read_cells(HEARD, Cells("Ja", "Eget samtal och Observation"))
    assert (both.option, both.method) == ("", "Eget samtal och Observation")


def test_where_no_option_means_another_what_none_of_them_covers_is_kept_in_words() -> None:
    told = read_cells(newest("intake").by_id["protection_assessment_signed"], Cells("Nej", "Signatur, påhittat"))

    assert (told.choice, told.option, told.method) == ("nej", "signature", "Signatur, påhittat")


def test_a_method_for_a_question_without_options_is_kept_in_words() -> None:
    told = read_cells(PLAN, Cells("Ja", "FREDA"))

    assert (told.choice, told.option, told.method) == ("ja", "", "FREDA")


@pytest.mark.parametrize(
    ("cell", "kind", "text", "place"),
    [
        ("", "", "", ""),
        ("Skäl", "text", "Skäl", ""),
        ("Finns i akten: Journal 12/5", "reference", "", "Journal 12/5"),
        ("finns i akten: Journal", "reference", "", "Journal"),
        ("Finns i akten:", "text", "Finns i akten:", ""),
        ("Finns i akten", "text", "Finns i akten", ""),
        ("Skäl (Var i akten: Journal)", "text", "Skäl", "Journal"),
    ],
)
def test_a_motivation_comes_back_as_a_text_or_as_a_reference(cell: str, kind: str, text: str, place: str) -> None:
    told = read_cells(REASON, Cells("ja", motivation=cell))

    assert (told.motivation_kind, told.motivation, told.place) == (kind, text, place)
    assert write_cells(REASON, told, "ja").motivation.casefold() == cell.casefold()


def test_a_reason_that_is_not_there_is_said_to_be_missing() -> None:
    assert read_cells(REASON, Cells("nej")).motivation_kind == "missing"
    assert read_cells(HEARD, Cells("nej")).motivation_kind == ""


WORDS = st.sampled_from(
    ["", "Ja", "E/T", "Ja. FREDA", "ja. freda, x", "Finns i akten: A. B", "a (Var i akten: b)", "BBIC", "=1", "'=1"]
)
TEXTS = (WORDS | st.text(max_size=12)).map(str.strip)
ITEMS = st.sampled_from([item for checklist in all_checklists().values() for item in checklist.items])


@given(ITEMS, TEXTS.filter(bool), TEXTS, TEXTS, TEXTS)
def test_reading_and_rewriting_gives_the_same_file(
    item: object, answer: str, method: str, motivation: str, note: str
) -> None:
    assert isinstance(item, type(HEARD))
    first = read_cells(item, Cells(answer, method, motivation, note))
    out = write_cells(item, first, first.choice)
    again = read_cells(
        item, Cells(*(as_written(safe(cell)) for cell in (out.answer, out.method, out.motivation, out.note)))
    )

    assert write_cells(item, again, again.choice).like(out)
    assert again.choice == first.choice
    assert again.motivation_kind == first.motivation_kind


@pytest.mark.parametrize("cell", ["=1+1", "-", "'", "'text'", "", "'=1", "+46", "\u00a0=1", "plain"])
def test_an_apostrophe_before_a_dangerous_cell_is_taken_off_again_and_no_other(cell: str) -> None:
    assert safe(as_written(safe(cell))) == safe(cell)
    if safe(cell) != cell:
        assert as_written(safe(cell)) == cell
    else:
        assert as_written(cell) in (cell, cell[1:])
    assert as_written("'text'") == "'text'"


@pytest.mark.parametrize(
    ("told", "counted", "words"),
    [
        (Written("ja", raw="Ja. FREDA", option="freda"), "ja", "Ja. FREDA"),
        (Written("ja", raw="JA"), "ja", "JA"),
        (Written("ja", raw="ja", option="freda,bbic"), "ja", "Ja. FREDA, BBIC"),
        (Written("ja", raw="Ja", option="another", method="Signs of Safety"), "ja", "Ja. Signs of Safety"),
        (Written("ja", option="freda"), "ja", "Ja. FREDA"),
        (Written("ja", option="freda"), "ej_tillampligt", "E/T"),
        (Written("fritext", raw="Det finns en vårdplan."), "fritext", "Det finns en vårdplan."),
        (Written("ja", raw="Ja"), "obesvarad", "Ja"),
        (Written("ja", raw="ja"), "obesvarad", "Ja"),
        (Written("pagaende"), "pagaende", "Pågående"),
        (Written("obesvarad", raw="obesvarad"), "obesvarad", ""),
        (Written("obesvarad"), "obesvarad", ""),
    ],
)
def test_the_table_says_what_came_in_else_the_words_of_the_scale(told: Written, counted: str, words: str) -> None:
    assert table_words(METHOD, told, counted) == words
