"""Swedish working days: not weekends, public holidays, the eves treated as such, or the tenant's own closing days."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter

_A_DAY = timedelta(days=1)
_FIXED = ((1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31))
_AFTER_EASTER = (-2, 0, 1, 39, 49)
"""Good Friday, Easter Day and the day after, Ascension Day, Whit Sunday."""
_NATIONAL_DAY_FROM = 2005
"""The national day (6 June) became a holiday in place of Whit Monday."""
_SATURDAY = 5


@cache
def free_days(year: int) -> frozenset[date]:
    """Return the public holidays of a year and the eves of Midsummer, Christmas and New Year.

    Source: lag (1989:253) om allmänna helgdagar; lag (1930:173) treats the eves alike. Listed here, as the library that
        the tests compare this with loads the calendar of every country: 11 MiB.
    """
    easter_day: date = easter(year)
    midsummer = _first(_SATURDAY, date(year, 6, 20))
    found = {date(year, month, day) for month, day in _FIXED}
    found |= {easter_day + days * _A_DAY for days in _AFTER_EASTER}
    found |= {midsummer - _A_DAY, midsummer, _first(_SATURDAY, date(year, 10, 31))}  # the last is All Saints' Day
    if year < _NATIONAL_DAY_FROM:
        found ^= {date(year, 6, 6), easter_day + 50 * _A_DAY}
    return frozenset(found)


def _first(weekday: int, since: date) -> date:
    return since + (weekday - since.weekday()) % 7 * _A_DAY


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
