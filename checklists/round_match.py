"""Who reviews which case of a round: nobody a case she has a tie to, and everybody her share of the readings.

The share is in proportion to a reviewer's weight: capacity times the days she is available. Her load is that share,
rounded down or up. Whether such a matching exists is a flow problem, solved exactly: first every reading is given to a
reviewer below her highest load, then those below their lowest take readings from others. If there is no matching, the
result says why.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from checklists.round_draw import digest
from checklists.workdays import Workdays

Reason = Literal["nobody", "ties", "load"]


@dataclass(frozen=True, slots=True)
class Availability:
    """When a reviewer has time. capacity: percent. away: first and last day, both included; None if never."""

    capacity: int = 100
    away: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """pairs: (case, reviewer); for a case read twice, the reviewer named first reads it first."""

    pairs: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Why there is no matching. cases: for `ties`, those that too few reviewers may read; else all."""

    reason: Reason
    cases: tuple[int, ...]


def weight(who: Availability, first: date, last: date, workdays: Workdays) -> int:
    """Return a reviewer's weight: percent times her working days from first to last, both included."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    away = who.away
    here = [day for day in days if workdays.is_working(day) and not (away and away[0] <= day <= away[1])]
    return who.capacity * len(here)


def bounds(weights: Mapping[int, int], readings: int) -> dict[int, tuple[int, int]]:
    """Return each reviewer's lowest and highest load. weights: all above 0."""
    total = sum(weights.values())
    shares = {person: Fraction(readings * one, total) for person, one in weights.items()}
    return {person: (share.__floor__(), share.__ceil__()) for person, share in shares.items()}


def match(
    readings: Mapping[int, int], weights: Mapping[int, int], may_read: Mapping[int, Collection[int]], seed: str
) -> Match | NoMatch:
    """Match cases with reviewers.

    readings: how many are to read each case. weights: by reviewer; 0 has no time. may_read: by case, the reviewers
    without a tie to it.
    """
    able = {person: one for person, one in weights.items() if one > 0}
    if not able:
        return NoMatch("nobody", tuple(readings))
    allowed = {case: frozenset(may_read[case]) & set(able) for case in readings}
    short = tuple(case for case, wanted in readings.items() if len(allowed[case]) < wanted)
    if short:
        return NoMatch("ties", short)
    matching = _Matching(allowed, able, bounds(able, sum(readings.values())), seed)
    done = all(matching.give(case) for case in matching.ordered(readings) for _ in range(readings[case]))
    if not done or not all(matching.fill(person) for person in able):
        return NoMatch("load", tuple(readings))
    return Match(tuple((case, person) for case in readings for person in matching.readers[case]))


def successors(
    loads: Mapping[int, int], weights: Mapping[int, int], may_read: Iterable[int], seed: str
) -> tuple[int, ...]:
    """Return who may take over one reading, in order of their load relative to weight with it, lowest first."""
    able = [person for person in may_read if weights.get(person, 0) > 0]
    return tuple(
        sorted(able, key=lambda one: (Fraction(loads.get(one, 0) + 1, weights[one]), digest(seed, "next", one)))
    )


class _Matching:
    """A matching under way: readers by case, in the order they were given it."""

    def __init__(
        self,
        allowed: Mapping[int, frozenset[int]],
        weights: Mapping[int, int],
        limits: Mapping[int, tuple[int, int]],
        seed: str,
    ) -> None:
        self._allowed, self._weights, self._limits, self._seed = allowed, weights, limits, seed
        self.readers: dict[int, list[int]] = {case: [] for case in allowed}

    def ordered(self, cases: Iterable[int]) -> list[int]:
        """Return the cases in the order of the seed."""
        return sorted(cases, key=lambda case: digest(self._seed, "case", case))

    def _load(self, person: int) -> int:
        return sum(person in readers for readers in self.readers.values())

    def _candidates(self, case: int) -> list[int]:
        """Return those who may read a case and do not yet, the least burdened first."""
        free = [person for person in self._allowed[case] if person not in self.readers[case]]
        return sorted(
            free,
            key=lambda one: (Fraction(self._load(one), self._weights[one]), digest(self._seed, case, one)),
        )

    def give(self, case: int) -> bool:
        """Give one more reading of a case to somebody below her highest load, moving others if need be."""
        return self._give(case, set())

    def _give(self, case: int, tried: set[int]) -> bool:
        for person in self._candidates(case):
            if person in tried:
                continue
            tried.add(person)
            if self._load(person) < self._limits[person][1]:
                self.readers[case].append(person)
                return True
            for other in self._of(person):
                if other != case and self._give(other, tried):
                    self.readers[other].remove(person)
                    self.readers[case].append(person)
                    return True
        return False

    def fill(self, person: int) -> bool:
        """Take readings from others until a reviewer has her lowest load."""
        while self._load(person) < self._limits[person][0]:
            if not self._take(person, {person}):
                return False
        return True

    def _take(self, person: int, tried: set[int]) -> bool:
        for case in self.ordered(self._allowed):
            if person not in self._allowed[case] or person in self.readers[case]:
                continue
            for other in list(self.readers[case]):
                if other in tried:
                    continue
                tried.add(other)
                if self._load(other) > self._limits[other][0] or self._take(other, tried):
                    place = self.readers[case].index(other)
                    self.readers[case][place] = person
                    return True
        return False

    def _of(self, person: int) -> list[int]:
        return self.ordered(case for case, readers in self.readers.items() if person in readers)
