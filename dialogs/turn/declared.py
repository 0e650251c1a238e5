"""How a dialog declares what it answers to: typed commands and pressed verbs, each with its right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checklists.rights import Right
from dialogs.views.views import AnyView, Claim

if TYPE_CHECKING:
    from dialogs.turn.turn_context import Talk


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button: what it stood for, and what was filled in on the card, by input id."""

    claim: Claim
    inputs: Mapping[str, str]


def nothing_more(_talk: "Talk", rest: str) -> bool:
    """Say whether nothing follows the command's word."""
    return not rest


@dataclass(frozen=True, slots=True)
class Command:
    """A typed command.

    word: as shown to people; aliases: other words for it, English among them. whole: says whether the
    rest of the line makes it a command even where any text would be an answer (default: only nothing).
    """

    word: str
    aliases: tuple[str, ...]
    run: "Callable[[Talk, str], AnyView]"
    right: Right
    whole: "Callable[[Talk, str], bool]" = nothing_more


@dataclass(frozen=True, slots=True)
class Verb:
    """A pressed verb. keeps: it stores something, so the same press again gets the stored reply."""

    right: Right
    run: "Callable[[Talk, Press], AnyView]"
    keeps: bool = True
