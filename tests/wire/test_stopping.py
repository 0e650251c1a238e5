"""Stopping the service, and several replicas of it: nothing under way is cut, and any replica may answer."""

import asyncio
import csv
import io
import itertools
import os
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import psycopg
import pytest
from aiohttp import web

import app
from bot.stopping import stop_accepting
from tests.browser.real_bot import RealBot, free_ports
from tests.conftest import ROOT
from tests.waiting import PATIENCE, patience
from tests.wire.bot_process import Client, RecordingConnector, people_csv, town
from tests.wire.door import TENANT

LONG = os.environ.get("BK_SLOW") == "1"
CASES = 500 if LONG else 1
WORKERS = tuple(f"w{number}" for number in range(8))


@pytest.mark.parametrize("round_", range(5 if LONG else 1))
@pytest.mark.parametrize("kept_open", [False, True])
async def test_a_stop_cuts_no_turn_that_is_under_way(tmp_path: Path, round_: int, kept_open: bool) -> None:
    async with town(tmp_path, *WORKERS) as clients:
        bot, ended = clients[0].bot, Counter[str]()
        halfway = asyncio.Event()

        async def works(client: Client) -> None:
            """Write until the bot is gone: each line over a connection of its own, or all over one that stays open."""
            while True:
                async with AsyncExitStack() as line:
                    if not kept_open:
                        connector = aiohttp.TCPConnector(force_close=True)
                        client.session = await line.enter_async_context(aiohttp.ClientSession(connector=connector))
                    try:
                        status, _ = await client.post(client.activity("message.text", text="mina ärenden"))
                    except aiohttp.ClientConnectorError:
                        return  # nothing was sent: the proxy tries the next replica
                    except aiohttp.ClientError as error:
                        ended[type(error).__name__] += 1
                        return
                ended[str(status)] += 1
                if ended["200"] >= 10 * len(WORKERS):
                    halfway.set()

        working = [asyncio.create_task(works(client)) for client in clients]
        async with patience("eighty answers", lambda: ended):
            await halfway.wait()
        begun = time.monotonic()
        assert bot.process is not None
        bot.process.terminate()
        code = await bot.process.wait()
        took = time.monotonic() - begun
        await asyncio.gather(*working)

    assert code == 0
    assert took < 20 or not LONG, f"{took:.0f} s; on a machine that does nothing else, 20 is what it promises"
    assert set(ended) == {"200"}, ended


@pytest.mark.parametrize(
    ("imported", "asked"),
    [
        ("argparse", signal.SIGTERM),
        ("sqlalchemy", signal.SIGINT),
        ("aiohttp.web", signal.SIGTERM),
        ("botbuilder.core", signal.SIGINT),
        ("botbuilder.core", signal.SIGTERM),
    ],
)
async def test_a_stop_while_it_still_starts_ends_it_in_order(
    tmp_path: Path, asked: signal.Signals, imported: str
) -> None:
    settings = {"BK_MODE": "dev", "BK_TENANTS": TENANT, "BK_DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}"}
    settings |= {"PORT": "0", "BK_ADMIN_PORT": "0", "PYTHONPROFILEIMPORTTIME": "1"}  # each import, a line as it is done
    bot = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "app.py"),
        "serve",
        env=os.environ | settings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert bot.stderr is not None
    async with patience(f"{imported} to be imported", lambda: bot.returncode):
        async for line in bot.stderr:
            if line.decode().rpartition("|")[2].strip() == imported:
                break
    bot.send_signal(asked)
    said, complained = await bot.communicate()

    assert (bot.returncode, said) == (0, b""), complained.decode()
    assert b"Traceback" not in complained
    assert os.listdir(tmp_path) == [], "nothing was begun"  # noqa: PTH208


def test_a_stop_while_a_class_is_made_is_a_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    class Asked:
        def __set_name__(self, _owner: type, _name: str) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(app, "_migrate", lambda _parsed: type("Made", (), {"at": Asked()}))

    assert app.main(["migrate"]) == 0


async def test_whoever_has_connected_is_answered_though_nobody_has_accepted_yet() -> None:
    async def take(_request: web.Request) -> web.Response:
        return web.Response(text="kept")

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app)
    await runner.setup()
    assert runner.server is not None
    listening = await asyncio.get_running_loop().create_server(runner.server, "127.0.0.1", 0)
    with socket.create_connection(listening.sockets[0].getsockname()) as client:  # blocks the loop: nobody accepts
        client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
        await stop_accepting(listening, runner.server)
        await runner.cleanup()
        client.settimeout(PATIENCE)
        received = await asyncio.to_thread(client.recv, 4096)

    assert received.startswith(b"HTTP/1.1 200")
    assert received.endswith(b"kept")


