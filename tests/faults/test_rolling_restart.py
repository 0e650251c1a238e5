"""Two replicas restarted in turn behind the proxies of `deploy/`, with their shipped files: nobody's request fails."""

import asyncio
import re
import shutil
import ssl
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Mapping
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

WORKERS = tuple(f"w{number}" for number in range(8))
ANSWERS = 1000
CADDY = (2, 11, 2)
"""The first version that retries an undelivered request with its body (caddyserver/caddy, pull request 7547)."""


def nginx_file(folder: Path, tls: int, ports: tuple[int, int]) -> str:
    """Return the shipped file inside the configuration it needs around it; only ports, paths and the name differ."""
    certificate, (plain,) = folder / "server-localhost-90.pem", free_ports(1)
    shipped = changed(
        "nginx.conf",
        {
            "127.0.0.1:3981": f"127.0.0.1:{ports[0]}",
            "127.0.0.1:3982": f"127.0.0.1:{ports[1]}",
            "listen 80;": f"listen 127.0.0.1:{plain};",
            "listen [::]:80;": "",
            "listen 443 ssl;": f"listen 127.0.0.1:{tls} ssl;",
            "listen [::]:443 ssl;": "",
            "bot.kommunen.example": "localhost",
            "/etc/ssl/beslutskollen/fullchain.pem": str(certificate),
            "/etc/ssl/beslutskollen/key.pem": str(certificate),
            "/var/log/nginx/beslutskollen.log": str(folder / "access.log"),
        },
    )
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder / kind};\n" for kind in kinds)
    return (
        f"daemon off;\npid {folder / 'nginx.pid'};\nerror_log {folder / 'error.log'};\n"
        f"events {{}}\nhttp {{\n{temporary}{shipped}}}\n"
    )


def caddy_file(folder: Path, tls: int, ports: tuple[int, int]) -> str:
    """Return the shipped file with its own certificate added, as its comments say; only ports and the name differ."""
    certificate = folder / "server-localhost-90.pem"
    shipped = changed(
        "Caddyfile",
        {
            "{$PUBLIC_HOST} {\n": f"https://localhost:{tls} {{\n\ttls {certificate} {certificate}\n",
            "bot1:3978": f"127.0.0.1:{ports[0]}",
            "bot2:3978": f"127.0.0.1:{ports[1]}",
        },
    )
    return f"{{\n\tadmin off\n\tauto_https disable_redirects\n}}\n{shipped}"


def changed(name: str, changes: Mapping[str, str]) -> str:
    """Return a shipped file with some words replaced. Raises: AssertionError: one of them is not there."""
    shipped = (ROOT / "deploy" / name).read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in shipped
        shipped = shipped.replace(old, new)
    return shipped


PROXIES = {
    "nginx": (nginx_file, ("-e", "stderr", "-c")),
    "caddy": (caddy_file, ("run", "--adapter", "caddyfile", "--config")),
}


def caddy_version(program: str) -> tuple[int, ...]:
    """Return the version of the installed Caddy."""
    told = subprocess.run((program, "version"), capture_output=True, text=True, check=True).stdout
    return tuple(map(int, re.findall(r"\d+", told)[:3]))


@asynccontextmanager
async def proxy(name: str, folder: Path, ports: tuple[int, int]) -> AsyncIterator[str]:
    """Yield the https address of a proxy in front of two replicas."""
    program = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if program is None:
        pytest.skip(f"needs {name}")
    if name == "caddy" and caddy_version(program) < CADDY:
        pytest.skip(f"needs Caddy {CADDY}: an older one cannot ask another replica with the same body")
    server_context(folder)
    (tls,) = free_ports(1)
    text, words = PROXIES[name]
    (folder / "proxy").write_text(text(folder, tls, ports), encoding="utf-8")
    with (folder / "proxy.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(program, *words, str(folder / "proxy"), stdout=log, stderr=log)

    async def listens() -> bool:
        assert process.returncode is None, (folder / "proxy.log").read_text(encoding="utf-8")
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", tls)
        except OSError:
            return False
        writer.close()
        return True

    try:
        await until(f"{name} to listen", listens)
        yield f"https://localhost:{tls}"
    finally:
        process.terminate()
        await process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("name", PROXIES)
async def test_a_rolling_restart_behind_a_proxy_fails_nobody(name: str, tmp_path: Path, postgres_database: str) -> None:
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
        address = await stack.enter_async_context(proxy(name, tmp_path, (bots[0].port, bots[1].port)))
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
