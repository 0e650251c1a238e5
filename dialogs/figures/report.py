"""`rapport` and `exportera`: the figures of a unit and a period on a card, and one-time links to fetch them by."""

from collections.abc import Mapping
from datetime import date, datetime

from checklists.errors import UserError
from checklists.periods import Period, read_period
from checklists.rights import FIGURES, Right, sees_figures
from checklists.swedish_time import clock
from dialogs.messages.tell import tell
from dialogs.turn.declared import Command, Press, Verb
from dialogs.turn.turn_context import Talk
from dialogs.views.figures import Asked, LinkRow, LinksView, ReportView
from dialogs.views.views import AnyView, Button, Claim, Line, MenuView, SayView
from storage import links, people
from storage.desk import Session

REPORT = Right("report", "self", FIGURES)
OFFER = Right("export", "self", FIGURES)
SHOW = Right("show_report", "self", FIGURES)
EXPORT = Right("export_figures", "self", FIGURES)
MOST_UNITS = 60
"""What one choice holds on a card of 24 KB."""


def report(talk: Talk, rest: str = "") -> AnyView:
    """Show the figures of the first unit she may see: the whole organisation, for a manager."""
    return _shown(talk, read_period(rest, talk.today), "")


def offer_export(talk: Talk, rest: str = "") -> AnyView:
    """Offer the figures as a page and as files; the links come when she presses, for her alone."""
    return _shown(talk, read_period(rest, talk.today), "", offer_only=True)


def show_report(talk: Talk, press: Press) -> AnyView:
    """Show the figures of the unit and the period she chose. Raises: UnreadablePeriod."""
    return _shown(talk, _period(talk, press), press.inputs.get("unit") or press.claim.item)


def export_figures(talk: Talk, press: Press) -> AnyView:
    """Give the links. Each press gives new ones: those of an earlier press may be used or out of time.

    A press that comes as a message is answered by a posted card, which must not hold a secret: no link is made then.
    """
    period, units = _period(talk, press), _units(talk)
    unit_id = _chosen(units, press.inputs.get("unit") or press.claim.item)
    if unit_id is None:
        return _refused(talk, EXPORT)
    asked = _asked(units[unit_id], period)
    buttons = (_button("buttons.export", EXPORT, unit_id, period), _button("buttons.report", SHOW, unit_id, period))
    made = _links(talk, asked) if talk.turn.invoke else ()
    notices = () if made or not talk.turn.invoke else (Line(say="report.no_pages"),)
    return LinksView(notices=notices, asked=asked, links=made, buttons=buttons)


def tell_fetched(session: Session, tenant_id: int, person_id: int, asked: Asked, file: str, now: datetime) -> None:
    """Leave a receipt in the chat of who fetched a file of figures: which, of what, and when. file: `csv` or `xlsx`.

    If it was not she who fetched it, she learns of it here.
    """
    args = {"unit": asked.unit, "first": asked.first, "last": asked.last}
    of = Line(say="report.fetched_of_unit" if asked.unit else "report.fetched_of_all", args=args)
    at = Line(say="report.fetched_at", args={"at": clock(now)})
    title = Line(say="report.link_csv" if file == "csv" else "report.link_xlsx")
    person = people.person(session, tenant_id, person_id)
    tell(session, [person] if person else [], MenuView(title=title, lines=(of, at), buttons=()), now=now)


def _links(talk: Talk, asked: Asked) -> tuple[LinkRow, ...]:
    scope, reporting = asked.model_dump(), talk.reports

    def made(purpose: str, what: dict[str, str]) -> str:
        token = links.make(talk.session, talk.tenant_id, talk.person_id, purpose, scope | what, talk.turn.now)
        talk.record("link_made", detail=purpose)
        return reporting.address(purpose, token)

    page = [LinkRow(what="page", address=made("report", {}))] if reporting.gives("report") else []
    if not reporting.gives("export"):
        return tuple(page)
    csv, xlsx = (made("export", {"format": file}) for file in ("csv", "xlsx"))
    return (*page, LinkRow(what="csv", address=csv), LinkRow(what="xlsx", address=xlsx))


def _shown(talk: Talk, period: Period, wanted: str, *, offer_only: bool = False) -> AnyView:
    units = _units(talk)
    unit_id = _chosen(units, wanted)
    if unit_id is None:
        return _refused(talk, SHOW)
    view = ReportView(
        asked=_asked(units[unit_id], period),
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
    found = talk.reports.figures(talk.session, talk.tenant_id, units[unit_id], period, talk.language)
    return view.model_copy(update={"checklist": found.checklist, "sentences": found.sentences, "rows": found.rows})


def _units(talk: Talk) -> dict[int, str]:
    """Return the units she may see figures of, by row id; the whole organisation, whose name is empty, first."""
    names = people.unit_names(talk.session, talk.tenant_id)
    held = [(row.role, names[row.unit_id]) for row in talk.roles]
    seen = sorted((name, row_id) for row_id, name in names.items() if sees_figures(held, name))
    return {row_id: name for name, row_id in seen}


def _chosen(units: Mapping[int, str], text: str) -> int | None:
    """Return the unit she means, the first when she means none; None when it is not hers to see."""
    if not text:
        return next(iter(units), None)
    return int(text) if text.isascii() and text.isdigit() and int(text) in units else None


def _asked(unit: str, period: Period) -> Asked:
    return Asked(unit=unit, first=period.first.isoformat(), last=period.last.isoformat())


def _button(title: str, right: Right, unit_id: int, period: Period) -> Button:
    days = f"{period.first.isoformat()}/{period.last.isoformat()}"
    return Button(title=Line(say=title), claim=Claim(verb=right.verb, item=str(unit_id), choice=days))


def _period(talk: Talk, press: Press) -> Period:
    """Return the period written in the field, which stands there to begin with; that of the button when it is empty."""
    written = press.inputs.get("period", "")
    if written.strip():
        return read_period(written, talk.today)
    first, last = map(date.fromisoformat, press.claim.choice.split("/"))
    return Period(first, last)


def _refused(talk: Talk, right: Right) -> SayView:
    talk.record("denied", detail=right.verb)
    return SayView(notices=(Line(say="common.not_for_your_role"),))


def _is_period(talk: Talk, rest: str) -> bool:
    try:
        return bool(read_period(rest, talk.today))
    except UserError:
        return False


VERBS = (Verb(SHOW, show_report, keeps=False), Verb(EXPORT, export_figures, keeps=False))
COMMANDS = (
    Command("rapport", ("report",), report, REPORT, _is_period),
    Command("exportera", ("export",), offer_export, OFFER, _is_period),
)
