"""The people register from a file: all rows or none, and what changed."""

from datetime import date, datetime

from checklists.csv_in import CsvRow, read_csv
from checklists.rights import ROLES
from imports.common import Imported, Outcome, check_cells, take_all
from storage import people, tenants, trail
from storage.desk import Session
from storage.people import PersonRow, RoleRow

COLUMNS = ("tenant_id", "object_id", "email", "name", "unit", "role", "valid_from", "valid_to")
NEEDED = ("tenant_id", "role")
_IN_A_UNIT = ("case_worker", "unit_manager", "deputy")


def import_people(session: Session, raw: bytes, allowed: frozenset[str], at: datetime, actor: str) -> Imported:
    """Bring the register in line with a file's rows; people and roles not in it stay.

    allowed: the tenants that may be named; empty = any. Raises: BadCsv: with every bad row; nothing is stored then.
    """
    return take_all(read_csv(raw, COLUMNS, NEEDED), lambda row: _import_row(session, row, allowed, at, actor))


def _import_row(session: Session, row: CsvRow, allowed: frozenset[str], at: datetime, actor: str) -> Outcome:
    cells = row.cells
    _check(cells, allowed)
    valid_from, valid_to = _days(row)
    tenant = tenants.ensure(session, cells["tenant_id"])
    tenant_id = tenant.id
    person, what = _person(session, tenant_id, cells)
    unit = people.unit(session, tenant_id, cells["unit"])
    assert unit.id is not None
    held = people.role(session, person.id, unit.id, cells["role"])
    if held is None:
        held = RoleRow(tenant_id=tenant_id, person_id=person.id, unit_id=unit.id, role=cells["role"])
        session.add(held)
        what = "added"
    if what != "added" and (held.valid_from, held.valid_to) != (valid_from, valid_to):
        what = "changed"
    held.valid_from, held.valid_to = valid_from, valid_to
    session.flush()
    if what != "unchanged":
        trail.record(session, tenant_id, at, actor, "person_" + what, detail=f"{person.id}:{held.role}")
    return what


def _check(cells: dict[str, str], allowed: frozenset[str]) -> None:
    check_cells(cells, allowed)
    if not cells["object_id"] and not cells["email"]:
        raise ValueError("object_id and email are both empty; give one of them")
    if cells["email"] and "@" not in cells["email"]:
        raise ValueError("email has no @")
    if cells["role"] not in ROLES:
        raise ValueError(f"role is not one of {', '.join(ROLES)}")
    if cells["role"] in _IN_A_UNIT and not cells["unit"]:
        raise ValueError(f"unit is empty; {cells['role']} is held in a unit")


def _days(row: CsvRow) -> tuple[date | None, date | None]:
    try:
        first, last = row.day("valid_from"), row.day("valid_to")
    except ValueError:
        raise ValueError("valid_from and valid_to are written as 2026-12-05") from None
    if first and last and last < first:
        raise ValueError("valid_to lies before valid_from")
    if row.cells["role"] == "deputy" and not (first and last):
        raise ValueError("a deputy needs valid_from and valid_to")
    return first, last


def _person(session: Session, tenant_id: int, cells: dict[str, str]) -> tuple[PersonRow, Outcome]:
    """Find or make the person; say whether her own row changed."""
    object_id, email = cells["object_id"] or None, cells["email"].lower() or None
    found = people.by_object_id(session, tenant_id, object_id) if object_id else None
    by_email = people.by_email(session, tenant_id, email) if email else None
    if found is not None and by_email is not None and found is not by_email:
        raise ValueError("object_id and email belong to two different people in the register")
    if found is None and by_email is not None and object_id and by_email.object_id:
        raise ValueError("email belongs to someone with another object_id")
    found = found or by_email
    if found is None:
        name = cells["name"] or cells["email"] or cells["object_id"]
        found = PersonRow(tenant_id=tenant_id, object_id=object_id, email=email, name=name)
        session.add(found)
        session.flush()
        return found, "added"
    before = (found.object_id, found.email, found.name)
    found.object_id, found.email = found.object_id or object_id, email or found.email
    found.name = cells["name"] or found.name
    return found, "unchanged" if before == (found.object_id, found.email, found.name) else "changed"
