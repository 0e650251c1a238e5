"""`python -m bench.peers.unpaced serve`: the bot without its send limits, so that its own cost shows at full load.

For the bench only: the product has no such setting, as Teams would refuse what exceeds its limits.
"""

import asyncio
import sys

from bot.sending import pace

_NO_TIME = 1e-6
"""Seconds within which the limits count: what is remembered of past sends stays as little as it is with them."""


async def _is_lifted() -> bool:
    one = pace.Pace()
    try:
        async with asyncio.timeout(0.5):
            for _ in range(200):
                await one.turn("a:chat", urgent=True)
    except TimeoutError:
        return False
    return True


def main() -> None:
    """Lift the send limits, make sure that they are lifted, and run the command."""
    limits = (pace.PER_CONVERSATION, pace.IN_TOTAL)
    assert pace.Pace.__init__.__defaults__ == (*limits, pace.WINDOW_SECONDS), "Pace takes other arguments now"
    pace.Pace.__init__.__defaults__ = (*limits, _NO_TIME)
    assert asyncio.run(_is_lifted()), "the send limits could not be lifted"

    import app

    sys.exit(app.main())


if __name__ == "__main__":
    main()
