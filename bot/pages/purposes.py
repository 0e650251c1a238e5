"""The kinds of content that can be fetched by one-time link, and who may fetch them."""

from collections.abc import Collection
from datetime import datetime

from bot.pages import export_link, register_link, report_page, round_page
from bot.pages.links import Purpose
from checklists.model import Role
from checklists.rights import FIGURES, RELATIONS, ROUNDS, Right, sees_figures
from dialogs.figures import addresses
from dialogs.figures.report import tell_fetched
from dialogs.rounds import results
from dialogs.views.figures import Asked
from storage.desk import Session
from storage.links import Link, Scope


def _allows(held: Collection[tuple[Role, str]], units: Collection[str], scope: Scope) -> bool:
    unit = scope["unit"]
    return (not unit or unit in units) and sees_figures(held, unit)


def _fetched(session: Session, link: Link, now: datetime) -> None:
    asked = Asked(**{name: link.scope[name] for name in Asked.model_fields})
    tell_fetched(session, link.tenant_id, link.person_id, asked, link.scope["format"], now)


def _round_fetched(session: Session, link: Link, now: datetime) -> None:
    of, file = int(link.scope["round"]), link.scope["format"]
    results.tell_fetched(session, link.tenant_id, link.person_id, of, file, now)


PURPOSES = (
    Purpose(
        addresses.REPORT,
        addresses.PATHS[addresses.REPORT],
        Right("report", "self", FIGURES),
        report_page.render,
        allows=_allows,
        fields=report_page.fields,
        choose=report_page.choose,
    ),
    Purpose(
        addresses.EXPORT,
        addresses.PATHS[addresses.EXPORT],
        Right("export", "self", FIGURES),
        export_link.render,
        allows=_allows,
        act="export",
        receipt=_fetched,
    ),
    Purpose(
        addresses.PEOPLE,
        addresses.PATHS[addresses.PEOPLE],
        Right("admin", "self", {"admin": RELATIONS}),
        register_link.render,
        act="export",
    ),
    Purpose(
        addresses.ROUND,
        addresses.PATHS[addresses.ROUND],
        Right("round_links", "self", ROUNDS),
        round_page.render,
        allows=round_page.allows,
    ),
    Purpose(
        addresses.ROUND_FILE,
        addresses.PATHS[addresses.ROUND_FILE],
        Right("round_links", "self", ROUNDS),
        round_page.file,
        allows=round_page.allows,
        act="export",
        receipt=_round_fetched,
    ),
)
