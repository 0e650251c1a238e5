"""G12 and G13: exported files, compared with the bare csv module and xlsxwriter on the same rows."""

import contextlib
import json
import sqlite3
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import xlsxwriter

from bench.measure import Figure, Towns, clock, days_of_a_million_rows, ratios
from reports.xlsx_out import Sheet, open_workbook
from storage import case_lists
from storage.desk import Desk

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Written:
    """An exported file. mib: peak memory in MiB, above what the process used at the start."""

    cpu: float
    mib: float
    rows: int
    bytes: int


def one_export(which: str, desk: Desk, path: Path, days: int) -> Written:
    """Export the answers of `days` days in a separate process."""
    words = [sys.executable, "-m", "bench.one_export", which, str(desk.engine.url.database), str(path), str(days)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    took = json.loads(done.stdout)
    with path.open("rb") as file:
        ends = sum(part.count(b"\n") for part in iter(lambda: file.read(2**20), b""))
    header = 1 if which == "ours" else 0
    return Written(took["cpu"], took["mib"], ends - header, path.stat().st_size)


def g12(folder: Path, towns: Towns, rounds: int) -> list[Figure]:
    """Compare the export of about a million answers, and its memory, with the csv module over the same rows."""
    days, path = days_of_a_million_rows(towns.many), folder / "answers.csv"
    pairs = [tuple(one_export(which, towns.large, path, days) for which in ("ours", "floor")) for _ in range(rounds)]
    ours, floor = pairs[0]
    assert all(one.rows == floor.rows for pair in pairs for one in pair), "not the same rows"
    seconds = statistics.median(one.cpu for one, _ in pairs)
    note = f"{ours.rows} rows in {seconds:.1f} s, {ours.bytes} bytes against {floor.bytes}"
    took = ratios([(one.cpu, other.cpu) for one, other in pairs])
    memory = tuple(one.mib for one, _ in pairs)
    floor_memory = statistics.median(other.mib for _, other in pairs)
    told = f"csv module alone {floor_memory:.1f} MiB" if any(memory) else "not measured: only Linux reports it"
    return [
        Figure("G12", "CSV of answers / csv module alone", 1.5, took, note),
        Figure("G12m", "its memory over idle", 64, memory, told, " MiB"),
        _sealed(folder, towns, rounds),
    ]


def _sealed(folder: Path, towns: Towns, rounds: int) -> Figure:
    """Compare a town in which three in ten Nej have a sealed motivation with the same town without."""
    path = folder / "answers.csv"
    days = days_of_a_million_rows(towns.few)
    pairs = [[one_export("ours", desk, path, days) for desk in (towns.sealed, towns.small)] for _ in range(rounds)]
    query = "select count(*) from answer where motivation is not null"
    texts = towns.sealed.read_now(lambda session: int(session.connection().exec_driver_sql(query).scalar_one()))
    each = statistics.median(one.cpu - other.cpu for one, other in pairs) / texts
    note = f"{texts} texts in {pairs[0][0].rows} rows, {each * 1e6:.0f} us each with its case's key"
    return Figure(
        "G12s", "CSV of answers: sealed motivations / none", None, ratios([(a.cpu, b.cpu) for a, b in pairs]), note
    )


def case_rows(desk: Desk) -> Iterator[list[str]]:
    """Yield a row per list with the data of the workbook's case sheet, as our exports read it."""
    after = 0
    while True:
        first, last = date(2025, 1, 1), date(2025, 12, 31)
        found, after = desk.read_now(partial(case_lists.page, tenant_id=1, first=first, last=last, after=after))
        for one in found:
            yield [str(cell) for cell in one]
        if not after:
            return


def floor_rows(desk: Desk) -> Iterator[Sequence[object]]:
    """Yield the same rows from a bare cursor."""
    with contextlib.closing(sqlite3.connect(str(desk.engine.url.database))) as connection:
        yield from connection.execute(
            "select c.ref, f.unit_id, f.checklist, f.version, f.occasion, f.child, f.role, k.begun, f.status,"
            " f.sent_at, k.letters, k.marks from filled_checklist f join cases c on c.id = f.case_id"
            " join counted k on k.case_id = c.id and k.filled_id = f.id where not c.protected_identity order by f.id"
        )


def g13(folder: Path, towns: Towns, rounds: int) -> Figure:
    """Compare a worksheet with a row per list with the same written by xlsxwriter alone."""
    many = towns.large

    def ours() -> None:
        with open_workbook(str(folder / "ours.xlsx")) as book:
            Sheet(book, "rows").table(["column"] * 12, case_rows(many))

    def floor() -> None:
        with xlsxwriter.Workbook(str(folder / "floor.xlsx"), {"constant_memory": True}) as book:
            sheet = book.add_worksheet("rows")
            for number, row in enumerate(floor_rows(many)):
                for column, cell in enumerate(row):
                    sheet.write_string(number, column, str(cell))

    pairs = [(clock(ours), clock(floor)) for _ in range(1 if towns.many > 200_000 else rounds)]
    note = f"{statistics.median(one for one, _ in pairs):.1f} s"
    return Figure("G13", "worksheet of every list / xlsxwriter alone", 1.2, ratios(pairs), note)
