"""Which units' cases a reviewer may be given: her own unit's, those of units she is lent to, or every unit's."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from actions.origin import Origin
from storage import people, round_reviewers
from storage.desk import Session
from storage.people import ORGANISATION


@dataclass(frozen=True, slots=True)
class Reach:
    """Today's reviewers. units: theirs, by person. whole: the unit that stands for the whole organisation.

    lent: person and unit, where the chefs of both units have said yes.
    """

    units: Mapping[int, list[int]]
    whole: frozenset[int]
    lent: frozenset[tuple[int, int]]

    def covers(self, person_id: int, unit_id: int) -> bool:
        """Return whether she is a reviewer today who may be given cases of a unit."""
        own = set(self.units.get(person_id, ()))
        return bool(own) and (unit_id in own or bool(own & self.whole) or (person_id, unit_id) in self.lent)


def reach(session: Session, origin: Origin, round_id: int) -> Reach:
    """Return which cases reviewers may be given in a round, from the register and the consents of today."""
    names = people.unit_names(session, origin.tenant_id)
    whole = frozenset(row_id for row_id, name in names.items() if name == ORGANISATION)
    consents = round_reviewers.consents(session, round_id)
    said = Counter((one.person_id, one.unit_id) for one in consents if one.said == "yes")
    both = frozenset(pair for pair, count in said.items() if count == 2)
    return Reach(reviewer_units(session, origin), whole, both)


def reviewer_units(session: Session, origin: Origin) -> dict[int, list[int]]:
    """Return the units of everyone who is a peer reviewer today, by person."""
    found: dict[int, list[int]] = {}
    for held in people.holdings_on(session, origin.tenant_id, origin.today):
        if held.role == "peer_reviewer":
            found.setdefault(held.person_id, []).append(held.unit_id)
    return found
