"""The front door alone on a real port: admitted activities are recorded, refusals are answered as in production."""

import json
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

from bot.door.front_door import AdmissionPolicy, Refused, receive, refusal, server_options
from bot.door.inbound import Inbound

TENANT = "11111111-1111-4111-8111-111111111111"
RECORDED = Path(__file__).with_name("recorded")
DEV = AdmissionPolicy(mode="dev", tenants=frozenset({TENANT}))


def recorded(name: str) -> dict[str, Any]:
    """Load a recorded activity."""
    activity: dict[str, Any] = json.loads(_text(name))
    return activity


@cache
def _text(name: str) -> str:
    return (RECORDED / f"{name}.json").read_text()


class Door:
    """A server that consists of nothing but the front door."""

    def __init__(self, policy: AdmissionPolicy, *, read_seconds: float = 10.0) -> None:
        self.policy = policy
        self.turns: list[Inbound] = []
        app = web.Application()
        app.router.add_post("/api/messages", self._messages)
        self._runner = web.AppRunner(app, **server_options(read_seconds, read_seconds))

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()
        await self._runner.cleanup()

    @property
    def port(self) -> int:
        """The port it listens on."""
        port: int = self._runner.addresses[0][1]
        return port

    @property
    def url(self) -> str:
        """The URL to post activities to."""
        return f"http://127.0.0.1:{self.port}/api/messages"

    async def post(self, body: Any, headers: dict[str, str] | None = None) -> int:
        """Post a body (bytes unchanged, anything else as JSON) and return the response's status."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} | (headers or {})
        skip = [name for name, value in sent.items() if not value]
        sent = {name: value for name, value in sent.items() if value}
        async with self._session.post(self.url, data=data, headers=sent, skip_auto_headers=skip) as response:
            await response.read()
            return response.status

    async def _messages(self, request: web.Request) -> web.Response:
        try:
            inbound = await receive(request, self.policy)
        except Refused as refused:
            return refusal(refused)
        self.turns.append(inbound)
        return web.Response(status=200)
