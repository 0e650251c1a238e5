"""The figures as a workbook: summary, questions, times, trend with a chart, cases on request, and definitions."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from checklists.loader import checklist_version, newest
from checklists.model import Checklist
from checklists.periods import Period
from checklists.rates import ANSWERED, FIGURES_OF, ONLY_HERE, Share
from reports import checklists as list_rows
from reports import rates as rate_rows
from reports.figures import BASIS, WORKER, has_cases, lines, period_of, sum_of, whole
from reports.figures import list_lines as all_list_lines
from reports.list_length import proposals, the_year
from reports.not_random import not_random
from reports.overview import overview
from reports.periods import quarters_within
from reports.published import HIDDEN, IMPOSSIBLE
from reports.selected import Run, Selection, tenant_ids
from reports.side_by_side import by_unit
from reports.summary import report_view
from reports.times import CLOCKS, READ, time_rows, times
from reports.times import COLUMNS as TIME_COLUMNS
from reports.workbook_charts import (
    head,
    length_sheet,
    line,
    line_chart,
    over_time_sheets,
    overview_sheet,
    still_open,
    units_sheet,
)
from reports.xlsx_out import Cell, Sheet, open_workbook
from storage import case_lists, people, tenants
from storage.case_lists import CaseList
from storage.desk import Session
from texts import Language, say

if TYPE_CHECKING:
    from xlsxwriter import Workbook

DEFINED = (
    "cases", "applicable", "answered", "completion_pct", "fulfilled_pct", "low_pct", "nej_motiverat",
    "ja_med_forbehall", "endast_i_boten", "ej_tillampligt", "obesvarad", "fritext", "item", "due", "without_checklist",
    "complete", "sent", "signed", "returned", "voided",
)  # fmt: skip
TIME_DEFINED = ("within", "late", "open_late", "open_within", "extended", "denominator")
CLOCKS_DEFINED = (READ, *CLOCKS)
CASE_COLUMNS = (
    "unit", "ref", "checklist", "role", "child", "occasion", "begun_on", "status", "answered", "applicable",
    "is_complete",
)  # fmt: skip
TREND_COLUMNS = (
    "unit",
    "period",
    "checklist",
    "role",
    "begun",
    "complete",
    "complete_pct",
    "applicable",
    "ja",
    "fulfilled_pct",
)
TEXT_COLUMNS = frozenset({"unit", "period", "role", "item", "question", "checklist"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of a workbook. with_cases: add a sheet of cases, by reference; ignored for publication."""

    selection: Selection
    today: date
    for_publication: bool = False
    with_cases: bool = False
    language: Language = "sv"


Watch = Callable[[Iterator[list[Cell]]], Iterator[list[Cell]]]


def write_workbook(run: Run, path: str, wanted: Wanted, watch: Watch = iter) -> int:
    """Write the workbook; return the number of rows of questions and cases. Raises: CannotPublish, TooLarge.

    The figures are read in one transaction, the cases page by page. watch: wraps the iterator over cases, to report the
    progress of a long export.
    """
    with open_workbook(path) as book:
        count, everyone, period = run(partial(_figures, book=book, wanted=wanted))
        if wanted.with_cases and not wanted.for_publication:
            count += _cases(book, watch(_case_rows(run, everyone, period, wanted)), wanted.language)
        _definitions(Sheet(book, say("workbook.definitions", wanted.language), [42, 100]), wanted.language)
    return count


def _figures(session: Session, book: "Workbook", wanted: Wanted) -> tuple[int, list[int], Period]:
    """Write the sheets of figures; return (number of rows of questions, tenant ids, period)."""
    language = wanted.language
    everyone = tenant_ids(session, wanted.selection)
    period = period_of(session, everyone, wanted.selection, wanted.today)
    also = () if wanted.for_publication else (ONLY_HERE,)
    columns = (*rate_rows.COLUMNS, *also)
    rates = rate_rows.rate_rows(
        session, wanted.selection, wanted.today, for_publication=wanted.for_publication, also=also
    )
    _to_hand_out(session, everyone, period, wanted, book)
    of_lists = Sheet(book, say("workbook.summary", language), [30, 13, 16, 13, *[12] * 10], figures_from=4)
    _summary(session, everyone, period, wanted, of_lists)
    widths = [22, 13, 12, 18, 44, *[7] * 17]
    questions = Sheet(book, say("workbook.questions", language), widths, figures_from=5, turned=True)
    numbers = (_numbers(columns, row, language) for row in rates)
    count = questions.table(head(columns, language), numbers, wraps=True)
    if not wanted.for_publication:
        if has_cases(wanted.selection):
            times_of = Sheet(book, say("workbook.times", language), [26, 23, 38, *[11] * 8], figures_from=3)
            _times(session, wanted, times_of)
        quarters = Sheet(book, say("workbook.trend", language), [30, 24, 16, 14, *[12] * 6], figures_from=4)
        _trend(session, everyone, period, wanted, quarters, book)
    return count, everyone, period


