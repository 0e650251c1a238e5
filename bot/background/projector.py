"""Keeps the aggregates for the figures up to date, one process at a time."""

from storage import aggregates
from storage.desk import Desk, Session

INTERVAL_SECONDS = 1.0
"""Seconds between rounds. Reports project what is left themselves, so this only bounds how much that is."""


async def project(desk: Desk) -> None:
    """Apply queued changes to the aggregates, in batches, until one is not full.

    What comes meanwhile waits for the next round: a case answered ten times in a second is then projected once.
    """
    while await desk.run(_project_batch) >= aggregates.BATCH:
        pass


def _project_batch(session: Session) -> int:
    return aggregates.project_new(session, wait=False)
