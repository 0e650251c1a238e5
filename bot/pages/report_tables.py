"""What the report page shows, in words: tiles, questions, times, units, the chain and the findings."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.pages.report_charts import Chart, Funnel, chart, funnel_chart
from checklists.findings import KINDS
from checklists.over_time import at_most, funnel
from checklists.rates import Share, compare, wilson
from reports.chain import Chain, FindingReport, StepReport
from reports.figures import decimal, item_of, percent
from reports.overview import Overview, Quarter, Series, Tile
from reports.series_words import is_drawn, known_letters, known_words, month_words, over_time
from reports.side_by_side import OneUnit
from reports.summary import QuestionRate
from reports.times import Time
from texts import Language, say

_DIRECTION = {
    "better": "report_page.tile_better",
    "worse": "report_page.tile_worse",
    "same": "report_page.tile_same",
    "too_few": "report_page.tile_too_few",
}
_AMONG = {
    "within": "report_page.funnel_within",
    "above": "report_page.funnel_above",
    "below": "report_page.funnel_below",
}
_MEASURE = {
    "direct": "report_page.measure_direct",
    "indirect": "report_page.measure_indirect",
    "none": "report_page.measure_none",
    "measure": "report_page.measure_measure",
}
_FEWEST_NONE = 5
"""With fewer answers than this, it is not said how large a share of faults is possible although none was found."""


@dataclass(frozen=True, slots=True)
class TileWords:
    """One tile. k, n, percent: the headline. details: beneath it. late: those running past the limit, "" if none."""

    title: str
    k: int
    n: int
    of: str
    percent: str
    details: tuple[str, ...]
    late: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its length, the ends of its interval and the target, in per cent with a decimal point, for SVG."""

    share: str
    low: str
    high: str
    target: str


