"""Folds what changed into the figures, soon after it happened. One folder at a time."""

import asyncio
import logging

from storage import aggregates
from storage.desk import Desk, Session

EVERY = 1.0
"""Seconds between looking; a report folds what is left by itself, so this only keeps its share small."""

log = logging.getLogger(__name__)


async def project_forever(desk: Desk) -> None:
    """Fold until cancelled; a failure is logged by its kind and tried again."""
    while True:
        try:
            while await desk.run(_project):
                pass
        except Exception as error:
            log.error("folder: %s", type(error).__name__)
        await asyncio.sleep(EVERY)


def _project(session: Session) -> int:
    return aggregates.project_new(session, wait=False)
