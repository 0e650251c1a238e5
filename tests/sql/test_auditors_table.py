"""The auditor's ten cases and ten questions: all hundred cells, with and without facts, and read again."""

import csv
import io
from collections import Counter
from collections.abc import Mapping

import pytest

from checklists.cells import COLUMNS as COLUMNS_IN
from checklists.csv_safe import safe
from reports.answers import COLUMNS, answer_rows
from reports.rates import COLUMNS as RATES
from reports.rates import rate_rows
from reports.selected import Selection
from reports.table import tables
from storage import aggregates, cases, projection_queue, tenants
from storage.cases import FactRow
from storage.desk import Desk, Session
from tests.sql.conftest import NOW, World
from tests.sql.import_files import AUDIT, REFS, SAMPLE, add_sample_cases, bring, sample_rows
from tests.sql.test_figures import TODAY
from tests.sql.test_table import expected

CODES = {"Ja": "ja", "Nej": "nej", "Delvis": "delvis", "Pågående": "pagaende", "E/T": "ej_tillampligt"}
ELSEWHERE = "made-up-two"
WITHOUT = frozenset({1, 7})
"""The cases in which no intervention was decided, as the auditor's E/T on those three questions say."""


def counted(cell: str) -> str:
    """Return what a cell of the auditor counts as."""
    return CODES.get(cell.partition(". ")[0], "fritext")


def add_facts(session: Session, tenant: str) -> None:
    """Say of every case whether an intervention was decided."""
    tenant_id = tenants.ensure(session, tenant).id
    for number, ref in enumerate(REFS):
        case = cases.find(session, tenant_id, ref)
        assert case is not None
        value = "nej" if number in WITHOUT else "ja"
        row = FactRow(
            tenant_id=tenant_id, case_id=case.id, child=0, name="intervention_decided", revision=1, value=value, at=NOW
        )
        cases.set_fact(session, case, row)
        projection_queue.enqueue(session, case_id=case.id)


def rated(desk: Desk, tenant: int) -> dict[tuple[str, str], Mapping[str, str]]:
    selection = Selection(checklist="sample_audit", tenant_id=tenant)
    rows = desk.run_now(lambda session: list(rate_rows(session, selection, TODAY)))
    found = [dict(zip(RATES, row, strict=True)) for row in rows]
    return {(row["unit"], row["item"]): row for row in found if row["item"] != "*"}


def said_in(desk: Desk, tenant: int) -> list[dict[str, str]]:
    rows = answer_rows(desk.run_now, Selection(checklist="sample_audit", tenant_id=tenant))
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def all_hundred(desk: Desk, tenant: int) -> None:
    """Hold every cell in the table, in the answers and in the rates against what the auditor wrote."""
    (table,) = tables(desk.run_now, Selection(checklist="sample_audit", tenant_id=tenant))
    assert [table.header, *table.rows] == expected()

    answers = {(row["case_ref"], row["item"]): row["answer"] for row in said_in(desk, tenant)}
    wrote = {(ref, item.id): SAMPLE[at][case] for at, item in enumerate(AUDIT.items) for case, ref in enumerate(REFS)}
    assert len(answers) == len(wrote) == 100
    free = {at: cell if counted(cell) == "fritext" else counted(cell) for at, cell in wrote.items()}
    assert answers == free

    desk.run_now(aggregates.project_all)
    rates = rated(desk, tenant)
    assert len(rates) == 20, "ten questions in two units"
    for at, item in enumerate(AUDIT.items):
        for unit, some in (("Vuxna (påhittad)", SAMPLE[at][:5]), ("Barn (påhittad)", SAMPLE[at][5:])):
            found = {code: int(rates[unit, item.id][code]) for code in (*CODES.values(), "fritext", "obesvarad")}
            assert Counter(found) == Counter(map(counted, some)), item.id


@pytest.mark.parametrize("facts", ["none", "before", "after"])
def test_all_hundred_cells_are_what_the_auditor_wrote_and_so_they_are_when_read_again(
    desk: Desk, world: World, facts: str
) -> None:
    for tenant in ("made-up-one", ELSEWHERE):
        desk.run_now(lambda session, of=tenant: add_sample_cases(session, of))  # type: ignore[misc]
    if facts == "before":
        desk.run_now(lambda session: add_facts(session, "made-up-one"))
        desk.run_now(lambda session: add_facts(session, ELSEWHERE))
    bring(desk, *sample_rows())
    if facts == "after":
        desk.run_now(lambda session: add_facts(session, "made-up-one"))
    all_hundred(desk, world.tenant)

    rows = [
        [safe((row | {"tenant_id": ELSEWHERE})[name]) for name in COLUMNS_IN] for row in said_in(desk, world.tenant)
    ]
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    again = list(csv.reader(io.StringIO(text.getvalue(), newline="")))
    assert bring(desk, *again).added == 100
    if facts == "after":
        desk.run_now(lambda session: add_facts(session, ELSEWHERE))
    other = desk.run_now(lambda session: tenants.ensure(session, ELSEWHERE).id)
    all_hundred(desk, other)


def test_the_same_ways_in_another_order_are_no_other_answer(desk: Desk, world: World) -> None:
    desk.run_now(add_sample_cases)
    rows = sample_rows()
    [row] = [row for row in rows if "Ja. BBIC, FREDA" in row]
    bring(desk, *rows)

    assert bring(desk, [cell.replace("Ja. BBIC, FREDA", "Ja. FREDA, BBIC") for cell in row]).unchanged == 1
    assert bring(desk, [cell.replace("Ja. BBIC, FREDA", "Ja. FREDA") for cell in row]).changed == 1