@dataclass(frozen=True, slots=True)
class Row:
    """A question on the page. number: its place in the checklist. bar: None if the question never applied.

    more: what else there is to say of it, each a sentence.
    """

    number: int
    title: str
    answered: str
    fulfilled: str
    share: str
    interval: str
    motivated: str
    noted: str
    compared: str
    bar: Bar | None
    more: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the chain. together: "" if nothing was asked. told: its questions by kind."""

    title: str
    together: str
    findings: str
    told: Mapping[str, tuple[str, ...]]


# --- the first screen ------------------------------------------------------------------------------------------------


def tile_words(tile: Tile, language: Language) -> TileWords:
    """Return a tile in words, with its direction since the period before."""
    share, time = tile.share, tile.time
    details = []
    if tile.before.n:
        before = say("report_page.tile_before", language, k=tile.before.k, n=tile.before.n)
        verdict = compare(tile.before, share).verdict
        told = (
            "" if tile.name == "agreed" else f": {say(_DIRECTION[verdict], language)}"
        )  # the answers on one list are not independent of each other
        details.append(before + told)
    if time and time.extended:
        details.append(say("report_page.tile_extended", language, n=time.extended))
    if time and time.open_within:
        details.append(say("report_page.tile_open_within", language, n=time.open_within))
    if time and time.late:
        details.append(say("report_page.tile_late", language, n=time.late))
    late = say("report_page.tile_open_late", language, n=time.open_late) if time and time.open_late else ""
    of, title = say("report_page.tile_of", language, n=share.n), say("report_page.tile_" + tile.name, language)
    return TileWords(title, share.k, share.n, of, _percent_of(share, language), tuple(details), late)


def quarters_chart(found: Overview, target: float, language: Language) -> Chart | None:
    """Return complete of begun lists by quarter; None without any."""
    if not found.quarters:
        return None
    shares = [one.share for one in found.quarters]
    labels = [_quarter(one, language) for one in found.quarters]
    told = [f"{_dated(one, language)}: {share_words(one.share, language)}" for one in found.quarters]
    title = say("report_page.quarters_said", language, told="; ".join(told))
    said = [f"{share.k}/{share.n}" for share in shares]
    is_open = found.quarters[-1].until is not None
    return chart(title, shares, labels, said, target=target, middle=None, unfinished=is_open)


def quarters_unfinished(found: Overview, language: Language) -> str:
    """Return a sentence saying that the last quarter of the chart is not whole; empty if it is."""
    if not found.quarters or found.quarters[-1].until is None:
        return ""
    return say("report_page.quarter_unfinished", language, quarter=_dated(found.quarters[-1], language))


def _quarter(one: Quarter, language: Language) -> str:
    return say("report_page.quarter", language, number=(one.span.first.month + 2) // 3, year=one.span.first.year % 100)


def _dated(one: Quarter, language: Language) -> str:
    """Return the name of a quarter, with the last day that is counted if it is not whole."""
    name = _quarter(one, language)
    return name if one.until is None else say("report_page.quarter_until", language, quarter=name, day=one.until)


def months_chart(series: Series, target: float, language: Language) -> Chart | None:
    """Return shares by month, with the median and where a shift begins; None if too few months say anything."""
    if series.chart is None or not is_drawn(series):
        return None
    labels = [month_words(day, language) if number % 6 == 0 else "" for number, day in enumerate(series.months)]
    told = " ".join(filter(None, (over_time(series, language), known_words(series, language))))
    title, known = say("report_page.months_said", language, verdict=told), known_letters(series, language)
    points, verdict = series.points, series.chart
    since = verdict.since if verdict.signal == "shift" else None
    return chart(
        title, points, labels, [""] * len(points), target=target, middle=verdict.middle, since=since, known=known
    )


@dataclass(frozen=True, slots=True)
class Along:
    """One question month by month. chart: None if there are too few months or lists for one."""

    title: str
    chart: Chart | None
    verdict: str
    known: str


def along_time(rates: Sequence[QuestionRate], found: Overview, target: float, language: Language) -> list[Along]:
    """Return the questions of the list month by month, in list order; those that never applied are left out."""
    numbered = [(number, rate, found.questions.get(rate.key)) for number, rate in enumerate(rates, start=1)]
    return [
        _along(f"{number}. {rate.title}", series, target, language)
        for number, rate, series in numbered
        if series is not None and series.chart is not None
    ]


def _along(title: str, series: Series, target: float, language: Language) -> Along:
    drawn = months_chart(series, target, language)
    return Along(title, drawn, over_time(series, language), known_words(series, language) if drawn else "")


# --- questions -------------------------------------------------------------------------------------------------------


def question_rows(rates: Sequence[QuestionRate], found: Overview, target: float, language: Language) -> list[Row]:
    """Return the questions, numbered in the order given."""
    return [
        _row(number, rate, found.questions.get(rate.key), target, language)
        for number, rate in enumerate(rates, start=1)
    ]


def by_section(
    checklist: str, rates: Sequence[QuestionRate], rows: Sequence[Row], sections: Sequence[QuestionRate]
) -> list[tuple[str, list[Row]]]:
    """Return the rows by section of the checklist, in list order."""
    found: dict[str, list[Row]] = {section.key: [] for section in sections}
    for rate, row in zip(rates, rows, strict=True):
        found[item_of(checklist, rate.key).section].append(row)
    return [(section.title, found[section.key]) for section in sections]


def _row(number: int, rate: QuestionRate, series: Series | None, target: float, language: Language) -> Row:
    share, bar, interval = rate.fulfilled, None, ""
    if rate.interval:
        low, high = rate.interval
        bar = Bar(*(f"{100 * part:.1f}" for part in (share.part, low, high, target)))
        interval = _range(low, high, language)
    return Row(
        number=number,
        title=rate.title,
        answered=share_words(rate.completion, language),
        fulfilled=share_words(share, language),
        share=say("report_page.k_of_n", language, k=share.k, n=share.n) if share.n else "–",
        interval=interval,
        motivated=str(rate.motivated),
        noted=str(rate.noted),
        compared=rate.compared,
        bar=bar,
        more=tuple(_more(rate, series, language)),
    )


def _more(rate: QuestionRate, series: Series | None, language: Language) -> Iterator[str]:
    share = rate.fulfilled
    if not share.n:
        yield say("report_page.applied_to_none", language)
        return
    if rate.reread.n:
        low, high = wilson(rate.reread)
        args = {"k": rate.reread.k, "n": rate.reread.n, "interval": _range(low, high, language)}
        yield say("report_page.returns", language, **args)
    if rate.before.verdict in ("better", "worse", "other_version"):
        yield rate.compared
    if series is not None and series.chart is not None and series.chart.signal in ("shift", "crossings"):
        yield over_time(series, language)
    if share.k == share.n >= _FEWEST_NONE:
        yield say("report_page.none_of", language, n=share.n, percent=percent_words(at_most(share.n), language, 0))


# --- times, units ----------------------------------------------------------------------------------------------------


def time_row(time: Time, language: Language) -> tuple[str, str, str, str, str, str]:
    """Return a clock's name, number ended, share ended in time, open past the limit, open in time, median days."""
    middle = "–" if time.median is None else f"{time.median:g}"
    middle = middle if language == "en" else middle.replace(".", ",")
    name = say("workbook.time_" + time.clock, language)
    if not time.is_limited:
        return name, str(time.ended), "–", "–", "–", middle
    within = share_words(time.share, language) if time.share.n else "–"
    if time.extended:
        within += say("report_page.of_which_extended", language, n=time.extended)
    return name, str(time.ended), within, str(time.open_late), str(time.open_within), middle


def unit_rows(units: Sequence[OneUnit], language: Language) -> list[tuple[str, str, str]]:
    """Return each unit's complete lists and where that lies among all, in alphabetical order; last all together."""
    everyone = Share(sum(one.complete.k for one in units), sum(one.complete.n for one in units))
    rows = [
        (
            f"{number}. {one.unit}" if len(units) > 1 else one.unit,
            share_words(one.complete, language),
            say(_AMONG[funnel(one.complete, everyone)], language),
        )
        for number, one in enumerate(units, start=1)
    ]
    together = (say("report_page.all_units", language), share_words(everyone, language), "–")
    return [*rows, together] if len(units) > 1 else rows


