"""Publication: no small number is published, and no suppressed number can be derived from published ones."""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from checklists.loader import newest
from checklists.model import Checklist
from checklists.publication import (
    COLUMNS,
    FEWEST,
    FOLLOWING,
    LIST_COLUMNS,
    TOTAL,
    At,
    Hidden,
    hidden,
    hidden_of_lists,
    stands,
)
from tests.unit.made_up import made_list, raw_item

QUARTERS = ("1", "2", "3", "4")
ATOMS = {
    "jJ": "ja",
    "J": "ja_med_forbehall",
    "nN": "nej",
    "N": "nej_motiverat",
    "d": "delvis",
    "p": "pagaende",
    "f": "fritext",
    "e": "ej_tillampligt",
    "o": "obesvarad",
    "jJnNdpf": "answered",
    "jJnNdpfo": "applicable",
    "jJnNdpfeo": "cases",
}
"""The letters each figure counts."""
LETTERS_OF = {code: letters for letters, code in ATOMS.items()}
FIGURES = (*COLUMNS, *FOLLOWING)
PARENT, CHILD, ALONE = "child_heard", "child_not_heard_motivated", "child_informed_intervention"
BASIS = newest("decision_basis")
LIST = BASIS.model_copy(update={"items": tuple(BASIS.by_id[item] for item in (PARENT, CHILD, ALONE))})

Drawn = Mapping[At, list[dict[str, str]]]
"""The filled-in lists of each unit and quarter, as a letter per item."""


def rows(drawn: Drawn) -> dict[str, dict[At, dict[str, int]]]:
    found: dict[str, dict[At, dict[str, int]]] = {item.id: {} for item in LIST.items}
    for at, lists in drawn.items():
        for item, places in found.items():
            places[at] = {code: sum(one[item] in letters for one in lists) for letters, code in ATOMS.items()}
    return found


def places(drawn: Drawn) -> list[At]:
    units = sorted({at.unit for at in drawn})
    return [At(unit, quarter) for unit in (*units, TOTAL) for quarter in (*QUARTERS, TOTAL)]


def value(drawn: Drawn, item: str, code: str, at: At) -> int:
    return sum(
        one[item] in LETTERS_OF[code]
        for place, lists in drawn.items()
        for one in lists
        if at.unit in (TOTAL, place.unit) and at.quarter in (TOTAL, place.quarter)
    )


@st.composite
def years(draw: st.DrawFn, most_units: int = 3) -> Drawn:
    dice = random.Random(draw(st.integers(0, 10**9)))
    units = draw(st.integers(1, most_units))
    many, rare = draw(st.sampled_from([6, 15, 40])), draw(st.sampled_from([0.05, 0.2, 0.5]))
    return {
        At(f"u{unit}", quarter): [a_list(dice, rare) for _ in range(dice.randrange(many))]
        for unit in range(units)
        for quarter in QUARTERS
    }


def a_list(dice: random.Random, rare: float) -> dict[str, str]:
    parent = dice.choice("jJnNo") if dice.random() < rare else dice.choice("jn")
    child = dice.choice("jno" if dice.random() < rare else "j") if parent in "nN" else "e"
    return {PARENT: parent, CHILD: child, ALONE: dice.choice("jJnNpeo") if dice.random() < rare else "j"}


# --- derivation ------------------------------------------------------------------------------------------------------

PRIME = 2**31 - 1
Equation = dict[tuple[At, str, str], int]


class Attacker:
    """Knows all published numbers and the rules of a list, and solves the linear equations."""

    def __init__(self) -> None:
        self.pivots: dict[tuple[At, str, str], Equation] = {}

    def learns(self, equation: Equation) -> None:
        rest = self.reduced(equation)
        if rest:
            pivot = min(rest)
            inverse = pow(rest[pivot], -1, PRIME)
            self.pivots[pivot] = {unknown: n * inverse % PRIME for unknown, n in rest.items()}

    def reduced(self, equation: Equation) -> Equation:
        rest = {unknown: n % PRIME for unknown, n in equation.items() if n % PRIME}
        while True:
            unknown = min((u for u in rest if u in self.pivots), default=None)
            if unknown is None:
                return rest
            factor = rest[unknown]
            for other, n in self.pivots[unknown].items():
                rest[other] = (rest.get(other, 0) - factor * n) % PRIME
            rest = {unknown: n for unknown, n in rest.items() if n}

    def can_tell(self, equation: Equation) -> bool:
        return not self.reduced(equation)


