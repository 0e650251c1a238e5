"""What waits while the disk is busy shares a commit on SQLite: answered after it, refused together, failing alone."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from storage import people, tenants
from storage.desk import Desk, Session
from storage.sealing import keys_of
from tests.sql.conftest import OpenDesk, World
from tests.sql.test_desk import other_connection
from tests.waiting import PATIENCE

Work = Callable[[Session], Any]


@pytest.fixture
def kind() -> str:
    """The database of each of these: PostgreSQL shares the syncs of its log by itself."""
    return "sqlite"


async def together(desk: Desk, *works: Work, meanwhile: Callable[[], None] = lambda: None) -> list[Any]:
    """Run what comes while the desk is busy; return what each returned or raised. meanwhile: called once all wait."""
    is_busy, may_end = threading.Event(), threading.Event()

    def busy(_session: Session) -> None:
        is_busy.set()
        assert may_end.wait(PATIENCE)

    first = asyncio.create_task(desk.run(busy))
    assert await asyncio.to_thread(is_busy.wait, PATIENCE)
    running = [asyncio.create_task(desk.run(work, shares=True)) for work in works]
    await asyncio.sleep(0)  # all of them begin, and wait
    meanwhile()
    may_end.set()
    await first
    return await asyncio.gather(*running, return_exceptions=True)


def adds(name: str) -> Work:
    """Return what stores something with this name."""

    def add(session: Session) -> str:
        tenants.ensure(session, name)
        return name

    return add


def adds_and_raises(name: str) -> Work:
    def add(session: Session) -> None:
        adds(name)(session)
        session.flush()
        raise LookupError(name)

    return add


def breaks_it(session: Session) -> None:
    """Write what SQLite finds at the commit only: a unit of a tenant that there is not."""
    session.connection().execute(text("pragma defer_foreign_keys=1"))
    people.unit(session, 77, "Enhet (påhittad)")


def stored(url: str) -> list[str]:
    """Return what another program sees of it."""
    found = other_connection(url, "select coalesce(group_concat(entra_id, ' '), '') from tenant")
    return sorted(str(found).split())


def commits(desk: Desk, url: str) -> list[list[str]]:
    """Return a list to which each commit adds what others see just before it."""
    seen: list[list[str]] = []
    event.listen(desk.engine, "commit", lambda _connection: seen.append(stored(url)))
    return seen


async def test_what_waits_shares_one_commit(desk: Desk, url: str) -> None:
    seen = commits(desk, url)

    assert await together(desk, *map(adds, "abc")) == ["a", "b", "c"]

    assert seen == [[]]
    assert stored(url) == ["a", "b", "c"]


async def turns_of_the_loop() -> None:
    """Let the loop do what it had to do already, and what follows from that."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_nobody_is_answered_before_the_commit(desk: Desk, url: str) -> None:
    answered: list[str] = []
    loop = asyncio.get_running_loop()

    async def asks(name: str) -> None:
        answered.append(await desk.run(adds(name), shares=True))

    def commit(_connection: object) -> None:
        # On the desk's thread: whatever has been answered by now is ahead of this on the loop.
        asyncio.run_coroutine_threadsafe(turns_of_the_loop(), loop).result(PATIENCE)
        assert answered == []
        seen.append(len(answered))

    seen: list[int] = []
    event.listen(desk.engine, "commit", commit)
    is_busy = threading.Event()
    desk._threads.submit(is_busy.wait, PATIENCE)
    asking = [asyncio.create_task(asks(name)) for name in "abc"]
    await asyncio.sleep(0)
    is_busy.set()
    await asyncio.gather(*asking)

    assert seen == [0]
    assert answered == ["a", "b", "c"]
    assert stored(url) == ["a", "b", "c"]


async def test_each_sees_what_those_before_it_have_written(desk: Desk) -> None:
    def count(session: Session) -> int:
        found: int = session.connection().execute(text("select count(*) from tenant")).scalar_one()
        return found

    assert await together(desk, adds("a"), count, adds("b"), count) == ["a", 1, "b", 2]


