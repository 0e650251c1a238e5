"""The pages of a closed round, to print: for the group, by unit, for the board, and the workshop pack; and the files.

What may be shown is decided in `checklists.round_results`, as in the chat. No case, no person, and nothing sorted by
one; by unit only for whoever sees that unit's figures.
"""

import io
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from aiohttp import web

from bot.pages import pages
from bot.pages.export_link import CSV, NOT_RANDOM, XLSX
from bot.pages.report_tables import share_words
from checklists.findings import all_findings, read_standings
from checklists.model import Checklist, Role
from checklists.rates import Share, wilson
from checklists.rights import READER
from checklists.round_results import Found
from checklists.swedish_time import day_of
from checklists.workshop import beside, prompts
from reports.csv_out import write_csv
from reports.figures import decimal
from reports.round_results import COLUMNS, Results, measures_by_unit, results, rows_of, state_of
from reports.xlsx_out import Page, write_xlsx
from storage import measures, people, rounds, tenants, workshop
from storage.desk import Session
from storage.links import Link, Scope
from storage.rounds import RoundRow
from texts import Language, say

UNITS_BESIDE = 5
"""How many units fit beside each other on a sheet."""
ROOM = 6
"""Empty lines under a prompt for which nothing has been written down."""
Held = Collection[tuple[Role, str]]


def allows(held: Held, _units: Collection[str], scope: Scope) -> bool:
    """Return whether a person with these roles may see a round of these units: a manager, or a chef of one of them.

    The board's page is about all of them, so it takes a manager, or a chef of each.
    """
    units = set(scope["units"].split("\n"))
    own = {unit for role, unit in held if role in READER}
    if any(role == "manager" for role, _ in held):
        return True
    return units <= own if scope.get("what") == "board_page" else bool(units & own)


def render(session: Session, link: Link, language: Language) -> web.Response:
    """Render a page of a round. The link's scope has round, units, and what: the page."""
    row = _round(session, link)
    of, what = results(session, row), link.scope["what"].removesuffix("_page")
    made = {"group": _group, "management": _management, "board": _board, "workshop": _workshop}[what]
    return pages.html(
        "omgang.html",
        language,
        kind=what,
        title=say(f"round_page.title_{what}", language, name=of.name),
        municipality=tenants.settings(tenants.get(session, link.tenant_id)).municipality,
        about=_about(session, of, language),
        words={name: say("round_page." + name, language) for name in _WORDS},
        not_shown="" if of.found or what == "management" else say("results.not_shown", language),
        **made(session, link, of, language),
    )


_WORDS = (
    *("strength", "fault", "sides", "question", "measures", "unit", "made", "done", "late", "reviewed", "together"),
    *("means_units", "findings", "no_findings", "next", "no_next", "again", "room", "figures", "nobody", "plan_what"),
    *("plan_who", "plan_when", "plan_follow"),
)


def file(session: Session, link: Link, _language: Language) -> web.Response:
    """Return what a round showed as CSV or a workbook: all units together as for the group, and her own one by one."""
    row = _round(session, link)
    found = list(rows_of(results(session, row), _seen(session, link, row)))
    name = f"beslutskollen-omgang-{row.id}{NOT_RANDOM if row.method == 'first' else ''}.{link.scope['format']}"
    if link.scope["format"] == "xlsx":
        out = io.BytesIO()
        write_xlsx(out, Page("results", COLUMNS, found))
        return pages.file(out.getvalue(), XLSX, name)
    text = io.StringIO(newline="")
    write_csv(text, COLUMNS, found)
    return pages.file(text.getvalue().encode(), CSV, name)


def _round(session: Session, link: Link) -> RoundRow:
    row = rounds.get(session, link.tenant_id, int(link.scope["round"]))
    if row is None or row.state != "closed":
        raise LookupError
    return row


def _seen(session: Session, link: Link, row: RoundRow) -> set[str]:
    """Return the names of the units of a round whose figures this person sees."""
    names = people.unit_names(session, link.tenant_id)
    held = people.roles_on(session, link.person_id, day_of(link.at))
    own = {one.unit_id for one in held if one.role in READER}
    is_whole = any(one.role == "manager" for one in held)
    return {names[unit] for unit in rounds.units_of(session, row.id) if is_whole or unit in own}


def _about(session: Session, of: Results, language: Language) -> str:
    names = people.unit_names(session, of.row.tenant_id)
    units = ", ".join(names[unit] for unit in rounds.units_of(session, of.row.id))
    args = {"list": _title(of.checklist, language), "units": units, "reviewed": of.reviewed}
    args |= {"drawn": sum(unit.drawn for unit in of.units), "total": of.row.total}
    args |= {"first": of.row.first.isoformat(), "last": of.row.last.isoformat()}
    drawn = say("round_page.drawn_" + of.row.method, language)
    left_out = f" {say('results.left_out', language)}" if of.left_out else ""
    return f"{say('round_page.about', language, **args)} {drawn}{left_out}"


def _title(checklist: Checklist, language: Language) -> str:
    return checklist.title_en if language == "en" else checklist.title


def _question(of: Results, item_id: str, language: Language) -> str:
    item = of.checklist.by_id[item_id]
    asked = (item.alone_en or item.ask_en) if language == "en" else (item.alone or item.ask)
    return f"{of.checklist.numbers[item_id]}. {asked}"


# --- the group -------------------------------------------------------------------------------------------------------


