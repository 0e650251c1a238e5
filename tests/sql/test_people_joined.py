"""Migration 0010: one person per Entra id, nobody for an empty one; and what `migrate` then tells."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.commandline import doubts
from checklists.case_dates import CaseDates, impossible
from storage import arrivals, migrate, people, tenants
from storage.cases import CaseRow
from storage.desk import Desk, Session, opened
from storage.people import UnitRow
from storage.sealing import Keys
from tests.conftest import TRAIL
from tests.sql.conftest import KEYS, add_case, make_world
from tests.sql.test_clocks_migrated import to

HERS = "aaaaaaaa-0000-4000-8000-00000000000b"
TODAY = date(2026, 5, 12)


def run(desk: Desk, *statements: str) -> None:
    def work(session: Session) -> None:
        for statement in statements:
            session.connection().execute(text(statement))

    desk.run_now(work)


def rows(desk: Desk, query: str) -> list[tuple[object, ...]]:
    return desk.read_now(lambda session: [tuple(row) for row in session.connection().execute(text(query))])


def person(row: int, object_id: str, email: str) -> str:
    return (
        "insert into person (id, tenant_id, object_id, email, name, language, welcomed) select "
        f"{row}, id, {object_id}, {email}, 'Mira Påhitt', 'sv', false from tenant"
    )


def role(row: int, whose: int, name: str, until: str) -> str:
    return (
        "insert into role (id, tenant_id, person_id, unit_id, role, valid_to) select "
        f"{row}, tenant_id, {whose}, id, '{name}', {until} from unit where name <> ''"
    )


@pytest.fixture
def joined(empty_url: str) -> Iterator[Desk]:
    """A migrated database that had two rows for one id before, and one bound to an empty id."""
    with opened(empty_url, Keys(KEYS, TRAIL)) as desk:
        migrate.upgrade(desk)
        desk.run_now(make_world)
        to(desk, "0009")
        run(
            desk,
            person(101, f"'{HERS.upper()}'", "'old@example.invalid'"),
            person(102, f"'{HERS}'", "null"),
            person(103, "''", "'chef@example.invalid'"),
            role(1, 101, "case_worker", "'2026-01-31'"),
            role(2, 102, "case_worker", "null"),
            role(3, 101, "auditor", "null"),
            "insert into conversation "
            "(tenant_id, person_id, channel_id, service_url, reference, installed, shown, card) "
            + "select id, 102, 'chat', 'https://example.invalid', '{}', true, '', '' from tenant",
            "update cases set lead_id = 101, co_id = 102",
            "insert into fact (tenant_id, case_id, child, name, revision, value, author_id, at) select "
            "tenant_id, id, 0, 'violence', 1, 'nej', 101, '2026-05-01 06:00:00' from cases",
        )
        migrate.upgrade(desk)
        yield desk


def test_two_rows_of_one_id_become_one_person_with_all_of_both(joined: Desk) -> None:
    assert rows(joined, "select id, object_id, email, joined_into_id from person where id > 100 order by id") == [
        (101, None, None, 102),
        (102, HERS, "old@example.invalid", None),
        (103, None, "chef@example.invalid", None),
    ]
    assert rows(joined, "select person_id, role from role order by id") == [(102, "case_worker"), (102, "auditor")]
    assert rows(joined, "select lead_id, co_id from cases") == [(102, None)]
    assert rows(joined, "select author_id from fact") == [(102,)]
    found = joined.run_now(lambda s: arrivals.find(s, "MADE-UP-one", HERS.upper(), TODAY, "chat", "1", None))
    assert found is not None
    assert {one.role for one in found.roles} == {"case_worker", "auditor"}


def test_the_database_refuses_an_id_that_is_empty(joined: Desk) -> None:
    for nobody in ("''", "'  '"):
        with pytest.raises(DBAPIError):
            run(joined, person(104, nobody, "null"))
        with pytest.raises(DBAPIError):
            run(joined, f"update person set object_id = {nobody} where id = 103")
    run(joined, person(104, "null", "null"))


def test_nobody_arrives_and_nobody_is_bound(joined: Desk) -> None:
    assert joined.run_now(lambda s: arrivals.find(s, "made-up-one", " ", TODAY, "chat", "1", None)) is None

    def bind(session: Session) -> None:
        tenant = tenants.known(session, "made-up-one").id
        row = people.by_email(session, tenant, "chef@example.invalid")
        assert row is not None
        with pytest.raises(ValueError, match="the object id is empty"):
            people.bind(row, " ")

    joined.run_now(bind)


def test_migrate_tells_what_was_joined_and_what_looks_wrong_and_changes_neither(joined: Desk) -> None:
    def spoil(session: Session) -> None:
        tenant = tenants.known(session, "made-up-one").id
        double = UnitRow(tenant_id=tenant, name="PÅHITTADE  enheten")
        session.add(double)
        session.flush()
        unit = double.id
        tenants.ensure(session, "made-up-two")
        for ref, protected in (("SN 2026/0002", False), ("SN 2026/0003", True)):
            case = CaseRow(tenant_id=tenant, unit_id=unit, ref=ref, protected_identity=protected)
            case.opened_on, case.planned_decision_on = date(9999, 1, 1), date(1, 1, 2)
            add_case(session, case)

    joined.run_now(spoil)
    before = rows(joined, "select id, opened_on, planned_decision_on from cases order by id")
    _, second, third = (row[0] for row in before)

    told = joined.read_now(lambda session: list(doubts.lines(session, TODAY)))

    assert told == [
        "made-up-one: person 101 was joined into person 102: one object id in two cases",
        'made-up-one: units that look the same, not changed: "Påhittade enheten", "PÅHITTADE  enheten"',
        f"made-up-one: case {second} SN 2026/0002: impossible opened_on, planned_decision_on, not changed",
        f"made-up-one: case {third}: impossible opened_on, planned_decision_on, not changed",
    ]
    assert rows(joined, "select id, opened_on, planned_decision_on from cases order by id") == before


def test_tenants_in_two_cases_are_told_and_each_is_found_as_it_is_written(joined: Desk) -> None:
    run(joined, "insert into tenant (id, entra_id, settings) values (99, 'MADE-UP-ONE', '{}')")

    def found(session: Session) -> list[int]:
        return [tenants.known(session, name).id for name in ("made-up-one", "MADE-UP-ONE", "Made-Up-One")]

    one, other, either = joined.read_now(found)
    assert (other, either) == (99, one)
    told = joined.read_now(lambda session: list(doubts.lines(session, TODAY)))
    assert "one tenant in two cases, not changed: made-up-one, MADE-UP-ONE" in told


def test_days_of_an_earlier_investigation_and_days_in_order_are_possible() -> None:
    kept = CaseDates(
        received_on=date(2026, 1, 2), opened_on=date(2026, 3, 1), decided_on=date(2026, 2, 1),
        earlier_closed_on=date(2026, 2, 2), planned_decision_on=date(2027, 1, 1),
    )  # fmt: skip
    assert impossible(kept, TODAY) == ()
    assert impossible(CaseDates(opened_on=date(2026, 3, 1), decided_on=date(2026, 2, 1)), TODAY) == (
        "opened_on",
        "decided_on",
    )
    assert impossible(CaseDates(received_on=date(1989, 12, 31), closed_on=date(2026, 5, 13)), TODAY) == (
        "received_on",
        "closed_on",
    )
