"""Views as plain data: text keys and ids, rendered by bot/cards; no markup and no sentences.

A view is stored in the inbox and can be hashed, so it holds everything its rendering depends on.
"""

from typing import Annotated, Literal, TypeVar

from pydantic import Field

from checklists.model import MotivationBy as MotivationBy
from checklists.reminder_rules import Rule
from dialogs.views.admin import AdminField, AdminView
from dialogs.views.chef import (
    DeputiesView,
    DifferencesView,
    PromptView,
    ReadingView,
    ReturnView,
    ShortfallView,
    SignedView,
    UnitCaseView,
    without_what_was_written,
)
from dialogs.views.figures import LinksView, ReportView
from dialogs.views.parts import Button as Button
from dialogs.views.parts import Claim as Claim
from dialogs.views.parts import Data, View
from dialogs.views.parts import GapRow as GapRow
from dialogs.views.parts import Head as Head
from dialogs.views.parts import Line as Line
from dialogs.views.parts import Listed as Listed
from dialogs.views.parts import SectionCount as SectionCount
from dialogs.views.rounds import PanelField, PanelView


class Aside(Data):
    """An optional question about the last answer. item: list/version/item."""

    item: str
    buttons: tuple[Button, ...]


class SayView(View):
    """Plain sentences, no card."""

    kind: Literal["say"] = "say"


class FactField(Data):
    """One fact. current: `ja`, `nej`, `unknown`, or empty if it was never given."""

    fact: str
    current: str = ""


class FactsView(View):
    """The facts card.

    children: their number, 0 where it is not asked. planned: proposed ISO date; planned_typed: the person typed one, so
    none is proposed. units: row ids and names to choose from, when there are several; unit: the current one.

    Of the card that begins a list other than the decision basis: received: proposed ISO day of the report, where it is
    asked; asks_children: the number may be 0; parts: of the case file to choose from; part: the chosen one, if
    another field of the card was refused.
    """

    kind: Literal["facts"] = "facts"
    head: Head
    fields: tuple[FactField, ...]
    children: int = 0
    planned: str = ""
    planned_typed: bool = False
    units: tuple[tuple[int, str], ...] = ()
    unit: int = 0
    received: str | None = None
    asks_children: bool = False
    parts: tuple[str, ...] = ()
    part: str = ""
    save: Button
    nav: tuple[Button, ...] = ()
    refresh: Claim


class QuestionView(View):
    """One question, with its answers as buttons. helps: what counts as Ja is shown too.

    proposed: the answer that the dates of the case give, for a person to confirm.
    """

    kind: Literal["question"] = "question"
    head: Head
    checklist: str
    version: int
    item: Listed
    answers: tuple[Button, ...]
    proposed: Line | None = None
    nav: tuple[Button, ...]
    aside: Aside | None = None
    helps: bool = False
    refresh: Claim


class HelpView(View):
    """What one question means and what counts as Ja. number: of the question in its list."""

    kind: Literal["help"] = "help"
    checklist: str
    version: int
    item: str
    number: int
    buttons: tuple[Button, ...] = ()


class GroupView(View):
    """Several items on one card, each with its own choices. group: id of the group in the checklist.

    named: the item that was asked for by its number, to which a single typed answer applies; else empty.
    """

    kind: Literal["group"] = "group"
    head: Head
    checklist: str
    version: int
    group: str
    items: tuple[Listed, ...]
    named: str = ""
    save: Button
    nav: tuple[Button, ...]
    aside: Aside | None = None
    refresh: Claim


class MotivationView(View):
    """Asks for the motivation of `about` (an item or a fact) or, when that is empty, of the items' own answers.

    given: the answer of the items' own that is motivated. text, place: written so far, never in a posted or updated
    card. aside: an optional question about the previous answer; using it loses nothing of what is written.
    """

    kind: Literal["motivation"] = "motivation"
    head: Head
    checklist: str
    version: int
    items: tuple[str, ...]
    about: str = ""
    given: str = "nej"
    current: str = ""
    by: MotivationBy = "either"
    text: str = ""
    place: str = ""
    buttons: tuple[Button, ...]
    nav: tuple[Button, ...]
    aside: Aside | None = None
    refresh: Claim


