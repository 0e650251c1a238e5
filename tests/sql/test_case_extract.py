"""Everything kept about one case: nothing of it is left out, and nothing of another is in it."""

import ast
import re
from datetime import timedelta
from functools import partial
from itertools import product
from typing import get_args

import pytest
from sqlmodel import SQLModel

from actions.rounds import WHY_NOT
from bot.cards.extract_words import by, value, what
from bot.cards.parts import Pen
from checklists.deadlines import Limit
from checklists.events import OF_CASE, EventName
from checklists.lifecycle import State
from checklists.loader import all_checklists, checklist_version
from checklists.model import ListId, Motivation, Role, Written
from checklists.reminder_rules import Rule
from dialogs.turn.tokens import Mint
from dialogs.views.views import ExtractRow
from reports.case_extract import COLUMNS, InSeveral, NoSuchCase, case_rows
from storage import (
    answers,
    case_links,
    drafts,
    extensions,
    filled,
    measures,
    outbox,
    returns,
    rounds,
    signatures,
    tables,
    trail,
)
from storage.case_links import CaseLinkRow, JointRow
from storage.case_reasons import CaseReasonRow
from storage.cases import CaseRow
from storage.desk import Desk, Session
from storage.extensions import ExtensionRow
from storage.filled import FilledRow
from storage.measures import MeasureRow
from storage.outbox import OutboxRow
from storage.people import RoleRow
from storage.returns import ReturnRow
from storage.round_cases import RoundCaseRow
from storage.rounds import RoundRow
from storage.signatures import SignatureRow
from storage.told_reminders import ToldRow
from tests.conftest import ROOT
from tests.sql.conftest import NOW, World, add_case, change, chat_with, make_world, scalar, the_list
from tests.sql.import_files import CLI
from tests.sql.test_answers_import import set_fact
from texts import LANGUAGES, sentences

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


# --- in words --------------------------------------------------------------------------------------------------------

IN_FILE = ("whole", "occasion", "revision", "until", "drawn", "frame", "due", "made", "barn 1", "nobody")
"""Words of the file that are no Swedish."""


