"""What each kind of press carries besides its case and list: one small type per kind, written and read here only.

A claim (`dialogs/views/parts.py`) is what a token signs: short texts, the same for every kind, so that cards posted by
older releases go on working. What those texts mean stands in the type of the press.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Protocol, Self

from checklists.periods import Period
from dialogs.views.parts import Claim

Parts = Mapping[str, str]


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(",") if part)


class Carried(Protocol):
    """What a press carries."""

    @classmethod
    def read(cls, claim: Claim) -> Self:
        """Read it from a claim that this bot signed."""
        ...

    def write(self) -> Parts:
        """Return the parts of a claim it is written into."""
        ...


@dataclass(frozen=True, slots=True)
class Nothing:
    """The case, and perhaps the list, say it all."""

    @classmethod
    def read(cls, _claim: Claim) -> Self:
        return cls()

    def write(self) -> Parts:
        return {}


@dataclass(frozen=True, slots=True)
class OnCard:
    """On one card of a list.

    key: the card's name on the way. revisions: of the answers on it, in their order; empty for what changes none.
    choice: the answer a button stands for, or the option of how it came about.
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
        """Return the first item of the card."""
        return self.key.partition(":")[2]


@dataclass(frozen=True, slots=True)
class OnForm:
    """On the form. keys: its cards; revisions: by item, as they were when it was shown."""

    keys: tuple[str, ...]
    revisions: Mapping[str, int]

    @classmethod
    def read(cls, claim: Claim) -> Self:
        items = [item for item in claim.choice.split(",") if item]
        return cls(tuple(claim.item.split(",")), dict(zip(items, _numbers(claim.revision), strict=True)))

    def write(self) -> Parts:
        revision, items = ",".join(map(str, self.revisions.values())), ",".join(self.revisions)
        return {"item": ",".join(self.keys), "revision": revision, "choice": items}


@dataclass(frozen=True, slots=True)
class OnFacts:
    """On the facts card of a child.

    revisions: of each fact on it. newest: the case's newest event, so that what is set back and forth is a new press
    each time. form: she goes on with the form.
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
    """On the details. shown: a digest of what the card showed; newest: see `OnFacts`."""

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
    """Something that may be done once as things stood. state: a name for how they stood when the button was made.

    newest: see `OnFacts`. A case may come back to a state it was in before, and the press is then a new one.
    """

    state: str
    newest: int = 0

    @classmethod
    def read(cls, claim: Claim) -> Self:
        return cls(claim.revision, int(claim.choice or 0))

    def write(self) -> Parts:
        return {"revision": self.state, "choice": str(self.newest) if self.newest else ""}


@dataclass(frozen=True, slots=True)
class Page:
    """A further page. start: the place of its first row, from 0. revision: what it is a page of, where that counts."""

    start: int
    revision: str = ""

    @classmethod
    def read(cls, claim: Claim) -> Self:
        return cls(int(claim.choice or 0), claim.revision)

    def write(self) -> Parts:
        return {"choice": str(self.start), "revision": self.revision}


@dataclass(frozen=True, slots=True)
class SeenAt:
    """What was seen at a signature (its row id), from the child at place `start`."""

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
    """A card that asks what it should show now. made_by: the turn that made it; newest: the case's event then."""

    made_by: str = ""
    newest: int = 0

    @classmethod
    def read(cls, claim: Claim) -> Self:
        return cls(claim.choice, int(claim.revision or 0))

    def write(self) -> Parts:
        return {"choice": self.made_by, "revision": str(self.newest) if self.newest else ""}


@dataclass(frozen=True, slots=True)
class OfDeputy:
    """A deputy's role row. made_by: the act that made the button, so that who is named again can be removed again."""

    role_id: int
    made_by: str

    @classmethod
    def read(cls, claim: Claim) -> Self:
        return cls(int(claim.item), claim.revision)

    def write(self) -> Parts:
        return {"item": str(self.role_id), "revision": self.made_by}


@dataclass(frozen=True, slots=True)
class OfFigures:
    """Figures of a unit over a period."""

    unit_id: int
    period: Period

    @classmethod
    def read(cls, claim: Claim) -> Self:
        first, last = map(date.fromisoformat, claim.choice.split("/"))
        return cls(int(claim.item), Period(first, last))

    def write(self) -> Parts:
        days = f"{self.period.first.isoformat()}/{self.period.last.isoformat()}"
        return {"item": str(self.unit_id), "choice": days}


# --- what one name says ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Named:
    """A name, in one part of a claim."""

    name: str = ""
    part: ClassVar[str] = "choice"

    @classmethod
    def read(cls, claim: Claim) -> Self:
        return cls(getattr(claim, cls.part))

    def write(self) -> Parts:
        return {self.part: self.name}


class ToItem(_Named):
    """To one item or fact of a list, by its id; empty: to the one chosen on the card."""

    part = "item"


class OfAct(_Named):
    """One act among what she has stored; empty: her last one."""


class OfBundle(_Named):
    """A bundle of reminders, by its key."""


class OfCommand(_Named):
    """A typed command, by its word."""


class ForCommand(_Named):
    """A command that waits for a case reference, by its word."""

    part = "item"
