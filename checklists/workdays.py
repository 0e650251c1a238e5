"""Swedish working days: no weekends, no public holidays, no eves taken as such, none of the tenant's own free days."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from holidays import country_holidays

_A_DAY = timedelta(days=1)


@cache
def free_days(year: int) -> frozenset[date]:
    """Return the public holidays of a year and the eves of midsummer, Christmas and New Year.

    Source: lag (1989:253) om allmänna helgdagar; the eves, which lag (1930:173) treats alike, are the
        library's `de_facto` category.
    """
    return frozenset(country_holidays("SE", categories=("public", "de_facto"), years=year))


@dataclass(frozen=True, slots=True)
class Workdays:
    """Counts working days. own_free: days on which this authority is closed besides."""

    own_free: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Say whether offices are open."""
        return day.weekday() < 5 and day not in self.own_free and day not in free_days(day.year)

    def after(self, day: date, count: int = 1) -> date:
        """Return the working day `count` working days after a day, which need not be one itself."""
        return self._step(day, count, _A_DAY)

    def before(self, day: date, count: int = 1) -> date:
        """Return the working day `count` working days before a day, which need not be one itself."""
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
