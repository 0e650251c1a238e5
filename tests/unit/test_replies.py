"""Parsing typed answers: short forms, both languages, any letter case, and no guessing."""

import pytest

from checklists.replies import Said, folded, read_answer, read_answers, read_number


@pytest.mark.parametrize(
    ("line", "choice"),
    [
        *((word, "ja") for word in ("ja", "Ja", "JA.", " j ", "jo", "ja!", "yes", "y")),
        *((word, "nej") for word in ("nej", "N", "no", "Nej.")),
        *((word, "delvis") for word in ("delvis", "Partly")),
        *((word, "pagaende") for word in ("pågår", "pagar", "pa\u030agår", "PÅGÅENDE", "ongoing")),
        *((word, "ej_tillampligt") for word in ("et", "E/T", "ej tillämpligt", "ej  tillampligt", "n/a")),
        *((word, "unknown") for word in ("vet inte", "Vet ej", "don't know")),
        *((word, "skip") for word in ("hoppa över", "skip")),
    ],
)
def test_an_answer_is_understood_however_it_is_written(line: str, choice: str) -> None:
    assert read_answer(line) == Said(choice)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nej, barnet är tre månader", Said("nej", "barnet är tre månader")),
        ("Nej: se journal", Said("nej", "se journal")),
        ("n;skäl", Said("nej", "skäl")),
        ("nej ,  skäl  ", Said("nej", "skäl")),
        ("nej, två\nrader", Said("nej", "två\nrader")),
        ("ja, men, inte helt", Said("ja", "men, inte helt")),
    ],
)
def test_an_answer_with_a_text_is_both(line: str, said: Said) -> None:
    assert read_answer(line) == said


@pytest.mark.parametrize(
    "line", ["", "kanske", "nej barnet är tre", "ja ja", "nej,", "nej, ", ", skäl", "jaja", "1", "inte"]
)
def test_what_is_no_answer_is_not_guessed_at(line: str) -> None:
    assert read_answer(line) is None


@pytest.mark.parametrize(
    ("line", "choices"),
    [
        ("ja ja nej pågår", ["ja", "ja", "nej", "pagaende"]),
        ("ja, nej", ["ja", "nej"]),
        ("Ja,nej,vet inte", ["ja", "nej", "unknown"]),
        ("vet ej vet inte j", ["unknown", "unknown", "ja"]),
        ("j n et", ["ja", "nej", "ej_tillampligt"]),
    ],
)
def test_answers_in_a_row_are_read_in_order(line: str, choices: list[str]) -> None:
    assert read_answers(line) == choices


@pytest.mark.parametrize("line", ["", "ja kanske nej", "ja 1", "nej, barnet hördes inte"])
def test_a_row_with_anything_else_in_it_is_no_row_of_answers(line: str) -> None:
    assert read_answers(line) is None


@pytest.mark.parametrize(
    ("line", "number"),
    [("1", 1), (" 12. ", 12), ("0", 0), ("123", None), ("-1", None), ("１", None), ("", None), ("ja", None)],
)
def test_a_number_is_one_of_a_button(line: str, number: int | None) -> None:
    assert read_number(line) == number


def test_words_are_compared_without_case_rings_and_dots() -> None:
    assert folded("  Åker  ÄR  Öm.! ") == folded("aker ar om") == "aker ar om"
