"""The report page: figures of a unit or the whole organisation in a period.

Only aggregates: it shows nothing about a single case or person, and nothing narrower than a unit can be selected.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from aiohttp import web

from bot.pages import pages
from bot.pages.links import Field
from bot.pages.report_tables import (
    along_time,
    by_section,
    extent,
    finding_rows,
    months_chart,
    percent_words,
    quarters_chart,
    quarters_unfinished,
    question_rows,
    share_words,
    step_rows,
    tile_words,
    time_row,
    unit_rows,
    units_chart,
)
from checklists.periods import Period, quarter, read_period, year_of
from checklists.rates import Share
from checklists.rights import sees_figures
from checklists.swedish_order import swedish_order
from checklists.swedish_time import day_of, stamp
from reports.chain import chain
from reports.list_length import proposals, reason_words, the_year
from reports.overview import overview
from reports.periods import until
from reports.selected import Selection
from reports.series_words import known_words, over_time
from reports.side_by_side import agreement, by_unit
from reports.summary import QuestionRate, report_view
from reports.times import times
from storage import people, tenants
from storage.desk import Session
from storage.links import Link, Scope
from texts import Language, say

_NAMES = (
    *("important", "cannot", "questions", "target", "table", "number", "question", "answered", "fulfilled", "interval"),
    *("motivated", "noted", "compared", "means_answered", "means_fulfilled", "means_interval", "means_motivated"),
    *("means_noted", "means_sections", "lists", "figure", "chain", "nothing_asked", "nothing_to_show"),
    *("step", "strengths", "shortcomings", "unclear"),
    *("along", "means_along", "judged", "said_yes"),
    *("others", "others_how", "definitions", "quarters", "months"),
    *("times", "time", "time_ended", "time_within", "time_open_late", "time_open_within", "time_median", "means_times"),
    *("roles", "same", "means_roles", "units", "unit", "unit_complete", "unit_place", "means_units"),
    *("funnel_axis", "long"),
    *("findings", "finding", "before", "means_findings"),
)
_COUNTS = (
    *("begun", "sent", "complete", "signed", "signed_with_shortfall", "returned", "voided"),
    *("decided", "decided_without", "begun_early", "planned", "planned_without"),
)
_WHOLE = {
    **dict.fromkeys(("sent", "complete", "signed", "returned", "voided"), "begun"),
    "signed_with_shortfall": "signed",
    "decided_without": "decided",
    "begun_early": "use_known",
    "planned_without": "planned",
}
"""For each count that is shown as a share: the count it is a share of."""


def fields(session: Session, link: Link, language: Language) -> Sequence[Field]:
    """Return the inputs shown before the report is opened: the period, and the unit if the person may see several."""
    names = people.unit_names(session, link.tenant_id)
    today = day_of(link.at)
    held = [(role.role, names[role.unit_id]) for role in people.roles_on(session, link.person_id, today)]
    units = tuple(
        (name, name or say("report.everything", language))
        for name in sorted(names.values(), key=swedish_order)
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
    """Return the scope with the chosen unit and period, where given. Raises: UnreadablePeriod."""
    found = {**scope, "unit": chosen.get("unit", scope["unit"])}
    if chosen.get("period", "").strip():
        period = read_period(chosen["period"], today)
        found |= {"first": period.first.isoformat(), "last": period.last.isoformat()}
    return found


def _period(scope: Scope) -> Period:
    return Period(date.fromisoformat(scope["first"]), date.fromisoformat(scope["last"]))


def render(session: Session, link: Link, language: Language) -> web.Response:
    """Render the report of a link's scope (storage.links.report_scope). Raises: KeyError, ValueError: invalid scope."""
    return pages.html("rapport.html", language, **values(session, link, language))


