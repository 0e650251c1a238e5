"""T4: twenty presses at once in each of fifty chats: every acknowledged one has its row, and none waits long."""

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import psycopg
import pytest

from tests.browser.real_bot import free_ports
from tests.faults.load import PlantedBot, people_of
from tests.faults.programme import Programme
from tests.wire.bot_process import Client, RecordingConnector
from tests.wire.door import TENANT

pytestmark = [pytest.mark.part("T4"), pytest.mark.beyond_suite]
AT_ONCE = 20
FACTS = {"violence": "nej", "child_placed": "nej", "intervention_decided": "nej", "child_communicated": "ja"}
SECRETS = {"BK_SECRET_KEY": "ab" * 32, "BK_KEYS": "k1:" + "QUFB" * 10 + "QUE="}


@pytest.mark.parametrize("processes", [1, 2])
async def test_all_that_were_acknowledged_are_there(
    programme: Programme, tmp_path: Path, postgres_database: str, processes: int
) -> None:
    chats = programme.of(1, 6, 50)
    plants = (programme.mutant,) if programme.mutant else ()
    async with AsyncExitStack() as stack:
        bots = []
        for number in range(processes):
            place = tmp_path / f"replica{number}"
            place.mkdir()
            more = {"BK_TENANTS": TENANT, "BK_DATABASE_URL": postgres_database} | SECRETS
            port, admin = free_ports(2)
            bots.append(PlantedBot(place, port, admin, more, arguments=()))
        bots[0].is_given(people_of(chats))
        connector = await stack.enter_async_context(RecordingConnector())
        session = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
        for bot in bots:
            await bot.start()
            stack.push_async_callback(bot.stop)
        pressed = await asyncio.gather(*(prepared(bots[0], connector, session, n) for n in range(chats)))
        for bot in bots:
            bot.plants = plants
        if plants:
            for bot in bots:
                await bot.stop()
                await bot.start()
        waits: list[float] = []

        async def press(client: Client, number: int, action: dict[str, object]) -> int:
            bot = bots[number % processes]
            activity = client.activity("invoke.adaptiveCard-action", value={"action": action}, replyToId="card")
            begun = time.monotonic()
            async with session.post(f"{bot.url}/api/messages", json=activity) as answer:
                await answer.read()
            waits.append(time.monotonic() - begun)
            return answer.status

        statuses: list[int] = []
        for some in range(0, chats, 10):  # ten chats together: two hundred presses in flight
            statuses += await asyncio.gather(
                *(
                    press(client, number, action)
                    for client, actions in pressed[some : some + 10]
                    for number, action in enumerate(actions)
                )
            )
    with psycopg.connect(postgres_database) as server:
        [(rows,)] = server.execute("select count(*) from answer").fetchall()
        [(doubled,)] = server.execute(
            "select count(*) from (select filled_id, item_id from answer group by 1, 2 having count(*) > 1) as d"
        ).fetchall()
    taken, most = statuses.count(200), sorted(waits)[int(len(waits) * 0.95)]
    programme.figure(
        f"{processes} processes: acknowledged, rows, doubled, p95 s", f"{taken}, {rows}, {doubled}, {most:.2f}"
    )
    assert taken == rows == chats * AT_ONCE, f"{taken} acknowledged and not there: {taken - rows}"
    assert doubled == 0
    assert most < 2 or programme.size != "full"


async def prepared(
    bot: PlantedBot, connector: RecordingConnector, session: aiohttp.ClientSession, number: int
) -> tuple[Client, list[dict[str, object]]]:
    """Return a client, and her press of an answer in each of twenty cases."""
    client = Client(bot, connector, session, f"person-{number}")
    actions: list[dict[str, object]] = []
    for case in range(AT_ONCE):
        await client.types(f"ny SN {2000 + number}/{case + 1:04}")
        await client.presses("Spara", FACTS)
        actions.append(client.pressed("Ja", {}))
    return client, actions
