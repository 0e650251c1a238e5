"""How long a test waits for anything, and what it says when it gives up: decided here and nowhere else.

A test waits for the state it means and goes on at once when it is there. So the limit costs nothing where all is well,
and no test passes or fails by how busy the machine is.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 120.0
"""Seconds; many times what anything takes on a machine that is busy with other things."""
_LOOKS_AGAIN = 0.02
_TELLS_AT_MOST = 2000


@asynccontextmanager
async def patience(what: str, saw: Callable[[], object] | None = None) -> AsyncIterator[None]:
    """Let the block take as long as a test waits. what: what it waits for. saw: tells what there was instead.

    Raises: AssertionError: it did not come.
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
    """Something that others change; whoever waits for it looks again whenever it is told that it changed."""

    def __init__(self) -> None:
        self._changed = asyncio.Condition()

    async def tell(self) -> None:
        """Say that it changed."""
        async with self._changed:
            self._changed.notify_all()

    async def until(self, what: str, there: Callable[[], Any], saw: Callable[[], object]) -> None:
        """Wait until `there` is true. Raises: AssertionError: it never was."""
        async with patience(what, saw), self._changed:
            await self._changed.wait_for(there)


async def until(what: str, look: Callable[[], Awaitable[T]], good: Callable[[T], Any] = bool) -> T:
    """Look again and again until what is seen is good, and return it: for what tells nobody when it changes.

    Raises: AssertionError: it never was; it says what was seen last.
    """
    seen: list[T] = []
    async with patience(what, lambda: seen):
        while True:
            seen[:] = [await look()]
            if good(seen[0]):
                return seen[0]
            await asyncio.sleep(_LOOKS_AGAIN)  # the only one: where nothing tells, there is nothing but asking


# --- time that is not waited for -------------------------------------------------------------------------------------


@contextmanager
def moved_time() -> Iterator[Callable[[float], None]]:
    """Give a way to move the event loop's time on: a time-out that has begun then runs out, without the wait.

    The bot keeps its own long time-outs in such a test, which nothing that is merely slow runs into.
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
    """Have the event loop's time stand still while anything runs, and leap to the next timer when nothing does.

    For what only counts time; not with anything that comes from outside the loop.
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
