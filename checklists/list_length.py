"""Which questions of a checklist have shown no use over a year, and so might be removed.

A proposal to look at and no more: what the law or the authority asks for stays even if everybody answers Ja.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from checklists.rates import ANSWERED, Share, wilson

FEWEST = 20
"""The fewest answers, or lists read by both, for anything to be proposed."""
FEWEST_MEASURES = 5
"""The fewest measures about the list for it to mean anything that none was about a given question."""
AGREED = 0.8
"""If the whole interval of the agreement is below this, worker and chef understand the question differently.

All three numbers are our reading.
"""

Why = Literal["same", "no_measure", "disagree"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a question is proposed. answer: the one that everybody gave, for `same`.

    share: by `why`, the answers that were the same, the measures about the question, or the lists where both agreed.
    """

    why: Why
    share: Share
    answer: str = ""


def reasons(counts: Mapping[str, int], measures: Share, agreed: Share) -> tuple[Reason, ...]:
    """Return why a question is proposed for removal after a year; () if it is not.

    counts: its answers by figure code. measures: those about it, of those about the list. agreed: the lists where
    worker and chef answered alike, of those where both answered.
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
