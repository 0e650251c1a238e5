"""G16: many people pressing while each sync of the disk takes its time, on the real bot with SQLite.

`python -m bench.slow_disk MS PEOPLE [SECONDS]` measures one such disk with so many people. The delay is put in below
SQLite, in the bot's process (tests/faults/planted.py). The token is checked, the pace is as shipped, and everybody
fills in whole lists with two seconds between a response and the next press.
"""

import asyncio
import statistics
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Figure, Towns, p95
from bench.peers.channel import Channel, Chat, Waits, phase
from bench.peers.ours import SETTINGS, Databases
from bench.peers.processes import Cores, disk_syncs, start
from bench.peers.scripts import pressed_basis
from bench.people import pauses
from tests.browser.real_bot import free_ports
from tests.faults.power_loss import library

PEOPLE, GOAL = 200, 300.0
SLOW = ((5, GOAL), (1, None), (10, None))
"""Milliseconds added to each sync, and what the p95 may be, in milliseconds."""
BETWEEN = 2.0
SECONDS = 30.0
BEGUN_WITHIN = 15.0
"""Seconds within which people come, one after another: a case is opened by a typed line, and messages have their pace.
They are not measured."""
_WORDS = (sys.executable, str(Path("tests") / "faults" / "planted.py"))


@dataclass(frozen=True, slots=True)
class Slow:
    """What a run came to. waits: seconds of each turn. commits, turns: per second.

    cpu: of the bot, of a processor. kept_waiting: how much more it wanted and did not get, as others used it: with
    more than a little the waits say something of the machine, not of the bot.
    """

    waits: Waits
    commits: float
    turns: float
    cpu: float
    kept_waiting: float

    def __str__(self) -> str:
        """Return it as a line."""
        pressed, typed = self.waits.pressed, self.waits.typed
        of_typed = f"; typed p95 {1000 * p95(typed):.0f}" if len(typed) > 1 else ""
        return (
            f"p50 {1000 * statistics.median(pressed):.0f}, p95 {1000 * p95(pressed):.0f}, longest "
            f"{1000 * max(pressed):.0f} ms{of_typed}; {self.turns:.0f} turns/s, {self.commits:.0f} commits/s, "
            f"{100 * self.cpu:.0f} % of a processor, {100 * self.kept_waiting:.0f} % more not to be had"
        )


def g16(folder: Path, _towns: Towns, rounds: int, people: int = PEOPLE, seconds: float = SECONDS) -> list[Figure]:
    """Measure the wait of many people who press, for each kind of slow disk."""
    if library() is None:
        return [Figure("G16", "p95 with a slow disk", GOAL, (), "needs an SQLite that is a library of its own", " ms")]
    found: dict[int, list[Slow]] = {}
    for ms, goal in SLOW:
        found[ms] = [measured(folder, ms, people, seconds) for _ in range(rounds if goal else 1)]
    sync = f"; fdatasync of the disk itself {disk_syncs(folder)[0]:.2f} ms"
    return [
        Figure(
            "G16" if goal else f"G16-{ms}",
            f"{people} people pressing, {BETWEEN:g} s in between, {ms} ms more for each sync: p95",
            goal,
            tuple(1000 * p95(one.waits.pressed) for one in found[ms]),
            f"{found[ms][-1]}{sync}",
            " ms",
        )
        for ms, goal in SLOW
    ]


def measured(folder: Path, ms: float, people: int, seconds: float = SECONDS, coming: float = BEGUN_WITHIN) -> Slow:
    """Measure one disk with so many people. Raises: WrongReply. coming: seconds within which they begin."""
    with Cores.of_this_machine().taken():
        return asyncio.run(_measured(folder, ms, people, seconds, coming))


async def _measured(folder: Path, ms: float, people: int, seconds: float, coming: float) -> Slow:
    async with AsyncExitStack() as stack:
        channel = await stack.enter_async_context(Channel())
        channel.use_token(True)
        url = stack.enter_context(Databases(folder, people).new("sqlite"))
        settings = SETTINGS | channel.production | {"BK_DATABASE_URL": url}
        port, admin = free_ports(2)
        words = (*_WORDS, f"slow_disk={ms}", "serve")
        bot = await start(
            words, settings | {"BK_ADMIN_PORT": str(admin)}, port, folder / "bot.log", Cores.of_this_machine().bots
        )
        stack.push_async_callback(bot.stop)
        await bot.listens()
        chats = channel.chats(people, (bot.url,))
        reading = pauses(BETWEEN / 2, BETWEEN * 3 / 2)

        async def works(chat: Chat) -> None:
            late = coming * chat.number / people
            await asyncio.sleep(late)
            await phase([chat], pressed_basis, coming + seconds - late, reading)

        def so_far() -> tuple[float, float, float]:
            return _commits(url), bot.cpu(), bot.kept_waiting()

        async def all_here() -> tuple[float, float, float]:
            await asyncio.sleep(coming)
            for chat in chats:
                chat.waits = Waits()
            return so_far()

        async with asyncio.TaskGroup() as group:
            before = group.create_task(all_here())
            for chat in chats:
                group.create_task(works(chat))
        commits, cpu, waited = (now - then for now, then in zip(so_far(), before.result(), strict=True))
        typed = [wait for chat in chats for wait in chat.waits.typed]
        pressed = [wait for chat in chats for wait in chat.waits.pressed]
        turns = len(typed) + len(pressed)
        return Slow(Waits(typed, pressed), *(each / seconds for each in (commits, turns, cpu, waited)))


def _commits(url: str) -> int:
    """Return how many transactions have changed the database: SQLite counts them in the index of its log."""
    with Path(url.removeprefix("sqlite:///") + "-shm").open("rb") as index:
        return int.from_bytes(index.read(12)[8:], sys.byteorder)


def main() -> None:
    """Measure one."""
    ms, people, *more = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        found = measured(Path(name), float(ms), int(people), float(more[0]) if more else SECONDS)
    sys.stdout.write(f"{ms} ms, {people} people: {found}\n")


if __name__ == "__main__":
    main()
