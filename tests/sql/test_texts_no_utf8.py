"""A text in SQLite whose bytes are no UTF-8: the row is a named fault like any other, and every other row is read."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from storage import cases, not_held
from storage.cases import CaseRow
from storage.desk import Desk, Session
from storage.people import PersonRow
from tests.sql.conftest import OpenDesk, World, change, scalar
from tests.sql.test_disposal import neighbour
from tests.sql.test_shared_commits import adds, together

DAMAGE = "update cases set case_type = cast(x'6261ff6e' as text) where id = "
Read = Callable[[Session, World], Any]


@pytest.fixture
def kind() -> str:
    """The database of each of these: PostgreSQL takes no such text."""
    return "sqlite"


def of_unit(session: Session, world: World) -> list[int]:
    return [row.id for row in session.exec(cases.in_units(world.tenant, [world.unit])).all()]


def whole_table(session: Session, _world: World) -> list[int]:
    return [row.id for row in session.exec(select(CaseRow)).all()]


def in_portions(session: Session, _world: World) -> list[int]:
    query = select_columns(col(CaseRow.id), col(CaseRow.case_type)).execution_options(yield_per=10)
    return [row.id for row in session.connection().execute(query) if isinstance(row.case_type, str)]


def of_driver(session: Session, _world: World) -> list[int]:
    query = select_columns(col(CaseRow.id), col(CaseRow.case_type))
    found: Any = session.connection().execute(query).cursor
    return [case for case, kind in found.fetchall() if isinstance(kind, str)]


@pytest.mark.parametrize("read", [of_unit, whole_table, in_portions, of_driver])
@pytest.mark.parametrize("how", ["turn", "report"])
def test_it_costs_no_other_row(desk: Desk, world: World, open_desk: OpenDesk, how: str, read: Read) -> None:
    other = desk.run_now(lambda session: neighbour(session, world))
    change(desk, f"{DAMAGE}{other.case}")
    started_anew = open_desk()
    runs = started_anew.run_now if how == "turn" else started_anew.read_now

    for _ in range(2):
        assert runs(lambda session: read(session, world)) == [world.case]


def test_it_is_named_and_can_be_mended(desk: Desk, world: World) -> None:
    other = desk.run_now(lambda session: neighbour(session, world))
    change(desk, f"{DAMAGE}{other.case}")

    assert desk.run_now(lambda session: of_unit(session, world)) == [world.case]

    at = ("cases", str(other.case))
    assert desk.not_held[at].columns == ("case_type",)
    [one] = desk.run_now(not_held.met)
    assert (one.table, one.row, one.columns) == (*at, ("case_type",))
    assert [one.columns for one in desk.read_now(not_held.look)[0]] == [("case_type",)]
    change(desk, f"update cases set case_type = 'barn' where id = {other.case}")
    assert desk.run_now(not_held.met) == [], "what has been mended is shown as broken"
    assert desk.run_now(lambda session: of_unit(session, world)) == [world.case, other.case]


def test_what_was_met_is_known_until_the_second_sweep_after_it(desk: Desk, world: World) -> None:
    change(desk, f"{DAMAGE}{world.case}")
    assert desk.run_now(lambda session: of_unit(session, world)) == []

    desk.report_anew()
    assert [one.row for one in desk.run_now(not_held.met)] == [str(world.case)]
    desk.report_anew()
    assert desk.run_now(not_held.met) == []


def test_what_is_written_with_it_is_written_once(desk: Desk, world: World) -> None:
    change(desk, f"{DAMAGE}{world.case}")

    def work(session: Session) -> None:
        session.connection().exec_driver_sql("update person set name = name || '!'")
        of_unit(session, world)

    before = scalar(desk, "select name from person")
    desk.run_now(work)

    assert scalar(desk, "select name from person") == f"{before}!"


def test_what_shares_a_commit_with_it_is_not_refused(desk: Desk, world: World) -> None:
    change(desk, f"{DAMAGE}{world.case}")
    name = "99999999-9999-4999-8999-999999999999"

    found = asyncio.run(together(desk, adds(name), lambda session: of_unit(session, world)))

    assert found == [name, []]
    assert scalar(desk, f"select count(*) from tenant where entra_id = '{name}'") == 1


def test_what_is_read_instead_of_it_is_read(desk: Desk, world: World) -> None:
    change(desk, "update person set language = cast(x'73ff' as text)")

    assert desk.run_now(lambda session: session.get_one(PersonRow, world.person).language) == "sv"
