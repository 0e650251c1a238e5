"""Notes every few seconds that this process is running, and divides the send rate among all that are."""

from collections.abc import Callable
from functools import partial

from storage import replicas
from storage.desk import Desk

INTERVAL_SECONDS = 2.0


class Presence:
    """This process among the replicas. share: called with how many are running."""

    def __init__(self, desk: Desk, replica: str, share: Callable[[int], None]) -> None:
        self._desk = desk
        self._replica = replica
        self._share = share

    async def beat(self) -> None:
        """Note that this process is running."""
        self._share(await self._desk.run(partial(replicas.beat, replica=self._replica)))

    async def leave(self) -> None:
        """Note that this process is stopping."""
        await self._desk.run(partial(replicas.leave, replica=self._replica))
