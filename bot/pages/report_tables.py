"""Rows for the tables of the report page: shares, questions in each sort order, times, findings, steps."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from checklists.findings import KINDS
from checklists.rates import Share
from reports.chain import FindingReport, StepReport
from reports.figures import decimal, percent
from reports.summary import QuestionRate
from reports.times import Time
from texts import Language, say


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in the chart: its length and the ends of its interval, in per cent with a decimal point, for SVG."""

    share: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Row:
    """A question on the page. number: its place in the checklist. bar: None if the question never applied."""

    number: int
    title: str
    answered: str
    fulfilled: str
    interval: str
    motivated: str
    noted: str
    compared: str
    said: str
    bar: Bar | None


@dataclass(frozen=True, slots=True)
class Order:
    """The questions in one sort order. words: its label. column, way: for aria-sort."""

    name: str
    words: str
    column: Literal["number", "fulfilled", "compared"]
    way: Literal["ascending", "descending"]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the chain. together: its total. found: its questions by strength, shortcoming and unclear."""

    title: str
    together: str
    findings: str
    found: tuple[tuple[str, tuple[Row, ...]], ...]


def section(rate: QuestionRate, language: Language) -> tuple[str, str, str, str]:
    """Return a section's title, its shares of Ja and of answered among applicable, and its change in Ja."""
    told, before = rate.compared, rate.before
    if before.verdict != "other_version":
        told = _from_to(before.before, rate.fulfilled, language)
    return rate.title, share_words(rate.fulfilled, language), share_words(rate.completion, language), told


def question_rows(rates: Sequence[QuestionRate], language: Language) -> list[Row]:
    """Return the questions, numbered in the order given."""
    return [_row(number, rate, language) for number, rate in enumerate(rates, start=1)]


def orders(rates: Sequence[QuestionRate], language: Language) -> Iterator[Order]:
    """Yield the questions in every sort order the page offers; those that never applied come last.

    The page has no scripts to sort with and cannot be reloaded, as its link is used up, so it contains all orders.
    """
    rows = question_rows(rates, language)
    asked = [(rate, row) for rate, row in zip(rates, rows, strict=True) if rate.fulfilled.n]
    others = [row for rate, row in zip(rates, rows, strict=True) if not rate.fulfilled.n]

    def ordered(by: Callable[[QuestionRate], float]) -> tuple[Row, ...]:
        return (*(row for _, row in sorted(asked, key=lambda one: by(one[0]))), *others)

    def change(rate: QuestionRate) -> float:
        comparable = rate.before.verdict not in ("other_version", "no_figures")
        return rate.fulfilled.part - rate.before.before.part if comparable else 0.0

    named = {name: say("report_page.order_" + name, language) for name in ("list", "lowest", "highest", "fell", "rose")}
    yield Order("list", named["list"], "number", "ascending", tuple(rows))
    yield Order("lowest", named["lowest"], "fulfilled", "ascending", ordered(lambda rate: rate.fulfilled.part))
    yield Order("highest", named["highest"], "fulfilled", "descending", ordered(lambda rate: -rate.fulfilled.part))
    yield Order("fell", named["fell"], "compared", "ascending", ordered(change))
    yield Order("rose", named["rose"], "compared", "descending", ordered(lambda rate: -change(rate)))


def _row(number: int, rate: QuestionRate, language: Language) -> Row:
    share, bar, interval = rate.fulfilled, None, ""
    if rate.interval:
        low, high = rate.interval
        bar = Bar(*(f"{100 * part:.1f}" for part in (share.part, low, high)))
        interval = _range(low, high, language)
        said = say("report_page.said", language, share=share_words(share, language), interval=interval)
    else:
        said = say("report_page.applied_to_none", language)
    return Row(
        number=number,
        title=rate.title,
        answered=share_words(rate.completion, language),
        fulfilled=share_words(share, language),
        interval=interval,
        motivated=str(rate.motivated),
        noted=str(rate.noted),
        compared=rate.compared,
        said=said,
        bar=bar,
    )


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


def extent(findings: Sequence[FindingReport], language: Language) -> str:
    """Return a sentence with the number of findings of each kind."""
    counts = Counter(found.standing.kind for found in findings)
    return say("report_page.extent", language, **{kind: counts[kind] for kind in KINDS})


def finding_row(found: FindingReport, language: Language) -> tuple[str, str, str, str, str]:
    """Return a finding's text, its status, its steps, its share of Ja, and the change from the period before."""
    words = found.finding.text if language == "sv" else found.finding.text_en
    steps = ", ".join(say("steps." + step, language) for step in found.steps)
    if not found.now.n:
        share, against = "–", say("report_page.finding_no_answers", language)
    else:
        share = share_words(found.now, language)
        others = found.before.n and not found.same
        against = say("report_page.other", language) if others else _from_to(found.before, found.now, language)
    return f"{found.finding.code} {words}", _standing(found, language), steps or "–", share, against


def _from_to(before: Share, now: Share, language: Language) -> str:
    """Compare a total over several questions, without significance: answers on one list are not independent."""
    if not before.n or not now.n:
        return say("figures.no_figures", language)
    return say("report_page.from_to", language, before=share_words(before, language), now=share_words(now, language))


def _standing(found: FindingReport, language: Language) -> str:
    return say("report_page.kind_" + found.standing.kind, language, day=found.standing.day or "")


def step_rows(step: StepReport, findings: Sequence[FindingReport], language: Language) -> Step:
    """Return a step of the chain with its findings and its questions by kind."""
    named = (("strengths", step.strengths), ("shortcomings", step.shortcomings), ("unclear", step.unclear))
    rows = tuple((name, tuple(question_rows(rates, language))) for name, rates in named if rates)
    # No interval: answers on the same list are not independent.
    share = share_words(step.together.fulfilled, language) if step.together else ""
    together = say("report_page.together", language, share=share) if share else ""
    about_step = [f"{one.finding.code} ({_standing(one, language)})" for one in findings if step.step in one.steps]
    told = say("report_page.findings_of_step", language, findings=", ".join(about_step)) if about_step else ""
    return Step(step.title, together, told, rows)


def share_words(share: Share, language: Language) -> str:
    """Return "k of n", with the percentage unless n is 0."""
    if not share.n:
        return say("report_page.k_of_n", language, k=share.k, n=share.n)
    return say(
        "report_page.share",
        language,
        k=share.k,
        n=share.n,
        percent=say("report_page.percent", language, n=_dotted(percent(share), language)),
    )


def _range(low: float, high: float, language: Language) -> str:
    return f"{_number(low, language)}–{percent_words(high, language)}"


def percent_words(part: float, language: Language) -> str:
    """Return a fraction as a percentage."""
    return say("report_page.percent", language, n=_number(part, language))


def _number(part: float, language: Language) -> str:
    return _dotted(decimal(part), language)


def _dotted(number: str, language: Language) -> str:
    return number if language == "sv" else number.replace(",", ".")
