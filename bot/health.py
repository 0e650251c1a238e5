"""What is wrong although the bot runs: what this process noticed, beside what the database shows (storage/standing)."""

import time
from collections.abc import Callable
from typing import Literal

from storage.standing import Late

Noticed = Literal["keys", "token", "sends", "skipped"]
Reason = Noticed | Late
"""keys: the channel's signing keys cannot be fetched. token: no token for sending. sends: messages do not go out.
skipped: cases were left out of the reminders, the figures or a message. sweep, chain: these are late."""
STANDS_SECONDS = 600.0
"""How long a failure is told of that was not repeated, while nothing has succeeded either."""


class Health:
    """The troubles of one process. ticks: a clock in seconds."""

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        self._last: dict[Noticed, float] = {}

    def told(self, reason: Noticed) -> Callable[[bool], None]:
        """Return the function to call with whether something of this kind went well."""
        return lambda went_well: self.note(reason, went_well=went_well)

    def note(self, reason: Noticed, *, went_well: bool) -> None:
        """Note that something of this kind went well, or failed."""
        if went_well:
            self._last.pop(reason, None)
        else:
            self._last[reason] = self._ticks()

    def troubles(self) -> frozenset[Reason]:
        """Return what is failing. What was skipped stays until the next sweep finds nothing on the list."""
        since = self._ticks() - STANDS_SECONDS
        return frozenset(reason for reason, at in self._last.items() if at >= since or reason == "skipped")
