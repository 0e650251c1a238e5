"""G14 and a person's wait: the real bot as a process, with made-up people, with and without other work going on.

A wait runs from what a person does until it is answered; reading time is not waiting.
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
from bench.people import PRESSED, TYPED, Office, Person, meanwhile, office, pauses
from bench.town import FIRST

FEW_WORKERS, MANY_WORKERS = 5, 50
TURNS = 600
"""Turns in each part of a round, so that thirty of them wait longer than the p95."""
REPORTS = 30


def g14(folder: Path, towns: Towns, rounds: int, turns: int = TURNS) -> list[Figure]:
    """Compare a person's wait while an export of a million rows runs, and while a recount does, with neither."""
    return asyncio.run(_g14(folder, towns, rounds, turns))


async def _g14(folder: Path, towns: Towns, rounds: int, turns: int) -> list[Figure]:
    last = FIRST + timedelta(days_of_a_million_rows(towns.many) - 1)
    period = ("--from", FIRST.isoformat(), "--to", last.isoformat())
    export = ("export", "--what", "answers", *period, "--out", str(folder / "answers.csv"))
    calm, exporting, counting, ended = [], [], [], []
    async with office(folder, towns, towns.many, FEW_WORKERS) as one:
        await _turns(one, turns // 4)  # a warm bot, and everyone welcomed
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


async def _turns(one: Office, turns: int) -> list[float]:
    """Let the workers go through bases until they have had that many turns in total; return their waits."""
    one.waits()
    pause = pauses(0.05, 0.25)

    async def work(person: Person) -> None:
        while sum(len(other.waits) for other in one.workers) < turns:
            await person.whole_basis(TYPED, pause)

    await asyncio.gather(*map(work, one.workers))
    return one.waits()


def wait(folder: Path, towns: Towns, rounds: int, workers: int = MANY_WORKERS, reading: float = 2.0) -> list[Figure]:
    """Measure the waits of many people who each go through a whole basis at once, with and without reading time.

    reading: seconds between an answer and the next act, on average.
    """
    return asyncio.run(_wait(folder, towns, rounds, workers, reading))


async def _wait(folder: Path, towns: Towns, rounds: int, workers: int, reading: float) -> list[Figure]:
    typing, pressing, pause = [], [], pauses(0, 2 * reading)
    async with office(folder, towns, towns.many, workers) as one:
        await asyncio.gather(*(person.opens(pause) for person in one.workers))  # everyone is welcomed
        for _ in range(rounds):
            typing.append(await _all_at_once(one, lambda person: person.whole_basis(TYPED, pause)))
            # Not all in the same second: a case opens with a message, and how many of those go in a second is limited.
            await asyncio.gather(*(person.opens(pause) for person in one.workers))
            pressing.append(await _all_at_once(one, lambda person: person.fills_in(PRESSED, lambda: 0.0)))
    what = f"{workers} people at once, each a whole basis, p95 of a wait"
    return [
        _waited("W50", what, 300, typing, f"typed and pressed, {reading:g} s to read each card"),
        _waited("W50p", f"{what}, no one reads", None, pressing, "pressed, with no pause at all"),
    ]


Round = tuple[list[float], float]
"""Everyone's waits, and how many seconds all of it took."""


def _waited(goal: str, what: str, target: float | None, rounds: list[Round], how: str) -> Figure:
    waits = [some for some, _ in rounds]
    per_second = statistics.median(len(some) / seconds for some, seconds in rounds)
    note = f"{how}: p50 {_ms(waits)}, longest {_ms(waits, max)} ms, {per_second:.0f} turns/s"
    note += f"; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    return Figure(goal, what, target, tuple(p95(some) * 1000 for some in waits), note, " ms")


async def _all_at_once(one: Office, does: Callable[[Person], Coroutine[Any, Any, None]]) -> Round:
    one.waits()
    start = time.perf_counter()
    await asyncio.gather(*map(does, one.workers))
    return one.waits(), time.perf_counter() - start


def report(folder: Path, towns: Towns, rounds: int, times: int = REPORTS) -> list[Figure]:
    """Compare `rapport` and `exportera`, typed by a manager, in the large town and in the small one."""
    return asyncio.run(_report(folder, towns, rounds, times))


async def _report(folder: Path, towns: Towns, rounds: int, times: int) -> list[Figure]:
    figures = []
    async with office(folder, towns, towns.few, 1) as few, office(folder, towns, towns.many, 1) as many:
        for goal, line in (("G10c", "rapport"), ("G10e", "exportera")):
            rounds_of = [await _typed(line, few, many, times) for _ in range(rounds)]
            pairs = [(p95(large), p95(small)) for small, large in rounds_of]
            large = [one for _, one in rounds_of]
            small = [one for one, _ in rounds_of]
            note = f"p95 {_ms(large, p95)} against {_ms(small, p95)} ms, p50 {_ms(large)} against {_ms(small)}"
            figures.append(Figure(goal, f"`{line}` in the chat, p95: many lists / few", 1.5, ratios(pairs), note))
    return figures


async def _typed(line: str, few: Office, many: Office, times: int) -> tuple[list[float], list[float]]:
    for number in range(times + 1):
        for one in (few, many):
            await one.manager.types(line)
            await asyncio.sleep(0.1)  # a chat takes seven messages a second; beyond that the pace is measured instead
        if not number:  # the first one projects what was noted, and warms the page cache
            few.waits()
            many.waits()
    return few.waits(), many.waits()
