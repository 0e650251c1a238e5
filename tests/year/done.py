"""What somebody did, and what the cards held that she did it on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.year.model import Case

CHOICES = {
    "Ja": "ja",
    "Nej": "nej",
    "Delvis": "delvis",
    "Pågår": "pagaende",
    "Ej tillämpligt": "ej_tillampligt",
    "Vet inte": "unknown",
}
Seen = Mapping[str, Any]
ADMINISTERS = "admin_act"
RENUMBERS = ("save_ref", "withdraw")
"""The verb of every press that changes something on the admin's cards."""


def snapshot(case: Case | None) -> dict[str, Any]:
    """Return the state that a card made now depends on."""
    if case is None:
        return {}
    return {
        "ref": case.ref,
        "answers": {child: dict(sheet.revisions) for child, sheet in case.sheets.items()},
        "readings": {
            name: {child: dict(sheet.revisions) for child, sheet in reading.sheets.items()}
            for name, reading in case.readings.items()
        },
        "facts": dict(case.fact_revisions),
        "children": case.children,
        "dates": dict(case.dates),
        "rest": (case.co, case.protected),
        "status": (case.status, case.waits_since, case.returns, case.signatures),
        "undo": {act.person: act.name for act in case.acts if not act.undone},
    }


def says_why(case: Case, done: "Done", name: str) -> bool:
    """Return whether a mandatory text is there; with protected identity only where in the file it is will do."""
    return bool(done.data.get(f"{name}.place" if case.protected else name)) and not (
        case.protected and done.data.get(name)
    )


@dataclass
class Done:
    """Something a person did. kind, what: a typed command or a pressed verb. view, seen: of the card she pressed.

    case: the one whose card she pressed. other: the second case it is about. takes: the form of motivation that the
    municipality takes as it is committed. title, data: of the button, and what it
    sent. fields: what she filled in, as she read it. made_by: the act her card was the answer to. applied: it is
    committed; after: what held then. shows: the act whose reply she got, an earlier one if she repeated it.
    """

    name: str
    person: str
    ref: str
    kind: str
    what: str
    text: str = ""
    view: Any = None
    seen: Seen = field(default_factory=dict)
    title: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    made_by: str = ""
    meant: "Done | None" = None
    applied: bool = False
    after: Seen = field(default_factory=dict)
    shows: str = ""
    other: str = ""
    case: Case | None = None
    takes: str = "either"

    def form(self, case: Case) -> str:
        """Return the form of motivation that is taken in a case: with protected identity only where in the file."""
        return "reference" if case.protected else self.takes


def stands(case: Case, at: tuple[str, int]) -> str:
    """Return a fact as it was given: `unknown` differs from nothing at all."""
    return case.facts.get(at) or ("unknown" if at in case.fact_revisions else "")
