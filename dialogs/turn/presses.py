"""The payload of each kind of press, besides case and list: one small type per kind, encoded and decoded only here.

A claim (`dialogs/views/parts.py`) is what a token signs: a few short strings, the same for every kind, so that cards
posted by older releases keep working. What the strings mean is up to the type of the press.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Protocol, Self

from checklists.periods import Period
from dialogs.views.parts import Claim

Parts = Mapping[str, str]


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(",") if part)


class Carried(Protocol):
    """The payload of a press."""

    @classmethod
    def read(cls, claim: Claim) -> Self:
        """Decode it from a claim that this bot signed."""
        ...

    def write(self) -> Parts:
        """Encode it as the parts of a claim."""
        ...


@dataclass(frozen=True, slots=True)
class Nothing:
    """No payload: the case, and perhaps the list, is enough."""

    @classmethod
    def read(cls, _claim: Claim) -> Self:
        return cls()

    def write(self) -> Parts:
        return {}


@dataclass(frozen=True, slots=True)
class OnCard:
    """A press on one card of a list.

    key: the key of the card's stop. revisions: of the answers on the card, in its order; empty for what changes none.
    choice: the answer the button stands for, or the option saying how it came about.
    """

    key: str
    revisions: tuple[int, ...] = ()
    choice: str = ""

    @classmethod
    def read(cls, claim: Claim) -> Self:
        return cls(claim.item, _numbers(claim.revision), claim.choice)

    def write(self) -> Parts:
        return {"item": self.key, "revision": ",".join(map(str, self.revisions)), "choice": self.choice}

    @property
    def item_id(self) -> str:
        """The card's first item."""
        return self.key.partition(":")[2]


class OnAside(OnCard):
    """A press about an earlier answer, on the card that asks something else.

    key, revisions: of that answer. choice: the option and, after a full stop, what is needed to keep the input
    on the card that shows it: the revisions of the answers there, as that card's `Spara` carries them, or the key of
    the motivation; nothing on a card without fields.
    """

    __slots__ = ()

    @property
    def option(self) -> str:
        """The option that was chosen."""
        return self.choice.partition(".")[0]

    @property
    def beside(self) -> tuple[int, ...]:
        """The revisions of the answers on the card that shows it."""
        return () if self.written_on else _numbers(self.choice.partition(".")[2])

    @property
    def written_on(self) -> str:
        """The key of the motivation written on the card that shows it; empty on any other card."""
        rest = self.choice.partition(".")[2]
        return rest if ":" in rest else ""


@dataclass(frozen=True, slots=True)
class OnForm:
    """A press on the form. keys: of its stops; revisions: by item, at the time the form was shown.

    then: `pause` or `send_back` if that button was pressed instead of `Spara`: it leads away once all is kept.
    """

    keys: tuple[str, ...]
    revisions: Mapping[str, int]
    then: str = ""

    @classmethod
    def read(cls, claim: Claim) -> Self:
        chosen, _, then = claim.choice.partition(";")
        items = [item for item in chosen.split(",") if item]
        return cls(tuple(claim.item.split(",")), dict(zip(items, _numbers(claim.revision), strict=True)), then)

    def write(self) -> Parts:
        revision, items = ",".join(map(str, self.revisions.values())), ",".join(self.revisions)
        choice = f"{items};{self.then}" if self.then else items
        return {"item": ",".join(self.keys), "revision": revision, "choice": choice}


@dataclass(frozen=True, slots=True)
class OnFacts:
    """A press on a child's facts card.

    revisions: of each fact on it. newest: id of the case's latest event, so that setting a value back and forth is not
    mistaken for a repeated press. form: show the form next.
    """

    child: int
    revisions: tuple[int, ...]
    newest: int
    form: bool = False

    @classmethod
    def read(cls, claim: Claim) -> Self:
        revisions, _, newest = claim.revision.partition(".")
        child = int(claim.item.removeprefix("facts:"))
        return cls(child, _numbers(revisions), int(newest or 0), claim.choice == "form")

    def write(self) -> Parts:
        revision = ",".join(map(str, self.revisions)) + (f".{self.newest}" if self.newest else "")
        return {"item": f"facts:{self.child}", "revision": revision, "choice": "form" if self.form else ""}


@dataclass(frozen=True, slots=True)
class OnDetails:
    """A press on the details card. shown: a digest of what the card showed; newest: see `OnFacts`."""

    shown: str
    newest: int

    @classmethod
    def read(cls, claim: Claim) -> Self:
        shown, _, newest = claim.revision.partition(".")
        return cls(shown, int(newest or 0))

    def write(self) -> Parts:
        return {"revision": f"{self.shown}.{self.newest}"}