def equation(drawn: Drawn, item: str, code: str, at: At) -> Equation:
    """Return a figure as a sum of unknowns: the number of each letter per unit and quarter."""
    found: Equation = {}
    for place in drawn:
        if at.unit in (TOTAL, place.unit) and at.quarter in (TOTAL, place.quarter):
            for letter in LETTERS_OF[code]:
                found[place, item, letter] = 1
    return found


def minus(one: Equation, other: Equation) -> Equation:
    found = defaultdict(int, one)
    for unknown, n in other.items():
        found[unknown] -= n
    return dict(found)


def how_lists_work(drawn: Drawn) -> Iterable[Equation]:
    for at in drawn:
        for item in (CHILD, ALONE):
            yield minus(equation(drawn, PARENT, "cases", at), equation(drawn, item, "cases", at))
        yield minus(equation(drawn, PARENT, "nej", at), equation(drawn, CHILD, "applicable", at))
        yield {(at, PARENT, "e"): 1}


def check(drawn: Drawn, found: Hidden) -> None:
    attacker = Attacker()
    for known in how_lists_work(drawn):
        attacker.learns(known)
    shown: list[tuple[str, str, At]] = []
    unseen: list[tuple[str, str, At]] = []
    for item in (PARENT, CHILD, ALONE):
        for code in FIGURES:
            for at in places(drawn):
                known = equation(drawn, item, code, at)
                (shown if stands(found, item, code, at) else unseen).append((item, code, at))
                if stands(found, item, code, at):
                    attacker.learns(known)
    for item, code, at in shown:
        assert not 0 < value(drawn, item, code, at) < FEWEST, (item, code, at)
    small = [
        (item, code, at)
        for item in (PARENT, CHILD, ALONE)
        for code in LETTERS_OF
        for at in places(drawn)
        if 0 < value(drawn, item, code, at) < FEWEST
    ]
    for item, code, at in [*unseen, *small]:
        if (item, code) == (PARENT, "ej_tillampligt"):
            continue  # the question always applies, so this is known to be zero
        assert not attacker.can_tell(equation(drawn, item, code, at)), (item, code, at, value(drawn, item, code, at))


@settings(max_examples=25)
@given(years())
def test_nothing_small_stands_and_nothing_hidden_can_be_worked_out(drawn: Drawn) -> None:
    check(drawn, hidden(LIST, rows(drawn)))


@pytest.mark.slow
@settings(max_examples=1000)
@given(years(most_units=4))
def test_nothing_hidden_can_be_derived_in_any_of_many_years(drawn: Drawn) -> None:
    check(drawn, hidden(LIST, rows(drawn)))


@settings(max_examples=30)
@given(years(most_units=5), st.integers(1, 3))
def test_a_quarter_published_early_looks_the_same_when_the_year_is_over(drawn: Drawn, so_far: int) -> None:
    early = {at: lists if at.quarter <= str(so_far) else [] for at, lists in drawn.items()}
    then, now = hidden(LIST, rows(early)), hidden(LIST, rows(drawn))

    for item in (PARENT, CHILD, ALONE):
        for code in FIGURES:
            for at in places(drawn):
                if TOTAL != at.quarter <= str(so_far):
                    assert stands(then, item, code, at) == stands(now, item, code, at)


def test_large_numbers_are_all_published() -> None:
    lists = [{PARENT: letter, CHILD: "e" if letter == "j" else "j", ALONE: letter} for letter in "jn" for _ in range(9)]
    drawn = {At(f"u{unit}", quarter): lists for unit in range(3) for quarter in QUARTERS}
    found = hidden(LIST, rows(drawn))

    assert not any(found.values())


def test_suppressing_one_small_number_suppresses_as_little_else_as_possible() -> None:
    many = [{PARENT: letter, CHILD: "e" if letter == "j" else "j", ALONE: "j"} for letter in "jn" for _ in range(20)]
    few = [*many, {PARENT: "o", CHILD: "e", ALONE: "j"}]
    drawn = {At(f"u{unit}", q): few if (unit, q) == (0, "1") else many for unit in range(3) for q in QUARTERS}
    found = hidden(LIST, rows(drawn))
    gone = {(item, column): places for (item, column), places in found.items() if places}

    # 20 of 41 Ja is published. The number answered and the number of Nej are not: either would reveal one non-answer.
    # Each requires suppressing one more unit, and the full year of both.
    assert set(gone) == {(PARENT, "answered"), (PARENT, "nej"), (CHILD, "applicable")}
    assert all(At("u0", "1") in places and len(places) <= 4 for places in gone.values())


# --- items that share numbers ----------------------------------------------------------------------------------------

