"""Measures and findings: make them, record that they are done, check what was done; and who is reminded of which."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from secrets import token_hex

from actions.basis import Sheet
from actions.changes import Change, Changes, record
from actions.origin import Origin
from checklists.access import Staff
from checklists.errors import DutyMoved, FindingDay, MeasureDays, MeasureMoved, MeasureOwner, MeasureText
from checklists.free_text import checked, is_name
from checklists.measures import WITH_DAY, FindingKind, Place, falls_to_others, follow_up_on, may_do, remind_on
from checklists.rights import READER
from checklists.workdays import Workdays
from storage import cases, measures, people
from storage.cases import CaseRow
from storage.desk import Session
from storage.measures import FindingRow, MeasureRow


@dataclass(frozen=True, slots=True)
class Wanted:
    """A measure to be made. code, finding_id: the finding it belongs to: one of the authority's, or of the register.

    round_id: the round it comes from.
    """

    what: str
    unit_id: int
    owner_id: int
    due_on: date
    follow_up_on: date | None = None
    code: str = ""
    finding_id: int | None = None
    round_id: int | None = None


def nej_in(sheet: Sheet) -> tuple[str, ...]:
    """Return the questions of a list that are answered Nej, in its order."""
    return tuple(
        item.id for item in sheet.applied.applicable(sheet.filled.role) if sheet.applied.state(item.id) == "nej"
    )


def for_answer(
    session: Session, origin: Origin, sheet: Sheet, item_id: str, owner_id: int, due_on: date
) -> tuple[MeasureRow, Changes]:
    """Make the measure that one Nej calls for. Raises: MeasureMoved: it is not a Nej; MeasureOwner, MeasureDays."""
    case = sheet.case
    if item_id not in nej_in(sheet):
        raise MeasureMoved
    if owner_id not in (case.lead_id, case.co_id, *chefs_of(session, origin, case)):
        raise MeasureOwner
    _check_days(origin, due_on, None)
    row = _row(origin, case.unit_id, owner_id, due_on)
    row.case_id, row.filled_id, row.item_id = case.id, sheet.filled.id, item_id
    row.checklist, row.version = sheet.filled.checklist, sheet.filled.version
    return _add(session, origin, row, case)


def make(session: Session, origin: Origin, wanted: Wanted) -> tuple[MeasureRow, Changes]:
    """Make a measure for a finding, for a round, or one of the unit's own.

    Raises: MeasureText, PersonalNumberInText, MeasureOwner: the owner does not work in the unit; MeasureDays.
    """
    what = _name(origin, wanted.what)
    if wanted.owner_id not in workers_in(session, origin, wanted.unit_id):
        raise MeasureOwner
    _check_days(origin, wanted.due_on, wanted.follow_up_on)
    row = _row(origin, wanted.unit_id, wanted.owner_id, wanted.due_on)
    row.follow_up_on, row.code, row.finding_id = wanted.follow_up_on, wanted.code, wanted.finding_id
    row.round_id = wanted.round_id
    return _add(session, origin, row, None, what)


def _row(origin: Origin, unit_id: int, owner_id: int, due_on: date) -> MeasureRow:
    return MeasureRow(
        tenant_id=origin.tenant_id,
        nonce=token_hex(16),
        what=b"",
        unit_id=unit_id,
        owner_id=owner_id,
        due_on=due_on,
        made_by=origin.person_id or 0,
        made_at=origin.now,
    )


def _add(
    session: Session, origin: Origin, row: MeasureRow, case: CaseRow | None, what: str = ""
) -> tuple[MeasureRow, Changes]:
    measures.add(session, row, what)
    detail = f"measure:{row.id} to {row.owner_id}"
    # Naming the question would reveal that its answer is Nej, and the trail holds no content.
    return row, record(session, origin, Change("measure_made", case, detail=detail))


def _name(origin: Origin, text: str) -> str:
    found = checked(text, origin.lets)
    if not is_name(found):
        raise MeasureText
    return found


def _check_days(origin: Origin, due_on: date, follow_up_on: date | None) -> None:
    if due_on < origin.today or (follow_up_on is not None and follow_up_on < due_on):
        raise MeasureDays


def chefs_of(session: Session, origin: Origin, case: CaseRow) -> list[int]:
    """Return who reads a case today: its chefs, or their deputies."""
    return Staff(people.holdings_on(session, origin.tenant_id, origin.today)).chefs(case)


def workers_in(session: Session, origin: Origin, unit_id: int) -> tuple[int, ...]:
    """Return who may own a measure of a unit: its case workers and chefs, and the organisation's managers."""
    held = people.holdings_on(session, origin.tenant_id, origin.today)
    here = ("case_worker", *READER)
    found = [one.person_id for one in held if one.role == "manager" or (one.unit_id == unit_id and one.role in here)]
    return tuple(dict.fromkeys(found))


