"""`python -m bench.peers.unpaced serve`: the bot without its send limits, so that its own cost shows at full load.

For the bench only: the product has no such setting, as Teams would refuse what exceeds its limits.
"""

import asyncio
import sys

from bot.sending import pace

_NO_LIMIT = 10**6


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
    per_conversation, total, *rest = pace.Pace.__init__.__defaults__ or ()
    assert (per_conversation, total) == (pace.PER_CONVERSATION, pace.IN_TOTAL), "Pace takes other arguments now"
    pace.Pace.__init__.__defaults__ = (_NO_LIMIT, _NO_LIMIT, *rest)
    assert asyncio.run(_is_lifted()), "the send limits could not be lifted"

    import app

    sys.exit(app.main())


if __name__ == "__main__":
    main()
