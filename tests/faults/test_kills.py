"""The bot is killed between presses: what it acknowledged is stored once, and workers resume at the right question."""

import asyncio
import csv
import io
import random
import re
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.browser.real_bot import RealBot, free_ports
from tests.waiting import patience
from tests.wire.door import TENANT, recorded
from tests.wire.faulty_connector import FaultyConnector

PEOPLE = "tenant_id,object_id,name,unit,role\n" + "".join(
    f"{TENANT},person-{n},Påhittad {n},Enhet (påhittad),case_worker\n" for n in range(4)
)
INPUTS = {"violence": "ja", "child_placed": "nej", "intervention_decided": "ja", "child_communicated": "ja"}


@dataclass
class KilledBot(RealBot):
    """A bot that is killed and restarted. is_up: set while it responds. acknowledged: what it has confirmed."""

    is_up: asyncio.Event = field(default_factory=asyncio.Event)
    acknowledged: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    async def start(self) -> None:
        """Start, and signal once it responds."""
        await super().start()
        self.is_up.set()

    async def kill(self) -> None:
        """Kill it at once."""
        self.is_up.clear()
        await super().kill()


class Worker:
    """A person's client over HTTP. acknowledged: by item, the answer whose press got a 2xx."""

    def __init__(self, bot: KilledBot, connector: FaultyConnector, number: int, luck: random.Random) -> None:
        self.bot, self.connector, self.luck = bot, connector, luck
        self.object_id, self.ref = f"person-{number}", f"SN 2026/{number:04d}"
        self.chat = f"a:personal-{number}"
        self.acknowledged: dict[str, str] = {}
        self.finished = False

    def activity(self, name: str, **changes: Any) -> dict[str, Any]:
        """Return a recorded activity as if sent by this person."""
        made = recorded(name) | {"id": str(uuid.uuid4()), "serviceUrl": self.connector.service_url.rstrip("/")}
        made["from"] = {"id": f"29:{self.object_id}", "aadObjectId": self.object_id}
        made["conversation"] = {"conversationType": "personal", "tenantId": TENANT, "id": self.chat}
        return made | changes

    async def post(self, session: aiohttp.ClientSession, activity: dict[str, Any]) -> Any:
        """Post until acknowledged, with the same id each time, as the channel does."""
        while True:
            try:
                async with session.post(self.bot.url + "/api/messages", json=activity) as answer:
                    if answer.status == 200:
                        self.bot.acknowledged.put_nowait(self.ref)
                        body = await answer.json() if activity["type"] == "invoke" else None
                        if self.luck.random() < 0.1:
                            again = activity | {"id": str(uuid.uuid4())}
                            await session.post(self.bot.url + "/api/messages", json=again)
                        return body
            except aiohttp.ClientError:
                pass
            await self.bot.is_up.wait()

    async def opens(self, session: aiohttp.ClientSession, words: str) -> dict[str, Any]:
        """Type a command and return the card posted in reply."""
        before = len(self.connector.arrivals)
        activity = self.activity("message.text", text=words)
        while True:
            await self.post(session, activity)
            posted = [a for a in self.connector.arrivals[before:] if self.object_id_in(a.path) and a.method == "POST"]
            if posted:
                card: dict[str, Any] = posted[-1].activity["attachments"][0]["content"]
                return card
            activity = activity | {"id": str(uuid.uuid4())}

    def object_id_in(self, path: str) -> bool:
        return self.chat.replace(":", "%3A") in path

    async def works(self, session: aiohttp.ClientSession) -> None:
        """Open a case and answer until it is sent, resuming with `fortsätt` now and then."""
        card = await self.opens(session, f"ny {self.ref}")
        while True:
            button, inputs, kept = self._next_press(card)
            value = {"action": {"type": "Action.Execute", "verb": button["verb"], "data": button["data"] | inputs}}
            answer = await self.post(
                session, self.activity("invoke.adaptiveCard-action", value=value, replyToId="card")
            )
            self.acknowledged |= kept
            if button["title"] == "Skicka till chef":
                self.finished = True
                return
            card = answer["value"]
            if self.luck.random() < 0.15:
                shown = _heading(card)
                card = await self.opens(session, f"fortsätt {self.ref}")
                assert _heading(card) == shown, "it resumes at another question than the next one"

    def _next_press(self, card: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
        """Choose a button, its fields, and the answers it stores."""
        buttons = {action["title"]: action for part in card["body"] for action in part.get("actions", ())}
        inputs = [part["id"] for part in card["body"] if part["type"].startswith("Input.")]
        if "violence" in inputs:
            return buttons["Spara"], INPUTS, {}
        if "Skicka till chef" in buttons:
            return buttons["Skicka till chef"], {}, {}
        if "motivation" in inputs:
            return buttons["Spara"], {"motivation": f"Påhittad motivering {self.ref}"}, {}
        if inputs:
            chosen = {item: self.luck.choice(["ja", "nej"]) for item in inputs}
            return buttons["Spara"], chosen, chosen
        title = self.luck.choice(["Ja", "Nej"])
        return buttons[title], {}, {_heading(card): title.lower()}


def _heading(card: dict[str, Any]) -> str:
    """Return what a card asks, without the number of the question."""
    said = next(str(part["text"]) for part in card["body"] if part.get("style") == "heading")
    return re.sub(r"^\d+ · ", "", said)


async def _play(folder: Path, kills: int, seed: int, database_url: str = "") -> None:
    port, admin = free_ports(2)
    more = {"BK_TENANTS": TENANT} | ({"BK_DATABASE_URL": database_url} if database_url else {})
    bot = KilledBot(folder, port, admin, more, arguments=(), is_warm=database_url != "")  # once as it is delivered
    bot.is_given(PEOPLE)
    await bot.start()
    luck = random.Random(seed)
    try:
        async with FaultyConnector() as connector, aiohttp.ClientSession() as session:
            workers = [Worker(bot, connector, n, random.Random(seed + n)) for n in range(4)]
            working = asyncio.gather(*(worker.works(session) for worker in workers))
            for _ in range(kills):
                async with patience("presses to be acknowledged"):
                    for _ in range(luck.randint(1, 6)):
                        await bot.acknowledged.get()
                await bot.kill()
                await bot.start()
            await working
            assert all(worker.finished for worker in workers)
            await _check(bot, workers)
    finally:
        await bot.stop()


async def _check(bot: KilledBot, workers: list[Worker]) -> None:
    """Compare what was acknowledged with what another process, the command line, reads from the database."""
    rows = list(csv.DictReader(io.StringIO(await bot.command("export", "--what", "answers")), delimiter=";"))
    for worker in workers:
        mine = [row for row in rows if row["case_ref"] == worker.ref]
        stored = {row["item"]: row["answer"] for row in mine} | {row["question"]: row["answer"] for row in mine}
        assert {what: stored.get(what) for what in worker.acknowledged} == worker.acknowledged
        assert {row["revision"] for row in mine if row["item"] in worker.acknowledged} <= {"1", "2"}
    assert "broken" not in await bot.command("verify-log")


async def test_nothing_acknowledged_is_lost_when_it_is_killed(tmp_path: Path) -> None:
    await _play(tmp_path, kills=4, seed=1)


async def test_nothing_acknowledged_is_lost_on_postgresql(tmp_path: Path, postgres_database: str) -> None:
    await _play(tmp_path, kills=3, seed=2, database_url=postgres_database)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 20))
async def test_nothing_acknowledged_is_lost_in_a_hundred_kills(tmp_path: Path, seed: int) -> None:
    await _play(tmp_path, kills=10, seed=seed)
