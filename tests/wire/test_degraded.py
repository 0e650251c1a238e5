"""What people notice is reported: `/readyz` says degraded, with the reason and status 200, and `/metrics` moves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.admin_port import make_admin_app
from bot.clock import Clock
from bot.door.key_ring import KeyRing
from bot.metrics import Metrics
from bot.settings import read_settings
from bot.web import make_app
from storage.desk import Desk, opened
from storage.sealing import Keys
from tests.conftest import TRAIL
from tests.migrated import put_database
from tests.sql.conftest import KEYS
from tests.waiting import until
from tests.wire.door import TENANT
from tests.wire.faulty_connector import Fault, FaultyConnector
from tests.wire.in_process_bot import activity
from tests.wire.issuer import Issuer
from tests.wire.test_on_call import sample

PRODUCTION = {
    "mode": "production", "secret_key": "5a" * 32, "openid_metadata_url": "https://login.example.invalid/keys",
    "MicrosoftAppId": "made-up", "MicrosoftAppPassword": "made-up", "MicrosoftAppTenantId": TENANT,
}  # fmt: skip


class Watched:
    """A bot, and what its admin port says."""

    def __init__(self, client: "TestClient[Any, Any]", admin: "TestClient[Any, Any]", desk: Desk) -> None:
        self.client, self.admin, self.desk = client, admin, desk

    async def readyz(self) -> tuple[int, dict[str, Any]]:
        async with self.admin.get("/readyz") as answer:
            return answer.status, await answer.json()

    async def degraded(self, reason: str) -> float:
        async with self.admin.get("/metrics") as answer:
            return sample(await answer.text(), "beslutskollen_degraded", reason=reason)

    async def until(self, *reasons: str) -> dict[str, Any]:
        """Wait until these are among the reasons, and return what is said then."""

        async def ask() -> tuple[int, dict[str, Any]]:
            return await self.readyz()

        return (await until(f"{reasons}", ask, lambda said: set(reasons) <= set(said[1]["reasons"])))[1]


@asynccontextmanager
async def watched(folder: Path, **settings: object) -> AsyncIterator[Watched]:
    metrics, clock = Metrics(), Clock()
    with opened(put_database(folder / "bot.db"), Keys(KEYS, TRAIL)) as desk:
        app: web.Application = make_app(read_settings(tenants=TENANT, **settings), desk, clock, metrics)
        admin = make_admin_app(desk, clock, metrics)
        async with TestClient(TestServer(app)) as client, TestClient(TestServer(admin)) as asked:
            yield Watched(client, asked, desk)


async def test_replies_that_are_not_sent_are_told_until_one_is(tmp_path: Path) -> None:
    async with watched(tmp_path, mode="dev") as bot, FaultyConnector() as teams:
        assert await bot.readyz() == (
            200, {"status": "ready", "reasons": [], "database": True, "outbox_age_seconds": 0.0}
        )  # fmt: skip
        hello = {"serviceUrl": teams.service_url.rstrip("/"), "text": "hej"}
        teams.script.append(Fault(500))
        await bot.client.post("/api/messages", json=activity("message.text", "made-up", **hello))

        said = await bot.until("sends")
        assert (said["status"], (await bot.readyz())[0]) == ("degraded", 200)
        assert await bot.degraded("sends") == 1

        await bot.client.post("/api/messages", json=activity("message.text", "made-up", **hello))
        assert (await bot.readyz())[1]["status"] == "ready"
        assert await bot.degraded("sends") == 0


async def test_somebody_who_blocked_the_bot_is_no_trouble_of_its(tmp_path: Path) -> None:
    async with watched(tmp_path, mode="dev") as bot, FaultyConnector() as teams:
        teams.script.append(Fault(403))
        hello = {"serviceUrl": teams.service_url.rstrip("/"), "text": "hej"}
        await bot.client.post("/api/messages", json=activity("message.text", "made-up", **hello))

        assert len(teams.arrivals) == 1
        assert (await bot.readyz())[1]["reasons"] == []


async def test_keys_and_token_that_cannot_be_had_are_told_before_anybody_needs_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")  # nothing leaves this machine
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    async with watched(tmp_path, **PRODUCTION) as bot:
        said = await bot.until("keys", "token")

        assert said["status"] == "degraded"
        assert (await bot.degraded("keys"), await bot.degraded("token"), await bot.degraded("chain")) == (1, 1, 0)


async def test_a_key_ring_tells_when_its_keys_fail_and_when_they_are_back() -> None:
    told: list[bool] = []
    async with aiohttp.ClientSession() as session, Issuer() as issuer:
        await KeyRing(session, "http://127.0.0.1:1/keys", told=told.append).refresh()
        assert told == [False]
        ring = KeyRing(session, issuer.metadata_url, told=told.append)
        await ring.refresh()
        await ring.refresh()

    assert told == [False, True], "keys that are there and not due are not fetched again"


async def test_without_the_database_it_is_not_ready(tmp_path: Path) -> None:
    async with watched(tmp_path, mode="dev") as bot:
        bot.desk.run_now(lambda session: session.connection().exec_driver_sql("drop table sweep"))
        bot.desk.run_now(lambda session: session.connection().exec_driver_sql("drop table outbox"))
        status, said = await bot.readyz()

        assert (status, said["status"], said["database"]) == (503, "not_ready", False)
