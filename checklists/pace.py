"""How much time the questions of a list take, measured without watching anybody.

Nothing of this is stored. It is worked out for a unit and a quarter that is over, never for less, and only where at
least five people and twenty lists stand behind it and nobody gave more than half of the answers: then it says nothing
about one person's pace. Lists are compared by nothing here, and no time of day leaves.
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
"""Seconds; after a longer time without an answer she did something else."""
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
    """lists: those that were answered. seconds: the median per answer. at_once: whole per cent of them in SECONDS."""

    lists: int
    seconds: int
    at_once: int


def pace(answers: Iterable[Given]) -> Pace | None:
    """Return the pace of a unit in a quarter, from its answers by list and in order; None if too few stand behind it.

    The time of an answer is from what was saved before it in the list, or from when the list was begun; of answers that
    were saved at once, an equal part of it each.
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
    """Yield the answers that were saved at once, with the moment before them in their list."""
    before: Given | None = None
    for _, group in groupby(answers, key=lambda one: (one.filled_id, one.act)):
        saved = list(group)
        first = saved[0]
        yield before.at if before and before.filled_id == first.filled_id else first.begun, saved
        before = first
