"""The whole bot in the test process, on a real port: cheap enough for thousands of requests."""

import json
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import aiohttp
from aiohttp import web
from sqlmodel import col, select

from bot.admin_port import make_admin_app
from bot.clock import Clock
from bot.door.front_door import server_options
from bot.metrics import Metrics
from bot.settings import read_settings
from bot.web import make_app
from storage.desk import Desk
from storage.sealing import Keys
from storage.trail import EventRow
from tests.conftest import TRAIL
from tests.migrated import put_database
from tests.wire.door import TENANT, recorded

FAR = "22222222-2222-4222-8222-222222222222"
"""Tenant id of another municipality served by the same bot."""
SECRET = bytes(range(32))


class InProcessBot:
    """A bot with its own database; `posts` sends it an activity."""

    def __init__(self, folder: Path, keys: Keys | None = None, clock: Clock | None = None, **more: object) -> None:
        self.settings = read_settings(
            mode="dev",
            tenants=frozenset({TENANT, FAR}),
            database_url=put_database(folder / "bot.db"),
            secret_key=SECRET.hex(),
            **more,
        )
        self.desk = Desk(self.settings.database, keys or Keys({"test": bytes(32)}, TRAIL))
        self.desk.engine.raw_connection().driver_connection.execute("pragma synchronous=off")  # type: ignore[union-attr]
        clock, metrics = clock or Clock(), Metrics()
        self._runners = [
            web.AppRunner(make_app(self.settings, self.desk, clock, metrics), **server_options()),
            web.AppRunner(make_admin_app(self.desk, clock, metrics), access_log=None),
        ]

    async def __aenter__(self) -> Self:
        for runner in self._runners:
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()
        for runner in self._runners:
            await runner.cleanup()
        self.desk.close()

    @property
    def port(self) -> int:
        """The port of the messages endpoint."""
        port: int = self._runners[0].addresses[0][1]
        return port

    async def posts(self, body: Any) -> tuple[int, Any]:
        """Post a body (bytes unchanged, anything else as JSON); return status and response body."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        url, headers = f"http://127.0.0.1:{self.port}/api/messages", {"Content-Type": "application/json"}
        async with self._session.post(url, data=data, headers=headers) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None

    def acts(self) -> list[tuple[str, str]]:
        """Return the act and detail of every event but the day's sweep, which in office hours may come at any time."""
        rows = self.desk.run_now(lambda session: session.exec(select(EventRow).order_by(col(EventRow.id))).all())
        return [(row.act, row.detail) for row in rows if row.act != "swept"]

    async def metrics(self) -> str:
        """Return the text of /metrics."""
        async with self._session.get(f"http://127.0.0.1:{self._runners[1].addresses[0][1]}/metrics") as answer:
            return await answer.text()


def activity(kind: str, who: str, *, place: str = "personal", tenant: str = TENANT, **changes: Any) -> dict[str, Any]:
    """Return a recorded activity as if sent by `who`, in a chat of type `place`."""
    made = recorded(kind) | {"id": str(uuid4()), "serviceUrl": "http://127.0.0.1:1"}
    made["from"] = {"id": f"29:{who}", "aadObjectId": who}
    made["channelData"] = {"tenant": {"id": tenant}}
    made["conversation"] = {"conversationType": place, "tenantId": tenant, "id": f"a:{place}-{who}"}
    return made | changes


def pressed(who: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the invoke activity of a press on a button with this data."""
    value = {"action": {"type": "Action.Execute", "verb": data.get("verb", ""), "data": data}}
    return activity("invoke.adaptiveCard-action", who, value=value, **more)
