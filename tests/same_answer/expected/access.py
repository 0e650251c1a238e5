"""Who may open, read and sign a case, and who sees which figures."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Part = Literal["", "lead", "co", "was lead"]


@dataclass(frozen=True)
class Person:
    """Someone in the register as a case of one unit sees her; with a part in it she is a case worker there too."""

    role: str
    """`case_worker`, `unit_manager`, `deputy`, `manager`, `auditor` or `admin`."""
    in_its_unit: bool = True
    first: date | None = None
    last: date | None = None
    part: Part = ""

    def holds(self, today: date) -> bool:
        """Say whether the role holds on a day; first and last day are both of it."""
        return (self.first is None or self.first <= today) and (self.last is None or today <= self.last)


def leads_unit(person: Person, today: date) -> bool:
    """Say whether she has a chef's rights over the unit: as its chef, or standing in between two days."""
    return person.role in ("unit_manager", "deputy") and person.in_its_unit and person.holds(today)


def may_open(person: Person, today: date) -> bool:
    """Say whether she may open the case: its workers and its unit's chefs; nobody by another role."""
    works_on_it = person.part in ("lead", "co") and (person.role != "case_worker" or person.holds(today))
    return works_on_it or leads_unit(person, today)


def may_sign(person: Person, today: date) -> bool:
    """Say whether she may read and sign it: a chef of the unit, never where she is or was lead or co-worker."""
    return leads_unit(person, today) and person.part == ""


def sees_figures(person: Person, today: date) -> bool:
    """Say whether the unit's figures are hers to see: of the whole organisation for a manager."""
    return leads_unit(person, today) or (person.role == "manager" and person.holds(today))