def units_chart(units: Sequence[OneUnit], language: Language) -> Funnel | None:
    """Return the units in a funnel, numbered as in `unit_rows`; None if there is only one."""
    if len(units) < 2:
        return None
    everyone = Share(sum(one.complete.k for one in units), sum(one.complete.n for one in units))
    title = say("report_page.funnel_said", language, share=share_words(everyone, language))
    return funnel_chart(title, [one.complete for one in units], everyone)


# --- the chain and the findings --------------------------------------------------------------------------------------


def extent(findings: Sequence[FindingReport], language: Language) -> str:
    """Return a sentence with the number of findings of each kind; one that says so if the municipality named none."""
    counts = Counter(found.standing.kind for found in findings)
    if not any(counts[kind] for kind in KINDS):
        return say("report_page.extent_unsaid", language)
    return say("report_page.extent", language, **{kind: counts[kind] for kind in KINDS})


@dataclass(frozen=True, slots=True)
class FindingWords:
    """A finding. title: its code and text. about: its steps and its standing. share, against: Ja, now and before."""

    title: str
    about: str
    share: str
    against: str


def finding_rows(findings: Sequence[FindingReport], language: Language) -> list[FindingWords]:
    """Return the findings in words; where the municipality has named any, also that it has not named this one."""
    any_named = any(found.standing.kind for found in findings)
    return [_finding(found, language, any_named=any_named) for found in findings]


def _finding(found: FindingReport, language: Language, *, any_named: bool) -> FindingWords:
    """Return a finding in words.

    No interval: the answers on one list are not independent. A finding measured indirectly or not at all has no figure.
    """
    words = found.finding.text if language == "sv" else found.finding.text_en
    steps = ", ".join(say("steps." + step, language) for step in found.steps)
    share, against = say(_MEASURE[found.measure], language), "–"
    if found.measure == "direct":
        share = say("report_page.k_of_n", language, k=found.now.k, n=found.now.n)
        if not found.now.n:
            share, against = "–", say("report_page.finding_no_answers", language)
        elif found.before.n:
            before = say("report_page.k_of_n", language, k=found.before.k, n=found.before.n)
            against = before if found.same else say("report_page.other", language)
    standing = _standing(found, language) if any_named else ""
    about = " · ".join(filter(None, (steps, standing)))
    return FindingWords(f"{found.finding.code} {words}", about, share, against)


def _standing(found: FindingReport, language: Language) -> str:
    kind = found.standing.kind
    if kind is None:
        return say("report_page.kind_unsaid", language)
    words = say("report_page.kind_" + kind, language, day=found.standing.day or "")
    return f"{words}, {say('report_page.returns', language)}" if found.standing.again else words


def step_rows(along: Chain, language: Language) -> list[Step]:
    """Return the steps of the chain, each with its findings and its questions by kind."""
    return [_step(step, along.findings, language) for step in along.steps]


def _step(step: StepReport, findings: Sequence[FindingReport], language: Language) -> Step:
    named = (("strengths", step.strengths), ("shortcomings", step.shortcomings), ("unclear", step.unclear))
    told = {name: tuple(_said(rate, language) for rate in rates) for name, rates in named}
    together = ""
    if step.together:
        share = step.together.fulfilled
        together = say("report_page.k_of_n", language, k=share.k, n=share.n)
    about = ", ".join(one.finding.code for one in findings if step.step in one.steps)
    return Step(step.title, together, about, told)


def _said(rate: QuestionRate, language: Language) -> str:
    share = rate.fulfilled
    return f"{rate.title} ({say('report_page.k_of_n', language, k=share.k, n=share.n)})"


# --- numbers ---------------------------------------------------------------------------------------------------------


def share_words(share: Share, language: Language) -> str:
    """Return "k of n", with the percentage unless n is 0."""
    if not share.n:
        return say("report_page.k_of_n", language, k=share.k, n=share.n)
    return say("report_page.share", language, k=share.k, n=share.n, percent=_percent_of(share, language))


def _percent_of(share: Share, language: Language) -> str:
    return say("report_page.percent", language, n=_dotted(percent(share), language))


def _range(low: float, high: float, language: Language) -> str:
    return f"{_dotted(decimal(low), language)}–{percent_words(high, language)}"


def percent_words(part: float, language: Language, decimals: int = 1) -> str:
    """Return a fraction as a percentage."""
    number = decimal(part) if decimals else f"{100 * part:.0f}"
    return say("report_page.percent", language, n=_dotted(number, language))


def _dotted(number: str, language: Language) -> str:
    return number if language == "sv" else number.replace(",", ".")
