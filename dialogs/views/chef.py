"""The chef's views: prompts, the state of a reading, the differences, signing and sending back."""

from typing import Literal

from pydantic import ConfigDict, Field

from checklists.model import Role
from dialogs.views.parts import Button, Claim, Data, GapRow, Head, Line, View


class PromptView(View):
    """Tells someone, unasked, that a case waits.

    reason: for reading (`sent`, `resent`), for reading again (`voided`), a worker's that
    came back (`returned`), or an answer that was pending at the signature (`followed_up`).
    Only questions, never answers, never a text. planned: ISO date, empty when none is set. more_gaps: how many do
    not fit.
    """

    kind: Literal["prompt"] = "prompt"
    reason: Literal["sent", "resent", "voided", "returned", "followed_up"]
    head: Head
    checklist: str
    version: int
    who: str
    planned: str = ""
    gaps: tuple[GapRow, ...] = ()
    more_gaps: int = 0
    buttons: tuple[Button, ...]


class ReadingView(View):
    """The state of a reading, between its questions and the decision."""

    kind: Literal["reading"] = "reading"
    head: Head
    line: Line
    buttons: tuple[Button, ...]
    refresh: Claim


class Compared(Data):
    """One question as both have answered it. reader and worker: answers as figures count them.

    motivation, text, place, note, option: the worker's; reader_note: the reader's own reservation. Signatures are bound
    to the JSON of these, by the names it was given first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)

    item: str
    reader: str = Field(alias="hers")
    worker: str = Field(alias="theirs")
    differs: bool
    motivation: str = ""
    text: str = ""
    place: str = ""
    note: str = ""
    option: str = ""
    reader_note: str = Field(default="", alias="own_note")


class ComparedSheet(Data):
    """One child's list, both sides. child 0: there is one."""

    child: int = 0
    facts: tuple[tuple[str, str], ...]
    rows: tuple[Compared, ...]


class Comparison(Data):
    """Everything a reader compares: what a signature is bound to, and hashed over. occasion from 1."""

    case_ref: str
    checklist: str
    version: int
    occasion: int
    sheets: tuple[ComparedSheet, ...]
    gaps: tuple[GapRow, ...]


class DifferencesView(View):
    """Both sets of answers, differences first, and what can be done now. first: the child to begin with, from 0."""

    kind: Literal["differences"] = "differences"
    seen: Comparison
    first: int = 0
    buttons: tuple[Button, ...]
    refresh: Claim


class ShortfallView(View):
    """Asks for the reason for signing although something is missing. text: written so far."""

    kind: Literal["shortfall"] = "shortfall"
    head: Head
    checklist: str
    version: int
    gaps: tuple[GapRow, ...]
    more_gaps: int = 0
    text: str = ""
    buttons: tuple[Button, ...]
    refresh: Claim


class ReturnView(View):
    """Asks what the worker should look at again: a comment, and questions (list/child/item). text: written so far."""

    kind: Literal["return"] = "return"
    head: Head
    checklist: str
    version: int
    questions: tuple[tuple[int, int, str], ...]
    text: str = ""
    buttons: tuple[Button, ...]
    refresh: Claim


class SignedView(View):
    """What was seen at a signature, shown again. hash: over the view's canonical JSON; at and voided: in words.

    is_whole: the hash, recomputed, is the same.
    """

    kind: Literal["signed"] = "signed"
    seen: Comparison
    first: int = 0
    who: str
    role: Role
    at: str
    voided: str = ""
    shortfall: bool = False
    reason: str = ""
    hash: str
    is_whole: bool
    buttons: tuple[Button, ...]


class Deputy(Data):
    """One deputy. first and last: ISO dates, inclusive; stands_in_for: a name, empty when nobody in particular."""

    name: str
    unit: str
    first: str
    last: str
    stands_in_for: str = ""
    remove: Button


class DeputiesView(View):
    """Who stands in for whom, and a form for naming one more.

    people, units, chefs: row id and name to choose among; units and chefs only when there are several.
    no_app: names of those who should be written to and cannot be. person, first, last: what stands in the fields.
    """

    kind: Literal["deputies"] = "deputies"
    deputies: tuple[Deputy, ...]
    people: tuple[tuple[int, str], ...]
    units: tuple[tuple[int, str], ...] = ()
    chefs: tuple[tuple[int, str], ...] = ()
    no_app: tuple[str, ...] = ()
    person: str = ""
    first: str = ""
    last: str = ""
    save: Button


_TEXTS = {"text": "", "place": "", "note": "", "reader_note": ""}


def without_what_was_written(view: DifferencesView | SignedView) -> DifferencesView | SignedView:
    """Return the view as it may be posted: both sets of answers, nothing anyone wrote."""
    sheets = tuple(
        sheet.model_copy(update={"rows": tuple(row.model_copy(update=_TEXTS) for row in sheet.rows)})
        for sheet in view.seen.sheets
    )
    changes: dict[str, object] = {"seen": view.seen.model_copy(update={"sheets": sheets})}
    if isinstance(view, SignedView):
        changes["reason"] = ""
    return view.model_copy(update=changes)
