"""The view of the admin's cards: sections of lines, fields and buttons. Names of people and units, no case content."""

from typing import Literal

from dialogs.views.parts import Button, Data, Line, View


class AdminField(Data):
    """One field. kind: `choice` of `choices` (value and title), a `date`, or `text`. value: what is filled in."""

    id: str
    label: Line
    kind: Literal["choice", "date", "text"]
    choices: tuple[tuple[str, str], ...] = ()
    value: str = ""


class AdminSection(Data):
    """A part of the card. heading: None for none. Its buttons send all fields of the card."""

    heading: Line | None = None
    lines: tuple[Line, ...] = ()
    fields: tuple[AdminField, ...] = ()
    buttons: tuple[Button, ...] = ()


class AdminView(View):
    """One of the admin's cards, or a check of accesses."""

    kind: Literal["admin"] = "admin"
    title: Line
    lines: tuple[Line, ...] = ()
    sections: tuple[AdminSection, ...] = ()
    buttons: tuple[Button, ...] = ()
