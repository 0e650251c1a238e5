"""Two replicas restarted in turn behind nginx, as `deploy/nginx.conf` sets it up: nobody's request fails."""

import asyncio
import shutil
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.browser.real_bot import free_ports
from tests.conftest import ROOT
from tests.waiting import until
from tests.wire.bot_process import Client
from tests.wire.certificates import root_pem, server_context
from tests.wire.test_stopping import two_replicas

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
WORKERS = tuple(f"w{number}" for number in range(8))
ANSWERS = 1000


@asynccontextmanager
async def nginx(folder: Path, ports: tuple[int, int]) -> AsyncIterator[str]:
    """Yield the https address of nginx with the shipped file; only ports, paths and the name are another's."""
    plain, tls = free_ports(2)
    server_context(folder)
    shipped = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for old, new in {
        "127.0.0.1:3981": f"127.0.0.1:{ports[0]}",
        "127.0.0.1:3982": f"127.0.0.1:{ports[1]}",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen [::]:80;": "",
        "listen 443 ssl;": f"listen 127.0.0.1:{tls} ssl;",
        "listen [::]:443 ssl;": "",
        "bot.kommunen.example": "localhost",
        "/etc/ssl/beslutskollen/fullchain.pem": str(folder / "server-localhost-90.pem"),
        "/etc/ssl/beslutskollen/key.pem": str(folder / "server-localhost-90.pem"),
        "/var/log/nginx/beslutskollen.log": str(folder / "access.log"),
    }.items():
        assert old in shipped
        shipped = shipped.replace(old, new)
    temporary = "".join(
        f"{kind}_temp_path {folder / kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off;\npid {folder / 'nginx.pid'};\nerror_log {folder / 'error.log'};\n"
        f"events {{}}\nhttp {{\n{temporary}{shipped}}}\n",
        encoding="utf-8",
    )
    assert NGINX is not None
    process = await asyncio.create_subprocess_exec(NGINX, "-c", str(folder / "nginx.conf"), "-e", "stderr")
    try:

        async def listens() -> bool:
            assert process.returncode is None
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", tls)
            except OSError:
                return False
            writer.close()
            return True

        await until("nginx to listen", listens)
        yield f"https://localhost:{tls}"
    finally:
        process.terminate()
        await process.wait()


@pytest.mark.slow
@pytest.mark.skipif(NGINX is None, reason="needs nginx")
async def test_a_rolling_restart_behind_nginx_fails_nobody(tmp_path: Path, postgres_database: str) -> None:
    ended, over = Counter[str](), asyncio.Event()
    context = ssl.create_default_context(cadata=root_pem().decode())

    async def works(client: Client, address: str) -> None:
        while not over.is_set():
            connector = aiohttp.TCPConnector(ssl=context, force_close=True)
            async with aiohttp.ClientSession(connector=connector) as session:
                line = client.activity("message.text", text="mina ärenden")
                async with session.post(f"{address}/api/messages", json=line) as answer:
                    ended[str(answer.status)] += 1

    async with AsyncExitStack() as stack:
        bots, clients = await stack.enter_async_context(two_replicas(tmp_path, postgres_database, *WORKERS))
        address = await stack.enter_async_context(nginx(tmp_path, (bots[0].port, bots[1].port)))
        working = [asyncio.create_task(works(client, address)) for client in clients]
        restarts = 0
        while ended.total() < ANSWERS:
            bot = bots[restarts % 2]
            await bot.stop()
            assert bot.process is not None
            assert bot.process.returncode == 0
            await bot.start()
            restarts += 1
        over.set()
        await asyncio.gather(*working)

    assert restarts >= 2
    assert set(ended) == {"200"}, ended