def _cases(book: "Workbook", rows: Iterator[list[Cell]], language: Language) -> int:
    """Write the cases on as many sheets as they need; return the number of cases."""
    count = number = 0
    following: list[list[Cell]] = []
    while not number or following:
        number += 1
        name = say("workbook.cases", language) + (f" {number}" if number > 1 else "")
        sheet = Sheet(book, name, [24, 20, 20, 14, *[12] * 7])
        count += sheet.table(head(CASE_COLUMNS, language), chain(following, rows))
        following = list(islice(rows, 1))
    return count


def _numbers(columns: Sequence[str], row: Sequence[str], language: Language) -> list[Cell]:
    """Convert a row of an export: numbers to numbers, codes to words; what is not published stays as it is."""
    cells: list[Cell] = []
    for column, cell in zip(columns, row, strict=True):
        if column == "role":
            cells.append(say("roles." + cell, language))
        elif column == "checklist":
            cells.append(_title(newest(cell), language))
        elif column == "clock":
            cells.append(say("workbook.time_" + cell, language))
        elif column in TEXT_COLUMNS or cell in (HIDDEN, IMPOSSIBLE):
            cells.append(cell)
        elif column.endswith(("_pct", "_days")):
            cells.append(float(cell.replace(",", ".")) if cell else None)
        else:
            cells.append(int(cell) if cell else None)
    return cells


def _title(checklist: Checklist, language: Language) -> str:
    return checklist.title if language == "sv" else checklist.title_en


# --- for handing out --------------------------------------------------------------------------------------------------


def _to_hand_out(session: Session, everyone: Sequence[int], period: Period, wanted: Wanted, book: "Workbook") -> None:
    """Write the first sheet, the series over time and the units, which are about the workers' decision bases.

    None of them is written for publication, for several municipalities, or if other lists or roles are selected.
    """
    selection, language = wanted.selection, wanted.language
    if not has_cases(selection) or wanted.for_publication or len(everyone) != 1:
        return
    [tenant_id] = everyone
    settings = tenants.settings(tenants.get(session, tenant_id))
    found = overview(session, tenant_id, period, wanted.today, selection.unit)
    whose = ", ".join(filter(None, (settings.municipality, selection.unit or say("workbook.all_units", language))))
    title = say("workbook.title", language, period=period)
    titles = [title, whose, *filter(None, [still_open(period, wanted.today, language)])]
    sentences = report_view(session, tenant_id, selection, period, wanted.today, language).sentences
    overview_sheet(book, found, titles, sentences, settings.target / 100, language)
    units = () if selection.unit else by_unit(session, tenant_id, period)
    if len(units) > 1:
        units_sheet(book, units, language)
    over_time_sheets(book, found, language)
    if not selection.unit and (some := proposals(session, tenant_id, wanted.today, language)):
        length_sheet(book, some, the_year(wanted.today), language)


# --- summary ---------------------------------------------------------------------------------------------------------


def _summary(session: Session, everyone: Sequence[int], period: Period, wanted: Wanted, sheet: Sheet) -> None:
    language, selection = wanted.language, wanted.selection
    everything = say("workbook.everything", language)
    role = say("roles." + selection.role, language) if selection.role else everything
    sheet.title(say("workbook.title", language, period=period))
    named = {"checklist": selection.checklist or everything, "unit": selection.unit or everything, "role": role}
    sheet.sentence(say("workbook.filters", language, **named))
    if part := still_open(period, wanted.today, language):
        sheet.sentence(part)
    if wanted.for_publication:
        sheet.sentence(say("workbook.published", language))
    else:
        for tenant_id in everyone:
            for said in report_view(session, tenant_id, selection, period, wanted.today, language).sentences:
                sheet.sentence(said)
    share = not_random(session, selection)
    if share.k:
        say_it = "workbook.not_random_published" if wanted.for_publication else "workbook.not_random"
        sheet.sentence(say(say_it, language, k=share.k, n=share.n))
    sheet.write([])
    columns = list_rows.COLUMNS
    header = ["complete_pct" if column == "completion_pct" else column for column in columns]
    sheet.write(head(header, language), bold=True)
    for row in list_rows.checklist_rows(session, selection, wanted.today, for_publication=wanted.for_publication):
        sheet.write(_numbers(columns, row, language), wraps=True)
    if has_cases(selection) and not wanted.for_publication:
        sheet.write([])
        header = head(("clock", "ended", *TIME_COLUMNS[3:]), language)
        sheet.write(header, bold=True, figures_from=1)
        for tenant_id in everyone:
            for time in times(session, tenant_id, period, selection, wanted.today):
                name, *numbers = _numbers(TIME_COLUMNS[2:], time.cells(), language)
                sheet.write([name, time.ended, *numbers], wraps=True)


def _times(session: Session, wanted: Wanted, sheet: Sheet) -> None:
    """Write the clocks of every unit."""
    language = wanted.language
    rows = time_rows(session, wanted.selection, wanted.today)
    sheet.table(head(TIME_COLUMNS, language), (_numbers(TIME_COLUMNS, row, language) for row in rows), wraps=True)


# --- trend -----------------------------------------------------------------------------------------------------------


