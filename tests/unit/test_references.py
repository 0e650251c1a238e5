"""Case references: formats in use are accepted and normalized; a personal number is never accepted."""

import unicodedata

import pytest

from checklists.errors import BadCaseRef, PersonalNumberInText
from checklists.ref_pattern import DEFAULT_PATTERN
from checklists.references import is_unlikely, meant, normal_ref, pairs, read_ref, without_fillers

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


@pytest.mark.parametrize(("ref", "says"), [("BEDÖMNING 2026", True), ("SE JOURNAL 12", True), ("SOCN 2026/1", False)])
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
