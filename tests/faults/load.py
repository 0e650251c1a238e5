"""Workers who answer case after case over HTTP, and record what they sent and what was acknowledged.

Another program, compare.py, compares their record with the database.
"""

import asyncio
import json
import random
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tests import warm
from tests.browser.real_bot import RealBot, free_ports
from tests.conftest import ROOT
from tests.faults.test_kills import KilledBot, Worker
from tests.wire.door import TENANT
from tests.wire.faulty_connector import FaultyConnector

Press = Callable[[dict[str, Any]], None]


@dataclass
class PlantedBot(KilledBot):
    """A bot that can be started with something planted in it; its other commands run unchanged."""

    plants: tuple[str, ...] = ()
    _starting: bool = False

    async def _run(self) -> asyncio.subprocess.Process:
        if not self.is_copied:
            return await super()._run()
        return warm.start(("serve", *self.arguments), self.environment, self.folder / "bot.log", self.plants)

    @property
    def _program(self) -> tuple[str, ...]:
        if self._starting and self.plants:
            return (sys.executable, str(ROOT / "tests" / "faults" / "planted.py"), ",".join(self.plants))
        return super()._program

    async def start(self) -> None:
        """Start with what is planted."""
        self._starting = True
        try:
            await super().start()
        finally:
            self._starting = False


class History:
    """What the clients did, a JSON object a line. acknowledged: presses that got a 2xx."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8")
        self.acknowledged = 0
        self.waits: list[float] = []

    def write(self, what: str, ref: str, answers: dict[str, str]) -> None:
        """Note that a press was sent or acknowledged."""
        self.acknowledged += len(answers) if what == "acknowledged" else 0
        self._file.write(json.dumps({"what": what, "ref": ref, "answers": answers, "at": time.time()}) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


class Answering(Worker):
    """A worker who begins a new case whenever one is answered, until told to stop."""

    def __init__(
        self, bot: KilledBot, connector: FaultyConnector, number: int, luck: random.Random, history: History
    ) -> None:
        super().__init__(bot, connector, number, luck)
        self.number, self.history, self.over = number, history, False
        self.seconds_between = 0.0

    async def works(self, session: aiohttp.ClientSession) -> None:
        """Answer until it is over."""
        case = 0
        while not self.over:
            case += 1
            self.ref = f"SN {2000 + self.number}/{case:04d}"
            await self._answers_case(session)

    async def _answers_case(self, session: aiohttp.ClientSession) -> None:
        card = await self.opens(session, f"ny {self.ref}")
        while not self.over:
            button, inputs, kept = self._next_press(card)
            if button["title"] == "Skicka till chef":
                return
            value = {"action": {"type": "Action.Execute", "verb": button["verb"], "data": button["data"] | inputs}}
            self.history.write("sent", self.ref, kept)
            begun = time.monotonic()
            answer = await self.post(
                session, self.activity("invoke.adaptiveCard-action", value=value, replyToId="card")
            )
            self.history.waits.append(time.monotonic() - begun)
            self.history.write("acknowledged", self.ref, kept)
            if answer["type"] != "application/vnd.microsoft.card.adaptive":
                return
            card = answer["value"]
            if self.seconds_between:
                await asyncio.sleep(self.seconds_between)


@asynccontextmanager
async def at_work(bot: PlantedBot, workers: int, seed: int) -> AsyncIterator[tuple[History, list[Answering]]]:
    """Let this many workers answer until the block ends; they then finish what they have begun."""
    history = History(bot.folder / "history.jsonl")
    try:
        async with FaultyConnector() as connector, aiohttp.ClientSession() as session:
            clients = [Answering(bot, connector, n, random.Random(seed * 100 + n), history) for n in range(workers)]
            working = [asyncio.create_task(client.works(session)) for client in clients]
            try:
                yield history, clients
            finally:
                for client in clients:
                    client.over = True
                done, hanging = await asyncio.wait(working, timeout=60)
                for task in hanging:
                    task.cancel()
                await asyncio.gather(*hanging, return_exceptions=True)
            for task in done:
                task.result()
    finally:
        history.close()


def people_of(workers: int) -> str:
    """Return the register of the workers."""
    rows = [f"{TENANT},person-{n},Påhittad {n},Enhet (påhittad),case_worker\n" for n in range(workers)]
    return "tenant_id,object_id,name,unit,role\n" + "".join(rows)


def a_bot(folder: Path, workers: int, *plants: str, **more: str) -> PlantedBot:
    """Return a bot that knows the workers."""
    port, admin = free_ports(2)
    bot = PlantedBot(folder, port, admin, {"BK_TENANTS": TENANT} | more, arguments=(), plants=plants)
    bot.is_given(people_of(workers))
    return bot


async def compared(bot: RealBot, kills: int, clients: int) -> dict[str, int]:
    """Have the other program compare what the clients wrote with what the database holds. Raises: AssertionError."""
    url = bot.more.get("BK_DATABASE_URL", f"sqlite:///{bot.folder / 'bot.db'}")
    (bot.folder / "answers.csv").write_text(await bot.command("export", "--what", "answers"), encoding="utf-8")
    words = [str(bot.folder / "history.jsonl"), str(bot.folder / "answers.csv"), url]
    program = str(ROOT / "tests" / "faults" / "compare.py")
    ran = await asyncio.create_subprocess_exec(
        sys.executable, program, *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, complained = await ran.communicate()
    assert ran.returncode == 0, complained.decode()[-2000:]
    found: dict[str, int] = json.loads(out)
    assert found["missing"] == 0, f"acknowledged and not there: {found}"
    assert found["doubled"] == 0, f"stored more often than sent: {found}"
    assert found["never_sent"] == 0, f"nobody sent these: {found}"
    assert found["stored_unacknowledged"] <= kills * clients, found
    assert "broken" not in await bot.command("verify-log")
    return found


def new_id() -> str:
    """Return an id for an activity."""
    return str(uuid.uuid4())
