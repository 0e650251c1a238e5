"""The people register from a file: all rows or none, and what changed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial

from actions.changes import Changes
from actions.origin import Origin
from actions.people import Entry, Outcome, enter
from checklists.case_dates import read_day
from checklists.csv_in import CsvRow, read_rows
from checklists.errors import UserError
from checklists.events import EventName
from checklists.faults import Code, Fault, Refusal, fault, of_rule
from checklists.identity import address, entra_id, is_address, is_guid
from checklists.model import Role
from checklists.swedish_time import day_of
from imports.common import (
    CLEARED,
    Imported,
    Kind,
    Order,
    Rows,
    Take,
    cells_of,
    check_cells,
    role_in,
    take_all,
    with_every_fault,
)
from imports.units import Units
from storage import people, tenants
from storage.desk import Session

COLUMNS = ("tenant_id", "object_id", "email", "name", "unit", "role", "valid_from", "valid_to")
NEEDED = ("tenant_id", "role")
_DAYS = ("valid_from", "valid_to")
_IN_A_UNIT = ("case_worker", "unit_manager", "deputy")


def _taker(session: Session, order: Order) -> Take:
    """Return what updates the register to match rows."""
    units = Units(session, order)

    def take(rows: Rows) -> Imported:
        units.new = []
        odd: dict[EventName, list[int]] = {"person_doubled": [], "email_changed": []}
        not_guids: list[int] = []

        def take_row(row: CsvRow) -> Outcome:
            what, changes = _import_row(session, row, units, order)
            for event in {change.event for change in changes} & odd.keys():
                odd[event].append(row.line)
            if what == "added" and row.cells["object_id"] and not is_guid(row.cells["object_id"]):
                not_guids.append(row.line)
            return what

        done = take_all(rows, take_row)
        return replace(
            done,
            doubled=tuple(odd["person_doubled"]),
            moved=tuple(odd["email_changed"]),
            not_guids=tuple(not_guids),
            new_units=tuple(units.new),
        )

    return take


def _together(session: Session, rows: Rows) -> list[list[CsvRow]]:
    """Group the rows: two that share an object id or an e-mail, in the file or in the register, are in one group."""
    emails = {tenant: _emails(session, tenant) for tenant in {row.cells["tenant_id"] for row in rows}}
    above: dict[str, str] = {}  # by id, another id of the same person; the topmost names the group

    def top(name: str) -> str:
        while above.setdefault(name, name) != name:
            name = above[name]
        return name

    firsts = []
    for row in rows:
        tenant, object_id = row.cells["tenant_id"], entra_id(row.cells["object_id"])
        named = (object_id, address(row.cells["email"]), emails[tenant].get(object_id, ""))
        ids = [f"{entra_id(tenant)} {one}" for one in named if one] or [f"line {row.line}"]
        firsts.append(ids[0])
        for other in ids[1:]:
            above[top(other)] = top(ids[0])
    groups: dict[str, list[CsvRow]] = {}
    for row, first in zip(rows, firsts, strict=True):
        groups.setdefault(top(first), []).append(row)
    return list(groups.values())


def _emails(session: Session, entra_tenant_id: str) -> dict[str, str]:
    """Return the e-mail of each person by object id."""
    tenant = tenants.find(session, entra_tenant_id)
    register = people.everyone(session, tenant.id) if tenant is not None else ()
    return {person.object_id: person.email or "" for person, _role in register if person.object_id}


PEOPLE = Kind("people", lambda raw, _at: read_rows(raw, COLUMNS, NEEDED), _together, _taker)


def _import_row(session: Session, row: CsvRow, units: Units, order: Order) -> tuple[Outcome, Changes]:
    cells = cells_of(row)
    check_cells(cells, order.allowed, _DAYS)
    try:
        role, days = _checked(cells), _days(cells, day_of(order.at))
    except Refusal as refused:
        days_too = partial(_days, cells, day_of(order.at))
        raise with_every_fault(refused, partial(_checked, cells), days_too) from None
    tenant = tenants.ensure(session, cells["tenant_id"])
    if cells["unit"]:
        units.id_of(tenant, cells["unit"])
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
    return enter(session, Origin(tenant.id, order.actor, order.at), entry)


def _checked(cells: dict[str, str]) -> Role:
    """Return the role a row names. Raises: Refusal: the row is wrong."""
    if not cells["object_id"] and not cells["email"]:
        raise Refusal(fault(Code.NOBODY_NAMED))
    if cells["email"] and not ("@" in cells["email"] if cells["object_id"] else is_address(address(cells["email"]))):
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
