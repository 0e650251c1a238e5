"""Generated texts of each shape: what must be refused is, what must be let through is, within half a percent.

The long form reads the 2,000 of each that the table in the docs was counted from, the short form the first 400.
"""

import os

import pytest

from checklists.privacy import LetThrough, has_personal_number
from checklists.ref_pattern import DEFAULT_PATTERN
from docs.make_number_rates import LETS, MANY, PAGE, START, table
from tests.number_shapes import NUMBERS, OTHERS, OWN_PATTERN, TODAY, with_numbers, without_numbers

LONG = os.environ.get("BK_SLOW") == "1"
_MANY = MANY if LONG else MANY // 5


@pytest.mark.no_cover  # tens of thousands of texts through lines that test_privacy.py covers
def test_every_shape_is_read_right_and_the_table_in_the_docs_says_how_often() -> None:
    counted: dict[tuple[str, str], int] = {}
    wrong: dict[str, list[str]] = {}
    for shape in NUMBERS:
        missed = [text for text in with_numbers(shape, _MANY) if not has_personal_number(text, LETS)]
        counted["avvisas", shape], wrong["missed: " + shape] = _MANY - len(missed), missed
    for shape in OTHERS:
        alarms = [text for text in without_numbers(shape, _MANY) if has_personal_number(text, LETS)]
        counted["tas emot", shape], wrong["refused: " + shape] = len(alarms), alarms

    assert {shape: texts[:3] for shape, texts in wrong.items() if len(texts) > _MANY * 5 // 1000} == {}
    told = PAGE.read_text(encoding="utf-8").partition(START)[2].strip().splitlines()
    rows = table([(*of, count) for of, count in counted.items()]).strip().splitlines()
    assert [row.rpartition("|")[0].rpartition("|")[0] for row in told] == [
        row.rpartition("|")[0].rpartition("|")[0] for row in rows
    ]
    if LONG:
        assert told == rows


def test_both_lists_hold_forty_shapes() -> None:
    assert min(len(NUMBERS), len(OTHERS)) >= 40


@pytest.mark.parametrize(
    "pattern", ["", DEFAULT_PATTERN, r"[A-Z]{2} \d{6}-\d{4}", r"(SN )?\d{6}-\d{4}", r".*", r"SN \d{4}/\d{4}"]
)
def test_a_pattern_vouches_for_nothing_unless_it_demands_its_letters(pattern: str) -> None:
    assert has_personal_number("SN 640823-3234", LetThrough(TODAY, pattern))


def test_a_pattern_vouches_for_whole_references_only() -> None:
    for text in ("SN 640823-3234", "Se SN 640823-3234, samma familj", "(SN 640823-3234)"):
        assert not has_personal_number(text, LetThrough(TODAY, OWN_PATTERN)), text
    for text in ("ASN 640823-3234", "SN 640823-32341 19640823-3234", "SN 640823-3234 640823-3234", "640823-3234 SN"):
        assert has_personal_number(text, LetThrough(TODAY, OWN_PATTERN)), text


def test_four_digits_after_a_distant_day_are_no_time_of_day() -> None:
    assert has_personal_number("150312 1030", LetThrough(TODAY))
    assert not has_personal_number("260312 1030", LetThrough(TODAY))
    assert has_personal_number("260312 1030"), "without a day to hold it against it is refused"
    assert not has_personal_number("150312 10.30", LetThrough(TODAY))
