"""The report of a period as a page: figures of a unit or of the whole organisation, for whoever may see those.

Only aggregates: nothing on it is about a case or a person, and no selection is narrower than a unit.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from aiohttp import web

from bot import pages
from bot.links import Field
from checklists.findings import KINDS
from checklists.periods import Period, quarter, read_period, year_of
from checklists.rates import Share
from checklists.rights import sees_figures
from reports.chain import GOAL, FindingReport, StepReport, chain
from reports.figures import decimal
from reports.selected import Selection
from reports.side_by_side import by_unit, two_roles
from reports.summary import QuestionRate, report_view
from reports.times import Time
from storage import people
from storage.desk import Session
from storage.links import Link, Scope
from storage.times import STOCKHOLM
from texts import Language, say

_NAMES = (
    *("important", "questions", "chart", "chart_how", "axis", "table", "question", "answered", "fulfilled", "interval"),
    *("motivated", "noted", "compared", "means_answered", "means_fulfilled", "means_interval", "means_motivated"),
    *("means_noted", "lists", "figure", "number", "chain", "strengths", "shortcomings", "unclear", "nothing_asked"),
    *("others", "others_how", "nothing_to_show", "order", "sections", "section", "means_sections"),
    *("times", "time", "time_over", "time_within", "time_median", "time_running", "means_times"),
    *("roles", "worker", "reader", "means_roles", "units", "unit", "unit_complete", "means_units"),
    *("findings", "finding", "standing", "steps", "means_findings"),
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
    """A question as the page says it. number: its place in the list. bar: None when it applied to nobody."""

    number: int
    title: str
    answered: str
    fulfilled: str
    interval: str
    motivated: str
    noted: str
    compared: str
    said: str
    bar: _Bar | None


@dataclass(frozen=True, slots=True)
class _Order:
    """The questions in one order: what it is called, and which column is sorted which way."""

    name: str
    words: str
    column: Literal["number", "fulfilled", "compared"]
    way: Literal["ascending", "descending"]
    rows: tuple[_Row, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of the chain: what it comes to together, and its questions under the heading of what they are."""

    title: str
    together: str
    findings: str
    found: tuple[tuple[str, tuple[_Row, ...]], ...]


def fields(session: Session, link: Link, language: Language) -> Sequence[Field]:
    """Return what may be chosen before the report is opened: another period, and another unit that is hers to see."""
    names = people.unit_names(session, link.tenant_id)
    today = link.at.astimezone(STOCKHOLM).date()
    held = [(role.role, names[role.unit_id]) for role in people.roles_on(session, link.person_id, today)]
    units = tuple(
        (name, name or say("report.everything", language))
        for name in sorted(names.values())
        if sees_figures(held, name)
    )
    period = Field(
        "period",
        say("report_page.period", language),
        str(_period(link.scope)),
        hint=say("report_page.period_hint", language),
    )
    if len(units) < 2:
        return [period]
    return [Field("unit", say("card.unit", language), link.scope["unit"], units), period]


def choose(scope: Scope, chosen: Mapping[str, str], today: date) -> Scope:
    """Return the scope with the unit and the period that were chosen. Raises: UnreadablePeriod."""
    found = {**scope, "unit": chosen.get("unit", scope["unit"])}
    if chosen.get("period", "").strip():
        period = read_period(chosen["period"], today)
        found |= {"first": period.first.isoformat(), "last": period.last.isoformat()}
    return found


def _period(scope: Scope) -> Period:
    return Period(date.fromisoformat(scope["first"]), date.fromisoformat(scope["last"]))


def render(session: Session, link: Link, language: Language) -> web.Response:
    """Make the page of a link's scope (storage.links.report_scope). Raises: KeyError, ValueError: no such scope."""
    period, unit = _period(link.scope), link.scope["unit"]
    view = report_view(session, link.tenant_id, Selection(unit=unit), period, language)
    name = unit or say("report_page.everywhere", language)
    words = {name: say("report_page." + name, language) for name in _NAMES}
    along = chain(session, link.tenant_id, period, unit=unit, language=language)
    words["means_chain"] = say("report_page.means_chain", language, goal=_percent(GOAL, language))
    return pages.html(
        "rapport.html",
        language,
        title=say("report_page.title", language, unit=name, period=view.period),
        words=words,
        about=say("report_page.about", language, unit=name, period=view.period, n=view.counts.get("begun", 0)),
        taken=say("report_page.taken", language, at=f"{link.at.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"),
        means_compared=say("report_page.means_compared", language, before=view.before),
        versions=_versions(view.questions, language),
        sentences=view.sentences,
        rows=_rows(view.questions, language),
        orders=list(_orders(view.questions, language)),
        sections=[_section(rate, language) for rate in view.sections],
        counts=list(_counts(view.counts, language)),
        times=[_time(time, language) for time in view.times],
        roles=[
            (one.title, _of(one.worker, language), _of(one.reader, language))
            for one in two_roles(session, link.tenant_id, period, unit, language)
        ],
        units=[
            (one.unit, _of(one.complete, language), _of(one.fulfilled, language))
            for one in (() if unit else by_unit(session, link.tenant_id, period))
        ],
        extent=_extent(along.findings, language),
        findings=[_finding(found, language) for found in along.findings],
        steps=[_step(step, along.findings, language) for step in along.steps],
        periods=list(_other_periods(period, link.at, language)),
    )


