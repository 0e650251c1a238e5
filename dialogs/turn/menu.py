"""Help, welcome, language, and words that were not understood: never a dead end."""

from difflib import get_close_matches

from checklists.rights import ANYONE, FIGURES, Right
from dialogs.turn.declared import Command, Press, Verb
from dialogs.turn.find_case import command_button, latest_case
from dialogs.turn.turn_context import Talk
from dialogs.views.views import AnyView, Button, Claim, Line, MenuView, SayView
from dialogs.worker.summary_card import open_claim

HELP = Right("help", "self", ANYONE)
LANGUAGE = Right("language", "self", ANYONE)
COMMAND = Right("command", "self", ANYONE)
_LANGUAGES = {"sv": "sv", "svenska": "sv", "swedish": "sv", "en": "en", "engelska": "en", "english": "en"}
_CHEF_BUTTONS = (("att läsa", "buttons.to_read"), ("ersättare", "buttons.deputies"))
_WORKER_BUTTONS = (("ny", "buttons.new_case"), ("mina ärenden", "buttons.my_cases"))


def help_(talk: Talk, _rest: str = "") -> MenuView:
    """Return what this person can do, as buttons."""
    return MenuView(title=Line(say="menu.help_title"), lines=_help_lines(talk), buttons=_buttons(talk))


def welcome(talk: Talk) -> MenuView:
    """Return what is said once to everyone the app is installed for."""
    lines = (Line(say="menu.welcome_does"), Line(say="menu.welcome_never"), *_help_lines(talk))
    return MenuView(title=Line(say="menu.welcome_title"), lines=lines, buttons=_buttons(talk))


def not_understood(talk: Talk, text: str, words: dict[str, str]) -> MenuView:
    """Return the nearest command and her open case. `words` maps each word and alias to its command."""
    near = get_close_matches(text.casefold()[:60], words, n=1, cutoff=0.6)
    near = near or get_close_matches(text.casefold().split(" ")[0][:60], words, n=1, cutoff=0.6)
    lines, buttons = [], []
    if near:
        word = words[near[0]]
        lines.append(Line(say="menu.did_you_mean", args={"word": word}))
        buttons.append(Button(title=Line(say="buttons.command", args={"word": word}), claim=_command(word)))
    else:
        lines.append(Line(say="menu.no_such_word"))
    return MenuView(title=Line(say="menu.not_understood"), lines=tuple(lines), buttons=(*buttons, *_buttons(talk)))


def language(talk: Talk, rest: str) -> AnyView:
    """Keep the language she chose."""
    chosen = _LANGUAGES.get(rest.strip().casefold())
    if chosen is None:
        return SayView(notices=(Line(say="menu.which_language"),))
    talk.person.language = chosen
    talk.record("language_set", detail=chosen)
    return SayView(notices=(Line(say="menu.language_set"),))


def command_pressed(talk: Talk, press: Press) -> AnyView:
    """Do what the typed command does."""
    return talk.run_command(press.claim.choice, "")


def _command(word: str) -> Claim:
    return command_button(word, "buttons.command").claim


def _help_lines(talk: Talk) -> tuple[Line, ...]:
    lines = [Line(say="menu.help_worker")] if talk.units_as("case_worker") else []
    if _reads(talk):
        lines.append(Line(say="menu.help_chef"))
    elif _administers(talk):
        lines.append(Line(say="menu.help_admin"))
    if _sees_figures(talk):
        lines.append(Line(say="menu.help_figures"))
    return tuple(lines) or (Line(say="menu.help_other"),)


def _reads(talk: Talk) -> bool:
    return bool(talk.units_as("unit_manager") or talk.units_as("deputy"))


def _names_deputies(talk: Talk) -> bool:
    return bool(talk.units_as("unit_manager")) or _administers(talk)


def _administers(talk: Talk) -> bool:
    return bool(talk.units_as("manager") or talk.units_as("admin"))


def _sees_figures(talk: Talk) -> bool:
    return any(talk.units_as(role) for role in FIGURES)


def _buttons(talk: Talk) -> tuple[Button, ...]:
    buttons: list[Button] = []
    if talk.units_as("case_worker"):
        case = latest_case(talk, Right("continue", "case", {"case_worker": ("lead", "co_worker")}))
        if case is not None and case.closed_on is None:
            title = Line(say="buttons.continue_case", args={"ref": case.ref})
            buttons.append(Button(title=title, claim=open_claim(case)))
        buttons += [command_button(word, title) for word, title in _WORKER_BUTTONS]
    if _reads(talk):
        buttons += [command_button(word, title) for word, title in _CHEF_BUTTONS[: 2 if _names_deputies(talk) else 1]]
    elif _administers(talk):
        buttons.append(command_button("ersättare", "buttons.deputies"))
    if _sees_figures(talk):
        buttons.append(command_button("rapport", "buttons.report"))
    buttons.append(command_button("hjälp", "buttons.help"))
    return tuple(buttons)


VERBS = (Verb(COMMAND, command_pressed, keeps=False),)
COMMANDS = (
    Command("hjälp", ("hej", "hejsan", "?", "help", "hello", "hi"), help_, HELP),
    Command("språk", ("language",), language, LANGUAGE, lambda _talk, rest: not rest or rest.casefold() in _LANGUAGES),
)
