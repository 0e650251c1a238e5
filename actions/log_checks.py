"""The monthly check of accesses: draw a sample of them, and record the outcome of checking each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from actions.changes import NONE, Change, Changes, record
from actions.origin import Origin
from actions.same_person import is_hers
from checklists.errors import CheckIsNotHers
from checklists.log_check import ACCESSES, OPEN, Access, Outcome, draw
from checklists.model import Role
from checklists.swedish_time import midnight
from storage import log_checks, people, tenants
from storage.desk import Session
from storage.log_checks import WHOLE, LogCheckRow


def month_before(today: date) -> date:
    """Return the first day of the month before this one: the newest month that is over, and may be drawn from."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def sample(session: Session, origin: Origin, month: date) -> Changes:
    """Draw a month's sample for everyone who checks accesses, once. Nothing is drawn from a month that is not over."""
    if month > month_before(origin.today) or log_checks.of_tenant(session, origin.tenant_id, month):
        return NONE
    tenant = tenants.get(session, origin.tenant_id)
    drawn = draw(tenant.entra_id, month.isoformat(), accesses(session, origin.tenant_id, month), WHOLE)
    rows = [
        LogCheckRow(tenant_id=origin.tenant_id, month=month, unit_id=seat, event_id=event)
        for seat, events in sorted(drawn.items())
        for event in events
    ]
    if not rows:
        return NONE
    log_checks.keep(session, rows)
    return record(session, origin, Change("log_sampled", detail=f"{month:%Y-%m} {len(rows)}"))


def accesses(session: Session, tenant_id: int, month: date) -> list[Access]:
    """Return a month's accesses by people, from which the sample is drawn."""
    roles: dict[int, set[Role]] = {}
    for person, held in people.everyone(session, tenant_id):
        roles.setdefault(person.id, set()).add(held.role)
    found = log_checks.accesses(session, tenant_id, ACCESSES, _begins(month), _begins(_next(month)))
    now = people.joined(session, tenant_id)
    return [
        Access(event, person, unit or 0, frozenset(roles.get(person, ())))
        for event, actor, unit in found
        for row_id in (int(actor.partition(":")[2]),)
        for person in (now.get(row_id, row_id),)
    ]


@dataclass(frozen=True, slots=True)
class Checker:
    """Whose accesses somebody checks. units: in these, as their chef. whole: those above the units, as a manager."""

    units: Sequence[int] = ()
    whole: bool = False


def hers(session: Session, origin: Origin, month: date, checker: Checker) -> list[LogCheckRow]:
    """Return the accesses of a month that a person is to check; never her own, which somebody else checks."""
    seats = (*sorted(set(checker.units)), *((WHOLE,) if checker.whole else ()))
    rows = [row for seat in seats for row in log_checks.drawn(session, origin.tenant_id, month, seat)]
    return [row for row in rows if not is_hers(session, origin, log_checks.event(session, row).actor)]


def check(session: Session, origin: Origin, row_id: int, outcome: Outcome, checker: Checker) -> Changes:
    """Record that an access is in order, or is followed up.

    Raises: CheckIsNotHers: somebody else is to check it, or it is checked already.
    """
    row = log_checks.get(session, origin.tenant_id, row_id)
    if row is None or row.outcome != OPEN:
        raise CheckIsNotHers
    if not (checker.whole if row.unit_id == WHOLE else row.unit_id in checker.units):
        raise CheckIsNotHers
    event = log_checks.event(session, row)
    if is_hers(session, origin, event.actor):
        raise CheckIsNotHers
    row.outcome, row.checked_by_id, row.checked_at = outcome, origin.person_id, origin.now
    return record(session, origin, Change("log_checked", detail=f"{row.event_id} {outcome}"))


def _begins(day: date) -> datetime:
    return midnight(day)


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)
