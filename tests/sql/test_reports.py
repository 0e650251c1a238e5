"""The export of answers: the latest of each, with the same state as in figures, and never protected cases."""

import csv
import io
from datetime import UTC, date, datetime

from checklists.loader import checklist_version
from checklists.model import NOTHING, Role, Written
from reports.answers import COLUMNS, answer_rows
from reports.csv_out import write_csv
from reports.selected import Selection
from storage import answers, cases, filled, people
from storage.cases import CaseRow, FactRow
from storage.desk import Desk, Session
from storage.filled import FilledRow
from tests.sql.conftest import NOW, World, make_world, the_case, the_list

EVERYTHING = Selection()
BASIS = checklist_version("decision_basis", 1)


def give(desk: Desk, world: World, item: str, *written: Written) -> None:
    def work(session: Session) -> None:
        for revision, one in enumerate(written, start=1):
            answers.add(session, the_list(session, world), item, revision, one, author=world.person, at=NOW, act="a")

    desk.run_now(work)


def rows(desk: Desk, selection: Selection = EVERYTHING) -> list[dict[str, str]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in answer_rows(desk.run_now, selection)]


def test_a_row_says_all_there_is_to_an_answer(desk: Desk, world: World) -> None:
    full = Written(
        "ja", note="Förskolan hördes", option="through_other", answered_on=date(2026, 5, 11), motivation_kind=""
    )
    give(desk, world, "child_heard", Written("nej"), full)

    assert rows(desk) == [
        {
            "tenant_id": "made-up-one",
            "case_ref": "SN 2026/0001",
            "checklist": "decision_basis",
            "role": "case_worker",
            "child": "1",
            "item": "child_heard",
            "answer": "ja",
            "method": "Via annan",
            "motivation": "",
            "note": "Förskolan hördes",
            "answered_on": "2026-05-11",
            "option": "through_other",
            "on": "",
            "place": "",
            "akt_part": "",
            "unit": "Påhittade enheten",
            "version": "1",
            "occasion": "1",
            "question": "Har barnet kommit till tals under utredning?",
            "revision": "2",
        }
    ]


def test_the_day_is_the_one_in_sweden_summer_and_winter(desk: Desk, world: World) -> None:
    moments = {
        "child_heard": (datetime(2026, 5, 11, 21, 59, 59, tzinfo=UTC), "2026-05-11"),
        "child_informed_report": (datetime(2026, 5, 11, 22, 0, tzinfo=UTC), "2026-05-12"),
        "child_informed_investigation": (datetime(2026, 1, 11, 22, 59, tzinfo=UTC), "2026-01-11"),
        "child_informed_intervention": (datetime(2026, 1, 11, 23, 0, tzinfo=UTC), "2026-01-12"),
        "child_informed_decision": (datetime(2025, 12, 31, 23, 30, 0, 5, tzinfo=UTC), "2026-01-01"),
    }

    def work(session: Session) -> None:
        for item, (at, _) in moments.items():
            answers.add(session, the_list(session, world), item, 1, Written("ja"), author=None, at=at, act="a")

    desk.run_now(work)

    assert {row["item"]: row["answered_on"] for row in rows(desk)} == {item: day for item, (_, day) in moments.items()}


def test_a_motivation_leaves_with_the_place_where_it_stands(desk: Desk, world: World) -> None:
    told = {
        "child_informed_report": (Written("nej", "text", motivation="Skäl"), "Skäl"),
        "child_informed_investigation": (
            Written("nej", "text", motivation="Skäl", place="Journal"),
            "Skäl (Var i akten: Journal)",
        ),
        "child_informed_intervention": (Written("nej", "reference", place="Journal"), "Finns i akten: Journal"),
        "child_informed_decision": (
            Written("nej", "reference", motivation="Skäl", place="Journal"),
            "Finns i akten: Journal. Skäl",
        ),
        "child_heard": (Written("nej", "missing"), ""),
    }
    for item, (written, _) in told.items():
        give(desk, world, item, written)

    assert {row["item"]: row["motivation"] for row in rows(desk)} == {item: said for item, (_, said) in told.items()}


def test_what_is_told_without_a_text_leaves_too(desk: Desk, world: World) -> None:
    give(desk, world, "child_heard", Written("ja", option="observation"))
    give(desk, world, "child_informed_report", Written("nej", "reference"))

    assert {row["item"]: (row["method"], row["motivation"]) for row in rows(desk)} == {
        "child_heard": ("Observation", ""),
        "child_informed_report": ("", "Finns i akten: "),
    }


def test_what_was_taken_back_or_never_answered_has_no_row(desk: Desk, world: World) -> None:
    give(desk, world, "child_heard", Written("ja"), NOTHING)
    give(desk, world, "communication_boxes_filled", Written("ja"))

    assert [row["item"] for row in rows(desk)] == ["communication_boxes_filled"]


