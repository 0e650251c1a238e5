"""Whatever a file from outside holds: what is said of it repeats no cell, and names every bad row by line and code."""

import re
from random import Random

import pytest

from checklists.cells import COLUMNS as ANSWER_COLUMNS
from imports import cases, people
from storage.desk import Desk
from tests.sql.conftest import NOW, World
from tests.sql.import_files import file_of, import_answers, import_cases, import_people
from tests.unit.test_faults import told

CANARIES = (
    "Kanarie Påhittad",
    "kanarie@example.invalid",
    "kanarie",
    "Kanarie; 'påhittad'",
    "=KANARIE()",
    "KANARIE 2026/1",
)
OTHERS = ("", "-", "0", "²", "2026-13-01", "2/5 2026", "1899-01-01", "2099-01-01", "ja", "x" * 5000, "12 19121212-1212")
GOOD = {
    "tenant_id": "made-up-one",
    "case_ref": "SN 2026/0001",
    "unit": "Enhet (påhittad)",
    "case_type": "barn",
    "role": "case_worker",
    "object_id": "object-one",
    "checklist": "decision_basis",
    "item": "child_heard",
    "answer": "Ja",
    "children": "1",
    "received_on": "2026-03-02",
    "opened_on": "2026-03-05",
    "valid_from": "2026-03-01",
}
FILES = {
    "people": (import_people, people.COLUMNS),
    "cases": (import_cases, cases.COLUMNS),
    "answers": (import_answers, ANSWER_COLUMNS),
}
LINE = re.compile(r"(line|rad) \d+: .+ \(BK-[125]\d\d\)")


@pytest.mark.parametrize("what", FILES)
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_what_is_said_of_a_file_repeats_no_cell(desk: Desk, world: World, what: str) -> None:
    take, columns = FILES[what]
    rng, codes = Random(what), set[str]()
    for _ in range(60):
        rows = []
        for _ in range(4):
            row = [GOOD.get(name, "") for name in columns]
            for place in rng.sample(range(len(columns)), rng.randint(1, 2)):
                row[place] = rng.choice(CANARIES + OTHERS)
            rows.append(row)
        raw, allowed = file_of(rows, columns), frozenset({"made-up-one"} if rng.random() < 0.3 else ())
        said = told(lambda raw=raw, allowed=allowed: desk.run_now(lambda s: take(s, raw, allowed, NOW, "cli:made-up")))  # type: ignore[misc]
        codes |= set(re.findall(r"BK-\d+", said))
        assert not [word for word in ("kanarie", "1212", "xxx") if word in said.casefold()], said
        assert not [line for line in said.splitlines() if not LINE.fullmatch(line)], said

    assert len(codes) > 5, "the files were hardly wrong"
