"""Gathers every dialog's commands and verbs; first words to a dialog, presses to a verb."""

from collections.abc import Mapping

from checklists.replies import folded
from checklists.rights import RELATIONS, Right, may, table
from dialogs.chef import deputies, reading, sign_off
from dialogs.figures import report as figures
from dialogs.messages import reminders as reminding
from dialogs.turn import menu
from dialogs.turn.declared import Command, Press, Verb
from dialogs.turn.turn_context import Talk
from dialogs.views.views import AnyView, Claim, Line, SayView
from dialogs.worker import case_details, change, fill_checklist, form, my_cases, open_case, remarks, summary, undo

MODULES = (
    open_case,
    fill_checklist,
    remarks,
    form,
    change,
    undo,
    summary,
    my_cases,
    case_details,
    reading,
    sign_off,
    deputies,
    menu,
    reminding,
    figures,
)
COMMANDS: tuple[Command, ...] = tuple(command for module in MODULES for command in module.COMMANDS)
VERBS: Mapping[str, Verb] = {verb.right.verb: verb for module in MODULES for verb in module.VERBS}
RIGHTS: Mapping[str, Right] = table(verb.right for module in MODULES for verb in module.VERBS)
COMMAND_RIGHTS: Mapping[str, Right] = table({id(command.right): command.right for command in COMMANDS}.values())
"""What each typed command may, by the verb its right names; several commands may share one right."""


_BY_WORD: Mapping[str, Command] = {folded(word): c for c in COMMANDS for word in (c.word, *c.aliases)}


def find_command(talk: Talk, text: str, *, whole: bool) -> tuple[Command, str] | None:
    """Return the command a line gives and the rest of the line.

    whole: only when all of the line reads as the command, as where any other text would be an answer.
    """
    words = text.split()
    for count in (2, 1):
        command = _BY_WORD.get(folded(" ".join(words[:count]))) if len(words) >= count else None
        rest = " ".join(words[count:])
        if command and (not whole or command.whole(talk, rest)):
            return command, rest
    return None


def run_command(talk: Talk, word: str, rest: str) -> AnyView:
    """Do what a typed command does, if this person may; a word that an older release had on a button gets the help."""
    command = _BY_WORD.get(folded(word))
    if command is None:
        return menu.help_(talk)
    if command.right.about == "self" and not _may(talk, command.right):
        return _denied(talk, command.right)
    return command.run(talk, rest)


def run_verb(talk: Talk, claim: Claim, inputs: Mapping[str, str]) -> AnyView:
    """Do what a press asks, if this person may; a verb about a case checks her standing to the case itself."""
    verb = VERBS[claim.verb]
    if verb.right.about == "self" and not _may(talk, verb.right):
        return _denied(talk, verb.right)
    return verb.run(talk, Press(claim, inputs))


def not_understood(talk: Talk, text: str) -> AnyView:
    """Answer a line that is no command and answers nothing."""
    return menu.not_understood(talk, folded(text), {word: command.word for word, command in _BY_WORD.items()})


def _may(talk: Talk, right: Right) -> bool:
    return may(right, [(row.role, relation) for row in talk.roles for relation in RELATIONS])


def _denied(talk: Talk, right: Right) -> AnyView:
    talk.record("denied", detail=right.verb)
    return SayView(notices=(Line(say="common.not_for_your_role"),))
