"""What a closed round showed, for the group and for the board: strengths and faults, but nobody's own results.

The group is shown a round only if enough cases, case workers and reviewers are behind it, and a question only if that
holds for the cases it applied to. A figure is shown only if neither it nor its complement is small, and nobody who
subtracts her own cases is left with all or none. Otherwise only the side of three quarters that the question is on is
shown, from which no lead can subtract her way to everybody else's Nej. As the view by unit is shown too, cases that
would be left when its units are subtracted are excluded if they are one worker's. Questions keep the order of the
list: a ranking would reveal more than their side does.
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
"""The largest share of the cases that one case worker may have had."""
STRENGTH = Fraction(3, 4)
"""The share of Ja from which a question is a strength; below it, it is a fault. The limit is our choice."""
SAID = ("ja", "nej", "delvis")
"""The answers that count; with any other, the question did not apply or was left open."""

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
    """Return the largest number of the cases that one case worker had."""
    return max(Counter(lead for one in cases for lead in one.leads).values(), default=0)


def is_of_several(cases: Sequence[Reviewed]) -> bool:
    """Return whether there are enough cases, of enough case workers, not to be any single worker's results."""
    leads = frozenset[int]().union(*(one.leads for one in cases))
    enough = len(cases) >= LEAST_CASES and len(leads) >= LEAST_LEADS
    return enough and most_of_one(cases) <= MOST_OF_ONE * len(cases)


def may_show(cases: Sequence[Reviewed]) -> bool:
    """Return whether a group may be shown the cases' results: they are of several, and enough people reviewed them."""
    reviewers = frozenset[int]().union(*(one.reviewers for one in cases))
    return is_of_several(cases) and len(reviewers) >= LEAST_REVIEWERS


def share_of(cases: Iterable[Reviewed], item_id: str) -> Share:
    """Return how many cases have Ja, of those that a question applied to."""
    said = [one.answers[item_id] for one in cases if one.answers.get(item_id) in SAID]
    return Share(said.count("ja"), len(said))


def side_of(share: Share) -> Side:
    """Return which side of three quarters a share (n > 0) is on."""
    return "strength" if Fraction(share.k, share.n) >= STRENGTH else "fault"


def found_in(cases: Sequence[Reviewed], items: Sequence[str]) -> tuple[Found, ...]:
    """Return what a group is shown of each question, in the order given; () if it may not be shown the round."""
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
    """Return the cases that figures for all units together may include when units are also shown by themselves.

    The cases left when the units shown are subtracted must not be a single worker's; otherwise they are excluded.
    """
    several, rest = _by_unit(cases)
    own = [one for cases_ in several.values() for one in cases_]
    return own + rest if is_of_several(rest) else own


def leaves_out(cases: Sequence[Reviewed], items: Iterable[str]) -> bool:
    """Return whether any question's figures for the group leave out cases, because they are nearly all one worker's."""
    some = [_asked(cases, item_id) for item_id in items]
    return any(0 < len(_told(asked)) < len(asked) for asked in some)


def for_management(
    cases: Sequence[Reviewed], items: Sequence[str]
) -> tuple[dict[int, dict[str, Share]], dict[str, Share]]:
    """Return the shares management is shown: by unit and question, and of all units together by question.

    A unit has no figure for a question if its cases are all, or nearly all, one worker's: the figure would be hers. The
    units together have one only if the cases beyond the units shown are not a single worker's either.
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
