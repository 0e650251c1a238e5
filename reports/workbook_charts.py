"""The sheets of a workbook that hold charts: the first one to hand out, the series over time, and units in a funnel."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from checklists.over_time import funnel, limits
from checklists.periods import Period
from checklists.rates import Share
from reports.figures import BASIS, places_of, title_of
from reports.list_length import Proposal, reason_words
from reports.overview import Overview, Series
from reports.periods import until
from reports.series_words import is_drawn, known_letters, known_words, over_time
from reports.side_by_side import OneUnit
from reports.xlsx_out import Cell, Sheet
from texts import Language, say

if TYPE_CHECKING:
    from xlsxwriter import Workbook

INK, QUIET = "#1F4E5F", "#5C5C58"
_SERIES_COLUMNS = ("series", "month", "part", "whole", "share", "middle", "mark", "marked")
_UNIT_COLUMNS = ("number", "unit", "place", "complete", "begun", "complete_pct", "lowest", "highest")
_ROWS_OF_CHART, _ROWS_OF_FUNNEL = 13, 18
_DASHED = {"color": QUIET, "width": 1.25, "dash_type": "dash"}
_AMONG = {
    "within": "report_page.funnel_within",
    "above": "report_page.funnel_above",
    "below": "report_page.funnel_below",
}


def still_open(period: Period, today: date, language: Language) -> str:
    """Return a sentence saying that the period is not over; empty if it is."""
    day = until(period, today)
    return say("report_page.still_open", language, day=day) if day else ""


def head(columns: Sequence[str], language: Language) -> list[str]:
    """Return the column headers of a table."""
    return [say("workbook.col_" + column, language) for column in columns]


# --- the first sheet -------------------------------------------------------------------------------------------------


def overview_sheet(
    book: "Workbook",
    found: Overview,
    titles: Sequence[str],
    sentences: Sequence[str],
    target: float,
    language: Language,
) -> None:
    """Write tiles, sentences and a chart by quarter. titles: the first is the heading."""
    sheet = Sheet(book, say("workbook.overview", language), [44, 12, 12, 12, 16, 16, 20, 16], figures_from=1)
    sheet.title(titles[0])
    for words in titles[1:]:
        sheet.sentence(words)
    sheet.write([])
    columns = ("headline", "part", "whole", "share", "before_part", "before_whole", "open_late", "extended")
    sheet.write(head(columns, language), bold=True)
    for tile in found.tiles:
        share, late = tile.share, (tile.time.open_late, tile.time.extended) if tile.time else ()
        before = (tile.before.k, tile.before.n) if tile.before.n else (None, None)
        sheet.write(
            [say("report_page.tile_" + tile.name, language), share.k, share.n, share.tenths / 10, *before, *late]
        )
    sheet.write([])
    for said in (*sentences, say("report_page.definitions", language)):
        sheet.sentence(said)
    sheet.write([])
    top = sheet.write(head(("quarter", "begun", "complete", "complete_pct", "target"), language), bold=True)
    for one in found.quarters:
        part = say("workbook.quarter_until", language, day=one.until) if one.until else None
        sheet.write([str(one.span), one.share.n, one.share.k, one.share.tenths / 10, 100 * target, part])
    if not found.quarters:
        return
    first, last, title = top + 1, sheet.row - 1, say("report_page.quarters", language)
    chart = line_chart(book, title)
    labels = [f"{one.share.k}/{one.share.n}" for one in found.quarters]
    chart.add_series(line(sheet, title, (first, last), (0, 3)) | {"data_labels": _labels(labels)})
    chart.add_series(_dashed(sheet, head(("target",), language)[0], (first, last), (0, 4)))
    chart.set_size({"width": 900, "height": 250})
    sheet.sheet.insert_chart(sheet.row + 1, 0, chart, {"description": title})


# --- over time -------------------------------------------------------------------------------------------------------


def over_time_sheets(book: "Workbook", found: Overview, language: Language) -> None:
    """Write a run chart of the whole lists and of every question, and beside them the numbers they are drawn from."""
    places = places_of(BASIS)
    asked = sorted(found.questions, key=lambda item: places[item])
    series = [(say("report_page.months", language), found.complete)]
    series += [
        (f"{places[item] + 1}. {title_of(BASIS, item, language)}", found.questions[item])
        for item in asked
        if found.questions[item].points
    ]
    numbers = say("workbook.series", language)
    shown = Sheet(book, say("workbook.over_time", language), [64, 64])
    shown.title(say("workbook.over_time", language))
    shown.sentence(say("workbook.means_over_time", language))
    row, drawn = 1, []
    for place in range(0, len(series), 2):
        pair = series[place : place + 2]
        shown.write([])
        shown.write([title for title, _ in pair], bold=True)
        shown.write([_verdict(one, language) for _, one in pair], wraps=True)
        for column, (title, one) in enumerate(pair):
            if is_drawn(one):
                drawn.append((shown.row, column, title, one, row))
            row += len(one.points)
        if any(is_drawn(one) for _, one in pair):
            for _ in range(_ROWS_OF_CHART):
                shown.write([])
    data = Sheet(book, numbers, [60, 12, *[12] * 6], figures_from=2)
    data.table(
        head(_SERIES_COLUMNS, language), [cells for title, one in series for cells in _points(title, one, language)]
    )
    for at, column, title, one, first in drawn:
        chart = _run_chart(book, data, title, one, first, language)
        shown.sheet.insert_chart(at, column, chart, {"description": f"{title} {_verdict(one, language)}"})


def _verdict(series: Series, language: Language) -> str:
    known = known_words(series, language) if is_drawn(series) else ""
    return " ".join(filter(None, (over_time(series, language), known)))


def _points(title: str, series: Series, language: Language) -> list[list[Cell]]:
    marks = _marks(series, language)
    middle = round(100 * series.chart.middle, 1) if series.chart else None
    return [
        [title, f"{day:%Y-%m}", share.k, share.n, share.tenths / 10, middle, *_mark(marks.get(place))]
        for place, (day, share) in enumerate(zip(series.months, series.points, strict=True))
    ]


def _marks(series: Series, language: Language) -> dict[int, str]:
    """Return what is marked at which point: what is known to have changed, and where the figures themselves change."""
    found = dict(known_letters(series, language))
    if series.since is not None and series.chart is not None and is_drawn(series):
        place = series.chart.since
        found[place] = ", ".join(filter(None, (found.get(place), say("workbook.change", language))))
    return found


def _mark(letters: str | None) -> tuple[Cell, Cell]:
    return (letters, 100.0) if letters else (None, None)


def _run_chart(book: "Workbook", data: Sheet, title: str, series: Series, first: int, language: Language) -> Any:
    """Return a chart of the shares by month, their median, and what is known to have changed."""
    rows = (first, first + len(series.points) - 1)
    chart = line_chart(book, "")
    chart.add_series(line(data, title, rows, (1, 4)))
    chart.add_series(_dashed(data, head(("middle",), language)[0], rows, (1, 5)))
    marks = _marks(series, language)
    if marks:
        down = {"type": "percentage", "value": 100, "direction": "minus", "end_style": 0, "line": _DASHED}
        dots = {"type": "diamond", "size": 7, "fill": {"color": QUIET}, "border": {"color": QUIET}}
        of_marks = _of_rows(data, head(("mark",), language)[0], rows, (1, 7)) | {"line": {"none": True}, "marker": dots}
        labels = _labels([marks.get(place, "") for place in range(len(series.points))])
        chart.add_series(of_marks | {"y_error_bars": down, "data_labels": labels})
    chart.set_size({"width": 450, "height": 250})
    return chart


# --- units -----------------------------------------------------------------------------------------------------------


def units_sheet(book: "Workbook", units: Sequence[OneUnit], language: Language) -> None:
    """Write the units in alphabetical order, and in a funnel: without a filter, as they are not ranked."""
    everyone = Share(sum(one.complete.k for one in units), sum(one.complete.n for one in units))
    widths = [6, 44, 28, *[12] * 5]
    sheet = Sheet(book, say("workbook.units", language), widths, figures_from=3)
    sheet.title(say("report_page.units", language))
    sheet.sentence(say("report_page.means_units", language))
    top = sheet.write(head(_UNIT_COLUMNS, language), bold=True) + 1
    for number, one in enumerate(units, start=1):
        share, ends = one.complete, [round(100 * end, 1) for end in limits(one.complete.n, everyone)]
        place = say(_AMONG[funnel(share, everyone)], language)
        sheet.write([number, one.unit, place, share.k, share.n, share.tenths / 10, *ends], wraps=True)
    last = sheet.row - 1
    sheet.write([None, say("report_page.all_units", language), None, everyone.k, everyone.n, everyone.tenths / 10])
    at = sheet.row + 1
    for _ in range(_ROWS_OF_FUNNEL):
        sheet.write([])
    limit = head(("begun", "complete_pct", "lowest", "highest"), language)
    curve = sheet.write([None, say("workbook.funnel_limits", language), None, None, *limit], bold=True) + 1
    most = max(one.complete.n for one in units)
    for n in sorted({max(1, round(most * step / 12)) for step in range(13)}):
        ends = [round(100 * end, 1) for end in limits(n, everyone)]
        sheet.write([None, None, None, None, n, everyone.tenths / 10, *ends])
    chart: Any = book.add_chart({"type": "scatter", "subtype": "straight"})
    for column, name in enumerate((say("report_page.all_units", language), *limit[2:]), start=5):
        chart.add_series(_dashed(sheet, name, (curve, sheet.row - 1), (4, column)))
    numbers = _labels([str(number) for number in range(1, len(units) + 1)]) | {"position": "left"}
    dots = {"type": "circle", "size": 7, "fill": {"color": INK}, "border": {"color": INK}}
    found = _of_rows(sheet, limit[1], (top, last), (4, 5))
    chart.add_series(found | {"line": {"none": True}, "marker": dots, "data_labels": numbers})
    _axes(chart, say("report_page.units", language))
    along = {"min": 0, "name": say("report_page.funnel_axis", language), "major_gridlines": {"visible": False}}
    chart.set_x_axis(along)
    chart.set_size({"width": 900, "height": 320})
    sheet.sheet.insert_chart(at, 1, chart, {"description": say("report_page.units", language)})


# --- the length of the list -------------------------------------------------------------------------------------------


def length_sheet(book: "Workbook", some: Sequence[Proposal], year: Period, language: Language) -> None:
    """Write the questions that have shown no use over a year, and why."""
    sheet = Sheet(book, say("workbook.long", language), [64, 64])
    sheet.title(say("report_page.long", language))
    sheet.sentence(say("report_page.means_long", language, period=year))
    sheet.write(head(("question", "why"), language), bold=True)
    for one in some:
        sheet.write([one.title, "; ".join(reason_words(why, language) for why in one.reasons)], wraps=True)


# --- how charts are drawn --------------------------------------------------------------------------------------------


def line_chart(book: "Workbook", title: str) -> Any:
    """Return a line chart from 0 to 100 per cent. title: above it, "" for none."""
    chart: Any = book.add_chart({"type": "line"})
    _axes(chart, title)
    chart.show_blanks_as("gap")
    return chart


def line(sheet: Sheet, name: str, rows: tuple[int, int], columns: tuple[int, int]) -> dict[str, Any]:
    """Return the options of a line with a dot for each row. columns: of the categories, and of the shares."""
    dots = {"type": "circle", "size": 6, "fill": {"color": INK}, "border": {"color": INK}}
    return _of_rows(sheet, name, rows, columns) | {"line": {"color": INK, "width": 2.25}, "marker": dots}


def _dashed(sheet: Sheet, name: str, rows: tuple[int, int], columns: tuple[int, int]) -> dict[str, Any]:
    return _of_rows(sheet, name, rows, columns) | {"line": _DASHED, "marker": {"type": "none"}}


def _of_rows(sheet: Sheet, name: str, rows: tuple[int, int], columns: tuple[int, int]) -> dict[str, Any]:
    (first, last), (along, share) = rows, columns
    return {
        "name": name,
        "categories": [sheet.name, first, along, last, along],
        "values": [sheet.name, first, share, last, share],
    }


def _labels(words: Sequence[str]) -> dict[str, Any]:
    """Return the options of a label at each point; "" for none."""
    return {
        "value": True,
        "position": "above",
        "custom": [{"value": one} if one else {"delete": True} for one in words],
    }


def _axes(chart: Any, title: str) -> None:
    if title:
        chart.set_title({"name": title, "name_font": {"size": 11}})
    else:
        chart.set_title({"none": True})
    lines = {"visible": True, "line": {"color": "#D9D9D6"}}
    chart.set_y_axis({"min": 0, "max": 100, "name": "%", "major_gridlines": lines})
    chart.set_legend({"none": True})
