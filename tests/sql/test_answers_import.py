"""Importing answers: nothing dropped or guessed, all rows or none, and exported exactly as imported."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlmodel import select

from checklists.cells import COLUMNS as COLUMNS_IN
from checklists.csv_in import BadCsv
from checklists.faults import Refusal
from checklists.loader import newest
from checklists.model import Written
from imports.answer_rows import part_of, with_details
from imports.common import Imported
from reports.answers import COLUMNS, answer_rows
from reports.csv_out import safe
from reports.selected import Selection
from storage import answers, filled
from storage.cases import FactRow
from storage.desk import Desk, Session
from storage.filled import FilledRow
from storage.trail import EventRow
from tests.sql.conftest import NOW, World, make_world, scalar, the_case, the_list
from tests.sql.import_files import CLI, add_sample_cases, answer, bring, file_of, import_answers, sample_rows

MADE_UP = "made-up-one"


def out(desk: Desk, tenant: str = MADE_UP) -> list[dict[str, str]]:
    found = [dict(zip(COLUMNS, row, strict=True)) for row in answer_rows(desk.run_now, Selection())]
    return [row for row in found if row["tenant_id"] == tenant]


def importable(desk: Desk, tenant: str = MADE_UP, as_tenant: str = "") -> list[list[str]]:
    """Return an export's rows, in the columns of an import file."""
    rows = [row | {"tenant_id": as_tenant or tenant} for row in out(desk, tenant)]
    return [[safe(row[name]) for name in COLUMNS_IN] for row in rows]


def stored(desk: Desk, world: World, item: str = "child_heard") -> tuple[Written, int]:
    def work(session: Session) -> tuple[Written, int]:
        row = the_list(session, world)
        newest = answers.latest(session, world.filled)[item]
        return answers.read(session, row, newest), newest.revision

    return desk.run_now(work)


def events(desk: Desk) -> list[tuple[str, str]]:
    def work(session: Session) -> list[tuple[str, str]]:
        return [(row.actor, row.act) for row in session.exec(select(EventRow).order_by(EventRow.id))]  # type: ignore[arg-type]

    return desk.run_now(work)


def faults(desk: Desk, *rows: Any, allowed: frozenset[str] = frozenset()) -> list[str]:
    before = out(desk), events(desk)
    with pytest.raises(BadCsv) as caught:
        bring(desk, *rows, allowed=allowed)
    assert (out(desk), events(desk)) == before, "something was stored all the same"
    return list(map(str, caught.value.faults))


def set_case(desk: Desk, world: World, **values: Any) -> None:
    def work(session: Session) -> None:
        for name, value in values.items():
            setattr(the_case(session, world), name, value)

    desk.run_now(work)


def set_fact(desk: Desk, tenant: int, case: int, name: str, value: str, child: int = 0) -> None:
    fact = FactRow(tenant_id=tenant, case_id=case, child=child, name=name, revision=1, value=value, at=NOW)
    desk.run_now(lambda session: session.add(fact))


# --- importing -------------------------------------------------------------------------------------------------------


def test_a_row_becomes_a_revision_by_the_import_with_its_raw_cell(desk: Desk, world: World) -> None:
    row = answer(
        world, answer="Ja. Observation", motivation="Finns i akten: Journal", note="Kort", answered_on="2026-05-02"
    )

    assert bring(desk, row) == Imported(1, 0, 0)

    assert stored(desk, world) == (
        Written(
            "ja",
            "reference",
            place="Journal",
            note="Kort",
            raw="Ja. Observation",
            option="observation",
            answered_on=date(2026, 5, 2),
        ),
        1,
    )
    assert events(desk) == [("import", "answered"), (CLI, "import")]
    assert scalar(desk, "select author_id from answer") is None


def test_what_comes_again_is_unchanged_and_what_differs_is_a_new_revision(desk: Desk, world: World) -> None:
    row = answer(world, answer="Ja", note="=1", answered_on="2026-05-02")
    bring(desk, row)

    assert bring(desk, row) == Imported(0, 0, 1)
    assert bring(desk, answer(world, answer="ja", note="'=1")) == Imported(0, 0, 1), "the same in other words"
    for number, change in enumerate(({"answer": "Nej"}, {"note": "-"}, {"answered_on": "2026-05-03"}), start=2):
        row = [change.get(name, cell) for name, cell in zip(COLUMNS_IN, row, strict=True)]
        assert bring(desk, row) == Imported(0, 1, 0)
        assert stored(desk, world)[1] == number
    assert bring(desk) == Imported(0, 0, 0)