async def test_while_it_stops_no_connection_is_made_that_would_be_reset() -> None:
    async def take(_request: web.Request) -> web.Response:
        return web.Response(text="kept")

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app)
    await runner.setup()
    assert runner.server is not None
    listening = await asyncio.get_running_loop().create_server(runner.server, "127.0.0.1", 0)
    address, came = listening.sockets[0].getsockname(), Counter[str]()
    loop, enough, over = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def comes() -> None:
        """One connection after the other, as fast as they can be made, until nobody listens."""
        while not over.is_set():
            try:
                with socket.create_connection(address, timeout=PATIENCE) as client:
                    client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    client.settimeout(PATIENCE)
                    came[client.recv(12).decode()] += 1
                if came.total() >= 100:
                    loop.call_soon_threadsafe(enough.set)
            except ConnectionRefusedError:
                return
            except ConnectionError as error:
                came[type(error).__name__] += 1

    callers = [asyncio.create_task(asyncio.to_thread(comes)) for _ in range(8)]
    try:
        async with patience("a hundred answers", lambda: came):
            await enough.wait()
        await stop_accepting(listening, runner.server)
        await asyncio.gather(*callers)
    finally:
        over.set()
        await runner.cleanup()
    assert set(came) == {"HTTP/1.1 200"}, came


@asynccontextmanager
async def two_replicas(folder: Path, url: str, *names: str) -> AsyncIterator[tuple[list[RealBot], list[Client]]]:
    """Yield two replicas on one database, and clients; each client is given the replica it speaks to."""
    secrets = {"BK_SECRET_KEY": "ab" * 32, "BK_KEYS": "k1:" + "QUFB" * 10 + "QUE="}
    bots = []
    async with AsyncExitStack() as stack:
        for number in (1, 2):
            port, admin_port = free_ports(2)
            place = folder / f"replica{number}"
            place.mkdir()
            more = {"BK_TENANTS": TENANT, "BK_DATABASE_URL": url} | secrets
            bots.append(RealBot(place, port, admin_port, more, arguments=()))
        await bots[0].command("migrate")
        (folder / "people.csv").write_text(people_csv(names), encoding="utf-8")
        await bots[0].command("people", "import", str(folder / "people.csv"))
        for bot in bots:
            await bot.start()
            stack.push_async_callback(bot.stop)
        connector = await stack.enter_async_context(RecordingConnector())
        session = await stack.enter_async_context(aiohttp.ClientSession())
        yield bots, [Client(bots[0], connector, session, name) for name in names]


async def test_the_same_word_to_two_replicas_in_turn_is_two_answers(tmp_path: Path, postgres_database: str) -> None:
    async with two_replicas(tmp_path, postgres_database, "anna") as (bots, (anna,)):
        for number in range(10):
            anna.bot = bots[number % 2]
            await anna.types("hjälp")  # waits for a message that was not there before
        assert len(anna.posted) == 10

        turn = itertools.count()
        for case in range(CASES):
            for line in (f"ny SN 2026/{case + 1:04}", "", "ja", "ja"):
                anna.bot = bots[next(turn) % 2]
                if line:
                    await anna.types(line)
                else:
                    await anna.presses("Spara", {"Antal barn": "1"})
            next(turn)  # each case begins with the other replica
        told = await bots[0].command("export", "--what", "answers")

    rows = list(csv.DictReader(io.StringIO(told.lstrip("\ufeff")), delimiter=";"))
    given = [row for row in rows if row["answer"] == "ja"]
    assert len(given) == 2 * CASES, "each `ja` answered the question that was shown"
    assert {row["revision"] for row in given} == {"1"}, "none twice"


async def test_the_same_word_after_a_restart_is_another_answer(tmp_path: Path) -> None:
    async with town(tmp_path, "anna") as (anna,):
        await anna.types("hjälp")
        await anna.bot.stop()
        await anna.bot.start()
        await anna.types("hjälp")
        assert len(anna.posted) == 2


async def test_replicas_know_of_each_other_and_of_one_that_stops(tmp_path: Path, postgres_database: str) -> None:
    def running() -> int:
        with psycopg.connect(postgres_database) as database:
            (count,) = database.execute("select count(*) from replica").fetchone() or (0,)
        return int(count)

    async with two_replicas(tmp_path, postgres_database, "anna") as (bots, _):
        assert running() == 2
        await bots[0].stop()
        assert running() == 1, "it has unregistered"