class DoubtView(View):
    """Asks whether what was just typed is meant as the motivation of `about` or of the items' own answers.

    length: of what was typed, in characters; the words themselves are only in her own message, never on a card.
    other_child: the child it names, if not the one that is asked about.
    """

    kind: Literal["doubt"] = "doubt"
    head: Head
    checklist: str
    version: int
    items: tuple[str, ...]
    about: str = ""
    length: int
    other_child: int = 0
    buttons: tuple[Button, ...]
    refresh: Claim


class CommentView(View):
    """Asks for a comment (förbehåll) on one answer. text: the current one, never in a posted card."""

    kind: Literal["comment"] = "comment"
    head: Head
    checklist: str
    version: int
    item: Listed
    text: str = ""
    buttons: tuple[Button, ...]
    refresh: Claim


class DetailView(View):
    """Asks for the detail of an answer: how it came about, and on which day. options, day, text: given so far.

    text: a way that is not among the options; never in a posted or updated card.
    """

    kind: Literal["detail"] = "detail"
    head: Head
    checklist: str
    version: int
    item: Listed
    options: str = ""
    day: str = ""
    text: str = ""
    buttons: tuple[Button, ...]
    nav: tuple[Button, ...]
    refresh: Claim


class FormField(Data):
    """One stop on the form: choices, a motivation (a text, a place, or marked as missing), or the detail of an answer.

    options, day: of the last kind, given so far.
    """

    kind: Literal["choice", "motivation", "detail"]
    stop: str
    items: tuple[Listed, ...]
    about: str = ""
    text: str = ""
    place: str = ""
    options: str = ""
    day: str = ""


class FormView(View):
    """Many questions on one card; fields left empty change nothing. reading: it is a reader's.

    forced: a motivation cannot be said to be missing.
    """

    kind: Literal["form"] = "form"
    head: Head
    checklist: str
    version: int
    fields: tuple[FormField, ...]
    sections: tuple[SectionCount, ...] = ()
    by: MotivationBy = "either"
    reading: bool = False
    forced: bool = False
    save: Button
    nav: tuple[Button, ...]
    refresh: Claim


class DetailsView(View):
    """The facts of a case and its children, its dates and its people.

    facts: fields by child number, 0 for the case. adult: an adult's case, which may have no children. dates: field name
    and ISO date. hints: what the municipality has decided. linked: the cases it is linked to. workers: row ids and
    names to choose a co-worker from. reasons: those of the case, each with its ISO date; choices: those that may be
    added; adds: a reason and its day that were refused, to fill the fields. closed: ISO day on which the case was
    closed: then only the dates are shown, for a new investigation.
    """

    kind: Literal["details"] = "details"
    head: Head
    facts: tuple[tuple[int, FactField], ...]
    children: int = 0
    adult: bool = False
    protected: bool
    dates: tuple[tuple[str, str], ...]
    hints: tuple[Line, ...] = ()
    linked: tuple[Line, ...] = ()
    workers: tuple[tuple[int, str], ...] = ()
    co_worker: str = ""
    reasons: tuple[tuple[str, str], ...] = ()
    choices: tuple[str, ...] = ()
    adds: tuple[str, str] = ("", "")
    closed: str = ""
    buttons: tuple[Button, ...]
    refresh: Claim


class ExtendView(View):
    """Asks which time limit is extended, why, when that was decided, and until when.

    limits: each with the ISO date it expires, if known. The other values fill the fields: as typed, or as proposed.
    in_file: as in ShortfallView.
    """

    kind: Literal["extend"] = "extend"
    head: Head
    limits: tuple[tuple[str, str], ...]
    limit: str = ""
    reason_class: str = ""
    until: str = ""
    decided: str = ""
    text: str = ""
    in_file: bool = False
    buttons: tuple[Button, ...]
    refresh: Claim


class DecidedView(View):
    """Asks whether and when the decision was taken. planned: ISO date, empty if not set."""

    kind: Literal["decided"] = "decided"
    head: Head
    planned: str = ""
    buttons: tuple[Button, ...]
    refresh: Claim


class WrongCaseView(View):
    """Asks for the right reference of a case, or whether to withdraw the case. ref: the present one.

    text: what was typed and refused, never in a posted card.
    """

    kind: Literal["wrong_case"] = "wrong_case"
    head: Head
    ref: str
    text: str = ""
    buttons: tuple[Button, ...]
    refresh: Claim | None = None


