"""`export` and `recount`: files of answers and figures, and whether the figures match the answers."""

import argparse
import gc
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from typing import BinaryIO, TypeVar, get_args

from bot.commandline.common import (
    Stop,
    actor,
    as_text,
    check_days,
    day,
    file_kind,
    give_way,
    open_desk,
    output,
    record_everywhere,
    today,
)
from bot.commandline.common import now as at_now
from bot.settings import Settings, read_settings
from checklists.faults import Code, fault, listed
from checklists.model import ListId
from checklists.rights import ROLES
from reports.selected import Run, Selection
from storage import people, tenants
from storage.desk import Desk, Session

R = TypeVar("R")
TOLD_EVERY = 100_000
ROWS = ("answers", "table")
PAGES = ("rounds", "follow_up", "measures", "year", "reread", "results", "pace")
"""Figures that are one page of a workbook by themselves."""
FIGURES = ("rates", "checklists", "times", *PAGES)
CASE = "case"
_OF_UNITS = ("from", "to", "unit")
_OF_LISTS = ("checklist", *_OF_UNITS, "role")
TAKES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("answers", "rates", "checklists", "reread", "results"), _OF_LISTS),
    "table": (*_OF_LISTS, "kinds", "totals"),
    **dict.fromkeys(("rounds", "follow_up", "measures"), ("checklist", *_OF_UNITS)),
    **dict.fromkeys(("times", "year", "pace"), _OF_UNITS),
    CASE: ("case", "tenant"),
}
"""The options that mean something to each `--what`. Any other is refused: its file would pass for what was asked for.

times: clocks are of cases, with a list or without. pace: nothing narrower than a unit, so that nobody can be worked
out.
"""
OF_REVIEWERS = (*ROWS, "rates", "checklists")
"""What may hold lists of reviewers."""
NEVER_PUBLISHED = (*ROWS, "times", *PAGES, CASE)


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `export` and `recount` to the command line."""
    export = commands.add_parser("export", help="write rows or figures as CSV or a workbook")
    export.add_argument("--what", required=True, choices=[*ROWS, *FIGURES, CASE])
    export.add_argument("--checklist", default="", metavar="ID", choices=get_args(ListId))
    export.add_argument("--from", dest="first", type=day, metavar="DATE")
    export.add_argument("--to", dest="last", type=day, metavar="DATE")
    export.add_argument("--unit", action="filter", default="")
    export.add_argument("--role", default="", choices=ROLES)
    export.add_argument("--format", choices=["csv", "xlsx"], help="csv unless FILE is .xlsx")
    export.add_argument("--out", type=Path, metavar="FILE")
    export.add_argument(
        "--for-publication", action="store_true", help="figures of a closed quarter or year, small numbers hidden"
    )
    export.add_argument("--kinds", action="store_true", help="table: each case's heading says vux or barn")
    export.add_argument("--totals", action="store_true", help="table: a last column with Ja, over all units")
    export.add_argument(
        "--case", action="filter", default="", metavar="REF", help="case: everything kept about this one"
    )
    export.add_argument(
        "--tenant", action="filter", default="", metavar="ID", help="case: the tenant, where several have the reference"
    )
    export.set_defaults(run=_export)

    recounting = commands.add_parser("recount", help="count all figures from the answers and compare")
    recounting.add_argument("--repair", action="store_true", help="correct wrong figures")
    recounting.set_defaults(run=_recount)


def _export(parsed: argparse.Namespace) -> None:
    # Imported here: the bot and the other commands need no workbooks.
    from checklists.periods import Period
    from reports.periods import published_quarters

    settings = read_settings()
    selection = Selection(parsed.checklist, parsed.unit, parsed.role, parsed.first, parsed.last)
    now = today(settings)
    check_days(parsed.first, parsed.last)
    if parsed.for_publication:
        _check_publication(parsed)
        published_quarters(Period(parsed.first, parsed.last), now)
    _check_options(parsed)
    parsed.format = file_kind(parsed.out, "csv", "xlsx", asked=parsed.format)
    if parsed.what == CASE:
        _export_case(settings, parsed)
        return
    with open_desk(settings) as desk, output(parsed.out) as out:
        if parsed.unit:
            unit = desk.read_now(partial(people.present_name, name=parsed.unit))
            if unit is None:
                raise Stop(fault(Code.NO_CASE_OR_UNIT))
            selection = replace(selection, unit=unit)
        desk.run_now(lambda session: record_everywhere(session, settings, "export", parsed.what))
        if parsed.what in FIGURES:
            _project(desk)
        give_way()  # only now, so that the transaction that writes is short
        if parsed.what in ROWS:
            of_table = {"kinds": parsed.kinds, "totals": parsed.totals}
            write_rows(desk.read_now, selection, out, parsed.what, parsed.format, **of_table)
        else:
            _write_figures(desk, selection, out, parsed, now)
        if parsed.what in OF_REVIEWERS:
            _say_not_random(desk, selection)
    if selection.left_out:  # the file is whole as it is, and has its name
        raise Stop(fault(Code.LISTS_LEFT_OUT, count=len(selection.left_out)))


def _say_not_random(desk: Desk, selection: Selection) -> None:
    """Warn on standard error that some of the figures are not of a random sample: the file has no column for it."""
    from reports.not_random import not_random

    share = desk.read_now(partial(not_random, selection=selection))
    if share.k:
        print(fault(Code.NOT_RANDOM, count=share.k, of=share.n), file=sys.stderr)


def _check_options(parsed: argparse.Namespace) -> None:
    """Refuse an option that would mean nothing to what is exported. Raises: Stop."""
    takes, kept_as = TAKES[parsed.what], {"from": "first", "to": "last"}
    for name in dict.fromkeys(chain.from_iterable(TAKES.values())):
        if name not in takes and getattr(parsed, kept_as.get(name, name)):
            others = listed(f"--{one}" for one in takes)
            raise Stop(fault(Code.DOES_NOT_TAKE, what=f"--what {parsed.what}", option=f"--{name}", others=others))
    if parsed.what == CASE and not parsed.case:
        raise Stop(fault(Code.CASE_NEEDED))


def _export_case(settings: Settings, parsed: argparse.Namespace) -> None:
    """Write everything kept about one case, and record that in its trail."""
    from reports.case_extract import COLUMNS, case_rows
    from reports.csv_out import write_csv
    from reports.xlsx_out import Page, write_xlsx

    with open_desk(settings) as desk:
        asked = (parsed.case, parsed.tenant, actor(), at_now(settings))
        found = desk.run_now(lambda session: list(case_rows(session, *asked)))
    with output(parsed.out) as out:
        if parsed.format == "xlsx":
            write_xlsx(out, Page(CASE, COLUMNS, found))
        else:
            with as_text(out) as text:
                write_csv(text, COLUMNS, found)


def _check_publication(parsed: argparse.Namespace) -> None:
    from reports.periods import CannotPublish

    if parsed.what in NEVER_PUBLISHED:
        others = [what for what in FIGURES if what not in NEVER_PUBLISHED]
        raise Stop(fault(Code.NEVER_PUBLISHED, what=parsed.what, others=listed(others)))
    if not parsed.first or not parsed.last:
        raise CannotPublish


def write_rows(
    run: Run,
    selection: Selection,
    out: BinaryIO,
    what: str,
    file_format: str,
    *,
    kinds: bool = False,
    totals: bool = False,
) -> None:
    """Write one of ROWS, however many lists there are. kinds, totals: of a table, see reports.table.tables."""
    from reports import table
    from reports.answers import COLUMNS, answer_rows
    from reports.csv_out import write_csv
    from reports.xlsx_out import Page, write_xlsx

    gc.freeze()  # modules imported by now stay: keeping the collector from scanning them saves a tenth of the time
    if what == "answers":
        rows = reporting_progress(answer_rows(run, selection))
        if file_format == "xlsx":
            write_xlsx(out, Page("answers", COLUMNS, rows))
        else:
            with as_text(out) as text:
                write_csv(text, COLUMNS, rows)
        return
    found = table.tables(run, selection, kinds=kinds, totals=totals)
    if file_format == "xlsx":
        write_xlsx(out, *(Page(one.name, one.header, one.rows, 70) for one in found))
        return
    header, *lines = table.one_after_another(found)
    with as_text(out) as text:
        write_csv(text, header, lines)


def _write_figures(desk: Desk, selection: Selection, out: BinaryIO, parsed: argparse.Namespace, day: date) -> None:
    from reports.csv_out import write_csv
    from reports.workbook import Wanted, write_workbook

    if parsed.what in PAGES and parsed.format == "xlsx":
        from reports.xlsx_out import Page, write_xlsx

        columns, rows = _figure_rows(selection, parsed, day)
        write_xlsx(out, Page(parsed.what, columns, desk.read_now(lambda session: list(rows(session)))))
        return
    if parsed.format == "xlsx":
        wanted = Wanted(selection, day, for_publication=parsed.for_publication, with_cases=True)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "export.xlsx"
            write_workbook(desk.read_now, str(path), wanted, reporting_progress)
            with path.open("rb") as made:
                shutil.copyfileobj(made, out)
        return
    columns, rows = _figure_rows(selection, parsed, day)
    found = desk.read_now(lambda session: list(rows(session)))
    with as_text(out) as text:
        write_csv(text, columns, found)


def _figure_rows(
    selection: Selection, parsed: argparse.Namespace, day: date
) -> tuple[Sequence[str], Callable[[Session], Iterator[list[str]]]]:
    """Return the columns of one of FIGURES, and the function that yields its rows."""
    from reports import checklists, follow_up, measures, pace, rates, reread, round_results, rounds, times, year

    if parsed.what == "rounds":
        return rounds.COLUMNS, partial(rounds.round_rows, selection=selection)
    if parsed.what == "follow_up":
        return follow_up.COLUMNS, partial(follow_up.follow_up_rows, selection=selection)
    if parsed.what == "year":
        return year.COLUMNS, partial(year.year_rows, selection=selection, today=day)
    if parsed.what == "measures":
        return measures.COLUMNS, partial(measures.measure_rows, selection=selection, today=day)
    if parsed.what == "reread":
        return reread.COLUMNS, partial(reread.reread_rows, selection=selection, today=day)
    if parsed.what == "results":
        return round_results.COLUMNS, partial(round_results.result_rows, selection=selection)
    if parsed.what == "pace":
        return pace.COLUMNS, partial(pace.pace_rows, selection=selection, today=day)
    if parsed.what == "times":
        return times.COLUMNS, partial(times.time_rows, selection=selection, today=day)
    of = {"rates": (rates.COLUMNS, rates.rate_rows), "checklists": (checklists.COLUMNS, checklists.checklist_rows)}
    columns, rows = of[parsed.what]
    return columns, partial(rows, selection=selection, today=day, for_publication=parsed.for_publication)


def _project(desk: Desk) -> None:
    """Bring the figures up to date, a batch at a time, so that the bot can answer in between."""
    from storage.aggregates import project_new

    while desk.run_now(project_new):
        pass


def reporting_progress(rows: Iterator[R]) -> Iterator[R]:
    """Yield the rows, and print how many on standard error, once every TOLD_EVERY."""
    for count, row in enumerate(rows, start=1):
        if count % TOLD_EVERY == 0:
            print(f"{count} rows", file=sys.stderr)
        yield row


def _recount(parsed: argparse.Namespace) -> None:
    from storage.recount import recount

    with open_desk(read_settings()) as desk:
        _project(desk)
        if not parsed.repair:
            give_way()
        run = desk.run_now if parsed.repair else desk.read_now
        found = [
            (tenant.entra_id, run(partial(recount, tenant_id=tenant.id, repair=parsed.repair)))
            for tenant in desk.read_now(tenants.everyone)
        ]
    for tenant, counted in found:
        print(f"{tenant}: {counted.cases} cases counted, {counted.wrong} figures differ")
    if any(counted.wrong for _, counted in found):
        if not parsed.repair:
            raise Stop(fault(Code.FIGURES_DIFFER))
        print("put right")
