"""What a closed round showed, for the group and for the board: strengths and faults, and nobody's own result.

The group is shown a round only if enough cases, case workers and reviewers are behind it, and each question only if
that holds for the cases it applied to. A figure is shown only where neither it nor what it leaves is small, and where
whoever subtracts her own cases is never left with all or with none; else only on which side of three quarters the
question is, which no lead can subtract down to everybody else's Nej. The view by unit stands beside it, so that cases
which are left when its units are subtracted, and are one worker's, have no part in it. Questions keep the order of the
list: a rank would tell more than their side does.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from checklists.disclosure import FEWEST
from checklists.rates import Share

LEAST_CASES, LEAST_LEADS, LEAST_REVIEWERS = FEWEST, 3, 3
"""How many cases, case workers and reviewers a group view needs."""
MOST_OF_ONE = Fraction(1, 2)
"""The share of the cases that one case worker may have had."""
STRENGTH = Fraction(3, 4)
"""The share of Ja from which a question is a strength; below it, it is a fault. Ours."""
SAID = ("ja", "nej", "delvis")
"""The answers that count; whatever else stands there, the question did not apply or was left open."""

Side = Literal["strength", "fault"]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A case that was reviewed in a round. leads: who leads it or has led it. answers: of one reading, by question."""

    unit_id: int
    leads: frozenset[int]
    reviewers: frozenset[int]
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """What is shown of a question. side: None where too few are behind it. share: None where only its side is shown."""

    item_id: str
    side: Side | None
    share: Share | None = None


def most_of_one(cases: Iterable[Reviewed]) -> int:
    """Return how many of some cases the case worker had who had the most of them."""
    return max(Counter(lead for one in cases for lead in one.leads).values(), default=0)


def is_of_several(cases: Sequence[Reviewed]) -> bool:
    """Return whether some cases are so many, and of so many case workers, that they are no single one's results."""
    leads = frozenset[int]().union(*(one.leads for one in cases))
    enough = len(cases) >= LEAST_CASES and len(leads) >= LEAST_LEADS
    return enough and most_of_one(cases) <= MOST_OF_ONE * len(cases)


def may_show(cases: Sequence[Reviewed]) -> bool:
    """Return whether a group may be shown some cases' results: they are of several, and several reviewed them."""
    reviewers = frozenset[int]().union(*(one.reviewers for one in cases))
    return is_of_several(cases) and len(reviewers) >= LEAST_REVIEWERS


def share_of(cases: Iterable[Reviewed], item_id: str) -> Share:
    """Return how many cases have Ja of those a question applied to."""
    said = [one.answers[item_id] for one in cases if one.answers.get(item_id) in SAID]
    return Share(said.count("ja"), len(said))


def side_of(share: Share) -> Side:
    """Return on which side of three quarters a question is that applied to some cases."""
    return "strength" if Fraction(share.k, share.n) >= STRENGTH else "fault"


def found_in(cases: Sequence[Reviewed], items: Sequence[str]) -> tuple[Found, ...]:
    """Return what a group is shown of each question, in the order given; nothing if it is not to be shown the round."""
    return tuple(_found(cases, item_id) for item_id in items) if may_show(cases) else ()


def _found(cases: Sequence[Reviewed], item_id: str) -> Found:
    asked = _told(_asked(cases, item_id))
    if not may_show(asked):
        return Found(item_id, None)
    share = share_of(asked, item_id)
    least = max(FEWEST, most_of_one(asked) + 1)
    return Found(item_id, side_of(share), share if min(share.k, share.n - share.k) >= least else None)


def _asked(cases: Iterable[Reviewed], item_id: str) -> list[Reviewed]:
    return [one for one in cases if one.answers.get(item_id) in SAID]


def _by_unit(cases: Iterable[Reviewed]) -> tuple[dict[int, list[Reviewed]], list[Reviewed]]:
    """Return the cases of each unit whose cases are several workers', by unit; and those of all the other units."""
    units: dict[int, list[Reviewed]] = {}
    for one in cases:
        units.setdefault(one.unit_id, []).append(one)
    several = {unit_id: own for unit_id, own in units.items() if is_of_several(own)}
    return several, [one for unit_id, own in units.items() if unit_id not in several for one in own]


def _told(cases: Iterable[Reviewed]) -> list[Reviewed]:
    """Return the cases of which all units together may say something beside the units by themselves.

    What is left when the units that are shown are subtracted is no single worker's: else those cases have no part.
    """
    several, rest = _by_unit(cases)
    own = [one for cases_ in several.values() for one in cases_]
    return own + rest if is_of_several(rest) else own


def leaves_out(cases: Sequence[Reviewed], items: Iterable[str]) -> bool:
    """Return whether cases are left out of what the group is shown of a question, being nearly all one worker's."""
    some = [_asked(cases, item_id) for item_id in items]
    return any(0 < len(_told(asked)) < len(asked) for asked in some)


def for_management(
    cases: Sequence[Reviewed], items: Sequence[str]
) -> tuple[dict[int, dict[str, Share]], dict[str, Share]]:
    """Return the shares management is shown: by unit and question, and of all units together by question.

    A unit whose cases with a question are one worker's, or nearly, has no figure of it: it would be hers. All together
    have one only if what it holds beyond the units shown is no single worker's either.
    """
    units: dict[int, dict[str, Share]] = {one.unit_id: {} for one in cases}
    together: dict[str, Share] = {}
    for item_id in items:
        asked = _asked(cases, item_id)
        several, rest = _by_unit(asked)
        for unit_id, own in several.items():
            units[unit_id][item_id] = share_of(own, item_id)
        if is_of_several(asked) and (not rest or is_of_several(rest)):
            together[item_id] = share_of(asked, item_id)
    return units, together