def _group(_session: Session, _link: Link, of: Results, language: Language) -> dict[str, Any]:
    few = sum(one.side is None for one in of.found)
    return {
        "sides": list(_sides(of, of.found, language)),
        "few": say("results.too_few", language, count=few) if few else "",
    }


def _sides(
    of: Results, found: Sequence[Found], language: Language, *, interval: bool = False
) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Yield strengths and faults, each question in the list's order with what may be said of it."""
    for side in ("strength", "fault"):
        rows = [_row(of, one, language, interval=interval) for one in found if one.side == side]
        yield say("round_page." + side, language), rows


def _row(of: Results, one: Found, language: Language, *, interval: bool) -> dict[str, str]:
    said = say(f"results.side_{one.side}", language) if one.side else say("results.few", language)
    row = {"question": _question(of, one.item_id, language), "said": said, "interval": ""}
    if one.share is not None:
        row["said"] = share_words(one.share, language)
        row["interval"] = _interval(one.share, language) if interval else ""
    return row


def _interval(share: Share, language: Language) -> str:
    low, high = (decimal(part).partition(",")[0] for part in wilson(share))
    return say("round_page.interval", language, low=low, high=high)


# --- by unit ---------------------------------------------------------------------------------------------------------


def _management(session: Session, link: Link, of: Results, language: Language) -> dict[str, Any]:
    seen = _seen(session, link, of.row)
    units = [unit for unit in of.units if unit.name in seen]
    items = [item.id for item in of.checklist.asked["peer_reviewer"]]
    is_whole = set(seen) == {unit.name for unit in of.units} and len(of.units) > 1
    tables = []
    for start in range(0, len(units), UNITS_BESIDE):
        some = units[start : start + UNITS_BESIDE]
        rows = [[_question(of, item, language), *(_cell(unit.shares, item) for unit in some)] for item in items]
        heads = [unit.name for unit in some]
        if is_whole and start + UNITS_BESIDE >= len(units):
            heads.append(say("round_page.together", language))
            rows = [[*row, _cell(of.together, item)] for row, item in zip(rows, items, strict=True)]
        tables.append((heads, [row for row in rows if any(cell != "–" for cell in row[1:])]))
    counted = measures_by_unit(session, of, day_of(link.at))
    return {
        "tables": tables,
        "units": [
            (unit.name, f"{unit.reviewed}/{unit.drawn}", *_counted(counted.get(unit.name, {}))) for unit in units
        ],
    }


def _cell(shares: Mapping[str, Share], item: str) -> str:
    share = shares.get(item)
    return f"{share.k}/{share.n}" if share is not None else "–"


def _counted(by_state: Mapping[str, int]) -> tuple[str, str, str]:
    done = by_state.get("done", 0) + by_state.get("checked", 0)
    return str(sum(by_state.values())), str(done), str(by_state.get("late", 0))


# --- the board -------------------------------------------------------------------------------------------------------


def _board(session: Session, link: Link, of: Results, language: Language) -> dict[str, Any]:
    today = day_of(link.at)
    counted = sum(measures_by_unit(session, of, today).values(), start=Counter[str]())
    return {
        "sides": list(_sides(of, of.found, language, interval=True)),
        "again": _again(of.again, language),
        "counted": _counted(counted),
        "next": list(_next(session, of.row, today, language)),
        "findings": list(_findings(session, link, today, language)),
    }


def _again(share: Share | None, language: Language) -> str:
    if share is None or not share.n:
        return say("round_page.again_few", language)
    args = {"share": share_words(share, language), "interval": _interval(share, language)}
    return say("round_page.again_share", language, **args)


def _next(session: Session, row: RoundRow, today: date, language: Language) -> Iterator[str]:
    """Yield the measures of the round itself, by day: what, by when and how far; never whose."""
    for one in sorted(measures.of_round(session, row.id), key=lambda one: (one.due_on, one.id)):
        args = {"what": measures.what_of(session, one), "date": one.due_on.isoformat()}
        yield say("round_page.next_" + state_of(one, today), language, **args)


def _findings(session: Session, link: Link, today: date, language: Language) -> Iterator[str]:
    """Yield what the municipality has said of the authority's findings; of the others nothing is claimed."""
    said = read_standings(tenants.settings(tenants.get(session, link.tenant_id)).findings)
    for finding in all_findings():
        standing = said.get(finding.code)
        if standing is not None and standing.kind is not None:
            day = standing.day.isoformat() if standing.day else ""
            late = standing.kind == "atgardskrav" and standing.day is not None and standing.day < today
            kind = say("measures.kind_" + standing.kind, language, date=day)
            passed = f" ▲ {say('measures.day_passed', language)}" if late else ""
            yield f"{say('criticisms.' + finding.code, language)}: {kind}{passed}"


# --- the workshop ----------------------------------------------------------------------------------------------------


def _workshop(session: Session, _link: Link, of: Results, language: Language) -> dict[str, Any]:
    said = workshop.texts(session, of.row.id)
    return {
        "prompts": [
            {
                "ask": one.ask_en if language == "en" else one.ask,
                "rows": [_row(of, found, language, interval=False) for found in beside(one, of.checklist.id, of.found)],
                "said": said.get(one.id, ""),
                "plan": one.plan,
            }
            for one in prompts(of.checklist.id)
        ],
        "room": range(ROOM),
    }
