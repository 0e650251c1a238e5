"""G14 and response times: the real bot as a process, with made-up people, with and without concurrent work.

A wait is the time in seconds from an act until its response; reading time is not included.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.measure import Figure, Towns, days_of_a_million_rows, p95, ratios
from bench.people import PRESSED, TYPED, Person, StaffedBot, meanwhile, pauses, staffed_bot
from bench.town import FIRST
from tests.chat.card_hand import titles

FEW_WORKERS, MANY_WORKERS = 5, 50
TURNS = 600
"""Turns in each part of a round, so that thirty of them exceed the p95."""
REPORTS = 30


def g14(folder: Path, towns: Towns, rounds: int, turns: int = TURNS) -> list[Figure]:
    """Compare waits during an export of a million rows, and during a recount, with waits during neither."""
    return asyncio.run(_g14(folder, towns, rounds, turns))


async def _g14(folder: Path, towns: Towns, rounds: int, turns: int) -> list[Figure]:
    last = FIRST + timedelta(days_of_a_million_rows(towns.many) - 1)
    period = ("--from", FIRST.isoformat(), "--to", last.isoformat())
    export = ("export", "--what", "answers", *period, "--out", str(folder / "answers.csv"))
    calm, exporting, counting, ended = [], [], [], []
    async with staffed_bot(folder, towns, towns.many, FEW_WORKERS) as one:
        await _turns(one, turns // 4)  # warm-up: caches filled, welcomes sent
        for _ in range(rounds):
            calm.append(await _turns(one, turns))
            async with meanwhile(one.bot, *export) as took:
                exporting.append(await _turns(one, turns))
            ended += took
            async with meanwhile(one.bot, "recount"):
                counting.append(await _turns(one, turns))

    def figure(goal: str, what: str, target: float | None, busy: list[list[float]], more: str = "") -> Figure:
        pairs = [(p95(some), p95(none)) for some, none in zip(busy, calm, strict=True)]
        note = f"p95 {_ms(busy, p95)} against {_ms(calm, p95)} ms, p50 {_ms(busy)} against {_ms(calm)}{more}"
        return Figure(goal, what, target, ratios(pairs), note)

    ran = f"; {len(ended)} exports finished, {statistics.median(ended):.1f} s each" if ended else ""
    return [
        figure("G14", "a person's wait, p95: while answers are exported / not", 1.5, exporting, ran),
        figure("G14r", "a person's wait, p95: while recount runs / not", None, counting),
    ]


def _ms(rounds: list[list[float]], of: Callable[[list[float]], float] = statistics.median) -> str:
    return f"{statistics.median(of(one) for one in rounds) * 1000:.0f}"


async def _turns(one: StaffedBot, turns: int) -> list[float]:
    """Let the workers fill in bases for `turns` turns in total; return their waits."""
    one.waits()
    pause = pauses(0.05, 0.25)

    async def work(person: Person) -> None:
        while sum(len(other.waits) for other in one.workers) < turns:
            await person.whole_basis(TYPED, pause)

    await asyncio.gather(*map(work, one.workers))
    return one.waits()


def wait(folder: Path, towns: Towns, rounds: int, workers: int = MANY_WORKERS, reading: float = 2.0) -> list[Figure]:
    """Measure waits while many people each fill in a whole basis, with and without reading time.

    reading: mean seconds between a response and the next act.
    """
    return asyncio.run(_wait(folder, towns, rounds, workers, reading))


async def _wait(folder: Path, towns: Towns, rounds: int, workers: int, reading: float) -> list[Figure]:
    typing, pressing, pause = [], [], pauses(0, 2 * reading)
    async with staffed_bot(folder, towns, towns.many, workers) as one:
        await asyncio.gather(*(person.opens(pause) for person in one.workers))  # the welcome is not measured
        for _ in range(rounds):
            typing.append(await _all_at_once(one, lambda person: person.whole_basis(TYPED, pause)))
            # Staggered: opening a case posts a message, and those are rate-limited.
            await asyncio.gather(*(person.opens(pause) for person in one.workers))
            pressing.append(await _all_at_once(one, lambda person: person.fills_in(PRESSED, lambda: 0.0)))
    what = f"{workers} people at once, each a whole basis, p95 of a wait"
    return [
        _waited("W50", what, 300, typing, f"typed and pressed, {reading:g} s to read each card"),
        _waited("W50p", f"{what}, no one reads", None, pressing, "pressed, with no pause at all"),
    ]


Round = tuple[list[float], float]
"""All waits, and the total duration in seconds."""


def _waited(goal: str, what: str, target: float | None, rounds: list[Round], how: str) -> Figure:
    waits = [some for some, _ in rounds]
    per_second = statistics.median(len(some) / seconds for some, seconds in rounds)
    note = f"{how}: p50 {_ms(waits)}, longest {_ms(waits, max)} ms, {per_second:.0f} turns/s"
    note += f"; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    return Figure(goal, what, target, tuple(p95(some) * 1000 for some in waits), note, " ms")


async def _all_at_once(one: StaffedBot, does: Callable[[Person], Coroutine[Any, Any, None]]) -> Round:
    one.waits()
    start = time.perf_counter()
    await asyncio.gather(*map(does, one.workers))
    return one.waits(), time.perf_counter() - start


def report(folder: Path, towns: Towns, rounds: int, times: int = REPORTS) -> list[Figure]:
    """Compare `rapport` and `exportera`, typed by a manager, in the large and the small town."""
    return asyncio.run(_report(folder, towns, rounds, times))


async def _report(folder: Path, towns: Towns, rounds: int, times: int) -> list[Figure]:
    figures = []
    async with staffed_bot(folder, towns, towns.few, 1) as few, staffed_bot(folder, towns, towns.many, 1) as many:
        for goal, line in (("G10c", "rapport"), ("G10e", "exportera")):
            rounds_of = [await _typed(line, few, many, times) for _ in range(rounds)]
            pairs = [(p95(large), p95(small)) for small, large in rounds_of]
            large = [one for _, one in rounds_of]
            small = [one for one, _ in rounds_of]
            note = f"p95 {_ms(large, p95)} against {_ms(small, p95)} ms, p50 {_ms(large)} against {_ms(small)}"
            figures.append(Figure(goal, f"`{line}` in the chat, p95: many lists / few", 1.5, ratios(pairs), note))
    return figures


async def _typed(line: str, few: StaffedBot, many: StaffedBot, times: int) -> tuple[list[float], list[float]]:
    for number in range(times + 1):
        for one in (few, many):
            await one.manager.types(line)
            await asyncio.sleep(0.1)  # seven messages a second per chat; more would measure the rate limit
        if not number:  # the first projects queued changes and warms the page cache
            few.waits()
            many.waits()
    return few.waits(), many.waits()


def beside(folder: Path, towns: Towns, rounds: int, turns: int = TURNS) -> list[Figure]:
    """Compare waits with and without a manager who fetches the report's page and files again and again."""
    return asyncio.run(_beside(folder, towns, rounds, turns))


