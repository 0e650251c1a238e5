"""Who may open a case, who reads it, and who stands in for whom: one policy, over plain values.

Nobody but its workers, the chefs of its unit and their deputies is told of a case with protected identity. Nobody
reads a case they work on.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from checklists.model import Role
from checklists.rights import READER, Relation, Right

Audience = Literal["worker", "chef", "deputy_else_manager"]
READ = Right("read", "case", READER)
"""Reading a list by its own checklist, before signing it or sending it back."""


class Held(Protocol):
    """A role somebody holds in a unit. stands_in_for_id: the chef a deputy stands in for, when it is known which."""

    @property
    def person_id(self) -> int:
        """Return who holds it."""
        ...

    @property
    def unit_id(self) -> int:
        """Return where."""
        ...

    @property
    def role(self) -> Role:
        """Return the role."""
        ...

    @property
    def stands_in_for_id(self) -> int | None:
        """Return for whom."""
        ...


class Whose(Protocol):
    """A case, as far as it decides who may what: its unit, its lead, its co-worker."""

    @property
    def unit_id(self) -> int:
        """Return the unit."""
        ...

    @property
    def lead_id(self) -> int | None:
        """Return the lead."""
        ...

    @property
    def co_id(self) -> int | None:
        """Return the co-worker."""
        ...

    @property
    def protected_identity(self) -> bool:
        """Say whether the child's identity is protected."""
        ...


@dataclass(frozen=True, slots=True)
class Holding:
    """A role held on one day; see `Held`."""

    person_id: int
    unit_id: int
    role: Role
    stands_in_for_id: int | None = None


def _relation(held: Held, case: Whose) -> Relation:
    if case.lead_id == held.person_id:
        return "lead"
    if case.co_id == held.person_id:
        return "co_worker"
    return "own_unit" if held.unit_id == case.unit_id else "other"


def may_use(right: Right, held: Iterable[Held], case: Whose) -> bool:
    """Say whether the holder of these roles may use a right on a case."""
    return any(_relation(one, case) in right.may.get(one.role, ()) for one in held)


def reads(held: Iterable[Held], case: Whose) -> bool:
    """Say whether the holder of these roles reads the case."""
    return may_use(READ, held, case)


def stands_in(held: Sequence[Held], case: Whose) -> bool:
    """Say whether someone reads the case only as somebody's deputy."""
    return not any(one.role == "unit_manager" and one.unit_id == case.unit_id for one in held)


class Staff:
    """Who holds which role in one municipality on one day."""

    def __init__(self, holdings: Iterable[Held]) -> None:
        self._present: set[int] = set()
        self._by_role: defaultdict[Role, list[Held]] = defaultdict(list)
        for holding in holdings:
            self._present.add(holding.person_id)
            self._by_role[holding.role].append(holding)

    def told(self, case: Whose, audience: Audience) -> list[int]:
        """Return who is told of a case, without duplicates."""
        if audience == "worker":
            return self.workers(case) or self.chefs(case)
        return self.chefs(case) if audience == "chef" else self._deputies_else_managers(case)

    def instead(self, case: Whose, gone: int) -> tuple[list[int], ...]:
        """Return who is told when someone cannot be reached, in tiers: the unit's deputies, else the managers.

        Of a case with protected identity the unit's chefs are told in the managers' place.
        """
        not_these = {gone, case.lead_id, case.co_id}
        last = self._holders("unit_manager", case) if case.protected_identity else self._holders("manager")
        tiers = (self._holders("deputy", case), last)
        return tuple([person for person in tier if person not in not_these] for tier in tiers)

    def own_chefs(self, case: Whose) -> list[int]:
        """Return the unit's chefs themselves, whoever stands in for them; never the case's own workers."""
        return [chef for chef in self._holders("unit_manager", case) if chef not in (case.lead_id, case.co_id)]

    def reads(self, case: Whose, person: int) -> bool:
        """Say whether someone has the chef's rights to a case."""
        return reads([one for held in self._by_role.values() for one in held if one.person_id == person], case)

    def may_be_told(self, case: Whose, person: int) -> bool:
        """Say whether someone may be told of a case at all."""
        if person in self.workers(case) or self.reads(case, person):
            return True
        return not case.protected_identity and person in self._holders("manager")

    def workers(self, case: Whose) -> list[int]:
        """Return those of lead and co-worker who still work here."""
        return [person for person in (case.lead_id, case.co_id) if person is not None and person in self._present]

    def chefs(self, case: Whose) -> list[int]:
        """Return who reads and signs: each chef of the unit, or her deputy while one is named.

        Where the chef works on the case herself, only her deputy does.
        """
        workers = {case.lead_id, case.co_id}
        chefs = self._holders("unit_manager", case)
        found: list[int] = []
        for chef in chefs:
            deputies = [
                held.person_id
                for held in self._in_unit("deputy", case)
                if held.stands_in_for_id == chef or (held.stands_in_for_id is None and len(chefs) == 1)
            ]
            standing_in = [person for person in deputies if person not in workers]
            found += standing_in or [chef]
        # A deputy for nobody in particular reads beside several chefs, or instead of none.
        found += [one.person_id for one in self._in_unit("deputy", case) if one.stands_in_for_id is None]
        return [person for person in dict.fromkeys(found) if person not in workers]

    def stood_in_for(self, case: Whose, deputy: int) -> list[int]:
        """Return for whom a deputy acts on a case: the chefs the deputy is named for, else every chef of the unit."""
        own = [held for held in self._in_unit("deputy", case) if held.person_id == deputy]
        named = {held.stands_in_for_id for held in own if held.stands_in_for_id is not None}
        return sorted(named or self._holders("unit_manager", case))

    def managers(self) -> list[int]:
        """Return the managers of the organisation."""
        return self._holders("manager")

    def _deputies_else_managers(self, case: Whose) -> list[int]:
        workers = {case.lead_id, case.co_id}
        deputies = [person for person in self._holders("deputy", case) if person not in workers]
        if deputies:
            return deputies
        if case.protected_identity:
            return self.chefs(case)
        return [person for person in self._holders("manager") if person not in workers]

    def _holders(self, role: Role, case: Whose | None = None) -> list[int]:
        """Return who holds a role in the case's unit, or anywhere."""
        holdings = self._in_unit(role, case) if case else self._by_role[role]
        return list(dict.fromkeys(held.person_id for held in holdings))

    def _in_unit(self, role: Role, case: Whose) -> list[Held]:
        return [held for held in self._by_role[role] if held.unit_id == case.unit_id]
