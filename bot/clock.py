"""The one clock of the process. In dev mode it may start at another time and be moved forward."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Tells the time in UTC."""

    def __init__(self, start: datetime | None = None) -> None:
        """Start now, or at `start` (with its offset)."""
        self._ahead = start - datetime.now(UTC) if start else timedelta()

    def now(self) -> datetime:
        """Return the time."""
        return datetime.now(UTC) + self._ahead

    def advance(self, step: timedelta) -> None:
        """Move forward. Raises: ValueError: the step goes back."""
        if step < timedelta():
            raise ValueError("the clock only moves forward")
        self._ahead += step
