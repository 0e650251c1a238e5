"""Runs the same tests on SQLite and PostgreSQL: a desk on each, migrated and with some data."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlmodel import col, select

from checklists.faults import Fault
from storage import cases, conversations, filled, migrate, people, projection_queue, tenants
from storage.cases import CaseRow
from storage.conversations import ConversationRow
from storage.desk import Desk, Session, opened
from storage.filled import FilledRow
from storage.people import PersonRow
from storage.sealing import Keys
from tests.conftest import TRAIL, empty, new_database
from tests.migrated import put_database

KEYS = {"first": b"1" * 32}
NOW = datetime(2026, 5, 12, 8, 30, tzinfo=UTC)

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgres)
on_postgresql = pytest.mark.parametrize("kind", [POSTGRESQL], indirect=True)
"""Marks tests of behaviour specific to PostgreSQL."""


@pytest.fixture(params=["sqlite", POSTGRESQL])
def kind(request: pytest.FixtureRequest) -> str:
    """The database of this run."""
    return str(request.param)


@pytest.fixture
def empty_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database without tables."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'bot.db'}"
    return str(request.getfixturevalue("postgres_database"))


@pytest.fixture(scope="session")
def migrated_postgres() -> Iterator[str]:
    """Yield the URL of a migrated database shared by this process: creating one costs more than most tests."""
    with new_database() as url:
        with opened(url, Keys(KEYS, TRAIL)) as desk:
            migrate.upgrade(desk)
        yield url


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated database without rows."""
    if kind == "sqlite":
        return put_database(tmp_path / "bot.db")
    url = str(request.getfixturevalue("migrated_postgres"))
    empty(url, restart=False)
    return url


OpenDesk = Callable[..., Desk]


@pytest.fixture
def open_desk(url: str) -> Iterator[OpenDesk]:
    """Yield a function that opens the database again, as another process would."""
    desks: list[Desk] = []

    def open_it(masters: dict[str, bytes] = KEYS) -> Desk:
        desks.append(without_waiting_for_the_disk(Desk(url, Keys(masters, TRAIL))))
        return desks[-1]

    yield open_it
    for desk in desks:
        desk.close()


def without_waiting_for_the_disk(desk: Desk) -> Desk:
    """Turn off fsync on commit: no power failures in these tests."""
    if desk.dialect == "sqlite":
        desk.engine.raw_connection().driver_connection.execute("pragma synchronous=off")  # type: ignore[union-attr]
    else:

        def do_not_wait(connection: Any, _record: Any) -> None:
            connection.execute("set synchronous_commit=off")
            connection.commit()

        event.listen(desk.engine, "connect", do_not_wait)
    return desk


@pytest.fixture(scope="session")
def desk_on_postgres(migrated_postgres: str) -> Iterator[Desk]:
    """Yield one desk for all PostgreSQL tests. Row ids are never reused, so its cached keys remain valid."""
    with opened(migrated_postgres, Keys(KEYS, TRAIL)) as desk:
        yield without_waiting_for_the_disk(desk)


@pytest.fixture
def desk(kind: str, url: str, open_desk: OpenDesk, request: pytest.FixtureRequest) -> Desk:
    """A desk on a migrated database without rows."""
    made: Desk = open_desk() if kind == "sqlite" else request.getfixturevalue("desk_on_postgres")
    return made


@dataclass(frozen=True)
class World:
    """Row ids in a made-up municipality: a case with one filled-in list."""

    tenant: int
    unit: int
    person: int
    case: int
    filled: int


def add_case(session: Session, row: CaseRow) -> CaseRow:
    """Store a case without using the actions, and queue the update of its figures as they would."""
    case = cases.add(session, row)
    projection_queue.enqueue(session, case_id=case.id)
    return case


def make_world(session: Session, name: str = "one") -> World:
    tenant = tenants.ensure(session, f"made-up-{name}").id
    unit = people.unit(session, tenant, "Påhittade enheten").id
    assert unit is not None
    person = PersonRow(tenant_id=tenant, object_id=f"object-{name}", name="Anna Påhitt")
    session.add(person)
    session.flush()
    case = add_case(session, CaseRow(tenant_id=tenant, ref="SN 2026/0001", unit_id=unit, lead_id=person.id))
    row = FilledRow(
        tenant_id=tenant,
        case_id=case.id,
        unit_id=unit,
        checklist="decision_basis",
        version=1,
        child=1,
        role="case_worker",
        begun_at=NOW,
    )
    filled.add(session, row)
    return World(tenant, unit, person.id, case.id, row.id)


@pytest.fixture
def world(desk: Desk) -> World:
    return desk.run_now(make_world)


def the_list(session: Session, world: World) -> FilledRow:
    row = filled.get(session, world.tenant, world.filled)
    assert row is not None
    return row


def lists_of(session: Session, tenant_id: int) -> Sequence[FilledRow]:
    """Return every filled-in list of a tenant, oldest first."""
    return session.exec(select(FilledRow).where(FilledRow.tenant_id == tenant_id).order_by(col(FilledRow.id))).all()


def the_case(session: Session, world: World) -> CaseRow:
    row = cases.get(session, world.tenant, world.case)
    assert row is not None
    return row


def chat_with(
    session: Session, world: World, channel_id: str = "chat", url: str = "http://127.0.0.1/", reference: str = "{}"
) -> ConversationRow:
    """Return the chat the person writes in, inserted or updated as a turn does."""
    row = conversations.find(session, world.tenant, channel_id)
    if row is None:
        return conversations.begin(session, world.tenant, world.person, channel_id, url, reference)
    conversations.bring_up_to_date(row, world.person, url, reference)
    return row


def lift_guards(session: Session) -> None:
    """Remove the triggers that protect the trail, as someone with schema rights could, for one transaction."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("set local session_replication_role = replica"))
        return
    for name in connection.execute(text("select name from sqlite_master where type = 'trigger'")).scalars().all():
        connection.execute(text(f"drop trigger {name}"))


def scalar(desk: Desk, statement: str, **values: Any) -> Any:
    """Return a single value by raw SQL."""
    return desk.run_now(lambda session: session.connection().execute(text(statement), values).scalar())


def change(desk: Desk, statement: str, **values: Any) -> int:
    """Change rows by raw SQL, bypassing the bot; return how many."""
    return desk.run_now(lambda session: session.connection().execute(text(statement), values).rowcount)


def told(bad: Fault | None) -> str | None:
    """Return where a trail is broken and how, without what to do about it; None when it is whole."""
    return str(bad).partition("the trail is broken, ")[2].partition(";")[0] if bad else None
