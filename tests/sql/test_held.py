"""What a row can hold is checked when it is written and when it is read; what cannot be is told by place, not value."""

import json
import logging
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import and_, text
from sqlmodel import col, func, select

from checklists.tenant_settings import DEFAULTS, can_be_read, read_settings, what_can_be_read
from storage import cases, not_held, outbox, people, tenants
from storage.cases import CaseRow, FactRow
from storage.desk import Desk, Session
from storage.held import NotHeld
from storage.people import PersonRow
from storage.prepared import prepared
from tests.sql.conftest import NOW, World, change, scalar, the_case
from tests.sql.test_boxes import put
from tests.sql.test_disposal import neighbour

SECRET = "Påhittad hemlighet"


def test_what_cannot_be_held_is_not_written_and_not_quoted(desk: Desk, world: World) -> None:
    def write(session: Session) -> None:
        session.get_one(PersonRow, world.person).language = SECRET  # type: ignore[assignment]

    with pytest.raises(NotHeld) as refused:
        desk.run_now(write)

    one = refused.value
    assert (one.table, one.row, one.columns) == ("person", str(world.person), ("language",))
    assert SECRET not in str(refused.value)
    assert scalar(desk, "select language from person") == "sv"


def test_a_text_that_is_too_long_is_not_written(desk: Desk, world: World) -> None:
    with pytest.raises(NotHeld):
        desk.run_now(lambda session: session.add(PersonRow(tenant_id=world.tenant, name="x" * 201)))


