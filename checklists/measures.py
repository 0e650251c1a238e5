"""Measures: what state one is in, when somebody is reminded of it, and the days that are offered for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from checklists.access import CaseAccess, Held, reads
from checklists.rights import READER
from checklists.workdays import Workdays

State = Literal["open", "late", "done", "checked"]
"""`done`: whoever owns it says so, and nobody has looked at it yet."""
FindingKind = Literal["kritik", "atgardskrav", "rekommendation", "egen"]
"""What a finding of the register is; that it is criticism or a demand is the municipality's own word."""
FINDING_KINDS: tuple[FindingKind, ...] = get_args(FindingKind)
WITH_DAY: tuple[FindingKind, ...] = ("atgardskrav", "rekommendation")
"""A demand has the day its answer is due, a recommendation the day of its next check."""
WEEKS = (1, 2, 4)
"""How far off the days are that are offered in one press."""
AHEAD, AGAIN = 3, 5
"""Working days before the day, and between reminders once it has passed."""


def state(due_on: date, today: date, *, done: bool, checked: bool) -> State:
    """Return the state of a measure on a day."""
    if checked:
        return "checked"
    if done:
        return "done"
    return "late" if today > due_on else "open"


def offered(today: date, workdays: Workdays) -> tuple[date, ...]:
    """Return the days that are offered: some weeks off, on a working day."""
    return tuple(workdays.on_or_after(today + timedelta(weeks=weeks)) for weeks in WEEKS)


def remind_on(due_on: date, today: date, told_on: date | None, workdays: Workdays) -> bool:
    """Return whether a measure that is not done is reminded of: before its day, on it, and again while it is late.

    told_on: when somebody was reminded of it last. A day on which nobody could be reminded is caught up.
    """
    days = [workdays.before(due_on, AHEAD), workdays.on_or_before(due_on)]
    late = workdays.after(due_on)
    while late <= today:
        days.append(late)
        late = workdays.after(late, AGAIN)
    newest = max((day for day in days if day <= today), default=None)
    return newest is not None and (told_on is None or told_on < newest)


def falls_to_others(told_on: date | None, left_on: date | None) -> bool:
    """Say whether those who check a measure are told at once that it is nobody's, whatever its day.

    told_on: when somebody was reminded of it last. left_on: its owner's last day, None if that is not known any more.
    """
    return told_on is None or (left_on is not None and told_on <= left_on)


def follow_up_on(day: date, today: date, told_on: date | None, workdays: Workdays) -> bool:
    """Return whether somebody is asked whether a measure that is done helped: on its day, and again until it is said.

    told_on: see `remind_on`; a reminder that it was to be done, before the day, is none of these.
    """
    ask = workdays.on_or_after(day)
    newest = None
    while ask <= today:
        newest, ask = ask, workdays.after(ask, AGAIN)
    return newest is not None and (told_on is None or told_on < newest)


@dataclass(frozen=True, slots=True)
class Place:
    """Whose a measure is: its owner today (None: nobody's), its unit, and its case if it came from an answer."""

    owner_id: int | None
    unit_id: int
    case: CaseAccess | None = None


def sees(person_id: int, held: Sequence[Held], at: Place) -> bool:
    """Return whether a person sees a measure: its owner, whoever checks it, of a case its lead too, and nobody else."""
    lead = at.case.lead_id if at.case is not None else None
    return person_id in (at.owner_id, lead) or checks(held, at)


def may_do(person_id: int, held: Sequence[Held], at: Place) -> bool:
    """Return whether a person may say that a measure is done: its owner, or whoever checks one that has no owner."""
    return person_id == at.owner_id if at.owner_id is not None else checks(held, at)


def checks(held: Sequence[Held], at: Place) -> bool:
    """Return whether a person checks what was done: of a case who reads it; else the unit's chef, or a manager."""
    if at.case is not None:
        return reads(held, at.case)
    return any(one.role == "manager" or (one.unit_id == at.unit_id and one.role in READER) for one in held)
