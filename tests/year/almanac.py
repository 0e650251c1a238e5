"""Working days and months, counted as one does with a printed almanac."""

from dataclasses import dataclass
from datetime import date, timedelta

FREE = frozenset(
    date.fromisoformat(day)
    for day in (
        *("2024-12-24", "2024-12-25", "2024-12-26", "2024-12-31", "2025-01-01", "2025-01-06", "2025-04-18"),
        *("2025-04-21", "2025-05-01", "2025-05-29", "2025-06-06", "2025-06-20", "2025-12-24", "2025-12-25"),
        *("2025-12-26", "2025-12-31", "2026-01-01", "2026-01-06", "2026-04-03", "2026-04-06", "2026-05-01"),
        *("2026-05-14", "2026-06-19", "2026-12-24", "2026-12-25", "2026-12-31", "2027-01-01", "2027-01-06"),
    )
)
"""Holidays and eves from Monday to Friday; the almanac ends with the summer of 2027."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Almanac:
    """The printed almanac in which a municipality has crossed out its own free days."""

    own: frozenset[date] = frozenset()

    def works(self, day: date) -> bool:
        """Return whether offices are open on a day."""
        return day.weekday() < 5 and day not in FREE and day not in self.own

    def workdays_on(self, day: date, count: int) -> date:
        """Return the `count`-th working day after a day, before it if negative; day 0 is the day itself."""
        step = A_DAY if count > 0 else -A_DAY
        while count:
            day += step
            count -= (1 if count > 0 else -1) * self.works(day)
        return day

    def back_to_work(self, day: date) -> date:
        """Return the day, or the last working day before it."""
        return day if self.works(day) else self.workdays_on(day, -1)

    def on_to_work(self, day: date) -> date:
        """Return the day, or the first working day after it."""
        return day if self.works(day) else self.workdays_on(day, 1)


def months_on(day: date, count: int) -> date:
    """Return the same day of the month, `count` months on, or the month's last day if it is too short."""
    number = day.year * 12 + day.month - 1 + count
    for length in (day.day, 30, 29, 28):
        try:
            return date(number // 12, number % 12 + 1, min(length, day.day))
        except ValueError:
            continue
    raise AssertionError(day)
