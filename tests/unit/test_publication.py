"""Publication: no small number is published, and none that is hidden can be worked out from all that is."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence

import pytest

from checklists.disclosure import Counts, Quarter, Shape, year_safe
from checklists.loader import newest
from checklists.model import Answer, Checklist
from checklists.publication import YEAR, codes_of_lists, impossible, shown_items, shown_lists
from checklists.rates import ANSWERED, item_figures, item_states
from checklists.rules import Applied
from tests.unit.made_up import made_list, raw_item
from tests.unit.publication_audit import QUARTERS, Cell, Outsider, equations

TELLING = (2007, 2016, 2024)
"""Seeds of years in which questions that hang on each other would give something away."""
COLUMNS = (
    "cases", "applicable", "answered", "ja", "nej", "nej_motiverat", "delvis", "pagaende", "fritext", "ej_tillampligt",
    "obesvarad", "ja_med_forbehall",
)  # fmt: skip
LIST_COLUMNS = (
    "due", "without_checklist", "begun", "sent", "complete", "signed", "signed_with_shortfall", "returned", "voided"
)  # fmt: skip
Rows = dict[str, dict[str, int]]
Year = dict[str, Rows]
"""By quarter, the figures of each question; those of whole lists under ""."""


def counted(**by_code: int) -> dict[str, int]:
    """Return the figures of a question as they add up."""
    answered = sum(by_code.get(code, 0) for code in ANSWERED)
    applicable = answered + by_code.get("obesvarad", 0)
    cases = applicable + by_code.get("ej_tillampligt", 0)
    return {"cases": cases, "applicable": applicable, "answered": answered, **by_code}


def filled_in(dice: random.Random, checklist: Checklist, lists: int, careful: float) -> Rows:
    """Return the figures of made-up lists, by the rules. careful: how likely a question is answered `ja`."""
    violence, placed, left_open = dice.random(), dice.random(), dice.choice([0.01, 0.05, 0.2])
    counts: dict[str, Counter[str]] = {item.id: Counter() for item in checklist.items}
    for _ in range(lists):
        facts = {"case_type": "barn", "violence": "nej", "child_placed": "nej", "child_communicated": "ja"}
        facts |= {fact: "ja" for fact, p in (("violence", violence), ("child_placed", placed)) if dice.random() < p}
        answers = {
            item.id: Answer("ja" if dice.random() < careful else dice.choice(item.answers), noted=dice.random() < 0.1)
            for item in checklist.items
            if dice.random() > left_open
        }
        for item, code in item_figures(checklist, item_states(Applied(checklist, facts, answers), "case_worker")):
            counts[item][code] += 1
    return {item: counted(**found) for item, found in counts.items() if found}


def progress(dice: random.Random, begun: int) -> dict[str, int]:
    sent = max(0, begun - dice.choice([0, 1, 3, dice.randint(0, begun)]))
    signed, due = dice.randint(0, sent), dice.randint(0, begun + 3)
    row = {"begun": begun, "sent": sent, "signed": signed, "signed_with_shortfall": dice.randint(0, min(signed, 6))}
    row |= {code: dice.randint(0, begun) for code in ("complete", "returned", "voided")}
    return row | {"due": due, "without_checklist": dice.randint(0, due)}


def made_year(dice: random.Random, checklist: Checklist, lists: int, careful: float) -> Year:
    found: Year = {}
    for quarter in QUARTERS:
        begun = round(lists * dice.choice([0.2, 0.6, 1, 1, 1, 1.3])) or 1
        found[quarter] = filled_in(dice, checklist, begun, careful) | {"": progress(dice, begun)}
    return found


def values(year: Year, checklist: Checklist) -> dict[Cell, int]:
    """Return the number in each cell that a list does not make impossible."""
    found: dict[Cell, int] = {}
    for item in sorted({item for rows in year.values() for item in rows}):
        never = impossible([checklist], item) if item else frozenset()
        for code in COLUMNS if item else LIST_COLUMNS:
            for period in (*QUARTERS, YEAR) if code not in never else ():
                quarters = [year[quarter] for quarter in year if period in (quarter, YEAR)]
                found[item, code, period] = sum(rows.get(item, {}).get(code, 0) for rows in quarters)
    return found


def shown(year: Year, checklist: Checklist) -> set[Cell]:
    """Return the cells that are shown."""
    questions = {quarter: {item: row for item, row in rows.items() if item} for quarter, rows in year.items()}
    of_items = shown_items([checklist], questions)
    of_lists = shown_lists({quarter: rows[""] for quarter, rows in year.items() if "" in rows})
    found = {(item, code, period) for (item, period), codes in of_items.items() for code in codes}
    return found | {("", code, period) for period in (*QUARTERS, YEAR) for code in codes_of_lists(of_lists, period)}


def audited(year: Year, checklist: Checklist) -> int:
    """Check a year of one unit against an outsider; return how many cells are hidden."""
    numbers, standing = values(year, checklist), shown(year, checklist)
    never = {
        (item, code, period): 0
        for item in {item for item, _, _ in numbers if item}
        for code in impossible([checklist], item)
        for period in (*QUARTERS, YEAR)
    }
    known = {cell: numbers[cell] for cell in numbers if cell in standing}
    outsider = Outsider(list(equations(checklist, sorted({item for item, _, _ in numbers if item}))), known | never)
    assert not [cell for cell, n in known.items() if n < 5]
    hidden = [cell for cell in numbers if cell not in standing]
    assert not [(*cell, numbers[cell]) for cell in hidden if outsider.recovers(cell, numbers[cell])]
    return len(hidden)


def audit_years(seeds: Sequence[int]) -> None:
    hidden = 0
    for seed in seeds:
        dice = random.Random(seed)
        for _ in range(dice.choice([1, 2])):
            checklist = newest(dice.choice(["decision_basis", "decision_basis", "intake", "peer_review_bou"]))
            lists, careful = dice.choice([3, 6, 9, 15, 30, 60]), dice.choice([0.5, 0.7, 0.85, 0.95])
            hidden += audited(made_year(dice, checklist, lists, careful), checklist)
    assert hidden > 100 * len(seeds)


def test_nothing_hidden_can_be_worked_out_from_a_year_and_its_quarters() -> None:
    audit_years([*range(1000, 1004), *TELLING])


@pytest.mark.slow
def test_nothing_hidden_can_be_worked_out_in_any_of_three_hundred_years() -> None:
    audit_years(range(300))


def test_the_outsider_finds_what_one_subtraction_gives() -> None:
    checklist = newest("decision_basis")
    year = made_year(random.Random(4), checklist, 40, 0.8)
    numbers = values(year, checklist)
    gone = [cell for cell, n in numbers.items() if cell[2] == "2" and n < 5]
    outsider = Outsider(
        list(equations(checklist, year["1"].keys() - {""})), {c: numbers[c] for c in numbers.keys() - gone}
    )

    assert gone
    assert all(outsider.recovers(cell, numbers[cell]) for cell in gone)


def test_of_eight_units_with_thirty_lists_a_quarter_half_of_what_is_large_stands() -> None:
    dice, checklist = random.Random(8), newest("decision_basis")
    large = standing = 0
    for _ in range(8):
        year = {quarter: filled_in(dice, checklist, 30, 0.8) | {"": progress(dice, 30)} for quarter in QUARTERS}
        found = {cell for cell, n in values(year, checklist).items() if n >= 5}
        large, standing = large + len(found), standing + len(found & shown(year, checklist))

    assert standing >= large / 2


def test_a_quarter_looks_the_same_whatever_comes_after_it() -> None:
    checklist = newest("decision_basis")
    for seed in range(4):
        year = made_year(random.Random(seed), checklist, 20, 0.8)
        whole = shown(year, checklist)
        for quarter in QUARTERS:
            alone = shown({quarter: year[quarter]}, checklist)
            assert {cell for cell in alone if cell[2]} == {cell for cell in whole if cell[2] == quarter}


# --- one thing at a time ----------------------------------------------------------------------------------------------

PLAIN = made_list(raw_item("asked", answers=["ja", "nej", "delvis"]))


def shown_of(checklist: Checklist, by_quarter: Mapping[str, Rows]) -> dict[tuple[str, str], frozenset[str]]:
    return shown_items([checklist], by_quarter)


def test_what_the_list_makes_impossible_is_told_from_what_is_hidden() -> None:
    assert impossible([PLAIN], "asked") == {"pagaende", "ej_tillampligt"}
    assert "ej_tillampligt" not in impossible([newest("decision_basis")], "child_not_heard_motivated")


def test_a_zero_is_hidden_like_any_small_number_and_so_is_what_would_tell_it() -> None:
    found = shown_of(PLAIN, {"1": {"asked": counted(ja=20, nej=10)}})

    assert found["asked", "1"] == {"cases", "applicable", "ja"}, "with `answered`, everybody knows that none is open"


def test_large_numbers_beside_large_ones_stand() -> None:
    codes = {"ja": 20, "ja_med_forbehall": 9, "nej": 16, "nej_motiverat": 8, "delvis": 9, "fritext": 7, "obesvarad": 6}
    found = shown_of(PLAIN, {"1": {"asked": counted(**codes)}})

    assert found["asked", "1"] == {"cases", "applicable", "answered", *codes}


def test_a_unit_with_few_lists_a_quarter_still_has_its_year() -> None:
    few = {quarter: {"asked": counted(ja=3, nej=1)} for quarter in QUARTERS}
    found = shown_of(PLAIN, few)

    assert not any(found["asked", quarter] for quarter in QUARTERS)
    assert found["asked", YEAR] == {"cases", "applicable", "ja"}


def test_a_year_minus_three_quarters_is_not_the_fourth() -> None:
    quarters = {quarter: {"asked": counted(ja=20, nej=9)} for quarter in QUARTERS}
    for fourth in (counted(ja=2, nej=1), counted(ja=28, nej=1), counted(ja=1, nej=20)):
        found = shown_of(PLAIN, quarters | {"4": {"asked": fourth}})
        assert not {code for code in found["asked", YEAR] if code not in found["asked", "4"]}


def test_a_quarter_without_a_row_is_known_to_be_zero() -> None:
    found = shown_of(PLAIN, {"3": {"asked": counted(ja=4)}, "4": {"asked": counted(ja=30)}})

    assert found["asked", YEAR] == frozenset()


HANGING = made_list(
    raw_item("asked", answers=["ja", "nej", "delvis"]),
    raw_item("why", when={"item": "asked", "is": ["nej"]}, motivates="asked"),
    raw_item("with_violence", when={"fact": "violence", "is": ["ja"]}),
    raw_item("with_violence_too", when={"fact": "violence", "is": ["ja"]}),
    raw_item("with_both", when={"all": [{"fact": "violence", "is": ["ja"]}, {"item": "asked", "is": ["ja"]}]}),
)


def test_questions_that_hang_on_an_answer_are_hidden_with_it() -> None:
    rows = {
        "asked": counted(ja=30, nej=3),
        "why": counted(ja=2, obesvarad=1, ej_tillampligt=30),
        "with_violence": counted(ja=12, nej=8, ej_tillampligt=13),
        "with_violence_too": counted(ja=20, ej_tillampligt=13),
    }
    found = shown_of(HANGING, {"1": rows})

    assert found["why", "1"] == {"cases"}
    assert "ja" not in found["asked", "1"]
    assert {"applicable", "ej_tillampligt"} <= found["with_violence", "1"] & found["with_violence_too", "1"]


def test_questions_with_the_same_condition_are_hidden_together() -> None:
    dice = random.Random(5)
    for most in (9, 40):
        quarters: Year = {}
        for quarter in QUARTERS:
            applies, others = dice.randrange(most), dice.randrange(most)
            quarters[quarter] = {
                "with_violence": counted(ja=applies, ej_tillampligt=others),
                "with_violence_too": counted(nej=applies, ej_tillampligt=others),
            }
        found = shown_of(HANGING, quarters)
        for period in (*QUARTERS, YEAR):
            one, other = found["with_violence", period], found["with_violence_too", period]
            assert ("applicable" in one) == ("applicable" in other)
            assert ("cases" in one) == ("cases" in other)


def test_a_condition_of_several_parts_is_shown_in_a_year_only_if_every_quarter_showed_it() -> None:
    rows = {
        "asked": counted(ja=20, nej=15, obesvarad=8),
        "with_violence": counted(ja=9, nej=9, obesvarad=5, ej_tillampligt=20),
        "with_both": counted(ja=8, nej=7, ej_tillampligt=28),
    }
    small = {
        "asked": counted(ja=2, nej=30, obesvarad=8),
        "with_violence": counted(ja=9, nej=9, obesvarad=5, ej_tillampligt=17),
        "with_both": counted(ja=1, nej=1, ej_tillampligt=38),
    }
    large, mixed = dict.fromkeys(QUARTERS, rows), {q: small if q in "12" else rows for q in QUARTERS}

    assert "applicable" in shown_of(HANGING, large)["with_both", YEAR]
    assert "applicable" not in shown_of(HANGING, mixed)["with_both", YEAR]


def test_what_hangs_on_a_hidden_number_is_shown_in_a_year_only_if_enough_is_left_of_it() -> None:
    figures = {"cases": "jnoe", "applicable": "jno", "ja": "j"}
    shape = Shape({code: frozenset(letters) for code, letters in figures.items()}, frozenset("jnoe"))
    large = Quarter(Counts({"j": 20, "n": 10, "o": 5, "e": 10}), figures)

    def hidden(**counts: int) -> Quarter:
        return Quarter(Counts(counts), ("cases",), frozenset("jno"))

    assert not year_safe(shape, [large, hidden(j=1, n=3, e=30), hidden(j=1, n=3, e=30)], figures)
    assert year_safe(shape, [large, hidden(j=2, n=2, e=30), hidden(j=2, n=2, e=30)], figures)
