"""What every response says and does not say, and what leaves by a municipality's proxy."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.clock import Clock
from bot.metrics import Metrics
from bot.settings import read_settings
from bot.web import make_app
from storage.desk import opened
from storage.sealing import Keys
from tests.browser.real_bot import RealBot, free_ports
from tests.conftest import TRAIL
from tests.migrated import put_database
from tests.sql.conftest import KEYS
from tests.waiting import patience
from tests.wire.door import TENANT, recorded

CANARY = "KANARIE"


async def exchange(port: int, *lines: str, body: bytes = b"") -> str:
    """Send a request as it stands, and return everything that comes back until the connection closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body)
    async with patience("an answer", lambda: lines):
        answer = await reader.read()
    writer.close()
    return answer.decode("latin-1")


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[RealBot]:
    port, admin = free_ports(2)
    settings = {
        "BK_TENANTS": TENANT,
        "BK_PUBLIC_URL": "https://bot.example.invalid/kollen/",
        "BK_KEEP_ALIVE_SECONDS": "1",
    }
    made = RealBot(tmp_path, port, admin, settings, arguments=())
    await made.start()
    yield made
    await made.stop()


REQUESTS = {
    "liveness": ("GET /healthz HTTP/1.1", "Host: x"),
    "unknown path": (f"GET /{CANARY} HTTP/1.1", "Host: x"),
    "wrong method": (f"DELETE /healthz?{CANARY} HTTP/1.1", "Host: x"),
    "no method at all": (f"{CANARY}\x01 /healthz HTTP/1.1", "Host: x"),
    "broken header": ("GET /healthz HTTP/1.1", f"{CANARY} without colon"),
    "unknown expectation": ("GET /healthz HTTP/1.1", "Host: x", f"Expect: {CANARY}"),
    "broken version": (f"GET /healthz HTTP/{CANARY}", "Host: x"),
    "activity": ("POST /api/messages HTTP/1.1", "Host: x", "Content-Type: application/json", "Content-Length: 0"),
    "link page": (f"GET /rapport?l={CANARY} HTTP/1.1", "Host: x"),
}


async def test_no_answer_names_a_version_or_repeats_what_was_sent(bot: RealBot) -> None:
    statuses = {}
    for name, lines in REQUESTS.items():
        answer = await exchange(bot.port, *lines)
        head = answer.partition("\r\n\r\n")[0]
        statuses[name] = int(head.split(" ")[1])
        assert "\r\nServer: Beslutskollen" in head, name
        assert "\r\nStrict-Transport-Security: max-age=31536000" in head, name
        assert not re.search(r"aiohttp|[Pp]ython|traceback", answer), name
        assert CANARY not in answer, name

    assert statuses == {
        "liveness": 200, "unknown path": 404, "wrong method": 405, "no method at all": 400, "broken header": 400,
        "unknown expectation": 417, "broken version": 400, "activity": 400, "link page": 410,
    }  # fmt: skip


async def test_pages_and_activities_are_also_below_the_path_of_the_public_address(bot: RealBot) -> None:
    async with aiohttp.ClientSession() as session:
        for path, status in (("healthz", 200), ("rapport", 410), ("sidor.css", 200)):
            for base in ("", "/kollen"):
                async with session.get(f"http://127.0.0.1:{bot.port}{base}/{path}") as answer:
                    assert answer.status == status, (base, path)
        async with session.post(f"http://127.0.0.1:{bot.port}/kollen/api/messages", json={}) as answer:
            assert answer.status == 400


async def test_an_idle_connection_is_kept_as_long_as_the_setting_says(bot: RealBot) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", bot.port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    begun = asyncio.get_running_loop().time()
    async with patience("the connection to be closed", lambda: "after a second"):
        await reader.read()
    writer.close()

    assert 1 <= asyncio.get_running_loop().time() - begun < 9, "the default is ten seconds"


@pytest.mark.parametrize(("mode", "asked"), [("production", "CONNECT login.example.invalid:443"), ("dev", "")])
async def test_what_leaves_the_machine_goes_by_the_proxy_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, asked: str
) -> None:
    seen, connections = [], []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        seen.append((await reader.readline()).decode())
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    proxy = await asyncio.start_server(refuse, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
    for name in ("https_proxy", "HTTPS_PROXY", "http_proxy"):
        monkeypatch.setenv(name, address)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    written = {
        "mode": mode, "tenants": TENANT, "secret_key": "5a" * 32, "MicrosoftAppId": "made-up",
        "MicrosoftAppPassword": "made-up", "MicrosoftAppTenantId": TENANT,
        "openid_metadata_url": "https://login.example.invalid/keys",
    }  # fmt: skip
    settings = read_settings(**written)
    # A token that names a key nobody has: the keys are fetched.
    token = "eyJhbGciOiJSUzI1NiIsImtpZCI6Im1hZGUtdXAiLCJ0eXAiOiJKV1QifQ.e30.AAAA"
    with opened(put_database(tmp_path / "bot.db"), Keys(KEYS, TRAIL)) as desk:
        async with proxy, TestClient(TestServer(make_app(settings, desk, Clock(), Metrics()))) as client:
            headers = {"Authorization": f"Bearer {token}"}
            answer = await client.post("/api/messages", json=recorded("message.text"), headers=headers)
            assert answer.status == (401 if asked else 200)
    # Also one over which nothing was asked, and that was accepted as the bot stopped.
    async with patience("the connections to be closed", lambda: f"{len(connections)} were made"):
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for connection in connections:
                connection.close()
            await asyncio.wait(others, timeout=1)

    by_proxy = {line.rpartition(" ")[0] for line in seen}
    assert by_proxy >= {asked} if asked else not by_proxy
