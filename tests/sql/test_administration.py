"""The admin's deeds on both databases: people, units with their figures, messages, the monthly check of accesses."""

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlmodel import select

from actions import cases as case_acts
from actions import log_checks, sends, settings, staff, units, wrong_case
from actions import people as acts
from actions.log_checks import Checker
from actions.origin import Origin, of_person
from actions.people import Entry
from checklists import log_check
from checklists.errors import (
    BadEmail,
    BadPeriod,
    CheckIsNotHers,
    LastAdmin,
    NotTwoAccounts,
    NoWorkerThere,
    PersonalNumberInText,
    SendIsGone,
    UnitGone,
    UnitHasCases,
    UnitHasNoName,
    UnitNameTaken,
    UserError,
)
from checklists.log_check import Access
from checklists.model import Role
from imports.common import Order
from imports.units import Units
from storage import (
    aggregates,
    cases,
    conversations,
    filled,
    outbox,
    people,
    projection_queue,
    round_ties,
    skipped,
    tenants,
    trail,
)
from storage import log_checks as kept
from storage.cases import CaseRow
from storage.desk import Desk, Session
from storage.filled import FilledRow
from storage.log_checks import WHOLE
from storage.outbox import OutboxRow
from storage.people import PersonRow, UnitRow
from storage.sealing import TENANT_ITSELF
from storage.trail import EventRow
from storage.unfit import Skipped
from tests.sql.conftest import NOW, World, add_case, change, chat_with, scalar, the_case
from tests.sql.kept_figures import dispose_of, everything

TODAY = NOW.date()
NORTH, SOUTH = "Norra (påhittad)", "Södra (påhittad)"


def by(world: World, days: int = 0) -> Origin:
    return of_person(world.tenant, world.person, NOW + timedelta(days))


