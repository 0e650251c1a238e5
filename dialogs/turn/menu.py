"""Help, welcome, language, and the answer to words that were not understood; each offers a way on."""

from collections.abc import Iterable
from typing import Literal

from actions import people as acts
from checklists.model import ListId, Role
from checklists.rights import ANYONE, FIGURES, OWN_CASE, ROUNDS, Right
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Reaction, Verb, claimed
from dialogs.turn.english import line_in
from dialogs.turn.presses import OfCommand
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import command_button, open_button
from dialogs.views.views import AnyView, Button, Line, MenuView, SayView

HELP = Right("help", "self", ANYONE)
LANGUAGE = Right("language", "self", ANYONE)
_OPEN = Right("continue", "case", OWN_CASE)
LOG_CHECKERS: tuple[Role, ...] = ("unit_manager", "manager")
_LANGUAGES: dict[str, Literal["sv", "en"]] = {
    **dict.fromkeys(("sv", "svenska", "swedish"), "sv"),
    **dict.fromkeys(("en", "engelska", "english"), "en"),
}
_CHEF_BUTTONS = (
    ("att läsa", "buttons.to_read"),
    ("enhetens ärenden", "buttons.unit_cases"),
    ("ersättare", "buttons.deputies"),
)
_OF_ROLE: dict[Role, ListId] = {"auditor": "sample_audit"}
"""The lists offered by role. None for a reviewer: her cases are drawn for her, and `granska` shows them."""
_EXAMPLES: dict[ListId, dict[str, str]] = {
    "sample_audit": {"sv": "ny stickprov SN 2026/0456", "en": "new sample audit SN 2026/0456"},
}
_WORKER_BUTTONS = (
    ("ny", "buttons.new_case"),
    ("ny intake", "buttons.new_report"),
    ("mina ärenden", "buttons.my_cases"),
)


def help_(context: TurnContext, _rest: str = "") -> MenuView:
    """Return what this person can do, as buttons; a case worker is also told who sees what she writes."""
    seen = (Line(say="menu.help_seen"),) if context.units_as("case_worker") else ()
    lines = (*_help_lines(context), *seen)
    return MenuView(title=Line(say="menu.help_title"), lines=lines, buttons=_buttons(context))


def instead(context: TurnContext, line: Line) -> MenuView:
    """Return the answer to a command that found nothing to do: a line, and what this person can do."""
    return MenuView(title=Line(say="menu.help_title"), notices=(line,), lines=(), buttons=_buttons(context))


def welcome(context: TurnContext, told: tuple[Line, ...] = ()) -> MenuView:
    """Return the greeting, given once to everyone who gets the app. told: what she could not be told before."""
    lines = (*told, Line(say="menu.welcome_does"), Line(say="menu.welcome_never"), *_help_lines(context))
    return MenuView(title=Line(say="menu.welcome_title"), lines=lines, buttons=_buttons(context))


def not_understood(context: TurnContext, word: str = "", rest: str = "") -> MenuView:
    """Suggest a command and the open case. word, rest: the nearest command, and what it would be given."""
    lines, buttons, others = [Line(say="menu.no_such_word")], list[Button](), _buttons(context)
    if word:
        line, button = suggested(context, OfCommand(word, rest))
        lines, buttons = [line], [button]
        others = tuple(one for one in others if one.claim != buttons[0].claim)
    return MenuView(title=Line(say="menu.not_understood"), lines=tuple(lines), buttons=(*buttons, *others))


def suggested(context: TurnContext, command: OfCommand) -> tuple[Line, Button]:
    """Return the question whether a command was meant, and the button that runs it."""
    whole = line_in(context.language, command.name, command.rest)
    title = Line(say="buttons.command", args={"word": whole})
    return Line(say="menu.did_you_mean", args={"word": whole}), Button(title=title, claim=claimed("command", command))


def with_suggested(context: TurnContext, view: AnyView, commands: Iterable[OfCommand]) -> AnyView:
    """Add to an answer the commands that may have been meant instead, each with its button."""
    offers = [suggested(context, command) for command in commands]
    if not offers:
        return view
    lines, buttons = zip(*offers, strict=True)
    if hasattr(view, "nav"):
        added = {"notices": (*view.notices, *lines), "nav": (*view.nav, *buttons)}
        return view.model_copy(update=added)
    return MenuView(title=Line(say="cases.which_title"), lines=(*view.notices, *lines), buttons=buttons, chooses=True)


def not_for_role(context: TurnContext) -> MenuView:
    """Return the answer to a command that another role may use: what this person can do instead."""
    lines = (Line(say="common.not_for_your_role"),)
    return MenuView(title=Line(say="menu.not_for_role"), lines=lines, buttons=_buttons(context))


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
        lines.append(Line(say="menu.help_chef" if _names_deputies(context) else "menu.help_deputy"))
    elif _administers(context):
        lines.append(Line(say="menu.help_admin"))
    if context.units_as("admin"):
        lines.append(Line(say="menu.help_administer"))
    if _sees_figures(context):
        lines.append(Line(say="menu.help_figures"))
    if context.units_as("peer_reviewer"):
        lines.append(Line(say="menu.help_review"))
    if any(context.units_as(role) for role in ROUNDS):
        lines.append(Line(say="menu.help_reviews"))
    if context.units_as("case_worker"):
        lines.append(Line(say="menu.help_report"))
    lines += [
        Line(say="menu.help_lists", args={"example": _EXAMPLES[one][context.language]}) for one in _lists(context)
    ]
    return tuple(lines) or (Line(say="menu.help_other"),)


def _lists(context: TurnContext) -> list[ListId]:
    """Return the lists that are offered as a button: those somebody answers alone, in any case."""
    return [list_id for role, list_id in _OF_ROLE.items() if context.units_as(role)]


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
    if context.units_as("admin"):
        buttons.append(command_button("administrera", "buttons.administer"))
    if any(context.units_as(role) for role in LOG_CHECKERS):
        buttons.append(command_button("loggkontroll", "buttons.log_check"))
    if _sees_figures(context):
        buttons.append(command_button("rapport", "buttons.report"))
        buttons.append(command_button("egenkontroll", "buttons.reviews"))
        buttons.append(command_button("åtgärder", "buttons.measures"))
    if context.units_as("peer_reviewer"):
        buttons.append(command_button("granska", "buttons.review"))
    for one in _lists(context):
        title = Line(say="buttons.new_list", args={"list": one})
        buttons.append(command_button(f"ny {one}", "buttons.new_list").model_copy(update={"title": title}))
    if _lists(context) and not context.units_as("case_worker"):
        buttons.append(command_button("mina ärenden", "buttons.my_cases"))
    buttons.append(command_button("hjälp", "buttons.help"))
    return tuple(buttons)


VERBS: tuple[Verb, ...] = ()
_GREETINGS = (
    *("hej", "hejsan", "?", "help", "hello", "hi", "tjena", "god morgon", "hallå", "vad kan du", "vad kan du göra"),
    "what can you do",
)
COMMANDS = (
    Command("hjälp", _GREETINGS, help_, HELP),
    Command(
        "språk", ("language",), language, LANGUAGE, lambda _context, rest: not rest or rest.casefold() in _LANGUAGES
    ),
)
