"""The registry of commands and verbs: routes typed lines and presses to their dialogs."""

from collections.abc import Mapping

from actions.changes import Change, record
from checklists.errors import SignatureStands
from checklists.replies import folded
from checklists.rights import ANYONE, RELATIONS, Right, may, table
from dialogs.chef import deputies, reading, sign_off, unit_case, unit_cases
from dialogs.figures import report
from dialogs.messages import reminder_content
from dialogs.turn import menu
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, parted
from dialogs.turn.presses import Anyway, ForCommand, OfCommand
from dialogs.turn.turn_context import TurnContext
from dialogs.views.parts import Claim
from dialogs.views.ready_made import ask_ref
from dialogs.views.views import AnyView, Line, SayView
from dialogs.worker import anyway as anyway_
from dialogs.worker import (
    case_details,
    change,
    closing,
    fill_checklist,
    form,
    my_cases,
    open_case,
    remarks,
    summary,
    undo,
    what_counts,
)

MODULES = (
    open_case,
    fill_checklist,
    remarks,
    form,
    change,
    undo,
    what_counts,
    summary,
    my_cases,
    case_details,
    closing,
    reading,
    sign_off,
    unit_cases,
    unit_case,
    deputies,
    menu,
    reminder_content,
    report,
)
COMMANDS: tuple[Command, ...] = tuple(command for module in MODULES for command in module.COMMANDS)
_BY_WORD: Mapping[str, Command] = {folded(word): c for c in COMMANDS for word in (c.word, *c.aliases)}


def command_pressed(context: TurnContext, press: Press[OfCommand]) -> Reaction:
    """Run a command from its button."""
    return run_command(context, press.what.name, "")


def named_case(context: TurnContext, press: Press[ForCommand]) -> Reaction:
    """Run a command that was waiting for a case reference, now given on the card."""
    ref = press.inputs.get("case_ref", "").strip()
    return run_command(context, press.what.name, ref) if ref else ask_ref(press.what.name)


def anyway(context: TurnContext, press: Press[Anyway]) -> Reaction:
    """Carry out what would void a signature, now that she has been told and wants it."""
    asked = anyway_.confirmed(context, press.case, press.what)
    claim = press.what.claim
    if claim is None or claim.verb not in anyway_.AGAIN:
        return Done(anyway_.card_again(context, press.case, claim), asked)
    view, changes = parted(run_verb(context, claim, press.what.inputs))
    return Done(view, asked + changes)


_PRESSED = (
    Verb(anyway_.ANYWAY, anyway, Anyway),
    Verb(Right("command", "self", ANYONE), command_pressed, OfCommand, keeps=False),
    Verb(Right("named_case", "self", open_case.NEW.may), named_case, ForCommand, keeps=False),
)
VERBS: Mapping[str, Verb] = {
    verb.right.verb: verb for verb in (*_PRESSED, *(verb for module in MODULES for verb in module.VERBS))
}
RIGHTS: Mapping[str, Right] = table(
    verb.right for verb in (*_PRESSED, *(v for module in MODULES for v in module.VERBS))
)
COMMAND_RIGHTS: Mapping[str, Right] = table({id(command.right): command.right for command in COMMANDS}.values())
"""The rights of the typed commands, by verb; several commands may share one right."""


def find_command(context: TurnContext, text: str, *, whole: bool) -> tuple[Command, str] | None:
    """Return the command a line begins with, and the rest of the line; None if there is none.

    whole: require the entire line to read as the command, for places where any other text would be an answer.
    """
    words = text.split()
    for count in (2, 1):
        command = _BY_WORD.get(folded(" ".join(words[:count]))) if len(words) >= count else None
        rest = " ".join(words[count:])
        if command and (not whole or command.whole(context, rest)):
            return command, rest
    return None


def run_command(context: TurnContext, word: str, rest: str) -> Reaction:
    """Run a command if this person may; an unknown word, as from a button of an older release, shows the help."""
    command = _BY_WORD.get(folded(word))
    if command is None:
        return menu.help_(context)
    if command.right.about == "self" and not _may(context, command.right):
        return _denied(context, command.right)
    try:
        return command.run(context, rest)
    except SignatureStands as stands:  # the case has become the current one, so the word alone says it again
        stands.pressed = stands.pressed or (Claim(verb="command", choice=command.word), {})
        raise


def run_verb(context: TurnContext, claim: Claim, inputs: Mapping[str, str]) -> Reaction:
    """Run a pressed verb if this person may; a verb about a case checks access to the case itself."""
    verb = VERBS[claim.verb]
    if verb.right.about == "self" and not _may(context, verb.right):
        return _denied(context, verb.right)
    press = Press(claim.case, claim.filled, claim.version, verb.carries.read(claim), inputs)
    try:
        return verb.run(context, press)
    except SignatureStands as stands:
        stands.pressed = stands.pressed or (claim, inputs)
        raise


def not_understood(context: TurnContext, text: str) -> AnyView:
    """Answer a line that is neither a command nor an answer."""
    return menu.not_understood(context, folded(text), {word: command.word for word, command in _BY_WORD.items()})


def _may(context: TurnContext, right: Right) -> bool:
    return may(right, [(row.role, relation) for row in context.roles for relation in RELATIONS])


def _denied(context: TurnContext, right: Right) -> Reaction:
    refusal = SayView(notices=(Line(say="common.not_for_your_role"),))
    return Done(refusal, record(context.session, context.origin, Change("denied", detail=right.verb)))
