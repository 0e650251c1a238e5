"""The chef's views: prompts, the reading, the differences, signing, sending back, deputies."""

from typing import Literal

from pydantic import ConfigDict, Field

from checklists.model import Role
from dialogs.views.parts import Button, Claim, Data, GapRow, Head, Line, View


class PromptView(View):
    """An unprompted message about a case. Names questions, never answers or texts.

    reason: waiting to be read (`sent`, `resent`) or read again (`voided`); sent back to its worker (`returned`); an
    answer that was ongoing at signing has become Nej (`followed_up`); the worker's list is signed (`signed`,
    `signed_shortfall`). planned: ISO date, empty if not set.
    more_gaps: how many do not fit. pointed, redone: how many questions the chef pointed at when sending it back, and
    how many of them have been answered again; 0 unless it is sent again (`resent`).
    """

    kind: Literal["prompt"] = "prompt"
    reason: Literal["sent", "resent", "voided", "returned", "followed_up", "signed", "signed_shortfall"]
    head: Head
    checklist: str
    version: int
    who: str
    planned: str = ""
    gaps: tuple[GapRow, ...] = ()
    more_gaps: int = 0
    pointed: int = 0
    redone: int = 0
    buttons: tuple[Button, ...]


class ReadingView(View):
    """A completed reading, before the differences are shown."""

    kind: Literal["reading"] = "reading"
    head: Head
    line: Line
    buttons: tuple[Button, ...]
    refresh: Claim


class Compared(Data):
    """One question as answered by both sides. reader, worker: answers as figures count them.

    motivation, text, place, note, option: the worker's; reader_note: the reader's own comment. Signatures are bound to
    the JSON of these, hence the aliases: the names the fields had originally.
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
    """One child's list, both sides. child 0: there is only one."""

    child: int = 0
    facts: tuple[tuple[str, str], ...]
    rows: tuple[Compared, ...]


class Comparison(Data):
    """Everything a reader compares; a signature is bound to its hash. occasion counts from 1."""

    case_ref: str
    checklist: str
    version: int
    occasion: int
    sheets: tuple[ComparedSheet, ...]
    gaps: tuple[GapRow, ...]


class DifferencesView(View):
    """Both sets of answers, differences first, and the available actions. first: index of the first child shown."""

    kind: Literal["differences"] = "differences"
    seen: Comparison
    first: int = 0
    buttons: tuple[Button, ...]
    refresh: Claim


class ShortfallView(View):
    """Asks why the chef signs although something is missing. text: written so far.

    in_file: the field asks where in the case file the reason is, for no text is kept of a protected identity.
    """

    kind: Literal["shortfall"] = "shortfall"
    head: Head
    checklist: str
    version: int
    gaps: tuple[GapRow, ...]
    more_gaps: int = 0
    text: str = ""
    in_file: bool = False
    buttons: tuple[Button, ...]
    refresh: Claim


class ReturnView(View):
    """Asks what the worker should look at again. questions: list id, child, item; text: the comment so far.

    marked: those chosen already, LIST/ITEM: the gaps, or what she had chosen when she was asked for a comment.
    in_file: as in ShortfallView.
    """

    kind: Literal["return"] = "return"
    head: Head
    checklist: str
    version: int
    questions: tuple[tuple[int, int, str], ...]
    marked: tuple[str, ...] = ()
    text: str = ""
    in_file: bool = False
    buttons: tuple[Button, ...]
    refresh: Claim


class SignedView(View):
    """What was seen at a signature, shown again.

    at, voided: times in words. hash: of the canonical JSON of what was seen. is_whole: the recomputed hash matches.
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


class UnitCaseView(View):
    """A case as the chef of its unit sees it: where it stands, and who works on it.

    lead, co_worker: names, empty for nobody. workers: row ids and names to choose from. chosen_lead, chosen_co_worker:
    what she had chosen when it was refused.
    """

    kind: Literal["unit_case"] = "unit_case"
    head: Head
    lines: tuple[Line, ...]
    lead: str = ""
    co_worker: str = ""
    workers: tuple[tuple[int, str], ...] = ()
    chosen_lead: str = ""
    chosen_co_worker: str = ""
    buttons: tuple[Button, ...]


class Deputy(Data):
    """One deputy. first, last: ISO dates, inclusive; stands_in_for: a name, empty for nobody in particular."""

    name: str
    unit: str
    first: str
    last: str
    stands_in_for: str = ""
    remove: Button


class DeputiesView(View):
    """The deputies, and a form for naming another.

    people, units, chefs: row ids and names to choose from; units and chefs only when there are several.
    no_app: names of those who cannot be sent messages. The strings are the values of the fields.
    """

    kind: Literal["deputies"] = "deputies"
    deputies: tuple[Deputy, ...]
    people: tuple[tuple[int, str], ...]
    units: tuple[tuple[int, str], ...] = ()
    chefs: tuple[tuple[int, str], ...] = ()
    no_app: tuple[str, ...] = ()
    person: str = ""
    unit: str = ""
    chef: str = ""
    first: str = ""
    last: str = ""
    save: Button


_TEXTS = {"text": "", "place": "", "note": "", "reader_note": ""}


def without_what_was_written(view: DifferencesView | SignedView) -> DifferencesView | SignedView:
    """Return the view as it may be posted: the answers, but nothing anyone wrote."""
    sheets = tuple(
        sheet.model_copy(update={"rows": tuple(row.model_copy(update=_TEXTS) for row in sheet.rows)})
        for sheet in view.seen.sheets
    )
    changes: dict[str, object] = {"seen": view.seen.model_copy(update={"sheets": sheets})}
    if isinstance(view, SignedView):
        changes["reason"] = ""
    return view.model_copy(update=changes)
