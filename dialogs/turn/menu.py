"""Help, welcome, language, and the answer to words that were not understood: never a dead end."""

from difflib import get_close_matches
from typing import Literal

from actions import people as acts
from checklists.rights import ANYONE, FIGURES, OWN_CASE, Right
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Reaction, Verb
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import command_button, open_button
from dialogs.views.views import Button, Line, MenuView, SayView

HELP = Right("help", "self", ANYONE)
LANGUAGE = Right("language", "self", ANYONE)
_OPEN = Right("continue", "case", OWN_CASE)
_LANGUAGES: dict[str, Literal["sv", "en"]] = {
    **dict.fromkeys(("sv", "svenska", "swedish"), "sv"),
    **dict.fromkeys(("en", "engelska", "english"), "en"),
}
_CHEF_BUTTONS = (
    ("att läsa", "buttons.to_read"),
    ("enhetens ärenden", "buttons.unit_cases"),
    ("ersättare", "buttons.deputies"),
)
_WORKER_BUTTONS = (("ny", "buttons.new_case"), ("mina ärenden", "buttons.my_cases"))


def help_(context: TurnContext, _rest: str = "") -> MenuView:
    """Return what this person can do, as buttons."""
    return MenuView(title=Line(say="menu.help_title"), lines=_help_lines(context), buttons=_buttons(context))


def welcome(context: TurnContext, told: tuple[Line, ...] = ()) -> MenuView:
    """Return the greeting, given once to everyone the app is installed for. told: what she could not be told before."""
    lines = (*told, Line(say="menu.welcome_does"), Line(say="menu.welcome_never"), *_help_lines(context))
    return MenuView(title=Line(say="menu.welcome_title"), lines=lines, buttons=_buttons(context))


def not_understood(context: TurnContext, text: str, words: dict[str, str]) -> MenuView:
    """Suggest the nearest command and the open case. words: the command of each word and alias."""
    near = get_close_matches(text.casefold()[:60], words, n=1, cutoff=0.6)
    near = near or get_close_matches(text.casefold().split(" ")[0][:60], words, n=1, cutoff=0.6)
    lines, buttons = [], []
    if near:
        word = words[near[0]]
        lines.append(Line(say="menu.did_you_mean", args={"word": word}))
        title = Line(say="buttons.command", args={"word": word})
        buttons.append(Button(title=title, claim=command_button(word, "buttons.command").claim))
    else:
        lines.append(Line(say="menu.no_such_word"))
    return MenuView(title=Line(say="menu.not_understood"), lines=tuple(lines), buttons=(*buttons, *_buttons(context)))


def language(context: TurnContext, rest: str) -> Reaction:
    """Store the chosen language and confirm in it."""
    chosen = _LANGUAGES.get(rest.strip().casefold())
    if chosen is None:
        return SayView(notices=(Line(say="menu.which_language"),))
    changes = acts.choose_language(context.session, context.origin, context.person, chosen)
    context.language = chosen
    return Done(SayView(notices=(Line(say="menu.language_set"),)), changes)


def _help_lines(context: TurnContext) -> tuple[Line, ...]:
    lines = [Line(say="menu.help_worker")] if context.units_as("case_worker") else []
    if _reads(context):
        lines.append(Line(say="menu.help_chef"))
    elif _administers(context):
        lines.append(Line(say="menu.help_admin"))
    if _sees_figures(context):
        lines.append(Line(say="menu.help_figures"))
    return tuple(lines) or (Line(say="menu.help_other"),)


def _reads(context: TurnContext) -> bool:
    return bool(context.units_as("unit_manager") or context.units_as("deputy"))


def _names_deputies(context: TurnContext) -> bool:
    return bool(context.units_as("unit_manager")) or _administers(context)


def _administers(context: TurnContext) -> bool:
    return bool(context.units_as("manager") or context.units_as("admin"))


def _sees_figures(context: TurnContext) -> bool:
    return any(context.units_as(role) for role in FIGURES)


def _buttons(context: TurnContext) -> tuple[Button, ...]:
    buttons: list[Button] = []
    if context.units_as("case_worker"):
        case = find_case.last_touched(context, _OPEN)
        if case is not None and case.closed_on is None:
            title = Line(say="buttons.continue_case", args={"ref": case.ref})
            buttons.append(open_button(case.id, title))
        buttons += [command_button(word, title) for word, title in _WORKER_BUTTONS]
    if _reads(context):
        count = 3 if _names_deputies(context) else 2
        buttons += [command_button(word, title) for word, title in _CHEF_BUTTONS[:count]]
    elif _administers(context):
        buttons.append(command_button("ersättare", "buttons.deputies"))
    if _sees_figures(context):
        buttons.append(command_button("rapport", "buttons.report"))
    buttons.append(command_button("hjälp", "buttons.help"))
    return tuple(buttons)


VERBS: tuple[Verb, ...] = ()
COMMANDS = (
    Command("hjälp", ("hej", "hejsan", "?", "help", "hello", "hi"), help_, HELP),
    Command(
        "språk", ("language",), language, LANGUAGE, lambda _context, rest: not rest or rest.casefold() in _LANGUAGES
    ),
)
