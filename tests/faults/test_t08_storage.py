"""T8: a database that is away, locked or full for long: plain refusals meanwhile, and a write soon afterwards."""

import asyncio
import contextlib
import resource
import sqlite3
import time
from pathlib import Path

import pytest

from tests.browser.real_bot import RealBot
from tests.faults.clusters import own_cluster
from tests.faults.load import PlantedBot
from tests.faults.programme import Programme
from tests.faults.test_storage_fails import SOON, Step, kept, ready, two_at_work
from tests.waiting import until
from tests.wire.bot_process import Client

pytestmark = [pytest.mark.part("T8"), pytest.mark.beyond_suite]


async def through(programme: Programme, what: str, bot: RealBot, clients: list[Client], fail: Step, mend: Step) -> None:
    """Break the database for some time, keep pressing, mend it, and press until the answer is stored."""
    assert isinstance(bot, PlantedBot)
    seconds = programme.of(0.0, 6.0, 60.0 if what == "PostgreSQL away" else 30.0)
    if programme.mutant:
        await bot.stop()
        bot.plants = (programme.mutant,)
        await bot.start()
    process = bot.process
    assert process is not None
    await until("the bot to be ready", lambda: ready(bot))
    refused = 0
    fail()
    begun = time.monotonic()
    asking = asyncio.create_task(told_not_ready(bot, begun))  # beside the presses: the first waits for a lock
    try:
        while time.monotonic() - begun < seconds:
            for client in clients:
                value = {"action": client.pressed("Ja", {})}
                activity = client.activity("invoke.adaptiveCard-action", value=value, replyToId="card")
                status, body = await client.post(activity)
                assert status == 503, f"{status} while nothing can be stored"
                assert body["error"] == "not_kept"
                assert body["message"]
                refused += 1
            await asyncio.sleep(0.2)
        not_ready = await asking
    finally:
        asking.cancel()
        mend()
    mended = time.monotonic()
    first: dict[str, object] = {"action": clients[0].pressed("Ja", {})}
    status = 0
    while status != 200:
        activity = clients[0].activity("invoke.adaptiveCard-action", value=first, replyToId="card")
        status, _ = await clients[0].post(activity)
    back = time.monotonic() - mended
    await clients[1].presses("Ja")
    assert await kept(bot) == 2
    assert process.returncode is None, "the process ended"
    assert bot.process is process
    programme.figure(
        f"{what}: seconds away, refused plainly, not ready after s, first write after s",
        f"{seconds:.0f}, {refused}, {not_ready:.1f}, {back:.1f}",
    )
    assert back <= SOON
    assert not_ready <= SOON


async def told_not_ready(bot: PlantedBot, begun: float) -> float:
    """Return how many seconds it takes the bot to say that it is not ready."""
    await until("the bot to say that it is not ready", lambda: ready(bot), lambda found: not found)
    return time.monotonic() - begun


async def test_locked(programme: Programme, tmp_path: Path) -> None:
    async with two_at_work(tmp_path, kind=PlantedBot) as (bot, clients):
        other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
        with contextlib.closing(other):
            await through(
                programme,
                "locked",
                bot,
                clients,
                lambda: other.execute("begin immediate"),
                lambda: other.execute("rollback"),
            )


async def test_full(programme: Programme, tmp_path: Path) -> None:
    async with two_at_work(tmp_path, kind=PlantedBot) as (bot, clients):
        none = resource.RLIM_INFINITY

        def limit(size: int) -> None:
            assert bot.process is not None
            resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (size, none))

        await through(programme, "full", bot, clients, lambda: limit(1), lambda: limit(none))


@pytest.mark.pg_server
async def test_postgresql_away(programme: Programme, tmp_path: Path) -> None:
    with own_cluster() as cluster:
        async with two_at_work(tmp_path, cluster.url, PlantedBot) as (bot, clients):
            await through(programme, "PostgreSQL away", bot, clients, cluster.stop, cluster.start)