def enter(
    session: Session,
    world: World,
    name: str,
    unit: str,
    role: Role,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> PersonRow:
    entry = Entry(None, f"{name}@example.invalid", name.title(), unit, role, valid_from, valid_to)
    acts.enter(session, by(world), entry)
    found = people.by_email(session, world.tenant, f"{name}@example.invalid")
    assert found is not None
    return found


def unit(session: Session, world: World, name: str) -> UnitRow:
    return people.unit(session, world.tenant, name)


def roles(session: Session, person: PersonRow) -> list[tuple[int, str, date | None, date | None]]:
    found = people.every_role_of(session, person.id)
    return sorted((row.unit_id, row.role, row.valid_from, row.valid_to) for row in found)


# --- people ----------------------------------------------------------------------------------------------------------


def test_who_leaves_has_her_roles_until_the_day_and_none_that_begin_later(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        nils = enter(session, world, "nils", NORTH, "case_worker")
        enter(session, world, "nils", SOUTH, "case_worker", valid_from=TODAY + timedelta(30))
        last = TODAY + timedelta(5)

        [left] = staff.leave(session, by(world), nils, last)

        assert (left.event, left.detail) == ("person_left", f"{nils.id} {last}")
        assert roles(session, nils) == [(unit(session, world, NORTH).id, "case_worker", None, last)]
        assert staff.leave(session, by(world), nils, last) == ()

    desk.run_now(work)


def test_the_last_admin_leaves_only_when_another_stays(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        ada = enter(session, world, "ada", "", "admin")
        enter(session, world, "adam", "", "admin", valid_to=TODAY)
        with pytest.raises(LastAdmin):
            staff.leave(session, by(world), ada, TODAY)
        enter(session, world, "alma", "", "admin")
        assert staff.leave(session, by(world), ada, TODAY)

    desk.run_now(work)


def test_the_first_admin_is_entered_only_where_nobody_is_one(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        assert [one.event for one in acts.first_admin(session, by(world), "ada@example.invalid")] == ["person_added"]
        assert acts.first_admin(session, by(world), "eve@example.invalid") == ()
        ada = people.by_email(session, world.tenant, "ada@example.invalid")
        assert ada is not None
        assert [row.role for row in people.roles_on(session, ada.id, TODAY)] == ["admin"]

    desk.run_now(work)


def test_who_changes_unit_is_in_one_of_them_each_day(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        nils = enter(session, world, "nils", NORTH, "case_worker")
        north, south = unit(session, world, NORTH), unit(session, world, SOUTH)
        first = TODAY + timedelta(10)
        [held] = people.every_role_of(session, nils.id)
        assert staff.move(session, by(world), nils, held, north.id, first) == ()
        assert staff.moving(session, by(world), nils, north.id) is None
        assert staff.moving(session, by(world), nils, south.id) is held

        staff.move(session, by(world), nils, held, south.id, first)

        before, after = first - timedelta(1), first + timedelta(1)
        assert [row.unit_id for row in people.roles_on(session, nils.id, before)] == [north.id]
        assert [row.unit_id for row in people.roles_on(session, nils.id, after)] == [south.id]
        back = first + timedelta(20)
        [_, now_held] = sorted(people.every_role_of(session, nils.id), key=lambda one: one.unit_id == south.id)
        staff.move(session, by(world), nils, now_held, north.id, back)
        assert [row.unit_id for row in people.roles_on(session, nils.id, back)] == [north.id]
        [gone] = [row for row in people.every_role_of(session, nils.id) if row.unit_id == south.id]
        with pytest.raises(BadPeriod):
            staff.move(session, by(world), nils, gone, north.id, back + timedelta(1))

    desk.run_now(work)


def test_who_goes_back_before_she_has_left_keeps_the_first_day_of_her_role(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        began = TODAY - timedelta(100)
        nils = enter(session, world, "nils", NORTH, "case_worker", valid_from=began)
        enter(session, world, "nils", SOUTH, "case_worker", valid_from=TODAY - timedelta(2))
        north, south = unit(session, world, NORTH), unit(session, world, SOUTH)
        [held] = [row for row in people.every_role_of(session, nils.id) if row.unit_id == south.id]

        staff.move(session, by(world), nils, held, north.id, TODAY)

        assert (north.id, "case_worker", began, None) in roles(session, nils)

    desk.run_now(work)


@pytest.mark.parametrize(
    ("email", "why"),
    [
        ("", BadEmail),
        ("nils", BadEmail),
        ("@example.invalid", BadEmail),
        ("a b@example.invalid", BadEmail),
        ("a@" + "b" * 200, BadEmail),
        ("anna@example.invalid", BadEmail),
        ("19121212-1212@example.invalid", PersonalNumberInText),
    ],
)
def test_an_email_that_is_none_or_anothers_is_refused(
    desk: Desk, world: World, email: str, why: type[UserError]
) -> None:
    def work(session: Session) -> None:
        enter(session, world, "anna", NORTH, "case_worker")
        nils = enter(session, world, "nils", NORTH, "case_worker")
        with pytest.raises(why):
            staff.change_email(session, by(world), nils, email)
        assert staff.change_email(session, by(world), nils, "NILS@example.invalid") == ()
        assert [one.event for one in staff.change_email(session, by(world), nils, "n@example.invalid")] == [
            "email_changed"
        ]
        assert nils.email == "n@example.invalid"

    desk.run_now(work)


def test_it_is_said_who_is_to_be_told_out_of_hours_and_is_not_in_the_register(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        tenant = tenants.get(session, world.tenant)
        enter(session, world, "bo", NORTH, "case_worker")
        assert settings.without_duty(session, tenant, "out_of_hours", ["bo@example.invalid"]) is None
        assert settings.without_duty(session, tenant, "municipality", "Påhittad") is None
        said = settings.without_duty(session, tenant, "out_of_hours", ["bo@example.invalid", "jour@example.invalid"])
        assert "nobody in the register has address number 2" in str(said)

    desk.run_now(work)


def test_who_is_told_out_of_hours_is_so_under_her_new_address(desk: Desk, world: World) -> None:
    def on_duty(session: Session) -> tuple[str, ...]:
        return tenants.settings(tenants.get(session, world.tenant)).out_of_hours

    def work(session: Session) -> None:
        nils = enter(session, world, "nils", NORTH, "case_worker")
        bo = enter(session, world, "bo", NORTH, "case_worker")
        first = ["nils@example.invalid", "bo@example.invalid"]
        settings.change(session, by(world), tenants.get(session, world.tenant), "out_of_hours", first)
        [*_, changed] = staff.change_email(session, by(world), nils, "n@example.invalid")
        assert changed.event == "email_changed"
        assert on_duty(session) == ("n@example.invalid", "bo@example.invalid")
        nils.object_id = "made-up-nils"
        entry = Entry("made-up-nils", "nils@example.invalid", "Nils", NORTH, "case_worker")
        acts.enter(session, by(world), entry)
        assert on_duty(session) == ("nils@example.invalid", "bo@example.invalid")
        staff.join(session, by(world), bo, nils)
        assert on_duty(session) == ("nils@example.invalid",)

    desk.run_now(work)
    assert scalar(desk, "select count(*) from event where act = 'setting_changed'") == 4


def test_who_had_a_case_under_a_row_that_was_joined_into_hers_has_had_it(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        stays, gone, other = (enter(session, world, name, NORTH, "case_worker") for name in ("a", "a.b", "c"))
        case = the_case(session, world)
        for lead in (gone.id, other.id):
            case_acts.set_workers(session, by(world), case, lead_id=lead, co_id=None)
        gone_id, stays_id = gone.id, stays.id
        staff.join(session, by(world), gone, stays)
        for found in (trail.workers_ever(session, [world.case]), round_ties.ties(session, [world.case])):
            assert stays_id in found[world.case]
            assert gone_id not in found[world.case]

    desk.run_now(work)


def test_two_rows_become_one_with_all_that_either_had(desk: Desk, world: World) -> None:
    early, late = TODAY - timedelta(50), TODAY + timedelta(50)

    def work(session: Session) -> None:
        stays = enter(session, world, "anna", NORTH, "case_worker", valid_from=TODAY, valid_to=late)
        gone = enter(session, world, "anna.b", NORTH, "case_worker", valid_from=early, valid_to=TODAY)
        enter(session, world, "anna.b", SOUTH, "unit_manager")
        gone.object_id = "made-up-object"
        case = the_case(session, world)
        case_acts.set_workers(session, by(world), case, lead_id=gone.id, co_id=stays.id)
        chat = chat_with(session, world)
        chat.person_id = gone.id
        session.flush()
        ids = (gone.id, stays.id)

        staff.join(session, by(world), gone, stays)

        kept_one = people.person(session, world.tenant, ids[1])
        assert kept_one is not None
        assert (kept_one.object_id, kept_one.email) == ("made-up-object", "anna@example.invalid")
        assert (north_of(session, world), "case_worker", early, late) in roles(session, kept_one)
        assert len(roles(session, kept_one)) == 2
        assert (the_case(session, world).lead_id, the_case(session, world).co_id) == (ids[1], None)
        assert chat_with_is(session, world) == ids[1]
        assert trail.ever_worked_on(session, world.case, ids[1])
        assert not people.by_email(session, world.tenant, "anna.b@example.invalid")
        joined = people.person(session, world.tenant, ids[0])
        assert joined is not None
        for one, other in ((kept_one, kept_one), (joined, kept_one), (kept_one, joined)):
            with pytest.raises(NotTwoAccounts):
                staff.join(session, by(world), one, other)

    desk.run_now(work)


def north_of(session: Session, world: World) -> int:
    return unit(session, world, NORTH).id


def chat_with_is(session: Session, world: World) -> int:
    found = conversations.find(session, world.tenant, "chat")
    assert found is not None
    return found.person_id


def test_a_reading_both_have_stays_where_it_is_and_a_role_without_end_stays_so(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        stays = enter(session, world, "anna", NORTH, "case_worker")
        gone = enter(session, world, "anna.b", NORTH, "case_worker", valid_from=TODAY)
        own = filled.get(session, world.tenant, world.filled)
        assert own is not None
        for person in (stays, gone):
            reading = own.model_copy(update={"id": None, "role": "unit_manager", "person_id": person.id})
            filled.add(session, FilledRow(**reading.model_dump(exclude={"id"})))
        ids = (gone.id, stays.id)

        staff.join(session, by(world), gone, stays)

        kept_one = people.person(session, world.tenant, ids[1])
        assert kept_one is not None
        assert roles(session, kept_one) == [(north_of(session, world), "case_worker", None, None)]

    desk.run_now(work)
    assert scalar(desk, "select count(distinct person_id) from filled_checklist where role = 'unit_manager'") == 2


def test_a_leavers_cases_go_to_a_worker_of_their_unit_as_lead_or_co_worker(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        anna = enter(session, world, "anna", NORTH, "case_worker")
        bo = enter(session, world, "bo", NORTH, "case_worker")
        north, south = unit(session, world, NORTH), unit(session, world, SOUTH)
        wanted = [
            (north.id, anna.id, None),
            (north.id, bo.id, anna.id),
            (north.id, None, anna.id),
            (south.id, anna.id, None),
        ]
        made = [
            add_case(
                session, CaseRow(tenant_id=world.tenant, ref=f"SN 2026/020{n}", unit_id=at, lead_id=lead, co_id=co)
            )
            for n, (at, lead, co) in enumerate(wanted)
        ]

        count, changes = staff.hand_over(session, by(world), made, anna, bo)

        assert count == 3
        assert {change.notice for change in changes} == {"handed_over"}
        assert [(case.lead_id, case.co_id) for case in made] == [
            (bo.id, None),
            (bo.id, None),
            (None, bo.id),
            (anna.id, None),
        ]
        for to in (anna, enter(session, world, "doris", "Västra (påhittad)", "case_worker")):
            with pytest.raises(NoWorkerThere):
                staff.hand_over(session, by(world), made[3:], anna, to)

    desk.run_now(work)


# --- units -----------------------------------------------------------------------------------------------------------


def summed(session: Session, tenant: int) -> Counter[tuple[str, ...]]:
    """Return all figures, whatever their unit."""
    sums: Counter[tuple[str, ...]] = Counter()
    for part in everything(session, tenant):
        for one in part:
            sums[one.checklist, str(one.version), one.role, one.item, one.code, str(one.value)] += one.n
    return sums


def count_events(session: Session) -> int:
    return len(session.exec(select(EventRow.id)).all())


def two_units_with_figures(session: Session, world: World) -> tuple[UnitRow, UnitRow]:
    """Give two units cases with lists, the same figures on the same days among them, and one disposed of."""
    one, other = unit(session, world, "Påhittade enheten"), unit(session, world, SOUTH)
    first = filled.get(session, world.tenant, world.filled)
    assert first is not None
    for number, at in enumerate((one, other, other, one)):
        row = CaseRow(tenant_id=world.tenant, ref=f"SN 2026/03{number:02}", unit_id=at.id, received_on=TODAY)
        row.opened_on = row.closed_on = TODAY
        case = add_case(session, row)
        values = {**first.model_dump(exclude={"id"}), "case_id": case.id, "unit_id": at.id}
        filled.add(session, FilledRow(**values))
        if number > 1:
            tenant = tenants.get(session, world.tenant)
            dispose_of(session, tenant, case, NOW)
            one, other = unit(session, world, "Påhittade enheten"), unit(session, world, SOUTH)
            first = filled.get(session, world.tenant, world.filled)
            assert first is not None
    return one, other


def test_a_unit_renamed_and_merged_has_the_same_figures_before_and_after(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        one, other = two_units_with_figures(session, world)
        before, by_unit = summed(session, world.tenant), everything(session, world.tenant)
        events = count_events(session)

        units.rename(session, by(world), one, "Nya enheten (påhittad)")
        assert everything(session, world.tenant) == by_unit
        units.merge(session, by(world), one, other)

        assert summed(session, world.tenant) == before
        assert {count.unit_id for part in everything(session, world.tenant) for count in part} == {other.id}
        assert count_events(session) == events + 2, "what was recorded stays, and each deed is recorded"
        session.flush()

    desk.run_now(work)

    def recounted(session: Session) -> None:
        live = everything(session, world.tenant)
        projection_queue.enqueue_tenant(session, world.tenant)
        aggregates.project_all(session)
        assert everything(session, world.tenant) == live, "figures counted anew say the same"
        assert set(session.exec(select(CaseRow.unit_id))) == {unit(session, world, SOUTH).id}

    desk.run_now(recounted)


def test_merging_moves_the_people_and_of_a_role_held_in_both_the_longer_time(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        enter(session, world, "cecilia", NORTH, "unit_manager")
        north = unit(session, world, NORTH)
        nils = enter(session, world, "nils", NORTH, "case_worker", valid_from=TODAY, valid_to=TODAY + timedelta(9))
        enter(session, world, "nils", SOUTH, "case_worker", valid_from=TODAY - timedelta(9), valid_to=TODAY)
        eva = enter(session, world, "eva", NORTH, "case_worker")
        enter(session, world, "eva", SOUTH, "case_worker", valid_from=TODAY, valid_to=TODAY)
        south = unit(session, world, SOUTH)

        units.merge(session, by(world), north, south)

        assert [row.name for row in people.holders(session, world.tenant, south.id, "unit_manager", TODAY)] == [
            "Cecilia"
        ]
        assert roles(session, nils) == [(south.id, "case_worker", TODAY - timedelta(9), TODAY + timedelta(9))]
        assert roles(session, eva) == [(south.id, "case_worker", None, None)]
        for into in (south, north):
            with pytest.raises(UnitGone):
                units.merge(session, by(world), into, into)
        assert people.unit_by_id(session, world.tenant, north.id) is None
        assert unit(session, world, NORTH).id == south.id, "a file that says the old name means the unit it is in now"

    desk.run_now(work)


def test_a_role_of_two_rows_or_two_units_is_not_held_on_the_days_between_that_nobody_gave(
    desk: Desk, world: World
) -> None:
    def days(first: int, last: int) -> tuple[date, date]:
        return TODAY + timedelta(first), TODAY + timedelta(last)

    def work(session: Session) -> None:
        enter(session, world, "dag", NORTH, "deputy", *days(-30, -20))
        enter(session, world, "dag", SOUTH, "deputy", *days(20, 30))
        pia = enter(session, world, "pia", NORTH, "deputy", *days(20, 30))
        enter(session, world, "pia", SOUTH, "deputy", *days(-5, 5))
        eva = enter(session, world, "eva", NORTH, "deputy", *days(-9, -1))
        enter(session, world, "eva", SOUTH, "deputy", *days(0, 5))
        bo = enter(session, world, "bo", SOUTH, "deputy", *days(-30, -20))
        staff.join(session, by(world), bo, enter(session, world, "bob", SOUTH, "deputy", *days(20, 30)))
        units.merge(session, by(world), unit(session, world, NORTH), unit(session, world, SOUTH))

        held = {}
        for name in ("dag", "pia", "eva", "bob"):
            person = people.by_email(session, world.tenant, f"{name}@example.invalid")
            assert person is not None
            [held[name]] = [(first, last) for _, _, first, last in roles(session, person)]
        assert held == {"dag": days(20, 30), "pia": days(-5, 5), "eva": days(-9, 5), "bob": days(20, 30)}
        assert pia.id != eva.id
        was = session.exec(select(EventRow.detail).where(EventRow.act == "role_was")).all()
        assert len(was) == 2, "the days of the register's past that it does not show any more"

    desk.run_now(work)


def test_a_name_that_is_or_was_another_units_is_taken_and_ones_own_old_one_is_not(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        north, south = unit(session, world, NORTH), unit(session, world, SOUTH)
        assert units.rename(session, by(world), north, NORTH) == ()
        units.rename(session, by(world), north, "Nya namnet")
        for name in (SOUTH.upper(),):
            with pytest.raises(UnitNameTaken):
                units.rename(session, by(world), north, name)
        for name in ("", " ", "#1", "x" * 201):
            with pytest.raises(UnitHasNoName):
                units.rename(session, by(world), north, name)
        with pytest.raises(UnitNameTaken):
            units.rename(session, by(world), south, NORTH)
        with pytest.raises(PersonalNumberInText):
            units.rename(session, by(world), north, "Enhet 19121212-1212")
        units.rename(session, by(world), north, "Nya namnen")

        units.rename(session, by(world), north, NORTH)

        assert unit(session, world, "nya namnet").id == unit(session, world, NORTH).id == north.id
        assert set(people.unit_names(session, world.tenant).values()) == {"", "Påhittade enheten", NORTH, SOUTH}
        assert "Nya namnet" in people.unit_names(session, world.tenant, former=True).values()

    desk.run_now(work)


def test_a_unit_is_closed_when_nothing_is_open_and_a_file_that_names_it_is_refused(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        own = unit(session, world, "Påhittade enheten")
        with pytest.raises(UnitHasCases):
            units.close(session, by(world), own, TODAY)
        the_case(session, world).closed_on = TODAY
        nils = enter(session, world, "nils", own.name, "case_worker")
        bo = enter(session, world, "bo", own.name, "case_worker", valid_to=TODAY - timedelta(1))
        ada = enter(session, world, "ada", own.name, "admin")

        units.close(session, by(world), own, TODAY)

        assert roles(session, nils) == [(own.id, "case_worker", None, TODAY)]
        assert roles(session, bo)[0][3] == TODAY - timedelta(1)
        assert roles(session, ada)[0][3] is None
        with pytest.raises(UnitGone):
            units.close(session, by(world), own, TODAY)
        with pytest.raises(UnitGone):
            units.merge(session, by(world), unit(session, world, NORTH), own)
        tenant = tenants.get(session, world.tenant)
        assert Units(session, Order(frozenset(), NOW, "cli:x")).id_of(tenant, own.name) == own.id
        with pytest.raises(Exception, match="BK-545"):
            Units(session, Order(frozenset(), NOW + timedelta(1), "cli:x")).id_of(tenant, own.name)

    desk.run_now(work)


# --- messages --------------------------------------------------------------------------------------------------------


def message(session: Session, world: World, state: str) -> OutboxRow:
    chat = chat_with(session, world)
    row = OutboxRow(
        tenant_id=world.tenant,
        kind="prompt",
        conversation_id=chat.id,
        case_id=TENANT_ITSELF,
        nonce=state,
        view=b"",
        state=state,
        due_at=NOW - timedelta(1),
        created_at=NOW,
    )
    outbox.put(session, row, "{}")
    session.flush()
    return row


def test_a_message_left_is_sent_again_or_dropped_and_no_other(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        uncertain, stopped, sent, emptied = (
            message(session, world, state)
            for state in (outbox.UNCERTAIN, outbox.STOPPED, outbox.SENT, outbox.UNCERTAIN)
        )
        emptied.view = b""
        session.flush()
        assert [row.id for row in outbox.left(session, world.tenant)] == [uncertain.id, stopped.id, emptied.id]

        sends.again(session, by(world), uncertain.id)
        sends.drop(session, by(world), stopped.id)

        assert (uncertain.state, stopped.state) == (outbox.WAITING, outbox.DROPPED)
        assert uncertain.id in [row.id for row in outbox.lease(session, NOW, timedelta(1), 9, "")]
        for row in (uncertain, stopped, sent):
            for act in (sends.again, sends.drop):
                with pytest.raises(SendIsGone):
                    act(session, by(world), row.id)
        with pytest.raises(SendIsGone):
            sends.again(session, by(world), emptied.id)

    desk.run_now(work)


def test_the_cases_left_out_are_kept_until_they_are_read_again(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        faulty = [Skipped(world.case, ValueError("never kept"))]
        skipped.note(session, world.tenant, TODAY, [world.case], faulty)
        skipped.note(session, world.tenant, TODAY + timedelta(1), [], faulty)
        assert [(one.case_id, one.ref, one.since, one.what) for one in skipped.listed(session, world.tenant)] == [
            (world.case, "SN 2026/0001", TODAY, "ValueError")
        ]
        the_case(session, world).protected_identity = True
        session.flush()
        assert skipped.listed(session, world.tenant)[0].ref == ""
        skipped.note(session, world.tenant, TODAY, [world.case], [])
        assert skipped.listed(session, world.tenant) == []

    desk.run_now(work)


# --- the monthly check of accesses -----------------------------------------------------------------------------------

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def test_the_draw_can_be_drawn_again_and_goes_to_whoever_is_to_look() -> None:
    accesses = [Access(n, 7, n % 3, frozenset({"case_worker"})) for n in range(1, 90)]
    accesses += [
        Access(n, 8, 1, frozenset({"case_worker", role})) for n, role in enumerate(log_check.LOOKED_AT_ABOVE, 100)
    ]

    drawn = log_check.draw("made-up", "2026-05-01", accesses, WHOLE)

    assert drawn == log_check.draw("made-up", "2026-05-01", reversed(accesses), WHOLE)
    assert drawn != log_check.draw("made-up", "2026-06-01", accesses, WHOLE)
    assert {seat: len(events) for seat, events in drawn.items()} == {1: 5, 2: 5, WHOLE: 4}
    assert set(drawn[WHOLE]) == {100, 101, 102, 103}
    assert all(event % 3 == seat for seat in (1, 2) for event in drawn[seat])


def test_a_months_accesses_are_drawn_once_and_each_is_checked_once_by_another(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        worker = enter(session, world, "anna", "Påhittade enheten", "case_worker")
        chef = enter(session, world, "cecilia", "Påhittade enheten", "unit_manager")
        manager = enter(session, world, "mona", "", "manager")
        for person, act in ((worker, "answered"), (worker, "denied"), (chef, "reading_begun"), (manager, "export")):
            trail.record(session, world.tenant, NOW, f"person:{person.id}", act, case_id=world.case)
        trail.record(session, world.tenant, NOW, "cli:x", "export")
        session.flush()
        assert log_checks.sample(session, by(world), MAY) == (), "the month is not over"
        later = by(world, 30)
        assert [one.event for one in log_checks.sample(session, later, MAY)] == ["log_sampled"]
        assert log_checks.sample(session, later, MAY) == ()
        assert log_checks.sample(session, by(world, 90), JUNE) == (), "there is nothing to draw from"

        cecilia = of_person(world.tenant, chef.id, NOW + timedelta(30))
        mona = of_person(world.tenant, manager.id, NOW + timedelta(30))
        unit_id = world.unit
        [row] = log_checks.hers(session, cecilia, MAY, Checker((unit_id, unit_id)))
        above = log_checks.hers(session, mona, MAY, Checker(whole=True))
        assert kept.event(session, row).act == "answered"
        assert [kept.event(session, one).act for one in above] == ["reading_begun"], "her own is another's to check"
        own = next(
            one for one in kept.of_tenant(session, world.tenant, MAY) if one.unit_id == WHOLE and one not in above
        )
        for origin, one, checker in (
            (cecilia, above[0], Checker((unit_id,))),
            (mona, row, Checker(whole=True)),
            (mona, own, Checker(whole=True)),
        ):
            with pytest.raises(CheckIsNotHers):
                log_checks.check(session, origin, one.id, "in_order", checker)

        [done] = log_checks.check(session, cecilia, row.id, "followed_up", Checker((unit_id,)))

        assert (done.event, done.detail) == ("log_checked", f"{row.event_id} followed_up")
        assert (row.outcome, row.checked_by_id) == ("followed_up", chef.id)
        with pytest.raises(CheckIsNotHers):
            log_checks.check(session, cecilia, row.id, "in_order", Checker((unit_id,)))
        with pytest.raises(CheckIsNotHers):
            log_checks.check(session, cecilia, 10_000, "in_order", Checker((unit_id,)))
        assert kept.newest_month(session, world.tenant) == MAY

    desk.run_now(work)


def test_what_a_chef_did_with_an_account_that_was_joined_is_a_managers_to_check(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        old = enter(session, world, "cecilia.old", "Påhittade enheten", "unit_manager")
        chef = enter(session, world, "cecilia", "Påhittade enheten", "unit_manager")
        manager = enter(session, world, "mona", "", "manager")
        ended = enter(session, world, "mona.old", "", "manager")
        for person in (old, ended):
            trail.record(session, world.tenant, NOW, f"person:{person.id}", "answered", case_id=world.case)
        chef_id, manager_id, hers = chef.id, manager.id, f"person:{ended.id}"
        staff.join(session, by(world), old, chef)
        staff.join(session, by(world), *(people.by_ids(session, world.tenant, [ended.id, manager_id])))
        log_checks.sample(session, by(world, 30), MAY)

        cecilia, mona = (of_person(world.tenant, one, NOW + timedelta(30)) for one in (chef_id, manager_id))
        assert log_checks.hers(session, cecilia, MAY, Checker((world.unit,))) == []
        whole = Checker(whole=True)
        assert len(log_checks.hers(session, mona, MAY, whole)) == 1, "not what she did with her own old account"
        [own] = [one for one in kept.of_tenant(session, world.tenant, MAY) if kept.event(session, one).actor == hers]
        with pytest.raises(CheckIsNotHers):
            log_checks.check(session, mona, own.id, "in_order", whole)

    desk.run_now(work)


def test_a_wrong_reference_is_put_right_by_anyone_who_may(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        wrong_case.rename(session, by(world), the_case(session, world), "SN 2026/0999")
        assert cases.find(session, world.tenant, "SN 2026/0999") is not None

    desk.run_now(work)
    assert change(desk, "update cases set ref = ref") == 1