def test_an_absent_column_and_an_empty_cell_keep_what_an_answer_has_and_a_dash_removes_it(
    desk: Desk, world: World
) -> None:
    said = {"item": "child_informed_report", "answer": "Nej"}
    bring(desk, answer(world, **said, motivation="Var bortrest", note="Kort", method="Brev", answered_on="2026-03-31"))
    first, _ = stored(desk, world, said["item"])
    short = ("tenant_id", "case_ref", "checklist", "role", "item", "answer")
    without = [dict(zip(COLUMNS_IN, answer(world, **said), strict=True))[name] for name in short]

    assert desk.run_now(lambda s: import_answers(s, file_of([without], short), frozenset(), NOW, CLI)).unchanged == 1
    assert bring(desk, answer(world, **said, motivation="", note="", method="")) == Imported(0, 0, 1)
    assert bring(desk, answer(world, **said, note="Längre")) == Imported(0, 1, 0)
    assert stored(desk, world, said["item"]) == (replace(first, note="Längre"), 2)
    assert bring(desk, answer(world, **said, motivation="-", method="-")) == Imported(0, 1, 0)
    emptied = replace(first, motivation_kind="", motivation="", method="", note="Längre")
    assert stored(desk, world, said["item"]) == (emptied, 3)
    assert bring(desk, answer(world, **said | {"answer": "Ja"})) == Imported(0, 1, 0)
    assert stored(desk, world, said["item"])[0].note == "", "another answer stands for itself"


@pytest.mark.parametrize(
    "cells",
    [
        {"answer": "Kanske"},
        {"answer": "Ja", "method": "Lek i parken"},
        {"answer": "Nej", "motivation": "Var bortrest"},
        {"answer": "Ja", "note": "Kort"},
    ],
    ids=str,
)
def test_free_text_about_people_with_protected_identity_is_told_by_its_line(
    desk: Desk, world: World, cells: dict[str, str]
) -> None:
    set_case(desk, world, protected_identity=True)
    place = answer(world, item="child_informed_report", answer="Nej", motivation="Finns i akten: Journal 3")

    assert bring(desk, place, answer(world, **cells)).protected == (3,)
    assert bring(desk, place, answer(world, **cells)).protected == ()


def test_codes_are_read_whatever_their_capital_letters(desk: Desk, world: World) -> None:
    row = answer(world, checklist="Decision_Basis", role="Case_Worker", item="Child_heard", answer="Ja")

    assert bring(desk, row) == Imported(1, 0, 0)
    told = [*answer(world, answer="Ja"), "Own_Talk"]
    assert desk.run_now(
        lambda s: import_answers(s, file_of([told], (*COLUMNS_IN, "option")), frozenset(), NOW, CLI)
    ) == Imported(0, 1, 0)
    assert stored(desk, world)[0].option == "own_talk"


def test_the_apostrophe_of_an_export_does_not_come_in(desk: Desk, world: World) -> None:
    bring(desk, answer(world, answer="'=SUMMA(A1)", note="'-", motivation="'citat'"))

    written, _ = stored(desk, world)
    assert (written.raw, written.note, written.motivation) == ("=SUMMA(A1)", "-", "'citat'")


def test_a_persons_answer_is_answered_anew_and_not_overwritten(desk: Desk, world: World) -> None:
    def press(session: Session) -> None:
        row = the_list(session, world)
        answers.add(session, row, "child_heard", 1, Written("ja"), author=world.person, at=NOW, act="a")

    desk.run_now(press)
    begun = scalar(desk, "select begun_at from filled_checklist")

    assert bring(desk, answer(world, answer="Nej", answered_on="2020-01-01")) == Imported(0, 1, 0)
    assert scalar(desk, "select count(*) from answer") == 2
    assert scalar(desk, "select begun_at from filled_checklist") == begun, (
        "a list of her own was begun when she began it"
    )


def test_a_list_is_begun_on_the_earliest_day_of_its_answers(desk: Desk, world: World) -> None:
    def begun() -> datetime:
        def work(session: Session) -> datetime:
            return session.exec(select(FilledRow).where(FilledRow.checklist == "intake")).one().begun_at

        return desk.run_now(work)

    def intake(item: str, day: str) -> list[str]:
        return answer(world, checklist="intake", item=item, answered_on=day)

    bring(desk, intake("violence_suspected", ""))
    assert begun() == NOW
    bring(desk, intake("report_meeting_offered", "2026-04-10"), intake("violence_suspected", "2026-04-02"))
    assert begun() == datetime(2026, 4, 1, 22, tzinfo=UTC), "midnight in Sweden"
    assert ("import", "list_begun") in events(desk)
    bring(desk, intake("violence_suspected", "2026-04-20"))
    assert begun() == datetime(2026, 4, 9, 22, tzinfo=UTC)


