"""Swedish working days: not weekends, public holidays, the eves treated as such, or the tenant's own closing days."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

_A_DAY = timedelta(days=1)


@cache
def free_days(year: int) -> frozenset[date]:
    """Return the public holidays of a year and the eves of Midsummer, Christmas and New Year.

    Source: lag (1989:253) om allmänna helgdagar. lag (1930:173) treats the eves alike; they are the library's
        `de_facto` category.
    """
    from holidays import country_holidays  # loads the calendar of every country, which a start does not need

    return frozenset(country_holidays("SE", categories=("public", "de_facto"), years=year))


@dataclass(frozen=True, slots=True)
class Workdays:
    """A working-day calendar. own_free: days on which this authority is closed in addition."""

    own_free: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Return whether a day is a working day."""
        return day.weekday() < 5 and day not in self.own_free and day not in free_days(day.year)

    def after(self, day: date, count: int = 1) -> date:
        """Return the `count`-th working day after a day, which need not be a working day itself."""
        return self._step(day, count, _A_DAY)

    def before(self, day: date, count: int = 1) -> date:
        """Return the `count`-th working day before a day, which need not be a working day itself."""
        return self._step(day, count, -_A_DAY)

    def on_or_before(self, day: date) -> date:
        """Return the day itself if it is a working day, else the last one before it."""
        return day if self.is_working(day) else self.before(day)

    def on_or_after(self, day: date) -> date:
        """Return the day itself if it is a working day, else the first one after it."""
        return day if self.is_working(day) else self.after(day)

    def _step(self, day: date, count: int, step: timedelta) -> date:
        while count > 0:
            day += step
            count -= self.is_working(day)
        return day
