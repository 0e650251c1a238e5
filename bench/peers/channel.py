"""Both ends of the channel on 127.0.0.1: people who post activities, and the connector that the bots answer to.

A turn lasts from the post of its activity until every reply has reached the connector and the post has been answered.
Every reply is checked for what it must contain: a run with a wrong or missing reply gives no result.
"""

import asyncio
import contextlib
import itertools
import json
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import unquote

import aiohttp
from aiohttp import web

from tests.chat.card_hand import Card, button, gathered
from tests.wire.door import TENANT, recorded
from tests.wire.issuer import APP_ID, ISSUER, good_claims, private_key, published, signed

PATIENCE = 20.0
"""Seconds to wait for a reply before the run counts as failed."""
_REFS = itertools.count(1)
_MESSAGES = itertools.count(1)
_KEY = "bench"


class WrongReply(Exception):
    """A reply is missing, or does not contain what it must: the run gives no result."""


@dataclass
class Waits:
    """The waits of a phase. typed, pressed: seconds of each turn of that kind."""

    typed: list[float] = field(default_factory=list)
    pressed: list[float] = field(default_factory=list)

    @property
    def turns(self) -> int:
        """Number of turns."""
        return len(self.typed) + len(self.pressed)


class Chat:
    """A person's chat with a bot: types, presses, and checks what comes back."""

    def __init__(self, channel: "Channel", number: int, urls: tuple[str, ...]) -> None:
        """urls: where the bot's replicas listen; each post goes to the next one."""
        self.number, self.id = number, f"a:bench-{number}"
        self.waits = Waits()
        self.surplus = 0
        self._channel = channel
        self._urls = itertools.cycle(urls)
        self._came: list[bytes] = []
        self._missing = 0
        self._all_came = asyncio.Event()
        self._card: Card = {}
        self._message = ""
        who = person_id(number)
        self._about = {
            "from": {"id": f"29:bench-{number}", "name": f"Person {number}", "aadObjectId": who},
            "conversation": {"conversationType": "personal", "tenantId": TENANT, "id": self.id},
            "serviceUrl": channel.service_url,
        }
        self._line = recorded("message.text") | self._about
        self._press = recorded("invoke.adaptiveCard-action") | self._about

    async def types(self, line: str, *says: str, replies: int = 1, card: bool = False) -> None:
        """Type a line and wait for the replies. says: what they must contain. card: take the one in the last reply."""
        self._came, self._missing = [], replies
        self._all_came.clear()
        began = time.perf_counter()
        await self._post(self._line | {"text": line})
        async with asyncio.timeout(PATIENCE):
            await self._all_came.wait()
        self.waits.typed.append(time.perf_counter() - began)
        self._check(line, b"".join(self._came).decode(), says)
        if card:
            self._card = json.loads(self._came[-1])["attachments"][0]["content"]

    async def presses(self, title: str, *says: str, fields: Mapping[str, str] | None = None) -> None:
        """Press a button of the card in view; the response takes its place."""
        action = button(self._card, title)
        pressed = {"type": "Action.Execute", "title": title, "verb": action["verb"]}
        pressed["data"] = gathered(self._card, action, fields or {})
        began = time.perf_counter()
        body = await self._post(self._press | {"value": {"action": pressed}, "replyToId": self._message})
        self.waits.pressed.append(time.perf_counter() - began)
        self._check(title, body.decode(), ("application/vnd.microsoft.card.adaptive", *says))
        self._card = json.loads(body)["value"]

    async def _post(self, activity: dict[str, Any]) -> bytes:
        activity["id"] = f"bench-{next(_MESSAGES)}"
        async with self._channel.http.post(next(self._urls), json=activity, headers=self._channel.headers) as answer:
            body = await answer.read()
        if answer.status not in (200, 201, 202):
            raise WrongReply(f"{answer.status}: {body[:200]!r}")
        if activity["type"] == "invoke":
            self._channel.heard("pressed", body)
        return body

    def came(self, body: bytes, message: str) -> None:
        """Take a message that the bot has posted to this chat; one more than expected counts as surplus."""
        if self._missing == 0:
            self.surplus += 1
            return
        self._missing -= 1
        self._came.append(body)
        self._message = message
        if self._missing == 0:
            self._all_came.set()

    def _check(self, act: str, reply: str, says: tuple[str, ...]) -> None:
        if lacking := [one for one in says if one not in reply]:
            raise WrongReply(f"{act!r} was answered without {lacking}: {reply[:400]}")


