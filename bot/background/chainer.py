"""Gives the trail's new events their place in the chain, within a second, and signs its end once a day."""

import asyncio
import logging
from datetime import date
from functools import partial

from bot.clock import Clock
from storage import audit, heads
from storage.desk import Desk
from storage.times import STOCKHOLM

EVERY = 0.5

log = logging.getLogger(__name__)


async def seal_forever(desk: Desk, clock: Clock) -> None:
    """Seal until cancelled; a failure is logged by its kind and tried again."""
    signed: date | None = None
    while True:
        try:
            signed = await seal_round(desk, clock, signed)
        except Exception as error:
            log.error("sealer: %s", type(error).__name__)
        await asyncio.sleep(EVERY)


async def seal_round(desk: Desk, clock: Clock, signed: date | None) -> date | None:
    """Seal what is new; where something was, see that the day's head is signed. Return the day last signed for."""
    sealed = False
    while await desk.run(audit.seal_new):
        sealed = True
    today = clock.now().astimezone(STOCKHOLM).date()
    if not sealed or today == signed:
        return signed
    await desk.run(partial(heads.sign_new, day=today))
    return today
