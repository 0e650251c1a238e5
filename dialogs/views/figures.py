"""The views of figures: the report of a unit and a period, and the links of an export."""

from typing import Literal

from dialogs.views.parts import Button, Data, View


class FigureRow(Data):
    """How one question was answered: k Ja of the n lists it applies to."""

    item: str
    k: int
    n: int


class Asked(Data):
    """What figures are about. unit: its name, empty: the whole organisation; first, last: ISO dates, inclusive."""

    unit: str
    first: str
    last: str


class ReportView(View):
    """The figures of one unit and period, or only the offer to export them.

    sentences: in the reader's language, as the report words them. rows: in the order of the list, empty when it is
    only an offer. units: row id and name to choose among, when there are several; chosen: the row id of this one.
    """

    kind: Literal["report"] = "report"
    asked: Asked
    offer_only: bool = False
    checklist: str = ""
    sentences: tuple[str, ...] = ()
    rows: tuple[FigureRow, ...] = ()
    units: tuple[tuple[int, str], ...] = ()
    chosen: int
    buttons: tuple[Button, ...]


What = Literal["page", "csv", "xlsx"]


class LinkRow(Data):
    """An address to fetch something at, once. what: `page`, `csv` or `xlsx`."""

    what: What
    address: str


class LinksView(View):
    """Where the figures can be fetched. links: secrets, for one person; empty: the card says where they are."""

    kind: Literal["links"] = "links"
    asked: Asked
    links: tuple[LinkRow, ...]
    buttons: tuple[Button, ...]
