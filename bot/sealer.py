"""Gives the trail's new events their place in the chain, within a second. One sealer at a time."""

import asyncio
import logging

from storage import audit
from storage.desk import Desk

EVERY = 0.5

log = logging.getLogger(__name__)


async def seal_forever(desk: Desk) -> None:
    """Seal until cancelled; a failure is logged by its kind and tried again."""
    while True:
        try:
            while await desk.run(audit.seal_new):
                pass
        except Exception as error:
            log.error("sealer: %s", type(error).__name__)
        await asyncio.sleep(EVERY)
