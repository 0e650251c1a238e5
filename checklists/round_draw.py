"""The draw of a round, repeatable by anyone from the frame and the seed: an order by SHA-256, with replacements.

It can be checked without this program: within a unit, the cases are in the order of the SHA-256 of `SEED|REFERENCE`
(UTF-8) in hexadecimal. The first N are drawn, the others replace them in that order.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Literal, get_args

Method = Literal["random", "first"]
"""`first` takes the first N decided: it is not random, which is said wherever the round is shown."""
METHODS: tuple[Method, ...] = get_args(Method)
MOST_PER_UNIT = 50


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that may be drawn. flagged: see `round_frame.Decided`."""

    ref: str
    unit: str
    decided_on: date
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class How:
    """How to draw. quota: at least this many of each unit's are flagged, as far as there are enough."""

    method: Method
    seed: str
    per_unit: int
    quota: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A candidate's place in its unit, from 1. drawn: if not, it is a replacement, used in that order."""

    candidate: Candidate
    place: int
    drawn: bool


def draw(candidates: Iterable[Candidate], how: How) -> tuple[Place, ...]:
    """Return every candidate with its place, by unit and place."""
    by_unit: defaultdict[str, list[Candidate]] = defaultdict(list)
    for one in candidates:
        by_unit[one.unit].append(one)
    places: list[Place] = []
    for unit in sorted(by_unit):
        ordered = sorted(by_unit[unit], key=lambda one: _key(one, how))
        first = [one for one in ordered if one.flagged][: min(how.quota, how.per_unit)]
        rest = [one for one in ordered if one not in first]
        drawn = set(first) | set(rest[: how.per_unit - len(first)])
        standing = [one for one in ordered if one in drawn] + [one for one in ordered if one not in drawn]
        places += [Place(one, place, one in drawn) for place, one in enumerate(standing, start=1)]
    return tuple(places)


def _key(one: Candidate, how: How) -> tuple[str, str]:
    if how.method == "first":
        return one.decided_on.isoformat(), one.ref
    return digest(how.seed, one.ref), one.ref


def digest(*parts: object) -> str:
    """Return the SHA-256 of the parts joined by `|`, in hexadecimal."""
    return sha256("|".join(map(str, parts)).encode()).hexdigest()


def read_twice(seed: str, refs: Sequence[str], percent: int) -> frozenset[str]:
    """Return which of the drawn cases are read by two, blind to each other: a share of them, rounded up."""
    return frozenset(by_lot(seed, refs)[: count_twice(len(refs), percent)])


def count_twice(drawn: int, percent: int) -> int:
    """Return how many of the drawn cases are read by two."""
    return -(-drawn * percent // 100)


def by_lot(seed: str, refs: Sequence[str]) -> list[str]:
    """Return the drawn cases in the order in which they are chosen to be read by two."""
    return sorted(refs, key=lambda ref: digest(seed, "twice", ref))


def section_order(seed: str, person: int, sections: Sequence[str]) -> tuple[str, ...]:
    """Return the order in which one reviewer meets the sections of the list: the same for the same seed."""
    return tuple(sorted(sections, key=lambda section: digest(seed, person, section)))