def owner_of(staff: Staff, row: MeasureRow, case: CaseRow | None) -> int | None:
    """Return who owns a measure today; None if nobody does, and whoever checks it also records that it is done.

    A measure of a case is its owner's for as long as she works on the case or reads it, then the lead's: whoever has
    handed the case over can put nothing right in it, and may not see it.
    """
    if case is None:
        return row.owner_id if staff.is_present(row.owner_id) else None
    at_work = staff.workers(case)
    if row.owner_id in at_work or staff.reads(case, row.owner_id):
        return row.owner_id
    return next((one for one in at_work if one == case.lead_id), None)


def done(session: Session, origin: Origin, row: MeasureRow, case: CaseRow | None) -> Changes:
    """Record that a measure is done. Raises: MeasureMoved: it is somebody else's, or has been done."""
    held = people.roles_on(session, origin.person_id or 0, origin.today)
    may = may_do(origin.person_id or 0, held, place_of(staff_of(session, origin), row, case))
    if not may or row.done_at is not None:
        raise MeasureMoved
    row.done_at = origin.now
    return record(session, origin, Change("measure_done", case, detail=f"measure:{row.id}"))


def look_at(session: Session, origin: Origin, row: MeasureRow, case: CaseRow | None, *, good: bool) -> Changes:
    """Record the check of a measure that is done: it is approved, or open again.

    Raises: MeasureMoved: it is not done, or was checked already.
    """
    if row.done_at is None or row.checked_at is not None:
        raise MeasureMoved
    if good:
        row.checked_at, row.checked_by = origin.now, origin.person_id
        return record(session, origin, Change("measure_checked", case, detail=f"measure:{row.id}"))
    row.done_at = row.followed_at = row.helped = None  # what was not done cannot have helped: that is asked again
    return record(session, origin, Change("measure_reopened", case, detail=f"measure:{row.id}"))


def follow_up(session: Session, origin: Origin, row: MeasureRow, *, helped: bool) -> Changes:
    """Record whether a measure that is done helped.

    Raises: MeasureMoved: it is not done, has no day for following it up, or has been followed up.
    """
    if row.done_at is None or row.follow_up_on is None or row.followed_at is not None:
        raise MeasureMoved
    row.followed_at, row.helped = origin.now, helped
    return record(session, origin, Change("measure_followed", detail=f"measure:{row.id} {'yes' if helped else 'no'}"))


def add_finding(
    session: Session,
    origin: Origin,
    kind: FindingKind,
    name: str,
    day: date | None,
    evidence: str = "",
    *,
    again: bool = False,
) -> Changes:
    """Enter a finding into the register. again: it has been pointed out before.

    Raises: MeasureText, PersonalNumberInText; FindingDay: this kind needs a day, or has none.
    """
    words = _name(origin, name), (_name(origin, evidence) if evidence.strip() else "")
    if (day is not None) != (kind in WITH_DAY):
        raise FindingDay
    row = FindingRow(
        tenant_id=origin.tenant_id,
        nonce=token_hex(16),
        name=b"",
        evidence=b"",
        kind=kind,
        day=day,
        made_by=origin.person_id or 0,
        made_at=origin.now,
        again=again,
    )
    measures.add_finding(session, row, *words)
    return record(session, origin, Change("finding_made", detail=f"finding:{row.id} {kind}"))


def settle(session: Session, origin: Origin, row: FindingRow) -> Changes:
    """Record that a finding is settled: a demand answered, all else put right. Raises: DutyMoved: it already is."""
    if row.settled_on is not None:
        raise DutyMoved
    row.settled_on = origin.today
    return record(session, origin, Change("finding_settled", detail=f"finding:{row.id}"))


