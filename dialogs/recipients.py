"""Who is told of a case: its workers, and who reads it on a day. Nobody is told of a case she may not open."""

from collections.abc import Iterable
from datetime import date

from storage import conversations, people
from storage.cases import CaseRow
from storage.desk import Session
from storage.people import PersonRow, person_id


def workers(session: Session, case: CaseRow) -> list[PersonRow]:
    """Return the case's lead and co-worker."""
    found = [people.person(session, case.tenant_id, row_id) for row_id in (case.lead_id, case.co_id) if row_id]
    return [row for row in found if row is not None]


def readers(session: Session, case: CaseRow, day: date) -> list[PersonRow]:
    """Return who is to read a case on a day: the unit's chefs, each replaced by her deputy while one is named.

    A deputy who is named for nobody in particular replaces the chef only where there is one. Whoever is lead or
    co-worker of the case is left out.
    """
    chefs = list(people.holders(session, case.tenant_id, case.unit_id, "unit_manager", day))
    held = people.held_in(session, case.tenant_id, "deputy", case.unit_id)
    deputies = [(row, role) for row, role in held if people.is_held(role, day)]
    replaced = {role.stands_in_for_id for _, role in deputies if role.stands_in_for_id}
    if any(role.stands_in_for_id is None for _, role in deputies) and len(chefs) == 1:
        replaced.add(person_id(chefs[0]))
    present = [row for row in chefs if row.id not in replaced] + [row for row, _ in deputies]
    return _once(row for row in present if row.id not in (case.lead_id, case.co_id))


def managers(session: Session, tenant_id: int, day: date) -> list[PersonRow]:
    """Return the managers of the organisation on a day."""
    held = people.held_in(session, tenant_id, "manager")
    return _once(row for row, role in held if people.is_held(role, day))


def without_app(session: Session, found: Iterable[PersonRow]) -> list[PersonRow]:
    """Return those among them who cannot be written to: the app is not installed, or was blocked."""
    return [row for row in found if conversations.reachable(session, row.tenant_id, person_id(row)) is None]


def _once(found: Iterable[PersonRow]) -> list[PersonRow]:
    return list({row.id: row for row in found}.values())
