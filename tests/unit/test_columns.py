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


def test_an_empty_file_stays_empty() -> None:
    assert renamed(b"", {}) == b"\n"
