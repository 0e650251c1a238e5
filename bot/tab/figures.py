"""The figures in the tab: the report page with its choices in the address, and the same figures as files."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from aiohttp import web

from bot.pages import export_link, report_page
from bot.pages.links import Purpose, may
from bot.pages.purposes import PURPOSES
from bot.tab.frame import Way, page, told
from bot.tab.standing import Standing
from checklists.errors import UserError
from checklists.periods import year_of
from checklists.rights import sees_figures
from checklists.swedish_order import swedish_order
from checklists.swedish_time import day_of
from dialogs.figures.addresses import EXPORT, REPORT
from storage import links, people, trail
from storage.desk import Session
from storage.links import Link
from texts import say

_PURPOSES: Mapping[str, Purpose] = {purpose.name: purpose for purpose in PURPOSES}
FORMATS = ("csv", "xlsx")


def report(
    session: Session, of: Standing, chosen: Mapping[str, str], ways: tuple[Way, ...], now: datetime
) -> web.Response:
    """Return the report of the unit and period in the address; if it names none, of her first unit and this year."""
    asked, wrong = _asked(session, of, REPORT, chosen, now)
    if asked is None:
        return told(of.language, "tab.not_yours_title", "tab.not_yours", ways=ways, status=403)
    purpose, language = _PURPOSES[REPORT], of.language
    fields = list(purpose.fields(session, asked, language))
    files = [(_address(asked, _span(asked), "flik-export", format=one), "tab.as_" + one) for one in FORMATS]
    return page(
        "rapport.html",
        language,
        ways,
        who=of.who.object_id,
        fields=fields,
        wrong=wrong and say(wrong, language),
        files=[(href, say(words, language)) for href, words in files],
        show=say("buttons.show", language),
        others=[(_address(asked, period), period) for period in report_page.other_periods(asked)],
        **report_page.values(session, asked, language),
    )


def export(session: Session, of: Standing, chosen: Mapping[str, str], now: datetime) -> web.Response | None:
    """Return the figures as a file; None if she may not see them, or asks for something there is not."""
    asked, wrong = _asked(session, of, EXPORT, chosen, now)
    if asked is None or wrong or chosen.get("format") not in FORMATS:
        return None
    return export_link.render(session, replace(asked, scope={**asked.scope, "format": chosen["format"]}), of.language)


def note(session: Session, of: Standing, event: str, detail: str, now: datetime) -> None:
    """Record in the trail that she fetched figures, or was not allowed to."""
    trail.record(session, of.tenant_id, now, f"person:{of.person_id}", event, detail=detail)


def _asked(
    session: Session, of: Standing, purpose: str, chosen: Mapping[str, str], now: datetime
) -> tuple[Link | None, str]:
    """Return what is asked for, None if she may not see it; and what is wrong with how the period is written."""
    names = people.unit_names(session, of.tenant_id)
    held = [(role.role, names[role.unit_id]) for role in people.roles_on(session, of.person_id, day_of(now))]
    hers = [unit for unit in ("", *sorted(names.values(), key=swedish_order)) if sees_figures(held, unit)]
    year = year_of(day_of(now).year)
    scope = links.report_scope(hers[0] if hers else "", year.first, year.last)
    link, wrong = Link(of.tenant_id, of.person_id, purpose, scope, now), ""
    try:
        link = replace(link, scope=report_page.choose(scope, chosen, day_of(now)))
    except UserError as error:
        link, wrong = replace(link, scope={**scope, "unit": chosen.get("unit", scope["unit"])}), error.text_key
    return (link if may(session, link, _PURPOSES[purpose], now) else None), wrong


def _span(asked: Link) -> str:
    return f"{asked.scope['first']}-{asked.scope['last']}"


def _address(asked: Link, period: str, path: str = "flik-rapport", **more: str) -> str:
    """Return the address of the same unit in a period."""
    return f"{path}?{urlencode({'unit': asked.scope['unit'], 'period': period, **more})}"
