"""Projects changes into the figures soon after they happen, one projector at a time."""

from storage import aggregates
from storage.desk import Desk, Session

EVERY = 1.0
"""Seconds between rounds; a report projects the rest by itself, so this only keeps that small."""


async def project(desk: Desk) -> None:
    """Project what was noted until nothing is left."""
    while await desk.run(_project_batch):
        pass


def _project_batch(session: Session) -> int:
    return aggregates.project_new(session, wait=False)