def test_a_text_outside_the_scale_is_kept_and_told_by_its_line(desk: Desk, world: World) -> None:
    rows = [answer(world), answer(world, item="communication_boxes_filled", answer="Två av tre är ifyllda.")]

    assert bring(desk, *rows) == Imported(2, 0, 0, flagged=(3,))
    assert [row["answer"] for row in out(desk)] == ["ja", "Två av tre är ifyllda."]
    assert stored(desk, world, "communication_boxes_filled")[0].choice == "fritext"
    assert bring(desk, *rows) == Imported(0, 0, 2, flagged=(3,))


def test_the_child_is_the_eldest_unless_another_is_named(desk: Desk, world: World) -> None:
    set_case(desk, world, children=2)
    rows = [answer(world), answer(world, child="1", item="communication_boxes_filled"), answer(world, child="2")]

    assert bring(desk, *rows, answer(world, checklist="intake", item="violence_suspected")) == Imported(4, 0, 0)

    assert sorted((row["checklist"], row["child"], row["item"]) for row in out(desk)) == [
        ("decision_basis", "1", "child_heard"),
        ("decision_basis", "1", "communication_boxes_filled"),
        ("decision_basis", "2", "child_heard"),
        ("intake", "", "violence_suspected"),
    ]


def test_answers_go_into_the_newest_list_of_no_person_and_no_round(desk: Desk, world: World) -> None:
    def begin(session: Session, key: dict[str, int]) -> None:
        row = FilledRow(
            tenant_id=world.tenant,
            case_id=world.case,
            unit_id=world.unit,
            checklist="decision_basis",
            version=1,
            child=1,
            role="unit_manager",
            begun_at=NOW,
        )
        for name, value in key.items():
            setattr(row, name, value)
        filled.add(session, row)

    for key in ({"person_id": 7, "occasion": 3}, {"occasion": 2}, {"round_id": 3, "occasion": 4}):
        desk.run_now(partial(begin, key=key))

    bring(desk, answer(world, role="unit_manager"), answer(world, role="case_worker"))

    assert [(row["role"], row["occasion"]) for row in out(desk)] == [("case_worker", "1"), ("unit_manager", "2")]


@pytest.mark.parametrize("key", [{"person_id": 7}, {"round_id": 3}, {"role": "case_worker", "occasion": 1}])
def test_ones_own_export_changes_nothing_where_lists_are_somebodys_own(
    desk: Desk, world: World, key: dict[str, Any]
) -> None:
    def begin(session: Session) -> None:
        first = the_list(session, world)
        named = {"role": "unit_manager", "begun_at": NOW} | key
        row = FilledRow(**first.model_dump(exclude={"id"}) | named | {"occasion": 2})
        filled.add(session, row)
        said = Written("nej", note="Kort", motivation_kind="text", motivation="Bortrest")
        answers.add(session, row, "child_informed_report", 1, said, author=world.person, at=NOW, act="a")
        answers.add(session, first, "child_informed_report", 1, Written("ja"), author=world.person, at=NOW, act="b")

    desk.run_now(begin)
    before = out(desk)
    assert len(before) == 2

    assert bring(desk, *importable(desk)) == Imported(0, 0, 2)
    assert out(desk) == before
    other = answer(
        world, item="child_informed_report", answer="Nej", note="Annat", role=key.get("role", "unit_manager")
    )
    assert bring(desk, other).unchanged == 0, "what says something else is an answer of the file's own"


def test_columns_of_an_export_that_do_not_come_in_are_ignored(desk: Desk, world: World) -> None:
    raw = file_of([[*answer(world), "9", "SN 9"]], (*COLUMNS_IN, "occasion", "unit"))

    assert desk.run_now(lambda session: import_answers(session, raw, frozenset(), NOW, CLI)) == Imported(1, 0, 0)
    assert out(desk)[0]["occasion"] == "1"


def test_a_childs_first_answer_goes_into_the_occasion_of_the_other_children(desk: Desk, world: World) -> None:
    def begin(session: Session) -> None:
        the_case(session, world).children = 2
        filled.add(session, FilledRow(**the_list(session, world).model_dump(exclude={"id"}) | {"occasion": 2}))

    desk.run_now(begin)

    assert bring(desk, answer(world, child="2")) == Imported(1, 0, 0)
    assert [(row["child"], row["occasion"]) for row in out(desk)] == [("2", "2")]


