"""The views of rounds: one kind of panel, with rows, fields and buttons, for managers and for reviewers."""

from typing import Literal

from dialogs.views.parts import Button, Claim, Data, Line, View


class Option(Data):
    """One choice of a field. name: a title taken from the register; without one, `line` is the title."""

    value: str
    name: str = ""
    line: Line | None = None


class PanelField(Data):
    """One field. item: list/version/item, whose question is the label; without one, `label` is.

    several: many may be chosen. most: characters of a text; a long text gets a box of several lines.
    """

    id: str
    kind: Literal["text", "date", "choice"]
    label: Line | None = None
    item: str = ""
    options: tuple[Option, ...] = ()
    several: bool = False
    value: str = ""
    most: int = 60


class PanelRow(Data):
    """One row: what it is about in bold, what there is to say of it, and its buttons.

    late: its day has passed; the words say so too.
    """

    title: Line
    lines: tuple[Line, ...] = ()
    late: bool = False
    buttons: tuple[Button, ...] = ()


class PanelView(View):
    """A panel. words: paragraphs of a made-up file, in the reader's language. buttons: send the fields; nav: do not."""

    kind: Literal["panel"] = "panel"
    title: Line
    lines: tuple[Line, ...] = ()
    words: tuple[str, ...] = ()
    rows: tuple[PanelRow, ...] = ()
    fields: tuple[PanelField, ...] = ()
    buttons: tuple[Button, ...] = ()
    nav: tuple[Button, ...] = ()
    refresh: Claim | None = None


_LETTERS = str.maketrans("0123456789", "abcdefghij")
_DIGITS = str.maketrans("abcdefghij", "0123456789")


def coded(number: int) -> str:
    """Return a number as the value of a choice: in letters, so that choices never read as a personal number."""
    return str(number).translate(_LETTERS)


def decoded(value: str) -> tuple[int, ...]:
    """Return the numbers of a field's value, however many were chosen; what is no number is left out."""
    found = (one.translate(_DIGITS) for one in value.split(",") if one.isascii() and one.isalpha())
    return tuple(int(one) for one in found if one.isdigit() and len(one) < 12)
