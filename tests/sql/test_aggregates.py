"""Stored figures: updated after every change, always equal to a recount, and kept after disposal."""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from actions import cases as case_acts
from actions import lists, settings, signing
from actions.answers import give
from actions.basis import Basis, Sheet, written
from actions.basis import read as read_basis
from actions.facts import set_fact
from actions.origin import Origin, of_file, of_person
from checklists.case_dates import FIELDS
from checklists.csv_in import BadCsv
from checklists.deadlines import Limit
from checklists.errors import ChildHasAnswers, ExtendsNothing, SignatureStands
from checklists.lifecycle import State
from checklists.loader import checklist_version, newest
from checklists.model import Checklist, Role, Written
from imports.cases import DATES, FACTS
from storage import (
    aggregates,
    answers,
    cases,
    contributions,
    extensions,
    filled,
    people,
    projection_queue,
    returns,
    signatures,
    tenants,
)
from storage.cases import CaseRow, FactRow
from storage.contributions import Contribution, Key
from storage.desk import Desk, Session
from storage.extensions import ExtensionRow
from storage.filled import FilledRow
from storage.recount import recount
from storage.returns import ReturnRow
from storage.signatures import SignatureRow
from storage.tenants import TenantRow
from tests.sql.conftest import (
    NOW,
    OpenDesk,
    World,
    add_case,
    change,
    lists_of,
    make_world,
    on_postgresql,
    scalar,
    the_case,
    the_list,
)
from tests.sql.import_files import AUDIT, CLI, file_of, import_answers, import_cases
from tests.sql.kept_figures import ALWAYS, dispose_of, everything

LIST = newest("decision_basis")


def figures(
    desk: Desk, world: World, item: str = "child_heard", first: date = ALWAYS[0], last: date = ALWAYS[1]
) -> dict[str, int]:
    """Return the counts of an item, or of whole lists if item is empty, as reports read them."""

    def work(session: Session) -> dict[str, int]:
        aggregates.project_all(session)
        found: Counter[str] = Counter()
        for count in aggregates.read(session, world.tenant, first, last, of="items" if item else "lists"):
            found[count.code] += count.n if count.item == item and "." not in count.code else 0
        return {code: n for code, n in found.items() if n}

    return desk.run_now(work)


def of_cases(desk: Desk, world: World, first: date = ALWAYS[0], last: date = ALWAYS[1]) -> dict[tuple[str, int], int]:
    def work(session: Session) -> dict[tuple[str, int], int]:
        aggregates.project_all(session)
        return {(c.code, c.value): c.n for c in aggregates.read(session, world.tenant, first, last, of="cases")}

    return desk.run_now(work)


def recounted(desk: Desk, world: World, *, repair: bool = False) -> int:
    desk.run_now(aggregates.project_all)
    run = desk.run_now if repair else desk.read_now
    return run(lambda session: recount(session, world.tenant, repair=repair)).wrong


def sheet_of(session: Session, case: CaseRow, row: FilledRow) -> Sheet:
    facts = cases.rule_facts(case, row.child, cases.facts(session, case.id))
    return Sheet(case, row, checklist_version(row.checklist, row.version), facts, answers.latest(session, row.id))


def answer_in(session: Session, world: World, item: str, choice: str, **more: str) -> None:
    sheet = sheet_of(session, the_case(session, world), the_list(session, world))
    told = Written(choice, note=more.get("note"), motivation_kind="text" if "why" in more else "")
    give(session, of_file(world.tenant, NOW), sheet, item, told)


def answer(desk: Desk, world: World, item: str, choice: str, **more: str) -> None:
    desk.run_now(lambda session: answer_in(session, world, item, choice, **more))


def extend(session: Session, world: World, case: CaseRow, limit: Limit, until: date, decided: date) -> None:
    what: dict[str, Any] = {"limit": limit, "reason_class": "grounds", "until": until, "decided_on": decided}
    case_acts.extend(session, of_person(world.tenant, world.person, NOW), case, reason="påhittat skäl", **what)


def date_case(desk: Desk, world: World, **dates: date | None) -> None:
    def work(session: Session) -> None:
        dated = case_acts.set_dates(session, of_file(world.tenant, NOW), the_case(session, world), dates)
        assert not dated.faults

    desk.run_now(work)


def tell(desk: Desk, world: World, name: str, value: str, child: int = 0) -> None:
    def work(session: Session) -> None:
        known = cases.facts(session, world.case)
        assert set_fact(session, of_file(world.tenant, NOW), the_case(session, world), known, child, name, value)

    desk.run_now(work)


# --- what counts where -----------------------------------------------------------------------------------------------


