"""`rapport` and `exportera`: the figures of a unit and period on a card, and one-time links for fetching them."""

from collections.abc import Mapping
from datetime import datetime

from actions.changes import NONE, Change, Changes, record
from checklists.periods import Period, is_period, read_period
from checklists.rights import FIGURES, Right, sees_figures
from checklists.swedish_order import swedish_order
from checklists.swedish_time import clock
from dialogs.figures.addresses import EXPORT as EXPORT_LINK
from dialogs.figures.addresses import PATHS, link_url
from dialogs.figures.addresses import REPORT as REPORT_LINK
from dialogs.messages.tell import tell
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import OfFigures
from dialogs.turn.turn_context import TurnContext
from dialogs.views.figures import Asked, FigureRow, LinkRow, LinksView, ReportView, TileRow, What
from dialogs.views.views import Button, Line, MenuView, SayView
from reports.overview import Tile, overview
from reports.periods import until
from reports.selected import Selection
from reports.summary import report_view
from storage import links, people
from storage.desk import Session

REPORT = Right("report", "self", FIGURES)
OFFER = Right("export", "self", FIGURES)
SHOW = Right("show_report", "self", FIGURES)
EXPORT = Right("export_figures", "self", FIGURES)
MOST_UNITS = 60
"""How many units fit in one choice set on a card of 24 KB."""


def report(context: TurnContext, rest: str = "") -> Reaction:
    """Show the figures of the first unit the person may see; for a manager, the whole organisation."""
    return _shown(context, read_period(rest, context.today), "")


def offer_export(context: TurnContext, rest: str = "") -> Reaction:
    """Offer the figures as a page and as files; pressing the button gives personal links."""
    return _shown(context, read_period(rest, context.today), "", offer_only=True)


def show_report(context: TurnContext, press: Press[OfFigures]) -> Reaction:
    """Show the figures of the chosen unit and period. Raises: UnreadablePeriod."""
    wanted = press.inputs.get("unit") or str(press.what.unit_id)
    return _shown(context, _period(context, press), wanted)


def export_figures(context: TurnContext, press: Press[OfFigures]) -> Reaction:
    """Return one-time links, new ones for each press, as earlier ones may be used or expired.

    A press that arrives as a message is answered by a posted card, which must not hold secrets: then without links.
    """
    period, units = _period(context, press), _units(context)
    unit_id = _chosen(units, press.inputs.get("unit") or str(press.what.unit_id))
    if unit_id is None:
        return _refused(context, EXPORT)
    asked = _asked(units[unit_id], period)
    buttons = (_button("buttons.export", EXPORT, unit_id, period), _button("buttons.report", SHOW, unit_id, period))
    rows, changes = _links(context, asked) if context.turn.invoke and context.pages_url else ((), NONE)
    notices = () if rows or not context.turn.invoke else (Line(say="report.no_pages"),)
    return Done(LinksView(notices=notices, asked=asked, links=rows, buttons=buttons), changes)


def tell_fetched(session: Session, tenant_id: int, person_id: int, asked: Asked, file: str, now: datetime) -> None:
    """Post a receipt for a fetched file of figures: which file, its scope, and when. file: `csv` or `xlsx`.

    Should someone else have used the link, this is how the person finds out.
    """
    args = {"unit": asked.unit, "first": asked.first, "last": asked.last}
    of = Line(say="report.fetched_of_unit" if asked.unit else "report.fetched_of_all", args=args)
    at = Line(say="report.fetched_at", args={"at": clock(now)})
    title = Line(say="report.link_csv" if file == "csv" else "report.link_xlsx")
    person = people.person(session, tenant_id, person_id)
    tell(session, [person] if person else [], MenuView(title=title, lines=(of, at), buttons=()), now=now)


