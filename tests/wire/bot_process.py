"""The real bot as a process with a database of its own, a connector that keeps what it is sent, and clients over HTTP.

A client speaks as Teams does: activities in the recorded shapes, and the answer of a press in the card's place.
"""

import json
import sqlite3
import uuid
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.browser.real_bot import RealBot, free_ports
from tests.chat.card_hand import Card, button, gathered, words
from tests.chat.card_oracle import check_card
from tests.waiting import News, until
from tests.wire.door import TENANT, recorded

NEUTRAL = "Beslutskollen har något att visa dig."


def people_csv(names: tuple[str, ...], role: str = "case_worker") -> str:
    """Return a register of made-up people in one unit."""
    rows = [f"{TENANT},{name},{name.capitalize()} Påhittad,Enhet (påhittad),{role}" for name in names]
    return "\n".join(["tenant_id,object_id,name,unit,role", *rows])


class RecordingConnector:
    """Takes what is sent to it.

    `chats` holds each chat's messages as they stand, in the order they were posted; `bodies` everything that ever came;
    `times` how often each message came, by chat and id.
    """

    def __init__(self) -> None:
        self.chats: defaultdict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        self.bodies: list[str] = []
        self.times: Counter[tuple[str, str]] = Counter()
        self._news = News()
        app = web.Application()
        app.router.add_post("/v3/conversations/{chat}/activities", self._post)
        app.router.add_put("/v3/conversations/{chat}/activities/{message}", self._put)
        self._server = TestServer(app)

    async def __aenter__(self) -> Self:
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    @property
    def service_url(self) -> str:
        """Say where to send, as an activity's serviceUrl would."""
        return str(self._server.make_url("/")).rstrip("/")

    async def until(self, what: str, there: Callable[[], object]) -> None:
        """Wait until something that was sent makes `there` true."""
        await self._news.until(what, there, lambda: self.bodies[::-1])

    async def posted_after(self, chat: str, before: Collection[str]) -> str:
        """Wait for a message in a chat that was not there before, and return its id.

        A reply may come after the answer to its request, and what is sent meanwhile may change other messages.
        """
        await self.until(f"a new message in {chat}", lambda: self.chats[chat].keys() - before)
        return next(message for message in self.chats[chat] if message not in before)

    async def _post(self, request: web.Request) -> web.Response:
        return await self._keep(request, f"out-{uuid.uuid4()}")

    async def _put(self, request: web.Request) -> web.Response:
        return await self._keep(request, unquote(request.match_info["message"]))

    async def _keep(self, request: web.Request, message: str) -> web.Response:
        body = await request.text()
        chat = unquote(request.match_info["chat"])
        self.bodies.append(body)
        self.chats[chat][message] = json.loads(body)
        self.times[chat, message] += 1
        await self._news.tell()
        return web.json_response({"id": message})


