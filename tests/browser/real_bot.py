"""The whole bot as a process, with made-up people and the try-out page, on free ports and a new database."""

import asyncio
import atexit
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from app import main
from bot.commandline.common import open_desk
from bot.settings import read_settings
from storage.desk import Desk
from tests import warm
from tests.conftest import ROOT
from tests.migrated import put_database
from tests.waiting import until

_FOR_TESTS = ("BK_TEST_", "BK_REQUIRE_ALL", "BK_SLOW", "BK_FAULTS")
_held: list[socket.socket] = []


@dataclass
class RealBot:
    """`python app.py serve --demo`. Can be killed and restarted on the same database and ports.

    root: where the code is, to run that of another release. program: what an installed wheel has, to run that instead.
    is_warm: whether it is started as a copy (warm.py); its memory is then shared with the original.
    """

    folder: Path
    port: int
    admin_port: int
    more: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ("--demo", "people")
    process: asyncio.subprocess.Process | None = None
    root: Path = ROOT
    program: Path | None = None
    is_warm: bool = True

    @property
    def is_copied(self) -> bool:
        """Return whether it is started as a copy, which only this project's own code can be."""
        return self.is_warm and warm.IS_HERE and self.program is None and self.root == ROOT

    @property
    def url(self) -> str:
        """The URL of the page and the bot."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def _program(self) -> tuple[str, ...]:
        return (str(self.program),) if self.program else (sys.executable, str(self.root / "app.py"))

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment for the bot, and for commands on its database."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOR_TESTS)}
        return kept | self._settings

    @property
    def _settings(self) -> dict[str, str]:
        settings = {
            "BK_MODE": "dev",
            "PORT": str(self.port),
            "BK_ADMIN_PORT": str(self.admin_port),
            "BK_DATABASE_URL": f"sqlite:///{self.folder / 'bot.db'}",
        }
        return settings | self.more

    def is_given(self, people: str, cases: str = "") -> None:
        """Make its database, with a register and cases in it; in this process: a command costs as much as a start."""
        put_database(self.folder / "bot.db")  # where its database is PostgreSQL, nobody looks at it
        (self.folder / "people.csv").write_text(people, encoding="utf-8")
        if cases:
            (self.folder / "cases.csv").write_text(cases, encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self._settings.items():
                patch.setenv(name, value)
            assert main(("migrate",)) == 0
            assert main(("people", "import", str(self.folder / "people.csv"))) == 0
            assert not cases or main(("cases", "import", str(self.folder / "cases.csv"))) == 0

    async def start(self) -> None:
        """Start, and return once it responds."""
        self.process = await self._run()
        async with aiohttp.ClientSession() as session:
            await until("the bot to answer", lambda: self._status(session), lambda status: status == 200)

    async def _run(self) -> asyncio.subprocess.Process:
        if self.is_copied:
            return warm.start(("serve", *self.arguments), self.environment, self.folder / "bot.log")
        with (self.folder / "bot.log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *self._program,
                "serve",
                *self.arguments,
                cwd=self.folder if self.program else None,
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    async def _status(self, session: aiohttp.ClientSession) -> int | None:
        assert self.process is not None
        assert self.process.returncode is None, (self.folder / "bot.log").read_text(encoding="utf-8")
        try:
            async with session.get(self.url + "/healthz") as answer:
                return answer.status
        except aiohttp.ClientConnectionError:
            return None

    async def kill(self) -> None:
        """Kill it at once, as if the machine went down."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> None:
        """Stop it gracefully."""
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()

    async def command(self, *words: str) -> str:
        """Run a command on the bot's database and return its output."""
        if self.is_copied:
            with tempfile.TemporaryDirectory() as folder:
                out = Path(folder) / "out"
                assert await warm.start(words, self.environment, out).wait() == 0, out.read_text(encoding="utf-8-sig")
                return out.read_text(encoding="utf-8-sig")
        ran = await asyncio.create_subprocess_exec(
            *self._program,
            *words,
            cwd=self.folder if self.program else None,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await ran.communicate()
        assert ran.returncode == 0
        return said.decode("utf-8-sig")

    @contextmanager
    def database(self) -> Iterator[Desk]:
        """Open its database beside it, as a command does."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self._settings.items():
                patch.setenv(name, value)
            with open_desk(read_settings()) as desk:
                yield desk

    def files(self) -> bytes:
        """Return all bytes the bot has on disk: database, write-ahead log, log."""
        return b"".join(path.read_bytes() for path in self.folder.glob("bot.*") if path.suffix != ".jsonl")

    def posted(self) -> str:
        """Return the cards posted and updated in the channel."""
        return (self.folder / "bot.chats.jsonl").read_text(encoding="utf-8")


def free_ports(count: int) -> list[int]:
    """Return free ports; on Linux they stay reserved until the tests end.

    A port that is merely free now may be taken by the time a bot has started or restarted.
    """
    taken = [socket.socket() for _ in range(count)]
    for one in taken:
        if sys.platform == "linux":  # servers, which all set this option, can still listen on a port merely bound here
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in taken]
    if sys.platform == "linux":
        _held.extend(taken)
    else:
        _close(taken)
    return ports


def _close(sockets: list[socket.socket]) -> None:
    for one in sockets:
        one.close()


atexit.register(_close, _held)


@asynccontextmanager
async def running(folder: Path, **more: str) -> AsyncIterator[RealBot]:
    """Yield a running bot, and stop it afterwards."""
    port, admin = free_ports(2)
    bot = RealBot(folder, port, admin, dict(more))
    put_database(folder / "bot.db")
    await bot.start()
    try:
        yield bot
    finally:
        await bot.stop()
