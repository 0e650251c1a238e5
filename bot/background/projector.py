"""Projects changes into the figures soon after they happen, one projector at a time."""

import asyncio
import logging

from storage import aggregates
from storage.desk import Desk, Session

EVERY = 1.0
"""Seconds between rounds; a report projects the rest by itself, so this only keeps that small."""

log = logging.getLogger(__name__)


async def project_forever(desk: Desk) -> None:
    """Project until cancelled; a failure is logged by its kind and tried again."""
    while True:
        try:
            while await desk.run(_project):
                pass
        except Exception as error:
            log.error("projector: %s", type(error).__name__)
        await asyncio.sleep(EVERY)


def _project(session: Session) -> int:
    return aggregates.project_new(session, wait=False)
