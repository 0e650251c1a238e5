"""T7: two replicas on one PostgreSQL, killed while they remind, and the server restarted: nobody is told twice."""

import asyncio
import random
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import psycopg
import pytest

from storage import migrate
from storage.desk import opened
from storage.sealing import Keys
from tests.browser.real_bot import free_ports
from tests.conftest import TRAIL
from tests.faults.clusters import own_cluster
from tests.faults.load import PlantedBot
from tests.faults.programme import Programme
from tests.waiting import until
from tests.wire.faulty_connector import FaultyConnector
from tests.wire.test_outbox import TENANT, chat_of, move_in

pytestmark = [pytest.mark.part("T7"), pytest.mark.beyond_suite, pytest.mark.pg_server]
MORNING = "2026-05-26T08:01:00+02:00"
SECRETS = {"BK_SECRET_KEY": "ab" * 32, "BK_KEYS": "k1:" + "QUFB" * 10 + "QUE="}


async def test_nobody_is_reminded_twice_or_forgotten(programme: Programme, tmp_path: Path) -> None:
    people, kills, restarts = (
        programme.of(0, 120, 2000),
        programme.of(0, 3, 30),
        programme.of(0, 1, 5),
    )
    luck = random.Random(programme.seed)
    async with AsyncExitStack() as stack:
        cluster = stack.enter_context(own_cluster())
        connector = await stack.enter_async_context(FaultyConnector())
        keys = Keys({"k1": b"A" * 32}, TRAIL)
        with opened(cluster.url, keys) as desk:
            migrate.upgrade(desk)
            move_in(desk, connector.service_url, people)
        bots = []
        for number in (1, 2):
            place = tmp_path / f"replica{number}"
            place.mkdir()
            port, admin = free_ports(2)
            more = {
                "BK_TENANTS": TENANT,
                "BK_DATABASE_URL": cluster.url,
                "BK_NOW": "2026-05-26T08:01:00+02:00",
            } | SECRETS
            plants = (programme.mutant,) if programme.mutant else ()
            bots.append(PlantedBot(place, port, admin, more, arguments=(), plants=plants))
            stack.push_async_callback(bots[-1].stop)
        await asyncio.gather(*(bot.start() for bot in bots))
        restart_at = {kills * (n + 1) // (restarts + 1) for n in range(restarts)}
        uncertain_by_kill = 0
        for kill in range(kills):
            before = len(connector.arrivals)
            goal = before + max(2, people // (kills + 2) + luck.randint(-2, 2))
            await arrived(connector, goal, cluster.url)
            slow = asyncio.Event()
            connector.before = slow.wait  # so that the kill hits a send
            await arrived(connector, len(connector.arrivals) + 1, cluster.url)
            victim = bots[kill % 2]
            await victim.kill()
            slow.set()
            connector.before = None
            uncertain_by_kill += 1
            if kill in restart_at:
                cluster.stop()
                cluster.start()
            await victim.start()
        await until("every message to have ended", lambda: ended(cluster.url))
        arrivals = Counter(chat_of(one.path) for one in connector.arrivals if one.method == "POST")
        states = counted(cluster.url)
        listed = await bots[0].command("sends", "list")
    reminded = {name: count for name, count in arrivals.items() if name.startswith("w")}
    twice = sum(count > 1 for count in reminded.values())
    missing = people - len(reminded)
    uncertain = states.get("uncertain", 0)
    programme.figure(
        "reminders, kills, restarts of PostgreSQL, sent twice, uncertain, listed",
        f"{people}, {kills}, {restarts}, {twice}, {uncertain}, {uncertain}",
    )
    assert twice == 0, f"reminded twice: {twice}"
    assert missing <= uncertain, f"{missing} silently missing: {states}"
    assert len(listed.splitlines()) >= uncertain, "not every uncertain one is listed"
    assert uncertain_by_kill == kills
    assert uncertain <= 2 * (kills + 2 * restarts), states


async def arrived(connector: FaultyConnector, count: int, url: str) -> None:
    """Wait until this many messages have arrived, or none is waiting."""

    async def look() -> bool:
        return len(connector.arrivals) >= count or await ended(url)

    await until(f"{count} arrivals", look)


def counted(url: str) -> dict[str, int]:
    with psycopg.connect(url) as server:
        return dict(server.execute("select state, count(*) from outbox group by state").fetchall())


async def ended(url: str) -> bool:
    try:
        states = counted(url)
    except psycopg.Error:
        return False
    return bool(states) and not {"waiting", "sending"} & states.keys()
