"""G10-G13: what a report costs with many lists and with few, keeping the figures or not, and exports against floors.

Everything compared runs in the same process, turn by turn, so that the machine's other work falls on both.
"""

import contextlib
import csv
import resource
import sqlite3
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import xlsxwriter

from bench.town import fill
from checklists.files import newest
from reports.answers import answer_rows
from reports.csv_out import write_csv
from reports.rates import rate_rows
from reports.selected import Selection
from reports.xlsx_out import Sheet, open_workbook
from storage import answers, case_lists, filled, migrate, rates
from storage.answers import Written
from storage.desk import Desk, Session
from storage.recount import recount
from storage.sealing import Keys

YEAR = Selection(first=date(2025, 1, 1), last=date(2025, 12, 31))
ITEMS = newest("decision_basis").items


@dataclass(frozen=True, slots=True)
class Figure:
    """One goal's ratio, median and ends over the rounds, with what was measured."""

    goal: str
    what: str
    target: float
    ratios: tuple[float, ...]
    note: str = ""

    @property
    def median(self) -> float:
        """Return the median ratio."""
        return statistics.median(self.ratios)


def _ratios(pairs: list[tuple[float, float]]) -> tuple[float, ...]:
    return tuple(one / other for one, other in pairs)


def clock(work: Callable[[], object]) -> float:
    """Return the CPU seconds a piece of work takes in this process."""
    start = time.process_time()
    work()
    return time.process_time() - start


def new_desk(folder: Path, name: str) -> Desk:
    """Return a desk on a migrated database of its own."""
    desk = Desk(f"sqlite:///{folder / name}.db", Keys({"bench": b"b" * 32}))
    migrate.upgrade(desk)
    return desk


def town(folder: Path, lists: int, tell: Callable[[str], None]) -> Desk:
    """Return a town of so many lists, every one counted."""
    desk = new_desk(folder, f"town{lists}")
    start = time.monotonic()
    tenant = fill(desk, lists)
    written = time.monotonic()
    found = desk.run_now(lambda session: recount(session, tenant, repair=True))
    counted = time.monotonic()
    assert found.wrong
    tell(f"{lists} lists: written in {written - start:.1f} s, counted in {counted - written:.1f} s")
    return desk


def report(desk: Desk) -> None:
    """Make the rates of a year, as the export does."""
    desk.run_now(lambda session: list(rate_rows(session, YEAR, date(2026, 1, 1))))


def g10(few: Desk, many: Desk, rounds: int) -> Figure:
    """Compare a year's report over many lists with one over few."""
    pairs = [(clock(lambda: report(many)), clock(lambda: report(few))) for _ in range(rounds)]
    note = f"{statistics.median(one for one, _ in pairs) * 1000:.0f} ms a report"
    return Figure("G10", "report: many lists / few", 1.5, _ratios(pairs), note)


def g11(folder: Path, rounds: int, commits: int = 300) -> Figure:
    """Compare commits of one answer with its change noted and without, by wall time: a commit waits for the disk."""
    desk, plain = new_desk(folder, "noting"), new_desk(folder, "plain")
    for one in (desk, plain):
        fill(one, 200)

    def answer(session: Session, number: int, noting: bool) -> None:
        if not noting:
            session.info["changed"] = _All()
        row = session.get_one(filled.FilledRow, number % 200 + 1)
        old = answers.latest(session, filled.filled_id(row)).get("child_heard")
        written = Written("ja" if number % 2 else "nej")
        revision = old.revision + 1 if old else 1
        answers.add(session, row, "child_heard", revision, written, author=None, at=row.begun_at, act="a")

    def commits_of(desk: Desk, noting: bool) -> float:
        start = time.perf_counter()
        for number in range(commits):
            desk.run_now(partial(answer, number=number, noting=noting))
        return time.perf_counter() - start

    pairs = [(commits_of(desk, True), commits_of(plain, False)) for _ in range(rounds)]
    folding = clock(lambda: desk.run_now(rates.fold_all))
    notes = rounds * commits
    each = statistics.median(one for one, _ in pairs) / commits
    note = f"{each * 1e6:.0f} us a commit; folding {folding / notes * 1e6:.0f} us a note, later"
    return Figure("G11", "commit: noting the change / not", 1.25, _ratios(pairs), note)


