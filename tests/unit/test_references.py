"""Case references: formats in use are accepted and normalized; a personal number is never accepted."""

import signal
import unicodedata
from random import Random, randrange

import pytest

from checklists.errors import BadCaseRef, PersonalNumberInText
from checklists.ref_pattern import DEFAULT_PATTERN, compiles, fits, may_be_slow
from checklists.references import (
    is_unlikely,
    meant,
    near,
    normal_ref,
    pairs,
    read_ref,
    without_fillers,
    written_otherwise,
)
from tests.waiting import PATIENCE

SHAPES = [
    "SN 2026/0123",
    "SN 18/0098",
    "SN 2014/0047",
    "SN16/76",
    "SCN-2015-0180",
    "SOCN/2016:40",
    "IFN 2017/31",
    "2015/97-IFN-702",
    "2018/295",
    "KS-2014/742.912",
    "S2019/01922/FST",
    "2565-2016",
]


@pytest.mark.parametrize("ref", SHAPES)
def test_the_twelve_formats_in_use_are_accepted_unchanged(ref: str) -> None:
    assert normal_ref(ref) == ref


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("sn 2026/0123", "SN 2026/0123"),
        ("  SN\t2026/0123\n", "SN 2026/0123"),
        ("SN \u00a0 2026/0123", "SN 2026/0123"),
        (unicodedata.normalize("NFD", "år 26/1"), "ÅR 26/1"),
        ("åäö 2026/1", "ÅÄÖ 2026/1"),
    ],
)
def test_a_reference_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert normal_ref(typed) == kept
    assert normal_ref(kept) == kept
    assert unicodedata.is_normalized("NFC", normal_ref(typed))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "SN",
        "SN 2026/0123 och mer text än så",
        "SN_2026",
        "SN 2026//1",
        "1",
        "hej hej",
        "SN 2026/",
        "<b>1</b>",
        "🙂 1",
    ],
)
def test_an_invalid_reference_is_rejected(typed: str) -> None:
    with pytest.raises(BadCaseRef):
        normal_ref(typed)


@pytest.mark.parametrize("typed", ["640823-3234", "6408233234", "19640823 3234", "sn 640823-3234"])
def test_a_personal_number_is_refused_before_the_pattern_would_take_it(typed: str) -> None:
    with pytest.raises(PersonalNumberInText):
        normal_ref(typed)
    with pytest.raises(PersonalNumberInText):
        normal_ref(typed, pattern=r".*")


def test_a_tenant_may_have_a_pattern_of_its_own() -> None:
    assert normal_ref("bk-7", pattern=r"BK-\d+") == "BK-7"
    with pytest.raises(BadCaseRef):
        normal_ref("SN 2026/0123", pattern=r"BK-\d+")
    with pytest.raises(BadCaseRef):
        normal_ref("bk-7 x", pattern=r"BK-\d+")


OWN = r"SN \d{4}/\d{4}"


@pytest.mark.parametrize(
    "typed",
    [
        *("ärende SN 2026/0123", "Dnr: SN 2026/0123", "nr. SN 2026/0123", "ärende nr SN 2026/0123", "SN 2026/0123 nu"),
        *("SN 2026/0123 barn 2", "SN 2026/0123, tack!", "case SN 2026/0123 please", "SN 2026/0123 barn 2 nu"),
        *("barn 2 SN 2026/0123", "nu SN 2026/0123", "barn 2, ärende nr SN 2026/0123", "child 2 case SN 2026/0123"),
    ],
)
def test_the_words_around_a_reference_are_no_part_of_it(typed: str) -> None:
    assert without_fillers(typed) == "SN 2026/0123"
    assert meant(typed, OWN) == ("SN 2026/0123",)


@pytest.mark.parametrize("typed", ["sn2026/0123", "SN 2026/0123", "SN2026/0123", "sn 20 26/0123"])
def test_spaces_are_placed_where_an_own_pattern_makes_it_certain(typed: str) -> None:
    assert read_ref(typed, OWN) == "SN 2026/0123"


@pytest.mark.parametrize(("typed", "pattern"), [("SN26/1", OWN), ("hej", DEFAULT_PATTERN), ("A1B2", r"A 1B2|A1 B2")])
def test_what_is_not_certain_is_no_reference(typed: str, pattern: str) -> None:
    with pytest.raises(BadCaseRef):
        read_ref(typed, pattern)
    with pytest.raises(BadCaseRef):
        meant(typed, pattern)


def test_both_readings_are_given_where_the_pattern_lets_both_through() -> None:
    assert meant("ärende SN 2026/0123") == ("ÄRENDE SN 2026/0123", "SN 2026/0123")