@dataclass(frozen=True, slots=True)
class AsShown:
    """A press that is valid once, in the state in which it was offered. state: identifies that state.

    newest: see `OnFacts`. A case may return to an earlier state; the press is then a new one.
    """

    state: str
    newest: int = 0

    @classmethod
    def read(cls, claim: Claim) -> Self:
        return cls(claim.revision, int(claim.choice or 0))

    def write(self) -> Parts:
        return {"revision": self.state, "choice": str(self.newest) if self.newest else ""}


@dataclass(frozen=True, slots=True)
class OnUnitCase(AsShown):
    """A press on the chef's card of a case. then: where the button leads after saving; empty for `Spara`."""

    then: str = ""

    @classmethod
    def read(cls, claim: Claim) -> Self:
        return cls(claim.revision, int(claim.choice or 0), claim.item)

    def write(self) -> Parts:
        return {"revision": self.state, "choice": str(self.newest) if self.newest else "", "item": self.then}


@dataclass(frozen=True, slots=True)
class Page:
    """A further page. start: index of its first row. revision: what it is a page of, where that matters."""

    start: int
    revision: str = ""

    @classmethod
    def read(cls, claim: Claim) -> Self:
        return cls(int(claim.choice or 0), claim.revision)

    def write(self) -> Parts:
        return {"choice": str(self.start), "revision": self.revision}


@dataclass(frozen=True, slots=True)
class UnitPage:
    """A page of the unit's cases. start: index of its first row. order: `date` or `age`. only: `all` or a filter."""

    start: int = 0
    order: str = "date"
    only: str = "all"

    @classmethod
    def read(cls, claim: Claim) -> Self:
        start, _, how = claim.choice.partition("/")
        order, _, only = how.partition("/")
        return cls(int(start or 0), order or "date", only or "all")

    def write(self) -> Parts:
        return {"choice": f"{self.start}/{self.order}/{self.only}"}


@dataclass(frozen=True, slots=True)
class SeenAt:
    """What was seen at a signature. start: index of the first child shown."""

    signature_id: int
    start: int = 0

    @classmethod
    def read(cls, claim: Claim) -> Self:
        signature_id, _, start = claim.choice.partition("/")
        return cls(int(signature_id), int(start or 0))

    def write(self) -> Parts:
        return {"choice": f"{self.signature_id}/{self.start}"}


@dataclass(frozen=True, slots=True)
class Refreshing:
    """A card's refresh. made_by: activity id of the turn that made the card; newest: the case's latest event then."""

    made_by: str = ""
    newest: int = 0

    @classmethod
    def read(cls, claim: Claim) -> Self:
        return cls(claim.choice, int(claim.revision or 0))

    def write(self) -> Parts:
        return {"choice": self.made_by, "revision": str(self.newest) if self.newest else ""}


@dataclass(frozen=True, slots=True)
class OfDeputy:
    """A deputy's role row. made_by: the act that made the button, so that a deputy named again can be removed again."""

    role_id: int
    made_by: str

    @classmethod
    def read(cls, claim: Claim) -> Self:
        return cls(int(claim.item), claim.revision)

    def write(self) -> Parts:
        return {"item": str(self.role_id), "revision": self.made_by}


@dataclass(frozen=True, slots=True)
class AdminPage:
    """One of the admin's pages. about: the row it is about, 0 for none. start: index of its first row."""

    name: str = ""
    about: int = 0
    start: int = 0

    @classmethod
    def read(cls, claim: Claim) -> Self:
        about, _, start = claim.choice.partition("/")
        return cls(claim.item, int(about or 0), int(start or 0))

    def write(self) -> Parts:
        return {"item": self.name, "choice": f"{self.about}/{self.start}"}


@dataclass(frozen=True, slots=True)
class OnAdmin:
    """Something the admin does. about: the row it is done to. made_by: see `OfDeputy`."""

    act: str
    about: int
    made_by: str

    @classmethod
    def read(cls, claim: Claim) -> Self:
        return cls(claim.item, int(claim.choice or 0), claim.revision)

    def write(self) -> Parts:
        return {"item": self.act, "choice": str(self.about), "revision": self.made_by}


@dataclass(frozen=True, slots=True)
class ToPerson:
    """A press that gives a case to a person. newest: see `OnFacts`."""

    person_id: int
    newest: int

    @classmethod
    def read(cls, claim: Claim) -> Self:
        return cls(int(claim.item), int(claim.choice or 0))

    def write(self) -> Parts:
        return {"item": str(self.person_id), "choice": str(self.newest)}


