"""What may be typed as the number of the committee's decision; it stays in the trail when the case is gone."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.decision_number import MOST, is_same, read_number
from checklists.errors import BadDecisionNumber, PersonalNumberInText, UserError
from checklists.privacy import LetThrough

REF = "SN 2026/0123"
LETS = LetThrough(date(2026, 5, 12), "")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("SN § 45/2026", "SN § 45/2026"),
        ("  sn   §45 ", "SN §45"),
        ("2026-05-04 § 12", "2026-05-04 § 12"),
        ("45", "45"),
        ("IFN 2026:7", "IFN 2026:7"),
        ("§ 0123", "§ 0123"),
    ],
)
def test_a_number_as_committees_write_it_is_kept(typed: str, kept: str) -> None:
    assert read_number(typed, REF, LETS) == kept


@pytest.mark.parametrize(
    "typed",
    [
        *("", "   ", "§", "SN", "x" * 31, "1" * 31, "§ 45 Anneli", "Andersson 45", "45; drop table", "45\x00", "４５é"),
        *(REF, "sn 2026/0123", "SN2026-0123", "§ 1 SN 2026/0123", "²"),
    ],
)
def test_what_is_no_number_or_names_somebody_or_the_case_is_refused(typed: str) -> None:
    with pytest.raises(BadDecisionNumber):
        read_number(typed, REF, LETS)


def test_a_personal_number_is_refused_and_a_short_reference_does_not_stand_in_the_way() -> None:
    with pytest.raises(PersonalNumberInText):
        read_number("19121212-1212", REF, LETS)
    assert read_number("§ 45/2026", "45", LETS) == "§ 45/2026"


@given(st.text(max_size=40))
def test_what_is_kept_is_short_in_one_line_and_read_the_same_again(typed: str) -> None:
    try:
        kept = read_number(typed, REF, LETS)
    except UserError:
        return
    assert len(kept) <= MOST
    assert kept.isprintable()
    assert read_number(kept, REF, LETS) == kept


def test_spacing_and_case_do_not_tell_two_numbers_apart() -> None:
    assert is_same("SN § 45/2026", "sn §45 / 2026")
    assert not is_same("SN § 45/2026", "SN § 54/2026")
    assert not is_same("45", "")
