"""Through the municipality's own proxy, which breaks up TLS with a root of its own: HTTPS_PROXY and SSL_CERT_FILE."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.browser.real_bot import RealBot, free_ports
from tests.waiting import until
from tests.wire.bot_process import people_csv
from tests.wire.certificates import root_pem, server_context
from tests.wire.issuer import private_key, published
from tests.wire.test_commands import PRODUCTION

KEYS, TOKENS = "login.example.invalid", "login.microsoftonline.com"


class BreakingProxy:
    """A proxy that answers every host itself, with a certificate of the made-up root."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.hosts: list[str] = []
        self.served: set[str] = set()
        app = web.Application()
        app.router.add_get("/openid", self._openid)
        app.router.add_get("/keys", self._keys)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        self._behind = TestServer(app, scheme="https")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Yield its address."""
        await self._behind.start_server(ssl=server_context(self._folder, host=f"{KEYS},{TOKENS}"))
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
            await self._behind.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        assert head.startswith("CONNECT ")
        self.hosts.append(head.split()[1])
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._behind.port)
        await asyncio.gather(pass_on(reader, inner_writer), pass_on(inner_reader, writer))

    async def _openid(self, _request: web.Request) -> web.Response:
        return web.json_response({"jwks_uri": f"https://{KEYS}/keys"})

    async def _keys(self, _request: web.Request) -> web.Response:
        self.served.add("keys")
        return web.json_response({"keys": [published("one", private_key("one"))]})

    async def _token(self, _request: web.Request) -> web.Response:
        self.served.add("token")
        return web.json_response({"access_token": "made-up", "expires_in": 3600})


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while some := await reader.read(65536):
            writer.write(some)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def running(folder: Path, proxy: str, **more: str) -> AsyncIterator[Callable[[], Awaitable[set[str]]]]:
    """Run a bot in production behind the proxy; yield what asks it for what is wrong."""
    port, admin = free_ports(2)
    out = {"HTTPS_PROXY": proxy, "https_proxy": proxy, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    settings = PRODUCTION | out | {"BK_OPENID_METADATA_URL": f"https://{KEYS}/openid"} | more
    bot = RealBot(folder, port, admin, settings, arguments=(), is_warm=False)  # the roots are read as it is imported
    bot.is_given(people_csv(("anna",)))
    await bot.start()
    try:
        async with aiohttp.ClientSession() as session:

            async def reasons() -> set[str]:
                async with session.get(f"http://127.0.0.1:{admin}/readyz") as answer:
                    return set((await answer.json())["reasons"])

            yield reasons
    finally:
        await bot.stop()


async def test_a_root_of_the_municipalitys_own_is_accepted_through_its_proxy(tmp_path: Path) -> None:
    proxy = BreakingProxy(tmp_path)
    (tmp_path / "roots.pem").write_bytes(root_pem())
    async with (
        proxy.running() as address,
        running(tmp_path, address, SSL_CERT_FILE=str(tmp_path / "roots.pem")) as reasons,
    ):

        async def served() -> set[str]:
            return proxy.served

        await until("keys and token to be fetched", served, lambda found: found == {"keys", "token"})
        # In office hours a bot that has just been set up is late with its first sweep for a moment.
        await until("nothing to be wrong", reasons, lambda found: not found)
    assert {host.partition(":")[0] for host in proxy.hosts} == {KEYS, TOKENS}


async def test_without_it_nobody_in_between_is_believed(tmp_path: Path) -> None:
    proxy = BreakingProxy(tmp_path)
    async with proxy.running() as address, running(tmp_path, address, SSL_CERT_FILE="") as reasons:
        await until("both to be refused", reasons, lambda found: found == {"keys", "token"})
    assert proxy.served == set()
    assert {host.partition(":")[0] for host in proxy.hosts} == {KEYS, TOKENS}
