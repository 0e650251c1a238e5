"""A primary that waits for its standby is killed under load: the standby takes over, and has all acknowledged."""

import asyncio
import time
from pathlib import Path

import psycopg
import pytest

from tests.faults.clusters import Pair, pair
from tests.faults.load import a_bot, at_work, compared
from tests.faults.programme import Programme
from tests.waiting import patience, until

pytestmark = [pytest.mark.part("standby"), pytest.mark.beyond_suite, pytest.mark.pg_server]
CLIENTS = 8


async def follows(both: Pair) -> bool:
    with psycopg.connect(both.primary.url) as server:
        found = server.execute("select sync_state from pg_stat_replication").fetchall()
    return found in ([("sync",)], [("async",)])


@pytest.mark.parametrize("cut_off", [False, True])
async def test_the_standby_has_all_that_was_acknowledged(programme: Programme, tmp_path: Path, cut_off: bool) -> None:
    """cut_off: the standby is out of reach for a while before: then nothing may be acknowledged."""
    waits = programme.mutant != "asynchronous"
    with pair(waits=waits) as both:
        await until("the standby to follow", lambda: follows(both))
        bot = a_bot(tmp_path, CLIENTS, BK_DATABASE_URL=both.url)
        await bot.start()
        try:
            async with at_work(bot, CLIENTS, programme.seed) as (history, _):
                async with patience("presses to be acknowledged"):
                    for _ in range(programme.of(0, 300, 3000)):
                        await bot.acknowledged.get()
                if cut_off:
                    both.standby.stop()
                    await asyncio.sleep(2)
                killed_at = time.monotonic()
                both.primary.stop()
                if cut_off:
                    both.standby.start()
                await asyncio.to_thread(both.standby.promote)
                while not bot.acknowledged.empty():
                    bot.acknowledged.get_nowait()
                async with patience("the first press that is acknowledged again"):
                    await bot.acknowledged.get()
                away = time.monotonic() - killed_at
                before = history.acknowledged
                async with patience("presses to be acknowledged by the new primary"):
                    for _ in range(programme.of(0, 200, 1000)):
                        await bot.acknowledged.get()
                assert history.acknowledged > before
            found = await compared(bot, 1, CLIENTS)
        finally:
            await bot.stop()
    name = "cut off for two seconds, then the primary killed" if cut_off else "the primary killed"
    programme.figure(
        f"{name}: acknowledged, missing, doubled, seconds until the next acknowledged",
        f"{found['acknowledged']}, {found['missing']}, {found['doubled']}, {away:.1f}",
    )
    assert away < 30