async def _beside(folder: Path, towns: Towns, rounds: int, turns: int) -> list[Figure]:
    calm: list[list[float]] = []
    busy: list[list[float]] = []
    fetched: list[float] = []
    async with staffed_bot(folder, towns, towns.many, FEW_WORKERS) as one:
        await one.manager.types("hjälp")  # triggers the welcome, which is a message of its own
        await _turns(one, turns // 4)
        for _ in range(rounds):
            calm.append(await _turns(one, turns))
            enough = asyncio.Event()
            reading = asyncio.create_task(_reads_on(one.manager, fetched, enough))
            busy.append(await _turns(one, turns))
            enough.set()
            await reading
    note = f"p50 {_ms(busy)} against {_ms(calm)}, p95 {_ms(busy, p95)} against {_ms(calm, p95)} ms"
    note += f"; {len(fetched)} pages and files fetched, {_ms([fetched])} ms each"
    middle = [(statistics.median(some), statistics.median(none)) for some, none in zip(busy, calm, strict=True)]
    what = "a person's wait, p50: while reports are fetched without a pause / not"
    return [Figure("G14p", what, None, ratios(middle), note)]


async def _reads_on(manager: Person, fetched: list[float], enough: asyncio.Event) -> None:
    """Ask for the report and fetch everything its card links to, again and again. fetched: seconds that each took."""
    while not enough.is_set():
        seen = set(manager.posted)
        await manager.types("rapport")
        while "Exportera" not in titles(manager.card):  # notices of what was fetched come in the same chat
            manager.look(await manager.connector.posted_after(manager.chat, seen := seen | {manager.message}))
        await manager.presses("Exportera")
        del manager.waits[-2:]  # only the workers' waits are compared
        for address in manager.links():
            start = time.perf_counter()
            page, _, token = address.partition("?l=")
            async with manager.session.post(page, data={"l": token}) as given:
                await given.read()
                assert given.status == 200, given.status
            fetched.append(time.perf_counter() - start)
