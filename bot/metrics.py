"""Prometheus metrics: counters of this process, and gauges read from the database.

No label identifies a person, case, unit or tenant. Counters start at zero with the process; the gauges from the
database are the same on every replica.
"""

from datetime import UTC, date, datetime, time
from typing import Literal, get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from bot.health import Health, Noticed, Reason
from dialogs.turn.exchange import TurnKind
from dialogs.turn.take_turn import Result
from storage.standing import Late, Standing

LoopName = Literal["outbox", "trail", "reminders", "figures", "imports", "deletions", "replica"]
Where = Literal["turn", "link", "reply", "outbox_message", "skipped_case", "row", LoopName]
REASONS: tuple[Reason, ...] = tuple(sorted({*get_args(Noticed), *get_args(Late)}))

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0)


disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series per counter, which nobody here reads


class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(namespace="beslutskollen", registry=self._registry)
        self._turns = self._counter("turns", "Turns taken, by what the person did and how it ended.", "kind", "outcome")
        self._turn_seconds = Histogram(
            "beslutskollen_turn_seconds",
            "Time from a turn's admission to its commit, waiting included.",
            ("kind",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._refusals = self._counter("refusals", "Input refused with an error message, by error code.", "code")
        self._activities_refused = self._counter(
            "activities_refused", "Requests the front door turned away, by HTTP status and reason.", "status", "reason"
        )
        self._failures = self._counter("failures", "Crashes that were logged, by where.", "where")
        self._round = self._gauge(
            "loop_last_success_timestamp_seconds", "When a background loop last finished a round.", "loop"
        )
        self._up = self._gauge("database_up", "1 if the database could be read for this answer, else 0.")
        self._messages = self._gauge("outbox_messages", "Messages in the outbox, by state.", "state")
        self._oldest = self._gauge(
            "outbox_oldest_seconds", "Age of the oldest message in the outbox that is not settled, by state.", "state"
        )
        self._unreachable = self._gauge("unreachable_people", "People who had the app and can no longer be reached.")
        self._swept = self._gauge("last_sweep_timestamp_seconds", "When a day's reminders were last finished.")
        self._unchained = self._gauge("unchained_events", "Events in the trail that are not chained yet.")
        self._unchained_age = self._gauge("oldest_unchained_event_seconds", "Age of the oldest of them.")
        self._behind = self._gauge("figures_waiting_changes", "Changes not yet in the figures.")
        self._degraded = self._gauge("degraded", "1 for each thing that is wrong while the bot still runs.", "reason")
        self._proof_ends = self._gauge(
            "proof_ends_timestamp_seconds", "When the bot's secret or certificate ends; 0 if that is not known."
        )
        self.health = Health()
        for loop in get_args(LoopName):
            self._failures.labels(loop)
            self._round.labels(loop)

    def proof_ends(self, day: date | None) -> None:
        """Set the last day of the bot's secret or certificate; None if it is not known."""
        self._proof_ends.set(datetime.combine(day, time.min, UTC).timestamp() if day else 0)

    def turn_taken(self, kind: TurnKind, result: Result, seconds: float) -> None:
        """Count a turn. seconds: from admission to commit."""
        self._turns.labels(kind, result).inc()
        self._turn_seconds.labels(kind).observe(seconds)

    def refused(self, code: str) -> None:
        """Count input that was rejected with an error message. code: from `checklists.errors`."""
        self._refusals.labels(code).inc()

    def turned_away(self, status: int, reason: str) -> None:
        """Count a request that the front door refused."""
        self._activities_refused.labels(str(status), reason).inc()

    def failed(self, where: Where) -> None:
        """Count an unexpected exception."""
        self._failures.labels(where).inc()

    def round_done(self, loop: LoopName) -> None:
        """Record that a background loop has just finished a round."""
        self._round.labels(loop).set_to_current_time()

    def troubles(self, late: frozenset[Late]) -> frozenset[Reason]:
        """Return all that is wrong while the bot still runs. late: what the database shows to be late."""
        return self.health.troubles() | late

    def text(self, standing: Standing | None) -> bytes:
        """Return all metrics in Prometheus text format. standing: None when the database could not be read."""
        self._up.set(standing is not None)
        troubles = self.troubles(standing.late if standing is not None else frozenset())
        for reason in REASONS:
            self._degraded.labels(reason).set(reason in troubles)
        if standing is not None:
            self._show(standing)
        return generate_latest(self._registry)

    def _show(self, standing: Standing) -> None:
        for state, count in standing.messages.items():
            self._messages.labels(state).set(count)
        for state, age in standing.oldest_message.items():
            self._oldest.labels(state).set(age)
        self._unreachable.set(standing.unreachable_people)
        self._swept.set(standing.last_sweep.timestamp() if standing.last_sweep else 0)
        self._unchained.set(standing.unchained_events)
        self._unchained_age.set(standing.oldest_unchained)
        self._behind.set(standing.waiting_changes)

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(f"beslutskollen_{name}", says, labels, registry=self._registry)

    def _gauge(self, name: str, says: str, *labels: str) -> Gauge:
        return Gauge(f"beslutskollen_{name}", says, labels, registry=self._registry)
