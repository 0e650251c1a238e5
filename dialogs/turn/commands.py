"""The registry of commands and verbs: routes typed lines and presses to their dialogs."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache

from actions.basis import BASIS
from actions.changes import Change, record
from checklists.doubt import is_reference_alone
from checklists.errors import SignatureStands
from checklists.replies import begins_with_answer, folded, words_of
from checklists.rights import ANYONE, RELATIONS, Right, may, table
from dialogs.admin import administration, deletion, log_check
from dialogs.chef import deputies, extract, reading, sign_off, unit_case, unit_cases, workers
from dialogs.figures import report
from dialogs.messages import not_yet, reminder_content
from dialogs.rounds import (
    feedback,
    follow_up,
    from_answer,
    manage,
    own_measures,
    raising,
    register,
    results,
    review,
    workshop,
    year,
)
from dialogs.turn import find_case, menu
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, parted
from dialogs.turn.meant import is_asking, meant
from dialogs.turn.presses import Anyway, ForCommand, OfCommand
from dialogs.turn.turn_context import TurnContext
from dialogs.views.parts import Claim
from dialogs.views.ready_made import ask_ref
from dialogs.views.views import Line, MenuView, SayView
from dialogs.worker import anyway as anyway_
from dialogs.worker import (
    asked_about,
    begin_list,
    case_details,
    change,
    closing,
    detail,
    drop_list,
    fill_checklist,
    form,
    linked_cases,
    my_cases,
    open_case,
    protection,
    remarks,
    summary,
    text_for_file,
    undo,
    what_counts,
    wrong_case,
)
from texts import LANGUAGES, say, sentences

_ENDS = "?!.,… "
_LAST_WORDS = frozenset({"tack", "snalla", "please", "thanks"})
_MOST_TITLE = 4
"""The most words in the title of a button."""
_MOST_WORDS = 5
"""The most words in a command."""
_ASKED_WITH = words_of(
    "kan du kunde skulle jag vill behover fa se ha visa mig oppna snalla please show me open the can you could i want",
    "to see need alla garna en ett ta tar a",
)
_MOST_NAMING = 12
"""The most words in a line that may name the case a suggested command is for."""
_LONG_NUMBER = re.compile(r"\d{4}")
_BEFORE_DAYS = frozenset(("till", "fran", "ar", "kl", "vid", "den", "for", "och", "om", "av", "i", "to", "from", "and"))
_ABOUT_NO_CASE = ("hjälp", "vad betyder")
_NEAR, _MOST_NEAR = 0.78, 60
_TITLED = dict.fromkeys(
    ("skicka till chefen", "skicka till min chef", "skicka det till chefen", "skicka in till chefen"),
    "skicka till chef",
) | dict.fromkeys(("send to my manager", "send to the manager", "send it to my manager"), "send to manager")
"""What people call a button, folded, and its title."""
_REASONS = words_of("for darfor eftersom because since")
"""The first words of a reason: `för att` is no misspelling of `fortsätt`, nor `för` of `form`."""

MODULES = (
    open_case,
    begin_list,
    fill_checklist,
    drop_list,
    asked_about,
    detail,
    protection,
    remarks,
    form,
    change,
    undo,
    what_counts,
    summary,
    text_for_file,
    my_cases,
    case_details,
    closing,
    wrong_case,
    linked_cases,
    reading,
    sign_off,
    unit_cases,
    unit_case,
    workers,
    extract,
    deputies,
    menu,
    reminder_content,
    not_yet,
    report,
    manage,
    follow_up,
    review,
    raising,
    feedback,
    from_answer,
    own_measures,
    register,
    results,
    workshop,
    year,
    administration,
    log_check,
    deletion,
)
COMMANDS: tuple[Command, ...] = tuple(command for module in MODULES for command in module.COMMANDS)
_BY_WORD: Mapping[str, Command] = {folded(word): c for c in COMMANDS for word in (c.word, *c.aliases)}


def command_pressed(context: TurnContext, press: Press[OfCommand]) -> Reaction:
    """Run a command from its button, which may also carry what would be typed after the word."""
    line = f"{press.what.name} {press.what.rest}".strip()
    word, rest = press.what.name, press.what.rest
    if folded(word) not in _BY_WORD and (found := find_command(context, line, whole=False)):
        word, rest = found[0].word, found[1]
    return run_command(context, word, rest)


def named_case(context: TurnContext, press: Press[ForCommand]) -> Reaction:
    """Run a command that was waiting for a case reference, now given on the card or typed.

    `ny SN 2026/0123 ärende` is that command, not the case NY SN 2026/0123 ÄRENDE.
    """
    ref = press.inputs.get("case_ref", "").strip()
    if not ref:
        return ask_ref(press.what.name)
    line = ref if may_name_a_case(context, ref) else f"{press.what.name} {ref}"
    found = find_command(context, line, whole=False)
    return run_command(context, found[0].word, found[1]) if found else run_command(context, press.what.name, ref)


def anyway(context: TurnContext, press: Press[Anyway]) -> Reaction:
    """Carry out a press that voids a signature, now that she has been told so and has confirmed."""
    asked = anyway_.confirmed(context, press.case, press.what)
    claim = press.what.claim
    if claim is None or claim.verb not in anyway_.AGAIN:
        return Done(anyway_.card_again(context, press.case, claim), asked)
    view, changes = parted(run_verb(context, claim, press.what.inputs))
    return Done(view, asked + changes)


_PRESSED = (
    Verb(anyway_.ANYWAY, anyway, Anyway),
    Verb(Right("command", "self", ANYONE), command_pressed, OfCommand, keeps=False),
    Verb(Right("named_case", "self", {**open_case.NEW.may, "admin": RELATIONS}), named_case, ForCommand, keeps=False),
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
    words = _said(text).split()
    for count in range(min(len(words), _MOST_WORDS), 0, -1):
        command = _BY_WORD.get(folded(" ".join(words[:count])))
        rest = " ".join(words[count:])
        if command and (not whole or command.whole(context, rest)):
            return command, rest
    asked = bare(text)
    return find_command(context, asked, whole=True) if len(asked.split()) < len(words) else None


def is_not_hers(context: TurnContext, text: str) -> bool:
    """Return whether a line is a whole command of roles that this person does not have."""
    found = find_command(context, text, whole=True)
    if found is None or found[0].right.about != "self" or _may(context, found[0].right):
        return False
    return find_title(context, text) is None


def may_name_a_case(context: TurnContext, text: str) -> bool:
    """Return whether a line begins with a command and goes on with what might, unlikely as it is, be a reference."""
    found = find_command(context, text, whole=False)
    return found is not None and found[0].whole is find_case.maybe_ref and find_case.fits(context, found[1])


def bare(text: str) -> str:
    """Return a line without the words of asking it begins with, such as `kan du visa` and `jag vill se`."""
    words = _said(text).split()
    first = next((n for n, word in enumerate(words) if folded(word).strip(_ENDS) not in _ASKED_WITH), len(words))
    return " ".join(words[first:])


def is_command(command: Command, word: str) -> bool:
    """Return whether a word is one of a command's own."""
    return _BY_WORD.get(folded(word)) is command