def furnish(session: Session, world: World) -> None:
    """Give the case a row of every kind, with every code that it can hold."""
    at, by = {"tenant_id": world.tenant, "case_id": world.case}, world.person
    day = NOW.date()
    session.add(RoleRow(tenant_id=world.tenant, person_id=by, unit_id=world.unit, role="unit_manager"))
    case = session.get_one(CaseRow, world.case)
    case.decided_on, case.earlier_closed_on = day, day
    row, checklist = the_list(session, world), checklist_version("decision_basis", 2)
    for item in checklist.items:
        said = Written("nej", motivation_kind="missing")
        answers.add(session, row, item.id, 1, said, author=by, at=NOW, act="a")
        for number, option in enumerate(item.ways.options if item.ways else (), 2):
            answers.add(session, row, item.id, number, Written("ja", option=option.id), author=None, at=NOW, act="b")
    for number, kind in enumerate(get_args(Motivation), 20):
        said = Written("nej", motivation_kind=kind, motivation="Text" if kind == "text" else "")
        answers.add(session, row, "child_heard", number, said, author=by, at=NOW, act="c")
    drafts.keep(session, row, "child_heard", by, "Text", "")
    for number, state in enumerate(State, 2):
        of = {"unit_id": world.unit, "checklist": "decision_basis", "version": 1, "child": 1, "begun_at": NOW}
        role = "unit_manager" if state in (State.READ, State.SIGNED) else "case_worker"
        filled.add(session, FilledRow(**at, **of, role=role, occasion=number, status=state, seen_at=NOW, sent_at=NOW))
    for limit, of_class in product(get_args(Limit), get_args(extensions.ReasonClass)):
        made = {"limit": limit, "reason_class": of_class, "until": day, "author_id": by, "at": NOW}
        extensions.add(session, ExtensionRow(**at, **made, nonce=f"{limit}{of_class}"), "Text")
    session.add(CaseReasonRow(**at, reason="Konflikt", day=day, author_id=by, at=NOW))
    basis = {"checklist": "decision_basis", "occasion": 1}
    returns.add(session, ReturnRow(**at, **basis, person_id=by, role="deputy", at=NOW, nonce="r"), "Text", ())
    for number, shortfall in enumerate((False, True)):
        signed = {"version": 1, "signer_id": by, "role": "deputy", "at": NOW, "nonce": f"s{number}", "view_hash": "0"}
        more = {"shortfall": shortfall, "voided_at": NOW, "bound": "{}"}
        signatures.add(session, SignatureRow(**at, **basis, **signed, **more), "{}", "Text", {})
    at_round = {"tenant_id": world.tenant, "name": b"", "pool": b""}
    for number, (method, why_not) in enumerate(product(("random", "first"), ("", *WHY_NOT, "withdrawn", "protected"))):
        of = {"checklist": "rvt_case_round", "version": 1, "first": day, "last": day, "seed": "bcd", "per_unit": 1}
        days = {"opens_on": day, "closes_on": day, "made_by": by, "made_at": NOW}
        drawn_in = rounds.add(session, RoundRow(**at_round, nonce=f"{number}", method=method, **of, **days), "", "", ())
        drawn = {
            "drawn": bool(why_not),
            "replaced": why_not == "tie",
            "why_not": why_not,
            "place": 1,
            "decided_on": day,
        }
        session.add(RoundCaseRow(**at, **drawn, round_id=drawn_in.id, unit_id=world.unit))
    adult = CaseRow(tenant_id=world.tenant, ref="RVT 1", unit_id=world.unit, case_type="vuxen", protected_identity=True)
    both = {"tenant_id": world.tenant, "adult_case_id": add_case(session, adult).id, "child_case_id": world.case}
    case_links.add(session, CaseLinkRow(**both, by_id=by, at=NOW, state="linked"))
    case_links.add(session, JointRow(**both, by_id=by, at=NOW, day=day, with_id=by))
    of_answer = {"checklist": "decision_basis", "version": 1, "item_id": "child_heard", "filled_id": row.id}
    owned = {"owner_id": by, "made_by": by, "made_at": NOW, "due_on": day, "done_at": NOW, "checked_at": NOW}
    measures.add(session, MeasureRow(**at, **of_answer, **owned, checked_by=by, unit_id=world.unit, nonce="m"))
    chat = chat_with(session, world).id
    for number, (kind_of, sent_as) in enumerate(product(get_args(outbox.MessageKind), outbox.STATES)):
        sent = {"kind": kind_of, "state": sent_as, "conversation_id": chat, "nonce": f"o{number}"}
        outbox.put(session, OutboxRow(**at, **sent, view=b"", due_at=NOW, created_at=NOW), '{"view": {}}')
    for rule in get_args(Rule):
        session.add(ToldRow(**at, person_id=by, rule=rule, mark="m", day=day, bundle="b"))
    details = ("", "7 0", "child 1", "14d", "4m deputy_for 7", "signature 7", "deputy_for 7,8", "by_hand", "round:7 8")
    for act, detail in product(OF_CASE, details):
        if (act == "extended") == (detail[:2] in ("14", "4m")):
            told = "2026/17" if act.startswith("deletion") else detail
            trail.record(session, world.tenant, NOW, f"person:{by}", act, case_id=world.case, detail=told)
    for act, item_id in (("answered", "child_heard"), ("fact_set", "violence")):
        trail.record(
            session, world.tenant, NOW, "cli:made-up", act, case_id=world.case, item_id=item_id, detail="child 1"
        )
    for actor in ("import", "system", "unknown"):
        trail.record(session, world.tenant, NOW, actor, "denied", case_id=world.case, detail="show_extract")


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)  # the rows are read as for the file
def test_nobody_who_reads_the_extract_meets_a_code(desk: Desk, world: World) -> None:
    desk.run_now(partial(furnish, world=world))
    for name, said in (("violence", "ja"), ("intervention_decided", "unknown"), ("child_placed", "nej")):
        set_fact(desk, world.tenant, world.case, name, said)
    rows = extract(desk)
    kinds = {key.removeprefix("extract.kind_") for key in sentences("sv") if key.startswith("extract.kind_")}
    assert {row["kind"] for row in rows} == kinds
    codes = {
        *OF_CASE,
        *get_args(Rule),
        *get_args(outbox.MessageKind),
        *outbox.STATES,
        *get_args(Limit),
        *get_args(Role),
        *WHY_NOT,
    }
    codes |= {*(item.id for one in all_checklists().values() for item in one.items), *get_args(EventName)}
    codes |= {*get_args(ListId), *get_args(extensions.ReasonClass), *State, *IN_FILE} - {"organisation"}
    for language in LANGUAGES:
        pen = Pen(language, world.tenant, world.person, "", Mint(bytes(32)), private=True)
        for cells in rows:
            row = ExtractRow(**(cells | {"value": "" if cells["kind"] == "message" else cells["value"]}))
            told = ": ".join(filter(None, (what(pen, row), value(pen, row, row.value) if row.value else "")))
            told = f"{told} ({by(pen, row)})"
            assert told.strip(), cells
            assert not re.search(r"\w_\w|\bv\d\b", told), (language, cells, told)
            if language == "sv":
                assert not codes & set(re.findall(r"\w+(?: 1)?", told)), (cells, told)
            elif row.kind not in ("case", "linked"):  # the names of people and units
                assert not re.search("[åäöÅÄÖ]", told), (cells, told)


def test_what_is_done_with_a_case_has_words() -> None:
    acted = set()
    for path in [*(ROOT / "actions").rglob("*.py"), *(ROOT / "dialogs").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Change" and len(node.args) > 1:
                acted |= {one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant)}
    acted &= set(get_args(EventName))

    assert len(acted) > 30
    assert acted - set(OF_CASE) == set()
    assert {f"access.act_{act}" for act in OF_CASE} <= set(sentences("sv"))
