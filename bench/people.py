"""Made-up people filling in bases with the real bot, on a copy of a town, with the duration of every turn."""

import asyncio
import itertools
import json
import random
import re
import sqlite3
import sys
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from bench.measure import KEY, TRAIL, Towns
from tests.browser.real_bot import RealBot, free_ports
from tests.conftest import ROOT
from tests.wire.bot_process import Client, RecordingConnector, people_csv
from tests.wire.door import TENANT
from tests.wire.test_conversation import FACTS, INFORMED

SETTINGS = {
    "BK_TENANTS": TENANT,
    "BK_KEYS": "bench:" + b64encode(KEY).decode(),
    "BK_SECRET_KEY": "0" * 64,
    "BK_TRAIL_KEY": TRAIL.hex(),
    "BK_PUBLIC_URL": "http://bench.invalid",  # without one there are no links
    "BK_NOW": "2025-12-30T20:00:00+01:00",  # the town's year, and an evening, when no reminders are sent
}
Pause = Callable[[], float]
Step = tuple[str, Mapping[str, str] | None]
"""A typed line, or, with fields (possibly none), the title of a button."""
TYPED: tuple[Step, ...] = (
    ("Spara", FACTS),
    ("nej, en påhittad motivering", None),
    ("Spara", INFORMED),
    ("Finns i akten", {"Var i akten": "påhittad anteckning"}),
    ("Ja", {}),
    ("ett påhittat skäl", None),
    ("j", None),
    ("Motivering saknas", {}),
    ("Pågår", {}),
    ("Nej", {}),
)
PRESSED: tuple[Step, ...] = (
    TYPED[0],
    ("Nej", {}),
    ("Spara", {"Motivering": "en påhittad motivering"}),
    *TYPED[2:5],
    ("Spara", {"Motivering": "ett påhittat skäl"}),
    ("Ja", {}),
    *TYPED[7:],
)
_REFS = (f"SN 2031/{number}" for number in itertools.count(1))


class Person(Client):
    """A person. waits: seconds from each act to its response.

    Unlike in tests, cards are not checked, which would take time from the bot.
    """

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self.waits: list[float] = []

    async def post(self, activity: Mapping[str, Any]) -> tuple[int, Any]:
        """Post an activity and record the response time."""
        start = time.perf_counter()
        answer = await super().post(activity)
        self.waits.append(time.perf_counter() - start)
        return answer

    def take(self, body: Any) -> None:
        """Show the response to a press."""
        assert body["type"] == "application/vnd.microsoft.card.adaptive", body
        self.card = body["value"]

    def links(self) -> list[str]:
        """Return the addresses that the card in view links to, as the bot is reached here."""
        found = dict.fromkeys(re.findall(r'"url": "https?://[^/"]+(/[^"]+\?l=[^"]+)"', json.dumps(self.card)))
        return [self.bot.url + path for path in found]

    def look(self, message: str) -> None:
        """Look at a posted message."""
        self.message = message
        self.card = self.posted[message]["attachments"][0]["content"]

    async def does(self, step: Step) -> None:
        """Type a line or press a button."""
        what, fields = step
        await (self.types(what) if fields is None else self.presses(what, fields))

    async def opens(self, pause: Pause) -> None:
        """Open a new case, after a pause."""
        await asyncio.sleep(pause())
        await self.types(f"ny {next(_REFS)}")

    async def fills_in(self, steps: Iterable[Step], pause: Pause) -> None:
        """Fill in the basis of the open case, with a pause before each act."""
        for step in steps:
            await asyncio.sleep(pause())
            await self.does(step)
        assert "Sammanfattning" in self.text

    async def whole_basis(self, steps: Iterable[Step], pause: Pause) -> None:
        """Open a new case and fill in its basis."""
        await self.opens(pause)
        await self.fills_in(steps, pause)


def pauses(shortest: float, longest: float) -> Pause:
    """Return a function that draws thinking times in seconds, uniformly distributed."""
    dice = random.Random(1)
    return lambda: dice.uniform(shortest, longest)


@dataclass
class StaffedBot:
    """A running bot with its people, on a copy of a town."""

    bot: RealBot
    workers: list[Person]
    manager: Person

    def waits(self) -> list[float]:
        """Return everyone's waits since the last call."""
        people = (*self.workers, self.manager)
        found = [wait for person in people for wait in person.waits]
        for person in people:
            person.waits.clear()
        return found


@asynccontextmanager
async def staffed_bot(folder: Path, towns: Towns, lists: int, workers: int) -> AsyncIterator[StaffedBot]:
    """Yield a bot on a copy of a town, with case workers and one manager; the copy is deleted afterwards."""
    with TemporaryDirectory(dir=folder) as name:
        place = Path(name)
        towns.copy(lists, place / "bot.db")
        with closing(sqlite3.connect(place / "bot.db")) as connection, connection:
            connection.execute("update tenant set entra_id = ?", (TENANT,))
        port, admin_port = free_ports(2)
        bot = RealBot(place, port, admin_port, SETTINGS, arguments=(), is_warm=False)  # its memory is measured
        names = tuple(f"worker-{number}" for number in range(workers))
        register = people_csv(names), people_csv(("manager",), "manager").partition("\n")[2]
        (place / "people.csv").write_text("\n".join(register), encoding="utf-8")
        await bot.command("people", "import", str(place / "people.csv"))
        try:
            await bot.start()
            async with RecordingConnector() as connector, aiohttp.ClientSession() as session:
                *staff, manager = [Person(bot, connector, session, name) for name in (*names, "manager")]
                yield StaffedBot(bot, staff, manager)
        finally:
            await bot.stop()


@asynccontextmanager
async def meanwhile(bot: RealBot, *words: str) -> AsyncIterator[list[float]]:
    """Run a command on the bot's database over and over until the end of the block.

    Yields a list of the durations of completed runs, in seconds.
    """
    took: list[float] = []

    async def run() -> None:
        while True:
            start = time.perf_counter()
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                str(ROOT / "app.py"),
                *words,
                env=bot.environment,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
            try:
                code = await process.wait()
            finally:
                if process.returncode is None:
                    process.terminate()
                    await process.wait()
            assert code == 0, f"{words[0]} ended with {code}"
            took.append(time.perf_counter() - start)

    running = asyncio.create_task(run())
    try:
        yield took
    finally:
        running.cancel()
        [ended] = await asyncio.gather(running, return_exceptions=True)
    assert isinstance(ended, asyncio.CancelledError), ended
