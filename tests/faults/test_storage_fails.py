"""The database cannot keep anything for a while: nobody is told otherwise, and afterwards it goes on by itself."""

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
from tests.wire.bot_process import Client, RecordingConnector, people_csv
from tests.wire.door import TENANT

FACTS = {"violence": "nej", "child_placed": "nej", "intervention_decided": "nej", "child_communicated": "ja"}
SOON = 5.0
"""Seconds: within so long readiness says no, and writing works again once it can."""


@contextlib.asynccontextmanager
async def two_at_work(folder: Path, database_url: str = "") -> AsyncIterator[tuple[RealBot, list[Client]]]:
    """Yield a bot and two workers who each stand at the first question of a case."""
    port, admin = free_ports(2)
    more = {"BK_TENANTS": TENANT} | ({"BK_DATABASE_URL": database_url} if database_url else {})
    bot = RealBot(folder, port, admin, more, arguments=())
    (folder / "people.csv").write_text(people_csv(("anna", "bo")), encoding="utf-8")
    await bot.command("migrate")
    await bot.command("people", "import", str(folder / "people.csv"))
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
    """Ask whether the bot is ready, as an orchestrator does: whoever does not answer in time is not."""
    async with aiohttp.ClientSession() as session:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SOON):
                answer = await session.get(f"http://127.0.0.1:{bot.admin_port}/readyz")
                return answer.status == 200
    return False


async def until_ready(bot: RealBot) -> float:
    """Wait until the bot is ready; return after how many seconds."""
    start = time.monotonic()
    while not await ready(bot):
        assert time.monotonic() - start < 30
        await asyncio.sleep(0.1)  # nothing tells when it is, but asking
    return time.monotonic() - start


async def refused(client: Client) -> None:
    """Press, and have the press refused in words: not kept, and to be sent again."""
    value = {"action": client.pressed("Ja", {})}
    status, body = await client.post(client.activity("invoke.adaptiveCard-action", value=value, replyToId="card"))
    assert status == 503
    assert body["error"] == "not_kept"
    assert body["message"]


async def kept(bot: RealBot) -> int:
    """Return how many answers the command line, another process, finds."""
    return (await bot.command("export", "--what", "answers")).count("child_heard")


async def through(bot: RealBot, clients: list[Client], fail: Callable[[], object], mend: Callable[[], object]) -> None:
    """Let the database fail and be mended; look at what the bot says and does meanwhile and afterwards."""
    process = bot.process
    assert process is not None
    assert await ready(bot)
    fail()
    try:
        start = time.monotonic()
        await asyncio.gather(*map(refused, clients))
        assert not await ready(bot)
        await refused(clients[0])
        assert time.monotonic() - start < 3 * SOON, "the channel gives up after fifteen seconds"
    finally:
        mend()
    assert await until_ready(bot) < SOON
    assert await kept(bot) == 0, "nothing of what was refused is there"
    for client in clients:
        await client.presses("Ja")  # the same press again
    assert await kept(bot) == 2
    assert process.returncode is None
    assert "broken" not in await bot.command("verify-log")


async def test_a_database_that_is_locked(tmp_path: Path) -> None:
    async with two_at_work(tmp_path) as (bot, clients):
        other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
        with contextlib.closing(other):
            await through(bot, clients, lambda: other.execute("begin immediate"), lambda: other.execute("rollback"))


async def test_a_disk_that_is_full(tmp_path: Path) -> None:
    """A limit on the size of its files, set on the running process, refuses it every byte more, as a full disk does."""
    async with two_at_work(tmp_path) as (bot, clients):
        assert bot.process is not None
        pid, unlimited = bot.process.pid, resource.RLIM_INFINITY
        full = (1, unlimited)
        await through(
            bot,
            clients,
            lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE, full),
            lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE, (unlimited, unlimited)),
        )


class OwnCluster:
    """A PostgreSQL of its own that can be stopped and started."""

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
    """Yield a cluster that runs, in a folder its user may enter: not below pytest's own, which is this user's alone."""
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


async def test_a_postgresql_that_is_stopped(tmp_path: Path, cluster: OwnCluster) -> None:
    async with two_at_work(tmp_path, cluster.url) as (bot, clients):
        await through(bot, clients, cluster.stop, cluster.start)
        with psycopg.connect(cluster.url) as server:
            assert server.execute("select count(*) from answer").fetchone() == (2,)
