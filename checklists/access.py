"""The access policy: who may open a case, who reads and signs it, and who stands in for whom.

Two rules hold throughout. Nobody reads a case they work on themselves. A case with protected identity is disclosed
only to its own workers, the chefs of its unit and their deputies.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from checklists.model import Checklist, Role
from checklists.rights import OWN_CASE, READER, Relation, Right

Audience = Literal["worker", "chef", "deputy_else_manager"]
READ = Right("read", "case", READER)
"""The right to read a case: answer the reader's own checklist, then sign or send back."""


class Held(Protocol):
    """A role that a person holds in a unit, by row ids.

    stands_in_for_id: the chef a deputy covers for; None when the register does not say which.
    """

    @property
    def person_id(self) -> int: ...

    @property
    def unit_id(self) -> int: ...

    @property
    def role(self) -> Role: ...

    @property
    def stands_in_for_id(self) -> int | None: ...


class CaseAccess(Protocol):
    """The part of a case that access depends on: unit, lead, co-worker, protected identity."""

    @property
    def unit_id(self) -> int: ...

    @property
    def lead_id(self) -> int | None: ...

    @property
    def co_id(self) -> int | None: ...

    @property
    def protected_identity(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Holding:
    """A plain implementation of `Held`."""

    person_id: int
    unit_id: int
    role: Role
    stands_in_for_id: int | None = None


def _relation(held: Held, case: CaseAccess) -> Relation:
    if case.lead_id == held.person_id:
        return "lead"
    if case.co_id == held.person_id:
        return "co_worker"
    return "own_unit" if held.unit_id == case.unit_id else "other"


def may_use(right: Right, held: Iterable[Held], case: CaseAccess) -> bool:
    """Return whether one person, given all the roles she holds, may use a right on a case."""
    return any(_relation(one, case) in right.may.get(one.role, ()) for one in held)


def reads(held: Iterable[Held], case: CaseAccess) -> bool:
    """Return whether one person, given all the roles she holds, may read a case."""
    return may_use(READ, held, case)


def reads_as_deputy(held: Sequence[Held], case: CaseAccess) -> bool:
    """Return whether a reader acts as a deputy, because she is not herself a chef of the case's unit.

    held: the roles of one person who may read the case; that she may is not checked here.
    """
    return not any(one.role == "unit_manager" and one.unit_id == case.unit_id for one in held)


OWN_LISTS: Mapping[Role, tuple[Relation, ...]] = {
    **OWN_CASE,
    **READER,
    "peer_reviewer": ("own_unit", "other"),
    "auditor": ("own_unit", "other"),
}
"""Who answers a list of her role, by her relation to the case: nobody reviews a case she works on."""
OUTSIDERS: tuple[Role, ...] = ("peer_reviewer", "auditor")
"""Those who review from outside the case; a case with protected identity does not exist for them."""


def seat(checklist: Checklist, held: Iterable[Held], case: CaseAccess) -> Role | None:
    """Return the role in which a person answers a list other than the decision basis; None if she may not.

    A deputy answers in the chef's role. Whether a peer reviewer has been involved in the case is not checked here.
    """
    answering: list[Role] = ["unit_manager" if role == "deputy" else role for role in _let_in(held, case)]
    return next((role for role in checklist.answered_by if role in answering), None)


def may_open(held: Iterable[Held], case: CaseAccess) -> bool:
    """Return whether a case exists for one person, in any of the roles she holds."""
    return bool(_let_in(held, case))


def _let_in(held: Iterable[Held], case: CaseAccess) -> list[Role]:
    """Return the roles in which a person has any access to a case."""
    roles = [one.role for one in held if _relation(one, case) in OWN_LISTS.get(one.role, ())]
    return [role for role in roles if role not in OUTSIDERS] if case.protected_identity else roles


EXTRACTORS: Mapping[Role, tuple[Relation, ...]] = {"case_worker": ("lead",), "unit_manager": ("own_unit",)}
"""Who may get the extract of everything stored about a case: its lead, and the chefs of its unit."""


def may_extract(held: Sequence[Held], case: CaseAccess) -> bool:
    """Return whether a person with that right may use it on this case: with protected identity, only its chefs may."""
    return not case.protected_identity or reads([one for one in held if one.role == "unit_manager"], case)


class Staff:
    """Everyone who holds a role in one municipality on one day."""

    def __init__(self, holdings: Iterable[Held]) -> None:
        self._present: set[int] = set()
        self._by_role: defaultdict[Role, list[Held]] = defaultdict(list)
        for holding in holdings:
            self._present.add(holding.person_id)
            self._by_role[holding.role].append(holding)

    def recipients(self, case: CaseAccess, audience: Audience, past: Collection[int] = ()) -> list[int]:
        """Return the person ids to notify about a case, without duplicates. past: see `chefs`.

        The chefs replace the workers when none of the case's workers holds a role any more.
        """
        if audience == "worker":
            return self.workers(case) or self.chefs(case, past)
        return self.chefs(case, past) if audience == "chef" else self._deputies_else_managers(case, past)

    def past_deputies(self, case: CaseAccess, audience: Audience) -> list[int]:
        """Return whom to notify when none of `recipients` has the app: the chefs, if their deputies lack it.

        A notice meant to bypass the chef goes to the managers. Nobody stands in for workers: they are told later.
        """
        if audience == "deputy_else_manager":
            return self.managers_of(case)
        return [] if audience == "worker" and self.workers(case) else self.own_chefs(case)

    def fallbacks(self, case: CaseAccess, gone: int) -> tuple[list[int], ...]:
        """Return whom to notify when the person `gone` cannot be reached, as tiers to try in order.

        First the unit's deputies, then the managers of the organisation; for a case with protected identity the
        unit's chefs replace the managers. The case's own workers are in no tier.
        """
        not_these = {gone, case.lead_id, case.co_id}
        last = self._holders("unit_manager", case) if case.protected_identity else self._holders("manager")
        tiers = (self._holders("deputy", case), last)
        return tuple([person for person in tier if person not in not_these] for tier in tiers)

    def is_present(self, person: int) -> bool:
        """Return whether a person holds a role in the municipality."""
        return person in self._present

    def own_chefs(self, case: CaseAccess) -> list[int]:
        """Return the unit's chefs, ignoring deputies; a chef who works on the case herself is left out."""
        return [chef for chef in self._holders("unit_manager", case) if chef not in (case.lead_id, case.co_id)]

    def reads(self, case: CaseAccess, person: int) -> bool:
        """Return whether a person may read the case, as a chef of its unit or as a deputy."""
        return reads([one for held in self._by_role.values() for one in held if one.person_id == person], case)

    def may_be_told(self, case: CaseAccess, person: int) -> bool:
        """Return whether a case may be disclosed to a person at all: its workers, its readers, else the managers.

        The managers are excluded when the case has protected identity.
        """
        if person in self.workers(case) or self.reads(case, person):
            return True
        return not case.protected_identity and person in self._holders("manager")

    def workers(self, case: CaseAccess) -> list[int]:
        """Return the lead and the co-worker, without those who no longer hold any role."""
        return [person for person in (case.lead_id, case.co_id) if person is not None and person in self._present]

    def chefs(self, case: CaseAccess, past: Collection[int] = ()) -> list[int]:
        """Return who reads and signs the case: for each chef of the unit her deputies, else the chef herself.

        Nobody who works on the case is included. A chef who does is represented by her deputies alone. past: those who
        have worked on it, who may read but not sign; they are left out in the same way while anyone else is left.
        """
        workers = {case.lead_id, case.co_id}
        return self._chefs(case, {*workers, *past}) or self._chefs(case, workers)

    def _chefs(self, case: CaseAccess, workers: Collection[int | None]) -> list[int]:
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
        # A deputy assigned to no particular chef reads alongside several chefs, or where there is none.
        found += [one.person_id for one in self._in_unit("deputy", case) if one.stands_in_for_id is None]
        return [person for person in dict.fromkeys(found) if person not in workers]

    def chefs_covered_by(self, case: CaseAccess, deputy: int) -> list[int]:
        """Return the chefs a deputy covers for on a case: those named in the register, else every chef of the unit."""
        own = [held for held in self._in_unit("deputy", case) if held.person_id == deputy]
        named = {held.stands_in_for_id for held in own if held.stands_in_for_id is not None}
        return sorted(named or self._holders("unit_manager", case))

    def chefs_in(self, unit_id: int) -> list[int]:
        """Return the chefs of a unit and their deputies, where no case is concerned."""
        held = (*self._by_role["unit_manager"], *self._by_role["deputy"])
        return list(dict.fromkeys(one.person_id for one in held if one.unit_id == unit_id))

    def managers(self) -> list[int]:
        """Return the managers of the whole organisation."""
        return self._holders("manager")

    def _deputies_else_managers(self, case: CaseAccess, past: Collection[int]) -> list[int]:
        workers = {case.lead_id, case.co_id, *past}
        deputies = [person for person in self._holders("deputy", case) if person not in workers]
        return deputies or self.managers_of(case)

    def managers_of(self, case: CaseAccess) -> list[int]:
        """Return the managers who are told of a case; if it has protected identity, the unit's chefs instead."""
        if case.protected_identity:
            return self.own_chefs(case)
        return [person for person in self._holders("manager") if person not in (case.lead_id, case.co_id)]

    def _holders(self, role: Role, case: CaseAccess | None = None) -> list[int]:
        """Return who holds a role: in the case's unit, or in any unit when no case is given."""
        holdings = self._in_unit(role, case) if case else self._by_role[role]
        return list(dict.fromkeys(held.person_id for held in holdings))

    def _in_unit(self, role: Role, case: CaseAccess) -> list[Held]:
        return [held for held in self._by_role[role] if held.unit_id == case.unit_id]
