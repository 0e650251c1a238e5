"""Deletes the cases whose deletion is confirmed, and keeps the tombstone file up to date."""

import asyncio
from functools import partial
from pathlib import Path

from actions import deletions
from bot.clock import Clock
from storage import tombstones
from storage.desk import Desk

INTERVAL_SECONDS = 15.0


class Deleter:
    """One per process; with several on PostgreSQL, each case is deleted by one of them."""

    def __init__(self, desk: Desk, clock: Clock, file: Path) -> None:
        """file: the tombstone file; without it a restored backup would bring the cases back."""
        self._desk = desk
        self._clock = clock
        self._file = file
        self._is_behind = True  # the previous process may have stopped after a deletion and before writing the file

    async def take_away(self) -> None:
        """Delete what is confirmed. Raises: BadTombstones: the file cannot be written; the next round tries again."""
        while await self._take_one():
            self._is_behind = True
        if self._is_behind:
            stones = await self._desk.read(tombstones.known)
            if stones:
                await asyncio.to_thread(tombstones.write_file, self._file, stones)
            self._is_behind = False

    async def _take_one(self) -> bool:
        looked = await self._desk.read(deletions.look)
        return await self._desk.run(partial(deletions.take_away, now=self._clock.now(), looked=looked))
