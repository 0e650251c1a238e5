"""How things stand in the database, for whoever is on call: counts and ages, nothing about anyone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from checklists.swedish_time import local
from storage import aggregates, conversations, outbox, tenants, told_reminders, trail
from storage.desk import Session

Late = Literal["sends", "sweep", "chain"]
MAY_WAIT = 300.0
"""Seconds a message may wait to be sent."""
SWEEP_TAKES = timedelta(minutes=30)
"""How long after the office opens the day's reminders may take."""
CHAIN_TAKES = 60.0
"""Seconds an event may take to be chained."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Ages are in seconds, 0 when there is nothing. messages: how many per state of the outbox.

    oldest_message: age of the oldest message per state that is not settled. last_sweep: when a day's reminders were
    last finished, None if never.
    """

    messages: Mapping[str, int]
    oldest_message: Mapping[str, float]
    unreachable_people: int
    last_sweep: datetime | None
    unchained_events: int
    oldest_unchained: float
    waiting_changes: int
    late: frozenset[Late] = frozenset()


def read(session: Session, now: datetime) -> Standing:
    """Return how things stand."""
    counts = outbox.counts(session)
    unchained, first = trail.unchained(session)
    oldest = oldest_message(session, now)
    return Standing(
        messages={state: counts.get(state, 0) for state in outbox.STATES},
        oldest_message=oldest,
        unreachable_people=conversations.unreachable_people(session),
        last_sweep=told_reminders.last_sweep(session),
        unchained_events=unchained,
        oldest_unchained=_age(first, now),
        waiting_changes=aggregates.waiting(session),
        late=_late(session, now, oldest[outbox.WAITING], _age(first, now)),
    )


def readiness(session: Session, now: datetime) -> tuple[float, frozenset[Late]]:
    """Return the age in seconds of the oldest message that waits, and what is late."""
    waiting = oldest_message(session, now)[outbox.WAITING]
    return waiting, _late(session, now, waiting, _age(trail.unchained(session)[1], now))


def _late(session: Session, now: datetime, waiting: float, unchained: float) -> frozenset[Late]:
    found: dict[Late, bool] = {
        "sends": waiting > MAY_WAIT,
        "sweep": _is_sweep_late(session, now),
        "chain": unchained > CHAIN_TAKES,
    }
    return frozenset(name for name, is_late in found.items() if is_late)


def _is_sweep_late(session: Session, now: datetime) -> bool:
    """Return whether a tenant whose office has been open for a while still has no reminders today."""
    return any(
        all(tenants.settings(tenant).in_office_hours(local(at)) for at in (now, now - SWEEP_TAKES))
        and not told_reminders.is_swept(session, tenant.id, local(now).date())
        for tenant in tenants.everyone(session)
    )


def oldest_message(session: Session, now: datetime) -> Mapping[str, float]:
    """Return the age in seconds of the oldest message in each open state of the outbox, 0 where there is none."""
    oldest = outbox.oldest(session)
    return {state: _age(oldest.get(state), now) for state in outbox.OPEN_STATES}


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
