"""Parsing typed answers: short forms, both languages, any letter case, and no guessing."""

import pytest

from checklists.replies import (
    Said,
    about_number,
    begins_with_answer,
    folded,
    is_about_several,
    is_day_meant,
    other_child,
    read_answer,
    read_answers,
    read_for_all,
    read_labelled,
    read_number,
    says_none,
)


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
        *((f"ja {day}", Said("ja", day)) for day in ("12/5", "2026-05-12", "den 12 maj", "i går", "May 10")),
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
        *("ja 1 2", "ja 1.2", "ja 10-12", "ja 14.30", "ja 2", "ja 12 maj på skolan", "ja maj", "vet ej 12/5"),
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


@pytest.mark.parametrize(
    ("line", "choice"),
    [
        *(
            (line, "ja")
            for line in (
                "jaaa",
                "joo",
                "ja det har hon",
                "Svar: ja",
                "det blir ett ja",
                "ja punkt",
                "Ja, det har det, tack",
            )
        ),
        *(
            (line, "nej")
            for line in ("nejj", "svaret är nej", "nej punkt", "nej du", "no he hasn't", "nej, det finns ingen")
        ),
    ],
)
def test_drawn_out_framed_and_dictated_answers_are_answers(line: str, choice: str) -> None:
    assert read_answer(line) == Said(choice)


@pytest.mark.parametrize(
    "line", ["nej ja", "nej men ja", "Nä men absolut", "ja, nej", "ja, det har det inte", "ja det har det inte", "ett"]
)
def test_what_contradicts_itself_is_no_answer(line: str) -> None:
    assert read_answer(line) is None


@pytest.mark.parametrize(("line", "begins"), [("Nej? hur då", True), ("barnet", False), ("", False)])
def test_a_line_may_begin_with_an_answer(line: str, begins: bool) -> None:
    assert begins_with_answer(line) is begins


def test_an_ellipsis_is_no_part_of_the_text() -> None:
    assert read_answer("nej... han vägrade") == Said("nej", "han vägrade")
    assert read_answer("nej...") == Said("nej")


def test_an_answer_may_name_its_question() -> None:
    assert about_number("Fråga 2: nej") == (2, "nej")
    assert about_number("nej på fråga 3") == (3, "nej")
    assert about_number("nej, se svaret på fråga 2") is None
    assert about_number("nej") is None


def test_one_answer_may_be_for_all() -> None:
    assert read_for_all("ja på alla fyra") == "ja"
    assert read_for_all("All no") == "nej"
    assert read_for_all("ja på alla utom insats") is None
    assert read_for_all("alla menade") is None
    assert read_for_all("ja") is None


def test_answers_may_be_named_by_label_or_number() -> None:
    labels = ("Orosanmälan", "Beslut")
    assert read_labelled("beslut nej, orosanmälan: ja", labels) == ["ja", "nej"]
    assert read_labelled("1 ja 2 nej", labels) == ["ja", "nej"]
    assert read_labelled("beslut ja beslut nej", labels) is None
    assert read_labelled("orosanmälan ja", labels) is None
    assert read_labelled("orosanmälan barnet beslut nej", labels) is None


def test_that_there_is_no_motivation_is_said_in_many_ways() -> None:
    assert all(map(says_none, ("det finns ingen", "Saknas tyvärr", "ingen motivering", "there is none")))
    assert not any(map(says_none, ("nej", "ingen tolk fanns", "barnet saknas")))


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("inte om beslutet", True),
        ("alla via tolk", True),
        ("inte om något", True),
        ("mamma satt med", False),
        ("ingen i familjen ville prata och alla var sjuka hela veckan", False),
    ],
)
def test_a_text_that_names_another_question_or_several_is_seen(text: str, *, several: bool) -> None:
    assert is_about_several(text, ("Orosanmälan", "Beslut", "")) is several


@pytest.mark.parametrize(
    "text",
    [
        *("2026-05-12", "2026-5-12", "2026-05-32", "20260512", "260512", "12/5", "12/5-26", "12.5.2026", "12 5 2026"),
        *("den 12 maj", "12 maj 2026", "12:e maj", "den 5:e", "May 10, 2026", "on 10th May", "på måndag", "i måndags"),
        *("i går", "igår", "i dag", "i förrgår.", "yesterday", "Today", "i morgon", "förra veckan", "förra tisdagen"),
        *("v 20", "v. 20", "vecka 20", "last week", "2026-05-12 kl 10", "2026-05-12 10:30", "12 maj klockan 9.15"),
    ],
)
def test_a_day_is_known_as_one_however_it_is_written(text: str) -> None:
    assert is_day_meant(text)


@pytest.mark.parametrize("text", ["", "12 samtal", "förra veckan kanske", "12 maj i skolan", "tolv", "2026", "dagis"])
def test_what_says_more_or_less_than_a_day_is_none(text: str) -> None:
    assert not is_day_meant(text)


@pytest.mark.parametrize(
    ("text", "child", "named"),
    [
        *(
            (text, 1, 2)
            for text in ("barn 2 sov", "Barn två sov", "för barn nr 2", "barn2", "child 2's room", "barn 2:s")
        ),
        *((text, 1, 0) for text in ("barn 1 och 2 sov", "barn 2 och barn 1", "barnen sov", "två barn", "barn 4", "")),
        *((text, 1, 0) for text in ("ett barn 2 år", "barn 2-åring", "barn 2 maj", "barn 2/5", "barn 20")),
        ("barn 2 och 3 sov", 1, 2),
        ("barn 2 och 3 sov", 3, 0),
        ("barn 2 sov", 0, 0),
    ],
)
def test_another_child_than_the_one_asked_about_is_noticed(text: str, child: int, named: int) -> None:
    assert other_child(text, child, 3) == named


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nej, barnet är ett år", Said("nej", "barnet är ett år")),
        ("nej barnet ar ett ar", Said("nej", "barnet ar ett ar")),
        ("nej, ett år", Said("nej", "ett år")),
        ("ja, hon är ett år", Said("ja", "hon är ett år")),
        ("nej, barnen finns inte här", Said("nej", "barnen finns inte här")),
        ("nej, det a\u0308r det inte", Said("nej")),  # a letter and its mark, as some keyboards send them
        ("nej, det ar det inte", Said("nej")),
    ],
)
def test_a_word_that_is_another_without_its_marks_means_itself(line: str, said: Said) -> None:
    assert read_answer(line) == said
