"""The one rule for the dates of a case, however they come in: a card, typing, a file.

A case holds one investigation at a time. `earlier_closed_on` separates it from the one before: dates on or before
that day belong to the earlier one (see `current`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from checklists.errors import BadDate, DateInFuture, DateOutOfRange, DatesOutOfOrder, PersonalNumberInText, UserError
from checklists.months import months_on
from checklists.privacy import has_personal_number

FIELDS = ("received_on", "assigned_on", "opened_on", "planned_decision_on", "decided_on", "started_on", "closed_on")
"""The dates a person or a file gives, in the order they are asked for."""
FIRST_DAY = date(1990, 1, 1)
MONTHS_AHEAD = 60
_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PAIRS = (
    ("received_on", "closed_on"),
    ("opened_on", "decided_on"),
    ("opened_on", "closed_on"),
    ("decided_on", "closed_on"),
    ("decided_on", "started_on"),
)
"""What must not lie after what, within one investigation; received_on and opened_on apart, see `_out_of_order`."""


@dataclass(frozen=True, slots=True)
class CaseDates:
    """The dates of one case, and what else decides which clocks it has.

    started_on: the intervention began. earlier_closed_on: the day the investigation before the one now open was closed.
    violence_known_on: the day it became known that there is violence; None: not known.
    """

    received_on: date | None = None
    assigned_on: date | None = None
    opened_on: date | None = None
    planned_decision_on: date | None = None
    decided_on: date | None = None
    started_on: date | None = None
    closed_on: date | None = None
    earlier_closed_on: date | None = None
    about_child: bool = True
    violence_known_on: date | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The outcome for the dates given: the case's dates now, and what was refused and why, by field.

    reopened: the case was closed, and is open again for a new investigation.
    """

    dates: CaseDates
    faults: Mapping[str, UserError]
    reopened: bool


def calendar_day(text: str) -> date | None:
    """Return the day written as `YYYY-MM-DD`, None when it is none: the one way in which a day is written anywhere."""
    try:
        # date.fromisoformat also takes 20260512 and 2026-W20-2, which may just as well be other numbers.
        return date.fromisoformat(text) if _WRITTEN.fullmatch(text) else None
    except ValueError:
        return None


def read_day(text: str, today: date, field: str = "") -> date:
    """Return the calendar day a person or a file wrote as `YYYY-MM-DD`. field: what a refusal names, if anything.

    Raises: BadDate: not a calendar day in that form. PersonalNumberInText: it reads as a personal number instead.
    DateOutOfRange: too far off to be meant.
    """
    named: dict[str, str | int] = {"field": field} if field else {}
    day = calendar_day(text)
    if day is None:
        raise (PersonalNumberInText if has_personal_number(text) else BadDate)(**named)
    last = months_on(today, MONTHS_AHEAD)
    if not FIRST_DAY <= day <= last:
        raise DateOutOfRange(first=FIRST_DAY.isoformat(), last=last.isoformat(), **named)
    return day


def read_past_day(text: str, today: date, field: str) -> date:
    """Return the day on which something has happened. Raises: see `read_day`. DateInFuture: it lies after today."""
    day = read_day(text, today, field)
    if day > today:
        raise DateInFuture(field=field)
    return day


def readable_day(text: str, today: date) -> str:
    """Return what was typed in a field for a date, to show again; empty when it is no day that may stand there."""
    try:
        return read_day(text, today).isoformat()
    except UserError:
        return ""


def settle(kept: CaseDates, new: Mapping[str, date | None], today: date) -> Settled:
    """Return the dates of a case with those new ones that are valid.

    new: by field; None empties it, what equals the kept date says nothing new. Of two new dates that contradict each
    other neither is kept: nobody can tell which one is wrong.
    """
    changed = {name: day for name, day in new.items() if day != getattr(kept, name) and not _is_old(kept, name, day)}
    faults: dict[str, UserError] = {
        name: DateInFuture(field=name)
        for name, day in changed.items()
        if day is not None and day > today and name != "planned_decision_on"
    }
    while True:
        standing = {name: day for name, day in changed.items() if name not in faults}
        settled = _merged(kept, standing)
        wrong = _out_of_order(kept, settled, standing)
        if not wrong:  # what is refused is gone from the dates, so others may have to be held against the kept ones
            return Settled(settled, faults, settled.earlier_closed_on != kept.earlier_closed_on)
        faults |= wrong


def current(dates: CaseDates) -> CaseDates:
    """Return the dates of the investigation now running: what an earlier one left on the case is removed.

    An intervention goes with its decision, and may well have begun after the earlier closing: one that began before the
    decision now standing began on the one before.
    """
    earlier = dates.earlier_closed_on
    if earlier is None:
        return dates
    left: dict[str, Any] = {
        name: None
        for name in FIELDS
        if name != "closed_on" and (day := getattr(dates, name)) is not None and day <= earlier
    }
    decided, started = dates.decided_on, dates.started_on
    if "decided_on" in left or (decided and started and started < decided):
        left["started_on"] = None
    return replace(dates, **left)


def ran_when_received(dates: CaseDates) -> bool:
    """Say whether the report came in while an investigation of the child ran: it then has no clock of its own."""
    received, opened, end = dates.received_on, dates.opened_on, dates.decided_on or dates.closed_on
    if received is None or opened is None:
        return False
    return opened < received and (end is None or received <= end)


def _is_old(kept: CaseDates, name: str, day: date | None) -> bool:
    """Say whether a file only repeats how the earlier investigation was closed."""
    return name == "closed_on" and day is not None and day == kept.earlier_closed_on


def _merged(kept: CaseDates, standing: Mapping[str, date | None]) -> CaseDates:
    """Return the kept dates with the new ones in them; what came after a kept closing opens the case again."""
    more: dict[str, Any] = dict(standing)
    closed = kept.closed_on
    begun = [day for name in ("received_on", "opened_on") if (day := standing.get(name)) is not None]
    if closed is not None and any(day > closed for day in begun):
        more = {"closed_on": None, **more, "earlier_closed_on": closed}
    return replace(kept, **more)


def _out_of_order(kept: CaseDates, settled: CaseDates, standing: Mapping[str, date | None]) -> dict[str, UserError]:
    """Return by field which of the new dates cannot stand with the others of the same investigation."""
    before = current(replace(kept, earlier_closed_on=settled.earlier_closed_on))
    now = current(settled)
    if "started_on" in standing or before.started_on is not None:  # it is this investigation's, whenever it lies
        now = replace(now, started_on=settled.started_on)
    pairs = [*_PAIRS]
    # A report that comes in later than the opening is kept. An opening moved to before its own report is a slip.
    if "received_on" not in standing and not _lies_after(before.received_on, before.opened_on):
        pairs.append(("received_on", "opened_on"))
    found: dict[str, UserError] = {}
    for earlier, later in pairs:
        if _lies_after(getattr(now, earlier), getattr(now, later)):
            for name in {earlier, later} & standing.keys():
                found.setdefault(name, DatesOutOfOrder(earlier=earlier, later=later))
    return found


def _lies_after(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and one > other
