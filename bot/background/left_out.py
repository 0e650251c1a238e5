"""What background work had to leave out because of one case's faulty data: logged, counted, and told by /readyz."""

import logging
from collections.abc import Iterable

from bot.logs import crash_line
from bot.metrics import Metrics
from storage.held import NotHeld
from storage.unfit import Skipped


def row(metrics: Metrics) -> None:
    """Tell of a row that cannot be held; the desk has logged it."""
    metrics.failed("row")
    metrics.health.note("skipped", went_well=False)


log = logging.getLogger(__name__)


def report(metrics: Metrics, what: str, skipped: Iterable[Skipped]) -> None:
    """Tell of cases that were left out. what: the work they were left out of, as in the log."""
    for one in skipped:
        metrics.failed("skipped_case")
        metrics.health.note("skipped", went_well=False)
        why = one.error
        line = f"{why.fault} at {why.where}" if isinstance(why, NotHeld) else crash_line(why)
        log.error("%s left out case %d: %s", what, one.case_id, line)
