"""A fake Bot Connector on 127.0.0.1 that records requests and fails on demand."""

import asyncio
import json
import socket
import struct
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.waiting import News


@dataclass(frozen=True)
class Fault:
    """A response with status and headers, or a way of failing to respond.

    how: "answer"; "hang" (reads the request and never responds); "drip" (sends one byte of a good response, then
    stalls); "reset" (ends the connection after reading the request); "rst" (resets it, as when a machine is gone).
    """

    status: int = 201
    headers: dict[str, str] = field(default_factory=dict)
    body: str = '{"id": "sent"}'
    how: str = "answer"


@dataclass(frozen=True)
class Arrival:
    """A received request. at: event loop time, seconds. path: still percent-encoded."""

    at: float
    method: str
    path: str
    headers: dict[str, str]
    body: str

    @property
    def activity(self) -> Any:
        """The body, parsed as JSON."""
        return json.loads(self.body)


class FaultyConnector:
    """Answers each request with the next fault in its script; with success once the script is used up."""

    def __init__(self) -> None:
        self.script: deque[Fault] = deque()
        self.by_path: Callable[[str], Fault | None] = lambda _path: None
        """Takes precedence over the script. Called with the percent-encoded path; None falls through to the script."""
        self.before: Callable[[], Awaitable[object]] | None = None
        """If set, awaited before each response."""
        self.arrivals: list[Arrival] = []
        self.when_one_hangs: Callable[[], object] = lambda: None
        self.hung = 0
        """Number of requests left hanging."""
        self._hung: list[web.Request] = []
        self._news = News()
        self._over = asyncio.Event()
        app = web.Application()
        app.router.add_route("*", "/{anything:.*}", self._take)
        self._server = TestServer(app)

    async def __aenter__(self) -> Self:
        await self._server.start_server()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        await self._server.close()

    @property
    def service_url(self) -> str:
        """The connector's serviceUrl."""
        return str(self._server.make_url("/_connector/"))

    @property
    def hanging(self) -> int:
        """Number of requests left hanging that nobody has given up yet."""
        self._hung = [one for one in self._hung if one.transport is not None and not one.transport.is_closing()]
        return len(self._hung)

    async def stop(self) -> None:
        """Stop listening."""
        self._over.set()
        await self._server.close()

    async def until(self, what: str, there: Callable[[], Any]) -> None:
        """Wait until `there()` is true, checking again after each request."""
        await self._news.until(what, there, lambda: self.arrivals[::-1])

    async def _take(self, request: web.Request) -> web.StreamResponse:
        body = await request.text()
        self.arrivals.append(
            Arrival(
                asyncio.get_running_loop().time(),
                request.method,
                request.raw_path,
                dict(request.headers),
                body,
            )
        )
        await self._news.tell()
        if self.before is not None:
            await self.before()
        fault = self.by_path(request.raw_path) or (self.script.popleft() if self.script else Fault())
        if fault.how == "hang":
            await self._hang(request)
        if fault.how == "reset" and request.transport is not None:
            request.transport.abort()
        if fault.how == "rst" and request.transport is not None:
            line = request.transport.get_extra_info("socket")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # no good-bye: a true RST
            request.transport.abort()
        if fault.how == "drip":
            return await self._drip(request, fault)
        return web.Response(status=fault.status, headers=fault.headers, text=fault.body)

    async def _drip(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        response = web.StreamResponse(status=fault.status, headers=fault.headers)
        response.content_length = len(fault.body)
        await response.prepare(request)
        await response.write(fault.body[:1].encode())
        await self._hang(request)
        return response

    async def _hang(self, request: web.Request) -> None:
        self.hung += 1
        self._hung.append(request)
        self.when_one_hangs()
        await self._news.tell()
        await self._over.wait()
