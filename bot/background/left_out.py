"""What background work had to leave out because of faulty data: logged, counted, and reported by /readyz."""

import logging
from collections.abc import Iterable

from bot.logs import crash_line
from bot.metrics import Metrics
from storage.held import NotHeld
from storage.unfit import Skipped


def row(metrics: Metrics) -> None:
    """Count a row whose stored values are not valid, and report it by /readyz; the desk has logged it."""
    metrics.failed("row")
    metrics.health.note("skipped", went_well=False)


log = logging.getLogger(__name__)


def report(metrics: Metrics, what: str, skipped: Iterable[Skipped]) -> None:
    """Log, count and report cases that were left out. what: the work that left them out, as the log names it."""
    for one in skipped:
        metrics.failed("skipped_case")
        metrics.health.note("skipped", went_well=False)
        why = one.error
        line = f"{why.fault} at {why.where}" if isinstance(why, NotHeld) else crash_line(why)
        log.error("%s left out case %d: %s", what, one.case_id, line)
