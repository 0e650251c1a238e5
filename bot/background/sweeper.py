"""Runs the daily sweep when an office opens, and SKYDD whenever something has happened. It knows no rule."""

import asyncio
import logging
from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from bot.clock import Clock
from dialogs.messages import sweep
from storage import trail
from storage.desk import Desk, Session

EVERY = 1.0

log = logging.getLogger(__name__)


class Reminding:
    """One per process; on PostgreSQL several processes share the sweep's steps, each taken once."""

    def __init__(self, desk: Desk, clock: Clock, wake: Callable[[], None]) -> None:
        """Call `wake` when something was put into the outbox."""
        self._desk = desk
        self._clock = clock
        self._wake = wake
        self._swept: set[tuple[int, date]] = set()
        self._looked_at: tuple[int, date] | None = None

    async def run(self) -> None:
        """Look every second until cancelled; a failure is logged by its kind and tried again."""
        while True:
            try:
                await self.look()
            except Exception as error:
                log.error("reminders: %s", type(error).__name__)
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Check whether there is anything to do, which costs two small queries, and do it."""
        now = self._clock.now()
        day = sweep.swept_day(now)
        to_sweep, newest = await self._desk.run(partial(_look, now=now, swept=self._swept))
        if (newest, day) != self._looked_at:
            if await self._desk.run(partial(sweep.tell_of_protection, now=now), "protection"):
                self._wake()
            self._looked_at = (newest, day)
        for tenant_id in to_sweep:
            while await self._desk.run(partial(sweep.step, tenant_id=tenant_id, now=now), f"sweep|{tenant_id}"):
                pass
            self._swept = {(tenant_id, day)} | {known for known in self._swept if known[1] == day}
            self._wake()


def _look(session: Session, now: datetime, swept: set[tuple[int, date]]) -> tuple[list[int], int]:
    return sweep.tenants_to_sweep(session, now, swept), trail.newest(session)
