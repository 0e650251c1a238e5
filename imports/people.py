"""The people register from a file: all rows or none, and what changed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from actions.changes import Changes
from actions.origin import Origin
from actions.people import Entry, Outcome, enter
from checklists.case_dates import read_day
from checklists.csv_in import CsvRow, read_csv
from checklists.errors import UserError
from checklists.events import EventName
from checklists.faults import Code, Fault, Refusal, fault, of_rule
from checklists.identity import address
from checklists.model import Role
from checklists.swedish_time import day_of
from imports.common import CLEARED, Imported, check_cells, role_in, take_all
from imports.units import Units
from storage import tenants
from storage.desk import Session

COLUMNS = ("tenant_id", "object_id", "email", "name", "unit", "role", "valid_from", "valid_to")
NEEDED = ("tenant_id", "role")
_DAYS = ("valid_from", "valid_to")
_IN_A_UNIT = ("case_worker", "unit_manager", "deputy")


def import_people(
    session: Session, raw: bytes, allowed: frozenset[str], at: datetime, actor: str, *, new_units: bool = False
) -> Imported:
    """Bring the register in line with a file's rows; people and roles not in it stay.

    allowed: the tenants that may be named; empty = any. new_units: a new unit may be one letter from a known one.

    Raises: BadCsv: with every bad row; nothing is stored then.
    """
    units = Units(session, may_be_near=new_units)
    odd: dict[EventName, list[int]] = {"person_doubled": [], "email_changed": []}

    def take(row: CsvRow) -> Outcome:
        what, changes = _import_row(session, row, units, allowed, at, actor)
        for event in {change.event for change in changes} & odd.keys():
            odd[event].append(row.line)
        return what

    done = take_all(read_csv(raw, COLUMNS, NEEDED), take)
    return replace(
        done, doubled=tuple(odd["person_doubled"]), moved=tuple(odd["email_changed"]), new_units=tuple(units.new)
    )


def _import_row(
    session: Session, row: CsvRow, units: Units, allowed: frozenset[str], at: datetime, actor: str
) -> tuple[Outcome, Changes]:
    cells = row.cells
    role = _checked(cells, allowed)
    days = _days(cells, day_of(at))
    tenant = tenants.ensure(session, cells["tenant_id"])
    if cells["unit"]:
        units.id_of(tenant.id, cells["unit"])
    entry = Entry(
        object_id=cells["object_id"] or None,
        email=address(cells["email"]) or None,
        name=cells["name"],
        unit=cells["unit"],
        role=role,
        valid_from=days.get("valid_from"),
        valid_to=days.get("valid_to"),
        keeps=frozenset(_DAYS) - days.keys(),
    )
    return enter(session, Origin(tenant.id, actor, at), entry)


def _checked(cells: dict[str, str], allowed: frozenset[str]) -> Role:
    """Return the role a row names. Raises: Refusal: the row is wrong."""
    check_cells(cells, allowed)
    if not cells["object_id"] and not cells["email"]:
        raise Refusal(fault(Code.NOBODY_NAMED))
    if cells["email"] and "@" not in cells["email"]:
        raise Refusal(fault(Code.NO_ADDRESS))
    role = role_in(cells["role"])
    if role in _IN_A_UNIT and not cells["unit"]:
        raise Refusal(fault(Code.UNIT_NEEDED, role=role))
    return role


def _days(cells: Mapping[str, str], today: date) -> dict[str, date | None]:
    """Return the days a row sets, None: cleared; an empty cell sets none. Raises: Refusal: with every wrong one."""
    found: dict[str, date | None] = {}
    faults: list[Fault] = []
    for name in _DAYS:
        try:
            if cells[name]:
                found[name] = None if cells[name] == CLEARED else read_day(cells[name], today)
        except UserError as error:
            faults.append(of_rule(error, name))
    if faults:
        raise Refusal(*faults)
    return found
