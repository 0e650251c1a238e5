"""The column map: a case system's own names, each row on the line it was on."""

import pytest

from checklists.columns import renamed
from checklists.csv_in import BadCsv

TENANT = "11111111-1111-4111-8111-111111111111"


def test_a_file_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(BadCsv, match="BK-201"):
        renamed("Ärende\n".encode("cp1252"), {"case_ref": "Ärende"})


def test_without_a_map_the_names_are_ours_and_a_tenant_of_its_own_is_kept() -> None:
    raw = f"tenant_id;case_ref\n{TENANT};SN 2026/0001\n".encode()

    assert renamed(raw, {}, tenant="another") == raw
    assert renamed(raw, {}) == raw


def test_what_every_row_has_and_what_is_left_out() -> None:
    raw = "\ufeffNr,Namn\n1,x\n\n2,y\n".encode()

    assert renamed(raw, {"case_ref": "Nr", "case_type": "=barn"}, tenant="t") == (
        b"case_ref,case_type,tenant_id\n1,barn,t\n\n2,barn,t\n"
    )


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "BK-548"),
        (b"PK\x03\x04\xff", "BK-549"),
        ("Ärende;Enhet\n".encode("utf-16-le"), "BK-201"),
        ("Ärende\tEnhet\nSN 1\tNord\n".encode(), "BK-547"),
        ("Utdrag\nÄrende;Enhet\n".encode(), "BK-209"),
    ],
)
def test_a_file_that_is_no_csv_is_called_what_it_is_before_its_columns_are_looked_for(raw: bytes, code: str) -> None:
    with pytest.raises(BadCsv, match=code):
        renamed(raw, {"case_ref": "Ärende", "unit": "Enhet"}, tenant=TENANT)


def test_a_missing_column_is_named_by_our_word_for_it() -> None:
    with pytest.raises(BadCsv) as refused:
        renamed("Ärende;Enhet\n".encode(), {"case_ref": "Ärendets nummer", "unit": "Enhet"})

    assert "the header lacks case_ref;" in str(refused.value)


def test_a_row_after_cells_on_several_lines_that_are_left_out_is_on_its_line() -> None:
    raw = b'Nr,"Fri\ntext"\n1,"rad\nrad\nrad"\n2,x\n'

    assert renamed(raw, {"case_ref": "Nr"}) == b"case_ref\n\n1\n\n\n2\n"
    assert renamed(raw.replace(b"Fri\n", b""), {"case_ref": "Nr", "unit": "text"}) == (
        b'case_ref,unit\n1,"rad\nrad\nrad"\n2,x\n'
    )


def test_columns_without_a_name_may_be_several() -> None:
    assert renamed(b"case_ref;;\nSN 1;;\n", {}).startswith(b"case_ref;\nSN 1;")


@pytest.mark.parametrize(("head", "columns"), [("Nr,Nr", {"case_ref": "Nr"}), ("case_ref,Case_ref", {})])
def test_a_column_that_stands_twice_is_refused_by_name(head: str, columns: dict[str, str]) -> None:
    with pytest.raises(BadCsv, match="BK-206"):
        renamed(f"{head}\n1,2\n".encode(), columns)