def test_every_change_of_an_answer_is_in_the_figures_at_once_and_only_the_newest(desk: Desk, world: World) -> None:
    assert figures(desk, world) == {"obesvarad": 1}
    answer(desk, world, "child_heard", "nej")
    assert figures(desk, world) == {"nej": 1}
    answer(desk, world, "child_not_heard_motivated", "ja")
    assert figures(desk, world) == {"nej": 1, "nej_motiverat": 1}
    answer(desk, world, "child_heard", "ja", note="Förskolan hördes")
    assert figures(desk, world) == {"ja": 1, "ja_med_forbehall": 1}
    assert figures(desk, world, "child_not_heard_motivated") == {"ej_tillampligt": 1}
    answer(desk, world, "child_heard", "obesvarad")
    assert figures(desk, world) == {"obesvarad": 1}
    assert recounted(desk, world) == 0


def test_a_fact_changes_every_item_that_hangs_on_it(desk: Desk, world: World) -> None:
    assert figures(desk, world, "health_check_done") == {"obesvarad": 1}
    tell(desk, world, "child_placed", "nej", child=1)
    assert figures(desk, world, "health_check_done") == {"ej_tillampligt": 1}
    tell(desk, world, "child_placed", "unknown", child=1)
    assert figures(desk, world, "health_check_done") == {"obesvarad": 1}
    assert recounted(desk, world) == 0


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_report_asks_the_index_whether_anything_was_counted_by_older_rules(desk: Desk) -> None:
    """It asks each time: reading every list instead would cost a report of a million of them a second."""

    def plan(session: Session) -> str:
        query = aggregates.by_older_rules().compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        rows = session.connection().exec_driver_sql(f"explain query plan {query}").all()
        return " ".join(str(row) for row in rows)

    assert "SEARCH counted USING INDEX ix_counted_rules" in desk.run_now(plan)


def test_a_motivation_in_the_row_itself_counts_as_motivated(desk: Desk, world: World) -> None:
    answer(desk, world, "child_informed_report", "nej")
    assert figures(desk, world, "child_informed_report") == {"nej": 1}
    answer(desk, world, "child_informed_report", "nej", why="påhittat")
    assert figures(desk, world, "child_informed_report") == {
        "nej": 1,
        "nej_motiverat": 1,
        "endast_i_boten": 1,
    }


def test_what_the_chef_is_not_asked_or_no_longer_enabled_is_not_counted(desk: Desk, world: World) -> None:
    assert figures(desk, world, "manager_ready_to_sign") == {}


def test_a_list_counts_on_the_day_it_began_in_sweden(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:  # 00:30 in Sweden, still the day before in UTC
        the_list(session, world).begun_at = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)
        projection_queue.enqueue(session, case_id=world.case)

    desk.run_now(work)
    day = date(2026, 4, 1)

    assert figures(desk, world, first=day, last=day) == {"obesvarad": 1}
    assert figures(desk, world, first=day, last=date(2026, 4, 30)) == {"obesvarad": 1}
    assert figures(desk, world, last=date(2026, 3, 31)) == {}
    assert figures(desk, world, first=date(2026, 4, 2)) == {}


@pytest.mark.parametrize("seed", range(3))
def test_any_period_reads_the_same_by_months_and_days_as_by_days_alone(desk: Desk, world: World, seed: int) -> None:
    draw = random.Random(seed)
    begun = [date(2024, 1, 1) + timedelta(draw.randrange(800)) for _ in range(40)]

    def work(session: Session) -> None:
        for occasion, day in enumerate(begun, start=2):
            filled.add(
                session,
                a_list(world, occasion=occasion, begun_at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC)),
            )
        projection_queue.enqueue(session, case_id=world.case)

    desk.run_now(work)
    for _ in range(30):
        first = date(2023, 12, 1) + timedelta(draw.randrange(900))
        last = first + timedelta(draw.randrange(400))
        expected = sum(first <= day <= last for day in [*begun, NOW.date()])
        assert figures(desk, world, first=first, last=last).get("obesvarad", 0) == expected


def test_what_is_under_way_waits_for_the_decision_of_its_own_investigation(desk: Desk, world: World) -> None:
    today = NOW.date()
    days = {"received_on": 90, "opened_on": 80, "decided_on": 40, "closed_on": 30}
    date_case(desk, world, **{name: today - timedelta(ago) for name, ago in days.items()})
    answer(desk, world, "child_informed_decision", "pagaende")
    assert not_due(desk, world) < today

    date_case(desk, world, received_on=today - timedelta(5))
    assert not_due(desk, world) == date.max


def not_due(desk: Desk, world: World) -> date:
    """Return the last day on which what is under way in the list is not due."""
    parts = desk.run_now(lambda session: contributions.of_cases(session, [world.case]))
    marks = " ".join(part.marks for part in parts.values()).split()
    return next(date.fromordinal(int(mark.split(":")[1])) for mark in marks if mark.startswith("ej_an"))


def a_list(world: World, **more: Any) -> FilledRow:
    base: dict[str, Any] = {
        "tenant_id": world.tenant,
        "case_id": world.case,
        "unit_id": world.unit,
        "checklist": "decision_basis",
    }
    return FilledRow(**{**base, "version": 1, "child": 1, "role": "case_worker", "begun_at": NOW, **more})


# --- whole lists -----------------------------------------------------------------------------------------------------