def check(session: Session, origin: Origin, row: FindingRow, evidence: str, day: date | None) -> Changes:
    """Record that a recommendation was checked, on what evidence, and the day of its next check; it stays open.

    Raises: DutyMoved: it is settled, or not a recommendation. MeasureText, PersonalNumberInText; FindingDay: the day
    is missing, or not in the future.
    """
    if row.settled_on is not None or row.kind != "rekommendation":
        raise DutyMoved
    words = _name(origin, evidence)
    if day is None or day <= origin.today:
        raise FindingDay
    row.day, row.told_on = day, None
    measures.put_evidence(session, row, words)
    return record(session, origin, Change("finding_checked", detail=f"finding:{row.id} {day.isoformat()}"))


# --- reminders -------------------------------------------------------------------------------------------------------


def note_due(session: Session, tenant_id: int, day: date, workdays: Workdays) -> None:
    """Mark the measures to remind of on a day, also those whose owner has left. Idempotent for the same day."""
    staff = Staff(people.holdings_on(session, tenant_id, day))
    for row in measures.unchecked(session, tenant_id):
        if row.done_at is not None:
            continue
        if remind_on(row.due_on, day, row.told_on, workdays) or _falls_to_others(session, staff, row):
            row.told_on = day
    for row in measures.to_follow_up(session, tenant_id, day):
        if row.follow_up_on is not None and follow_up_on(row.follow_up_on, day, row.told_on, workdays):
            row.told_on = day
    session.flush()


def _falls_to_others(session: Session, staff: Staff, row: MeasureRow) -> bool:
    if staff.is_present(row.owner_id) or _owner(session, staff, row) is not None:
        return False
    days = [held.valid_to for held in people.every_role_of(session, row.owner_id) if held.valid_to is not None]
    return falls_to_others(row.told_on, max(days, default=None))


def _owner(session: Session, staff: Staff, row: MeasureRow) -> int | None:
    case = cases.get(session, row.tenant_id, row.case_id) if row.case_id is not None else None
    return owner_of(staff, row, case)


def nobodys(session: Session, tenant_id: int, rows: Sequence[MeasureRow], day: date) -> int:
    """Return how many of these measures, not done yet, have no owner on a day."""
    staff = Staff(people.holdings_on(session, tenant_id, day))
    return sum(row.done_at is None and _owner(session, staff, row) is None for row in rows)


def owned_by(session: Session, tenant_id: int, person_id: int) -> int:
    """Return how many measures that are not done somebody owns."""
    return sum(row.done_at is None and row.owner_id == person_id for row in measures.unchecked(session, tenant_id))


def told_of(session: Session, tenant_id: int, day: date) -> dict[int, list[MeasureRow]]:
    """Return who is reminded of which measures on a day: the owner and, once it is late, those who check it as well.

    If the owner has left, those who check it are told from the start. Only they are asked whether it helped.
    """
    told = measures.told(session, tenant_id, day)
    if not told:
        return {}  # asked for each message that is sent: most days the register is not read for it
    staff = Staff(people.holdings_on(session, tenant_id, day))
    found: dict[int, list[MeasureRow]] = {}
    for row in told:
        case = cases.if_sound(session, tenant_id, row.case_id)
        owner = owner_of(staff, row, case)
        some = [owner] if owner is not None and row.done_at is None else []
        if row.due_on < day or not some:
            some += _lookers(session, staff, row)
        for person in dict.fromkeys(some):
            found.setdefault(person, []).append(row)
    return found


def _lookers(session: Session, staff: Staff, row: MeasureRow) -> list[int]:
    case = cases.if_sound(session, row.tenant_id, row.case_id)
    if row.case_id is not None:
        return staff.chefs(case) if case is not None else []
    return staff.chefs_in(row.unit_id) or staff.managers()


def every_measured(session: Session) -> frozenset[str]:
    """Return the authority's findings, by code, that some municipality's measure belongs to."""
    return measures.codes(session)


def place_of(staff: Staff, row: MeasureRow, case: CaseRow | None) -> Place:
    """Return a measure's owner of today, unit and case, as the rules of access take them. staff: see `staff_of`."""
    return Place(owner_of(staff, row, case), row.unit_id, case)


def staff_of(session: Session, origin: Origin) -> Staff:
    """Return everyone who holds a role today."""
    return Staff(people.holdings_on(session, origin.tenant_id, origin.today))


def lookers_of(session: Session, origin: Origin, row: MeasureRow) -> list[int]:
    """Return who is to check a measure that is done."""
    return _lookers(session, staff_of(session, origin), row)
