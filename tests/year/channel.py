"""Teams, as far as the bot can tell: takes what the bot posts, slowly, twice, not at all, or without saying so."""

import asyncio
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import unquote

import aiohttp
from yarl import URL


@dataclass(frozen=True)
class Delivery:
    """What reached a person. method: POST for a new message, PUT for an update. message: its id.

    sure: the bot is told so.
    """

    channel_id: str
    method: str
    message: str
    body: Mapping[str, Any]
    sure: bool


@dataclass
class Channel:
    """Stands in for aiohttp's session. delivered: called with all that reaches a person.

    trouble: the share of calls in which something goes wrong. gone: chats that answer 403, as when the app is removed.
    """

    chance: random.Random
    delivered: Callable[[Delivery], None]
    trouble: float = 0.0
    gone: set[str] = field(default_factory=set)
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    posted: int = 0

    def request(self, method: str, url: URL, *, data: bytes | None = None, **_more: Any) -> "_Call":
        """Begin a call."""
        return _Call(self, method, url, data)


class _Content:
    def __init__(self, body: bytes) -> None:
        self._body = body

    async def iter_any(self) -> Any:
        yield self._body


class _Response:
    def __init__(self, status: int, body: Any, headers: Mapping[str, str]) -> None:
        self.status, self.headers = status, headers
        self.content = _Content(json.dumps(body).encode())


class _Call:
    """One call, from its start to its answer, or to its failure."""

    def __init__(self, channel: Channel, method: str, url: URL, data: bytes | None) -> None:
        self._channel, self._method, self._data = channel, method, data
        parts = [unquote(part) for part in url.raw_path.split("/")]
        self._chat = parts[parts.index("conversations") + 1]
        self._last = parts[-1]

    async def __aenter__(self) -> _Response:
        channel, chance = self._channel, self._channel.chance
        await asyncio.sleep(chance.choice((0.02, 0.05, 0.2, 0.8)))
        if self._method == "GET":
            found = channel.members.get(self._last)
            return _Response(200 if found else 404, found or {}, {})
        if self._chat in channel.gone:
            return _Response(403, {}, {})
        what = chance.choice(_TROUBLES) if chance.random() < channel.trouble else ""
        if what == "unreachable":
            raise aiohttp.ConnectionTimeoutError
        if what == "throttled":
            return _Response(429, {}, {"Retry-After": str(chance.randint(1, 5))} if chance.random() < 0.5 else {})
        if what in ("lost", "502 lost"):
            if what == "502 lost":
                return _Response(502, {}, {})
            raise aiohttp.ServerDisconnectedError
        if what == "slow":
            await asyncio.sleep(chance.uniform(2, 9))
        answer = self._take(sure=what not in ("hangs", "504 taken"))
        if what == "hangs":  # it has arrived, but the bot is not told
            await asyncio.sleep(10)
            raise TimeoutError
        if what == "504 taken":
            return _Response(504, {}, {})
        return answer

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def _take(self, *, sure: bool) -> _Response:
        body = json.loads(self._data or b"{}")
        if self._method == "POST":
            self._channel.posted += 1
            message = f"out-{self._channel.posted}"
        else:
            message = self._last
        self._channel.delivered(Delivery(self._chat, self._method, message, body, sure))
        return _Response(200 if self._method == "PUT" else 201, {"id": message}, {})


_TROUBLES = ("unreachable", "throttled", "throttled", "lost", "502 lost", "slow", "slow", "hangs", "504 taken")
