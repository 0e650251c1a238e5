"""What a press costs in processor time of bot and server, and what a case takes on disk: for docs/scale.md."""

import os
import sqlite3
from pathlib import Path

import psycopg
import pytest

from tests.faults.clusters import own_cluster
from tests.faults.load import PlantedBot, a_bot, at_work, compared
from tests.faults.programme import Programme
from tests.waiting import patience

pytestmark = [pytest.mark.part("cost"), pytest.mark.beyond_suite]
CLIENTS = 8
TICK = os.sysconf("SC_CLK_TCK")


def processor(pid: int) -> float:
    """Return the seconds of processor time that a process, and those of its children that have ended, have taken."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    return sum(map(int, fields[11:15])) / TICK


def family(pid: int) -> float:
    """Return the same of a process and its running children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return processor(pid) + sum(map(processor, map(int, children)))


async def presses(programme: Programme, bot: PlantedBot, server: int | None) -> tuple[float, float, int]:
    """Return the milliseconds a press takes in the bot and in the server, and how many presses were measured."""
    await bot.start()
    assert bot.process is not None
    pid = bot.process.pid
    try:
        async with at_work(bot, CLIENTS, programme.seed) as (history, _):
            await acknowledgements(bot, 200)
            before, ours, theirs = len(history.waits), processor(pid), family(server) if server else 0.0
            await acknowledgements(bot, programme.of(0, 400, 4000))
            count = len(history.waits) - before
            ours, theirs = processor(pid) - ours, (family(server) if server else 0.0) - theirs
        await compared(bot, 0, 0)
    finally:
        await bot.stop()
    return ours * 1000 / count, theirs * 1000 / count, count


async def acknowledgements(bot: PlantedBot, count: int) -> None:
    """Wait until this many more presses are acknowledged."""
    async with patience("presses to be acknowledged"):
        for _ in range(count):
            await bot.acknowledged.get()


async def test_on_sqlite(programme: Programme, tmp_path: Path) -> None:
    bot = a_bot(tmp_path, CLIENTS)
    ours, _, count = await presses(programme, bot, None)
    size = (tmp_path / "bot.db").stat().st_size
    with sqlite3.connect(tmp_path / "bot.db") as database:
        [cases] = database.execute("select count(*) from cases").fetchone()
    programme.figure("SQLite: presses, ms of processor each", f"{count}, {ours:.1f}")
    programme.figure("kB a case with its list", f"{size / 1024 / cases:.0f}")
    assert ours > 0


@pytest.mark.pg_server
async def test_on_postgresql(programme: Programme, tmp_path: Path) -> None:
    with own_cluster() as cluster:
        server = int((cluster.data / "postmaster.pid").read_text(encoding="ascii").split()[0])
        bot = a_bot(tmp_path, CLIENTS, BK_DATABASE_URL=cluster.url)
        ours, theirs, count = await presses(programme, bot, server)
        with psycopg.connect(cluster.url) as database:
            [(answered,)] = database.execute("select count(*) from answer").fetchall()
    programme.figure("PostgreSQL: presses, ms of the bot, ms of the server", f"{count}, {ours:.1f}, {theirs:.1f}")
    assert answered
