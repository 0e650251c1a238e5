"""What a dialog needs of the reports, which it may not import: who starts the turn hands it in (decision 0014)."""

from typing import Protocol

from checklists.periods import Period
from dialogs.views.figures import FigureRow
from storage.desk import Session
from texts import Language


class Figures(Protocol):
    """The figures of one list. sentences: those that matter most, in the language asked for."""

    @property
    def checklist(self) -> str:
        """Return which list."""
        ...

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return the sentences."""
        ...

    @property
    def rows(self) -> tuple[FigureRow, ...]:
        """Return a row per question, in the order of the list."""
        ...


class Reporting(Protocol):
    """The reports, as far as a dialog uses them."""

    def figures(self, session: Session, tenant_id: int, unit: str, period: Period, language: Language) -> Figures:
        """Return the figures of a unit, empty for the whole organisation."""
        ...

    def address(self, purpose: str, token: str) -> str:
        """Return the address of a one-time link."""
        ...

    def gives(self, purpose: str) -> bool:
        """Say whether the bot has a page for links of this purpose, and an address where people reach it."""
        ...
