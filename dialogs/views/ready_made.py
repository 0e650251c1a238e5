"""Views and buttons shared by several dialogs."""

from typing import Literal

from checklists.errors import UserError
from checklists.model import ListId
from checklists.rights import VerbName
from dialogs.views.parts import Button, Claim, Line
from dialogs.views.views import AskRefView


def command_button(word: str, title: str) -> Button:
    """Return a button that runs a typed command. title: a text key."""
    return Button(title=Line(say=title), claim=Claim(verb="command", choice=word))


def begin_button(checklist: ListId, ref: str) -> Button:
    """Return the button that begins or continues a list of a case."""
    title = Line(say="lists.name", args={"list": checklist})
    return Button(title=title, claim=Claim(verb="command", choice=f"ny {checklist} {ref}"))


def ask_ref(command: str) -> AskRefView:
    """Return the card that asks which case a command is for."""
    return AskRefView(save=Button(title=Line(say="buttons.open"), claim=Claim(verb="named_case", item=command)))


def open_button(
    case_id: int,
    title: Line,
    verb: VerbName = "continue",
    checklist: ListId | Literal[""] = "",
    about: str = "",
) -> Button:
    """Return a button that opens a case.

    checklist: which list of it; empty for the decision basis. about: see `Button`.
    """
    other = checklist if checklist != "decision_basis" else ""
    return Button(title=title, claim=Claim(verb=verb, case=case_id, checklist=other), about=about)


REST_SAVED = Line(say="errors.rest_saved")
"""Follows the refusals of single fields, once."""


def refused(error: UserError) -> tuple[Line, ...]:
    """Return the lines for a refused card that is saved either whole or not at all."""
    return (Line(say=error.text_key, args=error.args_for_text), Line(say="errors.none_saved"))
