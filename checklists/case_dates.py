"""Validation of a case's dates, the same for a card, a typed line and a file.

A case has one running investigation at a time. `earlier_closed_on` is the day the previous one was closed; dates on or
before that day belong to the previous investigation (see `current`). When another report comes in after the opening,
`first_received_on` still says when the report came in that the investigation was opened on.
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
"""The dates a person or a file supplies, in the order they are asked for."""
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
"""Pairs (earlier, later) within one investigation: the first must not be after the second.

received_on and opened_on are compared in `_out_of_order`, under a condition.
"""

_NOW_GIVEN = ("opened_on", "decided_on")
"""Dates that, given while a new investigation runs, are those of that one: a mistyped month is refused, not stored as
one of the earlier investigation, where nothing would read it."""


@dataclass(frozen=True, slots=True)
class CaseDates:
    """The dates of one case, and the other inputs that decide which statutory clocks it has.

    started_on: the day the intervention began. earlier_closed_on: the day the previous investigation was closed.
    first_received_on: receipt of the report that the investigation was opened on, if received_on is a later report's.
    violence_known_on: the day the violence became known; None when no violence is known of.
    """

    received_on: date | None = None
    assigned_on: date | None = None
    opened_on: date | None = None
    planned_decision_on: date | None = None
    decided_on: date | None = None
    started_on: date | None = None
    closed_on: date | None = None
    earlier_closed_on: date | None = None
    first_received_on: date | None = None
    about_child: bool = True
    violence_known_on: date | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The result of `settle`: the case's dates afterwards, and the error for each rejected field.

    ended: the dates of the investigation that was closed, if a new date has opened the case for a new one.
    """

    dates: CaseDates
    faults: Mapping[str, UserError]
    ended: CaseDates | None

    @property
    def reopened(self) -> bool:
        """Whether the case was closed, and a new date has opened it for a new investigation."""
        return self.ended is not None


def calendar_day(text: str) -> date | None:
    """Return the day written as `YYYY-MM-DD`, the only form accepted anywhere; None for anything else."""
    try:
        # date.fromisoformat also takes 20260512 and 2026-W20-2, which may just as well be other numbers.
        return date.fromisoformat(text) if _WRITTEN.fullmatch(text) else None
    except ValueError:
        return None


def read_day(text: str, today: date, field: str = "") -> date:
    """Parse a calendar date written as `YYYY-MM-DD`.

    field: the name the error carries, so that the message can say which field is wrong; may be empty.

    Raises: BadDate: not a calendar date in that form. PersonalNumberInText: the text looks like a personal number.
    DateOutOfRange: before FIRST_DAY, or more than MONTHS_AHEAD months after `today`.
    """
    named: dict[str, str | int] = {"field": field} if field else {}
    day = calendar_day(text)
    if not text and field:
        raise BadDate(**named, missing=1)
    if day is None:
        raise (PersonalNumberInText if has_personal_number(text) else BadDate)(**named)
    last = months_on(today, MONTHS_AHEAD)
    if not FIRST_DAY <= day <= last:
        raise DateOutOfRange(first=FIRST_DAY.isoformat(), last=last.isoformat(), **named)
    return day


def read_past_day(text: str, today: date, field: str) -> date:
    """Parse the date of something that has already happened.

    Raises: the errors of `read_day`. DateInFuture: the date is after `today`.
    """
    day = read_day(text, today, field)
    if day > today:
        raise DateInFuture(field=field)
    return day


def readable_day(text: str, today: date) -> str:
    """Return the text of a date field if it is valid, to redisplay it after an error elsewhere; otherwise ""."""
    try:
        return read_day(text, today).isoformat()
    except UserError:
        return ""


