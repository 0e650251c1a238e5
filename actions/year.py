"""The year: its duties, the yearly wheel of a unit, and who is reminded of what is due in it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from actions.changes import Change, Changes, record
from actions.origin import Origin
from checklists.access import Staff
from checklists.errors import DutyDay, DutyMoved
from checklists.findings import read_standings
from checklists.tenant_settings import TenantSettings
from checklists.year import EVERY, DutyKind, next_day, reminded, written
from storage import measures, people, rounds, told_reminders, year
from storage.desk import Session
from storage.measures import FindingRow
from storage.people import ORGANISATION
from storage.year import DutyRow


@dataclass(frozen=True, slots=True)
class Due:
    """Something of the year that is due on a day. unit_id: None for a finding, which is the whole organisation's."""

    due_on: date
    unit_id: int | None


def add(
    session: Session, origin: Origin, kind: DutyKind | None, unit_id: int, due_on: date | None, every: int
) -> tuple[DutyRow, Changes]:
    """Enter a duty. every: months until it returns, 0 for never. Raises: DutyDay: something is missing, or past."""
    if kind is None or due_on is None or due_on < origin.today or every not in EVERY:
        raise DutyDay
    return _add(session, origin, kind, unit_id, due_on, every)


def _add(
    session: Session, origin: Origin, kind: DutyKind, unit_id: int, due_on: date, every: int
) -> tuple[DutyRow, Changes]:
    made = {"made_by": origin.person_id or 0, "made_at": origin.now}
    row = DutyRow(tenant_id=origin.tenant_id, unit_id=unit_id, kind=kind, due_on=due_on, every=every, **made)
    year.add(session, row)
    detail = f"duty:{row.id} {kind} {due_on.isoformat()}"
    return row, record(session, origin, Change("duty_made", detail=detail))


def done(session: Session, origin: Origin, row: DutyRow, units: Collection[int]) -> Changes:
    """Record that a duty is done, and enter when it returns. units: those the caller acts for. Raises: DutyMoved."""
    _check(row, units)
    row.done_at, row.done_by = origin.now, origin.person_id
    changes = record(session, origin, Change("duty_done", detail=f"duty:{row.id}"))
    again = next_day(row.due_on, row.every, origin.today)
    if again is not None:
        changes += _add(session, origin, row.kind, row.unit_id, again, row.every)[1]
    return changes


def drop(session: Session, origin: Origin, row: DutyRow, units: Collection[int]) -> Changes:
    """Drop a duty that was entered by mistake, or no longer applies. units: as in `done`. Raises: DutyMoved."""
    _check(row, units)
    row.dropped_at = origin.now
    return record(session, origin, Change("duty_dropped", detail=f"duty:{row.id}"))


def _check(row: DutyRow, units: Collection[int]) -> None:
    if row.unit_id not in units or row.done_at is not None or row.dropped_at is not None:
        raise DutyMoved


def set_wheel(session: Session, origin: Origin, unit_id: int, months: Collection[int] | None) -> Changes:
    """Give a unit months of its own for its rounds. months: empty for no rounds, None for the municipality's."""
    row = year.wheel(session, origin.tenant_id, unit_id)
    row.months = written(months)
    return record(session, origin, Change("wheel_set", detail=f"unit:{unit_id} {row.months}".strip()))


# --- reminders -------------------------------------------------------------------------------------------------------


def note_due(session: Session, tenant_id: int, settings: TenantSettings, day: date) -> None:
    """Mark what to remind of on a day. Idempotent for the same day."""
    workdays = settings.workdays
    some: list[DutyRow | FindingRow] = [*year.undone(session, tenant_id), *measures.unsettled(session, tenant_id)]
    for row in some:
        due_on = row.due_on if isinstance(row, DutyRow) else row.day
        if due_on is not None and reminded(due_on, day, row.told_on, workdays):
            row.told_on = day
    known, holds_rounds = year.wheels(session, tenant_id), bool(rounds.opened_on(session, tenant_id))
    for unit_id, slot in year.next_rounds(session, tenant_id, settings.wheel, day).items():
        own = known.get(unit_id)
        if not holds_rounds and not (own and own.months):
            continue  # a municipality that has never held a round is not reminded of rounds
        told_on = own.told_on if own else None
        if reminded(slot.last, day, told_on, workdays, slot.first):
            year.wheel(session, tenant_id, unit_id).told_on = day
    session.flush()


def told_of(session: Session, tenant_id: int, settings: TenantSettings, day: date) -> dict[int, list[Due]]:
    """Return who is reminded of what on a day: chefs of what their unit is to do, managers of the organisation's part.

    Managers are reminded of everything that is late too, and of a unit that has no chef.
    """
    told = _told(session, tenant_id, settings, day)
    if not told:
        return {}  # asked for each message that is sent: most days the register is not read for it
    staff = Staff(people.holdings_on(session, tenant_id, day))
    whole = {unit for unit, name in people.unit_names(session, tenant_id).items() if name == ORGANISATION}
    found: dict[int, list[Due]] = {}
    for one in told:
        chefs = staff.chefs_in(one.unit_id) if one.unit_id is not None and one.unit_id not in whole else []
        for person in dict.fromkeys([*chefs, *(staff.managers() if one.due_on < day or not chefs else ())]):
            found.setdefault(person, []).append(one)
    return found


def _told(session: Session, tenant_id: int, settings: TenantSettings, day: date) -> list[Due]:
    some = [Due(row.due_on, row.unit_id) for row in year.undone(session, tenant_id) if row.told_on == day]
    some += [Due(row.day, None) for row in measures.unsettled(session, tenant_id) if row.day and row.told_on == day]
    some += _demands(session, tenant_id, settings, day)
    told = [unit_id for unit_id, row in year.wheels(session, tenant_id).items() if row.told_on == day]
    slots = year.next_rounds(session, tenant_id, settings.wheel, day) if told else {}
    return some + [Due(slots[unit_id].last, unit_id) for unit_id in told if unit_id in slots]


def _demands(session: Session, tenant_id: int, settings: TenantSettings, day: date) -> list[Due]:
    """Return the demands in the setting `findings` to remind of on a day.

    A setting cannot record when somebody was reminded, so it is everything that has come due since the last sweep.
    """
    days = [one.day for one in read_standings(settings.findings).values() if one.kind == "atgardskrav" and one.day]
    swept = told_reminders.swept_before(session, tenant_id, day) if days else None
    return [Due(due_on, None) for due_on in days if reminded(due_on, day, swept, settings.workdays)]
