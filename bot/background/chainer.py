"""Chains the trail's new events within a second, and signs the end of the chain once a day."""

import asyncio
import logging
from datetime import date
from functools import partial

from bot.clock import Clock
from checklists.swedish_time import day_of
from storage import heads, trail
from storage.desk import Desk

EVERY = 0.5

log = logging.getLogger(__name__)


async def chain_forever(desk: Desk, clock: Clock) -> None:
    """Chain until cancelled; a failure is logged by its kind and tried again."""
    signed: date | None = None
    while True:
        try:
            signed = await chain_round(desk, clock, signed)
        except Exception as error:
            log.error("chainer: %s", type(error).__name__)
        await asyncio.sleep(EVERY)


async def chain_round(desk: Desk, clock: Clock, signed: date | None) -> date | None:
    """Chain new events; if there were any, make sure the day's head is signed. Return the day last signed."""
    chained = False
    while await desk.run(trail.chain_new):
        chained = True
    today = day_of(clock.now())
    if not chained or today == signed:
        return signed
    await desk.run(partial(heads.sign_new, day=today))
    return today
