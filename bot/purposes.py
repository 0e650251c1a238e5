"""What this bot gives by one-time link, and to whom."""

from collections.abc import Collection

from bot import export_link, report_page
from bot.links import Purpose
from checklists.rights import FIGURES, Right, sees_figures
from storage import links
from storage.links import Scope


def _covers(held: Collection[tuple[str, str]], scope: Scope) -> bool:
    return sees_figures(held, scope["unit"])


PURPOSES = (
    Purpose(
        links.REPORT,
        links.REPORT_PATH,
        Right("report", "self", FIGURES),
        report_page.render,
        covers=_covers,
        fields=report_page.fields,
        choose=report_page.choose,
    ),
    Purpose("export", "/export", Right("export", "self", FIGURES), export_link.render, covers=_covers, act="export"),
)
