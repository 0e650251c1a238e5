"""Change the days of a role. If the register then no longer shows days on which it was held, an event does, for whoever
investigates an incident (`reports/exposed`)."""

from datetime import date, timedelta

from actions.changes import NONE, Change, Changes, record
from actions.origin import Origin
from storage import people
from storage.desk import Session
from storage.people import RoleRow


def give(session: Session, origin: Origin, held: RoleRow, first: date | None, last: date | None) -> Changes:
    """Set the first and last day of a role, both included; None: open-ended."""
    changes = _was(session, origin, held, first, last)
    held.valid_from, held.valid_to = first, last
    people.save_role(session, held)
    return changes


def end(session: Session, origin: Origin, held: RoleRow, day: date) -> Changes:
    """End a role, so that `day` is the first day it is not held; one that would never have begun is deleted."""
    changes = _was(session, origin, held, held.valid_from, day - timedelta(days=1))
    people.end_role(session, held, day)
    return changes


def unite(session: Session, origin: Origin, stays: RoleRow, gone: RoleRow) -> Changes:
    """Merge two rows of the same role into one, held on every day of either, if their days overlap or adjoin.

    If they do not, nobody gave the role for the days between, so only one is kept: the one held today, else the next,
    else the last.
    """
    kept = _latest(stays, gone, origin.today) if _apart(stays, gone) else None
    first, last = (kept.valid_from, kept.valid_to) if kept else _both(stays, gone)
    changes = _was(session, origin, stays, first, last) + _was(session, origin, gone, first, last)
    stays.valid_from, stays.valid_to = first, last
    stays.stands_in_for_id = kept.stands_in_for_id if kept else stays.stands_in_for_id or gone.stands_in_for_id
    people.delete_role(session, gone)
    return changes


def _both(one: RoleRow, other: RoleRow) -> tuple[date | None, date | None]:
    first = min(one.valid_from, other.valid_from) if one.valid_from and other.valid_from else None
    return first, max(one.valid_to, other.valid_to) if one.valid_to and other.valid_to else None


def _apart(one: RoleRow, other: RoleRow) -> bool:
    """Return whether there is a day between the two on which neither is held."""
    earlier, later = sorted((one, other), key=_begins)
    return earlier.valid_to is not None and earlier.valid_to + timedelta(days=1) < _begins(later)


def _latest(one: RoleRow, other: RoleRow, today: date) -> RoleRow:
    earlier, later = sorted((one, other), key=_begins)
    return earlier if (earlier.valid_to or today) >= today else later


def _begins(held: RoleRow) -> date:
    return held.valid_from or date.min


def _was(session: Session, origin: Origin, held: RoleRow, first: date | None, last: date | None) -> Changes:
    """Record the days up to today on which a role was held, if its new days leave any of them out."""
    if not held.id or _begins(held) > origin.today:
        return NONE
    until = min(held.valid_to or origin.today, origin.today)
    if (first or date.min) <= _begins(held) and until <= (last or date.max):
        return NONE
    days = f"{held.valid_from.isoformat() if held.valid_from else ''}/{until.isoformat()}"
    detail = f"{held.person_id} {held.role} {held.unit_id} {days}"
    return record(session, origin, Change("role_was", detail=detail))
