"""The people register from a file: all rows or none, and what changed."""

from datetime import date, datetime

from actions.origin import Origin
from actions.people import Entry, Outcome, enter
from checklists.csv_in import CsvRow, read_csv
from checklists.model import Role
from checklists.rights import ROLES
from imports.common import Imported, check_cells, take_all
from storage import tenants
from storage.desk import Session

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
    role = _checked(cells, allowed)
    valid_from, valid_to = _days(row)
    tenant = tenants.ensure(session, cells["tenant_id"])
    entry = Entry(
        object_id=cells["object_id"] or None,
        email=cells["email"].lower() or None,
        name=cells["name"],
        unit=cells["unit"],
        role=role,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    what, _ = enter(session, Origin(tenant.id, actor, at), entry)
    return what


def _checked(cells: dict[str, str], allowed: frozenset[str]) -> Role:
    """Return the role a row names. Raises: ValueError: the row is wrong."""
    check_cells(cells, allowed)
    if not cells["object_id"] and not cells["email"]:
        raise ValueError("object_id and email are both empty; give one of them")
    if cells["email"] and "@" not in cells["email"]:
        raise ValueError("email has no @")
    role = next((role for role in ROLES if role == cells["role"]), None)
    if role is None:
        raise ValueError(f"role is not one of {', '.join(ROLES)}")
    if role in _IN_A_UNIT and not cells["unit"]:
        raise ValueError(f"unit is empty; {role} is held in a unit")
    return role


def _days(row: CsvRow) -> tuple[date | None, date | None]:
    try:
        first, last = row.day("valid_from"), row.day("valid_to")
    except ValueError:
        raise ValueError("valid_from and valid_to must be dates like 2026-12-05") from None
    if first and last and last < first:
        raise ValueError("valid_to lies before valid_from")
    if row.cells["role"] == "deputy" and not (first and last):
        raise ValueError("a deputy needs valid_from and valid_to")
    return first, last
