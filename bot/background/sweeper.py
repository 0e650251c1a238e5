"""Runs the daily reminder sweep when offices open, and SKYDD after every new event and every minute. No rules here."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from bot.background import left_out
from bot.clock import Clock
from bot.metrics import Metrics
from dialogs.messages import sweep
from dialogs.rounds import raising
from storage import skipped, trail
from storage.desk import Desk, Session
from storage.unfit import Skipped

INTERVAL_SECONDS = 1.0


class Sweeper:
    """One per process; several processes on PostgreSQL share the steps of a sweep, each of which runs once."""

    def __init__(self, desk: Desk, clock: Clock, metrics: Metrics, wake: Callable[[], None]) -> None:
        """wake: called after rows were added to the outbox."""
        self._desk = desk
        self._clock = clock
        self._metrics = metrics
        self._wake = wake
        self._swept: set[tuple[int, date]] = set()
        self._looked_at: tuple[int, datetime] | None = None
        self._day: date | None = None
        self._minute: datetime | None = None

    async def sweep_if_due(self) -> None:
        """Run whatever is due. Checking costs two small queries."""
        now = self._clock.now()
        day = sweep.swept_day(now)
        left: list[Skipped] = []
        to_sweep, newest = await self._desk.run(partial(_look, now=now, swept=self._swept))
        minute = now.replace(second=0, microsecond=0)
        if (newest, minute) != self._looked_at:
            protected = await self._desk.run(partial(sweep.tell_of_protection, now=now), "protection")
            left += protected.skipped
            left_out.report(self._metrics, "reminders", protected.skipped)
            if protected.told:
                self._wake()
            self._looked_at = (newest, minute)
        if minute != self._minute:
            late = await self._desk.run(partial(raising.tell_of_late, now=now), "raised")
            self._minute = minute
            if late:
                self._wake()
        for tenant_id in to_sweep:
            more = True
            while more:
                done = await self._desk.run(partial(sweep.step, tenant_id=tenant_id, now=now), f"sweep|{tenant_id}")
                left += done.skipped
                left_out.report(self._metrics, "reminders", done.skipped)
                more = done.more
            self._swept = {(tenant_id, day)} | {known for known in self._swept if known[1] == day}
            self._wake()
        if to_sweep or day != self._day:
            if not left:
                is_well = not await self._desk.run(skipped.is_any) and not self._desk.not_held
                self._metrics.health.note("skipped", went_well=is_well)
            self._desk.report_anew()  # a row that is still faulty will be met again
            self._day = day


def _look(session: Session, now: datetime, swept: set[tuple[int, date]]) -> tuple[list[int], int]:
    return sweep.tenants_to_sweep(session, now, swept), trail.newest(session)
