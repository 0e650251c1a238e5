"""Unit names: which are the same, and which look like a slip for another."""

import pytest

from checklists.unit_names import looks_like_one_of, unit_key

KNOWN = ["Barn och unga Norr", "Mottagningen"]


@pytest.mark.parametrize("name", ["barn och unga norr", "BARN  och\u00a0unga Norr ", "Barn och unga Norr"])
def test_case_spaces_and_composition_make_no_other_unit(name: str) -> None:
    assert unit_key(name) == unit_key(KNOWN[0])
    assert unit_key("A\u030angstro\u0308m") == unit_key("ångström")
    assert not looks_like_one_of(name, KNOWN)


@pytest.mark.parametrize(
    "name",
    [
        "Barn och unga Nor",
        "Barn och unga Norrr",
        "Barn och ungu Norr",
        "arn och unga Norr",
        "MOTTAGNINGE",
        "Mottagningens",
    ],
)
def test_one_letter_more_less_or_other_looks_like_a_slip(name: str) -> None:
    assert looks_like_one_of(name, KNOWN)


@pytest.mark.parametrize("name", ["Barn och unga Söder", "Barn och unga Nrro", "Mottagn", ""])
def test_more_than_one_letter_is_another_unit(name: str) -> None:
    assert not looks_like_one_of(name, KNOWN)
