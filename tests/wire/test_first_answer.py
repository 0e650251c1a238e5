"""An installation as docs/install.md makes it, up to its first answer: in production, through TLS, found well."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.browser.real_bot import RealBot, free_ports
from tests.faults.test_rolling_restart import proxy as nginx
from tests.wire.bot_process import RecordingConnector, people_csv
from tests.wire.certificates import root_pem, server_context
from tests.wire.in_process_bot import activity
from tests.wire.issuer import APP_ID, good_claims, private_key, signed
from tests.wire.test_commands import PRODUCTION
from tests.wire.test_own_roots import KEYS, BreakingProxy, pass_on
from tests.wire.test_wheel import program, wheel

__all__ = ["program", "wheel"]  # fixtures


@asynccontextmanager
async def front(folder: Path, port: int) -> AsyncIterator[str]:
    """Run a proxy with TLS before the bot; yield the address people reach it by."""

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pass_on(reader, inner_writer), pass_on(inner_reader, writer))

    server = await asyncio.start_server(connect, "127.0.0.1", 0, ssl=server_context(folder))
    try:
        yield f"https://localhost:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@pytest.mark.parametrize("way", ["sources", "installed, behind nginx by the shipped file"])
async def test_from_nothing_to_the_first_answer(way: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    installed = way != "sources"
    proxy, (port, admin, silent) = BreakingProxy(tmp_path), free_ports(3)
    (tmp_path / "roots.pem").write_bytes(root_pem())
    installation = request.getfixturevalue("program") if installed else None
    before = nginx("nginx", tmp_path, (port, silent)) if installed else front(tmp_path, port)
    async with proxy.running() as way_out, before as public, RecordingConnector() as connector:
        settings = PRODUCTION | {
            "MicrosoftAppId": APP_ID,
            "BK_SECRET_ENDS": "2099-01-01",
            "BK_OPENID_METADATA_URL": f"https://{KEYS}/openid",
            "BK_SERVICE_HOSTS": "127.0.0.1",
            "BK_PUBLIC_URL": public,
            "SSL_CERT_FILE": str(tmp_path / "roots.pem"),
            **dict.fromkeys(("HTTPS_PROXY", "https_proxy"), way_out),
            **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost"),
        }
        bot = RealBot(
            tmp_path, port, admin, settings, arguments=(), program=installation, is_warm=False
        )  # its own roots
        bot.is_given(people_csv(("anna",)))
        await bot.start()
        try:
            said = await bot.command("doctor")  # fails unless it ends with 0
            assert "FAULT" not in said
            assert f"Beslutskollen answers at {public}/api/messages" in said

            claims = good_claims(serviceurl=connector.service_url)
            token = signed({"alg": "RS256", "typ": "JWT", "kid": "one"}, claims, private_key("one"))
            hello = activity("message.text", "anna", text="hej", serviceUrl=connector.service_url)
            context = ssl.create_default_context(cadata=root_pem().decode())
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session:
                for authorization, status in (("", 401), (f"Bearer {token}", 200)):
                    headers = {"Authorization": authorization}
                    async with session.post(f"{public}/api/messages", json=hello, headers=headers) as answer:
                        assert answer.status == status
                async with session.get(f"{public}/integritet") as answer:
                    assert answer.status == 200
                    assert "Strict-Transport-Security" in answer.headers
            chat = hello["conversation"]["id"]
            message = await connector.posted_after(chat, set())
            assert connector.chats[chat][message]["attachments"]
        finally:
            await bot.stop()
