"""Personal numbers are detected however they are written; text that only looks like one is not.

Check digits come from the package `personnummer`, so that the code under test does not verify itself.
"""

import sys
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from random import Random

import pytest
from personnummer import personnummer

from checklists.errors import PersonalNumberInText
from checklists.plain_text import plain
from checklists.privacy import (
    _ORDINARY,
    A_NUMBER,
    LetThrough,
    check_digit,
    ends_in_day,
    goes_on,
    has_personal_number,
    refuse_personal_numbers,
    without_split_numbers,
)
from tests.number_shapes import TODAY

MANY = 1000
LARGEST_SHARE_OF_FALSE_ALARMS = 0.01


def right_digit(eleven: str) -> str:
    """Return the only check digit the package accepts for CCYYMMDDNNN."""
    right = [digit for digit in "0123456789" if personnummer.valid(eleven + digit)]
    assert len(right) == 1
    return right[0]


@cache
def numbers(*, coordination: bool = False) -> tuple[str, ...]:
    """Return made-up valid twelve-digit numbers: every century in use, every kind of day."""
    rng = Random(f"personal numbers {coordination}")
    found = []
    for _ in range(MANY if not coordination else MANY // 5):
        day = date(1890, 1, 1) + timedelta(days=rng.randrange(50_000))
        eleven = f"{day:%Y%m}{day.day + 60 * coordination:02}{rng.randint(1, 999):03}"
        found.append(eleven + right_digit(eleven))
    return tuple(found)


def test_the_letters_that_spare_a_text_the_search_hold_no_digits() -> None:
    """A text of these alone has the digits that are to be seen in it, and with fewer than eight of them no number."""
    signs = [chr(sign) for sign in range(0x3000) if _ORDINARY.fullmatch(chr(sign))]
    assert "å" in signs
    assert "&" not in signs
    assert [sign for sign in signs if any(map(str.isdigit, plain(sign))) and sign not in "0123456789"] == []


FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def parted(number: str, *places: int, by: str) -> str:
    """Return the digits with a separator inserted after every `by` digits."""
    edges = [0, *places, len(number)]
    return by.join(number[start:end] for start, end in pairwise(edges))


# Ways to write a twelve-digit number; the ten-digit forms use its last ten.
SHAPES: dict[str, Callable[[str], str]] = {
    "ten digits": lambda n: n[2:],
    "ten digits, hyphen": lambda n: parted(n[2:], 6, by="-"),
    "ten digits, plus": lambda n: parted(n[2:], 6, by="+"),
    "ten digits, space": lambda n: parted(n[2:], 6, by=" "),
    "twelve digits": lambda n: n,
    "twelve digits, hyphen": lambda n: parted(n, 8, by="-"),
    "twelve digits, plus": lambda n: parted(n, 8, by="+"),
    "twelve digits, space": lambda n: parted(n, 8, by=" "),
    "full-width": lambda n: parted(n, 8, by="－").translate(FULL_WIDTH),
    "full-width, no sign": lambda n: n[2:].translate(FULL_WIDTH),
    "Arabic digits": lambda n: n.translate(ARABIC),
    "no-break space": lambda n: parted(n[2:], 6, by="\u00a0"),
    "narrow no-break space": lambda n: parted(n, 8, by="\u202f"),
    "thin space": lambda n: parted(n[2:], 6, by="\u2009"),
    "space on both sides of the hyphen": lambda n: parted(n[2:], 6, by=" - "),
    "soft hyphen and zero-width space": lambda n: parted(n[2:], 6, by="\u00ad\u200b"),
    "split over lines": lambda n: parted(n, 8, by="\n"),
    "split over lines at the hyphen": lambda n: parted(n[2:], 6, by="-\n"),
    "split over lines as Windows does": lambda n: parted(n[2:], 6, by=" -\r\n"),
    "split over lines in the date": lambda n: parted(n, 4, by="\r\n"),
    "hyphens between all groups": lambda n: parted(n, 4, 6, 8, by="-"),
    "dots between all groups": lambda n: parted(n, 4, 6, 8, by="."),
    "spaces between all groups": lambda n: parted(n, 2, 4, 6, 8, by=" "),
    "slashes between all groups": lambda n: parted(n[2:], 2, 4, 6, by="/"),
    "dots between all digits": lambda n: ".".join(n[2:]),
    "spaces between all digits": lambda n: " ".join(n),
    "pairs": lambda n: parted(n, 2, 4, 6, 8, 10, by=" "),
    "ISO date and number": lambda n: f"{n[:4]}-{n[4:6]}-{n[6:8]} {n[8:]}",
    "inside a sentence": lambda n: f"Modern ({parted(n[2:], 6, by='-')}) ringde i går.",
    "tight in a sentence": lambda n: f"pnr{n}, åter kl 10",
    "after another number": lambda n: f"Journal 17, {parted(n[2:], 6, by='-')}",
    "before a time": lambda n: f"{parted(n[2:], 6, by='-')} 10:30",
    "between dates": lambda n: f"2026-05-12 {parted(n, 8, by='-')} 2026-05-13",
    "after a telephone number": lambda n: f"070-123 45 67, {n}",
    "in a file name": lambda n: f"utredning_{parted(n, 8, by='-')}.pdf",
    "in a file name, underscore": lambda n: f"Utredning_{parted(n, 8, by='_')}_v2.docx",
    "in a path": lambda n: f"/akter/{n[2:]}/beslut.pdf",
} | {
    f"odd dash U+{ord(dash):04X}": lambda n, dash=dash: parted(n[2:], 6, by=dash)
    for dash in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
}


@pytest.mark.parametrize("coordination", [False, True], ids=["personal", "coordination"])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_valid_number_is_found_in_every_shape(shape: str, coordination: bool) -> None:
    missed = [text for text in map(SHAPES[shape], numbers(coordination=coordination)) if not has_personal_number(text)]

    assert not missed, f"{len(missed)} missed, such as {missed[:3]!r}"


@pytest.mark.parametrize("separator", ["-", "+", " ", "\u2013", "\u00a0", "\u200b-", "\u00ad \u2060"], ids=ascii)
def test_a_number_with_a_mistyped_check_digit_and_a_separator_is_found_too(separator: str) -> None:
    rng = Random(separator)
    for number in numbers():
        wrong = number[:-1] + str((int(number[-1]) + rng.randint(1, 9)) % 10)
        assert not personnummer.valid(wrong)
        assert has_personal_number(parted(wrong[2:], 6, by=separator))
        assert has_personal_number(parted(wrong, 8, by=separator))


def test_a_wrong_check_digit_without_separator_is_some_other_number() -> None:
    for number in numbers():
        wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
        assert not has_personal_number(wrong)
        assert not has_personal_number(wrong[2:])


@pytest.mark.parametrize(
    "text",
    [
        "641323-3234",
        "640023-3234",
        "640832-3234",
        "640860-3234",
        "640892-3234",
        "640800-3234",
        "630229-3234",
        "17640823-3234",
        "21640823-3234",
        "640823-323",
        "640823-32341",
        "1640823-3234",
    ],
)
def test_an_impossible_birth_date_or_length_is_not_a_personal_number(text: str) -> None:
    assert not has_personal_number(text)


@pytest.mark.parametrize("text", ["000229-3234", "20000229-3234", "640229-3234", "19640229-3234", "640289-3234"])
def test_leap_days_are_days_of_birth(text: str) -> None:
    assert has_personal_number(text)


def test_the_check_digit_is_the_one_the_package_accepts() -> None:
    for number in numbers() + numbers(coordination=True):
        assert check_digit(number[2:11]) == int(number[11])


# --- false alarms ----------------------------------------------------------------------------------------------------


def filled_in(rng: Random, template: str) -> str:
    """Replace each `9` in a template by a random digit."""
    return "".join(rng.choice("0123456789") if sign == "9" else sign for sign in template)


def day(rng: Random) -> date:
    return date(1990, 1, 1) + timedelta(days=rng.randrange(15_000))


def case_reference(rng: Random) -> str:
    year = str(rng.randint(2000, 2029))
    shapes = "SN Y/9999|SN y/9999|SN Y/999|SNy/99|SCN-Y-9999|SOCN/Y:99|IFN Y/999|Y/99-IFN-999|Y/999|KS-Y/999.999"
    shape = rng.choice([*shapes.split("|"), "SY/99999/FST", "9999-Y"])
    return filled_in(rng, shape).replace("Y", year).replace("y", year[2:])


def dates(rng: Random) -> str:
    shape = rng.choice(["{}", "Samtal {}, se journalen", "{} {}", "{}, {}", "{} - {}", "{}\u2013{}", "{}/{}", "{}\n{}"])
    return shape.format(day(rng), day(rng))


DATES_WITH_TIMES = [
    "{d} {c}",
    "{d}T{c}:59Z",
    "{d} kl {c}",
    "{d}, {c}",
    "{d} {p}",
    "{d} kl. {p}",
    "{d} ({c})",
    "{d} {c}–{c}",
    "{d} {c} och {d} {c}",
    "{d:%Y%m%d} {c}",
    "{d:%y%m%d} {c}",
    "{d:%y%m%d}-{c}",
    "{c} {d}",
    "kl {c} {d}",
]


def dates_with_times(rng: Random) -> str:
    shape = rng.choice(DATES_WITH_TIMES)
    clock = f"{rng.randrange(24):02}:{rng.randrange(60):02}"
    return shape.format(d=day(rng), c=clock, p=clock.replace(":", "."))


def telephone(rng: Random) -> str:
    mobiles = [f"07{x}{tail}" for x in "02369" for tail in ("-999 99 99", " 999 99 99", "-9999999", "9999999")]
    others = [
        "+46 7{} 999 99 99",
        "+46 (0)7{}-999 99 99",
        "08-999 999 99",
        "08-999 99 99",
        "08-12 34 99",
        "0771-999 999",
    ]
    landlines = [f"0{area}-999 99 99" for area in (11, 18, 19, 21, 26, 31, 40, 46, 54, 60, 90)] + ["0270-999 99"]
    return filled_in(rng, rng.choice([*mobiles, *others, *landlines]).format(rng.choice("02369")))


@pytest.mark.parametrize("kind", [case_reference, dates, telephone])
def test_false_alarms_are_rarer_than_one_in_a_hundred(kind: Callable[[Random], str]) -> None:
    rng = Random(kind.__name__)
    alarms = [text for text in (kind(rng) for _ in range(5 * MANY)) if has_personal_number(text)]

    assert len(alarms) < LARGEST_SHARE_OF_FALSE_ALARMS * 5 * MANY, f"{len(alarms)}: {alarms[:5]}"


def test_a_date_with_a_clock_time_is_always_let_through() -> None:
    rng = Random("times")
    alarms = [text for text in (dates_with_times(rng) for _ in range(5 * MANY)) if has_personal_number(text)]

    assert not alarms, alarms[:5]


# --- parts of one ----------------------------------------------------------------------------------------------------


def test_fields_that_hold_one_together_hold_another_in_its_place_and_the_rest_stay() -> None:
    number = numbers()[0]
    parts = {"a": number[8:], "b": "child_heard", "c": number[:8], "d": "2026-05-12"}

    assert without_split_numbers(parts) == {**parts, "a": A_NUMBER, "c": A_NUMBER}
    whole = {"a": "640823-3234", "b": number[8:]}
    assert without_split_numbers(whole) == whole, "each field's own rule refuses it"
    assert has_personal_number(A_NUMBER)


MISTYPED = (
    *("{0:%Y}-{0.month}-{0.day}", "{0:%Y/%m/%d}", "{0:%Y-%d-%m}", "{0:%Y%m-%d}", "{0:%Y-%m%d}", "{0:%Y-%m}"),
    *("{0:%Y-%m-%d}.", "{0:%y-%m-%d}", "{0:%y%m%d}", "{0:%Y%m%d}", "{0.day}/{0.month} {0:%Y}", "{0:%d.%m.%Y}"),
    *("2206-{0:%m-%d}", "2{0:%y}6-{0:%m-%d}", "0226-{0:%m-%d}", "1{0:%y}0-{0:%m-%d}"),
    *("{0:%d/%m/%y}", "”{0:%Y–%m–%d}”", "{0:%Y} {0.month} {0.day}", "{0:%Y}-13-{0:%d}", "{0:%Y-%m- %d}"),
)
"""Ways of writing a day that is not taken as one, though nobody would take it for anything else."""


@pytest.mark.parametrize("form", MISTYPED)
def test_a_mistyped_day_is_no_part_of_one_with_another_day_of_the_card(form: str) -> None:
    for ahead in range(40):  # one in ten of them would have the right check digit by chance
        planned = TODAY + timedelta(days=3 * ahead)
        mistyped = form.format(TODAY - timedelta(days=5 * ahead))
        card = {"received_on": mistyped, "children": "1", "planned_decision_on": planned.isoformat()}

        assert without_split_numbers(card, LetThrough(TODAY)) == card, mistyped


@pytest.mark.parametrize("form", ["{0}-{1}-{2}", "{0}{1}{2}", "{0}/{1}/{2}"])
def test_a_day_may_still_be_the_day_of_birth_of_the_digits_in_another_field(form: str) -> None:
    for number in numbers()[:40]:
        card = {"decided_on": form.format(number[:4], number[4:6], number[6:8]), "reason": number[8:]}

        assert set(without_split_numbers(card, LetThrough(TODAY)).values()) == {A_NUMBER}, card


def test_digits_that_read_as_a_day_of_long_ago_may_still_be_the_last_of_one() -> None:
    born, rest = "1990-01", "15-12-33"  # the day of birth, and the last four

    assert set(without_split_numbers({"a": born, "b": rest}, LetThrough(TODAY)).values()) == {A_NUMBER}


def test_of_many_fields_all_with_digits_are_refused() -> None:
    many = {f"f{n:02}": digit for n, digit in enumerate(numbers()[0])} | {"g": "no digits"}

    assert set(without_split_numbers(many).values()) == {A_NUMBER, "no digits"}


def test_a_message_that_begins_with_a_year_goes_on_with_nothing() -> None:
    assert not any(goes_on(weight, "2026 var ett år") for weight in range(10))
    assert not any(goes_on(weight, day) for weight in range(10) for day in ("2206-05-12", "1926-05-12.", "1926 5 12"))
    assert sum(goes_on(weight, "1234") for weight in range(10)) == 1
    assert not any(goes_on(weight, text) for weight in range(10) for text in ("inga siffror", "12345"))
    assert [ends_in_day(text) for text in ("det var 641399", "inga siffror", "640823" + " ord" * 20)] == [None] * 3


def test_a_temporary_number_needs_a_day() -> None:
    assert has_personal_number("1964-08-23-T123")
    assert not has_personal_number("641399-T323 och 64-08-99")


@pytest.mark.parametrize("piece", ["1 ", "640823 ord ", "2026-03-12   (", "å1", "&lt;", "<a ", "260312 1030 "])
def test_twice_the_text_takes_twice_the_work_and_no_more(piece: str) -> None:
    def calls(text: str) -> int:
        count = 0

        def trace(*_: object) -> None:
            nonlocal count
            count += 1

        sys.setprofile(trace)
        try:
            has_personal_number(text, LetThrough(TODAY))
        finally:
            sys.setprofile(None)
        return count

    assert calls(piece * 800) < 2.2 * calls(piece * 400) + 100


# --- rejecting -------------------------------------------------------------------------------------------------------


def test_a_refusal_tells_nothing_of_what_was_written() -> None:
    text = "Modern 640823-3234 ringde"
    with pytest.raises(PersonalNumberInText) as caught:
        refuse_personal_numbers(text)

    error = caught.value
    assert (str(error), error.args, error.args_for_text) == ("BK-104", ("BK-104",), {})
    assert error.__cause__ is None
    assert error.__context__ is None


def test_a_text_without_one_comes_back_unchanged() -> None:
    text = "Samtal 2026-05-12 kl 10:30 på\u00a0skolan, tel. 070-123 45 67 🙂"

    assert refuse_personal_numbers(text) is text


def test_a_long_row_of_digits_is_read_once() -> None:
    # If matching restarted at every digit, this would take minutes rather than milliseconds.
    assert not has_personal_number("1" * 50_000)
    assert not has_personal_number("å" + "1" * 50_000)
    assert not has_personal_number("1 " * 50_000)
