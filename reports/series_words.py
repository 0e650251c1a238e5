"""What a series over time says, in words: for the page and the workbook alike."""

from collections.abc import Iterator
from datetime import date

from reports.overview import Series
from texts import Language, say

_MONTHS = (
    *("report_page.month_1", "report_page.month_2", "report_page.month_3", "report_page.month_4"),
    *("report_page.month_5", "report_page.month_6", "report_page.month_7", "report_page.month_8"),
    *("report_page.month_9", "report_page.month_10", "report_page.month_11", "report_page.month_12"),
)
_OVER_TIME = {
    "few_points": "report_page.time_few_points",
    "few_cases": "report_page.time_few_cases",
    "steady": "report_page.time_steady",
    "shift": "report_page.time_shift",
    "crossings": "report_page.time_crossings",
}


def over_time(series: Series, language: Language) -> str:
    """Return what the run chart says, in a sentence."""
    if series.chart is None:
        return say("report_page.time_few_points", language, n=0)
    since = month_words(series.since, language) if series.since else ""
    return say(_OVER_TIME[series.chart.signal], language, n=series.chart.useful, since=since)


def is_drawn(series: Series) -> bool:
    """Return whether there are enough months and lists for a chart."""
    return series.chart is not None and series.chart.signal not in ("few_points", "few_cases")


def month_words(day: date, language: Language) -> str:
    """Return month and year."""
    return f"{say(_MONTHS[day.month - 1], language)} {day.year}"


def known_letters(series: Series, language: Language) -> tuple[tuple[int, str], ...]:
    """Return (place of the point, letters) of what is known to have changed, as it is marked in the chart."""
    found: dict[int, list[str]] = {}
    for place, one in series.changes:
        key = "report_page.known_version_letter" if one.version else "report_page.known_measure_letter"
        found.setdefault(place, []).append(say(key, language, version=one.version))
    return tuple((place, ", ".join(dict.fromkeys(letters))) for place, letters in found.items())


def known_words(series: Series, language: Language) -> str:
    """Return what is known to have changed, in sentences; empty if nothing is."""
    return " ".join(dict.fromkeys(_known(series, language)))


def _known(series: Series, language: Language) -> Iterator[str]:
    for _, one in series.changes:
        key = "report_page.known_version" if one.version else "report_page.known_measure"
        yield say(key, language, version=one.version, month=month_words(one.month, language))
