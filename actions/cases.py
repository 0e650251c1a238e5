"""Open, date, assign, extend, close and reopen cases."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import uuid4

from actions import case_text, linking, signing
from actions.changes import NONE, Change, Changes, Notice, record
from actions.facts import forget_fact
from actions.origin import Origin
from checklists.case_dates import FIELDS, read_past_day, settle
from checklists.deadlines import Limit, plain_limit
from checklists.errors import (
    BadChildren,
    BadPeople,
    BadPeriod,
    ChildHasAnswers,
    ExtendsNothing,
    ReasonNotChosen,
    UserError,
)
from checklists.events import EventName
from checklists.lifecycle import WRITER, State
from checklists.model import MOST_CHILDREN, CaseType
from storage import answers, case_reasons, cases, closed_investigations, drafts, extensions, filled, tenants
from storage.case_reasons import CaseReasonRow
from storage.cases import CaseRow
from storage.desk import Session
from storage.extensions import ExtensionRow, ReasonClass

_DATE_EVENTS: Mapping[str, EventName] = {
    "received_on": "received_on_set",
    "assigned_on": "assigned_on_set",
    "opened_on": "opened_on_set",
    "planned_decision_on": "planned_decision_on_set",
    "decided_on": "decided_on_set",
    "started_on": "started_on_set",
}


def open_case(
    session: Session, origin: Origin, ref: str, unit_id: int, lead_id: int | None = None
) -> tuple[CaseRow, Changes]:
    """Store a new case. ref: normalised, and not in use."""
    row = CaseRow(tenant_id=origin.tenant_id, ref=ref, unit_id=unit_id, lead_id=lead_id)
    case = cases.add(session, row)
    return case, record(session, origin, Change("case_opened", case, detail=f"{unit_id} {lead_id or 0}"))


@dataclass(frozen=True, slots=True)
class Dated:
    """The outcome of setting dates: the changes made, and the error for each rejected date, by field."""

    changes: Changes
    faults: Mapping[str, UserError]


def set_dates(session: Session, origin: Origin, case: CaseRow, given: Mapping[str, date | None]) -> Dated:
    """Store the dates that are valid together (see `case_dates.settle`). given: by field; None clears it."""
    settled = settle(cases.dates_of(case), given, origin.today)
    events: list[Change] = []
    if settled.ended is not None:
        known = cases.violence_known(session, case)
        closed_investigations.add(session, case, replace(settled.ended, violence_known_on=known))
        case.earlier_closed_on, case.closed_on = settled.dates.earlier_closed_on, None
        events.append(Change("reopened", case))
    case.first_received_on = settled.dates.first_received_on
    for name in FIELDS:
        day = getattr(settled.dates, name)
        if getattr(case, name) == day:
            continue
        setattr(case, name, day)
        event: EventName = _DATE_EVENTS[name] if name != "closed_on" else "closed" if day else "reopened"
        events.append(Change(event, case))
    return Dated(record(session, origin, *events), settled.faults)


def close(session: Session, origin: Origin, case: CaseRow, day: date) -> Changes:
    """Close a case, which makes everything in it read-only. Raises: UserError: the day is not valid."""
    dated = set_dates(session, origin, case, {"closed_on": day})
    for fault in dated.faults.values():
        raise fault
    return dated.changes


def reopen(session: Session, origin: Origin, case: CaseRow) -> Changes:
    """Reopen a closed case, for the same investigation."""
    return set_dates(session, origin, case, {"closed_on": None}).changes


def set_unit(session: Session, origin: Origin, case: CaseRow, unit_id: int) -> Changes:
    """Move a case to another unit."""
    if case.unit_id == unit_id:
        return NONE
    case.unit_id = unit_id
    return record(session, origin, Change("unit_set", case, detail=str(unit_id)))


def set_type(session: Session, origin: Origin, case: CaseRow, case_type: CaseType) -> Changes:
    """Set whether a case is about a child or an adult."""
    if case.case_type == case_type:
        return NONE
    changes = linking.end_all(session, origin, case)  # a link joins an adult's case and a child's
    case.case_type = case_type
    changes += record(session, origin, Change("case_type_set", case))
    if case_type == cases.CHILD_CASE and not case.children:
        changes += set_children(session, origin, case, 1)
    return changes + (signing.hold_against_case(session, origin, case) if case_type == cases.CHILD_CASE else NONE)


def set_workers(
    session: Session,
    origin: Origin,
    case: CaseRow,
    *,
    lead_id: int | None = None,
    co_id: int | None = None,
    tells: bool = True,
) -> Changes:
    """Set lead and co-worker; None leaves that one unchanged, 0 means nobody.

    tells: whoever loses or gets the case is told at once, unless she did it herself.
    Raises: BadPeople: both would be the same person.
    """
    lead = case.lead_id if lead_id is None else lead_id or None
    co = case.co_id if co_id is None else co_id or None
    if lead is not None and lead == co:
        raise BadPeople
    notice: Notice | None = "handed_over" if tells else None
    was = (case.lead_id or 0, case.co_id or 0)
    events = []
    if case.lead_id != lead:
        events.append(Change("lead_set", case, detail=str(lead or "none"), notice=notice, was=was))
    if case.co_id != co:
        events.append(Change("co_worker_set", case, detail=str(co or "none"), notice=notice, was=was))
    case.lead_id, case.co_id = lead, co
    return record(session, origin, *events)


def hand_over(
    session: Session, origin: Origin, case: CaseRow, *, lead_id: int | None, co_id: int | None, acting: str
) -> Changes:
    """Give a case another lead or co-worker on the chef's decision; whoever loses or gets it is told at once.

    lead_id, co_id: None leaves that one unchanged; a co-worker who becomes lead leaves her place empty. co_id 0: no
    co-worker. acting: whom the chef deputises for, empty for a chef of the unit.
    Raises: BadPeople: both would be the same person.
    """
    was = (case.lead_id or 0, case.co_id or 0)
    lead = lead_id or case.lead_id
    co = (co_id or None) if co_id is not None else case.co_id if case.co_id != lead else None
    if lead is not None and lead == co:
        raise BadPeople
    events = []
    if case.lead_id != lead:
        events.append(Change("lead_set", case, detail=f"{lead} {acting}".strip(), notice="handed_over", was=was))
    if case.co_id != co:
        detail = f"{co or 'none'} {acting}".strip()
        events.append(Change("co_worker_set", case, detail=detail, notice="handed_over", was=was))
    case.lead_id, case.co_id = lead, co
    return record(session, origin, *events)


def set_protected(session: Session, origin: Origin, case: CaseRow, *, protected: bool) -> Changes:
    """Set whether the case has protected identity."""
    if case.protected_identity == protected:
        return NONE
    case.protected_identity = protected
    return record(session, origin, Change("protected_identity_set", case))


def least_children(case: CaseRow) -> int:
    """Return how many children a case has at least: none in an adult's."""
    return int(case.case_type == cases.CHILD_CASE)