def settle(kept: CaseDates, new: Mapping[str, date | None], today: date) -> Settled:
    """Merge new dates into a case's stored ones, and reject those that are invalid.

    new: by field; None clears the field, and a date equal to the stored one is no change. When two new dates
    contradict each other both are rejected, because nobody can tell which of them is wrong.
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
        if not wrong:  # each rejection brings back a stored date that the rest must be checked against again
            return Settled(settled, faults, _ended(kept, settled, standing))
        faults |= wrong


def current(dates: CaseDates) -> CaseDates:
    """Return only the dates that belong to the running investigation; those of a previous one become None.

    started_on is the exception to the day-by-day rule: an intervention belongs to its decision, and that of the
    previous decision may well have begun after the previous closing. It is dropped when it precedes the current
    decision, or when there is no current decision.
    """
    earlier = dates.earlier_closed_on
    if earlier is None:
        return dates
    left: dict[str, Any] = {
        name: None
        for name in (*FIELDS, "first_received_on")
        if name != "closed_on" and (day := getattr(dates, name)) is not None and day <= earlier
    }
    decided, started = dates.decided_on, dates.started_on
    if "decided_on" in left or (decided and started and started < decided):
        left["started_on"] = None
    return replace(dates, **left)


def decision_for(dates: CaseDates, begun: date) -> date | None:
    """Return the day of the decision that a list begun on a day was written for, None while it has not been taken.

    The decision of the previous investigation concerns only lists that were begun before that one was closed.
    """
    earlier = dates.earlier_closed_on
    return dates.decided_on if earlier is not None and begun <= earlier else current(dates).decided_on


def impossible(kept: CaseDates, today: date) -> tuple[str, ...]:
    """Return the fields whose stored dates would be rejected today, in the order they are asked for.

    Days of an earlier investigation are in no order with those of this one.
    """
    last, of_now = months_on(today, MONTHS_AHEAD), current(kept)
    outside = {name for name in FIELDS if (day := getattr(kept, name)) is not None and not FIRST_DAY <= day <= last}
    given: dict[str, date | None] = {name: day for name in FIELDS if (day := getattr(of_now, name)) is not None}
    refused = settle(CaseDates(earlier_closed_on=kept.earlier_closed_on), given, today).faults
    return tuple(name for name in FIELDS if name in outside or name in refused)


def report_of(dates: CaseDates) -> date | None:
    """Return the receipt of the newest report that starts a clock; one during a running investigation starts none."""
    return dates.first_received_on if ran_when_received(dates) else dates.received_on


def ran_when_received(dates: CaseDates) -> bool:
    """Return whether the newest report came in during a running investigation of the child."""
    received, opened, end = dates.received_on, dates.opened_on, dates.decided_on or dates.closed_on
    if received is None or opened is None:
        return False
    return opened < received and (end is None or received <= end)


def _is_old(kept: CaseDates, name: str, day: date | None) -> bool:
    """Return whether this is the closing date of the previous investigation, as a re-imported file repeats it."""
    return name == "closed_on" and day is not None and day == kept.earlier_closed_on


def _merged(kept: CaseDates, standing: Mapping[str, date | None]) -> CaseDates:
    """Apply the new dates to the stored ones; a report or an opening after the stored closing reopens the case."""
    more: dict[str, Any] = dict(standing)
    closed = kept.closed_on
    begun = [day for name in ("received_on", "opened_on") if (day := standing.get(name)) is not None]
    if closed is not None and any(day > closed for day in begun):
        more = {"closed_on": None, **more, "earlier_closed_on": closed}
    merged = replace(kept, **more)
    return replace(merged, first_received_on=_first_report(kept, merged))


def _first_report(kept: CaseDates, merged: CaseDates) -> date | None:
    """Return when the report came in that the running investigation was opened on, if it is not the newest one."""
    before, now = current(replace(kept, earlier_closed_on=merged.earlier_closed_on)), current(merged)
    opened = now.opened_on
    if not _lies_after(now.received_on, opened):
        return None
    reports = (before.first_received_on, before.received_on)
    return next((day for day in reports if day is not None and not _lies_after(day, opened)), None)


def _ended(kept: CaseDates, settled: CaseDates, standing: Mapping[str, date | None]) -> CaseDates | None:
    """Return the dates of the investigation that the new ones have ended; they may complete it as well."""
    closed = settled.earlier_closed_on
    if closed is None or closed == kept.earlier_closed_on:
        return None
    late = {name: day for name, day in standing.items() if day is not None and day <= closed and name != "closed_on"}
    return current(replace(kept, **late))  # type: ignore[arg-type]


def _out_of_order(kept: CaseDates, settled: CaseDates, standing: Mapping[str, date | None]) -> dict[str, UserError]:
    """Return an error for each new date that contradicts another date of the same investigation."""
    before = current(replace(kept, earlier_closed_on=settled.earlier_closed_on))
    now = current(settled)
    if "started_on" in standing or before.started_on is not None:  # belongs to this investigation whatever its date
        now = replace(now, started_on=settled.started_on)
    if settled.earlier_closed_on == kept.earlier_closed_on:  # else they may complete the investigation just ended
        given: dict[str, Any] = {name: day for name in _NOW_GIVEN if (day := standing.get(name)) is not None}
        now = replace(now, **given)
    pairs = [*_PAIRS]
    # A report may arrive after the opening, so a new received_on is accepted there. Moving the opening to before its
    # own report, on the other hand, is a slip.
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
