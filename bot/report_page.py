"""The report of a period as a page: figures of a unit or of the whole organisation, for whoever may see those.

Only aggregates: nothing on it is about a case or a person, and no selection is narrower than a unit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from aiohttp import web

from bot import pages
from checklists.periods import Period, quarter, year_of
from checklists.rates import Share
from reports.chain import GOAL, chain
from reports.figures import decimal
from reports.selected import Selection
from reports.summary import QuestionRate, report_view
from storage.desk import Session
from storage.links import Link
from storage.times import STOCKHOLM
from texts import Language, say

_NAMES = (
    *("important", "questions", "chart", "chart_how", "axis", "table", "question", "answered", "fulfilled", "interval"),
    *("motivated", "compared", "means_answered", "means_fulfilled", "means_interval", "means_motivated"),
    *("lists", "figure", "number", "chain", "strengths", "shortcomings", "unclear", "nothing_asked", "others"),
    *("others_how", "nothing_to_show"),
)
_COUNTS = (
    *("begun", "sent", "complete", "signed", "signed_with_shortfall", "returned", "voided"),
    *("due", "without_checklist"),
)
_WHOLE = {
    **dict.fromkeys(("sent", "complete", "signed", "returned", "voided"), "begun"),
    "signed_with_shortfall": "signed",
    "without_checklist": "due",
}
"""What a figure of whole lists or cases is a part of."""


@dataclass(frozen=True, slots=True)
class _Bar:
    """A share drawn: its length and the ends of its interval, per cent with a decimal point as SVG wants them."""

    share: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class _Row:
    """A question as the page says it. bar: None when it applied to nobody."""

    title: str
    answered: str
    fulfilled: str
    interval: str
    motivated: str
    compared: str
    said: str
    bar: _Bar | None


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of the chain: what it comes to together, and its questions under the heading of what they are."""

    title: str
    together: str
    found: tuple[tuple[str, tuple[_Row, ...]], ...]


def render(session: Session, link: Link, language: Language) -> web.Response:
    """Make the page of a link's scope (storage.links.report_scope). Raises: KeyError, ValueError: no such scope."""
    period = Period(date.fromisoformat(link.scope["first"]), date.fromisoformat(link.scope["last"]))
    unit = link.scope["unit"]
    view = report_view(session, link.tenant_id, Selection(unit=unit), period, language)
    name = unit or say("report_page.everywhere", language)
    words = {name: say("report_page." + name, language) for name in _NAMES}
    words["means_chain"] = say("report_page.means_chain", language, goal=_percent(GOAL, language))
    return pages.html(
        "rapport.html",
        language,
        title=say("report_page.title", language, unit=name, period=view.period),
        words=words,
        about=say("report_page.about", language, unit=name, period=view.period, n=view.counts.get("begun", 0)),
        taken=say("report_page.taken", language, at=f"{link.at.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"),
        means_compared=say("report_page.means_compared", language, before=view.before),
        sentences=view.sentences,
        rows=[_row(rate, language) for rate in view.questions],
        counts=list(_counts(view.counts, language)),
        steps=list(_steps(session, link, period, unit, language)),
        periods=list(_other_periods(period, link.at, language)),
    )


def _row(rate: QuestionRate, language: Language) -> _Row:
    share, bar, interval = rate.fulfilled, None, ""
    if rate.interval:
        low, high = rate.interval
        bar = _Bar(*(f"{100 * part:.1f}" for part in (share.part, low, high)))
        interval = _range(low, high, language)
        said = say("report_page.said", language, share=_of(share, language), interval=interval)
    else:
        said = say("report_page.applied_to_none", language)
    return _Row(
        title=rate.title,
        answered=_of(rate.completion, language),
        fulfilled=_of(share, language),
        interval=interval,
        motivated=str(rate.motivated),
        compared=rate.compared,
        said=said,
        bar=bar,
    )


def _counts(counts: dict[str, int], language: Language) -> Iterator[tuple[str, str]]:
    """Give what each figure of whole lists and cases is called, and how many: of how many where it is a part."""
    for code in _COUNTS:
        n, whole = counts.get(code, 0), _WHOLE.get(code)
        said = _of(Share(n, counts.get(whole, 0)), language) if whole else str(n)
        yield say("report_page.count_" + code, language), said


def _steps(session: Session, link: Link, period: Period, unit: str, language: Language) -> Iterator[_Step]:
    for step in chain(session, link.tenant_id, period, unit=unit, language=language):
        named = (("strengths", step.strengths), ("shortcomings", step.shortcomings), ("unclear", step.unclear))
        found = tuple((name, tuple(_row(rate, language) for rate in rates)) for name, rates in named if rates)
        # Without an interval: several answers of the same list say less than as many lists would.
        share = _of(step.together.fulfilled, language) if step.together else ""
        together = say("report_page.together", language, share=share) if share else ""
        yield _Step(step.title, together, found)


def _other_periods(period: Period, at: datetime, language: Language) -> Iterator[str]:
    """Give what to write for the other periods around this one that have begun: its year, quarters, the year before."""
    year = period.first.year
    near = {str(year): year_of(year)}
    near |= {f"{year} kv {number}": quarter(year, number) for number in (1, 2, 3, 4)}
    near |= {str(year - 1): year_of(year - 1)}
    for words, other in near.items():
        if other != period and other.first <= at.astimezone(STOCKHOLM).date():
            yield say("report_page.write", language, period=words)


def _of(share: Share, language: Language) -> str:
    """Return k of n with its per cent, which a share of nothing has none of."""
    if not share.n:
        return say("report_page.k_of_n", language, k=share.k, n=share.n)
    return say("report_page.share", language, k=share.k, n=share.n, percent=_percent(share.part, language))


def _range(low: float, high: float, language: Language) -> str:
    return f"{_number(low, language)}–{_percent(high, language)}"


def _percent(part: float, language: Language) -> str:
    return say("report_page.percent", language, n=_number(part, language))


def _number(part: float, language: Language) -> str:
    return decimal(part) if language == "sv" else decimal(part).replace(",", ".")
