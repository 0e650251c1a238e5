"""The real bot as a separate process with its own database, a recording connector, and clients over HTTP.

A client behaves like Teams: it sends activities in the recorded shapes, and replaces a pressed card by the response.
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
    """Return a register file of made-up people in one unit."""
    rows = [f"{TENANT},{name},{name.capitalize()} Påhittad,Enhet (påhittad),{role}" for name in names]
    return "\n".join(["tenant_id,object_id,name,unit,role", *rows])


class RecordingConnector:
    """A connector that accepts and records everything.

    chats: the current messages of each chat, in posting order. bodies: every request body. times: how often each
    message was posted or updated, by chat and id.
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
        """The connector's serviceUrl."""
        return str(self._server.make_url("/")).rstrip("/")

    async def until(self, what: str, there: Callable[[], object]) -> None:
        """Wait until `there()` is true, checking again after each request."""
        await self._news.until(what, there, lambda: self.bodies[::-1])

    async def posted_after(self, chat: str, before: Collection[str]) -> str:
        """Wait for a message that is not in `before`, and return its id.

        A reply may arrive after the response to its request, and other messages may be updated in the meantime.
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
    """A person's Teams client. card: the card in view. message: id of the message that contains it."""

    def __init__(self, bot: RealBot, connector: RecordingConnector, session: aiohttp.ClientSession, name: str) -> None:
        self.bot, self.connector, self.session, self.name = bot, connector, session, name
        self.chat = f"a:personal-{name}"
        self.card: Card = {}
        self.message = ""
        self.said = ""
        self.platform = ""
        """What her client says it runs on; empty: as recorded, `Web`."""

    def activity(self, shape: str, **changes: Any) -> dict[str, Any]:
        """Return a recorded activity as if sent by this person, with a new id."""
        made = recorded(shape) | {"id": str(uuid.uuid4()), "serviceUrl": self.connector.service_url}
        if self.platform:
            told = {"platform": self.platform}
            made["entities"] = [one | told if one["type"] == "clientInfo" else one for one in made["entities"]]
        made["from"] = {"id": f"29:{self.name}", "name": self.name, "aadObjectId": self.name}
        made["conversation"] = {"conversationType": "personal", "tenantId": TENANT, "id": self.chat}
        return made | changes

    async def post(self, activity: Mapping[str, Any]) -> tuple[int, Any]:
        """Post an activity; return status and body. Raises: aiohttp.ClientError: the bot is not running."""
        async with self.session.post(f"{self.bot.url}/api/messages", json=activity) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None

    async def types(self, line: str) -> Self:
        """Type a line and look at the message posted in reply."""
        before = set(self.posted)
        status, _ = await self.post(self.activity("message.text", text=line))
        assert status == 200
        self.look(await self.connector.posted_after(self.chat, before))
        return self

    async def presses(self, title: str, fields: Mapping[str, str] | None = None) -> Self:
        """Press a button on the card in view; the response replaces the card."""
        value = {"action": self.pressed(title, fields or {})}
        _, body = await self.post(self.activity("invoke.adaptiveCard-action", value=value, replyToId=self.message))
        self.take(body)
        return self

    async def submits(self, title: str, fields: Mapping[str, str] | None = None) -> Self:
        """Press like an older client (Action.Submit), and look at the updated card."""
        action = button(self.card, title)
        value = gathered(self.card, action.get("fallback", action), fields or {})
        times, this = self.connector.times, (self.chat, self.message)
        before = times[this]
        status, _ = await self.post(self.activity("message.action-submit", value=value, replyToId=self.message))
        assert status == 200
        await self.connector.until(f"the card that {self.name} pressed to be updated", lambda: times[this] > before)
        self.look(self.message)
        return self

    async def refreshes(self) -> Self:
        """Refresh the card in view."""
        action = self.card["refresh"]["action"]
        value = {"action": action, "trigger": "automatic"}
        _, body = await self.post(self.activity("invoke.adaptiveCard-action", value=value, replyToId=self.message))
        self.take(body)
        return self

    def pressed(self, title: str, fields: Mapping[str, str]) -> dict[str, Any]:
        """Return the invoke value a client sends for a press."""
        action = button(self.card, title)
        return {"type": "Action.Execute", "title": title, "verb": action["verb"]} | {
            "data": gathered(self.card, action, fields)
        }

    def take(self, body: Any) -> None:
        """Show the response to a press."""
        assert body["statusCode"] == 200
        if body["type"] == "application/vnd.microsoft.card.adaptive":
            self.card, self.said = body["value"], ""
            check_card(self.card, language="sv", user=f"29:{self.name}", public=False)
        else:
            assert body["type"] == "application/vnd.microsoft.activity.message"
            self.said = body["value"]

    def look(self, message: str) -> None:
        """Look at a posted message. If it has a card, its text must be empty and its summary neutral."""
        posted = self.posted[message]
        self.message, self.said = message, posted["text"]
        if "attachments" in posted:
            assert (posted["text"], posted["summary"]) == ("", NEUTRAL)
            self.card = posted["attachments"][0]["content"]
            check_card(self.card, language="sv", user=f"29:{self.name}", public=True)

    @property
    def posted(self) -> dict[str, dict[str, Any]]:
        """Return the current messages of her chat."""
        return self.connector.chats[self.chat]

    @property
    def text(self) -> str:
        """Return everything she can read."""
        return f"{self.said}\n{words(self.card)}"


@asynccontextmanager
async def town(folder: Path, *names: str, **settings: str) -> AsyncIterator[list[Client]]:
    """Yield one client of a running bot per name; all are case workers in one unit."""
    port, admin_port = free_ports(2)
    bot = RealBot(folder, port, admin_port, {"BK_TENANTS": TENANT} | settings, arguments=())
    bot.is_given(people_csv(names))
    await bot.start()
    try:
        async with RecordingConnector() as connector, aiohttp.ClientSession() as session:
            yield [Client(bot, connector, session, name) for name in names]
    finally:
        await bot.stop()


async def at_rest(database: Path) -> None:
    """Wait until the bot has no background work left: nothing to send, store, count, chain or sign."""
    left_to_do = (
        "select count(*) from outbox where state in ('waiting', 'sending')",
        "select count(*) from conversation where card = '' and card_case_id is not null",
        "select count(*) from changed",
        "select count(*) from event where not sealed",
        "select count(*) = 0 from trail_head",
    )

    async def look() -> list[int]:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as read:
            return [read.execute(query).fetchone()[0] for query in left_to_do]

    await until("the bot to come to rest", look, lambda left: not any(left))


def content(database: Path) -> dict[str, list[str]]:
    """Return a SQLite database's rows as text, except the chaining of the trail and the beat of the process."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as read:
        names = [name for (name,) in read.execute("select name from sqlite_master where type = 'table'")]
        rows = {name: sorted(map(str, read.execute(f'select * from "{name}"'))) for name in names}
        rows["event"] = sorted(map(str, read.execute("select id, act, detail from event")))
    return {name: found for name, found in rows.items() if name not in ("event_seal", "trail_end", "replica")}
