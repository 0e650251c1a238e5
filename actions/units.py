"""Rename, merge and close units. Figures, lists and chefs follow; what has been recorded stays as it was recorded."""

from datetime import date, timedelta

from actions import role_days
from actions.changes import NONE, Change, Changes, record
from actions.origin import Origin
from checklists.csv_in import one_line
from checklists.errors import UnitGone, UnitHasCases, UnitHasNoName, UnitNameTaken, UnitNearKnown
from checklists.plain_text import weight
from checklists.privacy import refuse_personal_numbers
from checklists.unit_names import looks_like_one_of
from storage import aggregates, cases, filled, log_checks, measures, people, round_moves, year
from storage.desk import Session
from storage.people import UnitRow

_MOST = 200


def rename(session: Session, origin: Origin, unit: UnitRow, name: str) -> Changes:
    """Give a unit another name; a file that still says the old one means this unit.

    Raises: UnitNameTaken: another unit has it. UnitHasNoName. PersonalNumberInText.
    """
    new = _name(origin, name)
    if new == unit.name:
        return NONE
    old = unit.name
    others = [row for row in people.units_called(session, origin.tenant_id, new) if row.id != unit.id]
    if any(row.merged_into_id != unit.id for row in others):
        raise UnitNameTaken
    for row in others:  # a name it had before, or of a unit merged into it: that row gets the old name instead
        row.name = f"#{row.id}"
    session.flush()
    unit.name = new
    session.flush()
    if others:
        others[0].name = old
        session.flush()
    else:
        former = UnitRow(tenant_id=origin.tenant_id, name=old, parent_id=unit.parent_id, merged_into_id=unit.id)
        people.add_unit(session, former)
    return record(session, origin, Change("unit_renamed", detail=str(unit.id)))


def _name(origin: Origin, text: str) -> str:
    """Return a name as it is stored. Raises: UnitHasNoName: or it is like the placeholder in `rename`."""
    new = refuse_personal_numbers(one_line(text), origin.lets)
    if not weight(new) or new.startswith("#") or len(new) > _MOST:
        raise UnitHasNoName(most=_MOST)
    return new


def named(session: Session, origin: Origin, name: str) -> str:
    """Return the name of the unit that is meant, or of one that would be new.

    Raises: UnitGone: it is closed, or none is named. UnitHasNoName: it cannot be one. UnitNearKnown: it looks like a
    misspelling of another. PersonalNumberInText.
    """
    if not weight(name):
        raise UnitGone
    new = _name(origin, name)
    known = people.units_called(session, origin.tenant_id, new)
    if not known:
        if looks_like_one_of(new, people.unit_names(session, origin.tenant_id, former=True).values()):
            raise UnitNearKnown
        return new
    unit = people.unit(session, origin.tenant_id, new)
    if unit.closed_on is not None and unit.closed_on <= origin.today:
        raise UnitGone
    return unit.name


def merge(session: Session, origin: Origin, unit: UnitRow, into: UnitRow) -> Changes:
    """Make one unit part of another: its people, cases, lists and figures are the other's, now and before.

    Raises: UnitGone: they are the same, or the other is closed.
    """
    if unit.id == into.id or into.closed_on is not None:
        raise UnitGone
    changes = NONE
    for held in people.roles_in(session, unit.id):
        own = people.role(session, held.person_id, into.id, held.role)
        if own is not None:
            changes += role_days.unite(session, origin, own, held)
        else:
            held.unit_id = into.id
    cases.move_unit(session, origin.tenant_id, unit.id, into.id)
    filled.move_unit(session, origin.tenant_id, unit.id, into.id)
    aggregates.move_unit(session, origin.tenant_id, unit.id, into.id)
    for table in (measures, round_moves, log_checks, year):
        table.move_unit(session, origin.tenant_id, unit.id, into.id)
    unit.merged_into_id = into.id
    return changes + record(session, origin, Change("unit_merged", detail=f"{unit.id}:{into.id}"))


def close(session: Session, origin: Origin, unit: UnitRow, last: date) -> Changes:
    """Close a unit after a day: every role in it ends; its figures stay.

    One that is to close may close earlier instead. Raises: UnitHasCases. UnitGone: it closes by then already.
    """
    if unit.closed_on is not None and unit.closed_on <= last + timedelta(days=1):
        raise UnitGone
    still = cases.open_in_unit(session, origin.tenant_id, unit.id)
    if still:
        raise UnitHasCases(cases=still)
    unit.closed_on, changes = last + timedelta(days=1), NONE
    for held in people.roles_in(session, unit.id):
        if held.role != "admin" and (held.valid_to or date.max) > last:
            changes += role_days.end(session, origin, held, unit.closed_on)
    return changes + record(session, origin, Change("unit_closed", detail=f"{unit.id} {last.isoformat()}"))