@dataclass(frozen=True, slots=True)
class OfFigures:
    """The figures of a unit and period."""

    unit_id: int
    period: Period

    @classmethod
    def read(cls, claim: Claim) -> Self:
        first, last = map(date.fromisoformat, claim.choice.split("/"))
        return cls(int(claim.item), Period(first, last))

    def write(self) -> Parts:
        days = f"{self.period.first.isoformat()}/{self.period.last.isoformat()}"
        return {"item": str(self.unit_id), "choice": days}


@dataclass(frozen=True, slots=True)
class Anyway:
    """A press to be carried out although it voids a signature. claim: None if it was typed.

    inputs: the choices on its card; no texts, because the button may be on a posted card.
    """

    signature_id: int
    claim: Claim | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, claim: Claim) -> Self:
        parts, inputs = json.loads(claim.choice) if claim.choice.startswith("[") else (None, {})
        return cls(int(claim.revision or 0), Claim(**parts) if parts else None, inputs)

    def write(self) -> Parts:
        parts = self.claim.model_dump(exclude_defaults=True) if self.claim is not None else None
        chosen = json.dumps([parts, dict(self.inputs)], separators=(",", ":"))
        return {"revision": str(self.signature_id), "choice": chosen}


@dataclass(frozen=True, slots=True)
class OfRound:
    """A press about a round. about: row id of a case, a person, a reading, a consent or a raised case; said: a code.

    made_by: the act that made the button, where the same press may be meant twice. start: index of the first row shown.
    """

    round_id: int = 0
    about: int = 0
    said: str = ""
    start: int = 0
    made_by: str = ""

    @classmethod
    def read(cls, claim: Claim) -> Self:
        numbers = [int(part) if part.isdigit() else 0 for part in claim.item.split("/")]
        round_id, about, start = (*numbers, 0, 0, 0)[:3]
        return cls(round_id, about, claim.choice, start, claim.revision)

    def write(self) -> Parts:
        return {"item": f"{self.round_id}/{self.about}/{self.start}", "choice": self.said, "revision": self.made_by}


@dataclass(frozen=True, slots=True)
class OfLink:
    """The link of a case to another. said: `ja` or `nej` to a question about it, or the reference that was asked about.

    newest: see `OnFacts`.
    """

    link_id: int = 0
    newest: int = 0
    said: str = ""

    @classmethod
    def read(cls, claim: Claim) -> Self:
        return cls(int(claim.item) if claim.item.isdigit() else 0, int(claim.revision or 0), claim.choice)

    def write(self) -> Parts:
        return {"item": str(self.link_id), "revision": str(self.newest) if self.newest else "", "choice": self.said}


@dataclass(frozen=True, slots=True)
class OfMeasure:
    """A press about a measure. item: the question it comes from. about: row id of its owner or of the measure itself.

    due: ISO date. made_by: see `OfDeputy`.
    """

    item: str = ""
    about: int = 0
    due: str = ""
    made_by: str = ""

    @classmethod
    def read(cls, claim: Claim) -> Self:
        about, _, due = claim.choice.partition("/")
        return cls(claim.item, int(about) if about.isdigit() else 0, due, claim.revision)

    def write(self) -> Parts:
        return {"item": self.item, "choice": f"{self.about}/{self.due}", "revision": self.made_by}


# --- payloads of a single name ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Named:
    """A single name, stored in one part of the claim."""

    name: str = ""
    part: ClassVar[str] = "choice"

    @classmethod
    def read(cls, claim: Claim) -> Self:
        return cls(getattr(claim, cls.part))

    def write(self) -> Parts:
        return {self.part: self.name}


@dataclass(frozen=True, slots=True)
class ToItem:
    """Go to an item or fact by id; empty: the one chosen on the card. revisions: of its answer, if there is a text."""

    name: str = ""
    revisions: tuple[int, ...] = ()

    @classmethod
    def read(cls, claim: Claim) -> Self:
        return cls(claim.item, _numbers(claim.revision))

    def write(self) -> Parts:
        return {"item": self.name, "revision": ",".join(map(str, self.revisions))}


class OfAct(_Named):
    """One of the person's own acts; empty: the latest."""


class OfBundle(_Named):
    """A bundle of reminders, by key."""


class OfCard(_Named):
    """A card that a person goes back from: its input is kept under this name."""


class OfRef(_Named):
    """A case reference she was asked about."""


@dataclass(frozen=True, slots=True)
class OfCommand:
    """A typed command, by word, and the rest of its line: a reference, a number, a period."""

    name: str = ""
    rest: str = ""

    @classmethod
    def read(cls, claim: Claim) -> Self:
        return cls(claim.choice, claim.item)

    def write(self) -> Parts:
        return {"choice": self.name, "item": self.rest}


class ForCommand(_Named):
    """A command waiting for a case reference, by word."""

    part = "item"
