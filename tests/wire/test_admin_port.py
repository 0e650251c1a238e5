"""Readiness and metrics are served on loopback only, whatever address the bot listens on, unless told otherwise."""

import asyncio
import socket
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.admin_port import make_admin_app
from bot.clock import Clock
from bot.metrics import Metrics
from bot.settings import read_settings
from bot.web import serve
from storage.desk import opened
from storage.sealing import Keys
from tests.browser.real_bot import free_ports
from tests.conftest import TRAIL
from tests.migrated import put_database
from tests.sql.conftest import KEYS
from tests.waiting import until


async def answers(port: int, host: str, path: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(f"http://{host}:{port}{path}") as answer:
        return answer.status


def listens(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


@pytest.mark.parametrize(("asked", "told"), [({}, "127.0.0.1"), ({"admin_host": "127.0.0.3"}, "127.0.0.3")])
async def test_the_admin_port_is_bound_to_loopback_when_the_bot_is_open_to_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: dict[str, str], told: str
) -> None:
    port, admin_port = free_ports(2)
    settings = read_settings(mode="production", host="0.0.0.0", port=port, admin_port=admin_port, **asked)
    with opened(put_database(tmp_path / "bot.db"), Keys(KEYS, TRAIL)) as desk:
        running = asyncio.create_task(serve(web.Application(), make_admin_app(desk, Clock(), Metrics()), settings))

        async def said() -> str:
            assert not running.done()
            return capsys.readouterr().out

        await until("the bot to say where it answers", said, lambda out: "answers on" in out)
        try:
            assert listens("127.0.0.2", port), "open to all: another of this machine's addresses gets through"
            assert not listens("127.0.0.2", admin_port)
            assert await answers(admin_port, told, "/readyz") == 200
            assert "beslutskollen_outbox_oldest_seconds" in await metrics(admin_port, told)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def metrics(port: int, host: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"http://{host}:{port}/metrics") as answer:
        return await answer.text()
