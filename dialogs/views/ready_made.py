"""Views and buttons that many dialogs use."""

from dialogs.views.parts import Button, Claim, Line
from dialogs.views.views import AskRefView


def command_button(word: str, title: str) -> Button:
    """Return a button that does what the typed command does."""
    return Button(title=Line(say=title), claim=Claim(verb="command", choice=word))


def ask_ref(command: str) -> AskRefView:
    """Return the card that asks which case a command is about."""
    return AskRefView(save=Button(title=Line(say="buttons.open"), claim=Claim(verb="named_case", item=command)))


def open_button(case_id: int, title: Line, verb: str = "continue") -> Button:
    """Return a button that leads to a case."""
    return Button(title=title, claim=Claim(verb=verb, case=case_id))
