"""Which questions of a list a year has shown no use of: the list is too long for its worth.

A proposal to look at, never more: what the law or the authority asks for stays also when everybody answers Ja.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from checklists.rates import ANSWERED, Share, wilson

FEWEST = 20
"""Answers, or lists read by both, below which nothing is proposed."""
FEWEST_MEASURES = 5
"""Measures about the list below which it says nothing that none was about a question."""
AGREED = 0.8
"""Who agrees less often than this, beyond chance, understands the question differently. All three are our reading."""

Why = Literal["same", "no_measure", "disagree"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a question is proposed. share: the answers that were alike; measures about it; where both answered alike."""

    why: Why
    share: Share
    answer: str = ""


def reasons(counts: Mapping[str, int], measures: Share, agreed: Share) -> tuple[Reason, ...]:
    """Return why a question is proposed for removal after a year; nothing if it is not.

    counts: its answers by figure code. measures: those about it, of those about the list. agreed: worker and chef.
    """
    found: list[Reason] = []
    given = {code: counts.get(code, 0) for code in ANSWERED if counts.get(code, 0)}
    if len(given) == 1 and sum(given.values()) >= FEWEST:
        [(answer, n)] = given.items()
        found.append(Reason("same", Share(n, n), answer))
    if sum(given.values()) >= FEWEST and measures.n >= FEWEST_MEASURES and not measures.k:
        found.append(Reason("no_measure", measures))
    if agreed.n >= FEWEST and wilson(agreed)[1] < AGREED:
        found.append(Reason("disagree", agreed))
    return tuple(found)
