"""What is wrong while the bot still runs: what this process noticed; storage/standing has what the database shows."""

import time
from collections.abc import Callable
from typing import Literal

from storage.standing import Late

Noticed = Literal["keys", "token", "sends", "skipped"]
Reason = Noticed | Late
"""keys: the channel's signing keys cannot be fetched. token: no token for sending. sends: messages do not go out.
skipped: cases were left out of the reminders, the figures or a message. sweep, chain: these are late."""
STANDS_SECONDS = 600.0
"""How long a failure is reported that has not recurred and has not been followed by a success."""


class Health:
    """What is failing in one process. ticks: a clock in seconds."""

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        self._last: dict[Noticed, float] = {}

    def told(self, reason: Noticed) -> Callable[[bool], None]:
        """Return a function that takes whether something of this kind went well, and notes it."""
        return lambda went_well: self.note(reason, went_well=went_well)

    def note(self, reason: Noticed, *, went_well: bool) -> None:
        """Note that something of this kind went well, or failed."""
        if went_well:
            self._last.pop(reason, None)
        else:
            self._last[reason] = self._ticks()

    def troubles(self) -> frozenset[Reason]:
        """Return what is failing. `skipped` stays until a sweep has found nothing that has to be left out."""
        since = self._ticks() - STANDS_SECONDS
        return frozenset(reason for reason, at in self._last.items() if at >= since or reason == "skipped")
