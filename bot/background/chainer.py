"""Adds new trail events to the hash chain within a second, and signs the head of the chain once a day."""

from datetime import date
from functools import partial

from bot.clock import Clock
from checklists.faults import Refusal
from checklists.swedish_time import day_of
from storage import heads, trail
from storage.desk import Desk

INTERVAL_SECONDS = 0.5


class TrailRefused(Refusal):
    """Something in the trail was not recorded by this program, or is no longer what it was."""


class Chainer:
    """One per process; with several processes on PostgreSQL, only one chains at a time."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock
        self._signed: date | None = None
        self._reached: trail.Ends = {}

    async def chain(self) -> None:
        """Chain new events; if there were any, sign today's head unless that is done.

        Raises: TrailRefused: some were not chained; the others were.
        """
        chained = False
        while True:
            found = await self._desk.run(partial(trail.chain, reached=self._reached))
            self._reached |= found.ends
            chained = chained or bool(found.count)
            if found.count < trail.BATCH:
                break
        today = day_of(self._clock.now())
        if chained and today != self._signed:
            await self._desk.run(partial(heads.sign_new, day=today))
            self._signed = today
        if found.refused:
            raise TrailRefused(*found.refused)
