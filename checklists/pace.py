"""How much time the questions of a list take, measured without watching anybody.

Nothing of this is stored. It is computed for a unit and a past quarter, never for anything narrower, and only if at
least five people and twenty lists are behind it and nobody gave more than half of the answers, so that it says nothing
about one person's pace. Lists are not compared with each other, and no time of day is returned.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from statistics import median
from typing import NamedTuple

FEWEST_PEOPLE, FEWEST_LISTS = 5, 20
PAUSE = 15 * 60
"""Seconds; a longer time without an answer means that the person was doing something else."""
SECONDS = 3
"""An answer within this many seconds was hardly thought over. This and the pause are our reading."""


class Given(NamedTuple):
    """One answer as it was stored. filled_id, person_id: row ids. act: shared by answers that were saved at once."""

    filled_id: int
    person_id: int
    begun: datetime
    at: datetime
    act: str


@dataclass(frozen=True, slots=True)
class Pace:
    """lists: how many were answered. seconds: the median per answer.

    at_once: the answers given within SECONDS, in whole per cent.
    """

    lists: int
    seconds: int
    at_once: int


def pace(answers: Iterable[Given]) -> Pace | None:
    """Return the pace of a unit in a quarter; None if too few people or lists are behind it.

    answers: grouped by list, oldest first. The time of an answer runs from the previous save in the list, or from when
    the list was begun; answers saved together share it equally.
    """
    taken: list[float] = []
    by_person: Counter[int] = Counter()
    lists: set[int] = set()
    for since, saved in _saved(answers):
        first, n = saved[0], len(saved)
        seconds = (first.at - since).total_seconds()
        if 0 <= seconds <= PAUSE:
            taken += [seconds / n] * n
            by_person[first.person_id] += n
            lists.add(first.filled_id)
    if len(by_person) < FEWEST_PEOPLE or len(lists) < FEWEST_LISTS or 2 * max(by_person.values()) > len(taken):
        return None
    quick = sum(one <= SECONDS for one in taken)
    return Pace(len(lists), int(median(taken) + 0.5), int(100 * quick / len(taken) + 0.5))


def _saved(answers: Iterable[Given]) -> Iterator[tuple[datetime, list[Given]]]:
    """Yield (when the list was last saved before, or begun; the answers that were saved together)."""
    before: Given | None = None
    for _, group in groupby(answers, key=lambda one: (one.filled_id, one.act)):
        saved = list(group)
        first = saved[0]
        yield before.at if before and before.filled_id == first.filled_id else first.begun, saved
        before = first
