"""Agreement between two readings of the same cases: how many answers match, and kappa where it is meaningful.

Kappa compares the agreement with what chance would give. Where nearly all answers are the same, chance alone gives
nearly full agreement, and kappa is low or undefined although the readers agree: it is then not shown (`skewed`).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

LEAST_PAIRS = 30
"""The fewest pairs of answers for which kappa is shown."""
MOST_ALIKE = Fraction(9, 10)
"""The share of one answer above which kappa misleads."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """pairs: questions read twice; same: how many of them were answered alike. skewed: nearly all answers are the same.

    kappa: None if there are too few pairs, the answers are skewed, or it is undefined.
    """

    pairs: int
    same: int
    skewed: bool
    kappa: Fraction | None

    @property
    def percent(self) -> Fraction | None:
        """The pairs that match, in per cent; None without pairs."""
        return Fraction(100 * self.same, self.pairs) if self.pairs else None


def agreement(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Return the agreement. pairs: for each question read twice, the first and the second answer."""
    count = len(pairs)
    same = sum(one == other for one, other in pairs)
    every = Counter(answer for pair in pairs for answer in pair)
    skewed = bool(count) and max(every.values()) > MOST_ALIKE * 2 * count
    enough = count >= LEAST_PAIRS and not skewed
    return Agreement(count, same, skewed, kappa(pairs) if enough else None)


def kappa(pairs: Sequence[tuple[str, str]]) -> Fraction | None:
    """Return Cohen's kappa; None if it is undefined: no pairs, or both readers gave one and the same answer throughout.

    pairs: as in `agreement`.
    """
    count = len(pairs)
    if not count:
        return None
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    observed = Fraction(sum(one == other for one, other in pairs), count)
    by_chance = Fraction(sum(first[answer] * second[answer] for answer in first), count * count)
    return None if by_chance == 1 else (observed - by_chance) / (1 - by_chance)
