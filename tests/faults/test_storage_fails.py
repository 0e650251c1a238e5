"""While the database cannot store anything, nobody is told otherwise; afterwards the bot recovers by itself."""

import asyncio
import contextlib
import os
import resource
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import aiohttp
import psycopg
import pytest

from tests.browser.real_bot import RealBot, free_ports
from tests.conftest import postgres_programs
from tests.waiting import patience, until
from tests.wire.bot_process import Client, RecordingConnector, people_csv
from tests.wire.door import TENANT

FACTS = {"violence": "nej", "child_placed": "nej", "intervention_decided": "nej", "child_communicated": "ja"}
CHANNEL_WAITS = 15.0
"""Seconds until the channel times out."""
SOON = 5.0
"""Seconds within which the bot must recover once the database has."""


@contextlib.asynccontextmanager
async def two_at_work(
    folder: Path, database_url: str = "", kind: type[RealBot] = RealBot
) -> AsyncIterator[tuple[RealBot, list[Client]]]:
    """Yield a bot and two workers, each at the first question of a case."""
    port, admin = free_ports(2)
    more = {"BK_TENANTS": TENANT} | ({"BK_DATABASE_URL": database_url} if database_url else {})
    bot = kind(folder, port, admin, more, arguments=())
    bot.is_given(people_csv(("anna", "bo")))
    await bot.start()
    try:
        async with RecordingConnector() as connector, aiohttp.ClientSession() as session:
            clients = [Client(bot, connector, session, name) for name in ("anna", "bo")]
            for number, client in enumerate(clients):
                await client.types(f"ny SN 2026/{number:04}")
                await client.presses("Spara", FACTS)
            yield bot, clients
    finally:
        await bot.stop()


async def ready(bot: RealBot) -> bool:
    """Return whether the bot is ready, as an orchestrator asks."""
    async with (
        patience("readiness to be told"),
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{bot.admin_port}/readyz") as answer,
    ):
        return answer.status == 200


async def refused(client: Client) -> None:
    """Press, and check for a 503 that says it was not stored and should be retried."""
    value = {"action": client.pressed("Ja", {})}
    status, body = await client.post(client.activity("invoke.adaptiveCard-action", value=value, replyToId="card"))
    assert status == 503
    assert body["error"] == "not_kept"
    assert body["message"]


async def kept(bot: RealBot) -> int:
    """Return the number of answers another process, the command line, finds."""
    return (await bot.command("export", "--what", "answers")).count("child_heard")


Step = Callable[[], object]


async def through(bot: RealBot, clients: list[Client], fail: Step, mend: Step) -> tuple[float, float]:
    """Break the database and repair it; check the bot's responses during and after.

    Returns: seconds it took to refuse three turns and readiness; seconds until it was ready again.
    """
    process = bot.process
    assert process is not None
    await until("the bot to be ready", lambda: ready(bot))
    fail()
    try:
        start = time.monotonic()
        await asyncio.gather(*map(refused, clients))
        assert not await ready(bot)
        await refused(clients[0])
        refusing = time.monotonic() - start
    finally:
        mend()
    start = time.monotonic()
    await until("the bot to be ready again", lambda: ready(bot))
    recovering = time.monotonic() - start
    assert await kept(bot) == 0, "nothing rejected is there"
    for client in clients:
        await client.presses("Ja")  # retries the same press
    assert await kept(bot) == 2
    assert process.returncode is None
    assert "broken" not in await bot.command("verify-log")
    return refusing, recovering


def assert_soon(refusing: float, recovering: float) -> None:
    """Check the time limits: only in the long form, which runs on an otherwise idle machine."""
    assert refusing < CHANNEL_WAITS
    assert recovering < SOON


async def locked(folder: Path) -> tuple[float, float]:
    async with two_at_work(folder) as (bot, clients):
        other = sqlite3.connect(folder / "bot.db", isolation_level=None)
        with contextlib.closing(other):
            return await through(
                bot, clients, lambda: other.execute("begin immediate"), lambda: other.execute("rollback")
            )


async def test_a_database_that_is_locked(tmp_path: Path) -> None:
    await locked(tmp_path)


@pytest.mark.slow
async def test_a_database_that_is_locked_keeps_nobody_waiting(tmp_path: Path) -> None:
    assert_soon(*await locked(tmp_path))


async def full(folder: Path) -> tuple[float, float]:
    """Limit the file size of the running process, so that writes fail as on a full disk."""
    async with two_at_work(folder) as (bot, clients):
        assert bot.process is not None
        pid, unlimited = bot.process.pid, resource.RLIM_INFINITY
        return await through(
            bot,
            clients,
            lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, unlimited)),
            lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE, (unlimited, unlimited)),
        )


async def test_a_disk_that_is_full(tmp_path: Path) -> None:
    await full(tmp_path)


@pytest.mark.slow
async def test_a_disk_that_is_full_keeps_nobody_waiting(tmp_path: Path) -> None:
    assert_soon(*await full(tmp_path))


class OwnCluster:
    """A separate PostgreSQL server that can be stopped and started."""

    def __init__(self, programs: Path, folder: Path, port: int) -> None:
        self.programs, self.data, self.port = programs, folder / "data", port
        self.user = "postgres" if os.geteuid() == 0 else None
        self._run("initdb", "--auth=trust", "--username=postgres", "--no-sync", "--pgdata", str(self.data))

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.data / "log"), "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", "immediate", "stop")

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [self.programs / program, *words], user=self.user, cwd="/", stdout=subprocess.DEVNULL, check=False
        )
        assert done.returncode == 0, program


@pytest.fixture
def cluster() -> Iterator[OwnCluster]:
    """Yield a running cluster. Not in pytest's folder, which its database user may not enter."""
    programs = postgres_programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="bk-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    made = OwnCluster(programs, folder, *free_ports(1))
    made.start()
    try:
        yield made
    finally:
        with contextlib.suppress(AssertionError):
            made.stop()
        shutil.rmtree(folder)


async def stopped(folder: Path, cluster: OwnCluster) -> tuple[float, float]:
    async with two_at_work(folder, cluster.url) as (bot, clients):
        took = await through(bot, clients, cluster.stop, cluster.start)
        with psycopg.connect(cluster.url) as server:
            assert server.execute("select count(*) from answer").fetchone() == (2,)
        return took


async def test_a_postgresql_that_is_stopped(tmp_path: Path, cluster: OwnCluster) -> None:
    await stopped(tmp_path, cluster)


@pytest.mark.slow
async def test_a_postgresql_that_is_stopped_keeps_nobody_waiting(tmp_path: Path, cluster: OwnCluster) -> None:
    assert_soon(*await stopped(tmp_path, cluster))