class Channel:
    """The connector, the token issuer and the identity endpoint, on a free port.

    posts, puts: requests so far. heard: called with what bots say: `typed` (a reply to a line), `pressed` (the response
    to a press) or `put`, and its body.
    """

    def __init__(self) -> None:
        self.posts = self.puts = 0
        self.headers: dict[str, str] = {}
        self.heard: Callable[[str, bytes], object] = lambda _how, _body: None
        self._chats: dict[str, Chat] = {}
        app = web.Application()
        app.router.add_post("/v3/conversations/{chat}/activities", self._posted)
        app.router.add_post("/v3/conversations/{chat}/activities/{message}", self._posted)
        app.router.add_put("/v3/conversations/{chat}/activities/{message}", self._put)
        app.router.add_get("/openid", self._openid)
        app.router.add_get("/keys", self._keys)
        app.router.add_get("/identity", self._identity)
        self._runner = web.AppRunner(app, access_log=None)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.service_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.close()
        await self._runner.cleanup()

    def use_token(self, given: bool) -> None:
        """Post with a token, as Teams does, or without."""
        claims = good_claims(serviceurl=self.service_url)
        token = signed({"alg": "RS256", "typ": "JWT", "kid": _KEY}, claims, private_key(_KEY)) if given else ""
        self.headers = {"Authorization": f"Bearer {token}"} if given else {}

    @property
    def production(self) -> dict[str, str]:
        """Return the settings of a bot that checks these tokens and sends here."""
        return {
            "BK_MODE": "production",
            "BK_SERVICE_HOSTS": "127.0.0.1",
            "BK_OPENID_METADATA_URL": f"{self.service_url}/openid",
            "BK_TOKEN_ISSUER": ISSUER,
            "MicrosoftAppId": APP_ID,
            "MicrosoftAppType": "UserAssignedMSI",
            "IDENTITY_ENDPOINT": f"{self.service_url}/identity",
            "IDENTITY_HEADER": "made-up",
        }

    def chats(self, count: int, urls: tuple[str, ...]) -> list[Chat]:
        """Return new chats for `count` people, replacing the previous ones."""
        made = [Chat(self, number, urls) for number in range(count)]
        self._chats = {one.id: one for one in made}
        return made

    async def _posted(self, request: web.Request) -> web.Response:
        self.posts += 1
        body, message = await request.read(), f"out-{self.posts}"
        self.heard("typed", body)
        if (chat := self._chats.get(unquote(request.match_info["chat"]))) is not None:
            chat.came(body, message)
        return web.json_response({"id": message}, status=201)

    async def _put(self, request: web.Request) -> web.Response:
        self.puts += 1
        self.heard("put", await request.read())
        return web.json_response({"id": unquote(request.match_info["message"])})

    async def _openid(self, _request: web.Request) -> web.Response:
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.service_url}/keys"})

    async def _keys(self, _request: web.Request) -> web.Response:
        return web.json_response({"keys": [published(_KEY, private_key(_KEY))]})

    async def _identity(self, _request: web.Request) -> web.Response:
        return web.json_response({"access_token": "made-up", "expires_on": str(int(time.time()) + 86400)})


Script = Callable[[Chat, Callable[[], Awaitable[None]]], Awaitable[None]]
"""One lap of a conversation. It awaits its second argument, the time to read, before each turn."""


class _Over(Exception):
    """The time of a phase is over."""


async def phase(chats: list[Chat], script: Script, seconds: float, reading: Callable[[], float] | None = None) -> Waits:
    """Let everybody go through the script again and again until the time is over.

    reading: draws the seconds to wait before each turn; laps then take long, and are broken off when the time is over.
    Without it, only whole laps are made.
    """
    end = time.perf_counter() + seconds
    for chat in chats:
        chat.waits = Waits()

    async def pause() -> None:
        if reading is None:
            return
        await asyncio.sleep(reading())
        if time.perf_counter() > end:
            raise _Over

    async def person(chat: Chat) -> None:
        with contextlib.suppress(_Over):
            while time.perf_counter() < end:
                await script(chat, pause)

    async with asyncio.TaskGroup() as group:
        for chat in chats:
            group.create_task(person(chat))
    return Waits(
        [wait for chat in chats for wait in chat.waits.typed], [wait for chat in chats for wait in chat.waits.pressed]
    )


def next_ref() -> str:
    """Return a case reference that nobody has used."""
    return f"SN 2031/{next(_REFS)}"


def person_id(number: int) -> str:
    """Return the object id of a made-up person."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"bench-{number}"))
