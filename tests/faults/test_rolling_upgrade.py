"""A rolling upgrade and the way back under load: the release before, from the history of the sources, and this one.

Nobody's line fails while the schema is raised and the replicas are replaced; figures need no repair; the release before
reports that the schema is newer, and restores its own backup.
"""

import asyncio
import io
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import aiohttp
import psycopg
import pytest

from storage import migrate
from tests.browser.real_bot import RealBot, free_ports
from tests.conftest import ROOT, postgres_url
from tests.waiting import patience
from tests.wire.bot_process import Client, RecordingConnector, people_csv
from tests.wire.door import TENANT
from tests.wire.test_stopping import LONG

VERSIONS = "storage/migrations/versions"
WORKERS = tuple(f"w{number}" for number in range(4))
TURNS = 400 if LONG else 20
"""The least number of lines answered in each phase."""


def git(*words: str) -> bytes:
    return subprocess.run(("git", "-C", str(ROOT), *words), capture_output=True, check=True, timeout=60).stdout


def schemas(commit: str) -> dict[str, str]:
    """Return the migrations of a commit by file name, with the hash of their contents."""
    found = {}
    for line in git("ls-tree", commit, f"{VERSIONS}/").decode().splitlines():
        about, path = line.split("\t")
        if path.endswith(".py"):
            found[Path(path).name] = about.split()[2]
    return found


def release_before() -> str | None:
    """Return the newest commit that has only the earlier of our migrations, unchanged; None if the history has none."""
    try:
        commits = git("log", "--format=%H %P", "-30", "--", VERSIONS).decode().split()
        names = sorted(path.name for path in (ROOT / VERSIONS).glob("*.py"))
        here = {name: git("hash-object", str(ROOT / VERSIONS / name)).decode().strip() for name in names}
        for commit in commits:
            found = schemas(commit)
            if found and len(found) < len(names) and {name: here[name] for name in names[: len(found)]} == found:
                return commit
    except (OSError, subprocess.CalledProcessError):
        return None
    return None


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return the folder with the sources of the release before."""
    commit = release_before()
    if commit is None:
        pytest.skip("needs the history of the sources, back to the schema before this one")
    with tarfile.open(fileobj=io.BytesIO(git("archive", commit))) as sources:
        sources.extractall(tmp_path / "old", filter="data")
    return tmp_path / "old"


class Load:
    """People who write all the time; what cannot be delivered to one replica is given to the other, as a proxy does."""

    def __init__(self, bots: list[RealBot], clients: list[Client]) -> None:
        self._bots, self._clients = bots, clients
        self.ended = Counter[str]()
        self._over = asyncio.Event()
        self._more = asyncio.Condition()

    async def until(self, turns: int) -> None:
        """Wait for this many more answers."""
        enough = self.ended.total() + turns
        async with patience(f"{enough} answers", lambda: self.ended), self._more:
            await self._more.wait_for(lambda: self.ended.total() >= enough)

    async def works(self, number: int) -> None:
        client, turn = self._clients[number], 0
        while not self._over.is_set():
            turn += 1
            line = f"ny SN 2026/{number + 1}{turn:03}" if turn % 3 == 1 else "mina ärenden"
            status = await self._delivered(client, number + turn, line)
            async with self._more:
                self.ended[status] += 1
                self._more.notify_all()

    async def _delivered(self, client: Client, first: int, line: str) -> str:
        activity = client.activity("message.text", text=line)
        for bot in (self._bots[first % 2], self._bots[(first + 1) % 2]):
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
                try:
                    async with session.post(f"{bot.url}/api/messages", json=activity) as answer:
                        return str(answer.status)
                except aiohttp.ClientConnectorError:
                    continue  # nothing was sent
                except aiohttp.ClientError as error:
                    return type(error).__name__
        return "nobody there"

    def is_over(self) -> None:
        self._over.set()


async def told(bot: RealBot, *words: str, root: Path = ROOT) -> tuple[int | None, str]:
    """Run a command of a release on the bot's database; return its exit code and all it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(root / "app.py"),
        *words,
        cwd=bot.folder,
        env=bot.environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    return process.returncode, out.decode()


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.pg_tools
async def test_a_rolling_upgrade_and_the_way_back_fail_nobody(
    old: Path, tmp_path: Path, postgres_database: str
) -> None:
    secrets = {"BK_SECRET_KEY": "ab" * 32, "BK_KEYS": "k1:" + "QUFB" * 10 + "QUE=", "BK_TENANTS": TENANT}
    bots = []
    for number in (1, 2):
        place = tmp_path / f"replica{number}"
        place.mkdir()
        more = secrets | {"BK_DATABASE_URL": postgres_database}
        port, admin_port = free_ports(2)
        bots.append(RealBot(place, port, admin_port, more, arguments=(), root=old))
    (tmp_path / "people.csv").write_text(people_csv(WORKERS), encoding="utf-8")
    assert (await told(bots[0], "migrate", root=old))[0] == 0
    assert (await told(bots[0], "people", "import", str(tmp_path / "people.csv"), root=old))[0] == 0

    async with RecordingConnector() as connector, aiohttp.ClientSession() as session:
        load = Load(bots, [Client(bots[0], connector, session, name) for name in WORKERS])
        try:
            for bot in bots:
                await bot.start()
            working = [asyncio.create_task(load.works(number)) for number in range(len(WORKERS))]
            await load.until(TURNS)
            assert (await told(bots[0], "backup", "before.backup", root=old))[0] == 0
            assert (await told(bots[0], "migrate"))[0] == 0
            await load.until(TURNS)  # the release before, on the new schema
            for bot in bots:
                await bot.stop()
                bot.root = ROOT
                await bot.start()
                await load.until(TURNS)  # first both releases, then this one
            load.is_over()
            await asyncio.gather(*working)
            assert set(load.ended) == {"200"}, load.ended

            for word in ("recount", "verify-log"):
                code, said = await told(bots[0], word)
                assert code == 0, said
            with psycopg.connect(postgres_database) as connection:
                opened = connection.execute("select count(*) from cases").fetchone()
            assert opened is not None
            assert opened[0] >= len(WORKERS), "nobody wrote anything"
        finally:
            load.is_over()
            for bot in bots:
                await bot.stop()

        # the way back: the release before reports the newer schema, can back it up, and restores its own backup
        for word in ("migrate", "serve", "verify-log"):
            code, said = await told(bots[0], word, root=old)
            assert (code, "(BK-400)" in said) == (2, True), said
        assert (await told(bots[0], "backup", "after.backup", root=old))[0] == 0
        with psycopg.connect(postgres_url(), autocommit=True) as server:
            name = urlsplit(postgres_database).path.strip("/") + "_back"
            server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'".encode())
            try:
                back = urlunsplit(urlsplit(postgres_database)._replace(path=f"/{name}"))
                for bot in bots:
                    bot.more["BK_DATABASE_URL"], bot.root = back, old
                code, said = await told(bots[0], "restore", "before.backup", root=old)
                assert code == 0, said
                await bots[0].start()
                again = Load(bots, load._clients)
                work = asyncio.create_task(again.works(0))
                await again.until(5)
                again.is_over()
                await work
                await bots[0].stop()
                assert set(again.ended) == {"200"}, again.ended
                assert (await told(bots[0], "migrate"))[1].splitlines()[0] == f"schema {migrate.HEAD}"
            finally:
                await bots[0].stop()
                server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