class CloseView(View):
    """Asks for confirmation and the day before closing a case. day: ISO date as proposed or filled in."""

    kind: Literal["close"] = "close"
    head: Head
    day: str
    buttons: tuple[Button, ...]
    refresh: Claim


class Row(Data):
    """One answer on the summary. state: as figures count it. The texts are never in a posted or updated card.

    only_here: the motivation is a text in the bot, with no place in the case file given.
    option: comma-separated ids. day: ISO date. differs: the answer that the dates of the case give instead.
    """

    item: str
    state: str
    motivation: str = ""
    only_here: bool = False
    text: str = ""
    place: str = ""
    note: str = ""
    option: str = ""
    method: str = ""
    day: str = ""
    differs: str = ""


class SheetRows(Data):
    """One child's list on the summary. filled: the list's row id."""

    head: Head
    filled: int
    rows: tuple[Row, ...]
    sections: tuple[SectionCount, ...] = ()


class SummaryView(View):
    """The answers, the gaps and the available actions. more_gaps: how many gaps do not fit; sent: when, in words.

    aside: an optional question about the last answer.
    """

    kind: Literal["summary"] = "summary"
    head: Head
    checklist: str
    version: int
    sheets: tuple[SheetRows, ...]
    gaps: tuple[GapRow, ...]
    more_gaps: int = 0
    sent: str = ""
    aside: Aside | None = None
    buttons: tuple[Button, ...]
    change: Button
    refresh: Claim


class FileTextView(View):
    """The answers and motivations as text to copy; the rows are never in a posted or updated card."""

    kind: Literal["file_text"] = "file_text"
    head: Head
    checklist: str
    version: int
    sheets: tuple[SheetRows, ...]
    buttons: tuple[Button, ...]


class ExtractRow(Data):
    """One thing that is kept about a case, as `reports.case_extract` returns it."""

    kind: str
    what: str
    value: str
    by_role: str
    at: str


class ExtractView(View):
    """Rows of what is kept about a case; they are never in a posted or updated card. counts: first, last, of all."""

    kind: Literal["extract"] = "extract"
    head: Head
    counts: tuple[int, int, int]
    rows: tuple[ExtractRow, ...]
    buttons: tuple[Button, ...]


class MissingView(View):
    """The gaps in words, with a button for each."""

    kind: Literal["missing"] = "missing"
    head: Head
    checklist: str
    version: int
    gaps: tuple[GapRow, ...]
    sections: tuple[SectionCount, ...] = ()
    buttons: tuple[Button, ...]


class CaseLine(Data):
    """One case in a list of cases."""

    case_ref: str
    status: Line
    lines: tuple[Line, ...]
    button: Button


class CasesView(View):
    """A page of cases: a person's own, those waiting to be read, or a unit's. choices: other orders and selections."""

    kind: Literal["cases"] = "cases"
    title: Line = Line(say="card.cases_title")
    cases: tuple[CaseLine, ...]
    more: Button | None = None
    choices: tuple[Button, ...] = ()


class Unnamed(Data):
    """What a message says instead if a case that it names is given protected identity before it is sent.

    case: its row id. lines: empty if it is then not sent at all.
    """

    case: int
    lines: tuple[Line, ...] = ()


class MenuView(View):
    """A title, some sentences and buttons: help, welcome, confirmations, words that were not understood.

    asks: it is a question to which one may type `ja` for the first button or `nej` for the last. chooses: it asks which
    of its buttons is meant, so that a title or a number may be typed, but no `ja`. unnamed: for a message to somebody
    who may be told of a case only while its identity is not protected. only_if_hers: the message is not sent to
    somebody who may no longer open the case it is about.
    """

    kind: Literal["menu"] = "menu"
    title: Line
    lines: tuple[Line, ...]
    buttons: tuple[Button, ...]
    asks: bool = False
    chooses: bool = False
    unnamed: Unnamed | None = None
    only_if_hers: bool = False


class CallView(View):
    """Says that something is waiting, but not what, and opens the tab.

    until: ISO date of the time limit, empty if there is none. address: of the tab in Teams; empty if the bot has none.
    """

    kind: Literal["call"] = "call"
    line: Line
    until: str = ""
    address: str = ""


class AskRefView(View):
    """Asks for a case reference."""

    kind: Literal["ask_ref"] = "ask_ref"
    save: Button