async def test_one_that_fails_takes_no_other_with_it(desk: Desk, url: str) -> None:
    first, failed, last = await together(desk, adds("a"), adds_and_raises("b"), adds("c"))

    assert (first, last) == ("a", "c")
    assert isinstance(failed, LookupError)
    assert stored(url) == ["a", "c"]


async def test_one_that_conflicts_is_run_again_as_by_itself(desk: Desk, url: str) -> None:
    left = [3]

    def conflicts(session: Session) -> str:
        adds("b")(session)
        session.flush()
        left[0] -= 1
        if left[0]:
            raise IntegrityError("made up", None, Exception())
        return "b"

    assert await together(desk, adds("a"), conflicts) == ["a", "b"]
    assert stored(url) == ["a", "b"]


async def test_when_the_commit_fails_all_in_it_are_refused(desk: Desk, url: str) -> None:
    found = await together(desk, adds("a"), breaks_it, adds("c"))

    assert [type(one) for one in found] == [IntegrityError] * 3
    assert stored(url) == []
    assert await together(desk, adds("d"), adds("e")) == ["d", "e"]
    assert stored(url) == ["d", "e"]


async def test_keys_are_remembered_after_the_commit_only(desk: Desk, world: World) -> None:
    at = (world.tenant, world.case)
    desk.keys.forget(*at)

    def opens(session: Session) -> None:
        keys_of(session).of(session, *at)

    await together(desk, opens, breaks_it)
    assert at not in desk.keys._opened
    await together(desk, opens, adds("a"))
    assert at in desk.keys._opened


async def test_when_the_transaction_is_lost_in_the_middle_each_is_run_by_itself(desk: Desk, url: str) -> None:
    def loses_it(session: Session) -> None:
        """Do as SQLite does when the disk is full: roll back everything, and fail."""
        driver: Any = session.connection().connection.driver_connection
        driver.execute("rollback")
        raise LookupError("made up")

    first, failed, last = await together(desk, adds("a"), loses_it, adds("c"))

    assert (first, last) == ("a", "c")
    assert isinstance(failed, LookupError)
    assert stored(url) == ["a", "c"]


async def test_while_another_process_writes_all_are_refused_at_once(desk: Desk, url: str, open_desk: OpenDesk) -> None:
    other = open_desk()
    with desk.engine.connect() as held:
        held.exec_driver_sql("pragma busy_timeout=10")

    def write_meanwhile(session: Session) -> list[Any]:
        adds("other")(session)
        session.flush()
        return asyncio.run(together(desk, *map(adds, "abc")))

    found = await asyncio.to_thread(other.run_now, write_meanwhile)

    assert {type(one).__name__ for one in found} == {"OperationalError"}
    assert stored(url) == ["other"]


async def test_one_that_is_called_off_while_it_waits_is_not_run(desk: Desk, url: str) -> None:
    is_busy = threading.Event()
    desk._threads.submit(is_busy.wait, PATIENCE)
    called_off, kept = (asyncio.create_task(desk.run(adds(name), shares=True)) for name in "ab")
    await asyncio.sleep(0)
    called_off.cancel()
    await asyncio.sleep(0)
    is_busy.set()

    assert await kept == "b"
    assert stored(url) == ["b"]


async def test_what_waits_when_the_desk_closes_is_answered_too(
    desk: Desk, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.desk._TOGETHER", 2)

    def closes() -> None:
        desk._threads.shutdown(wait=False)

    assert await together(desk, *map(adds, "abcde"), meanwhile=closes) == ["a", "b", "c", "d", "e"]

    assert stored(url) == ["a", "b", "c", "d", "e"]
    with pytest.raises(RuntimeError):
        await desk.run(adds("f"), shares=True)


async def test_so_many_share_a_commit_and_no_more(desk: Desk, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.desk._TOGETHER", 2)
    seen = commits(desk, url)

    assert await together(desk, *map(adds, "abcde")) == ["a", "b", "c", "d", "e"]

    assert seen == [[], ["a", "b"], ["a", "b", "c", "d"]]