# --- rejected --------------------------------------------------------------------------------------------------------


def test_every_bad_row_is_told_by_line_and_nothing_is_stored(desk: Desk, world: World) -> None:
    bad = [
        (answer(world, tenant_id=""), "tenant_id is empty"),
        (answer(world, tenant_id="made-up-other"), "tenant_id is not among BK_TENANTS"),
        (answer(world, tenant_id="made-up-new"), "tenant_id is not in the database"),
        (answer(world, "inget"), "does not have the form"),
        (answer(world, "SN 2026/9999"), "is not a case here"),
        (answer(world, checklist="basis"), "checklist is not one of"),
        (answer(world, role="kung"), "role is not one of"),
        (answer(world, role="auditor"), "not answered by auditor; role must be one of case_worker, unit_manager"),
        (answer(world, item="child_hered"), "not a question of decision_basis version 1"),
        (answer(world, item="manager_ready_to_sign"), "not put to case_worker"),
        (answer(world, child="2"), "whole number from 1 to 1"),
        (answer(world, child="0"), "whole number"),
        (answer(world, child="en"), "whole number"),
        (answer(world, child="²"), "whole number"),
        (answer(world, checklist="intake", item="violence_suspected", child="1"), "child is not empty"),
        (answer(world, answer=""), "answer is empty"),
        (answer(world, answered_on="2026-02-30"), "answered_on is not a date; write it as"),
        (answer(world, answered_on="2/5 2026"), "answered_on is not a date; write it as"),
        (answer(world, answered_on="20260502"), "answered_on is not a date; write it as"),
        (answer(world, answered_on="2099-01-01"), "answered_on does not lie between 1990-01-01 and"),
        (answer(world, answered_on="1980-01-01"), "answered_on does not lie between 1990-01-01 and"),
        (answer(world, answered_on=str((NOW + timedelta(days=1)).date())), "answered_on lies after today"),
        (answer(world, note="x" * 4001), "note is longer than 4000"),
    ]
    allowed = frozenset({MADE_UP, "made-up-new"})

    told = faults(desk, answer(world), *(row for row, _ in bad), allowed=allowed)

    assert [fault.partition(":")[0] for fault in told] == [f"line {number}" for number in range(3, len(bad) + 3)]
    assert [words for (_, words), fault in zip(bad, told, strict=True) if words not in fault] == []


def test_where_there_is_nothing_to_choose_the_cell_is_to_be_left_empty() -> None:
    basis = newest("decision_basis")
    cells = {"option": "own_talk", "method": "", "motivation": "", "place": ""}

    with pytest.raises(Refusal, match="BK-551"):
        part_of("digital", basis)
    with pytest.raises(Refusal, match="BK-551"):
        with_details(cells, next(item for item in basis.items if item.ways is None))
    assert with_details(cells, basis.by_id["child_heard"]) == {"method": "own_talk"}


@pytest.mark.parametrize("column", ["case_ref", "answer", "method", "motivation", "note"])
def test_a_personal_number_is_refused_and_not_repeated(desk: Desk, world: World, column: str) -> None:
    row = answer(world)
    row[COLUMNS_IN.index(column)] = "Mor 19121212-1212"

    (fault,) = faults(desk, answer(world), row)

    assert "line 3" in fault
    assert "1212" not in fault


@pytest.mark.parametrize("status", ["sent", "returned", "signed", "voided"])
def test_no_list_is_begun_beside_those_the_chef_has_had(desk: Desk, world: World, status: str) -> None:
    row = answer(world)
    bring(desk, row)
    desk.run_now(lambda session: setattr(the_list(session, world), "status", status))

    assert bring(desk, row) == Imported(0, 0, 1)
    assert bring(desk, answer(world, answer="Nej")) == Imported(0, 1, 0)
    set_case(desk, world, children=2)
    assert "the manager has already received" in faults(desk, answer(world, child="2"))[0], (
        "it was sent with the other child's"
    )


# --- round trips -----------------------------------------------------------------------------------------------------


def test_a_dash_takes_the_answer_away_as_obesvarad_does(desk: Desk, world: World) -> None:
    bring(desk, answer(world, answer="ja"))

    done = bring(desk, answer(world, answer="-"))

    assert (done.changed, done.flagged) == (1, ())
    assert stored(desk, world)[0].choice == "obesvarad"
    assert bring(desk, answer(world, answer="obesvarad")).unchanged == 1


