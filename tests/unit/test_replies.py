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
        ("ja men inte helt", Said("ja", "inte helt")),
        ("yes but not everything", Said("ja", "not everything")),
        ("Ja (utom till pappan)", Said("ja", "utom till pappan")),
        ("jo, fast bara till mamman", Said("ja", "fast bara till mamman")),
        ("nej barnet är tre", Said("nej", "barnet är tre")),
        ("nej. Barnet är tre.", Said("nej", "Barnet är tre.")),
        ("nej – barnet är tre", Said("nej", "barnet är tre")),
        ("nej-barnet är tre", Said("nej", "barnet är tre")),
        ("Nej (barnet är tre)", Said("nej", "barnet är tre")),
        ("nä, barnet (tre år) sov", Said("nej", "barnet (tre år) sov")),
        ("nej tyvärr, barnet sov", Said("nej", "barnet sov")),
        ("Nope; the child was away", Said("nej", "the child was away")),
        ("delvis, bara om utredningen", Said("delvis", "bara om utredningen")),
    ],
)
def test_an_answer_with_a_text_is_both(line: str, said: Said) -> None:
    assert read_answer(line) == said


@pytest.mark.parametrize(
    ("line", "choice"),
    [
        *(
            (word, "ja")
            for word in ("japp", "jajamän!", "Ja tack", "ja, tack", "ja 👍", "*ja*", "yep", "ja visst.", "jodå")
        ),
        *((word, "nej") for word in ("nä", "nepp", "nope", "nej tack", "nej,", "nej, ", "Nej, det har det inte.")),
        *(
            (word, "nej")
            for word in ("nej det gjordes inte", "nej :)", "nej – tack så mycket", "nix", "nej, inte alls")
        ),
        *(
            (word, "unknown")
            for word in ("ingen aning", "I don’t know", "I don't know", "idk", "jag vet inte", "osäker")
        ),
    ],
)
def test_everyday_words_and_what_only_repeats_them_are_the_answer_alone(line: str, choice: str) -> None:
    assert read_answer(line) == Said(choice)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "kanske",
        "ja ja",
        ", skäl",
        "jaja",
        "1",
        "inte",
        "ja?",
        "nej?",
        "n.b. se akten",
        "ja eller nej",
        "ja det har det inte",
        "ja, nej",
    ],
)
def test_text_that_is_not_an_answer_is_not_guessed_at(line: str) -> None:
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
def test_a_row_with_other_cells_is_not_a_row_of_answers(line: str) -> None:
    assert read_answers(line) is None


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("1", 1),
        (" 12. ", 12),
        ("1)", 1),
        ("(2)", 2),
        ("nr 3", 3),
        ("Alternativ 2", 2),
        ("#1", 1),
        ("0", 0),
        ("123", None),
        ("-1", None),
        ("１", None),
        ("", None),
        ("ja", None),
    ],
)
def test_a_number_selects_a_button(line: str, number: int | None) -> None:
    assert read_number(line) == number


def test_words_are_compared_without_case_rings_and_dots() -> None:
    assert folded("  Åker  ÄR  Öm.! ") == folded("aker ar om") == "aker ar om"
