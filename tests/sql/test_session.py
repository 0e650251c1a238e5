"""The session of light rows: one object a row, changes written when due, savepoints, and SQLAlchemy's errors."""

import contextlib
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event, update
from sqlalchemy.exc import IntegrityError, MultipleResultsFound, NoResultFound
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import SQLModel, col, func, select

from checklists.lifecycle import State
from storage import cases, trail
from storage.cases import CaseRow
from storage.conversations import ConversationRow
from storage.desk import Desk, Session
from storage.filled import FilledRow
from storage.outbox import OutboxRow
from storage.people import PersonRow
from storage.prepared import prepared
from storage.rows import shape
from storage.tables import MODULES
from storage.tenants import TenantRow
from storage.told_reminders import SnoozeRow, SweepRow
from storage.trail import EventRow
from tests.sql.conftest import World

NOW = datetime(2026, 5, 12, 8, 30, tzinfo=UTC)
DAY = date(2026, 5, 12)


def case_of(session: Session, world: World) -> CaseRow:
    return session.get_one(CaseRow, world.case)


def test_a_row_has_the_columns_of_its_table_in_their_order() -> None:
    tables = [one for module in MODULES for one in vars(module).values() if hasattr(one, "__table__")]

    for table in tables:
        kind = shape(table)
        assert [column.name for column in kind.columns] == [column.name for column in select(table).selected_columns]
        assert set(kind.names) == set(table.model_fields)
    assert len({table.__name__ for table in tables}) == len(SQLModel.metadata.tables)


def test_a_new_row_has_its_defaults_and_is_of_its_class() -> None:
    row = ConversationRow(tenant_id=1, person_id=2, channel_id="x", service_url="", reference="")

    assert row.model_dump(exclude={"tenant_id", "person_id", "channel_id", "service_url", "reference", "card"}) == {
        "id": None,
        "installed": True,
        "unreachable_at": None,
        "case_id": None,
        "shown": "",
        "card_case_id": None,
        "day_weight": None,
        "on_phone": False,
    }
    assert [isinstance(row, table) for table in (ConversationRow, PersonRow)] == [True, False]
    assert row == row.model_copy(update={})
    assert row != row.model_copy(update={"shown": "y"})
    with pytest.raises(TypeError):
        ConversationRow(tenant=1)  # type: ignore[call-arg]


