"""Agreement of two readings of the same cases: how many are alike, and kappa where that says anything.

Kappa compares with what chance would give. Where nearly all answers are the same, chance gives nearly all, and kappa
becomes low or has no value although the readers agree: then it is not shown, and that is said.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

LEAST_PAIRS = 30
"""Double readings from which kappa is shown."""
MOST_ALIKE = Fraction(9, 10)
"""A share of one answer above which kappa misleads."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """pairs: how many questions were read twice; same: of them alike. skewed: nearly all answers are the same one.

    kappa: None where there are too few pairs, the answers are skewed, or it has no value.
    """

    pairs: int
    same: int
    skewed: bool
    kappa: Fraction | None

    @property
    def percent(self) -> Fraction | None:
        """How many of a hundred are alike; None without pairs."""
        return Fraction(100 * self.same, self.pairs) if self.pairs else None


def agreement(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Return the agreement of pairs of answers."""
    count = len(pairs)
    same = sum(one == other for one, other in pairs)
    every = Counter(answer for pair in pairs for answer in pair)
    skewed = bool(count) and max(every.values()) > MOST_ALIKE * 2 * count
    enough = count >= LEAST_PAIRS and not skewed
    return Agreement(count, same, skewed, kappa(pairs) if enough else None)


def kappa(pairs: Sequence[tuple[str, str]]) -> Fraction | None:
    """Return Cohen's kappa, None where it has no value: no pairs, or both gave one answer throughout."""
    count = len(pairs)
    if not count:
        return None
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    observed = Fraction(sum(one == other for one, other in pairs), count)
    by_chance = Fraction(sum(first[answer] * second[answer] for answer in first), count * count)
    return None if by_chance == 1 else (observed - by_chance) / (1 - by_chance)
