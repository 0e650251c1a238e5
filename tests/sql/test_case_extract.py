"""Everything kept about one case: nothing of it is left out, and nothing of another is in it."""

from datetime import timedelta

import pytest
from sqlmodel import SQLModel

from checklists.model import Written
from reports.case_extract import COLUMNS, InSeveral, NoSuchCase, case_rows
from storage import answers, case_links, drafts, filled, tables
from storage.case_links import CaseLinkRow, JointRow
from storage.cases import CaseRow
from storage.desk import Desk, Session
from storage.filled import FilledRow
from storage.told_reminders import ToldRow
from tests.sql.conftest import NOW, World, add_case, change, make_world, scalar, the_list
from tests.sql.import_files import CLI
from tests.sql.test_answers_import import set_fact

REF = "SN 2026/0001"
TOLD = {
    "cases",
    "fact",
    "filled_checklist",
    "answer",
    "draft",
    "case_reason",
    "closed_investigation",
    "extension",
    "returned",
    "signature",
    "outbox",
    "told",
}
TOLD |= {"review_round_case", "case_link", "joint_assessment", "measure"}
"""The tables an extract reads; the events of the case come from the trail."""
OTHERWISE = {
    "event": "accesses",
    "event_seal": "proves the trail",
    "returned_point": "the questions a return opened again are events",
    "sealing_key": "a key",
    "counted": "derived from the lists",
    "changed": "a queue of numbers",
    "conversation": "which card a person last saw",
    "tombstone": "what was disposed of",
    "inbox": "answers in the chat, so that no press is stored twice: what they show is in the other rows",
    "review_reading": "who was given it, and has said that she never had it, are events",
    "deletion": "who asked, and with which decision, are events",
    "raised_case": "who raised and received it are events",
    "skipped_case": "that a sweep could not work it out: the admin's list",
}


def extract(desk: Desk, ref: str = REF, tenant: str = "") -> list[dict[str, str]]:
    rows = desk.run_now(lambda session: list(case_rows(session, ref, tenant, CLI, NOW)))
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def test_everything_about_a_protected_case_is_in_its_extract_with_every_revision(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        row = the_list(session, world)
        for number, said in enumerate(
            (Written("ja"), Written("nej", motivation_kind="text", motivation="Påhittat skäl")), 1
        ):
            answers.add(session, row, "child_heard", number, said, author=world.person, at=NOW, act=f"a{number}")
        drafts.keep(session, row, "child_not_heard_motivated", world.person, "Påhittat utkast", "")
        reading = FilledRow(
            tenant_id=world.tenant, case_id=world.case, unit_id=world.unit, checklist="decision_basis", version=1,
            child=1, role="unit_manager", person_id=world.person, begun_at=NOW, seen_at=NOW + timedelta(hours=1),
        )  # fmt: skip
        answers.add(
            session, filled.add(session, reading), "child_heard", 1, Written("ja"), author=None, at=NOW, act="r"
        )
        told = {"tenant_id": world.tenant, "person_id": world.person, "case_id": world.case}
        session.add(ToldRow(**told, rule="LUCKOR", mark="m", day=NOW.date(), bundle="b"))

    desk.run_now(work)
    set_fact(desk, world.tenant, world.case, "violence", "ja")
    change(desk, "update cases set protected_identity = true, decided_on = '2026-05-01'")
    rows = extract(desk)
    kinds = {(row["kind"], row["what"].partition(" (")[0], row["value"]) for row in rows}
    heard = "Har barnet kommit till tals under utredning?, barn 1"

    assert {row["kind"] for row in rows} >= {
        "case",
        "date",
        "fact",
        "list",
        "reading",
        "answer",
        "draft",
        "reminder",
        "access",
    }
    assert kinds >= {
        ("case", "protected_identity", "ja"), ("date", "decided_on", "2026-05-01"), ("fact", "violence", "ja"),
        ("answer", heard, "ja"), ("answer", heard, "nej"), ("reading", heard, "ja"),
    }  # fmt: skip
    texts = [row["value"] for row in rows]
    assert texts.count("Påhittat skäl") == texts.count("Påhittat utkast") == 1
    assert [row for row in rows if row["kind"] == "access"][-1]["by_role"] == "cli", (
        "the extract itself is in the trail"
    )
    assert scalar(desk, "select count(*) from event where act = 'export' and detail = 'case'") == 1


def test_no_other_case_is_found_by_a_reference_and_two_are_never_put_together(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: make_world(session, "two"))
    with pytest.raises(InSeveral):
        extract(desk)
    assert {row["value"] for row in extract(desk, tenant="made-up-two") if row["what"] == "case_ref"} == {REF}
    for ref, tenant in (("SN 2026/9999", ""), ("+", ""), (REF, "made-up-three")):
        with pytest.raises(NoSuchCase):
            extract(desk, ref, tenant)
    assert scalar(desk, "select count(*) from event where act = 'export'") == 1, "what was refused is no export"


def test_every_table_about_a_case_is_in_the_extract_or_said_to_be_left_out() -> None:
    assert tables.MODULES
    about = {
        name
        for name, table in SQLModel.metadata.tables.items()
        if any(column.name.endswith(("case_id", "filled_id")) for column in table.columns) or name == "cases"
    }
    assert about - set(OTHERWISE) <= TOLD


def test_a_linked_case_is_named_in_the_extract_and_a_protected_one_by_its_unit_alone(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        adult = CaseRow(tenant_id=world.tenant, ref="RVT 2026/0042", unit_id=world.unit, case_type="vuxen")
        both = {"tenant_id": world.tenant, "adult_case_id": add_case(session, adult).id, "child_case_id": world.case}
        by = {"by_id": world.person, "at": NOW}
        case_links.add(session, CaseLinkRow(**both, **by, state="linked"))
        case_links.add(session, JointRow(**both, **by, day=NOW.date(), with_id=world.person))

    desk.run_now(work)

    rows = [row for row in extract(desk) if row["kind"] in ("linked", "joint")]
    assert [(row["kind"], row["what"]) for row in rows] == [
        ("linked", "RVT 2026/0042"),
        ("joint", "bedömning i samråd med BoU"),
    ]
    assert rows[1]["value"] == NOW.date().isoformat()
    change(desk, "update cases set protected_identity = true where ref = 'RVT 2026/0042'")
    assert [row["what"] for row in extract(desk) if row["kind"] == "linked"] == ["protected identity"]