def values(session: Session, link: Link, language: Language) -> dict[str, Any]:
    """Return what the template shows of a scope. Raises: KeyError, ValueError: invalid scope."""
    period, unit = _period(link.scope), link.scope["unit"]
    today = day_of(link.at)
    view = report_view(session, link.tenant_id, Selection(unit=unit), period, today, language)
    of_lists = Selection(view.checklist, unit, view.role)
    took = times(session, link.tenant_id, period, of_lists, today)
    found = overview(session, link.tenant_id, period, today, unit)
    along = chain(session, link.tenant_id, period, unit=unit, language=language)
    name, goal = unit or say("report_page.everywhere", language), percent_words(along.target, language, 0)
    words = {name: say("report_page." + name, language) for name in _NAMES}
    words["means_chain"] = say("report_page.means_chain", language, goal=goal)
    words["target_said"] = say("report_page.target_said", language, goal=goal)
    units = () if unit else by_unit(session, link.tenant_id, period)
    words["means_long"] = say("report_page.means_long", language, period=the_year(today))
    rows = question_rows(view.questions, found, along.target, language)
    return {
        "title": say("report_page.title", language, unit=name, period=view.period),
        "municipality": tenants.settings(tenants.get(session, link.tenant_id)).municipality,
        "words": words,
        "about": say("report_page.about", language, unit=name, period=view.period, n=view.counts.get("begun", 0)),
        "taken": say("report_page.taken", language, at=stamp(link.at)),
        "still_open": _still_open(period, today, language),
        "means_compared": say("report_page.means_compared", language, before=view.before),
        "versions": _versions(view.questions, language),
        "tiles": [tile_words(tile, language) for tile in found.tiles],
        "quarters": quarters_chart(found, along.target, language),
        "quarters_unfinished": quarters_unfinished(found, language),
        "months": months_chart(found.complete, along.target, language),
        "over_time": over_time(found.complete, language),
        "known": known_words(found.complete, language),
        "along": along_time(view.questions, found, along.target, language),
        "long": [] if unit else _too_long(session, link.tenant_id, today, language),
        "only_here": _only_here(view.questions, language),
        "sentences": view.sentences + view.more,
        "sections": by_section(view.checklist, view.questions, rows, view.sections),
        "rows": rows,
        "counts": list(_counts(view.counts, language)),
        "times": [time_row(time, language) for time in took],
        "roles": [
            (one.title, share_words(one.same, language))
            for one in agreement(session, link.tenant_id, period, today, unit, language)
            if one.same.k < one.same.n
        ],
        "units": unit_rows(units, language),
        "funnel": units_chart(units, language),
        "extent": extent(along.findings, language),
        "findings": finding_rows(along.findings, language),
        "steps": step_rows(along, language),
        "periods": [say("report_page.write", language, period=words) for words in other_periods(link)],
    }


def _still_open(period: Period, today: date, language: Language) -> str:
    """Return a sentence saying that the period is not over; empty if it is."""
    day = until(period, today)
    return say("report_page.still_open", language, day=day) if day else ""


def _versions(rates: Sequence[QuestionRate], language: Language) -> str:
    """Return a sentence saying that several checklist versions are added up; empty if there is only one."""
    used = sorted({version for rate in rates for version in rate.versions})
    return say("report_page.versions", language, versions=", ".join(map(str, used))) if len(used) > 1 else ""


def _only_here(rates: Sequence[QuestionRate], language: Language) -> str:
    """Return a sentence on the motivations that exist only in the bot, by question; empty if there are none."""
    found = [(number, rate.only_here) for number, rate in enumerate(rates, start=1) if rate.only_here]
    if not found:
        return ""
    each = [say("report_page.only_here_in", language, number=number, n=n) for number, n in found]
    return say("report_page.only_here", language, n=sum(n for _, n in found), questions=", ".join(each))


def _too_long(session: Session, tenant_id: int, today: date, language: Language) -> list[tuple[str, str]]:
    """Return the questions that a year of answers has shown no use of, and why, for the whole organisation."""
    return [
        (one.title, "; ".join(reason_words(reason, language) for reason in one.reasons))
        for one in proposals(session, tenant_id, today, language)
    ]


def _counts(counts: dict[str, int], language: Language) -> Iterator[tuple[str, str]]:
    """Yield the label and value of each count of checklists and cases; the value with its share where it has one."""
    counts = {
        **counts,
        "planned": counts.get("due", 0) - counts.get("decided", 0),
        "planned_without": counts.get("without_checklist", 0) - counts.get("decided_without", 0),
    }
    for code in _COUNTS:
        n, whole = counts.get(code, 0), _WHOLE.get(code)
        said = share_words(Share(n, counts.get(whole, 0)), language) if whole else str(n)
        yield say("report_page.count_" + code, language), said


def other_periods(link: Link) -> Iterator[str]:
    """Yield other periods close to a link's that have begun, as typed: its year and quarters, the year before."""
    period, today = _period(link.scope), day_of(link.at)
    year = period.first.year
    near = {str(year): year_of(year)}
    near |= {f"{year} kv {number}": quarter(year, number) for number in (1, 2, 3, 4)}
    near |= {str(year - 1): year_of(year - 1)}
    return (words for words, other in near.items() if other != period and other.first <= today)