def _links(context: TurnContext, asked: Asked) -> tuple[tuple[LinkRow, ...], Changes]:
    scope, rows, events = asked.model_dump(), [], []
    whats: tuple[tuple[What, str, dict[str, str]], ...] = (
        ("page", REPORT_LINK, {}),
        ("csv", EXPORT_LINK, {"format": "csv"}),
        ("xlsx", EXPORT_LINK, {"format": "xlsx"}),
    )
    for what, purpose, more in whats:
        whose = (context.tenant_id, context.person_id)
        token = links.make(context.session, *whose, purpose, scope | more, context.turn.now)
        rows.append(LinkRow(what=what, address=link_url(context.pages_url, PATHS[purpose], token)))
        events.append(Change("link_made", detail=purpose))
    return tuple(rows), record(context.session, context.origin, *events)


def _shown(context: TurnContext, period: Period, wanted: str, *, offer_only: bool = False) -> Reaction:
    units = _units(context)
    unit_id = _chosen(units, wanted)
    if unit_id is None:
        return _refused(context, SHOW)
    last = until(period, context.today)
    view = ReportView(
        asked=_asked(units[unit_id], period),
        until=last.isoformat() if last else "",
        offer_only=offer_only,
        units=tuple(units.items())[:MOST_UNITS] if len(units) > 1 else (),
        chosen=unit_id,
        buttons=(
            _button("buttons.show", SHOW, unit_id, period),
            _button("buttons.export", EXPORT, unit_id, period),
        ),
    )
    if offer_only:
        return view
    selection = Selection(unit=units[unit_id])
    found = report_view(context.session, context.tenant_id, selection, period, context.today, context.language)
    rows = tuple(
        FigureRow(item=one.key, k=one.fulfilled.k, n=one.fulfilled.n, reread=one.reread.n, found=one.reread.k)
        for one in found.questions
    )
    first_screen = overview(context.session, context.tenant_id, period, context.today, units[unit_id])
    tiles = tuple(map(_tile, first_screen.tiles))
    seen = {"checklist": found.checklist, "tiles": tiles, "sentences": found.sentences + found.more, "rows": rows}
    return view.model_copy(update=seen)


def _tile(tile: Tile) -> TileRow:
    share, before = tile.share, tile.before
    found = TileRow(name=tile.name, k=share.k, n=share.n, before_k=before.k, before_n=before.n)
    if tile.time is None:
        return found
    return found.model_copy(update={"open_late": tile.time.open_late, "extended": tile.time.extended})


def _units(context: TurnContext) -> dict[int, str]:
    """Return the units whose figures the person may see, by row id; the whole organisation (empty name) first."""
    names = people.unit_names(context.session, context.tenant_id)
    held = [(row.role, names[row.unit_id]) for row in context.roles]
    seen = [(name, row_id) for row_id, name in names.items() if sees_figures(held, name)]
    seen.sort(key=lambda one: (swedish_order(one[0]), one[1]))
    return {row_id: name for name, row_id in seen}


def _chosen(units: Mapping[int, str], text: str) -> int | None:
    """Return the chosen unit, by default the first; None if the person may not see it."""
    if not text:
        return next(iter(units), None)
    return int(text) if text.isascii() and text.isdigit() and int(text) in units else None


def _asked(unit: str, period: Period) -> Asked:
    return Asked(unit=unit, first=period.first.isoformat(), last=period.last.isoformat())


def _button(title: str, right: Right, unit_id: int, period: Period) -> Button:
    return Button(title=Line(say=title), claim=claimed(right.verb, OfFigures(unit_id, period)))


def _period(context: TurnContext, press: Press[OfFigures]) -> Period:
    """Return the period in the (prefilled) field, or the button's if the field is empty."""
    written = press.inputs.get("period", "")
    return read_period(written, context.today) if written.strip() else press.what.period


def _refused(context: TurnContext, right: Right) -> Reaction:
    refusal = SayView(notices=(Line(say="common.not_for_your_role"),))
    return Done(refusal, record(context.session, context.origin, Change("denied", detail=right.verb)))


def _is_period(context: TurnContext, rest: str) -> bool:
    return is_period(rest, context.today)


VERBS = (Verb(SHOW, show_report, OfFigures, keeps=False), Verb(EXPORT, export_figures, OfFigures, keeps=False))
COMMANDS = (
    Command("rapport", ("report",), report, REPORT, _is_period),
    Command("exportera", ("export",), offer_export, OFFER, _is_period),
)
