"""One transaction per turn: atomic, durable, and no answer lost when two people write at once."""

import asyncio
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from checklists.model import Written
from storage import answers, tenants, trail
from storage import desk as desk_module
from storage.answers import AnswerRow
from storage.desk import CannotOpen, Desk, Session, opened
from storage.filled import FilledRow
from storage.sealing import Keys
from tests.conftest import TRAIL
from tests.sql.conftest import KEYS, NOW, OpenDesk, World, on_postgresql, scalar, the_list
from tests.waiting import PATIENCE

ITEM = "child_heard"


def other_connection(url: str, statement: str) -> object:
    """Return a single value as another program sees it."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        try:
            return connection.execute(statement).fetchone()[0]
        finally:
            connection.close()
    with psycopg.connect(url) as server:
        row = server.execute(statement.encode()).fetchone()
        return row[0] if row else None


def answer_next(session: Session, world: World, text: str = "Påhittat skäl") -> int:
    """Store the next revision of an item as a dialog does: read the latest number, add one."""
    row = the_list(session, world)
    newest = answers.latest(session, world.filled).get(ITEM)
    revision = newest.revision + 1 if newest else 1
    written = Written("nej", "text", motivation=text)
    answers.add(session, row, ITEM, revision, written, author=world.person, at=NOW, act=f"act-{revision}")
    trail.record(session, world.tenant, NOW, f"person:{world.person}", "answered", item_id=ITEM, revision=revision)
    session.flush()
    return revision


def revisions(desk: Desk) -> list[int]:
    return desk.run_now(
        lambda session: [
            row[0] for row in session.connection().execute(text("select revision from answer order by revision"))
        ]
    )


# --- reads during writes ---------------------------------------------------------------------------------------------


def test_a_read_session_sees_one_snapshot_and_blocks_no_writer(desk: Desk, world: World) -> None:
    desk.run_now(partial(answer_next, world=world))

    def read(session: Session) -> list[int]:
        def seen() -> int:
            count: int = session.connection().execute(text("select count(*) from answer")).scalar_one()
            return count

        before = seen()
        desk.run_now(partial(answer_next, world=world))
        return [before, seen()]

    assert desk.read_now(read) == [1, 1]
    assert revisions(desk) == [1, 2]


def test_a_read_session_cannot_write(desk: Desk, world: World) -> None:
    with pytest.raises((OperationalError, DBAPIError)):
        desk.read_now(partial(answer_next, world=world))
    assert revisions(desk) == []


def test_a_read_session_can_unseal_texts(desk: Desk, world: World) -> None:
    desk.run_now(partial(answer_next, world=world, text="Påhittat skäl"))

    def read(session: Session) -> str:
        row = answers.latest(session, world.filled)[ITEM]
        return answers.text(session, the_list(session, world), row, "motivation")

    assert desk.read_now(read) == "Påhittat skäl"


# --- durability ------------------------------------------------------------------------------------------------------


def test_sqlite_has_the_required_durability_settings(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "bot.db"
    with opened(f"sqlite:///{path}", Keys(KEYS, TRAIL)) as desk:
        pragmas = {name: scalar(desk, f"pragma {name}") for name in ("journal_mode", "synchronous")}
        pragmas |= {name: scalar(desk, f"pragma {name}") for name in ("foreign_keys", "secure_delete")}

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    assert other_connection(f"sqlite:///{path}", "pragma journal_mode") == "wal"


def test_what_a_savepoint_would_restore_is_never_on_disk(tmp_path: Path) -> None:
    """Each commit that several turns share would make a file for it, and write every page once more."""
    with opened(f"sqlite:///{tmp_path}/bot.db", Keys(KEYS, TRAIL)) as desk:
        assert scalar(desk, "pragma temp_store") == 2


def test_a_database_that_cannot_be_made_safe_does_not_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(desk_module._SQLITE_PRAGMAS, "journal_mode", "no_such_mode")

    with pytest.raises(CannotOpen, match="answers would not be safe here"):
        Desk(f"sqlite:///{tmp_path / 'bot.db'}", Keys(KEYS, TRAIL))


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory&uri=true",
        "mysql://somewhere/bot",
        "bot.db",
        "",
    ],
)
def test_no_database_in_memory_and_none_of_another_kind(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CannotOpen, match=r"BK_DATABASE_URL must read|would not be safe here"):
        Desk(url, Keys(KEYS, TRAIL))


def test_an_impossible_database_path_gives_a_one_line_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder.db").mkdir()
    for place, words in (("file/bot.db", "folder for the database"), ("folder.db", "cannot be opened")):
        with pytest.raises(CannotOpen, match=words) as caught:
            Desk(f"sqlite:///{tmp_path / place}", Keys(KEYS, TRAIL))
        assert "\n" not in str(caught.value)


@on_postgresql
def test_postgresql_confirms_a_commit_only_when_it_is_on_disk(url: str) -> None:
    with opened(url, Keys(KEYS, TRAIL)) as desk:
        told = {
            name: scalar(desk, f"show {name}")
            for name in ("synchronous_commit", "timezone", "statement_timeout", "lock_timeout")
        }

    assert told == {"synchronous_commit": "on", "timezone": "UTC", "statement_timeout": "20s", "lock_timeout": "5s"}


def test_a_committed_turn_is_visible_to_other_connections(desk: Desk, url: str, world: World) -> None:
    assert other_connection(url, "select count(*) from answer") == 0

    desk.run_now(lambda session: answer_next(session, world))

    assert other_connection(url, "select count(*) from answer") == 1


def test_an_uncommitted_turn_is_invisible_to_others(desk: Desk, url: str, world: World) -> None:
    def work(session: Session) -> object:
        answer_next(session, world)
        return other_connection(url, "select count(*) from answer")

    assert desk.run_now(work) == 0


# --- atomicity -------------------------------------------------------------------------------------------------------


class Interrupted(Exception):
    pass


def test_an_exception_takes_everything_back(desk: Desk, world: World) -> None:
    calls = 0

    def work(session: Session) -> None:
        nonlocal calls
        calls += 1
        answer_next(session, world)
        raise Interrupted

    with pytest.raises(Interrupted):
        desk.run_now(work)

    assert calls == 1
    assert scalar(desk, "select count(*) from answer") == 0
    assert scalar(desk, "select count(*) from event") == 0


def test_a_row_that_belongs_to_nothing_is_refused(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        nobody = the_list(session, world).model_copy(update={"id": world.filled + 99})
        answers.add(session, FilledRow.model_validate(nobody), ITEM, 1, Written("ja"), author=None, at=NOW, act="x")

    with pytest.raises(IntegrityError):
        desk.run_now(work)

    assert scalar(desk, "select count(*) from answer") == 0


def test_a_revision_stored_by_someone_else_first_runs_the_whole_turn_again(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: answer_next(session, world))
    seen: list[int] = []

    def work(session: Session) -> int:
        """On the first run, reads the latest revision just before another transaction stores the next."""
        newest = answers.latest(session, world.filled)[ITEM].revision
        seen.append(newest)
        trail.record(session, world.tenant, NOW, "system", "tried")
        revision = newest if len(seen) == 1 else newest + 1
        answers.add(session, the_list(session, world), ITEM, revision, Written("ja"), author=None, at=NOW, act="again")
        return revision

    assert desk.run_now(work) == 2
    assert seen == [1, 1]
    assert revisions(desk) == [1, 2]
    assert scalar(desk, "select count(*) from event where act = 'tried'") == 1


def test_a_transaction_that_always_fails_is_tried_five_times_and_stores_nothing(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: answer_next(session, world))
    calls = 0

    def work(session: Session) -> None:
        nonlocal calls
        calls += 1
        trail.record(session, world.tenant, NOW, "system", "tried")
        answers.add(session, the_list(session, world), ITEM, 1, Written("ja"), author=None, at=NOW, act="again")

    with pytest.raises(IntegrityError):
        desk.run_now(work)

    assert calls == 5
    assert scalar(desk, "select count(*) from event where act = 'tried'") == 0


def test_a_fault_that_a_retry_cannot_fix_is_not_retried(desk: Desk) -> None:
    calls = 0

    def work(session: Session) -> None:
        nonlocal calls
        calls += 1
        session.connection().execute(text("select * from no_such_table"))

    with pytest.raises((OperationalError, ProgrammingError)):
        desk.run_now(work)

    assert calls == 1


# --- concurrency -----------------------------------------------------------------------------------------------------


def test_concurrent_answers_to_one_item_get_separate_revisions(desk: Desk, open_desk: OpenDesk, world: World) -> None:
    rounds = 12
    other = open_desk()
    together = threading.Barrier(2, timeout=PATIENCE)

    def answer_each_round(at: Desk, name: str) -> list[int]:
        given = []
        for number in range(rounds):
            together.wait()
            given.append(at.run_now(partial(answer_next, world=world, text=f"{name} {number}")))
        return given

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(answer_each_round, at, name) for at, name in ((desk, "Anna"), (other, "Bo"))]
        given = [revision for one in running for revision in one.result(timeout=PATIENCE)]

    assert sorted(given) == revisions(desk) == list(range(1, 2 * rounds + 1))
    assert scalar(desk, "select count(*) from event where act = 'answered'") == 2 * rounds
    assert {name for name, _ in stored_texts(desk, world)} == {"Anna", "Bo"}
    assert len(set(stored_texts(desk, world))) == 2 * rounds


def stored_texts(desk: Desk, world: World) -> list[tuple[str, str]]:
    def work(session: Session) -> list[tuple[str, str]]:
        row = the_list(session, world)
        found = []
        at: AnswerRow | None = answers.latest(session, world.filled)[ITEM]
        while at is not None:
            name, _, number = answers.text(session, row, at, "motivation").partition(" ")
            found.append((name, number))
            at = answers.revision_before(session, at)
        return found

    return desk.run_now(work)


def test_threads_of_one_desk_are_serialized_too(desk: Desk, world: World) -> None:
    together = threading.Barrier(4, timeout=PATIENCE)

    def once() -> int:
        together.wait()
        return desk.run_now(partial(answer_next, world=world))

    with ThreadPoolExecutor(4) as pool:
        given = [running.result(timeout=PATIENCE) for running in [pool.submit(once) for _ in range(4)]]

    assert sorted(given) == revisions(desk) == [1, 2, 3, 4]


@on_postgresql
def test_turns_of_one_chat_follow_one_another(desk: Desk, url: str) -> None:

    def is_free(name: str) -> object:
        return other_connection(url, f"select pg_try_advisory_xact_lock(hashtextextended('{name}', 0))")

    held = desk.run_now(lambda _: (is_free("chat one"), is_free("chat two")), serial="chat one")

    assert held == (False, True)
    assert is_free("chat one") is True


async def test_a_turn_runs_beside_the_event_loop(desk: Desk) -> None:
    def work(session: Session) -> tuple[str, object]:
        return threading.current_thread().name, session.connection().execute(text("select 7")).scalar()

    results = await asyncio.gather(*(desk.run(work, serial="chat") for _ in range(5)))

    assert {value for _, value in results} == {7}
    assert all(name.startswith("desk") for name, _ in results)


# --- when the database is unavailable --------------------------------------------------------------------------------


@on_postgresql
def test_a_connection_lost_in_the_middle_runs_the_whole_turn_again(desk: Desk, url: str, world: World) -> None:
    calls = 0

    def work(session: Session) -> None:
        nonlocal calls
        calls += 1
        answer_next(session, world)
        if calls == 1:
            mine = session.connection().execute(text("select pg_backend_pid()")).scalar()
            other_connection(url, f"select pg_terminate_backend({mine})")
        answer_next(session, world)

    desk.run_now(work)

    assert calls == 2
    assert revisions(desk) == [1, 2]


def cut_all(url: str) -> None:
    """Close every connection to the database, as a server does that is restarted."""
    others = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    assert other_connection(url, f"select count(pg_terminate_backend(pid)) {others}")


async def open_several(desk: Desk) -> None:
    """Let the pool hold several connections that have just been used."""
    await asyncio.gather(*(desk.run(lambda session: session.connection().execute(text("select 1"))) for _ in range(5)))


@on_postgresql
@pytest.mark.parametrize(("rested", "tries"), [(True, 1), (False, 2)])
async def test_connections_lost_between_turns_are_reopened(
    desk: Desk, url: str, world: World, rested: bool, tries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "_TESTED_AFTER", 0.0 if rested else 60.0)
    calls = 0

    def work(session: Session) -> int:
        nonlocal calls
        calls += 1
        return answer_next(session, world)

    await open_several(desk)
    cut_all(url)

    assert [desk.run_now(work), desk.run_now(work)] == [1, 2]
    assert calls == tries + 1, "one dead connection is enough to open all of them anew"
    assert revisions(desk) == [1, 2]


@on_postgresql
async def test_a_read_after_a_lost_connection_begins_once(
    desk: Desk, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "_TESTED_AFTER", 60.0)
    calls = 0

    def work(session: Session) -> object:
        nonlocal calls
        calls += 1
        return session.connection().execute(text("show transaction_read_only")).scalar()

    await open_several(desk)
    cut_all(url)

    assert desk.read_now(work) == "on"
    assert calls == 1, "what a read has given out cannot be taken back"


@on_postgresql
def test_a_connection_in_use_is_not_asked_before_each_turn(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    ping = desk.engine.dialect.do_ping

    def seen(connection: Any) -> bool:
        asked.append(connection)
        return ping(connection)

    monkeypatch.setattr(desk.engine.dialect, "do_ping", seen)

    def turns() -> int:
        for _ in range(3):
            desk.run_now(lambda session: session.connection().execute(text("select 1")))
        return len(asked)

    monkeypatch.setattr(desk_module, "_TESTED_AFTER", 60.0)
    assert turns() == 0
    monkeypatch.setattr(desk_module, "_TESTED_AFTER", 0.0)
    assert turns() == 3


@on_postgresql
def test_what_turns_ask_stays_prepared_in_the_server(desk: Desk) -> None:
    def prepared(session: Session) -> object:
        for _ in range(3):
            for number in range(150):  # the driver by itself keeps a hundred
                session.connection().execute(text(f"select {number}"))
        return session.connection().execute(text("select count(*) from pg_prepared_statements")).scalar()

    with opened(desk.engine.url.render_as_string(hide_password=False).replace("+psycopg", ""), desk.keys) as one:
        found = one.run_now(prepared)

    assert isinstance(found, int)
    assert found >= 150


def test_a_desk_says_whether_its_database_answers(desk: Desk) -> None:
    assert desk.is_ready()


def test_a_desk_without_a_server_is_not_ready() -> None:
    with opened("postgresql://nobody@127.0.0.1:1/nothing", Keys(KEYS, TRAIL)) as desk:
        assert not desk.is_ready()
        with pytest.raises(DBAPIError):
            desk.run_now(lambda session: tenants.find(session, "made-up"))