def as_titled(text: str) -> str:
    """Return the title that people mean by `skicka till chefen`: `skicka till chef`; "" if a line is no such name."""
    return _TITLED.get(folded(_said(text)), "")


def find_title(context: TurnContext, text: str) -> tuple[Command, str] | None:
    """Return the command that a button's title leads to although no such button is shown, and the rest of the line."""
    words = (as_titled(text) or _said(text)).split()
    for count in range(min(len(words), _MOST_TITLE), 0, -1):
        command, rest = _by_title().get(folded(" ".join(words[:count]))), " ".join(words[count:])
        if command and command.whole(context, rest) and _may(context, command.right):
            return command, rest
    return None


@cache
def _by_title() -> Mapping[str, Command]:
    named = [(say("buttons." + title, language), c) for c in COMMANDS for title in c.titles for language in LANGUAGES]
    return {folded(title): command for title, command in named}


@cache
def _titles() -> frozenset[str]:
    """Return the titles of all buttons, folded."""
    every = (say_ for language in LANGUAGES for say_ in sentences(language).items())
    return frozenset(folded(text) for key, text in every if key.startswith("buttons."))


def _said(text: str) -> str:
    """Return a line without a closing question mark or `tack`."""
    words = text.split()
    while len(words) > 1 and (set(words[-1]) <= {"?"} or folded(words[-1]).strip(_ENDS) in _LAST_WORDS):
        words.pop()
    if words and words[-1].rstrip(_ENDS):
        words[-1] = words[-1].rstrip(_ENDS)
    return " ".join(words)


def run_command(context: TurnContext, word: str, rest: str) -> Reaction:
    """Run a command if this person may; an unknown word, as from a button of an older release, shows the help."""
    command = _BY_WORD.get(folded(word))
    if command is None:
        return menu.help_(context)
    if command.right.about == "self" and not _may(context, command.right):
        titled = find_title(context, f"{word} {rest}")
        if titled is not None:  # `ny omgång` is the title of a button of hers, though `ny` is none of her words
            return titled[0].run(context, titled[1])
        _, changes = parted(_denied(context, command.right))
        return Done(menu.not_for_role(context), changes)  # Teams offers everybody the same commands
    try:
        return command.run(context, rest)
    except SignatureStands as stands:  # the case is now the current one, so the word alone is enough to run it again
        stands.pressed = stands.pressed or (Claim(verb="command", choice=command.word), {})
        raise
    except find_case.NoSuchCase as error:
        error.instead = tuple(OfCommand(command.word, rest.replace(error.named, ref, 1)) for ref in error.near)
        raise