HANGING = made_list(
    raw_item("asked", answers=["ja", "nej", "delvis"]),
    raw_item("why", when={"item": "asked", "is": ["nej", "delvis"]}),
    raw_item("with_violence", when={"fact": "violence", "is": ["ja"]}),
    raw_item("with_violence_too", when={"fact": "violence", "is": ["ja"]}),
)


def counted(**by_code: int) -> dict[str, int]:
    """Return the figures of an item in one cell, as they add up."""
    answered = sum(by_code.get(code, 0) for code in ("ja", "nej", "delvis"))
    applicable = answered + by_code.get("obesvarad", 0)
    cases = applicable + by_code.get("ej_tillampligt", 0)
    return {"cases": cases, "applicable": applicable, "answered": answered, **by_code}


def test_where_no_loop_can_be_had_the_figure_is_hidden_in_the_whole_stage() -> None:
    few = {"asked": counted(ja=40, nej=3), "why": counted(ja=3, ej_tillampligt=40)}
    none = {"asked": counted(ja=40), "why": counted(ej_tillampligt=40)}
    cells = {At("u0", "1"): few, At("u1", "1"): none, At("u0", "2"): none, At("u1", "2"): none}
    found = hidden(HANGING, {item: {at: row[item] for at, row in cells.items()} for item in ("asked", "why")})

    # Three said Nej in the whole year. Nobody said Delvis, and with that shown, the three who were asked why would be.
    assert {at for at in found["asked", "delvis"] if not at.quarter} == {
        At(unit, TOTAL) for unit in ("u0", "u1", TOTAL)
    }
    assert At("u0", "1") in found["why", "applicable"] & found["asked", "nej"] & found["asked", "delvis"]


@settings(max_examples=60)
@given(st.integers(0, 10**9), st.integers(1, 3), st.sampled_from([4, 9, 30]))
def test_two_items_with_the_same_condition_are_hidden_together(seed: int, units: int, many: int) -> None:
    dice = random.Random(seed)
    rows: dict[str, dict[At, dict[str, int]]] = {"with_violence": {}, "with_violence_too": {}}
    for at in (At(f"u{unit}", quarter) for unit in range(units) for quarter in QUARTERS):
        applicable, others = dice.randrange(many), dice.randrange(many)
        for places in rows.values():
            nej = dice.randint(0, applicable)
            places[at] = counted(ja=applicable - nej, nej=nej, ej_tillampligt=others)
    found = hidden(HANGING, rows)

    assert found["with_violence", "applicable"] == found["with_violence_too", "applicable"]
    assert found["with_violence", "cases"] == found["with_violence_too", "cases"]


# --- whole lists ------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(st.integers(0, 10**9), st.integers(1, 4), st.sampled_from([4, 12, 60]))
def test_figures_of_whole_lists_are_suppressed_likewise(seed: int, units: int, many: int) -> None:
    dice = random.Random(seed)
    drawn: dict[At, dict[str, int]] = {}
    for unit in range(units):
        for quarter in QUARTERS:
            begun = dice.randrange(many)
            sent = dice.randint(0, begun)
            signed = dice.randint(0, sent)
            row = {"due": begun, "without_checklist": dice.randint(0, begun), "begun": begun, "sent": sent}
            row |= {"signed": signed, "signed_with_shortfall": dice.randint(0, signed)}
            drawn[At(f"u{unit}", quarter)] = row | {
                code: dice.randint(0, begun) for code in ("complete", "returned", "voided")
            }
    found = hidden_of_lists(drawn)
    attackers = {column: Attacker() for column in LIST_COLUMNS}
    where = [At(unit, quarter) for unit in (*{at.unit for at in drawn}, TOTAL) for quarter in (*QUARTERS, TOTAL)]

    def parts(at: At) -> Equation:
        return {(p, "", ""): 1 for p in drawn if at.unit in (TOTAL, p.unit) and at.quarter in (TOTAL, p.quarter)}

    for column in LIST_COLUMNS:
        for at in where:
            if at not in found[column]:
                assert not 0 < sum(drawn[p][column] for p, _, _ in parts(at)) < FEWEST
                attackers[column].learns(parts(at))
    for column in LIST_COLUMNS:
        assert not [at for at in found[column] if attackers[column].can_tell(parts(at))]


def test_without_a_checklist_no_ties_between_items_are_assumed() -> None:
    checklist: Checklist | None = None
    found = hidden(checklist, {"x": {At("u", "1"): {"cases": 3, "applicable": 3, "ja": 3, "answered": 3}}})

    assert not stands(found, "x", "ja", At("u", "1"))
    assert not stands(found, "x", "fritext", At("u", "1"))