def _versions(rates: Sequence[QuestionRate], language: Language) -> str:
    """Say that several versions of the checklist are added here; nothing when there was one."""
    used = sorted({version for rate in rates for version in rate.versions})
    return say("report_page.versions", language, versions=", ".join(map(str, used))) if len(used) > 1 else ""


def _section(rate: QuestionRate, language: Language) -> tuple[str, str, str, str]:
    """Return a section: its title, Ja and answered of applicable, and Ja in the period before."""
    told, before = rate.compared, rate.before
    if before.verdict != "other_version":
        told = _from_to(before.before, rate.fulfilled, language)
    return rate.title, _of(rate.fulfilled, language), _of(rate.completion, language), told


def _rows(rates: Sequence[QuestionRate], language: Language) -> list[_Row]:
    return [_row(number, rate, language) for number, rate in enumerate(rates, start=1)]


def _orders(rates: Sequence[QuestionRate], language: Language) -> Iterator[_Order]:
    """Give the questions in each order the page can show them in; those that applied to nobody stand last.

    A page without scripts cannot sort, and its link is used up: so it brings every order with it.
    """
    rows = _rows(rates, language)
    asked = [(rate, row) for rate, row in zip(rates, rows, strict=True) if rate.fulfilled.n]
    others = [row for rate, row in zip(rates, rows, strict=True) if not rate.fulfilled.n]

    def ordered(by: Callable[[QuestionRate], float]) -> tuple[_Row, ...]:
        return (*(row for _, row in sorted(asked, key=lambda one: by(one[0]))), *others)

    def change(rate: QuestionRate) -> float:
        comparable = rate.before.verdict not in ("other_version", "no_figures")
        return rate.fulfilled.part - rate.before.before.part if comparable else 0.0

    named = {name: say("report_page.order_" + name, language) for name in ("list", "lowest", "highest", "fell", "rose")}
    yield _Order("list", named["list"], "number", "ascending", tuple(rows))
    yield _Order("lowest", named["lowest"], "fulfilled", "ascending", ordered(lambda rate: rate.fulfilled.part))
    yield _Order("highest", named["highest"], "fulfilled", "descending", ordered(lambda rate: -rate.fulfilled.part))
    yield _Order("fell", named["fell"], "compared", "ascending", ordered(change))
    yield _Order("rose", named["rose"], "compared", "descending", ordered(lambda rate: -change(rate)))


def _row(number: int, rate: QuestionRate, language: Language) -> _Row:
    share, bar, interval = rate.fulfilled, None, ""
    if rate.interval:
        low, high = rate.interval
        bar = _Bar(*(f"{100 * part:.1f}" for part in (share.part, low, high)))
        interval = _range(low, high, language)
        said = say("report_page.said", language, share=_of(share, language), interval=interval)
    else:
        said = say("report_page.applied_to_none", language)
    return _Row(
        number=number,
        title=rate.title,
        answered=_of(rate.completion, language),
        fulfilled=_of(share, language),
        interval=interval,
        motivated=str(rate.motivated),
        noted=str(rate.noted),
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


def _time(time: Time, language: Language) -> tuple[str, str, str, str, str]:
    """Return a kind of time: what it is, how many are over, how many of them within the limit, median days, running."""
    middle = "–" if time.median is None else f"{time.median:g}"
    within = _of(time.within, language) if time.within.n else "–"
    name = say("workbook.time_" + time.name, language)
    return name, str(time.count), within, middle if language == "en" else middle.replace(".", ","), str(time.running)


def _extent(findings: Sequence[FindingReport], language: Language) -> str:
    """Say how many findings there are of each kind."""
    counts = Counter(found.standing.kind for found in findings)
    return say("report_page.extent", language, **{kind: counts[kind] for kind in KINDS})


def _finding(found: FindingReport, language: Language) -> tuple[str, str, str, str, str]:
    """Return a finding: its words, how far it has come, the steps, Ja of applicable, and against the period before."""
    words = found.finding.text if language == "sv" else found.finding.text_en
    steps = ", ".join(say("steps." + step, language) for step in found.steps)
    if not found.now.n:
        share, against = "–", say("report_page.finding_no_answers", language)
    else:
        share = _of(found.now, language)
        others = found.before.n and not found.same
        against = say("report_page.other", language) if others else _from_to(found.before, found.now, language)
    return f"{found.finding.code} {words}", _standing(found, language), steps or "–", share, against


def _from_to(before: Share, now: Share, language: Language) -> str:
    """Say what several questions together were and are. Answers of one list hang together: nothing about chance."""
    if not before.n or not now.n:
        return say("figures.no_figures", language)
    return say("report_page.from_to", language, before=_of(before, language), now=_of(now, language))


def _standing(found: FindingReport, language: Language) -> str:
    return say("report_page.kind_" + found.standing.kind, language, day=found.standing.day or "")


def _step(step: StepReport, findings: Sequence[FindingReport], language: Language) -> _Step:
    named = (("strengths", step.strengths), ("shortcomings", step.shortcomings), ("unclear", step.unclear))
    rows = tuple((name, tuple(_rows(rates, language))) for name, rates in named if rates)
    # Without an interval: several answers of the same list say less than as many lists would.
    share = _of(step.together.fulfilled, language) if step.together else ""
    together = say("report_page.together", language, share=share) if share else ""
    mine = [f"{one.finding.code} ({_standing(one, language)})" for one in findings if step.step in one.steps]
    told = say("report_page.findings_of_step", language, findings=", ".join(mine)) if mine else ""
    return _Step(step.title, together, told, rows)


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
