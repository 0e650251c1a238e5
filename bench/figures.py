"""G10 and G11: the cost of a report with many and few lists, and of a commit with and without queueing its change.

Compared things run alternately in the same process, so that other load on the machine affects both.
"""

import statistics
import time
from datetime import date
from functools import partial
from pathlib import Path

from bench.measure import YEAR, Figure, Towns, clock, new_desk, ratios
from bench.town import fill
from checklists.model import Written
from reports.rates import rate_rows
from storage import aggregates, answers, filled, projection_queue
from storage.desk import Desk, Session


def report(desk: Desk) -> None:
    """Compute a year's rates, as the export does."""
    desk.run_now(lambda session: list(rate_rows(session, YEAR, date(2026, 1, 1))))


def g10(towns: Towns, rounds: int) -> Figure:
    """Compare a year's report on many lists with one on few."""
    few, many = towns.small, towns.large
    pairs = [(clock(lambda: report(many)), clock(lambda: report(few))) for _ in range(rounds * 3)]
    note = f"{statistics.median(one for one, _ in pairs) * 1000:.0f} ms a report"
    return Figure("G10", "report: many lists / few", 1.5, ratios(pairs), note)


def g11(folder: Path, rounds: int, commits: int = 300) -> Figure:
    """Compare commits of one answer with and without queueing the change; wall time, as commits wait for the disk."""
    desk, plain = new_desk(folder, "noting"), new_desk(folder, "plain")
    for one in (desk, plain):
        fill(one, 200)

    def answer(session: Session, number: int, noting: bool) -> None:
        row = session.get_one(filled.FilledRow, number % 200 + 1)
        old = answers.latest(session, row.id).get("child_heard")
        written = Written("ja" if number % 2 else "nej")
        revision = old.revision + 1 if old else 1
        answers.add(session, row, "child_heard", revision, written, author=None, at=row.begun_at, act="a")
        if noting:
            projection_queue.enqueue(session, case_id=row.case_id)

    def commits_of(desk: Desk, noting: bool) -> float:
        start = time.perf_counter()
        for number in range(commits):
            desk.run_now(partial(answer, number=number, noting=noting))
        return time.perf_counter() - start

    pairs = [(commits_of(desk, True), commits_of(plain, False)) for _ in range(rounds)]
    notes = desk.run_now(aggregates.waiting)
    assert notes == rounds * commits, "the measured commits did not queue one change each"
    projecting = clock(lambda: desk.run_now(aggregates.project_all))
    desk.close()
    plain.close()
    each = statistics.median(one for one, _ in pairs) / commits
    note = f"{each * 1e6:.0f} us a commit; projecting {projecting / notes * 1e6:.0f} us a note, later"
    return Figure("G11", "commit: noting the change / not", 1.25, ratios(pairs), note)