def run_verb(context: TurnContext, claim: Claim, inputs: Mapping[str, str]) -> Reaction:
    """Run a pressed verb if this person may; a verb about a case checks access to the case itself."""
    verb = VERBS[claim.verb]
    if verb.right.about == "self" and not _may(context, verb.right):
        return _denied(context, verb.right)
    press = Press(claim.case, claim.filled, claim.version, verb.carries.read(claim), inputs, claim.checklist or BASIS)
    try:
        return verb.run(context, press)
    except SignatureStands as stands:
        stands.pressed = stands.pressed or (claim, inputs)
        raise


def not_understood(context: TurnContext, text: str) -> MenuView:
    """Answer a line that is neither a command nor an answer, with the nearest command if this person may run it."""
    near = None if begins_with_answer(text) else nearest(context, text) or _least_meant(context, text)
    return menu.not_understood(context, *near) if near else menu.not_understood(context)


def nearest(context: TurnContext, text: str) -> tuple[str, str] | None:
    """Return the word of the nearest command and what it would be given; None if there is none.

    First a mistyped command word, then a phrase that people use for a command, then a line that begins like one. A case
    the line names is kept, wherever it stands.
    """
    found = _nearest(context, text)
    ref = _case_in(context, text) if found else ""
    if found is None or not ref or ref in found[1]:
        return found
    takes_case = _BY_WORD[folded(found[0])].whole(context, ref)
    return (found[0], ref) if takes_case else ("fortsätt", ref) if found[0] in _ABOUT_NO_CASE else found


def _least_meant(context: TurnContext, text: str) -> tuple[str, str] | None:
    """Return what a line in which no command is recognised may still be about: the case it names, else the help, if it
    asks for something.
    """
    ref = _case_in(context, text)
    if ref:
        return "fortsätt", ref
    return _new_in(context, text) or (("hjälp", "") if is_asking(text) else None)


def _new_in(context: TurnContext, text: str) -> tuple[str, str] | None:
    """Return `ny` and the reference of no known case that a line ends with: `starta SN 2026/0124`; else None.

    `12/5 till 20/5` ends with none.
    """
    words = text.split()
    for count in (2, 1):
        part = " ".join(words[-count:]).strip(_ENDS + ":;")
        is_one = is_reference_alone(part) and _LONG_NUMBER.search(part) and folded(words[-count]) not in _BEFORE_DAYS
        ref = find_case.reference_or_none(context, part) if is_one else None
        if ref is not None and _may(context, _BY_WORD["ny"].right):
            return "ny", ref
    return None


def _case_in(context: TurnContext, text: str) -> str:
    """Return the reference of a case that this person may open and that a line names in it; "" if there is none."""
    words = text.split()
    if len(words) > _MOST_NAMING:
        return ""
    for count in (3, 2, 1):
        for at in range(len(words) - count + 1):
            part = " ".join(words[at : at + count]).strip(_ENDS + ":;")
            case = find_case.bare(context, part, open_case.CONTINUE)
            if case is not None:
                return case.ref
    return ""


def _nearest(context: TurnContext, text: str) -> tuple[str, str] | None:
    said = _said(text)
    allowed = {word: command.word for word, command in _BY_WORD.items() if _may(context, command.right)}
    is_title = folded(said) in _titles()  # `spara` is no misspelling of `språk`
    mistyped = [] if is_title else get_close_matches(folded(said)[:_MOST_NEAR], allowed, n=1, cutoff=_NEAR)
    if mistyped:
        return allowed[mistyped[0]], ""
    if is_reference_alone(said) and (known := find_case.almost(context, said)):
        return "fortsätt", known
    ref = find_case.reference_or_none(context, said) if "ny" in allowed and is_reference_alone(said) else None
    if ref is not None:
        return "ny", ref
    return meant(said, set(allowed.values()).__contains__) or _begun(context, said, allowed)


def _begun(context: TurnContext, text: str, allowed: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the command a line begins like, and the rest of the line if the command takes it."""
    whole: list[str] = []
    words = text.split()
    if not words or folded(words[0]) in _REASONS:
        return None
    for count in (2, 1):
        as_long = [word for word in allowed if len(word.split()) == count]
        found = get_close_matches(folded(" ".join(words[:count]))[:_MOST_NEAR], as_long, n=1, cutoff=_NEAR)
        if not found or len(words) <= count:
            continue
        command, rest = _BY_WORD[found[0]], " ".join(words[count:])
        if command.whole(context, rest):
            return command.word, rest
        whole = whole or found
    return (allowed[whole[0]], "") if whole else None


def _may(context: TurnContext, right: Right) -> bool:
    return may(right, [(row.role, relation) for row in context.roles for relation in RELATIONS])


def _denied(context: TurnContext, right: Right) -> Reaction:
    refusal = SayView(notices=(Line(say="common.not_for_your_role"),))
    return Done(refusal, record(context.session, context.origin, Change("denied", detail=right.verb)))