def test_what_was_exported_comes_in_elsewhere_and_leaves_again_the_same(desk: Desk, world: World) -> None:
    other = desk.run_now(lambda session: make_world(session, "two"))
    desk.run_now(add_sample_cases)
    desk.run_now(lambda session: add_sample_cases(session, "made-up-two"))
    for at in (world, other):
        set_fact(desk, at.tenant, at.case, "child_placed", "nej", child=1)
        set_fact(desk, at.tenant, at.case, "intervention_decided", "ja")
    own = [
        answer(world, answer="Delvis", method="Eget samtal och mer", note="- ett\ntvå"),
        answer(world, item="child_informed_report", answer="nej", motivation="Finns i akten: Journal"),
        answer(world, item="child_informed_investigation", answer="nej", motivation="Skäl (Var i akten: Blad 2)"),
        answer(world, item="child_informed_intervention", answer="Pågående", motivation="=1+1"),
        answer(world, item="child_informed_decision", answer="obesvarad", note="Väntar"),
        answer(world, item="health_check_done", answer="ja"),  # child not placed: does not apply
        answer(world, item="further_violence_risk_assessed", answer="nej"),  # not known whether it is a violence case
    ]
    bring(desk, *own, *sample_rows())
    first = importable(desk, as_tenant="made-up-two")

    done = bring(desk, *first)
    assert (done.added, done.changed, done.unchanged) == (len(own) + 100, 0, 0)
    assert [first[line - 2][6] for line in done.flagged] == ["Delvis", "Det finns en vårdplan.", "'=ja"]

    assert importable(desk, "made-up-two") == first
    assert bring(desk, *first).unchanged == len(own) + 100
    assert bring(desk, *importable(desk)).unchanged == len(own) + 100, "the first one's own export changes it"
    told = {row["item"]: row["answer"] for row in out(desk) if row["checklist"] == "decision_basis"}
    assert told["child_heard"] == "Delvis"
    assert told["health_check_done"] == "ej_tillampligt"
    assert told["further_violence_risk_assessed"] == "nej", "an unknown fact hides no answer"


def test_an_export_says_what_was_imported(desk: Desk, world: World) -> None:
    desk.run_now(add_sample_cases)
    bring(desk, *sample_rows())
    told = {(row["case_ref"], row["item"]): row for row in out(desk)}

    assert len(told) == 100
    method = told["SN 2022/103", "standardised_method_used"]
    assert (method["answer"], method["method"]) == ("ja", "BBIC, FREDA")
    assert told["SN 2022/2", "care_and_implementation_plan"]["answer"] == "Det finns en vårdplan."
    assert told["SN 2022/101", "child_heard"]["note"].startswith("Inget barnsamtal")
    assert told["SN 2022/101", "child_heard"]["answer"] == "ja"
    assert told["SN 2022/2", "child_heard"]["answer"] == "ej_tillampligt"
    came = {(row[1], row[5]): row[6] for row in sample_rows()}
    words = {"Ja": "ja", "Nej": "nej", "Delvis": "delvis", "Pågående": "pagaende", "E/T": "ej_tillampligt"}
    for at, row in told.items():  # no fact is known of any of these cases, and that hides nothing
        assert row["answer"] == words.get(came[at].partition(". ")[0], came[at])
    assert {row["answered_on"] for row in told.values() if row["case_ref"] == "SN 2022/2"} == {"2022-10-01"}


def test_an_import_says_which_answers_lack_their_facts(desk: Desk, world: World) -> None:
    rows = [answer(world, answer="ja"), answer(world, item="health_check_done", answer="ja")]
    assert bring(desk, *rows).waiting == (3,)
    set_fact(desk, world.tenant, world.case, "child_placed", "ja", child=1)
    assert bring(desk, *rows).waiting == ()


def test_a_period_of_imported_lists_is_that_of_their_answers(desk: Desk, world: World) -> None:
    desk.run_now(add_sample_cases)
    bring(desk, *sample_rows())
    wanted = Selection(first=date(2022, 10, 2), last=date(2022, 10, 3))

    assert {row[1] for row in answer_rows(desk.run_now, wanted)} == {"SN 2022/10", "SN 2022/11"}


def test_texts_that_came_in_are_sealed(desk: Desk, world: World) -> None:
    bring(desk, answer(world, answer="Hemligt svar", method="Hemlig metod", motivation="Hemligt skäl", note="Hemligt"))

    for column in ("raw", "method", "motivation", "note"):
        sealed = scalar(desk, f"select {column} from answer")
        assert b"Hemlig" not in bytes(sealed), column
