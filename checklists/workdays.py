"""Swedish working days: not weekends, public holidays, the eves treated as such, or the tenant's own closing days."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

_A_DAY = timedelta(days=1)
_SATURDAY = 6
_FIXED = ((1, 1), (1, 6), (5, 1), (12, 24), (12, 25), (12, 26), (12, 31))
"""Month and day of New Year's Day, Epiphany, May Day, and of Christmas and New Year with their eves."""
_FROM_EASTER = (-2, 0, 1, 39, 49)
"""Days after Easter Sunday of Good Friday, Easter Sunday and Monday, Ascension Day and Whit Sunday."""
_NATIONAL_DAY_SINCE = 2005
"""Until then Whit Monday was free instead."""


@cache
def free_days(year: int) -> frozenset[date]:
    """Return the public holidays of a year and the eves of Midsummer, Christmas and New Year.

    Source: lag (1989:253) om allmänna helgdagar. lag (1930:173) treats the eves alike. The other Sundays are left out.
    """
    easter, midsummer = _easter(year), _saturday_from(date(year, 6, 20))
    moved = date(year, 6, 6) if year >= _NATIONAL_DAY_SINCE else easter + timedelta(days=50)
    all_saints = _saturday_from(date(year, 10, 31))
    fixed = (date(year, month, day) for month, day in _FIXED)
    from_easter = (easter + timedelta(days=days) for days in _FROM_EASTER)
    return frozenset({*fixed, *from_easter, moved, midsummer - _A_DAY, midsummer, all_saints})


def _easter(year: int) -> date:
    """Return Easter Sunday, by the rule of the Gregorian calendar as Meeus, Jones and Butcher write it down."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    leap_centuries, odd_centuries = divmod(century, 4)
    lag = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leap_centuries - lag + 15) % 30
    leap_years, odd_years = divmod(of_century, 4)
    to_sunday = (32 + 2 * odd_centuries + 2 * leap_years - moon - odd_years) % 7
    late = (golden + 11 * moon + 22 * to_sunday) // 451
    month, day = divmod(moon + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _saturday_from(day: date) -> date:
    return day + timedelta(days=(_SATURDAY - day.isoweekday()) % 7)


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
