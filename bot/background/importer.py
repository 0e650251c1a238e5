"""Finishes an import whose own process has died."""

import asyncio
import logging
from functools import partial

from storage import import_jobs
from storage.desk import Desk
from storage.import_jobs import Place

INTERVAL_SECONDS = 5.0
"""Seconds between two looks. An import that has made no progress between them is taken to be abandoned."""

log = logging.getLogger(__name__)


class Importer:
    """Finishes imports that have stalled. If the process that began one goes on after all, each step is taken once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._seen: Place | None = None

    async def finish_left(self) -> None:
        """Store the rest of an import that has made no progress since the last look."""
        place = await self._desk.read(import_jobs.oldest)
        if place is None or place != self._seen:
            self._seen = place
            return
        # Imported here: hardly any bot is left with an import, and how files are read takes time to load.
        from imports.steps import REST_SECONDS, Done, store_some

        some = partial(store_some, job_id=place.job_id, groups=[])
        done = Done()
        while (after := await self._desk.run(some)) is not None:
            done = after
            await asyncio.sleep(REST_SECONDS)
        log.warning("an import that was left unfinished is done; refused lines: %s", list(done.refused))
