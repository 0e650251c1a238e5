"""How a dialog declares its typed commands and its pressed verbs, each with its right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from actions.basis import BASIS
from actions.changes import NONE, Changes
from checklists.model import ListId
from checklists.rights import Right, VerbName
from dialogs.turn.presses import Carried, Nothing
from dialogs.views.parts import Claim
from dialogs.views.views import AnyView

if TYPE_CHECKING:
    from dialogs.turn.turn_context import TurnContext

P = TypeVar("P", bound=Carried)


@dataclass(frozen=True, slots=True)
class Done:
    """A view to answer with, and the changes that were made."""

    view: AnyView
    changes: Changes


Reaction = AnyView | Done


def parted(reaction: Reaction) -> tuple[AnyView, Changes]:
    """Split a reaction into its view and its changes; a bare view has none."""
    return (reaction.view, reaction.changes) if isinstance(reaction, Done) else (reaction, NONE)


@dataclass(frozen=True, slots=True)
class Press(Generic[P]):
    """A pressed button.

    case, filled: row ids of the case and the list; version: the list's version; 0 where there is none.
    what: the payload of this kind of press. inputs: what was filled in on the card, by input id. checklist: which list
    it is about.
    """

    case: int
    filled: int
    version: int
    what: P
    inputs: Mapping[str, str]
    checklist: ListId = BASIS


def claimed(
    verb: VerbName,
    what: Carried | None = None,
    *,
    case: int = 0,
    filled: int = 0,
    version: int = 0,
    checklist: ListId = BASIS,
) -> Claim:
    """Return the claim of a button: its verb, what it is about, and its payload."""
    parts = what.write() if what is not None else {}
    other = checklist if checklist != BASIS else ""
    return Claim(verb=verb, case=case, filled=filled, version=version, checklist=other, **parts)


def nothing_more(_context: "TurnContext", rest: str) -> bool:
    """Return whether nothing follows the command word; the default for `Command.whole`."""
    return not rest


@dataclass(frozen=True, slots=True)
class Command:
    """A typed command.

    word: as shown to people; aliases: other words for it, including the English ones. whole: says whether the rest
    of the line makes it a command even where any text would be an answer; by default only if nothing follows. titles:
    text keys of the buttons that lead here when their title is typed and no such button is shown.
    """

    word: str
    aliases: tuple[str, ...]
    run: "Callable[[TurnContext, str], Reaction]"
    right: Right
    whole: "Callable[[TurnContext, str], bool]" = nothing_more
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verb:
    """A pressed verb.

    carries: the type of the button's payload. keeps: the verb may store something; once a press has done so, the same
    press again gets the stored reply.
    """

    right: Right
    run: "Callable[[TurnContext, Press[Any]], Reaction]"
    carries: type[Carried] = Nothing
    keeps: bool = True
