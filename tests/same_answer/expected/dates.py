"""Which combinations of a case's dates are valid."""

import re
from collections.abc import Mapping
from datetime import date

PAST = ("received_on", "assigned_on", "opened_on", "decided_on", "started_on", "closed_on")
"""Dates of past events, which must not be in the future."""
PLANNED = "planned_decision_on"
ALL = (*PAST, PLANNED)
EARLIEST = date(1990, 1, 1)
YEARS_AHEAD = 5


def day(written: str) -> date | None:
    """Parse a date in the format of the contract; None if invalid."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written):
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def may_stand(written: Mapping[str, str], today: date) -> bool:
    """Return whether these dates are valid together, for a case without dates."""
    days = {name: day(text) for name, text in written.items()}
    if not all(_in_range(name, found, today) for name, found in days.items()):
        return False
    received, opened = days.get("received_on"), days.get("opened_on")
    decided, closed = days.get("decided_on"), days.get("closed_on")
    started = days.get("started_on")
    order = [found for found in (opened, decided, closed) if found]
    if order != sorted(order) or (started and decided and started < decided):
        return False
    if received is None or not order:
        return True
    if opened and opened < received:  # another report can only come in during the investigation
        ended = decided or closed
        return ended is None or received <= ended
    return received <= order[0]


def _in_range(name: str, found: date | None, today: date) -> bool:
    if found is None or found < EARLIEST:
        return False
    return found <= today if name in PAST else found <= _years_on(today, YEARS_AHEAD)


def _years_on(today: date, years: int) -> date:
    try:
        return today.replace(year=today.year + years)
    except ValueError:  # 29 February
        return today.replace(year=today.year + years, day=28)
