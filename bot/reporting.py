"""The reports as the dialogs see them (dialogs/reporting.py)."""

from dataclasses import dataclass

from bot.pages.links import Purpose, link_url
from bot.pages.purposes import PURPOSES
from checklists.periods import Period
from dialogs.views.figures import FigureRow
from reports.selected import Selection
from reports.summary import report_view
from storage.desk import Session
from texts import Language


@dataclass(frozen=True, slots=True)
class Figures:
    """See dialogs.figures.reporting.Figures."""

    checklist: str
    sentences: tuple[str, ...]
    rows: tuple[FigureRow, ...]


class Reports:
    """See dialogs.figures.reporting. public_url: where people reach the pages, empty when they cannot."""

    def __init__(self, public_url: str, purposes: tuple[Purpose, ...] = PURPOSES) -> None:
        self._public_url = public_url
        self._purposes = {purpose.name: purpose for purpose in purposes}

    def figures(self, session: Session, tenant_id: int, unit: str, period: Period, language: Language) -> Figures:
        """Return how the workers' decision basis was filled in."""
        found = report_view(session, tenant_id, Selection(unit=unit), period, language)
        rows = tuple(FigureRow(item=one.key, k=one.fulfilled.k, n=one.fulfilled.n) for one in found.questions)
        return Figures(found.checklist, found.sentences, rows)

    def address(self, purpose: str, token: str) -> str:
        """Return the address of a one-time link."""
        return link_url(self._public_url, self._purposes[purpose], token)

    def gives(self, purpose: str) -> bool:
        """Say whether links of this purpose lead anywhere."""
        return bool(self._public_url) and purpose in self._purposes
