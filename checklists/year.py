"""The year: duties that return, and the wheel of rounds that says when each unit's next one is due.

A duty has a day, and is late when that has passed, whoever forgot it. A wheel is some months of the year: in each a
round is to open. A round counts for a month from thirty days before it (but never while the month before it in the
wheel still runs) until the same of the next.
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
"""What every municipality has: that no day is set for it is said as well."""
EVERY = (0, 1, 2, 3, 6, 12, 24, 48)
"""Months to the next time that may be chosen; 0: it does not return."""
THREE_A_YEAR = (2, 5, 10)
NO_ROUNDS = "-"
"""What a unit's months are written as if it has no rounds at all."""
_EARLY = timedelta(days=30)
_NOTICE = 20
"""Working days before its day on which a duty is reminded of first: a plan takes time to write."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A month of the wheel in which a round is to open: its first and last day."""

    first: date
    last: date

    def is_late(self, today: date) -> bool:
        """Return whether the month has passed."""
        return today > self.last


def written(months: Iterable[int] | None) -> str:
    """Return a unit's months as they are stored. months: None for the municipality's, none for no rounds."""
    return "" if months is None else ",".join(map(str, sorted(set(months)))) or NO_ROUNDS


def read(stored: str, usual: Sequence[int]) -> tuple[int, ...]:
    """Return the months of a unit. usual: the municipality's."""
    if not stored:
        return tuple(usual)
    return () if stored == NO_ROUNDS else tuple(map(int, stored.split(",")))


def next_round(months: Sequence[int], opened: Iterable[date], since: date, today: date) -> Slot | None:
    """Return the month of the wheel in which the next round is due: the one that runs or has passed, or the next.

    months: 1–12. opened: when the unit's rounds opened. since: when the municipality began; what it could not have
    held by then is not late. None: the wheel is empty, or rounds have been opened for years ahead.
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
    """Return when a duty that is done returns: on its day, some months on, the first that is to come; None for never.

    every: months. It follows the day it was due, not the day it was done: late once is not late ever after.
    """
    if not every:
        return None
    count = 1
    while months_on(due_on, every * count) <= today:
        count += 1
    return months_on(due_on, every * count)


def reminded(due_on: date, today: date, told_on: date | None, workdays: Workdays, begins: date | None = None) -> bool:
    """Return whether somebody is reminded: once a good time before the day, then as of a measure.

    begins: when the first reminder comes, if not twenty working days before. told_on: see `measures.remind_on`.
    """
    first = workdays.on_or_after(begins) if begins else workdays.before(due_on, _NOTICE)
    is_first = first <= today and (told_on is None or told_on < first)
    return is_first or remind_on(due_on, today, told_on, workdays)
