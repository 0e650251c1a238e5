"""Who may open, read and sign a case, and who sees which figures."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Part = Literal["", "lead", "co", "was lead"]


@dataclass(frozen=True)
class Person:
    """A registered person in relation to a case. With a part in the case she is also a case worker in its unit."""

    role: str
    """`case_worker`, `unit_manager`, `deputy`, `manager`, `auditor` or `admin`."""
    in_its_unit: bool = True
    first: date | None = None
    last: date | None = None
    part: Part = ""

    def holds(self, today: date) -> bool:
        """Return whether the role is valid on a day, first and last day included."""
        return (self.first is None or self.first <= today) and (self.last is None or today <= self.last)


def leads_unit(person: Person, today: date) -> bool:
    """Return whether she has a chef's rights over the unit: as its chef, or as a deputy for a period."""
    return person.role in ("unit_manager", "deputy") and person.in_its_unit and person.holds(today)


def may_open(person: Person, today: date) -> bool:
    """Return whether she may open the case: its workers and its unit's chefs may; no other role is enough."""
    works_on_it = person.part in ("lead", "co") and (person.role != "case_worker" or person.holds(today))
    return works_on_it or leads_unit(person, today)


def may_sign(person: Person, today: date) -> bool:
    """Return whether she may read and sign it: a chef of the unit who never was lead or co-worker on it."""
    return leads_unit(person, today) and person.part == ""


def sees_figures(person: Person, today: date) -> bool:
    """Return whether she may see the unit's figures; a manager sees the whole organisation's."""
    return leads_unit(person, today) or (person.role == "manager" and person.holds(today))
