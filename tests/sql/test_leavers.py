"""The personal data of people who left go by date; what they did can still be read, on both databases."""

from datetime import date, timedelta

import pytest

from actions import leavers as acts
from actions import settings, staff
from actions.origin import Origin, of_person
from checklists.retention import Retention
from reports import register
from storage import access_log, cases, conversations, leavers, people, tenants, trail
from storage.cases import CaseRow
from storage.desk import Desk, Session
from storage.people import PersonRow
from storage.tenants import TenantRow
from tests.sql.conftest import NOW, World, scalar
from tests.sql.test_administration import NORTH, TODAY, by, enter
from tests.sql.test_disposal import put_message

YEAR = Retention(leaver_months=12)
LEFT = date(TODAY.year - 1, TODAY.month, TODAY.day)
"""The last working day of somebody who left a year ago today."""


def leaver(session: Session, world: World, name: str = "lisa", last: date = LEFT) -> PersonRow:
    person = enter(session, world, name, NORTH, "case_worker", date(2020, 1, 1), last)
    person.object_id = f"00000000-0000-4000-8000-{person.id:012}"
    chat = conversations.begin(session, world.tenant, person.id, f"chat-{name}", "http://127.0.0.1/", '{"user":"Lisa"}')
    put_message(session, world, chat.id, "Lisa")
    session.flush()
    return person


def names(session: Session, world: World) -> list[str]:
    return [row.name for row in leavers.due(session, world.tenant, YEAR, TODAY)]


def test_nobody_goes_before_her_day_or_while_a_case_is_hers(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        lisa = leaver(session, world)
        leaver(session, world, "maja", LEFT + timedelta(1))
        enter(session, world, "stina", NORTH, "case_worker")
        twice = leaver(session, world, "tove")
        enter(session, world, "tove", NORTH, "peer_reviewer", None, TODAY + timedelta(1))
        assert twice.name == "Tove"
        assert names(session, world) == ["Lisa"]
        assert leavers.due(session, world.tenant, Retention(), TODAY) == []
        case = cases.add(
            session, CaseRow(tenant_id=world.tenant, ref="SN 2026/0700", unit_id=world.unit, lead_id=lisa.id)
        )
        assert names(session, world) == []
        case.closed_on = TODAY
        session.flush()
        assert names(session, world) == ["Lisa"]

    desk.run_now(work)


@pytest.mark.parametrize("last", [date.max, TODAY, TODAY + timedelta(1)])
def test_who_has_a_role_today_or_later_has_not_left(last: date) -> None:
    assert not Retention(leaver_months=1).leaver_due(last, TODAY)
    assert not Retention().leaver_due(LEFT, TODAY)


def test_who_left_is_a_number_in_a_role_and_the_trail_holds(desk: Desk, world: World) -> None:
    def work(session: Session) -> int:
        lisa, old = leaver(session, world), enter(session, world, "lisa.b", NORTH, "peer_reviewer", None, LEFT)
        staff.join(session, by(world), old, lisa)
        lisa = people.by_email(session, world.tenant, "lisa@example.invalid") or lisa
        trail.record(session, world.tenant, NOW, of_person(world.tenant, lisa.id, NOW).actor, "answered")
        duty = ["lisa@example.invalid", "bo@example.invalid"]
        settings.change(session, by(world), tenants.get(session, world.tenant), "out_of_hours", duty)
        [_, done] = acts.dispose(session, Origin(world.tenant, "cli:made-up", NOW), YEAR)
        assert (done.event, done.detail) == ("person_disposed", str(lisa.id))
        assert acts.dispose(session, Origin(world.tenant, "cli:made-up", NOW), YEAR) == ()
        return lisa.id

    gone = desk.run_now(work)

    for table, column in (("person", "name"), ("person", "email"), ("conversation", "reference"), ("event", "detail")):
        assert scalar(desk, f"select count(*) from {table} where lower({column}) like '%lisa%'") == 0
    assert scalar(desk, "select count(*) from tenant where settings like '%lisa%' or settings not like '%bo@%'") == 0
    assert scalar(desk, "select count(*) from person where object_id like '00000000%'") == 0
    assert scalar(desk, "select count(*) from outbox") == 0

    def look(session: Session) -> None:
        tenant = session.get_one(TenantRow, world.tenant)
        name, roles = access_log.names_and_roles(session, world.tenant)[gone]
        assert name == f"Tidigare medarbetare {gone}"
        assert roles == "case_worker,peer_reviewer"
        assert all(row.id != gone for row in people.register(session, world.tenant))
        assert not any("Tidigare" in cell for row in register.rows(session, tenant) for cell in row)
        back = enter(session, world, "lisa", NORTH, "case_worker")
        assert back.id != gone

    desk.run_now(look)
    desk.run_now(trail.chain_new)
    assert desk.run_now(lambda session: trail.verify(session, world.tenant)).bad is None
