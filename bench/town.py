"""A seeded town of made-up cases: N filled-in lists written in bulk, as years of use would leave them."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from sqlalchemy import Table, insert

from checklists.files import newest
from storage import people, tenants
from storage.answers import AnswerRow
from storage.cases import CaseRow, FactRow
from storage.desk import Session
from storage.filled import FilledRow

UNITS = 12
FIRST, DAYS = date(2025, 1, 1), 365
BATCH = 2000
LIKELY = {"ja": 70, "nej": 18, "pagaende": 4, "ej_tillampligt": 4, "obesvarad": 4}
FACTS = (("violence", 0), ("intervention_decided", 0), ("child_placed", 1), ("child_communicated", 1))


def fill(session: Session, lists: int, seed: int = 1) -> int:
    """Write the town into an empty database; return the tenant's row id. Nothing is folded or noted here."""
    dice = random.Random(seed)
    tenant = tenants.key(tenants.ensure(session, "made-up"))
    units = [people.unit(session, tenant, f"Enhet {number} (påhittad)").id for number in range(UNITS)]
    session.flush()
    numbers = iter(range(1, lists + 1))
    answer_id = 0
    while batch := list(islice(numbers, BATCH)):
        cases, facts, filled, answers = [], [], [], []
        for number in batch:
            day = FIRST + timedelta(dice.randrange(DAYS))
            at = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
            unit, opened = dice.choice(units), day - timedelta(dice.randrange(60))
            cases.append(
                {
                    "id": number,
                    "tenant_id": tenant,
                    "ref": f"SN 2025/{number}",
                    "unit_id": unit,
                    "case_type": "barn",
                    "children": 1,
                    "protected_identity": False,
                    "received_on": opened - timedelta(dice.randrange(25)),
                    "opened_on": opened,
                    "decided_on": day + timedelta(dice.randrange(90)),
                    "closed_on": None,
                }
            )
            for place, (name, child) in enumerate(FACTS):
                value = dice.choice(("ja", "nej"))
                fact = {"tenant_id": tenant, "case_id": number, "child": child, "name": name, "revision": 1}
                facts.append({**fact, "id": number * 4 + place, "value": value, "at": at})
            role = dice.choice(("case_worker", "unit_manager"))
            of = {"tenant_id": tenant, "case_id": number, "unit_id": unit, "checklist": "decision_basis"}
            key = {"version": 1, "occasion": 1, "child": 1, "role": role, "person_id": 0, "round_id": 0}
            filled.append({**of, **key, "id": number, "file_part": "", "status": "open", "begun_at": at})
            for item in newest("decision_basis").asked(role):
                choice = dice.choices([*LIKELY], [*LIKELY.values()])[0]
                if choice in item.answers:
                    answer_id += 1
                    row = {"id": answer_id, "tenant_id": tenant, "filled_id": number, "item_id": item.id, "act": "a"}
                    more = {"option": "", "motivation_kind": "", "at": at, "undo_of": ""}
                    answers.append({**row, **more, "revision": 1, "choice": choice})
        for model, rows in ((CaseRow, cases), (FactRow, facts), (FilledRow, filled), (AnswerRow, answers)):
            table: Table = model.__table__  # type: ignore[attr-defined]
            session.connection().execute(insert(table), rows)
    return tenant
