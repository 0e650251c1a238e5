"""Keeps the aggregates for the figures up to date, one process at a time."""

from functools import partial

from bot.background import left_out
from bot.clock import Clock
from bot.metrics import Metrics
from checklists.swedish_time import day_of
from storage import aggregates
from storage.desk import Desk

INTERVAL_SECONDS = 1.0
"""Seconds between rounds. A report first applies what is left itself, so this only bounds how much that is."""


async def project(desk: Desk, clock: Clock, metrics: Metrics) -> None:
    """Apply queued changes to the aggregates, in batches, until one is not full.

    Changes that come meanwhile wait for the next round: a case answered ten times in a second is then projected once.
    """
    done = aggregates.BATCH
    while done >= aggregates.BATCH:
        batch = partial(aggregates.project_some, wait=False, today=day_of(clock.now()))
        done, skipped = await desk.run(batch)
        left_out.report(metrics, "figures", skipped)
