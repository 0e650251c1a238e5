"""Made-up answer files, and a sample of ten made-up cases."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from checklists.cells import COLUMNS
from checklists.csv_in import BadCsv
from checklists.faults import Fault
from checklists.loader import newest
from checklists.model import CaseType
from imports.answers import ANSWERS
from imports.cases import CASES
from imports.common import Imported, Kind, Order
from imports.people import PEOPLE
from storage import cases, people, tenants
from storage.cases import CaseRow
from storage.desk import Desk, Session
from tests.sql.conftest import NOW, World

CLI = "cli:made-up"
AUDIT = newest("sample_audit")
TALK = "Inget barnsamtal hölls; förskolan hördes i stället."
LATE = "En handläggare utsågs först efter sex veckor."

# Questions by case, as an auditor might record a sample: five adult and five child cases.
SAMPLE: tuple[tuple[str, ...], ...] = (
    ("Ja", "Ja", "Ja", "Nej", "Ja", "Ja", "Ja", "Ja", "Ja", "Delvis"),
    ("Ja. FREDA", "Nej", "Ja. FREDA", "Nej", "Ja. ASI", "Ja. BBIC", "Ja. BBIC", "Ja. BBIC, FREDA", "Nej", "Ja. BBIC"),
    ("Ja", "Ja", "Nej", "Delvis", "Ja", "Ja", "Ja", "Nej", "Ja", "Ja"),
    ("Ja",) * 9 + ("Delvis",),
    ("Det finns en vårdplan.", "E/T", "Ja", "Pågående", "Delvis", "Ja", "Ja", "E/T", "=ja", "Ja"),
    ("Ja", "E/T", "Ja", "Pågående", "Delvis", "Ja", "Nej", "E/T", "Ja", "Ja"),
    ("Pågående", "E/T", "Ja", "Pågående", "Pågående", "Ja", "Pågående", "E/T", "Ja", "Ja"),
    ("E/T",) * 5 + ("Ja", "Ja", "Nej", "Ja", "Ja"),
    ("E/T",) * 5 + ("Ja", "Pågående", "Nej", "Ja", "Ja"),
    ("E/T",) * 5 + ("Ja", "Ja", "Nej", "Ja", "Ja"),
)
NOTES = {(0, 0): LATE, (0, 5): LATE, (9, 5): TALK, (9, 8): TALK, (6, 3): "=insatsen löper"}
REFS = tuple(f"SN 2022/{number}" for number in (2, 10, 11, 12, 100, 101, 102, 103, 104, 1001))


class Importer:
    """Takes a file of one kind in a transaction that is open already; the command takes it in steps."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def __call__(
        self,
        session: Session,
        raw: bytes,
        allowed: frozenset[str],
        at: datetime,
        actor: str,
        *,
        new_units: bool = False,
    ) -> Imported:
        read = self.kind.read(raw, at)
        rows = read.rows
        order = Order(allowed, at, actor, may_be_near=new_units)
        take = self.kind.taker(session, order)
        done = Imported(0, 0, 0)
        faults: list[Fault] = [*read.faults]
        for group in self.kind.together(session, rows):
            try:
                done += take(group)
            except BadCsv as bad:
                faults += bad.faults
        if faults:
            raise BadCsv(*sorted(faults, key=lambda one: one.line))
        self.kind.announce(session, rows, order)
        return done


import_people, import_cases, import_answers = Importer(PEOPLE), Importer(CASES), Importer(ANSWERS)


def file_of(rows: Iterable[Sequence[str]], columns: Sequence[str] = COLUMNS) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode()


def answer(world: World, ref: str = "SN 2026/0001", **cells: str) -> list[str]:
    """Return a row with one answer of the made-up case, with the given cells."""
    plain = {"tenant_id": "made-up-one", "case_ref": ref, "checklist": "decision_basis", "role": "case_worker"}
    plain |= {"item": "child_heard", "answer": "Ja"}
    return [(plain | cells).get(name, "") for name in COLUMNS]


def bring(desk: Desk, *rows: Sequence[str], allowed: frozenset[str] = frozenset()) -> Imported:
    return desk.run_now(lambda session: import_answers(session, file_of(rows), allowed, NOW, CLI))


def sample_rows(tenant: str = "made-up-one") -> list[list[str]]:
    rows = []
    for question, item in enumerate(AUDIT.items):
        for case, ref in enumerate(REFS):
            cells = {"tenant_id": tenant, "case_ref": ref, "checklist": "sample_audit", "role": "auditor"}
            cells |= {"item": item.id, "answer": SAMPLE[question][case], "note": NOTES.get((question, case), "")}
            cells["answered_on"] = f"2022-10-{case + 1:02}"
            rows.append([cells.get(name, "") for name in COLUMNS])
    return rows


def add_sample_cases(session: Session, tenant: str = "made-up-one") -> None:
    """Store the ten cases, without facts."""
    tenant_id = tenants.ensure(session, tenant).id
    for case, ref in enumerate(REFS):
        unit = people.unit(session, tenant_id, "Vuxna (påhittad)" if case < 5 else "Barn (påhittad)").id
        assert unit is not None
        kind: CaseType = "vuxen" if case < 5 else "barn"
        cases.add(session, CaseRow(tenant_id=tenant_id, ref=ref, unit_id=unit, case_type=kind))