class ClosedView(View):
    """The emptied form of a card that is done, paused or moved; no answers."""

    kind: Literal["closed"] = "closed"
    case_ref: str
    line: Line
    buttons: tuple[Button, ...] = ()


class ReminderItem(Data):
    """One question or fact named in a reminder. child 0: not shown."""

    child: int = 0
    of: Literal["item", "fact"]
    id: str


class ReminderPoint(Data):
    """What one rule says about a case: a sentence and the exact questions; never answers or texts."""

    rule: Rule
    line: Line
    items: tuple[ReminderItem, ...] = ()


class ReminderCase(Data):
    """One case in a reminder, with a button to it. version: of the checklist its questions belong to.

    first: the question to answer at once, on one case of a message only. answers: the buttons that answer it, or the
    question of the first point. more: what else can be done. late: a time limit in it has passed.
    """

    case_ref: str
    checklist: str
    version: int
    points: tuple[ReminderPoint, ...]
    late: bool = False
    button: Button | None = None
    first: ReminderItem | None = None
    answers: tuple[Button, ...] = ()
    more: tuple[Button, ...] = ()


class ReminderView(View):
    """One person's reminders for a day. others: reference and rules of the cases that do not fit.

    summed: many follow-ups, as after an import, in one line. measures, plan: the lines about measures and about the
    year's plan; own, year: the buttons to them.
    """

    kind: Literal["reminder"] = "reminder"
    title: Line
    cases: tuple[ReminderCase, ...]
    others: tuple[tuple[str, tuple[Rule, ...]], ...] = ()
    summed: Line | None = None
    measures: Line | None = None
    own: Button | None = None
    plan: Line | None = None
    year: Button | None = None
    snooze: Button | None = None


AnyView = Annotated[
    SayView
    | FactsView
    | QuestionView
    | HelpView
    | GroupView
    | MotivationView
    | DetailView
    | SummaryView
    | FileTextView
    | ExtractView
    | MissingView
    | CasesView
    | MenuView
    | CallView
    | AskRefView
    | ClosedView
    | DoubtView
    | CommentView
    | FormView
    | DetailsView
    | ExtendView
    | CloseView
    | WrongCaseView
    | DecidedView
    | PromptView
    | ReadingView
    | DifferencesView
    | ShortfallView
    | ReturnView
    | SignedView
    | DeputiesView
    | UnitCaseView
    | ReminderView
    | ReportView
    | LinksView
    | PanelView
    | AdminView,
    Field(discriminator="kind"),
]


_Field = TypeVar("_Field", PanelField, AdminField)
_NO_TEXTS = {"text": "", "place": "", "note": "", "method": ""}


def without_texts(view: AnyView) -> AnyView:
    """Return the view as it may be posted or used in a posted card: without anything anyone wrote."""
    if view.remark:
        view = view.model_copy(update={"remark": ""})
    if isinstance(view, DifferencesView | SignedView):
        return without_what_was_written(view)
    if isinstance(view, FileTextView):
        return view.model_copy(update={"sheets": ()})
    if isinstance(view, ExtractView):
        return view.model_copy(update={"rows": ()})
    if isinstance(view, LinksView):
        return view.model_copy(update={"links": ()})
    if isinstance(view, SummaryView):
        bare = tuple(
            sheet.model_copy(update={"rows": tuple(row.model_copy(update=_NO_TEXTS) for row in sheet.rows)})
            for sheet in view.sheets
        )
        return view.model_copy(update={"sheets": bare})
    if isinstance(view, MotivationView):
        return view.model_copy(update={"text": "", "place": ""})
    if isinstance(view, CommentView | DetailView | ExtendView | ShortfallView | ReturnView | WrongCaseView):
        return view.model_copy(update={"text": ""})
    if isinstance(view, FormView):
        bare_fields = tuple(field.model_copy(update={"text": "", "place": ""}) for field in view.fields)
        return view.model_copy(update={"fields": bare_fields})
    if isinstance(view, PanelView):
        return view.model_copy(update={"fields": _without_text(view.fields)})
    if isinstance(view, AdminView):
        sections = (one.model_copy(update={"fields": _without_text(one.fields)}) for one in view.sections)
        return view.model_copy(update={"sections": tuple(sections)})
    return view


def _without_text(fields: tuple[_Field, ...]) -> tuple[_Field, ...]:
    return tuple(field.model_copy(update={"value": ""}) if field.kind == "text" else field for field in fields)
