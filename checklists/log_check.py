"""The monthly check of accesses: which acts are accesses, who checks whose, and which are drawn.

The draw is random but can be repeated: it follows from the tenant, the month, the unit and the accesses alone.
Source: lag (2001:454), systematic and recurring checks of access.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from checklists.events import EventName
from checklists.model import Role

Outcome = Literal["open", "in_order", "followed_up"]
OPEN: Outcome = "open"
OUTCOMES: tuple[Outcome, ...] = ("in_order", "followed_up")
DRAWN = 5
"""How many of a month's accesses are drawn for each seat: checking them takes five minutes."""
ACCESSES: tuple[EventName, ...] = (
    *("case_opened", "list_begun", "answered", "sent", "reading_begun", "differences_seen", "returned", "signed"),
    "differences_shown",
    *("signed_with_shortfall", "signature_shown", "lead_set", "co_worker_set", "ref_changed", "export", "access_log"),
    *("admin_listed", "disposal_listed", "link_used", "setting_changed"),
)
"""What counts as an access. A card that the client refreshes by itself does not: it leaves no event."""
LOOKED_AT_ABOVE: tuple[Role, ...] = ("unit_manager", "deputy", "manager", "admin")
"""The roles whose accesses a manager checks; everybody else's are checked by the chef of the case's unit."""


@dataclass(frozen=True, slots=True)
class Access:
    """One access. unit: of its case, 0 if it concerns none. roles: those the person holds, whatever the dates."""

    event: int
    person: int
    unit: int
    roles: frozenset[Role]


def seat_of(access: Access, whole: int) -> int | None:
    """Return the seat an access is drawn for: a unit's, or `whole`, the managers'; None if nobody would check it."""
    if access.roles.intersection(LOOKED_AT_ABOVE):
        return whole
    return access.unit or None


def draw(tenant: str, month: str, accesses: Iterable[Access], whole: int = 0) -> Mapping[int, Sequence[int]]:
    """Return the events drawn for each seat, in the order of the draw."""
    seats: dict[int, list[int]] = {}
    for access in accesses:
        seat = seat_of(access, whole)
        if seat is not None:
            seats.setdefault(seat, []).append(access.event)
    return {seat: sorted(events, key=lambda one: _lot(tenant, month, one))[:DRAWN] for seat, events in seats.items()}


def _lot(tenant: str, month: str, event: int) -> str:
    return sha256(f"{tenant}|{month}|{event}".encode()).hexdigest()
