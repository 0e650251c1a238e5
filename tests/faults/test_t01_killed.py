"""T1: killed under eight clients; what was acknowledged is there once, on both databases.

SQLite is on a slow disk: its turns then wait for each other and share their commits, and most kills come in one.
"""

import random
from pathlib import Path

import pytest

from tests.faults.load import PlantedBot, a_bot, at_work, compared
from tests.faults.programme import Programme
from tests.waiting import patience

pytestmark = [pytest.mark.part("T1"), pytest.mark.beyond_suite]
CLIENTS = 8
SLOW = "slow_disk=5"


async def killed(programme: Programme, folder: Path, url: str = "") -> None:
    kills = programme.of(0, 6 if not programme.mutant else 12, 100)
    luck = random.Random(programme.seed)
    plants = ((programme.mutant,) if programme.mutant else ()) + (() if url else (SLOW,))
    bot = a_bot(folder, CLIENTS, *plants, **({"BK_DATABASE_URL": url} if url else {}))
    await bot.start()
    try:
        async with at_work(bot, CLIENTS, programme.seed) as (history, _clients):
            await kill_repeatedly(bot, kills, luck)
            while history.acknowledged < programme.of(0, 300, 10_500):
                await bot.acknowledged.get()
        found = await compared(bot, kills, CLIENTS)
    finally:
        await bot.stop()
    kind = "PostgreSQL" if url else "SQLite"
    programme.figure(
        f"{kind}: kills, acknowledged, missing, doubled, stored but not acknowledged",
        f"{kills}, {found['acknowledged']}, {found['missing']}, {found['doubled']}, {found['stored_unacknowledged']}",
    )
    assert history.acknowledged >= found["acknowledged"] >= programme.of(0, 250, 10_000)


async def kill_repeatedly(bot: PlantedBot, kills: int, luck: random.Random) -> None:
    for _ in range(kills):
        async with patience("presses to be acknowledged"):
            for _ in range(luck.randint(60, 160)):
                await bot.acknowledged.get()
        await bot.kill()
        await bot.start()


async def test_nothing_acknowledged_is_lost(programme: Programme, tmp_path: Path) -> None:
    await killed(programme, tmp_path)


async def test_nothing_acknowledged_is_lost_on_postgresql(
    programme: Programme, tmp_path: Path, postgres_database: str
) -> None:
    if programme.mutant:
        pytest.skip("the mutant is shown on SQLite")
    await killed(programme, tmp_path, postgres_database)
