"""The register: people and their roles on a day, first and last day included."""

from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from checklists.model import Role
from checklists.ref_pattern import DEFAULT_PATTERN
from checklists.rights import ROLES
from storage import arrivals, people, tenants
from storage.arrivals import Arrival
from storage.desk import Desk, Session
from storage.people import PersonRow, RoleRow
from tests.sql.conftest import World, make_world, scalar

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


def hold(desk: Desk, world: World, role: Role, first: date | None, last: date | None) -> None:
    row = RoleRow(
        tenant_id=world.tenant,
        person_id=world.person,
        unit_id=world.unit,
        role=role,
        valid_from=first,
        valid_to=last,
    )
    desk.run_now(lambda session: session.add(row))


def arrives(session: Session, tenant: str, object_id: str, day: date) -> Arrival | None:
    return arrivals.find(session, tenant, object_id, day, channel_id="chat", activity_id="1", press=None)


def held_on(desk: Desk, world: World, day: date) -> set[Role]:
    """Return the roles on a day, checking that both ways to read them agree."""
    one_way = {row.role for row in desk.run_now(lambda session: people.roles_on(session, world.person, day))}
    found = desk.run_now(lambda session: arrives(session, "made-up-one", "object-one", day))
    assert {row.role for row in found.roles} == one_way if found else not one_way
    return one_way


BEFORE, AFTER = FIRST - timedelta(1), LAST + timedelta(1)
ALWAYS = [date(1, 1, 1), BEFORE, FIRST, LAST, AFTER, date(9999, 12, 31)]
HELD = {
    (FIRST, LAST): [FIRST, LAST],
    (FIRST, FIRST): [FIRST],
    (FIRST, None): [FIRST, LAST, AFTER, date(9999, 12, 31)],
    (None, LAST): [date(1, 1, 1), BEFORE, FIRST, LAST],
    (None, None): ALWAYS,
}


def test_a_role_is_held_from_the_first_to_the_last_day(desk: Desk, world: World) -> None:
    for role, (first, last) in zip(ROLES, HELD, strict=False):
        hold(desk, world, role, first, last)
    held = {day: held_on(desk, world, day) for day in ALWAYS}

    for role, days in zip(ROLES, HELD.values(), strict=False):
        assert [day for day in ALWAYS if role in held[day]] == days


def test_several_roles_are_held_at_once(desk: Desk, world: World) -> None:
    hold(desk, world, "case_worker", None, None)
    hold(desk, world, "deputy", FIRST, LAST)

    assert held_on(desk, world, FIRST) == {"case_worker", "deputy"}
    assert held_on(desk, world, LAST + timedelta(1)) == {"case_worker"}


def test_a_person_without_a_role_is_unknown(desk: Desk, world: World) -> None:
    assert desk.run_now(lambda session: arrives(session, "made-up-one", "object-one", FIRST)) is None


def test_a_role_in_one_municipality_gives_none_in_another(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: make_world(session, "two"))
    hold(desk, world, "auditor", None, None)

    def known(tenant: str, object_id: str) -> bool:
        return desk.run_now(lambda session: arrives(session, tenant, object_id, FIRST)) is not None

    assert known("made-up-one", "object-one")
    assert not known("made-up-two", "object-one")
    assert not known("made-up-one", "object-two")
    assert not known("made-up-two", "object-two")
    assert not known("no such municipality", "object-one")


def test_a_person_is_found_in_her_own_municipality_only(desk: Desk, world: World) -> None:
    other = desk.run_now(lambda session: make_world(session, "two"))

    def work(session: Session) -> list[int | None]:
        found = [
            people.by_object_id(session, world.tenant, "object-one"),
            people.by_object_id(session, other.tenant, "object-one"),
            people.person(session, world.tenant, world.person),
            people.person(session, other.tenant, world.person),
        ]
        return [row.id if row else None for row in found]

    assert desk.run_now(work) == [world.person, None, world.person, None]


def test_an_email_is_found_however_it_is_written_and_bound_once(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        assert not people.unbound_emails_exist(session, world.tenant)
        session.add(PersonRow(tenant_id=world.tenant, email="bo@example.se", name="Bo Påhitt"))
        session.flush()
        assert people.unbound_emails_exist(session, world.tenant)

        row = people.by_email(session, world.tenant, " Bo@Example.SE ")
        assert row is not None
        people.bind(row, "object-bo")
        session.flush()
        assert not people.unbound_emails_exist(session, world.tenant)
        with pytest.raises(ValueError, match="bound already"):
            people.bind(row, "object-somebody-else")
        assert people.by_object_id(session, world.tenant, "object-bo") is row

    desk.run_now(work)


@pytest.mark.parametrize("column", ["object_id", "email"])
def test_no_two_people_of_a_municipality_share_an_id_or_an_email(desk: Desk, world: World, column: str) -> None:
    def add(session: Session) -> None:
        for name in ("Bo", "Cai"):
            row = PersonRow(tenant_id=world.tenant, name=name)
            setattr(row, column, "the same")
            session.add(row)

    with pytest.raises(IntegrityError):
        desk.run_now(add)
    assert scalar(desk, "select count(*) from person") == 1


def test_a_unit_named_for_the_first_time_is_made_under_the_organisation(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        made = people.unit(session, world.tenant, "Ny enhet")
        whole = people.unit(session, world.tenant, people.ORGANISATION)

        assert made.parent_id == whole.id
        assert whole.parent_id is None
        assert people.unit(session, world.tenant, "Ny enhet").id == made.id
        assert set(people.unit_names(session, world.tenant).values()) == {"", "Ny enhet", "Påhittade enheten"}

    desk.run_now(work)


def test_a_municipality_is_made_once_with_a_key_of_its_own(desk: Desk) -> None:
    made = desk.run_now(lambda session: tenants.ensure(session, "made-up").id)

    assert desk.run_now(lambda session: tenants.ensure(session, "made-up").id) == made
    assert scalar(desk, "select count(*) from sealing_key where case_id = 0") == 1
    assert [row.id for row in desk.run_now(tenants.everyone)] == [made]
    assert desk.run_now(lambda session: tenants.find(session, "someone else")) is None


def test_a_municipality_can_have_its_own_settings(desk: Desk) -> None:
    row = desk.run_now(lambda session: tenants.ensure(session, "made-up"))
    assert tenants.setting(row, "case_ref_pattern") == DEFAULT_PATTERN

    row.settings = '{"case_ref_pattern": "BK-1"}'
    assert tenants.setting(row, "case_ref_pattern") == "BK-1"
    with pytest.raises(KeyError):
        tenants.setting(row, "no_such_setting")