class _All(set[object]):
    """Everything counts as noted already: the same code, without its insert."""

    def __contains__(self, _value: object) -> bool:
        return True


def case_rows(desk: Desk) -> Iterator[list[str]]:
    """Give a row per list, with what the sheet of cases is made of, as our exports read them."""
    after = 0
    while True:
        first, last = date(2025, 1, 1), date(2025, 12, 31)
        found, after = desk.run_now(partial(case_lists.page, tenant_id=1, first=first, last=last, after=after))
        for one in found:
            yield [str(cell) for cell in one]
        if not after:
            return


def floor_rows(desk: Desk) -> Iterator[Sequence[object]]:
    """Give the same rows from a bare cursor."""
    with contextlib.closing(sqlite3.connect(str(desk.engine.url.database))) as connection:
        yield from connection.execute(
            "select c.ref, f.unit_id, f.checklist, f.version, f.occasion, f.child, f.role, k.begun, f.status,"
            " f.sent_at, k.letters, k.marks from filled_checklist f join cases c on c.id = f.case_id"
            " join counted k on k.case_id = c.id and k.filled_id = f.id where not c.protected_identity order by f.id"
        )


def floor_csv(path: Path, rows: Iterable[Sequence[object]]) -> None:
    """Write rows with the csv module alone."""
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, delimiter=";").writerows(rows)


def our_csv(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write rows as exports are."""
    with path.open("w", encoding="utf-8", newline="") as out:
        write_csv(out, ["column"], rows)


def g12(folder: Path, many: Desk, rounds: int) -> Figure:
    """Compare an export of every list as CSV with the csv module over the same cursor."""
    path = folder / "rows.csv"
    pairs = [
        (clock(lambda: our_csv(path, case_rows(many))), clock(lambda: floor_csv(path, floor_rows(many))))
        for _ in range(rounds)
    ]
    tracemalloc.start()
    our_csv(path, case_rows(many))
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    note = f"{statistics.median(one for one, _ in pairs):.1f} s; Python memory at most {peak:.1f} MiB more"
    return Figure("G12", "CSV of every list / csv module alone", 1.5, _ratios(pairs), note)


def g12_answers(folder: Path, few: Desk, rounds: int) -> Figure:
    """Compare the export of answers, which looks at rules and opens texts, with the csv module over bare answers."""
    path = folder / "answers.csv"

    def ours() -> None:
        our_csv(path, answer_rows(few.run_now, YEAR))

    def floor() -> None:
        with contextlib.closing(sqlite3.connect(str(few.engine.url.database))) as connection:
            floor_csv(path, connection.execute("select * from answer order by id"))

    pairs = [(clock(ours), clock(floor)) for _ in range(rounds)]
    note = f"{statistics.median(one for one, _ in pairs):.1f} s"
    return Figure("G12a", "CSV of answers / csv module alone", 1.5, _ratios(pairs), note)


def g13(folder: Path, many: Desk, rounds: int) -> Figure:
    """Compare the same rows as a worksheet with xlsxwriter alone."""

    def ours() -> None:
        with open_workbook(str(folder / "ours.xlsx")) as book:
            Sheet(book, "rows").table(["column"] * 12, case_rows(many))

    def floor() -> None:
        with xlsxwriter.Workbook(str(folder / "floor.xlsx"), {"constant_memory": True}) as book:
            sheet = book.add_worksheet("rows")
            for number, row in enumerate(floor_rows(many)):
                for column, cell in enumerate(row):
                    sheet.write_string(number, column, str(cell))

    pairs = [(clock(ours), clock(floor)) for _ in range(rounds)]
    note = f"{statistics.median(one for one, _ in pairs):.1f} s"
    return Figure("G13", "worksheet of every list / xlsxwriter alone", 1.2, _ratios(pairs), note)


def measure(lists: int, few: int, rounds: int, tell: Callable[[str], None]) -> list[Figure]:
    """Measure G10 to G13 in a folder of their own, taken away afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small, large = town(folder, few, tell), town(folder, lists, tell)
        figures = [g10(small, large, rounds * 3), g11(folder, rounds), g12(folder, large, rounds)]
        figures.append(g12_answers(folder, small, rounds))
        figures.append(g13(folder, large, 1 if lists > 200_000 else rounds))
        tell(f"peak memory of the whole run: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
        return figures
