"""Measures: their states, when somebody is reminded of one, and the due days offered for a new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from checklists.access import CaseAccess, Held, reads
from checklists.rights import READER
from checklists.workdays import Workdays

State = Literal["open", "late", "done", "checked"]
"""`done`: its owner says so, and nobody has checked it yet."""
FindingKind = Literal["kritik", "atgardskrav", "rekommendation", "egen"]
"""The kind of a finding in the register; the municipality itself says which it is."""
FINDING_KINDS: tuple[FindingKind, ...] = get_args(FindingKind)
WITH_DAY: tuple[FindingKind, ...] = ("atgardskrav", "rekommendation")
"""The kinds that have a day: a demand, when its answer is due; a recommendation, when it is next checked."""
WEEKS = (1, 2, 4)
"""How many weeks ahead the offered due days are."""
AHEAD, AGAIN = 3, 5
"""Working days from the first reminder to the due day, and between reminders once that day has passed."""


def state(due_on: date, today: date, *, done: bool, checked: bool) -> State:
    """Return the state of a measure on a day."""
    if checked:
        return "checked"
    if done:
        return "done"
    return "late" if today > due_on else "open"


def offered(today: date, workdays: Workdays) -> tuple[date, ...]:
    """Return the due days offered for a new measure: WEEKS ahead, each moved on to a working day."""
    return tuple(workdays.on_or_after(today + timedelta(weeks=weeks)) for weeks in WEEKS)


def remind_on(due_on: date, today: date, told_on: date | None, workdays: Workdays) -> bool:
    """Return whether a reminder of an unfinished measure is due: before its day, on it, and again while it is late.

    told_on: when somebody was last reminded of it. A reminder that could not be sent on its day is caught up later.
    """
    days = [workdays.before(due_on, AHEAD), workdays.on_or_before(due_on)]
    late = workdays.after(due_on)
    while late <= today:
        days.append(late)
        late = workdays.after(late, AGAIN)
    newest = max((day for day in days if day <= today), default=None)
    return newest is not None and (told_on is None or told_on < newest)


def falls_to_others(told_on: date | None, left_on: date | None) -> bool:
    """Return whether those who check a measure are told at once that it has no owner, whatever its due day.

    told_on: when somebody was last reminded of it. left_on: its owner's last day, None if that is no longer known.
    """
    return told_on is None or (left_on is not None and told_on <= left_on)


def follow_up_on(day: date, today: date, told_on: date | None, workdays: Workdays) -> bool:
    """Return whether to ask if a finished measure helped: on its follow-up day, and repeatedly until answered.

    told_on: as in `remind_on`; a reminder to carry the measure out, sent before that day, does not count.
    """
    ask = workdays.on_or_after(day)
    newest = None
    while ask <= today:
        newest, ask = ask, workdays.after(ask, AGAIN)
    return newest is not None and (told_on is None or told_on < newest)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a measure belongs: its present owner (None: nobody), its unit, and its case if it came from an answer."""

    owner_id: int | None
    unit_id: int
    case: CaseAccess | None = None


def sees(person_id: int, held: Sequence[Held], at: Place) -> bool:
    """Return whether a person sees a measure: its owner, those who check it and, if it has a case, the lead."""
    lead = at.case.lead_id if at.case is not None else None
    return person_id in (at.owner_id, lead) or checks(held, at)


def may_do(person_id: int, held: Sequence[Held], at: Place) -> bool:
    """Return whether a person may say that a measure is done: its owner or, if it has none, those who check it."""
    return person_id == at.owner_id if at.owner_id is not None else checks(held, at)


def checks(held: Sequence[Held], at: Place) -> bool:
    """Return whether a person checks a measure: if it has a case, its readers; else the unit's chefs and the managers.

    A deputy counts as a chef.
    """
    if at.case is not None:
        return reads(held, at.case)
    return any(one.role == "manager" or (one.unit_id == at.unit_id and one.role in READER) for one in held)
