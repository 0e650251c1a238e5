"""Generates a town of made-up cases from a seed: N filled-in lists, inserted in bulk, as after years of use."""

import random
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from sqlmodel import SQLModel

from checklists.loader import newest
from checklists.model import Role, Written
from storage import people, tenants
from storage.answers import AnswerRow, add
from storage.cases import CaseRow, FactRow
from storage.desk import Desk, Session
from storage.filled import FilledRow
from storage.sealing import keys_of

UNITS = 12
FIRST, DAYS = date(2025, 1, 1), 365
BATCH = 5000
LIKELY = {"ja": 70, "nej": 18, "pagaende": 4, "ej_tillampligt": 4, "obesvarad": 4}
TEXT = "Påhittad motivering: barnet var nyfött, och samtalet fördes med båda vårdnadshavarna i hemmet."
FACTS = (("violence", 0), ("intervention_decided", 0), ("child_placed", 1), ("child_communicated", 1))


def fill(desk: Desk, lists: int, seed: int = 1, texts: float = 0.0) -> int:
    """Insert the town into an empty database; return the tenant's row id. Figures are neither counted nor queued.

    texts: share of Nej with a sealed motivation, from 0 to 1; it does not affect the answers.
    """
    dice, lot = random.Random(seed), random.Random(seed)
    tenant, units = desk.run_now(_found)
    numbers = iter(range(1, lists + 1))
    while batch := list(islice(numbers, BATCH)):
        cases, facts, filled, answers, motivated = [], [], [], [], []
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
            role: Role = dice.choice(("case_worker", "unit_manager"))
            of = {"tenant_id": tenant, "case_id": number, "unit_id": unit, "checklist": "decision_basis"}
            key = {"version": 1, "occasion": 1, "child": 1, "role": role, "person_id": 0, "round_id": 0}
            filled.append({**of, **key, "id": number, "file_part": "", "status": "open", "begun_at": at})
            for item in newest("decision_basis").asked[role]:
                choice = dice.choices([*LIKELY], [*LIKELY.values()])[0]
                if choice not in item.answers:
                    continue
                if choice == "nej" and lot.random() < texts:
                    motivated.append((number, item.id))
                else:
                    row = {"tenant_id": tenant, "filled_id": number, "item_id": item.id, "act": "a"}
                    more = {"option": "", "motivation_kind": "", "at": at, "undo_of": ""}
                    answers.append({**row, **more, "revision": 1, "choice": choice})
        desk.run_now(partial(_write, rows={CaseRow: cases, FactRow: facts, FilledRow: filled, AnswerRow: answers}))
        desk.run_now(partial(_motivate, tenant=tenant, motivated=motivated))
    return tenant


def _found(session: Session) -> tuple[int, list[int | None]]:
    tenant = tenants.ensure(session, "made-up").id
    return tenant, [people.unit(session, tenant, f"Enhet {number} (påhittad)").id for number in range(UNITS)]


def _write(session: Session, rows: dict[type[SQLModel], list[dict[str, Any]]]) -> None:
    for model, some in rows.items():
        # Bypasses SQLAlchemy's per-value processing, which would take most of the time.
        names = ", ".join(some[0])
        marks = ", ".join("?" * len(some[0]))
        table = model.__tablename__
        values = [tuple(_plain(value) for value in row.values()) for row in some]
        session.connection().exec_driver_sql(f"insert into {table} ({names}) values ({marks})", values)


def _motivate(session: Session, tenant: int, motivated: list[tuple[int, str]]) -> None:
    for number in sorted({number for number, _ in motivated}):
        keys_of(session).make(session, tenant, number)
    session.flush()
    for number, item_id in motivated:
        row = session.get_one(FilledRow, number)
        written = Written("nej", "text", motivation=TEXT)
        add(session, row, item_id, 1, written, author=None, at=row.begun_at, act="a")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat() if isinstance(value, date) else value