def test_what_no_longer_applies_is_counted_so_and_an_unknown_fact_hides_nothing(desk: Desk, world: World) -> None:
    give(desk, world, "health_check_done", Written("ja"))
    assert [row["answer"] for row in rows(desk)] == ["ja"], "an unknown fact hides no answer"

    def tell(session: Session, value: str, revision: int) -> None:
        row = FactRow(
            tenant_id=world.tenant,
            case_id=world.case,
            child=1,
            name="child_placed",
            revision=revision,
            value=value,
            at=NOW,
        )
        cases.set_fact(session, the_case(session, world), row)

    for revision, (value, counted) in enumerate((("nej", "ej_tillampligt"), ("ja", "ja")), start=1):
        desk.run_now(lambda session, v=value, r=revision: tell(session, v, r))  # type: ignore[misc]
        assert [row["answer"] for row in rows(desk)] == [counted]


def test_rows_come_in_the_order_of_the_list(desk: Desk, world: World) -> None:
    for item in reversed(BASIS.items):
        give(desk, world, item.id, Written("ja"))

    assert [row["item"] for row in rows(desk)] == [item.id for item in BASIS.items]
    assert [row["question"] for row in rows(desk)] == [item.question for item in BASIS.items]


def test_a_case_with_protected_identity_is_never_listed(desk: Desk, world: World) -> None:
    give(desk, world, "child_heard", Written("ja"))

    def protect(session: Session) -> None:
        the_case(session, world).protected_identity = True

    desk.run_now(protect)

    assert rows(desk) == []


def test_every_municipality_is_listed_with_its_own_units(desk: Desk, world: World) -> None:
    other = desk.run_now(lambda session: make_world(session, "two"))
    for at in (world, other):
        give(desk, at, "child_heard", Written("ja"))

    assert [row["tenant_id"] for row in rows(desk)] == ["made-up-one", "made-up-two"]


def begin(session: Session, world: World, ref: str, begun: datetime, unit: str, role: Role = "case_worker") -> None:
    unit_id = people.unit(session, world.tenant, unit).id
    assert unit_id is not None
    case = cases.add(session, CaseRow(tenant_id=world.tenant, ref=ref, unit_id=unit_id))
    row = FilledRow(
        tenant_id=world.tenant,
        case_id=case.id,
        unit_id=unit_id,
        checklist="decision_basis",
        version=1,
        child=1,
        role=role,
        begun_at=begun,
    )
    filled.add(session, row)
    answers.add(session, row, "child_heard", 1, Written("ja"), author=None, at=NOW, act="a")


def test_a_selection_counts_both_days_as_they_are_in_sweden(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        # A minute before midnight and midnight in Sweden, which is two hours ahead of UTC.
        begin(session, world, "SN 1", datetime(2026, 5, 31, 21, 59, tzinfo=UTC), "Västra")
        begin(session, world, "SN 2", datetime(2026, 5, 31, 22, 0, tzinfo=UTC), "Östra")
        begin(session, world, "SN 3", datetime(2026, 6, 2, 21, 59, tzinfo=UTC), "Östra", role="unit_manager")

    desk.run_now(work)
    expected = {
        EVERYTHING: ["SN 1", "SN 2", "SN 3"],
        Selection(unit="Östra"): ["SN 2", "SN 3"],
        Selection(role="unit_manager"): ["SN 3"],
        Selection(checklist="decision_basis"): ["SN 1", "SN 2", "SN 3"],
        Selection(checklist="intake"): [],
        Selection(first=date(2026, 6, 1)): ["SN 2", "SN 3"],
        Selection(last=date(2026, 5, 31)): ["SN 1"],
        Selection(first=date(2026, 5, 31), last=date(2026, 6, 1)): ["SN 1", "SN 2"],
        Selection(first=date(2026, 6, 2), last=date(2026, 6, 2)): ["SN 3"],
        Selection(unit="Östra", role="case_worker", first=date(2026, 6, 1)): ["SN 2"],
        Selection(unit="Nowhere"): [],
    }

    assert {one: [row["case_ref"] for row in rows(desk, one)] for one in expected} == expected


def test_an_exported_file_can_be_read_again(desk: Desk, world: World) -> None:
    give(desk, world, "child_informed_report", Written("nej", "text", motivation='=1+1;\n"å"', note="-"))

    out = io.StringIO(newline="")
    count = write_csv(out, COLUMNS, answer_rows(desk.run_now, EVERYTHING))

    header, row = csv.reader(io.StringIO(out.getvalue().removeprefix("\ufeff"), newline=""), delimiter=";")
    assert (count, tuple(header)) == (1, COLUMNS)
    assert row[COLUMNS.index("motivation")] == '\'=1+1; "å"'
    assert row[COLUMNS.index("note")] == "'-"
