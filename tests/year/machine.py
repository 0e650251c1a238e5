"""What the bot runs on, made predictable: an event loop on simulated time, a clock, a disk that fills, seeded chance.

The bot's own turns, sweep, outbox and storage run unchanged on it, over a real database. Nothing here waits: when
every task sleeps, time moves to the first that wakes.
"""

import asyncio
import contextlib
import os
import random
import secrets
import selectors
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import bot.commandline.disposing
import imports.steps
import storage.desk
import storage.replicas
from bot.clock import Clock
from storage.desk import Desk, Session
from storage.sealing import Keys
from tests.conftest import TRAIL

T = TypeVar("T")
MASTER = {"test": bytes(32)}


class _Nothing(selectors.SelectSelector):
    """A selector that watches no files, and lets simulated time pass instead of waiting."""

    def __init__(self, passes: Callable[[float], None]) -> None:
        super().__init__()
        self._passes = passes

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise AssertionError("every task waits for something that never comes")
        self._passes(timeout)
        return []


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is counted, in seconds since the simulation began, and never waited for."""

    def __init__(self) -> None:
        self._now = 0.0
        super().__init__(_Nothing(self._pass))
        # After half a year of seconds a float no longer tells nanoseconds apart, and the loop would wait for ever.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        """Return the simulated time."""
        return self._now

    def _pass(self, seconds: float) -> None:
        self._now += max(0.0, seconds)


class SimulatedClock(Clock):
    """One machine's clock: the simulation's time plus `off`, by which this clock is wrong."""

    def __init__(self, loop: SimulatedLoop, start: datetime) -> None:
        super().__init__()
        self._loop = loop
        self._start = start.astimezone(UTC)
        self.off = timedelta()

    def now(self) -> datetime:
        """Return what it shows, in UTC."""
        return self._start + timedelta(microseconds=round(self._loop.time() * 1e6)) + self.off


class Killed(BaseException):
    """The process was killed. Not an Exception: nothing in the bot may catch it."""


class SimulatedDesk(Desk):
    """The bot's desk, on the event loop's own thread. Other tasks run between transactions.

    fails: called before each transaction with where it stands, "begin", "end" (before the commit) or "kept" (after
    it); it may raise what a crash or a broken disk raises there. told: called after each commit with what the
    transaction left in its session's `info`.
    """

    def __init__(
        self,
        url: str,
        clock: SimulatedClock,
        loop: SimulatedLoop,
        chance: random.Random,
        fails: Callable[[str], None],
        told: Callable[[Mapping[Any, Any]], None],
    ) -> None:
        super().__init__(url, Keys(MASTER, TRAIL, now=loop.time))
        self.clock = clock
        self._chance, self._fails, self._told = chance, fails, told
        self.raw: Any = self.engine.raw_connection().driver_connection if self.dialect == "sqlite" else None
        self._pragma("synchronous=off")  # power cuts are tested in tests/faults

    async def run(
        self, work: Callable[[Session], T], serial: str = "", *, keep: bool = True, shares: bool = False
    ) -> T:
        """Run one transaction, after and before whatever else is ready to run."""
        await asyncio.sleep(self._chance.random() * 0.02)
        result = self.run_now(work, serial, keep=keep)
        await asyncio.sleep(self._chance.random() * 0.02)
        return result

    def run_now(self, work: Callable[[Session], T], serial: str = "", *, keep: bool = True) -> T:
        """Run one transaction."""
        left: dict[Any, Any] = {}

        def watched(session: Session) -> T:
            left.clear()
            result = work(session)
            self._fails("end")
            left.update(session.info)
            return result

        self._fails("begin")
        result = super().run_now(watched, serial, keep=keep)
        if keep:
            self._told(left)
        self._fails("kept")
        return result

    async def read(self, work: Callable[[Session], T]) -> T:
        """Read on this thread as well."""
        return self.read_now(work)

    def fill_disk(self) -> None:
        """Let the file of SQLite grow no further."""
        self._pragma(f"max_page_count={self._pragma('page_count')}")

    def free_disk(self) -> None:
        """Let it grow again."""
        self._pragma("max_page_count=1073741823")

    def _pragma(self, said: str) -> Any:
        return next(iter(self.raw.execute(f"pragma {said}").fetchall()), (None,))[0] if self.raw is not None else None

    def drop(self) -> None:
        """Let go of the file as a killed process does: without finishing anything."""
        self.engine.dispose()
        self._reading.dispose()
        if self.raw is not None:
            self.raw.close()


class _Ticks:
    """Stands for the module `time` where the bot measures how long something took."""

    def __init__(self, loop: SimulatedLoop) -> None:
        self.monotonic = loop.time
        self.sleep: Callable[[float], None] = lambda _seconds: None


@contextlib.contextmanager
def predictable(seed: int, loop: SimulatedLoop, now: Callable[[], datetime]) -> Iterator[None]:
    """Let everything that the bot draws or reads from its surroundings follow from the seed, for as long as it runs."""
    drawn = random.Random(f"bytes of {seed}")
    kept = random.getstate()
    random.seed(f"jitter of {seed}")
    ticks = _Ticks(loop)
    changes: list[tuple[Any, str, Any]] = [
        (os, "urandom", drawn.randbytes),
        (random, "_urandom", drawn.randbytes),  # what `secrets.choice` draws from
        (secrets, "token_bytes", lambda count=32: drawn.randbytes(count)),
        (storage.replicas, "_now", lambda _session: now()),
        (storage.desk, "time", ticks),
        (storage.desk, "_PATIENCE", 0.0),  # whoever holds a lock does not run meanwhile, so waiting is useless
        (imports.steps, "time", ticks),
        (bot.commandline.disposing, "time", ticks),
    ]
    old = [(where, name, getattr(where, name)) for where, name, _ in changes]
    for where, name, new in changes:
        setattr(where, name, new)
    try:
        yield
    finally:
        for where, name, was in old:
            setattr(where, name, was)
        random.setstate(kept)
