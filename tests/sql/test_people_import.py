"""A register file: what it does not say changes nothing, and its days follow the one rule."""

from datetime import date

import pytest

from checklists.csv_in import BadCsv
from imports.common import Imported
from storage.desk import Desk
from tests.sql.conftest import NOW, scalar
from tests.sql.import_files import import_people

TENANT = "made-up-one"
ROW = f"{TENANT},anna,Anna Påhittad,Norra (påhittad),unit_manager"


def imports(desk: Desk, header: str, *rows: str) -> Imported:
    raw = "\n".join([header, *rows]).encode()
    return desk.run_now(lambda s: import_people(s, raw, frozenset(), NOW, "cli:made-up"))


SHORT = "tenant_id,object_id,name,unit,role"
LONG = SHORT + ",valid_from,valid_to"


def days(desk: Desk) -> tuple[str | None, str | None]:
    found = [scalar(desk, f"select {name} from role") for name in ("valid_from", "valid_to")]
    return tuple(str(day) if day else None for day in found)  # type: ignore[return-value]


def test_an_absent_column_and_an_empty_cell_keep_the_end_date_and_a_dash_clears_it(desk: Desk) -> None:
    imports(desk, LONG, ROW + ",2026-01-01,2026-03-31")
    kept = days(desk)

    assert imports(desk, SHORT, ROW) == Imported(0, 0, 1)
    assert imports(desk, LONG, ROW + ",,") == Imported(0, 0, 1)
    assert days(desk) == kept == ("2026-01-01", "2026-03-31")
    assert imports(desk, LONG, ROW + ",,-") == Imported(0, 1, 0)
    assert days(desk) == ("2026-01-01", None)


@pytest.mark.parametrize("column", ["object_id", "email", "name", "unit"])
def test_a_dash_is_nobodys_id_name_or_unit(desk: Desk, column: str) -> None:
    row = {"tenant_id": TENANT, "object_id": "bo", "email": "bo@example.invalid", "role": "manager"} | {column: "-"}

    with pytest.raises(BadCsv, match=f"cannot be done in {column}"):
        imports(desk, ",".join(row), ",".join(row.values()))


def test_what_the_export_made_safe_is_read_as_it_was(desk: Desk) -> None:
    row = f"{TENANT},anna,=Anna (påhittad),+Norra (påhittad),unit_manager"
    made_safe = row.replace(",=", ",'=").replace(",+", ",'+")
    imports(desk, SHORT, row)

    assert imports(desk, SHORT, made_safe) == Imported(0, 0, 1)


def test_a_role_is_read_whatever_its_capital_letters(desk: Desk) -> None:
    imports(desk, SHORT, ROW)

    assert imports(desk, SHORT, ROW.replace("unit_manager", "Unit_Manager")) == Imported(0, 0, 1)


def test_a_deputy_needs_both_days_and_keeps_those_she_has(desk: Desk) -> None:
    deputy = ROW.replace("unit_manager", "deputy")
    with pytest.raises(BadCsv, match="a deputy needs both"):
        imports(desk, SHORT, deputy)
    imports(desk, LONG, deputy + ",2026-05-01,2026-05-31")

    assert imports(desk, SHORT, deputy) == Imported(0, 0, 1)
    with pytest.raises(BadCsv, match="a deputy needs both"):
        imports(desk, LONG, deputy + ",-,")


@pytest.mark.parametrize("day", ["1989-12-31", "2031-05-13", "dec-26", "26-12-01", "2026-02-30"])
def test_a_day_is_held_to_the_rule_for_days(desk: Desk, day: str) -> None:
    with pytest.raises(BadCsv, match=r"line 2: valid_to .* \(BK-1(12|31)\)"):
        imports(desk, LONG, f"{ROW},,{day}")


def test_a_new_day_is_held_against_the_kept_one(desk: Desk) -> None:
    imports(desk, LONG, ROW + ",2026-01-01,2026-03-31")
    with pytest.raises(BadCsv, match="BK-133"):
        imports(desk, LONG, ROW + ",2026-04-01,")

    assert days(desk) == (str(date(2026, 1, 1)), "2026-03-31")


def test_a_unit_is_one_however_it_is_written(desk: Desk) -> None:
    for unit in ("Norra (påhittad)", "NORRA  (PÅHITTAD)", "norra (pa\u030ahittad)", "Norra\u00a0(påhittad)"):
        imports(desk, SHORT, ROW.replace("Norra (påhittad)", unit))

    assert scalar(desk, "select count(*) from unit where name <> ''") == 1
    assert scalar(desk, "select count(*) from role") == 1


def test_an_object_id_that_entra_cannot_have_given_is_taken_and_named_once(desk: Desk) -> None:
    real = ROW.replace(",anna,", ",AAAAAAAA-0000-4000-8000-00000000000a,")

    assert imports(desk, SHORT, real, ROW.replace("anna", "12345")).not_guids == (3,)
    assert imports(desk, SHORT, ROW.replace("anna", "12345")).not_guids == ()


def test_a_row_is_refused_with_everything_that_is_wrong_in_it(desk: Desk) -> None:
    with pytest.raises(BadCsv) as refused:
        imports(desk, LONG, ROW.replace("unit_manager", "chef") + ",1/5/2026,31/5/2026")

    assert [(one.line, one.code) for one in refused.value.faults] == [(2, "BK-211"), (2, "BK-112"), (2, "BK-112")]
