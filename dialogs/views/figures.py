"""Views of figures: the report for a unit and period, and the links of an export."""

from typing import Literal

from dialogs.views.parts import Button, Data, Line, View


class FigureRow(Data):
    """One question's result: k Ja in the n lists it applies to; of `reread` Ja that were reviewed, `found` held."""

    item: str
    k: int
    n: int
    reread: int = 0
    found: int = 0


class TileRow(Data):
    """A headline figure: k of n, and the same in the period before.

    open_late: how many are still running past the limit. extended: how many of k were in time by an extension only.
    """

    name: Literal["coverage", "complete", "in_time", "agreed"]
    k: int
    n: int
    before_k: int
    before_n: int
    open_late: int = 0
    extended: int = 0


class Asked(Data):
    """The scope of figures. unit: name, empty for the whole organisation; first, last: ISO dates, inclusive."""

    unit: str
    first: str
    last: str


class ReportView(View):
    """The figures of one unit and period, or just the offer to export them.

    tiles: those that have anything to count. sentences: in the reader's language, as worded by the report.
    rows: in list order, empty for an offer. units: row ids and names to choose from, when there are several; chosen:
    row id of the unit shown. until: ISO date of the last day that can have data, empty if the period is over.
    """

    kind: Literal["report"] = "report"
    asked: Asked
    offer_only: bool = False
    until: str = ""
    checklist: str = ""
    tiles: tuple[TileRow, ...] = ()
    sentences: tuple[str, ...] = ()
    rows: tuple[FigureRow, ...] = ()
    units: tuple[tuple[int, str], ...] = ()
    chosen: int
    buttons: tuple[Button, ...]


What = Literal["page", "csv", "xlsx", "people", "group_page", "management_page", "board_page", "workshop_page"]


class LinkRow(Data):
    """A one-time link to the page or a file."""

    what: What
    address: str


class LinksView(View):
    """The links to the figures. links: secrets, for one person; if empty, the card explains where to find them.

    asked: None for the people register and for a round's results; the title names the round.
    """

    kind: Literal["links"] = "links"
    asked: Asked | None = None
    title: Line | None = None
    links: tuple[LinkRow, ...]
    buttons: tuple[Button, ...]