def _trend(
    session: Session, everyone: Sequence[int], period: Period, wanted: Wanted, sheet: Sheet, book: "Workbook"
) -> None:
    """Write a row per quarter, first for the selected units together, which are charted, then per unit."""
    rows = list(_trend_rows(session, everyone, period, wanted))
    charted = [row for row in rows if row[0] == say("workbook.all_units", wanted.language)]
    every = [*charted, *(row for row in rows if row not in charted)]
    sheet.table(head(TREND_COLUMNS, wanted.language), every, wraps=True)
    if charted:
        title = say("workbook.chart", wanted.language)
        chart = line_chart(book, title)
        chart.add_series(line(sheet, title, (1, len(charted)), (1, len(TREND_COLUMNS) - 1)))
        chart.set_size({"width": 900, "height": 260})
        sheet.sheet.insert_chart(sheet.row + 1, 0, chart, {"description": title})


def _trend_rows(session: Session, everyone: Sequence[int], period: Period, wanted: Wanted) -> Iterator[list[Cell]]:
    language, selection = wanted.language, wanted.selection
    basis = replace(selection, checklist=BASIS, role=WORKER)
    for quarter in quarters_within(Period(period.first, min(period.last, wanted.today))):
        for tenant_id in everyone:
            counts = {
                (line.unit_id, line.checklist, line.role): line
                for line in all_list_lines(session, tenant_id, quarter, selection)
            }
            some = whole(session, tenant_id, quarter, basis) if has_cases(selection) else []
            if some:
                together = [line for line in counts.values() if (line.checklist, line.role) == (BASIS, WORKER)]
                begun, complete = (sum(one.counts.get(code, 0) for one in together) for code in ("begun", "complete"))
                total = sum_of(some, "", "")
                yield _trend_row(
                    (say("workbook.all_units", language), BASIS, WORKER),
                    quarter,
                    Share(complete, begun),
                    total.fulfilled,
                    language,
                )
            by_list: dict[tuple[int, str, str], list[int]] = {}
            for asked in lines(session, tenant_id, quarter, selection):
                sums = by_list.setdefault((asked.unit_id, asked.checklist, asked.role), [0, 0])
                sums[0] += asked.fulfilled.k
                sums[1] += asked.fulfilled.n
            for key, (k, n) in by_list.items():
                if key in counts:
                    line = counts[key]
                    yield _trend_row(
                        (line.unit, line.checklist, line.role), quarter, line.completion, Share(k, n), language
                    )


def _trend_row(
    of: tuple[str, str, str], quarter: Period, complete: Share, fulfilled: Share, language: Language
) -> list[Cell]:
    unit, checklist, role = of
    return [
        unit,
        str(quarter),
        _title(newest(checklist), language),
        say("roles." + role, language),
        complete.n,
        complete.k,
        complete.tenths / 10 if complete.n else None,
        fulfilled.n,
        fulfilled.k,
        fulfilled.tenths / 10 if fulfilled.n else None,
    ]


# --- cases -----------------------------------------------------------------------------------------------------------


def _case_rows(run: Run, everyone: Sequence[int], period: Period, wanted: Wanted) -> Iterator[list[Cell]]:
    selection = wanted.selection
    for tenant_id in everyone:
        names = run(partial(people.unit_names, tenant_id=tenant_id))
        after = 0
        while True:
            page = partial(case_lists.page, tenant_id=tenant_id, first=period.first, last=period.last, after=after)
            found, after = run(page)
            for one in found:
                if (
                    selection.unit in ("", names[one.unit_id])
                    and selection.checklist in ("", one.checklist)
                    and selection.role in ("", one.role)
                ):
                    yield _case_row(one, names[one.unit_id], wanted.language)
            if not after:
                break


def _case_row(one: CaseList, unit: str, language: Language) -> list[Cell]:
    states = [FIGURES_OF[state][0] for state in one.item_states if state in FIGURES_OF]
    applicable = sum(code != "ej_tillampligt" for code in states)
    answered = sum(code in ANSWERED for code in states)
    complete = any(mark.startswith("complete:") for mark in one.marks.split())
    return [
        unit,
        one.ref,
        _title(checklist_version(one.checklist, one.version), language),
        say("roles." + one.role, language),
        one.child or None,
        one.occasion,
        one.begun,
        say("workbook.status_" + one.status, language),
        answered,
        applicable,
        say("answers.ja" if complete else "answers.nej", language),
    ]


def _definitions(sheet: Sheet, language: Language) -> None:
    sheet.write(head(("term", "definition"), language), bold=True)
    sheet.sheet.freeze_panes(1, 0)
    sheet.sheet.repeat_rows(0)
    for code in DEFINED:
        sheet.write([say("workbook.col_" + code, language), say("workbook.def_" + code, language)], wraps=True)
    for code in TIME_DEFINED:
        sheet.write([say("workbook.col_" + code, language), say("workbook.def_" + code, language)], wraps=True)
    for code in CLOCKS_DEFINED:
        sheet.write([say("workbook.time_" + code, language), say("workbook.def_" + code, language)], wraps=True)
