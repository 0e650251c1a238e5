"""The year: recurring duties, and the wheel of rounds that says when each unit's next round is due.

A duty has a due day, and is late once that day has passed. A wheel is a set of months in which a round is to open. A
round counts for a month of the wheel from thirty days before that month (but not before the previous month of the
wheel has ended) until the corresponding day before the next.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from checklists.measures import remind_on
from checklists.months import months_on
from checklists.workdays import Workdays

DutyKind = Literal["handlingsplan", "utvardering", "revision", "forum"]
"""A plan of action to be adopted, its evaluation, the revision of routines and lists, and the forum of the unit."""
DUTIES: tuple[DutyKind, ...] = get_args(DutyKind)
YEARLY: tuple[DutyKind, ...] = ("handlingsplan", "utvardering", "revision")
"""The duties that every municipality has; if one has no day, that is pointed out."""
EVERY = (0, 1, 2, 3, 6, 12, 24, 48)
"""The intervals to choose from, in months; 0: the duty does not recur."""
THREE_A_YEAR = (2, 5, 10)
NO_ROUNDS = "-"
"""The stored months of a unit that has no rounds at all."""
_EARLY = timedelta(days=30)
_NOTICE = 20
"""Working days from the first reminder of a duty to its day: a plan takes time to write."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A month of the wheel in which a round is to open: its first and last day."""

    first: date
    last: date

    def is_late(self, today: date) -> bool:
        """Return whether the month has passed."""
        return today > self.last


def written(months: Iterable[int] | None) -> str:
    """Return a unit's months as they are stored. months: None for the municipality's, empty for no rounds."""
    return "" if months is None else ",".join(map(str, sorted(set(months)))) or NO_ROUNDS


def read(stored: str, usual: Sequence[int]) -> tuple[int, ...]:
    """Return the months of a unit. usual: the municipality's."""
    if not stored:
        return tuple(usual)
    return () if stored == NO_ROUNDS else tuple(map(int, stored.split(",")))


def next_round(months: Sequence[int], opened: Iterable[date], since: date, today: date) -> Slot | None:
    """Return the month of the wheel in which the next round is due: one that has passed or begun, else the next.

    months: 1–12. opened: when the unit's rounds opened. since: when the municipality began to use the bot; months that
    had passed by then are not late. None: the wheel is empty, or rounds have been opened for years ahead.
    """
    every = [_slot(year, month) for year in range(today.year - 2, today.year + 5) for month in sorted(set(months))]
    days = list(opened)
    for place, slot in enumerate(every[1:-1], start=1):
        first, after = _begins(every, place), _begins(every, place + 1)
        is_over = after <= today or slot.last < since
        if not is_over and not any(first <= day < after for day in days):
            return slot
    return None


def _slot(year: int, month: int) -> Slot:
    first = date(year, month, 1)
    return Slot(first, months_on(first, 1) - timedelta(days=1))


def _begins(every: Sequence[Slot], place: int) -> date:
    """Return the first day on which a round counts for a month of the wheel."""
    return max(every[place].first - _EARLY, every[place - 1].last + timedelta(days=1))


def next_day(due_on: date, every: int, today: date) -> date | None:
    """Return the next due day of a duty that is done: the first one ahead, in steps of `every` months from `due_on`.

    None if `every` is 0: it does not recur. The steps count from the day it was due, not the day it was done, so that
    being late once does not move every later day.
    """
    if not every:
        return None
    count = 1
    while months_on(due_on, every * count) <= today:
        count += 1
    return months_on(due_on, every * count)


def reminded(due_on: date, today: date, told_on: date | None, workdays: Workdays, begins: date | None = None) -> bool:
    """Return whether a reminder of a duty is due: once well before its day, then as for a measure.

    begins: the day of the first reminder, if not `_NOTICE` working days before. told_on: see `measures.remind_on`.
    """
    first = workdays.on_or_after(begins) if begins else workdays.before(due_on, _NOTICE)
    is_first = first <= today and (told_on is None or told_on < first)
    return is_first or remind_on(due_on, today, told_on, workdays)
