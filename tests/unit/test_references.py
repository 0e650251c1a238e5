"""Case references: formats in use are accepted and normalized; a personal number is never accepted."""

import unicodedata

import pytest

from checklists.errors import BadCaseRef, PersonalNumberInText
from checklists.references import normal_ref

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
def test_the_twelve_shapes_in_use_are_taken_as_they_are(ref: str) -> None:
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
def test_what_is_no_reference_is_refused(typed: str) -> None:
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