def test_a_row_is_one_object_however_it_is_read(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        row = case_of(session, world)
        assert session.exec(select(CaseRow).where(CaseRow.id == world.case)).one() is row
        assert session.exec(select(CaseRow, CaseRow.ref)).all() == [(row, row.ref)]
        assert cases.get(session, world.tenant, world.case) is row
        assert session.get(CaseRow, world.case + 99) is None
        with pytest.raises(NoResultFound):
            session.get_one(CaseRow, world.case + 99)

    desk.run_now(work)


def test_what_is_set_is_written_before_the_next_query_and_only_that(desk: Desk, world: World) -> None:
    said: list[str] = []

    def work(session: Session) -> None:
        row = case_of(session, world)
        row.ref = row.ref  # no change
        session.flush()
        row.ref = "SN 7"
        assert session.exec(select(func.count()).where(CaseRow.ref == "SN 7")).one() == 1
        row.children = 3

    event.listen(desk.engine, "before_cursor_execute", lambda *about: said.append(about[2]))
    desk.run_now(work)

    changes = [line for line in said if line.startswith("UPDATE")]
    assert [line.partition(" WHERE ")[0].partition(" SET ")[2].partition("=")[0] for line in changes] == [
        "ref",
        "children",
    ]
    after = desk.run_now(lambda session: case_of(session, world))
    assert (after.ref, after.children) == ("SN 7", 3)


def test_rows_outlive_their_transaction_and_go_on_in_the_next(desk: Desk, world: World) -> None:
    row = desk.run_now(lambda session: case_of(session, world))
    row.children = 5
    assert desk.run_now(lambda session: case_of(session, world)).children != 5, "it was written without a transaction"

    desk.run_now(lambda session: session.add(row))

    assert desk.run_now(lambda session: case_of(session, world)).children == 5


def test_what_raises_leaves_nothing(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        case_of(session, world).children = 9
        trail.record(session, world.tenant, NOW, "system", "tried")
        session.flush()
        raise LookupError

    with pytest.raises(LookupError):
        desk.run_now(work)

    assert desk.run_now(lambda session: case_of(session, world)).children != 9
    assert desk.run_now(lambda session: session.exec(select(EventRow).where(EventRow.act == "tried")).all()) == []


def test_a_savepoint_is_taken_back_alone(desk: Desk, world: World) -> None:
    def work(session: Session) -> tuple[int, list[str]]:
        row = case_of(session, world)
        row.children = 4
        gone = SnoozeRow(person_id=world.person, bundle="x", tenant_id=world.tenant, until=DAY)
        session.add(gone)
        with contextlib.suppress(LookupError), session.begin_nested():
            row.children = 8
            trail.record(session, world.tenant, NOW, "system", "taken back")
            session.delete(gone)
            session.flush()
            row.ref = "never written"
            raise LookupError
        with session.begin_nested():
            trail.record(session, world.tenant, NOW, "system", "kept")
        with session.begin_nested() as looking:
            row.children = 7
            session.flush()
            looking.rollback()
        assert gone.until == DAY
        gone.until = date(2026, 6, 1)
        assert row.ref != "never written"
        return row.children, [one.act for one in session.exec(select(EventRow).order_by(col(EventRow.id)))][-1:]

    assert desk.run_now(work) == (4, ["kept"])
    assert desk.run_now(lambda session: case_of(session, world)).children == 4
    assert desk.run_now(lambda session: session.exec(select(SnoozeRow)).one()).until == date(2026, 6, 1)


def test_a_savepoint_within_another_ends_alone(desk: Desk, world: World) -> None:
    def work(session: Session) -> int:
        row = case_of(session, world)
        with session.begin_nested():
            row.children = 2
            with contextlib.suppress(LookupError), session.begin_nested():
                row.children = 3
                session.flush()
                raise LookupError
            assert row.children == 2
            with session.begin_nested():
                row.children = 4
            with session.begin_nested() as looking:
                row.children = 5
                session.flush()
                looking.rollback()
        with contextlib.suppress(LookupError), session.begin_nested():
            row.children = 6
            session.flush()
            raise LookupError
        return row.children

    assert desk.run_now(work) == 4
    assert desk.run_now(lambda session: case_of(session, world).children) == 4


@pytest.mark.parametrize("count", [3, 30])
def test_many_new_rows_get_their_ids_in_order(desk: Desk, world: World, count: int) -> None:
    def work(session: Session) -> list[tuple[int, str]]:
        rows = [trail.record(session, world.tenant, NOW, "system", f"act {place}") for place in range(count)]
        session.flush()
        days = [SweepRow(tenant_id=world.tenant, day=date(2026, 1, 1 + place), begun_at=NOW) for place in range(count)]
        session.add_all(days)
        session.flush()
        days[-1].reached = 7
        return [(row.id, row.act) for row in rows]

    made = desk.run_now(work)
    stored = desk.run_now(lambda session: session.exec(select(EventRow).order_by(col(EventRow.id))).all())

    assert [(row.id, row.act) for row in stored][-count:] == made
    found = desk.run_now(lambda session: session.get(SweepRow, (world.tenant, date(2026, 1, count))))
    assert found is not None
    assert (found.reached, found.begun_at, found.done_at) == (7, NOW, None)


def test_a_change_in_bulk_reaches_the_rows_at_hand(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        row = session.exec(select(FilledRow)).first()
        assert row is not None
        session.exec(update(FilledRow).values(status=State.SIGNED))
        assert row.status is State.SIGNED

    desk.run_now(work)


def test_a_row_that_is_gone_is_not_written(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        row = SnoozeRow(person_id=world.person, bundle="x", tenant_id=world.tenant, until=DAY)
        session.add(row)
        session.flush()
        session.connection().exec_driver_sql("delete from snooze")
        row.until = date(2026, 6, 1)

    with pytest.raises(StaleDataError):
        desk.run_now(work)


def test_a_merged_row_replaces_the_one_with_its_key(desk: Desk, world: World) -> None:
    def snooze(until: date) -> None:
        row = SnoozeRow(person_id=world.person, bundle="x", tenant_id=world.tenant, until=until)
        desk.run_now(lambda session: session.merge(row))

    snooze(DAY)
    snooze(date(2026, 6, 1))

    assert desk.run_now(lambda session: session.exec(select(SnoozeRow)).one()).until == date(2026, 6, 1)


def test_results_are_asked_as_of_sqlalchemy(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        one = select(TenantRow).where(TenantRow.id == world.tenant)
        none = select(TenantRow).where(TenantRow.id == -1)
        assert session.exec(one).one().id == world.tenant
        assert session.exec(none).first() is None
        assert session.exec(none).one_or_none() is None
        with pytest.raises(NoResultFound):
            session.exec(none).one()
        for _ in range(2):
            trail.record(session, world.tenant, NOW, "system", "twice")
        with pytest.raises(MultipleResultsFound):
            session.exec(select(EventRow)).one()
        with pytest.raises(MultipleResultsFound):
            session.exec(select(EventRow)).one_or_none()

    desk.run_now(work)


BAD = prepared(select(OutboxRow).where(col(OutboxRow.id) == 1))


def test_errors_are_sqlalchemys_and_quote_no_values(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        session.add(PersonRow(tenant_id=world.tenant + 999, name="Anna Påhittad"))

    with pytest.raises(IntegrityError) as raised:
        desk.run_now(work)
    assert "Anna" not in str(raised.value)

    def broken(session: Session) -> None:
        assert session.exec(BAD).first() is None
        session.connection().exec_driver_sql("drop table outbox")
        session.exec(BAD)

    with pytest.raises(Exception, match="outbox") as other:
        desk.run_now(broken)
    assert type(other.value).__module__ == "sqlalchemy.exc"


def test_a_row_is_added_by_its_class_only(desk: Desk, world: World) -> None:
    class Loose(SQLModel):
        id: int

    def work(session: Session) -> None:
        session.add(Loose(id=1))

    with pytest.raises(TypeError, match="Loose"):
        desk.run_now(work)