def set_children(session: Session, origin: Origin, case: CaseRow, count: int) -> Changes:
    """Set the number of children; an adult's case may have none.

    With fewer, the last children are removed with their lists, and the facts about them become unasked.
    Raises: BadChildren: out of range. ChildHasAnswers: a list of a child to be removed has answers, was sent or read.
    """
    if not least_children(case) <= count <= MOST_CHILDREN:
        raise BadChildren(least=least_children(case), most=MOST_CHILDREN)
    if count == case.children:
        return NONE
    gone = [row for row in filled.of_case_all(session, case.id) if row.child > count]
    for row in gone:
        if row.role != WRITER or row.status != State.BEGUN or answers.any_of(session, row.id):
            raise ChildHasAnswers(child=row.child)
    signing.ask_before_case(session, origin, case)
    facts = cases.facts(session, case.id)
    changes = NONE
    for child, name in [at for at in facts if at[0] > count]:
        changes += forget_fact(session, origin, case, facts, child, name)
    for row in gone:
        drafts.forget_all(session, row)
        filled.remove(session, row)
    case.children = count
    change = Change("children_set", case)
    return changes + record(session, origin, change) + signing.after_case(session, origin, case)


def extend(
    session: Session,
    origin: Origin,
    case: CaseRow,
    *,
    limit: Limit,
    reason_class: ReasonClass,
    decided_on: date,
    until: date,
    reason: str,
    place: str = "",
    acting: str = "",
) -> Changes:
    """Record an extension of a time limit. Only grounds the law recognises move the deadline (`checklists/deadlines`).

    place: where in the case file the reason is, which is all that is kept of it with protected identity.
    acting: whom a chef deputises for, empty for everybody else.
    Raises: those of `case_text.about`: of the reason. BadPeriod: `until` is before `decided_on`. ExtendsNothing: it is
    not after the limit itself; earlier extensions do not matter, as a new one may put an old one right.
    """
    if until < decided_on:
        raise BadPeriod
    clock = plain_limit(limit, cases.dates_of(case)) if limit != "at_once" else None
    if clock is not None and until <= clock.limit_day:
        raise ExtendsNothing(last=clock.limit_day.isoformat())
    row = ExtensionRow(
        tenant_id=origin.tenant_id,
        case_id=case.id,
        limit=limit,
        reason_class=reason_class,
        until=until,
        decided_on=decided_on,
        nonce=uuid4().hex,
        reason=b"",
        author_id=origin.person_id or 0,
        at=origin.now,
    )
    extensions.add(session, row, case_text.about(origin, case, reason, place))
    return record(session, origin, Change("extended", case, detail=f"{limit} {acting}".strip()))


def add_reason(session: Session, origin: Origin, case: CaseRow, reason: str, day: str) -> Changes:
    """Record a reason for the case (orsak), from a day on; the earlier reasons stay. day: as written; empty: today.

    Raises: ReasonNotChosen: the municipality has no such reason. What `read_past_day` raises.
    """
    if reason not in tenants.settings(tenants.get(session, origin.tenant_id)).reasons:
        raise ReasonNotChosen
    since = read_past_day(day.strip(), origin.today, "reason_on") if day.strip() else origin.today
    if any((row.reason, row.day) == (reason, since) for row in case_reasons.of_case(session, case.id)):
        return NONE
    at = {"tenant_id": case.tenant_id, "case_id": case.id, "author_id": origin.person_id or 0, "at": origin.now}
    case_reasons.add(session, CaseReasonRow(**at, reason=reason, day=since))
    return record(session, origin, Change("reason_added", case))


def remove_reason(session: Session, origin: Origin, case: CaseRow, reason: str, day: str) -> Changes:
    """Remove a reason that was added by mistake. day: its ISO date. No changes if the case has no such reason."""
    for row in case_reasons.of_case(session, case.id):
        if (row.reason, row.day.isoformat()) == (reason, day):
            case_reasons.delete(session, row)
            return record(session, origin, Change("reason_removed", case))
    return NONE
