"""The process's only clock. In dev mode it can start at another time and be moved forward."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Current time in UTC, with an adjustable offset."""

    def __init__(self, start: datetime | None = None) -> None:
        """start: the time to start at, timezone-aware; the real time if None."""
        self._ahead = start - datetime.now(UTC) if start else timedelta()

    def now(self) -> datetime:
        """Return the current time, timezone-aware, in UTC."""
        return datetime.now(UTC) + self._ahead

    def advance(self, step: timedelta) -> None:
        """Move the clock forward. Raises: ValueError: the step is negative."""
        if step < timedelta():
            raise ValueError("the clock only moves forward")
        self._ahead += step