def test_a_list_goes_without_the_row_and_who_asks_for_it_is_told(
    desk: Desk, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    other = desk.run_now(lambda session: neighbour(session, world))
    change(desk, f"update cases set case_type = 'hemligt' where id = {other.case}")
    told: list[bool] = []
    desk.noticed = lambda: told.append(True)

    def listed(session: Session) -> list[int]:
        return [row.id for row in session.exec(cases.in_units(world.tenant, [world.unit])).all()]

    with caplog.at_level(logging.ERROR):
        for _ in range(2):
            assert desk.run_now(listed) == [world.case]
    with pytest.raises(NotHeld):
        desk.run_now(partial(cases.get, tenant_id=world.tenant, row_id=other.case))
    with pytest.raises(NotHeld):
        desk.run_now(lambda session: session.get_one(CaseRow, other.case))

    desk.noticed = None
    assert told == [True], "each row once"
    [line] = [record.getMessage() for record in caplog.records]
    assert f"row {other.case} of the table cases holds in case_type" in line
    assert "tests/sql/test_held.py:" in line
    assert "hemligt" not in line
    found, count = desk.read_now(not_held.look)
    assert [(one.table, one.row, one.columns) for one in found] == [("cases", str(other.case), ("case_type",))]
    assert count > 1
    change(desk, f"update cases set case_type = 'barn' where id = {other.case}")
    desk.report_anew()
    assert desk.run_now(listed) == [world.case, other.case]


@pytest.mark.parametrize("ready", [False, True])
def test_a_value_that_is_asked_for_by_itself_is_held_to_the_same_as_its_row(
    desk: Desk, world: World, ready: bool
) -> None:
    """Whether the statement is prepared or not, alone, beside others, or beside a whole row."""
    other = desk.run_now(lambda session: neighbour(session, world))
    change(desk, f"update cases set case_type = 'hemligt' where id = {other.case}")
    change(desk, "update person set language = 'xx'")
    of_case: Any = select(col(CaseRow.id), col(CaseRow.case_type).label("kind")).order_by(col(CaseRow.id))
    languages = select(PersonRow.language).where(PersonRow.id == world.person)
    both: Any = select(CaseRow.case_type, PersonRow, func.length(CaseRow.case_type))
    both = both.join(PersonRow, col(PersonRow.tenant_id) == CaseRow.tenant_id).where(PersonRow.id == world.person)
    queries: list[Any] = [of_case, languages, both]
    asked = list(map(prepared, queries)) if ready else queries

    def work(session: Session) -> None:
        of_cases, told, pairs = (session.exec(query) for query in asked)
        assert (of_cases.all(), told.all()) == ([(world.case, "barn")], ["sv"])
        assert [(case_type, row.id, length) for case_type, row, length in pairs] == [("barn", world.person, 4)]
        assert [(one.table, one.row, one.columns) for one in of_cases.left_out] == [
            ("cases", str(other.case), ("case_type",))
        ]
        with pytest.raises(NotHeld):
            session.exec(asked[0]).first()

    desk.run_now(work)


def test_a_value_of_a_row_that_cannot_be_left_out_raises_and_none_of_an_outer_join_does_not(
    desk: Desk, world: World
) -> None:
    query: Any = select(col(CaseRow.id), col(FactRow.value)).join(
        FactRow, and_(col(FactRow.case_id) == col(CaseRow.id), col(FactRow.name) == "nothing"), isouter=True
    )
    assert desk.run_now(lambda session: session.exec(query).all()) == [(world.case, None)]

    new = FactRow(tenant_id=world.tenant, case_id=world.case, child=0, name="violence", value="ja", revision=1, at=NOW)
    desk.run_now(lambda session: session.add(new))
    change(desk, "update fact set value = 'kanske'")
    with pytest.raises(NotHeld):
        desk.run_now(lambda session: session.exec(select(FactRow.value)))


def test_what_is_read_instead_is_not_written_over_what_stands_there(desk: Desk, world: World) -> None:
    change(desk, "update person set language = 'xx'")

    def work(session: Session) -> str:
        person = people.by_ids(session, world.tenant, [world.person])[0]
        person.name = "Ny Påhittad"
        return person.language

    assert desk.run_now(work) == "sv"
    assert scalar(desk, "select language from person") == "xx", "whoever is to mend it can no longer see it"
    assert scalar(desk, "select name from person") == "Ny Påhittad"


def test_a_row_that_has_become_invalid_is_not_read_again(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        row = the_case(session, world)
        session.connection().execute(text("update cases set case_type = 'kanske'"))
        session.refresh(row)

    with pytest.raises(NotHeld):
        desk.run_now(work)


def test_a_row_that_is_read_again_takes_what_is_read_instead(desk: Desk, world: World) -> None:
    def work(session: Session) -> str:
        [person] = people.by_ids(session, world.tenant, [world.person])
        session.connection().execute(text("update person set language = 'xx'"))
        session.refresh(person)
        return person.language

    assert desk.run_now(work) == "sv"


def test_messages_that_cannot_be_read_do_not_stand_in_the_way_of_the_others(desk: Desk, world: World) -> None:
    put(desk, world, 3)
    if desk.dialect == "postgresql":
        pytest.skip("PostgreSQL refuses such values")
    change(desk, "update outbox set sends = 'x' where id <= 2")

    def leased(session: Session) -> list[int]:
        return [row.id for row in outbox.lease(session, NOW + timedelta(1), timedelta(1), 2, "r")]

    desk.run_now(leased)
    assert len(desk.run_now(leased)) == 1
    assert desk.run_now(lambda session: outbox.counts(session)[outbox.STOPPED]) == 2


@pytest.mark.parametrize("stored", ["", "{", "[]", '{"target": 500, "motivation": "text"}', '{"content": "tabb"}'])
def test_settings_that_cannot_be_read_are_left_out_one_by_one_and_nothing_goes_into_the_chat(stored: str) -> None:
    assert not can_be_read(stored)
    found = read_settings(what_can_be_read(stored))

    assert found.target == DEFAULTS.target
    assert found.motivation == ("text" if "motivation" in stored else DEFAULTS.motivation)
    assert found.content == ("chat" if "target" in stored else "tab")
    kept = what_can_be_read('{"retention": {"case_months": 3}, "target": "x"}')
    assert json.loads(kept) == {"retention": {"case_months": 3}}


def test_a_municipality_with_a_setting_that_cannot_be_read_is_there_all_the_same(desk: Desk, world: World) -> None:
    stored = '{"target": 500, "content": "tab"}'
    desk.run_now(lambda s: s.connection().execute(text("update tenant set settings = :stored"), {"stored": stored}))

    def read(session: Session) -> tuple[int, str]:
        found = tenants.settings(tenants.get(session, world.tenant))
        return found.target, found.content

    assert desk.run_now(read) == (80, "tab")
    [one] = desk.read_now(not_held.look)[0]
    assert (one.table, one.columns) == ("tenant", ("settings",))
