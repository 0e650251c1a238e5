"""Runs background work periodically for as long as the bot runs."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from bot.logs import crash_line
from bot.metrics import LoopName, Metrics

REPEAT_SECONDS = 60.0
"""Seconds before an unchanged failure is logged again."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Loop:
    """Periodic work: `round` is called again after `interval` seconds, or as soon as `awake` is set."""

    name: LoopName
    round: Callable[[], Awaitable[object]]
    interval: float
    awake: asyncio.Event | None = None


async def run_forever(loop: Loop, metrics: Metrics) -> None:
    """Run rounds until cancelled. A failed round is logged and counted; the next one runs as usual."""
    failures = _Failures(loop.name)
    while True:
        if loop.awake is not None:
            loop.awake.clear()
        try:
            await loop.round()
        except Exception as error:
            metrics.failed(loop.name)
            failures.add(crash_line(error))
        else:
            metrics.round_done(loop.name)
            failures.over()
        if loop.awake is None:
            await asyncio.sleep(loop.interval)
        else:
            # Not wait_for: it swallows a cancellation that comes as the event is set, and the bot would never stop.
            with suppress(TimeoutError):
                async with asyncio.timeout(loop.interval):
                    await loop.awake.wait()


class _Failures:
    """Logs a loop's failures: the first at once, repeats at most once a minute, and the recovery."""

    def __init__(self, name: LoopName) -> None:
        self._name = name
        self._line = ""
        self._count = 0
        self._logged_at = 0.0

    def add(self, line: str) -> None:
        self._count += 1
        if line != self._line or time.monotonic() - self._logged_at >= REPEAT_SECONDS:
            log.error("%s failed (%d in a row): %s", self._name, self._count, line)
            self._line, self._logged_at = line, time.monotonic()

    def over(self) -> None:
        if self._count:
            log.info("%s works again after %d failures", self._name, self._count)
        self._line, self._count = "", 0