def sign(world: World, *, shortfall: bool = False, voided: bool = False) -> SignatureRow:
    return SignatureRow(
        tenant_id=world.tenant,
        case_id=world.case,
        checklist="decision_basis",
        version=1,
        occasion=1,
        signer_id=world.person,
        role="unit_manager",
        at=NOW,
        shortfall=shortfall,
        nonce=f"n{shortfall}{voided}",
        view=b"",
        view_hash="",
        bound="",
        voided_at=NOW if voided else None,
    )


def test_what_became_of_a_list_is_counted_on_the_workers_only(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        worker = the_list(session, world)
        worker.status, worker.sent_at = State.SIGNED, NOW
        reading = filled.add(session, a_list(world, role="unit_manager", person_id=world.person))
        reading.seen_at = NOW + timedelta(days=2)
        row = ReturnRow(
            tenant_id=world.tenant, case_id=world.case, checklist="decision_basis", occasion=1,
            person_id=world.person, role="unit_manager", at=NOW, nonce="r", comment=b"",
        )  # fmt: skip
        returns.add(session, row, "påhittad kommentar", [])
        signatures.add(session, sign(world, voided=True), "{}", "", {})
        signatures.add(session, sign(world, shortfall=True), "{}", "påhittat skäl", {})
        projection_queue.enqueue(session, case_id=world.case)

    desk.run_now(work)

    assert figures(desk, world, "") == {
        "begun": 2, "sent": 1, "read": 1, "signed": 1, "signed_with_shortfall": 1, "returned": 1, "voided": 1,
    }  # fmt: skip
    read = [
        c.value
        for c in desk.run_now(lambda s: aggregates.read(s, world.tenant, *ALWAYS, of="lists"))
        if c.code == "read"
    ]
    assert read == [2]
    assert recounted(desk, world) == 0


def test_each_step_of_a_list_is_in_the_figures_at_once(desk: Desk, world: World) -> None:
    chef = of_person(world.tenant, world.person, NOW + timedelta(days=2))

    def step(act: Callable[[Session, Basis], object]) -> dict[str, int]:
        def work(session: Session) -> None:
            case = the_case(session, world)
            act(session, read_basis(session, case, cases.facts(session, case.id), LIST.id, world.person))

        desk.run_now(work)
        assert recounted(desk, world) == 0
        return figures(desk, world, "")

    def send(session: Session, reader: Basis) -> None:
        lists.send(session, of_person(world.tenant, world.person, NOW), reader.worker)

    assert figures(desk, world, "") == {"begun": 1}
    sent = {"begun": 1, "sent": 1}
    read = {"begun": 2, "sent": 1, "read": 1}
    assert step(send) == sent
    assert step(lambda s, reader: lists.begin_reading(s, chef, reader, "")) == {**sent, "begun": 2}
    assert step(lambda s, reader: lists.finish_reading(s, chef, reader, "")) == read
    returned = {**read, "returned": 1}
    assert step(lambda s, reader: signing.send_back(s, chef, reader.worker, "påhittad", [], "")) == returned
    assert step(send) == returned
    signed = {**returned, "signed": 1}
    assert step(lambda s, reader: signing.sign(s, chef, reader, "{}", "", "")) == signed
    assert step(lambda s, reader: answer_in(s, world, "child_heard", "nej")) == {**returned, "voided": 1}
    assert step(lambda s, reader: lists.finish_reading(s, chef, reader, "")) == {**returned, "voided": 1}
    lacking = {**signed, "voided": 1, "signed_with_shortfall": 1}
    assert step(lambda s, reader: signing.sign(s, chef, reader, "{}", "påhittat skäl", "")) == lacking
    assert step(lambda s, reader: lists.new_occasion(s, chef, reader.worker)) == {**lacking, "begun": 3}


@dataclass
class Told:
    """Lives through a story of a case, a word a step, each a moment later than the one before."""

    world: World
    now: datetime = NOW

    def tell(self, session: Session, step: str) -> None:
        self.now += timedelta(hours=1)
        case, world = the_case(session, self.world), self.world
        chef, file = of_person(world.tenant, world.person, self.now), of_file(world.tenant, self.now)
        mine = written(session, case)
        match step:
            case "sends":
                lists.send(session, chef, mine)
            case "returns":
                signing.send_back(session, chef, mine, "påhittad", [], "")
            case "signs" | "signs_with_shortfall":
                reader = read_basis(session, case, cases.facts(session, case.id), LIST.id, world.person)
                reader, _ = lists.begin_reading(session, chef, reader, "")
                lists.finish_reading(session, chef, reader, "")
                signing.sign(session, chef, reader, "{}", "påhittat skäl" if "shortfall" in step else "", "")
            case "changes":
                value = "nej" if "child_heard" in mine.sheets[0].rows else "ja"
                give(session, file, mine.sheets[0], "child_heard", Written(value))
            case "more_children":
                case_acts.set_children(session, file, case, case.children + 1)
            case "fewer_children":
                case_acts.set_children(session, file, case, case.children - 1)
            case "begins":
                lists.begin(session, file, mine)
            case "begins_as_before":  # earlier releases let the signatures of the other children's lists stand
                lists.begin_one(session, file, case, LIST, "case_worker", case.children, like=mine.sheets[0].filled)
            case "dated_back":
                lists.backdate(session, mine.sheets[-1], date(2026, 1, 2))
            case "anew":
                lists.new_occasion(session, chef, mine)
            case _:
                raise ValueError(step)


A_CHILD = "more_children begins"
STORIES = {
    f"sends returns {A_CHILD}": {"sent": 1, "returned": 1},
    f"sends returns {A_CHILD} dated_back": {"sent": 1, "returned": 1},
    f"sends returns {A_CHILD} sends": {"sent": 2, "returned": 1},
    f"sends returns {A_CHILD} sends returns": {"sent": 2, "returned": 2},
    f"sends {A_CHILD} sends returns": {"sent": 2, "returned": 2},
    f"sends returns sends {A_CHILD} sends": {"sent": 2, "returned": 1},
    f"sends returns {A_CHILD} sends signs": {"sent": 2, "returned": 1, "signed": 2},
    f"sends returns {A_CHILD} fewer_children": {"sent": 1, "returned": 1},
    f"sends returns {A_CHILD} fewer_children sends {A_CHILD} sends returns": {"sent": 2, "returned": 2},
    f"sends returns {A_CHILD} sends returns {A_CHILD} sends signs": {"sent": 3, "returned": 2, "signed": 3},
    f"sends signs {A_CHILD}": {"sent": 1, "voided": 1},
    f"sends signs {A_CHILD} sends": {"sent": 2, "voided": 1},
    f"sends signs {A_CHILD} dated_back sends": {"sent": 2, "voided": 1},
    f"sends signs {A_CHILD} sends signs": {"sent": 2, "voided": 1, "signed": 2},
    f"sends signs {A_CHILD} sends signs changes": {"sent": 2, "voided": 2},
    f"sends signs changes {A_CHILD} sends returns": {"sent": 2, "voided": 1, "returned": 2},
    f"sends signs changes returns {A_CHILD} sends": {"sent": 2, "voided": 1, "returned": 1},
    f"sends signs_with_shortfall {A_CHILD} sends signs": {"sent": 2, "voided": 1, "signed": 2},
    "sends more_children signs begins": {"sent": 1, "voided": 1},
    "sends more_children signs begins sends signs": {"sent": 2, "voided": 1, "signed": 2},
    "sends more_children signs begins_as_before": {"sent": 1, "signed": 1},
    "sends more_children signs_with_shortfall begins_as_before": {"sent": 1, "signed": 1, "signed_with_shortfall": 1},
    "sends more_children signs_with_shortfall begins_as_before changes": {"sent": 1, "voided": 1},
    f"sends returns {A_CHILD} sends signs anew": {"sent": 2, "returned": 1, "signed": 2},
    f"sends returns {A_CHILD} sends signs anew sends": {"sent": 4, "returned": 1, "signed": 2},
    f"sends signs anew {A_CHILD} sends returns": {"sent": 3, "signed": 1, "returned": 2},
}
"""What a case's lists are counted in at the end. A list is counted in what was done while it was among the others."""


@pytest.mark.parametrize("story", STORIES)
def test_a_childs_list_is_counted_in_what_was_done_with_it_alone(desk: Desk, world: World, story: str) -> None:
    told = Told(world)
    for step in story.split():
        desk.run_now(partial(told.tell, step=step))
    found = figures(desk, world, "")

    assert {code: n for code, n in found.items() if code not in ("begun", "read")} == STORIES[story]
    assert recounted(desk, world) == 0


def test_a_list_without_a_gap_is_complete(desk: Desk, world: World) -> None:
    for name in ("violence", "intervention_decided"):
        tell(desk, world, name, "nej")
    tell(desk, world, "child_placed", "nej", child=1)
    for item in LIST.asked["case_worker"]:
        assert "complete" not in figures(desk, world, "")
        if item.when is None:
            answer(desk, world, item.id, "ja")
    answer(desk, world, "police_report_motivated", "ja")
    assert "complete" not in figures(desk, world, ""), "whether the child was communicated with is not known"
    tell(desk, world, "child_communicated", "ja", child=1)

    assert figures(desk, world, "")["complete"] == 1


def test_a_case_due_without_a_list_is_a_separate_figure(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        base: dict[str, Any] = {"tenant_id": world.tenant, "unit_id": world.unit}
        the_case(session, world).decided_on = date(2026, 5, 12)
        projection_queue.enqueue(session, case_id=world.case)
        add_case(session, CaseRow(**base, ref="SN 2", planned_decision_on=date(2026, 5, 31)))
        add_case(
            session, CaseRow(**base, ref="SN 3", planned_decision_on=date(2026, 6, 1), decided_on=date(2026, 5, 1))
        )
        add_case(session, CaseRow(**base, ref="SN 4", planned_decision_on=date(2026, 5, 9), closed_on=date(2026, 5, 8)))
        add_case(session, CaseRow(**base, ref="SN 5", case_type="vuxen", decided_on=date(2026, 5, 12)))

    desk.run_now(work)

    assert of_cases(desk, world, date(2026, 5, 1), date(2026, 5, 31)) == {
        ("due", 0): 1, ("due", 1): 2, ("without", 0): 1, ("without", 1): 1,
    }  # fmt: skip
    assert of_cases(desk, world, date(2026, 6, 1)) == {}
    assert recounted(desk, world) == 0


# --- the clocks ------------------------------------------------------------------------------------------------------

MARCH = date(2026, 3, 2)
"""A Monday."""


def on_march(number: int) -> date:
    return MARCH + timedelta(days=number)


def test_an_extension_moves_a_limit_in_the_figures_from_the_moment_it_is_written_down(desk: Desk, world: World) -> None:
    date_case(desk, world, received_on=MARCH, opened_on=on_march(20))
    assert ("14d_late", 20) in of_cases(desk, world)
    desk.run_now(lambda s: extend(s, world, the_case(s, world), "14d", on_march(30), on_march(14)))
    assert ("14d_extended", 20) in of_cases(desk, world)
    assert recounted(desk, world) == 0


def test_an_extension_without_a_day_was_decided_when_it_was_written_down(desk: Desk, world: World) -> None:
    date_case(desk, world, received_on=NOW.date() - timedelta(days=14))

    def before_the_day_was_asked_for(session: Session) -> None:
        row = ExtensionRow(
            tenant_id=world.tenant, case_id=world.case, limit="14d", reason_class="grounds", until=date(2026, 7, 1),
            decided_on=None, nonce=uuid4().hex, reason=b"", author_id=world.person, at=NOW,
        )  # fmt: skip
        extensions.add(session, row, "påhittat skäl")
        projection_queue.enqueue(session, case_id=world.case)

    desk.run_now(before_the_day_was_asked_for)

    assert of_cases(desk, world) == {("14d_open", date(2026, 7, 1).toordinal()): 1}


def test_violence_counts_from_the_swedish_day_someone_first_said_so(desk: Desk, world: World) -> None:
    def says(revision: int, value: str, hour: int, day: int) -> None:
        row = FactRow(
            tenant_id=world.tenant, case_id=world.case, child=0, name="violence", revision=revision, value=value,
            author_id=world.person, at=datetime(2026, 3, day, hour, 30, tzinfo=UTC),
        )  # fmt: skip

        def work(session: Session) -> None:
            cases.set_fact(session, the_case(session, world), row)
            projection_queue.enqueue(session, case_id=world.case)

        desk.run_now(work)

    date_case(desk, world, received_on=MARCH, opened_on=on_march(13))
    says(1, "ja", 12, 3)
    says(2, "nej", 12, 4)
    assert ("14d_within", 13) in of_cases(desk, world)
    says(3, "ja", 23, 11)  # already the 12th in Sweden
    says(4, "ja", 12, 14)
    assert ("at_once_late", 3) in of_cases(desk, world)
    date_case(desk, world, opened_on=on_march(11))
    assert ("at_once_within", 1) in of_cases(desk, world)
    date_case(desk, world, opened_on=on_march(9))
    assert ("14d_within", 9) in of_cases(desk, world), "violence became known after the opening"
    assert recounted(desk, world) == 0


def test_violence_from_a_file_was_known_when_the_report_came_in(desk: Desk, world: World) -> None:
    date_case(desk, world, received_on=MARCH, opened_on=on_march(2))
    tell(desk, world, "violence", "ja")

    assert ("at_once_late", 2) in of_cases(desk, world)


def test_a_municipalitys_own_free_days_count_for_its_cases_as_soon_as_they_are_set(desk: Desk, world: World) -> None:
    date_case(desk, world, received_on=MARCH, opened_on=on_march(2))
    tell(desk, world, "violence", "ja")
    other = desk.run_now(lambda session: make_world(session, "two"))
    date_case(desk, other, received_on=MARCH, opened_on=on_march(2))
    tell(desk, other, "violence", "ja")
    for one in (world, other):
        assert ("at_once_late", 2) in of_cases(desk, one)

    def close_on(days: list[str]) -> None:
        def work(session: Session) -> None:
            tenant = tenants.get(session, world.tenant)
            assert tenant is not None
            settings.change(session, of_person(world.tenant, world.person, NOW), tenant, "free_days", days)

        desk.run_now(work)

    close_on(["2026-03-03"])
    assert desk.run_now(aggregates.waiting) == 1, "the other municipality's case is not counted again"
    assert ("at_once_within", 2) in of_cases(desk, world)
    assert recounted(desk, world) == 0
    close_on(["2026-03-03"])
    assert desk.run_now(aggregates.waiting) == 0, "set to its current value"


def test_what_an_older_release_counted_is_taken_back_and_counted_by_the_rules_of_now(desk: Desk, world: World) -> None:
    date_case(desk, world, received_on=MARCH, opened_on=on_march(15), planned_decision_on=on_march(90))
    answer(desk, world, "child_heard", "ja")
    before = desk.run_now(lambda session: everything(session, world.tenant))

    def counts_as_before(session: Session) -> None:
        rows = (
            "update counted set rules = 0, marks = replace(marks, '14d_late:15', 'prelim:15')",
            "update tally set code = 'prelim' where code = '14d_late'",
        )
        for statement in rows:
            session.connection().execute(text(statement))

    desk.run_now(counts_as_before)
    assert desk.run_now(lambda session: recount(session, world.tenant)).wrong == 0, "it is only queued"
    assert ("prelim", 15) not in of_cases(desk, world)
    assert desk.run_now(lambda session: everything(session, world.tenant)) == before
    assert scalar(desk, "select count(*) from counted where rules = 0") == 0
    assert desk.run_now(aggregates.project_new) == 0
    assert recounted(desk, world) == 0


# --- always equal to a recount ---------------------------------------------------------------------------------------


class Town:
    """Random events in the life of cases and lists."""

    def __init__(self, desk: Desk, world: World, seed: int) -> None:
        self.desk, self.world, self.draw = desk, world, random.Random(seed)

    def happens(self) -> None:
        acts = (
            self.opens,
            self.begins,
            self.answers,
            self.answers,
            self.answers,
            self.tells,
            self.dates,
            self.moves,
            self.extends,
            self.hands_over,
            self.hands_over,
            self.hands_over,
            self.takes_in_cases,
            self.takes_in_answers,
            self.takes_in_answers,
            self.folds,
        )
        act = self.draw.choice(acts)
        with suppress(BadCsv):  # dates that contradict stored ones: the whole file is rejected
            while True:
                try:
                    self.desk.run_now(act)
                    break
                except SignatureStands as stands:  # she is asked, and does it anyway, or something else
                    self.desk.run_now(partial(self._means_it, stands=stands))

    def _means_it(self, session: Session, stands: SignatureStands) -> None:
        case = cases.get(session, self.world.tenant, stands.case_id)
        assert case is not None
        signing.confirm(session, self._origin(), case, stands.signature_id)

    def _case(self, session: Session) -> CaseRow | None:
        ids = session.connection().execute(text("select id from cases order by id")).scalars().all()
        return cases.get(session, self.world.tenant, self.draw.choice(ids)) if ids else None

    def _list(self, session: Session) -> FilledRow | None:
        rows = lists_of(session, self.world.tenant)
        return self.draw.choice(rows) if rows else None

    def _day(self) -> date:
        return date(2026, 1, 1) + timedelta(self.draw.randrange(130))

    def _origin(self, days: int = 0) -> Origin:
        return of_person(self.world.tenant, self.world.person, NOW + timedelta(days=days))

    def opens(self, session: Session) -> None:
        ref = f"SN {self.draw.randrange(10**9)}"
        unit = people.unit(session, self.world.tenant, f"Enhet {self.draw.randrange(3)}")
        case, _ = case_acts.open_case(session, self._origin(), ref, unit.id)
        case_acts.set_dates(session, self._origin(), case, {"received_on": self._day()})

    def begins(self, session: Session) -> None:
        case = self._case(session)
        if case is not None:
            roles: tuple[Role, ...] = ("case_worker", "unit_manager")
            about = (LIST, self.draw.choice(roles), 1, self.draw.randrange(10**6))
            lists.begin_one(session, self._origin(-self.draw.randrange(90)), case, *about)

    def answers(self, session: Session) -> None:
        row = self._list(session)
        case = cases.get(session, self.world.tenant, row.case_id) if row is not None else None
        if row is not None and case is not None:
            sheet = sheet_of(session, case, row)
            for item in self.draw.sample(sheet.checklist.items, 3):
                choice = self.draw.choice([*item.answers, "obesvarad", "fritext"])
                told = Written(
                    choice, self.draw.choice(["", "missing", "text"]), note=self.draw.choice([None, "påhittat"])
                )
                give(session, self._origin(), sheet, item.id, told)

    def tells(self, session: Session) -> None:
        case = self._case(session)
        if case is not None:
            name, child = self.draw.choice([("violence", 0), ("child_placed", 1), ("child_communicated", 1)])
            value = self.draw.choice(["ja", "nej", "unknown"])
            set_fact(session, self._origin(), case, cases.facts(session, case.id), child, name, value)

    def dates(self, session: Session) -> None:
        case = self._case(session)
        if case is not None:
            day = self.draw.choice([None, self._day()])
            case_acts.set_dates(session, self._origin(), case, {self.draw.choice(FIELDS): day})

    def moves(self, session: Session) -> None:
        """Move a case to another unit, and change its children."""
        case = self._case(session)
        if case is not None:
            unit = people.unit(session, self.world.tenant, f"Enhet {self.draw.randrange(3)}")
            case_acts.set_unit(session, self._origin(), case, unit.id)
            case_acts.set_type(session, self._origin(), case, "vuxen" if self.draw.random() < 0.2 else "barn")
            with suppress(ChildHasAnswers):  # a child to be removed has answers
                case_acts.set_children(session, self._origin(), case, self.draw.randrange(1, 4))

    def extends(self, session: Session) -> None:
        case = self._case(session)
        if case is not None:
            limits: tuple[Limit, ...] = ("14d", "4m")
            decided, until = sorted((self._day(), self._day()))
            with suppress(ExtendsNothing):  # the last day drawn is no later than the limit
                extend(session, self.world, case, self.draw.choice(limits), until, decided)

    def hands_over(self, session: Session) -> None:
        """Advance a case's lists one step: sent, read, signed or sent back; if signed, begin a new one."""
        case = self._case(session)
        worker = written(session, case) if case is not None else None
        if case is None or worker is None or not worker.sheets:
            return
        chef = self._origin(3 + self.draw.randrange(9))
        reader = read_basis(session, case, worker.facts, LIST.id, self.world.person)
        if worker.state == State.SIGNED:
            lists.new_occasion(session, self._origin(), worker)
        elif not worker.waits_for_reader:
            lists.send(session, self._origin(self.draw.randrange(3)), worker)
        elif not reader.is_whole:
            lists.begin_reading(session, chef, reader, "")
        elif reader.state == State.BEGUN:
            lists.finish_reading(session, chef, reader, "")
        elif self.draw.random() < 0.7:
            signing.sign(session, chef, reader, "{}", self.draw.choice(["", "påhittat skäl"]), "")
        else:
            signing.send_back(session, chef, worker, "påhittad kommentar", [], "")

    def folds(self, session: Session) -> None:
        aggregates.project_new(session)

    def takes_in_cases(self, session: Session) -> None:
        """Import a row about an existing case or a new one."""
        case = self._case(session)
        ref = case.ref if case is not None and self.draw.random() < 0.7 else f"SN {self.draw.randrange(10**6)}"
        row = {"tenant_id": "made-up-one", "case_ref": ref, "unit": f"Enhet {self.draw.randrange(3)}"}
        row |= {name: str(self._day()) for name in self.draw.sample(DATES, 2)}
        row |= {name: self.draw.choice(["ja", "nej"]) for name in self.draw.sample(FACTS, 1)}
        import_cases(session, file_of([list(row.values())], list(row)), frozenset(), NOW, CLI)

    def takes_in_answers(self, session: Session) -> None:
        """Import answers to a list, which the import begins if it does not exist."""
        case = self._case(session)
        if case is not None:
            asked: list[tuple[Checklist, Role]] = [
                (LIST, "case_worker"), (LIST, "unit_manager"), (AUDIT, "auditor"),
            ]  # fmt: skip
            checklist, role = self.draw.choice(asked)
            about = {"tenant_id": "made-up-one", "case_ref": case.ref, "checklist": checklist.id, "role": role}
            about |= {"answered_on": self.draw.choice(["", str(self._day())])}
            words = ("Ja", "Nej", "E/T", "obesvarad", "Påhittat svar")
            rows = [
                about | {"item": item.id, "answer": self.draw.choice(words)}
                for item in self.draw.sample(checklist.asked[role], 3)
            ]
            import_answers(session, file_of([list(row.values()) for row in rows], list(rows[0])), frozenset(), NOW, CLI)

    def disposes(self, session: Session) -> None:
        """Dispose of a case; its figures remain."""
        case, tenant = self._case(session), session.get(TenantRow, self.world.tenant)
        if case is not None and tenant is not None:
            dispose_of(session, tenant, case, NOW)


@pytest.mark.parametrize("seed", range(2))
def test_after_anything_at_all_the_figures_equal_a_recount(desk: Desk, world: World, seed: int) -> None:
    town = Town(desk, world, seed)
    for turn in range(120):
        town.happens()
        if turn % 30 == 29:
            desk.run_now(town.disposes)
        if turn % 10 == 9:
            assert recounted(desk, world) == 0


def test_a_disposed_case_stays_in_every_figure_and_the_rest_still_equals_a_recount(desk: Desk, world: World) -> None:
    town = Town(desk, world, 7)
    for _ in range(80):
        town.happens()
    before = desk.run_now(lambda session: everything(session, world.tenant))
    for _ in range(4):
        desk.run_now(town.disposes)
        assert recounted(desk, world) == 0
    recounted(desk, world, repair=True)
    assert desk.run_now(lambda session: everything(session, world.tenant)) == before

    for _ in range(20):
        town.happens()
    assert recounted(desk, world) == 0


def test_queued_changes_are_not_errors_and_counting_blocks_nobody(desk: Desk, world: World) -> None:
    answer(desk, world, "child_heard", "ja")
    assert recounted(desk, world) == 0
    answer(desk, world, "child_heard", "nej")

    def while_counting(session: Session) -> tuple[int, int]:
        before = recount(session, world.tenant).wrong
        answer(desk, world, "child_informed_report", "ja")  # from another connection, as the running bot would
        desk.run_now(aggregates.project_all)
        return before, recount(session, world.tenant).wrong

    assert desk.read_now(while_counting) == (0, 0)
    assert desk.run_now(aggregates.waiting) == 0
    assert recounted(desk, world) == 0


def test_a_read_only_session_projects_nothing(desk: Desk, world: World) -> None:
    answer(desk, world, "child_heard", "ja")
    waiting = desk.run_now(aggregates.waiting)

    desk.read_now(aggregates.project_all)
    assert desk.run_now(aggregates.waiting) == waiting > 0


def test_a_list_not_yet_counted_is_not_an_error(desk: Desk, world: World) -> None:
    answer(desk, world, "child_heard", "ja")
    assert recounted(desk, world) == 0

    def begin(session: Session) -> None:
        lists.new_occasion(
            session, of_person(world.tenant, world.person, NOW), written(session, the_case(session, world))
        )

    desk.run_now(begin)
    assert desk.run_now(aggregates.waiting) > 0
    assert desk.read_now(lambda session: recount(session, world.tenant)).wrong == 0


def test_a_wrong_figure_is_found_while_another_case_is_queued(desk: Desk, world: World) -> None:
    answer(desk, world, "child_heard", "ja")
    recounted(desk, world)
    change(desk, "update tally set n = n + 1 where item = 'child_heard' and grain = 'm' and code = 'ja'")
    answer(desk, world, "child_heard", "nej")

    assert desk.read_now(lambda session: recount(session, world.tenant)).wrong == 1
    assert desk.run_now(aggregates.waiting) > 0


def test_a_figure_changed_outside_the_bot_is_detected_and_corrected(desk: Desk, world: World) -> None:
    answer(desk, world, "child_heard", "ja")
    good = figures(desk, world)
    change(desk, "update tally set n = n + 1 where item = 'child_heard' and grain = 'm' and code = 'ja'")
    assert recounted(desk, world) == 1
    assert recounted(desk, world, repair=True) == 1
    assert recounted(desk, world) == 0
    change(desk, "update counted set letters = 'oooooooooooo-' where filled_id = :id", id=world.filled)
    assert recounted(desk, world, repair=True) >= 1

    assert recounted(desk, world) == 0
    assert figures(desk, world) == good


def test_queued_changes_are_not_errors(desk: Desk, world: World) -> None:
    answer(desk, world, "child_heard", "ja")

    assert desk.run_now(aggregates.waiting) > 0
    assert recounted(desk, world) == 0
    assert desk.run_now(aggregates.waiting) == 0


def test_a_turn_queues_a_case_once_and_a_failed_turn_queues_nothing(desk: Desk, world: World) -> None:
    figures(desk, world)

    def work(session: Session) -> None:
        for choice in ("ja", "nej", "ja"):
            answer_in(session, world, "child_heard", choice)

    def failing(session: Session) -> None:
        work(session)
        raise KeyError

    with pytest.raises(KeyError):
        desk.run_now(failing)
    assert scalar(desk, "select count(*) from changed") == 0
    desk.run_now(work)
    assert scalar(desk, "select count(*) from changed") == 1


def test_what_changes_after_a_fold_in_the_same_transaction_is_noted_again(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        answer_in(session, world, "child_heard", "ja")
        aggregates.project_all(session)
        answer_in(session, world, "child_heard", "nej")

    desk.run_now(work)

    assert figures(desk, world) == {"nej": 1}


@on_postgresql
def test_what_is_answered_while_it_is_recounted_is_no_fault(
    desk: Desk, world: World, open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = open_desk()
    answered: list[None] = []

    def of_cases_meanwhile(session: Session, ids: list[int]) -> dict[Key, Contribution]:
        if not answered:
            answered.append(None)
            answer(other, world, "child_heard", "ja")
        return contributions.of_cases(session, ids)

    monkeypatch.setattr("storage.aggregates.of_cases", of_cases_meanwhile)

    assert recounted(desk, world) == 0
    assert figures(desk, world) == {"ja": 1}


def test_two_processes_fold_the_same_notes_once(desk: Desk, world: World, open_desk: OpenDesk) -> None:
    other = open_desk()
    for choice in ("ja", "nej", "ja"):
        answer(desk, world, "child_heard", choice)
        desk.run_now(aggregates.project_new)
        other.run_now(aggregates.project_new)

    assert figures(other, world) == {"ja": 1}
    assert recounted(other, world) == 0


def test_municipalities_are_counted_separately(desk: Desk, world: World) -> None:
    other = desk.run_now(lambda session: make_world(session, "two"))
    answer(desk, world, "child_heard", "ja")

    assert figures(desk, other) == {"obesvarad": 1}
    assert figures(desk, world) == {"ja": 1}
    assert (recounted(desk, world), recounted(desk, other)) == (0, 0)


def test_nothing_that_is_kept_for_the_figures_names_a_case_in_words(desk: Desk, world: World) -> None:
    answer(desk, world, "child_heard", "ja", note="påhittat")
    figures(desk, world)
    answer(desk, world, "child_heard", "nej")
    for table in ("tally", "counted", "changed"):
        rows = desk.run_now(partial(rows_of, table=table))
        assert rows
        assert "SN 2026" not in repr(rows)


def rows_of(session: Session, table: str) -> object:
    return session.connection().execute(text(f"select * from {table}")).all()
