"""Who there is in the municipality, and what their clients show them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.chat.card_hand import Card, button, inputs
from tests.chat.harness import NORTH, SOUTH
from tests.year.model import Case

WEST = "Barn och unga Väst (påhittad)"
ROLES = (
    ("anna", NORTH, "case_worker"),
    ("bo", NORTH, "case_worker"),
    ("doris", SOUTH, "case_worker"),
    ("ylva", WEST, "case_worker"),
    ("cecilia", NORTH, "unit_manager"),
    ("sven", SOUTH, "unit_manager"),
    ("sven", WEST, "unit_manager"),
    ("mona", "", "manager"),
    ("ada", "", "admin"),
    ("vera", "", "auditor"),
    *((name, unit, "peer_reviewer") for name in ("greta", "hugo") for unit in (NORTH, SOUTH)),
)
DEPUTY = ("dag", NORTH, "deputy")
STRANGER = "okand"
SAYS = {
    "case_worker": ("mina ärenden", "hjälp", "vad betyder 4", "åtgärder", "tack!"),
    "unit_manager": ("att läsa", "enhetens ärenden", "ersättare", "rapport", "egenkontroll"),
    "deputy": ("att läsa", "enhetens ärenden", "hjälp"),
    "manager": ("rapport", "exportera", "egenkontroll", "åtgärder", "hjälp"),
    "admin": ("administrera", "hjälp"),
    "auditor": ("granska", "hjälp", "mina ärenden"),
    "peer_reviewer": ("granska", "hjälp"),
    "": ("hej", "mina ärenden", "att läsa", "rapport"),
}
MOST_TRIES = 6
CHEF = "unit_manager"


@dataclass
class Shown:
    """A message as a person's client shows it.

    view: what it is. seen: what held as it was made. by: the act. of: the case it is about.
    """

    message: str
    card: Card | None
    view: Any
    seen: Mapping[str, Any]
    by: str
    of: Case | None
    loose: bool = False


@dataclass
class Person:
    """Somebody at her client. at: what she looks at."""

    name: str
    role: str
    cards: list[Shown] = field(default_factory=list)
    at: Shown | None = None
    asked: Shown | None = None
    heard: dict[tuple[int, str, str], tuple[date, bool]] = field(default_factory=dict)
    """What she has been reminded of, by case, rule and occasion: when last, and whether the bot knows that it came."""
    bundles: set[date] = field(default_factory=set)
    calls: list[tuple[int, str]] = field(default_factory=list)
    """To how many cases she has been called since the last sweep, and until when, while the chat is closed."""
    named: dict[str, set[str]] = field(default_factory=dict)
    """The references that each message has named to her: an update that comes late may name them again."""
    bundle: Shown | None = None
    """The newest bundle of reminders."""
    later: dict[tuple[int, str, str], tuple[date, date, bool]] = field(default_factory=dict)
    """What she has asked to be reminded of again: from which day on, and what `heard` said of it."""
    has_app: bool = False
    thanked: bool = False

    @property
    def chat(self) -> str:
        """The id of her chat with the bot."""
        return f"a:personal-{self.name}"


def named() -> tuple[tuple[str, str, str, str], ...]:
    """Return the rows of the register as the municipality begins."""
    return tuple((name, f"{name.title()} Påhittad", unit, role) for name, unit, role in ROLES)


def ref_of(view: Any) -> str:
    """Return the case a card is about, "" for none."""
    head = getattr(view, "head", None)
    seen = getattr(view, "seen", None)
    return str(head.case_ref if head else seen.case_ref if seen else getattr(view, "case_ref", ""))


def verb_of(card: Card, title: str) -> str:
    """Return what a button asks for."""
    return str(button(card, title)["data"].get("verb", ""))


def choices(card: Card, item: str) -> list[str]:
    """Return what can be chosen in a field."""
    return [choice["title"] for choice in inputs(card)[item]["choices"]]
