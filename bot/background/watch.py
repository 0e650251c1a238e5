"""Asks for the channel's keys and the service token before somebody needs them, so that it is known when they fail."""

import asyncio
import contextlib

from bot.door.key_ring import KeyRing
from bot.sending.service_token import NoServiceToken, ServiceToken

INTERVAL_SECONDS = 60.0


async def watch(keys: KeyRing, token: ServiceToken) -> None:
    """Look every minute, until cancelled. Both keep what they have, so a look is seldom a request."""
    while True:
        await keys.refresh()
        with contextlib.suppress(NoServiceToken):
            await token.get()
        await asyncio.sleep(INTERVAL_SECONDS)
