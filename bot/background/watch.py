"""Fetches the channel's keys and the service token before anybody needs them, so that a failure is known at once."""

import asyncio
import contextlib

from bot.door.key_ring import KeyRing
from bot.sending.service_token import NoServiceToken, ServiceToken

INTERVAL_SECONDS = 60.0


async def watch(keys: KeyRing, token: ServiceToken) -> None:
    """Ask for both every minute, until cancelled. Both are cached, so this is seldom a request."""
    while True:
        await keys.refresh()
        with contextlib.suppress(NoServiceToken):
            await token.get()
        await asyncio.sleep(INTERVAL_SECONDS)
