"""How things stand in the database, for whoever is on call: counts and ages, nothing about anyone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storage import aggregates, conversations, outbox, told_reminders, trail
from storage.desk import Session


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


def read(session: Session, now: datetime) -> Standing:
    """Return how things stand."""
    counts = outbox.counts(session)
    unchained, first = trail.unchained(session)
    return Standing(
        messages={state: counts.get(state, 0) for state in outbox.STATES},
        oldest_message=oldest_message(session, now),
        unreachable_people=conversations.unreachable_people(session),
        last_sweep=told_reminders.last_sweep(session),
        unchained_events=unchained,
        oldest_unchained=_age(first, now),
        waiting_changes=aggregates.waiting(session),
    )


def oldest_message(session: Session, now: datetime) -> Mapping[str, float]:
    """Return the age in seconds of the oldest message in each open state of the outbox, 0 where there is none."""
    oldest = outbox.oldest(session)
    return {state: _age(oldest.get(state), now) for state in outbox.OPEN_STATES}


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