@pytest.mark.parametrize(
    ("ref", "says"),
    [
        *(("BEDÖMNING 2026", True), ("SE JOURNAL 12", True), ("SOCN 2026/1", False), ("BARNOMS 7", True)),
        *(("BARN 2", True), ("CHILD 2", True), ("NR 5", True), ("DNR 2026", True), ("BARN 2026/12", False)),
        *(("DATUM 2026-10-01", True), ("2026-10-01", True), ("KS-2014/742.912", False), ("SCN-2015-0180", False)),
    ],
)
def test_words_are_unlikely_references_unless_the_municipality_has_said_so(ref: str, says: bool) -> None:
    assert is_unlikely(ref) is says
    assert not is_unlikely(ref, OWN)


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("RVT 2026/0042 SN 2026/0700", ("RVT 2026/0042", "SN 2026/0700")),
        ("RVT 2026/0042 och SN 2026/0700.", ("RVT 2026/0042", "SN 2026/0700")),
        ("rvt 2026/0042, sn 2026/0700!", ("rvt 2026/0042", "sn 2026/0700")),
        ("A1 to B2", ("A1", "B2")),
    ],
)
def test_two_references_on_a_line_are_parted(line: str, first: tuple[str, str]) -> None:
    assert pairs(line)[0] == first


@pytest.mark.parametrize("line", ["", "SN 2026/0700", "koppla", "SN 2026/0700 och", "och SN 2026/0700", "SN och 2026"])
def test_one_reference_is_not_two(line: str) -> None:
    assert pairs(line) == ()


def test_a_line_too_long_to_be_two_references_is_not_tried() -> None:
    assert pairs("1 " * 1000) == ()
    assert len(pairs("1 " * 90)) == 12


# --- a municipality's own pattern ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            DEFAULT_PATTERN,
            r"SN \d{4}/\d{1,5}",
            r"^[A-ZÅÄÖ]{2,4} ?\d{4}[/-]\d{1,6}$",
            r"(SN|BUN) \d{4}/\d+",
            r"\d+-\d+",
        ),
        *(r"(\d{4}/\d+)(-\d+)?", r"[A-Z]+\d*/.*", r"(?=.*\d)[A-Z0-9 ]+"),
    ],
)
def test_a_pattern_that_people_write_is_fast_enough(pattern: str) -> None:
    assert not may_be_slow(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        *("^(a+)+$", "(a|ab)*", "a*a*a*a*b", r"(\w{1,30}){1,30}", "(a?){50}a{50}", "(x+x+)+y", "((a{1,3}){1,3})+b"),
        *("(?>(a+)+)", "(a)?(?(1)(b+)+|c)", "(?:(a+)+)?", "((a+)+)++", "(?=(a+)+b)a"),
    ],
)
def test_a_pattern_that_could_take_minutes_is_known(pattern: str) -> None:
    assert may_be_slow(pattern)


class TooSlow(Exception):
    """A pattern was tried for longer than anybody waits."""


def _ring(*_: object) -> None:
    raise TooSlow


def test_no_pattern_that_is_taken_is_slow() -> None:
    seed = randrange(10**9)
    print(f"seed {seed}")  # noqa: T201
    dice, tried = Random(seed), 0
    before = signal.signal(signal.SIGALRM, _ring)
    try:
        for _ in range(1500):
            pattern = f"^{drawn(dice)}{drawn(dice)}$"
            if not compiles(pattern) or may_be_slow(pattern):
                continue
            tried += 1
            for text in ("a" * 59 + "!", "ab" * 29 + "!", "1" * 59 + "!", "a1" * 29 + "!", "a" * 60):
                signal.setitimer(signal.ITIMER_REAL, PATIENCE / 10)
                fits(text, pattern)
                signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert tried > 300


def drawn(dice: Random, depth: int = 0) -> str:
    """Return a pattern of characters, choices and repetitions within each other."""
    kind = dice.random()
    if depth > 3 or kind < 0.35:
        return dice.choice(("a", "b", "[ab]", r"\w", ".", "1", r"\d", "[a-z]"))
    if kind < 0.6:
        return drawn(dice, depth + 1) + drawn(dice, depth + 1)
    if kind < 0.72:
        return f"({drawn(dice, depth + 1)}|{drawn(dice, depth + 1)})"
    repeated = dice.choice(("+", "*", "?", "{0,4}", "{1,10}", "{2,20}", "{50}", "+?"))
    return f"({drawn(dice, depth + 1)}){repeated}"


def test_a_reference_may_be_written_otherwise() -> None:
    found = written_otherwise("SN2026-0123")
    assert {"SN 2026/0123", "SN 2026-0123", "SN2026/0123"} <= set(found)
    assert "SN2026-0123" not in found
    assert written_otherwise("A.B.C.D.E") == ()
    assert max(len(written_otherwise(ref)) for ref in SHAPES) < 300


def test_a_case_may_be_named_almost_rightly() -> None:
    assert {"SN 2026/0001", "SN 2026/1", "SN2026-000001"} <= set(near("SN 2026-1"))
    assert "SN 2026/0123" in near("SN 2026/00123")
    assert not {"SN 2026/0010", "SN 2026/10", "SN 2026/11"} & set(near("SN 2026/01"))
    assert "SN 2026/01" not in near("SN 2026/01")
    assert near("A-B") == written_otherwise("A-B"), "a pattern of one's own may do without a number"
    assert max(len(near(ref)) for ref in SHAPES) < 2000
