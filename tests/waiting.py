"""The only timeout tests use for waiting, and the failure message when it expires.

A test waits for a state and continues as soon as it is reached. The limit therefore costs nothing when all is well, and
no result depends on how busy the machine is.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 120.0
"""Seconds; many times longer than anything takes, even on a busy machine."""
_LOOKS_AGAIN = 0.02
_TELLS_AT_MOST = 2000


@asynccontextmanager
async def patience(what: str, saw: Callable[[], object] | None = None) -> AsyncIterator[None]:
    """Limit the block to PATIENCE. what: what it waits for. saw: describes what there was instead.

    Raises: AssertionError: the time ran out.
    """
    try:
        async with asyncio.timeout(PATIENCE) as limit:
            yield
    except TimeoutError:
        if not limit.expired():
            raise
        instead = f"; saw {str(saw())[:_TELLS_AT_MOST]}" if saw is not None else ""
        raise AssertionError(f"waited {PATIENCE:.0f} s for {what}{instead}") from None


class News:
    """Condition variable: `until` checks again each time `tell` is called."""

    def __init__(self) -> None:
        self._changed = asyncio.Condition()

    async def tell(self) -> None:
        """Wake everyone waiting, because the state has changed."""
        async with self._changed:
            self._changed.notify_all()

    async def until(self, what: str, there: Callable[[], Any], saw: Callable[[], object]) -> None:
        """Wait until `there()` is true. Raises: AssertionError: it never was."""
        async with patience(what, saw), self._changed:
            await self._changed.wait_for(there)


async def until(what: str, look: Callable[[], Awaitable[T]], good: Callable[[T], Any] = bool) -> T:
    """Poll `look` until the result is `good`, and return it. Only for state that cannot notify when it changes.

    Raises: AssertionError: it never was; the message contains the last result.
    """
    seen: list[T] = []
    async with patience(what, lambda: seen):
        while True:
            seen[:] = [await look()]
            if good(seen[0]):
                return seen[0]
            await asyncio.sleep(_LOOKS_AGAIN)  # the only sleep in the tests: nothing notifies, so poll


# --- simulated time --------------------------------------------------------------------------------------------------


@contextmanager
def moved_time() -> Iterator[Callable[[float], None]]:
    """Yield a function that advances the event loop's clock, so that running timeouts expire without waiting.

    The bot keeps its real, long timeouts in such a test, so that mere slowness never triggers them.
    """
    loop, ahead = asyncio.get_running_loop(), 0.0
    real_time = loop.time

    def move(seconds: float) -> None:
        nonlocal ahead
        ahead += seconds

    loop.time = lambda: real_time() + ahead  # type: ignore[method-assign]
    try:
        yield move
    finally:
        loop.time = real_time  # type: ignore[method-assign]


@contextmanager
def time_that_leaps() -> Iterator[None]:
    """Stop the event loop's clock while anything runs, and jump to the next timer when the loop is idle.

    Only for code that depends on nothing but timers; not with I/O.
    """
    loop = asyncio.get_running_loop()
    selector = loop._selector  # type: ignore[attr-defined]
    real_time, real_select, now = loop.time, selector.select, loop.time()

    def select(timeout: float | None) -> Any:
        nonlocal now
        if timeout is None:
            return real_select(None)
        now += max(timeout, 0.0)
        return real_select(0)

    loop.time, selector.select = lambda: now, select  # type: ignore[method-assign]
    try:
        yield
    finally:
        loop.time, selector.select = real_time, real_select  # type: ignore[method-assign]