class Client:
    """One person at her Teams client. `card` is what she looks at, `message` the posted message it stands in."""

    def __init__(self, bot: RealBot, connector: RecordingConnector, session: aiohttp.ClientSession, name: str) -> None:
        self.bot, self.connector, self.session, self.name = bot, connector, session, name
        self.chat = f"a:personal-{name}"
        self.card: Card = {}
        self.message = ""
        self.said = ""

    def activity(self, shape: str, **changes: Any) -> dict[str, Any]:
        """Return a recorded activity as this person's, with an id of its own."""
        made = recorded(shape) | {"id": str(uuid.uuid4()), "serviceUrl": self.connector.service_url}
        made["from"] = {"id": f"29:{self.name}", "name": self.name, "aadObjectId": self.name}
        made["conversation"] = {"conversationType": "personal", "tenantId": TENANT, "id": self.chat}
        return made | changes

    async def post(self, activity: Mapping[str, Any]) -> tuple[int, Any]:
        """Post an activity; return status and body. Raises: aiohttp.ClientError: the bot is not there."""
        async with self.session.post(f"{self.bot.url}/api/messages", json=activity) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None

    async def types(self, line: str) -> Self:
        """Write a line and look at what is posted for it."""
        before = set(self.posted)
        status, _ = await self.post(self.activity("message.text", text=line))
        assert status == 200
        self.look(await self.connector.posted_after(self.chat, before))
        return self

    async def presses(self, title: str, fields: Mapping[str, str] | None = None) -> Self:
        """Press a button of the card she looks at; the answer goes in its place."""
        value = {"action": self.pressed(title, fields or {})}
        _, body = await self.post(self.activity("invoke.adaptiveCard-action", value=value, replyToId=self.message))
        self.take(body)
        return self

    async def submits(self, title: str, fields: Mapping[str, str] | None = None) -> Self:
        """Press as an older client does; the posted card is updated, and she looks at that."""
        fallback = button(self.card, title)["fallback"]
        value = gathered(self.card, fallback, fields or {})
        times, this = self.connector.times, (self.chat, self.message)
        before = times[this]
        status, _ = await self.post(self.activity("message.action-submit", value=value, replyToId=self.message))
        assert status == 200
        await self.connector.until(f"the card that {self.name} pressed to be updated", lambda: times[this] > before)
        self.look(self.message)
        return self

    async def refreshes(self) -> Self:
        """Ask what the card she looks at shows now."""
        action = self.card["refresh"]["action"]
        value = {"action": action, "trigger": "automatic"}
        _, body = await self.post(self.activity("invoke.adaptiveCard-action", value=value, replyToId=self.message))
        self.take(body)
        return self

    def pressed(self, title: str, fields: Mapping[str, str]) -> dict[str, Any]:
        """Return the action of a press, as a client sends it."""
        action = button(self.card, title)
        return {"type": "Action.Execute", "title": title, "verb": action["verb"]} | {
            "data": gathered(self.card, action, fields)
        }

    def take(self, body: Any) -> None:
        """Show the answer of a press."""
        assert body["statusCode"] == 200
        if body["type"] == "application/vnd.microsoft.card.adaptive":
            self.card, self.said = body["value"], ""
            check_card(self.card, language="sv", user=f"29:{self.name}", public=False)
        else:
            assert body["type"] == "application/vnd.microsoft.activity.message"
            self.said = body["value"]

    def look(self, message: str) -> None:
        """Look at a posted message; with a card its text is empty and its summary tells nothing."""
        posted = self.posted[message]
        self.message, self.said = message, posted["text"]
        if "attachments" in posted:
            assert (posted["text"], posted["summary"]) == ("", NEUTRAL)
            self.card = posted["attachments"][0]["content"]
            check_card(self.card, language="sv", user=f"29:{self.name}", public=True)

    @property
    def posted(self) -> dict[str, dict[str, Any]]:
        """Return the messages of her chat as they stand."""
        return self.connector.chats[self.chat]

    @property
    def text(self) -> str:
        """Return what she can read."""
        return f"{self.said}\n{words(self.card)}"


@asynccontextmanager
async def town(folder: Path, *names: str, **settings: str) -> AsyncIterator[list[Client]]:
    """Yield clients of a running bot, one for each name; all are case workers in one unit."""
    port, admin_port = free_ports(2)
    bot = RealBot(folder, port, admin_port, {"BK_TENANTS": TENANT} | settings, arguments=())
    (folder / "people.csv").write_text(people_csv(names), encoding="utf-8")
    await bot.command("people", "import", str(folder / "people.csv"))
    await bot.start()
    try:
        async with RecordingConnector() as connector, aiohttp.ClientSession() as session:
            yield [Client(bot, connector, session, name) for name in names]
    finally:
        await bot.stop()


async def at_rest(database: Path) -> None:
    """Wait until a bot has nothing left to do by itself: to send, note, count, chain or sign."""
    left_to_do = (
        "select count(*) from outbox where state in ('waiting', 'sending')",
        "select count(*) from conversation where card = '' and card_case_id is not null",
        "select count(*) from changed",
        "select count(*) from event where not chained",
        "select count(*) = 0 from trail_head",
    )

    async def look() -> list[int]:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as read:
            return [read.execute(query).fetchone()[0] for query in left_to_do]

    await until("the bot to come to rest", look, lambda left: not any(left))


def content(database: Path) -> dict[str, list[str]]:
    """Return what a SQLite database holds, as text; but for the sealing of the trail, which goes on by itself."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as read:
        names = [name for (name,) in read.execute("select name from sqlite_master where type = 'table'")]
        rows = {name: sorted(map(str, read.execute(f'select * from "{name}"'))) for name in names}
        rows["event"] = sorted(map(str, read.execute("select id, act, detail from event")))
    return {name: found for name, found in rows.items() if name != "event_seal"}
