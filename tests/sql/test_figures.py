"""Exports of figures, the workbook and the report's data, for a few made-up lists."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from checklists.deadlines import Limit
from checklists.model import ListId, Role, Written
from checklists.periods import Period, quarter, year_of
from checklists.rates import ONLY_HERE, Share
from reports.chain import chain, verdict
from reports.checklists import COLUMNS as CHECKLIST_COLUMNS
from reports.checklists import checklist_rows
from reports.csv_out import write_csv
from reports.periods import CannotPublish
from reports.rates import COLUMNS, rate_rows
from reports.selected import Selection
from reports.side_by_side import by_unit
from reports.summary import report_view
from reports.times import CLOCKS, COUNTS, Time, time_rows, times
from reports.workbook import Wanted, write_workbook
from storage import aggregates, answers, cases, extensions, filled, people, tenants
from storage.cases import CaseRow, FactRow
from storage.desk import Desk, Session
from storage.extensions import ExtensionRow
from storage.filled import FilledRow
from tests.sql.conftest import World, add_case
from tests.sql.conftest import lists_of as all_lists

TODAY = date(2026, 7, 1)
EVERYTHING = Selection(first=date(2026, 1, 1), last=date(2026, 6, 30))
NORTH, SOUTH = "Norra (påhittad)", "Södra (påhittad)"


def begin(
    session: Session,
    world: World,
    unit: str,
    day: date,
    given: dict[str, str],
    *,
    checklist: ListId = "decision_basis",
    role: Role = "case_worker",
    protected: bool = False,
) -> None:
    """Store a case with one list begun on a day, and its answers. All facts are nej."""
    unit_id = people.unit(session, world.tenant, unit).id or 0
    count = len(all_lists(session, world.tenant))
    case = CaseRow(tenant_id=world.tenant, unit_id=unit_id, ref=f"SN 2027/{count:04}", protected_identity=protected)
    add_case(session, case)
    for name, child in (("violence", 0), ("intervention_decided", 0), ("child_placed", 1), ("child_communicated", 1)):
        fact: dict[str, Any] = {"tenant_id": world.tenant, "case_id": case.id, "child": child, "name": name}
        value = "ja" if name == "child_communicated" else "nej"
        cases.set_fact(session, case, FactRow(**fact, revision=1, value=value, at=noon(day)))
    row = FilledRow(
        tenant_id=world.tenant,
        case_id=case.id,
        unit_id=unit_id,
        checklist=checklist,
        version=1,
        child=1,
        role=role,
        begun_at=noon(day),
    )
    filled.add(session, row)
    for item, choice in given.items():
        said, _, note = choice.partition("+")
        written = Written(said, note=note or None)
        answers.add(session, row, item, 1, written, author=None, at=noon(day), act="a")


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def rates_of(desk: Desk, selection: Selection = EVERYTHING, *, published: bool = False) -> list[dict[str, str]]:
    rows = desk.run_now(lambda session: list(rate_rows(session, selection, TODAY, for_publication=published)))
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def lists_of(desk: Desk, selection: Selection = EVERYTHING, *, published: bool = False) -> list[dict[str, str]]:
    rows = desk.run_now(lambda session: list(checklist_rows(session, selection, TODAY, for_publication=published)))
    return [dict(zip(CHECKLIST_COLUMNS, row, strict=True)) for row in rows]


@pytest.fixture
def town(desk: Desk, world: World) -> World:
    def work(session: Session) -> None:
        for day, said in ((date(2026, 2, 1), "ja"), (date(2026, 2, 2), "ja+via förskolan"), (date(2026, 5, 3), "nej")):
            more = {"child_not_heard_motivated": "ja"} if said == "nej" else {}
            begin(session, world, NORTH, day, {"child_heard": said, "child_informed_report": "nej", **more})
        begin(session, world, NORTH, date(2026, 2, 1), {"child_heard": "nej"}, role="unit_manager")
        begin(session, world, SOUTH, date(2026, 2, 1), {}, protected=True)
        begin(session, world, SOUTH, date(2027, 2, 1), {"child_heard": "ja"})

    desk.run_now(work)
    return world


def test_a_row_says_all_there_is_to_a_question(desk: Desk, town: World) -> None:
    [row] = [r for r in rates_of(desk) if (r["unit"], r["role"], r["item"]) == (NORTH, "case_worker", "child_heard")]

    assert row == {
        "unit": NORTH,
        "period": "2026-01-01–2026-06-30",
        "role": "case_worker",
        "item": "child_heard",
        "question": "Har barnet kommit till tals under utredning?",
        "cases": "3",
        "applicable": "3",
        "answered": "3",
        "completion_pct": "100,0",
        "ja": "2",
        "nej": "1",
        "nej_motiverat": "1",
        "delvis": "0",
        "pagaende": "0",
        "fritext": "0",
        "ej_tillampligt": "0",
        "obesvarad": "0",
        "ja_med_forbehall": "1",
        "fulfilled_pct": "66,7",
        "low_pct": "20,8",
        "high_pct": "93,9",
    }


def test_every_row_adds_up_and_the_star_sums_its_questions(desk: Desk, town: World) -> None:
    rows = rates_of(desk)
    numbers = [c for c in COLUMNS if c not in ("unit", "period", "role", "item", "question") and not c.endswith("pct")]
    for row in rows:
        n = {column: int(row[column]) for column in numbers}
        assert n["cases"] == n["applicable"] + n["ej_tillampligt"]
        assert n["applicable"] == n["answered"] + n["obesvarad"]
        assert n["answered"] == n["ja"] + n["nej"] + n["delvis"] + n["pagaende"] + n["fritext"]
        assert bool(n["applicable"]) == bool(row["completion_pct"]) == bool(row["fulfilled_pct"])
        assert bool(row["low_pct"]) == (bool(n["applicable"]) and row["item"] != "*"), "no interval of a sum"
    for unit, role in {(row["unit"], row["role"]) for row in rows}:
        mine = [row for row in rows if (row["unit"], row["role"]) == (unit, role)]
        [star] = [row for row in mine if row["item"] == "*"]
        assert mine[-1] == star
        assert star["question"] == "Beslutsunderlag"
        for column in numbers:
            assert int(star[column]) == sum(int(row[column]) for row in mine[:-1])
    assert len({(row["unit"], row["role"], row["item"]) for row in rows}) == len(rows)


def test_motivations_that_stand_in_the_bot_only_are_counted_where_they_are(desk: Desk, world: World) -> None:
    why = "child_not_heard_motivated"
    kept = {
        "text": Written("ja", "text", "påhittat skäl"),
        "both": Written("ja", "text", "påhittat skäl", place="journalen"),
        "noted": Written("ja", "text", "påhittat skäl", note="påhittat förbehåll"),
        "place": Written("ja", "reference", place="journalen"),
    }

    def work(session: Session) -> None:
        for written in kept.values():
            begin(session, world, NORTH, date(2026, 2, 1), {"child_heard": "nej"})
            row = all_lists(session, world.tenant)[-1]
            answers.add(session, row, why, 1, written, author=None, at=noon(date(2026, 2, 1)), act="b")
            own = Written("nej", "text", "påhittat skäl")
            answers.add(session, row, "child_informed_report", 1, own, author=None, at=noon(date(2026, 2, 1)), act="c")

    desk.run_now(work)
    rows = desk.run_now(lambda session: list(rate_rows(session, EVERYTHING, TODAY, also=(ONLY_HERE,))))
    found = {row[3]: (dict(zip(COLUMNS, row, strict=False)), row[-1]) for row in rows if row[0] == NORTH}
    row, only_here = found[why]
    assert (row["ja"], row["ja_med_forbehall"], only_here) == ("4", "1", "2")
    assert found["child_heard"][1] == "0"
    row, only_here = found["child_informed_report"]
    assert (row["nej"], row["nej_motiverat"], only_here) == ("4", "4", "4")
    told = desk.run_now(lambda session: report_view(session, world.tenant, EVERYTHING, year_of(2026), TODAY))
    assert {one.key: one.only_here for one in told.questions if one.only_here} == {why: 2, "child_informed_report": 4}


def test_a_question_that_never_applies_has_no_share(desk: Desk, town: World) -> None:
    [row] = [
        r for r in rates_of(desk) if (r["unit"], r["role"], r["item"]) == (NORTH, "case_worker", "health_check_done")
    ]

    assert (row["cases"], row["applicable"], row["ej_tillampligt"]) == ("3", "0", "3")
    assert {row[column] for column in COLUMNS if column.endswith("_pct")} == {""}


def test_roles_are_side_by_side_and_the_protected_are_counted(desk: Desk, town: World) -> None:
    heard = {(row["unit"], row["role"]): row for row in rates_of(desk) if row["item"] == "child_heard"}

    assert heard[NORTH, "unit_manager"]["nej"] == "1"
    assert heard[NORTH, "case_worker"]["nej"] == "1"
    assert heard[SOUTH, "case_worker"]["cases"] == "1"


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (replace(EVERYTHING, unit=SOUTH), {(SOUTH, "case_worker", "1")}),
        (replace(EVERYTHING, role="unit_manager"), {(NORTH, "unit_manager", "1")}),
        (
            replace(EVERYTHING, last=date(2026, 2, 1)),
            {(NORTH, "case_worker", "1"), (NORTH, "unit_manager", "1"), (SOUTH, "case_worker", "1")},
        ),
        (replace(EVERYTHING, checklist="intake"), set()),
        (replace(EVERYTHING, unit="Ingen"), set()),
        (Selection(unit=SOUTH, last=date(2027, 12, 31)), {(SOUTH, "case_worker", "2")}),
    ],
)
def test_a_selection_counts_what_it_names(
    desk: Desk, town: World, selection: Selection, expected: set[tuple[str, str, str]]
) -> None:
    rows = [row for row in rates_of(desk, selection) if row["item"] == "child_heard" and row["unit"] in (NORTH, SOUTH)]

    assert {(row["unit"], row["role"], row["cases"]) for row in rows} == expected


def test_an_open_period_is_told_by_its_first_day_and_today(desk: Desk, town: World) -> None:
    assert {row["period"] for row in rates_of(desk, Selection())} == {"2026-02-01–2026-07-01"}


def test_lists_of_different_kinds_are_never_summed_together(desk: Desk, town: World) -> None:
    def work(session: Session) -> None:
        begin(session, town, NORTH, date(2026, 2, 1), {"child_heard": "nej"}, checklist="decision_basis")

    desk.run_now(work)
    stars = [row for row in rates_of(desk) if row["item"] == "*"]

    assert len(stars) == len({(row["unit"], row["role"], row["question"]) for row in stars})


def test_a_csv_file_has_decimal_commas_and_opens_in_swedish_excel(desk: Desk, town: World) -> None:
    out = io.StringIO(newline="")
    desk.run_now(lambda session: write_csv(out, COLUMNS, rate_rows(session, EVERYTHING, TODAY)))

    assert out.getvalue().startswith("\ufeffunit;period;role;item;question;cases;")
    rows = list(csv.DictReader(io.StringIO(out.getvalue().removeprefix("\ufeff")), delimiter=";"))
    assert {row["item"] for row in rows} >= {"*", "child_heard"}
    assert any(row["fulfilled_pct"] == "66,7" for row in rows)


# --- whole lists -----------------------------------------------------------------------------------------------------


def test_cases_due_without_a_list_stand_in_their_units_row(desk: Desk, town: World) -> None:
    def work(session: Session) -> None:
        unit = people.unit(session, town.tenant, SOUTH).id or 0
        for ref, decided in (("SN 8001", date(2026, 3, 3)), ("SN 8002", date(2026, 9, 9))):
            add_case(session, CaseRow(tenant_id=town.tenant, unit_id=unit, ref=ref, decided_on=decided))
        lone = people.unit(session, town.tenant, "Ensam (påhittad)").id or 0
        planned = CaseRow(tenant_id=town.tenant, unit_id=lone, ref="SN 8003", planned_decision_on=date(2026, 3, 3))
        add_case(session, planned)

    desk.run_now(work)
    rows = {(row["unit"], row["checklist"], row["role"]): row for row in lists_of(desk)}

    assert rows[SOUTH, "decision_basis", "case_worker"] == {
        "unit": SOUTH, "period": "2026-01-01–2026-06-30", "checklist": "decision_basis", "role": "case_worker",
        "due": "1", "without_checklist": "1", "begun": "1", "sent": "0", "complete": "0", "completion_pct": "0,0",
        "signed": "0", "signed_with_shortfall": "0", "returned": "0", "voided": "0",
    }  # fmt: skip
    lone = rows["Ensam (påhittad)", "decision_basis", "case_worker"]
    assert (lone["due"], lone["without_checklist"], lone["begun"], lone["completion_pct"]) == ("1", "1", "0", "")
    assert rows[NORTH, "decision_basis", "unit_manager"]["due"] == "0"


# --- publication -----------------------------------------------------------------------------------------------------


def many(session: Session, world: World) -> None:
    for unit, quarters in ((NORTH, (12, 9)), (SOUTH, (14, 7)), ("Västra (påhittad)", (20, 20))):
        for number, count in enumerate(quarters):
            for one in range(count):
                said = "nej" if one < {NORTH: 0, SOUTH: 2}.get(unit, 6) else "ja"
                begin(session, world, unit, date(2026, 1 + 3 * number, 5), {"child_heard": said})


def test_for_publication_small_numbers_are_empty_and_so_is_what_would_give_them_away(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: many(session, world))
    published = rates_of(desk, Selection(first=date(2026, 4, 1), last=date(2026, 6, 30)), published=True)
    heard = {row["unit"]: row for row in published if row["item"] == "child_heard"}

    assert heard["Västra (påhittad)"]["cases"] == "20"
    assert heard[SOUTH]["nej"] == heard[SOUTH]["ja"] == heard[SOUTH]["fulfilled_pct"] == ".."
    assert heard[NORTH]["nej"] == "..", "a zero tells as much as a two"
    assert {row["delvis"] for row in heard.values()} == {"."}, "the list does not have that answer"
    assert not any(row["item"] == "*" for row in published)
    numbers = [column for column in COLUMNS[5:] if not column.endswith("pct")]
    assert not any(row[column] in ("1", "2", "3", "4") for row in published for column in numbers)


def test_asking_for_one_unit_shows_no_more_than_asking_for_all(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: many(session, world))
    whole = Selection(first=date(2026, 1, 1), last=date(2026, 3, 31))
    together = rates_of(desk, whole, published=True)
    for unit in (NORTH, SOUTH):
        alone = rates_of(desk, replace(whole, unit=unit), published=True)
        assert alone == [row for row in together if row["unit"] == unit]
        assert lists_of(desk, replace(whole, unit=unit), published=True) == [
            row for row in lists_of(desk, whole, published=True) if row["unit"] == unit
        ]


def test_lists_for_publication_suppress_small_numbers_too(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: many(session, world))
    desk.run_now(lambda session: begin(session, world, "Liten (påhittad)", date(2026, 4, 4), {}))
    rows = {
        row["unit"]: row
        for row in lists_of(desk, Selection(first=date(2026, 4, 1), last=date(2026, 6, 30)), published=True)
    }

    assert rows["Liten (påhittad)"]["begun"] == rows["Liten (påhittad)"]["completion_pct"] == ".."
    assert rows["Västra (påhittad)"]["begun"] == "20"


def test_a_row_that_is_published_says_nothing_about_its_unit(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: many(session, world))
    desk.run_now(lambda session: begin(session, world, "Liten (påhittad)", date(2026, 2, 4), {}))
    spring, last_year = date(2026, 4, 1), date(2025, 10, 1)
    rows = rates_of(desk, Selection(first=spring, last=date(2026, 6, 30)), published=True)
    lists = lists_of(desk, Selection(first=spring, last=date(2026, 6, 30)), published=True)
    by_unit = {unit: [row for row in rows if row["unit"] == unit] for unit in {row["unit"] for row in rows}}

    assert by_unit.keys() == {row["unit"] for row in lists} >= {NORTH, SOUTH, "Västra (påhittad)", "Liten (påhittad)"}
    assert len({len(some) for some in by_unit.values()}) == 1
    assert {row["cases"] for row in by_unit["Liten (påhittad)"]} == {".."}, "it has none this quarter, or a few"
    assert not rates_of(desk, Selection(first=last_year, last=date(2025, 12, 31)), published=True)


def test_a_year_is_published_beside_its_quarters(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        for month in (2, 5, 8, 11):
            for one in range(3):
                begin(session, world, NORTH, date(2025, month, 5), {"child_heard": "nej" if one else "ja"})
                for _ in range(5):
                    begin(session, world, SOUTH, date(2025, month, 5), {"child_heard": "ja"})

    desk.run_now(work)
    year = rates_of(desk, Selection(first=date(2025, 1, 1), last=date(2025, 12, 31)), published=True)
    first = rates_of(desk, Selection(first=date(2025, 1, 1), last=date(2025, 3, 31)), published=True)

    def heard(rows: list[dict[str, str]], unit: str) -> dict[str, str]:
        return next(row for row in rows if (row["unit"], row["item"]) == (unit, "child_heard"))

    assert (heard(first, NORTH)["cases"], heard(year, NORTH)["cases"]) == ("..", "12"), "few a quarter, enough a year"
    assert (heard(first, SOUTH)["cases"], heard(year, SOUTH)["cases"]) == ("15", "60")


def test_a_period_that_is_not_over_or_no_quarter_is_not_published(desk: Desk, town: World) -> None:
    for last in (date(2026, 9, 30), date(2026, 5, 31)):
        with pytest.raises(CannotPublish):
            rates_of(desk, Selection(first=date(2026, 4, 1), last=last), published=True)
        with pytest.raises(CannotPublish):
            lists_of(desk, Selection(first=date(2026, 4, 1), last=last), published=True)


# --- the report as data ----------------------------------------------------------------------------------------------


def test_a_report_compares_with_the_period_before_and_says_three_things(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        for month, yes in ((2, 6), (5, 8)):
            for one in range(10):
                begin(session, world, NORTH, date(2026, month, 1 + one), {"child_heard": "ja" if one < yes else "nej"})

    desk.run_now(work)
    view = desk.run_now(lambda s: report_view(s, world.tenant, Selection(unit=NORTH), quarter(2026, 2), TODAY))
    heard = next(one for one in view.questions if one.key == "child_heard")

    assert (view.period, view.before) == ("2026-04-01–2026-06-30", "2026-01-01–2026-03-31")
    assert heard.compared.startswith("Från 6 av 10 till 8 av 10: för få ärenden för att säga.")
    assert heard.interval is not None
    assert view.sentences[0] == "0 av 10 påbörjade checklistor är kompletta."
    assert view.sentences[1].startswith("Lägst andel Ja:")
    assert [step.key for step in view.steps] == ["utredning", "dokumentation", "beslut", "uppfoljning"]
    assert [one.key for one in view.criticisms] == ["B1", "B2", "B3", "B4"]
    assert next(one.key for one in view.sections) == "child_voice"
    in_english = desk.run_now(
        lambda s: report_view(s, world.tenant, Selection(unit=NORTH), quarter(2026, 2), TODAY, "en")
    )
    assert in_english.sentences[0] == "0 of 10 checklists begun are complete."


def test_a_report_of_nothing_says_so(desk: Desk, world: World) -> None:
    view = desk.run_now(lambda session: report_view(session, world.tenant, Selection(), year_of(2020), TODAY))

    assert view.questions == ()
    assert view.sentences == ("Ingen checklista har påbörjats under perioden.",)


def test_a_significant_change_is_among_the_sentences(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        for month, said in ((2, "nej"), (5, "ja")):
            for one in range(12):
                begin(session, world, NORTH, date(2026, month, 1 + one), {"child_heard": said})

    desk.run_now(work)
    view = desk.run_now(lambda session: report_view(session, world.tenant, Selection(), quarter(2026, 2), TODAY))

    assert "Från 0 av 12 till 12 av 13: en ökning" in view.sentences[2]


def test_the_chain_names_all_eight_steps_with_strengths_and_shortcomings(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        for one in range(30):
            begin(session, world, NORTH, date(2026, 5, 1 + one), {"child_heard": "ja", "child_informed_report": "nej"})

    desk.run_now(work)
    steps = desk.run_now(lambda session: chain(session, world.tenant, quarter(2026, 2))).steps
    investigation = steps[3]

    assert [step.title for step in steps] == [
        "Hantering av orosanmälan", "Skyddsbedömning", "Förhandsbedömning", "Utredning", "Dokumentation", "Beslut",
        "Uppföljning", "Egenkontroll",
    ]  # fmt: skip
    assert steps[0].together is None
    assert [one.key for one in investigation.strengths] == ["child_heard"]
    assert {one.key for one in investigation.shortcomings} >= {"child_informed_report"}


@pytest.mark.parametrize(
    ("k", "n", "said"),
    [(0, 1, "unclear"), (0, 2, "unclear"), (0, 3, "shortcomings"), (50, 50, "strengths"), (7, 10, "unclear")],
)
def test_of_one_list_or_two_no_shortcoming_is_said(k: int, n: int, said: str) -> None:
    assert verdict(Share(k, n), 0.8) == said


def test_findings_are_those_of_the_lists_in_use_added_and_held_against_the_same_questions_only(
    desk: Desk, world: World
) -> None:
    def work(session: Session) -> None:
        for one in range(3):
            day = date(2026, 5, 1 + one)
            begin(session, world, NORTH, day, {}, checklist="rvt_case_round", role="case_worker")
            begin(session, world, NORTH, date(2026, 2, 1 + one), {}, checklist="rvt_self_check", role="case_worker")
            begin(session, world, NORTH, day, {"child_heard": "ja", "child_informed_report": "nej"})
            begin(session, world, NORTH, date(2026, 2, 1 + one), {"child_heard": "nej"})

    desk.run_now(work)
    found = desk.run_now(lambda session: chain(session, world.tenant, quarter(2026, 2))).findings
    by_code = {one.finding.code: one for one in found}

    assert [*by_code] == ["B1", "B2", "B3", "B4", "R1", "R2", "R3", "R4", "N8", "N9"], (
        "those of the lists in use, in order"
    )
    assert by_code["R2"].now.n == 0
    heard = by_code["B2"]
    assert (heard.now.k, heard.before.k, heard.same) == (3, 0, True)
    assert heard.steps == ("utredning", "dokumentation", "beslut")
    assert not by_code["R1"].same, "another checklist was used in the period before"
    assert by_code["R1"].before.n > 0
    assert desk.run_now(lambda session: chain(session, world.tenant, quarter(2020, 2))).findings == ()


def test_the_units_side_by_side_are_the_workers_lists_alone(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        begin(session, world, NORTH, date(2026, 5, 1), {"child_heard": "ja"})
        for one in range(4):
            begin(session, world, NORTH, date(2026, 5, 2 + one), {"child_heard": "ja"}, role="unit_manager")

    desk.run_now(work)
    desk.run_now(aggregates.project_all)
    found = {one.unit: one for one in desk.read_now(lambda session: by_unit(session, world.tenant, quarter(2026, 2)))}

    assert (found[NORTH].complete.n, found[NORTH].fulfilled.k) == (1, 1)


YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
MONDAY = date(2026, 9, 28)
"""The day the times below are read."""


def case_of(session: Session, world: World, ref: str, received: date, **dates: Any) -> CaseRow:
    unit = people.unit(session, world.tenant, NORTH).id or 0
    return add_case(session, CaseRow(tenant_id=world.tenant, unit_id=unit, ref=ref, received_on=received, **dates))


def after(day: date, number: int) -> date:
    return date.fromordinal(day.toordinal() + number)


def extend(session: Session, world: World, case: CaseRow, limit: Limit, until: date, decided: date) -> None:
    row = ExtensionRow(
        tenant_id=world.tenant, case_id=case.id, limit=limit, reason_class="grounds", until=until,
        decided_on=decided, nonce=f"{case.ref}{limit}", reason=b"", author_id=world.person, at=noon(decided),
    )  # fmt: skip
    extensions.add(session, row, "påhittat skäl")


def some_clocks(session: Session, world: World) -> None:
    """Create cases with every outcome of every clock."""
    march = date(2026, 3, 2)
    for number, days in enumerate((3, 14, 15, 40)):
        opened = after(march, days)
        dates = {"assigned_on": opened, "decided_on": after(opened, 100 + 10 * number)}
        case_of(session, world, f"SN 7{number}", march, opened_on=opened, **dates)
    longer = case_of(session, world, "SN 80", march, opened_on=after(march, 20), decided_on=after(march, 160))
    extend(session, world, longer, "14d", after(march, 21), march)
    extend(session, world, longer, "4m", after(march, 170), after(march, 100))
    longer.started_on = after(march, 165)
    case_of(session, world, "SN 81", march)  # never opened
    late = case_of(session, world, "SN 82", after(MONDAY, -3))  # still in time, and known to involve violence
    fact: dict[str, Any] = {"tenant_id": world.tenant, "case_id": late.id, "child": 0, "revision": 1}
    cases.set_fact(session, late, FactRow(**fact, name="violence", value="ja", at=noon(MONDAY)))
    case_of(session, world, "SN 83", after(MONDAY, -3))


def test_times_have_a_share_within_the_limit_and_a_median(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: some_clocks(session, world))
    desk.run_now(aggregates.project_all)

    def read(today: date) -> dict[str, Time]:
        found = desk.read_now(lambda session: times(session, world.tenant, YEAR, Selection(), today))
        return {time.clock: time for time in found}

    found = read(MONDAY)

    assert list(found) == ["read", "14d", "at_once", "4m", "opened_to_assigned", "decided_to_started"]
    counts = {clock: [getattr(time, name) for name in COUNTS] for clock, time in found.items()}
    assert counts["14d"] == [2, 2, 1, 1, 1]
    assert counts["at_once"] == [0, 0, 0, 1, 0]  # received on Friday
    assert counts["4m"] == [3, 1, 0, 0, 1]
    assert (found["14d"].share.k, found["14d"].share.n, found["14d"].median) == (3, 6, 15)
    assert (found["opened_to_assigned"].median, found["opened_to_assigned"].ended) == (0, 4)
    assert (found["decided_to_started"].median, found["decided_to_started"].ended) == (5, 1)
    assert found["read"].median is None
    assert [getattr(read(after(MONDAY, 1))["at_once"], name) for name in COUNTS] == [0, 0, 1, 0, 0]
    assert [getattr(read(after(MONDAY, 12))["14d"], name) for name in COUNTS] == [2, 2, 2, 0, 1]


def test_the_workbook_is_headed_by_the_municipality_and_the_unit(desk: Desk, town: World, tmp_path: Path) -> None:
    desk.run_now(lambda s: tenants.set_setting(tenants.get(s, town.tenant), "municipality", "Påhittade kommunen"))
    for unit, words in (("", "Alla valda enheter"), (NORTH, NORTH)):
        wanted = Wanted(replace(EVERYTHING, unit=unit), TODAY)
        first = workbook(desk, tmp_path / "a.xlsx", wanted)["Översikt"]
        assert [row[0].value for row in first.iter_rows(max_row=2)][1] == f"Påhittade kommunen, {words}"
        assert (first.page_setup.orientation, first.page_setup.paperSize) == ("landscape", 9)
        assert first["A4"].fill.start_color.rgb == "FFDFE9EA"
        assert first.column_dimensions["A"].width > 40


def test_the_times_of_each_unit_leave_as_rows(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: some_clocks(session, world))
    desk.run_now(aggregates.project_all)
    selection = Selection(first=YEAR.first, last=YEAR.last)
    rows = desk.read_now(lambda session: list(time_rows(session, selection, MONDAY)))

    assert [row[:3] for row in rows] == [[NORTH, str(YEAR), clock] for clock in CLOCKS], "the other unit has no times"
    assert rows[0][3:] == ["2", "2", "1", "1", "1", "6", "50,0", "15"]
    assert rows[1][3:] == ["0", "0", "0", "1", "0", "0", "", ""]
    assert rows[3][3:] == ["", "", "", "", "", "", "", "0"]
    assert not desk.read_now(lambda s: list(time_rows(s, Selection(unit="Påhittade enheten"), MONDAY)))


# --- the workbook ----------------------------------------------------------------------------------------------------


def workbook(desk: Desk, path: Path, wanted: Wanted) -> Any:
    desk.run_now(aggregates.project_all)
    write_workbook(desk.read_now, str(path), wanted)
    return openpyxl.load_workbook(path)


def test_the_workbook_has_its_sheets_frozen_filtered_and_with_a_chart(desk: Desk, town: World, tmp_path: Path) -> None:
    book = workbook(desk, tmp_path / "a.xlsx", Wanted(EVERYTHING, TODAY, with_cases=True))

    assert book.sheetnames == [
        *("Översikt", "Enheter", "Över tid", "Serier", "Sammanfattning", "Frågor", "Tider", "Trend", "Ärenden"),
        "Definitioner",
    ]
    assert len(book["Enheter"]._charts) == 1
    assert not book["Enheter"].auto_filter.ref, "units are not ranked"
    first = [list(row) for row in book["Översikt"].iter_rows(values_only=True)]
    assert next(row[:4] for row in first if row[0] == "Kompletta underlag") == ["Kompletta underlag", 0, 5, 0]
    assert len(book["Översikt"]._charts) == 1
    definitions = book["Definitioner"]
    tall = [definitions.row_dimensions[row].height or 15 for row in range(2, definitions.max_row + 1)]
    assert min(tall) == 15 < max(tall), "each row is as high as its text"
    for name in ("Frågor", "Tider", "Trend", "Ärenden"):
        assert book[name].freeze_panes == "A2"
        assert book[name].auto_filter.ref
    assert len(book["Trend"]._charts) == 1
    headings = {cell for row in book["Sammanfattning"].iter_rows(values_only=True) for cell in row}
    assert "Ärenden med beslut eller planerat beslut" in headings, "the planned are counted with those decided"
    header, *rows = book["Frågor"].iter_rows(values_only=True)
    assert len(rows) == len(rates_of(desk))
    shares = [row[header.index("Ja, % av tillämpliga")] for row in rows]
    assert any(isinstance(share, float) and round(share, 1) == 66.7 for share in shares)
    said = [cell for row in book["Definitioner"].iter_rows(values_only=True) for cell in row if cell]
    assert any("nämnaren" in text for text in said)


def test_the_workbook_says_the_times_together_and_per_unit(desk: Desk, world: World, tmp_path: Path) -> None:
    desk.run_now(lambda session: some_clocks(session, world))
    book = workbook(desk, tmp_path / "a.xlsx", Wanted(Selection(first=YEAR.first, last=YEAR.last), MONDAY))
    summary = [list(row) for row in book["Sammanfattning"].iter_rows(values_only=True)]
    header, *units = book["Tider"].iter_rows(values_only=True)

    of_14 = next(row for row in summary if row[0] == "Förhandsbedömning, 14 dagar")
    assert of_14[:10] == ["Förhandsbedömning, 14 dagar", 5, 2, 2, 1, 1, 1, 6, 50, 15]
    assert header[:3] == ("Enhet", "Period", "Tid")
    assert units[0] == (NORTH, str(YEAR), "Förhandsbedömning, 14 dagar", 2, 2, 1, 1, 1, 6, 50, 15)
    assert units[1][2] == "Våld: inledd genast (kommunens mått, inte lag)"
    assert units[4][2:] == ("Från beslut till påbörjad insats", *[None] * 7, 5)


def test_the_cases_of_the_workbook_leave_the_protected_out_and_hold_no_texts(
    desk: Desk, town: World, tmp_path: Path
) -> None:
    book = workbook(desk, tmp_path / "a.xlsx", Wanted(EVERYTHING, TODAY, with_cases=True))
    _, *rows = book["Ärenden"].iter_rows(values_only=True)

    assert {row[0] for row in rows} == {NORTH, "Påhittade enheten"}
    assert all(row[1].startswith("SN 202") for row in rows)
    assert {type(row[6]) for row in rows} == {datetime}, "dates are date cells, so that they can be sorted and filtered"
    everything = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert not any("förskolan" in cell for cell in everything)


def test_a_workbook_for_publication_has_neither_cases_nor_trend(desk: Desk, world: World, tmp_path: Path) -> None:
    desk.run_now(lambda session: many(session, world))
    selection = Selection(first=date(2026, 4, 1), last=date(2026, 6, 30))
    book = workbook(desk, tmp_path / "a.xlsx", Wanted(selection, TODAY, for_publication=True, with_cases=True))

    assert book.sheetnames == ["Sammanfattning", "Frågor", "Definitioner"]
    numbers = [
        cell for row in book["Frågor"].iter_rows(min_row=2, values_only=True) for cell in row if isinstance(cell, int)
    ]
    assert numbers
    assert not any(0 < number < 5 for number in numbers)


def test_a_unit_named_like_a_formula_is_a_text(desk: Desk, world: World, tmp_path: Path) -> None:
    desk.run_now(lambda session: begin(session, world, "=1+1", date(2026, 5, 5), {}))
    book = workbook(desk, tmp_path / "a.xlsx", Wanted(EVERYTHING, TODAY))
    cells = [row[0] for row in book["Frågor"].iter_rows()]

    assert any(cell.value == "=1+1" and cell.data_type == "s" for cell in cells)


def test_cases_go_on_page_after_page_and_sheet_after_sheet(
    desk: Desk, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.run_now(lambda session: many(session, world))
    monkeypatch.setattr("storage.case_lists.PAGE", 10)
    monkeypatch.setattr("reports.xlsx_out.MOST_ROWS", 35)
    book = workbook(desk, tmp_path / "a.xlsx", Wanted(Selection(unit="Västra (påhittad)"), TODAY, with_cases=True))

    assert book.sheetnames[-3:-1] == ["Ärenden", "Ärenden 2"]
    refs = [row[1] for name in book.sheetnames[-3:-1] for row in book[name].iter_rows(min_row=2, values_only=True)]
    assert len(refs) == len(set(refs)) == 40
