"""The elements cards are built from. What people wrote goes into text runs, where Markdown has no effect."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic_core import to_json

from checklists.free_text import MOST_WHERE
from checklists.loader import all_facts, checklist_version
from checklists.model import Item
from dialogs.turn.left_behind import ALONE, mark
from dialogs.turn.tokens import Mint
from dialogs.views.parts import View
from dialogs.views.views import Aside, Button, Claim, Head, Line, SectionCount
from dialogs.views.wording import line_words
from texts import Language, sentences

Card = dict[str, Any]
Element = dict[str, Any]
MOST_BYTES = 24 * 1024
"""The largest JSON of a card; Teams refuses anything larger."""
MOST_ACTIONS = 6
"""The most actions in one set; Teams shows no more."""


@dataclass(frozen=True, slots=True)
class Pen:
    """What builders write with: the reader's language, and the mint that signs the buttons."""

    language: Language
    tenant_id: int
    person_id: int
    channel_user: str
    mint: Mint
    private: bool
    """Only the reader sees the card (invoke response); posted and updated cards hold nothing anyone wrote."""
    made: list[tuple[Claim, dict[str, str], Element | None]] = field(default_factory=list)
    """The claims of the buttons made so far, with the data that holds each token; and the button itself, if it takes no
    input from its card."""

    def say(self, key: str, **args: object) -> str:
        """Return a sentence in the reader's language."""
        return sentences(self.language)[key].format(**args)

    def line(self, line: Line) -> str:
        """Return the sentence of a line in the reader's language."""
        return line_words(line, self.language) if line.args else sentences(self.language)[line.say].format()

    def data(self, claim: Claim) -> dict[str, str]:
        """Return the data of an action: the verb and its signed token."""
        data = {"verb": claim.verb, "token": self.mint.sign(self.tenant_id, self.person_id, claim)}
        self.made.append((claim, data, None))
        return data

    def sign_with(self, fields: Mapping[str, str]) -> None:
        """Sign every button of a card anew, with what its fields hold (`dialogs/turn/left_behind.py`).

        A button that takes no input sends it all the same, so that the reply can say that it was not kept.
        """
        held = mark(fields)
        for claim, data, alone in self.made:
            if alone is not None:
                del alone["associatedInputs"], alone["fallback"]["associatedInputs"]
            of = held if alone is None else ALONE + held
            data["token"] = self.mint.sign(self.tenant_id, self.person_id, claim, of)

    def ask(self, item: Item) -> str:
        """Return a question in the reader's language."""
        return item.ask_en if self.language == "en" else item.ask

    def question(self, item: Item) -> str:
        """Return a question as worded outside its card, where nothing introduces it."""
        return item.question_en if self.language == "en" else item.question

    def label(self, item: Item) -> str:
        """Return an item's short label, or its question if it has none."""
        short = item.label_en if self.language == "en" else item.label
        return short or self.ask(item)

    def fact(self, fact_id: str) -> str:
        """Return a fact's question in the reader's language."""
        fact = all_facts()[fact_id]
        return fact.ask_en if self.language == "en" else fact.ask

    def item(self, checklist: str, version: int, item_id: str) -> Item:
        """Return an item of a checklist version."""
        return checklist_version(checklist, version).by_id[item_id]


def aside_lines(pen: Pen, aside: Aside | None, *, inputs: bool = False) -> list[Element]:
    """Return the optional question of how the last answer came about, with its buttons.

    inputs: the card has fields, which are sent along.
    """
    if aside is None:
        return []
    checklist, version, item_id = aside.item.split("/")
    how = pen.item(checklist, int(version), item_id).ways
    assert how is not None
    return [
        subtle(pen.say("card.optional", question=how.ask_en if pen.language == "en" else how.ask)),
        *action_sets(pen, aside.buttons, inputs=inputs),
    ]


def text(words: str, **more: Any) -> Element:
    """Return a wrapped text block; for our own words only."""
    return {"type": "TextBlock", "text": words, "wrap": True, **more}


def subtle(words: str) -> Element:
    """Return a small, subdued line."""
    return text(words, isSubtle=True, spacing="Small", size="Small")


def written(label: str, words: str) -> Element:
    """Return something a person wrote, labelled and exactly as written."""
    runs = [{"type": "TextRun", "text": f"{label}: ", "weight": "Bolder"}, {"type": "TextRun", "text": words}]
    return {"type": "RichTextBlock", "inlines": runs, "spacing": "Small"}


def notices(pen: Pen, view: View) -> list[Element]:
    """Return the lines above the content (an echo, a refusal) and the chef's comment."""
    said = [[text(pen.line(line))] for line in view.notices]
    if view.remark and pen.private:
        said.append([written(pen.say("card.remark"), view.remark)])
    return [{"type": "Container", "style": "emphasis", "items": items, "spacing": "Small"} for items in said]


def fitting(make: Callable[[int], Card], steps: Sequence[int] = (4000, 1000, 300, 100)) -> Card:
    """Return the fullest card within `MOST_BYTES`. make: builds it for a limit, by default of characters per text."""
    for most in steps:
        made = make(most)
        if fits(made):
            return made
    return make(0)


def fits(made: Card) -> bool:
    """Return whether a card is small enough to be shown, also when its tokens say what its fields hold."""
    sent = to_json(made)
    return len(sent) + _HELD * sent.count(b'"token"') <= MOST_BYTES


_HELD = 24
"""How many characters longer a token gets when it says what the fields of its card hold."""


def clipped(words: str, most: int) -> str:
    """Return a text cut to `most` characters."""
    return words if len(words) <= most else words[:most] + " …"


def header(pen: Pen, head: Head, title: str = "", mark: "Mark | None" = None) -> list[Element]:
    """Return the top of a card: which case and list, the child or the title as a heading, the state, the progress.

    mark: what to say instead of the list's state.
    """
    parts = [head.case_ref]
    if head.checklist:
        checklist, version = head.checklist.split("/")
        of = checklist_version(checklist, int(version))
        parts.append(of.title_en if pen.language == "en" else of.title)
    if head.part:
        parts.append(pen.say("lists.part_" + head.part))
    if head.by_hand:
        parts.append(pen.say("lists.by_hand"))
    if head.total:
        parts.append(pen.say("card.progress", done=head.done, total=head.total))
    child = child_words(pen, head.child) if head.child else ""
    whole = ", ".join(part for part in (title, child) if part)
    size: Literal["Medium", "Large"] = "Large" if title else "Medium"
    return [
        *top(" · ".join(parts), whole, mark or state_mark(pen, head.state), size),
        *progress_bar(head.done, head.total),
    ]


def opening(pen: Pen, view: View, title: Line, lines: Iterable[Line]) -> list[Element]:
    """Return the top of a card with sections: notices, title and lines."""
    return [*notices(pen, view), *top("", pen.line(title)), *(text(pen.line(line)) for line in lines)]


def section_title(words: str) -> Element:
    """Return the heading of a section."""
    return text(words, weight="Bolder", style="heading", size="Default", separator=True)


def top(
    about: str, title: str, mark: "Mark | None" = None, size: Literal["Medium", "Large"] = "Large"
) -> list[Element]:
    """Return the first row of a card. about: small, above the title; it may be empty, as may the title."""
    left = [text(about, isSubtle=True, size="Small", weight="Bolder")] if about else []
    close = {"spacing": "None"} if about else {}
    left += [text(title, style="heading", weight="Bolder", size=size, **close)] if title else []
    if mark is None:
        return left
    columns = [
        {"type": "Column", "width": "stretch", "items": left},
        {"type": "Column", "width": "auto", "items": [chip(mark)]},
    ]
    return [{"type": "ColumnSet", "columns": columns}]


def progress_bar(done: int, total: int) -> list[Element]:
    """Return a progress bar. A client that does not know the element drops it: the heading says the same in words."""
    bar = {"type": "ProgressBar", "value": done, "max": total, "spacing": "Small", "fallback": "drop"}
    return [bar] if total else []


@dataclass(frozen=True, slots=True)
class Mark:
    """A state in words. The sign and the colour only repeat it."""

    words: str
    colour: Literal["Good", "Attention", "Warning", "Accent", "Default"] = "Default"


_SIGNS = {"Good": "✓ ", "Attention": "▲ ", "Warning": "▲ "}
_STATES: dict[str, Literal["Good", "Warning", "Accent", "Default"]] = {
    "open": "Default",
    "sent": "Accent",
    "returned": "Warning",
    "voided": "Warning",
    "signed": "Good",
    "reading": "Default",
    "read": "Good",
}


def state_mark(pen: Pen, state: str) -> Mark | None:
    """Return the state of a list in a word; None for one that has not been begun."""
    return Mark(pen.say("states." + state), _STATES[state]) if state in _STATES else None


def chip(mark: Mark) -> Element:
    """Return a state as a word with a sign and a colour."""
    look = {"isSubtle": True} if mark.colour == "Default" else {"color": mark.colour}
    return text(
        _SIGNS.get(mark.colour, "") + mark.words, weight="Bolder", size="Small", horizontalAlignment="Right", **look
    )


def sign(mark: Mark) -> str:
    """Return the sign before a state's words, so that nothing is said by colour alone."""
    return _SIGNS.get(mark.colour, "")


def gap_mark(pen: Pen, count: int) -> Mark:
    """Return how much is missing, as a mark."""
    if not count:
        return Mark(pen.say("cases.no_gap"), "Good")
    return Mark(pen.say("cases.gaps" if count > 1 else "cases.one_gap", gaps=count), "Attention")


def box(style: Literal["attention", "good", "emphasis"], items: list[Element]) -> Element:
    """Return a container that stands out: what is missing, what is done, or a note."""
    return {"type": "Container", "style": style, "items": items, "spacing": "Small"}


def question_line(words: str) -> Element:
    """Return the question of a card, its largest text."""
    return text(words, style="heading", weight="Bolder", size="Large")


def numbered(number: int, words: str) -> str:
    """Return a question with its number. Not `1.` or `1)`, which Markdown would turn into a list."""
    return f"{number} · {words}"


def section_head(pen: Pen, checklist: str, version: int, count: SectionCount) -> Element:
    """Return the heading of a section, with how far it has come."""
    section = next(one for one in checklist_version(checklist, version).sections if one.id == count.id)
    title = section.title_en if pen.language == "en" else section.title
    words = pen.say("card.progress", done=count.done, total=count.total)
    return {
        "type": "ColumnSet",
        "spacing": "Medium",
        "separator": True,
        "columns": [
            {
                "type": "Column",
                "width": "stretch",
                "items": [text(title, style="heading", weight="Bolder", size="Default")],
            },
            {
                "type": "Column",
                "width": "auto",
                "items": [text(words, isSubtle=True, size="Small")],
            },
        ],
    }


def child_words(pen: Pen, child: int) -> str:
    """Return how a child is referred to: Barn 1 (the eldest), Barn 2 …"""
    return pen.say("card.eldest" if child == 1 else "card.child", child=child)


def execute(pen: Pen, button: Button, *, inputs: bool = True, primary: bool = False) -> Element:
    """Return a button as Action.Execute, with an Action.Submit fallback carrying the same data for older clients."""
    title, data = pen.line(button.title), pen.data(button.claim)
    gather = {} if inputs else {"associatedInputs": "none"}
    look = {"style": "positive"} if primary else {}
    if button.about:
        look["tooltip"] = f"{title}: {button.about}"
    fallback = {"type": "Action.Submit", "title": title, "data": data, **gather}
    made: Element = {
        "type": "Action.Execute",
        "title": title,
        "verb": button.claim.verb,
        "data": data,
        **gather,
        **look,
        "fallback": fallback,
    }
    if not inputs:
        pen.made[-1] = (button.claim, data, made)
    return made


NARROW = 286
"""Pixels within a card at 320 px, the narrowest phone."""
NARROW_BOX = 250
"""Pixels within a container that stands out, on such a card."""
_PADDING, _BETWEEN, _DOTS = 30, 8, 46
_LETTER, _THIN, _THINNER = 8.6, "iljtfrI.,:;’'!", 3.5
"""Roughly, in pixels: the width of a letter, the thin letters, and how much thinner they are. Microsoft's renderer cuts
off a title that does not fit."""
_WITHOUT_THIN = str.maketrans("", "", _THIN)


def action_sets(
    pen: Pen,
    buttons: Iterable[Button],
    *,
    inputs: bool = True,
    primary: int = 0,
    nav: Iterable[Button] = (),
    within: int = NARROW,
) -> list[Element]:
    """Return buttons in rows that fit the narrowest phone; the first `primary` of them are filled.

    nav: ways out, behind `…` after the last button, or in rows of their own. within: the available width in pixels.
    """
    ways_out = [{**execute(pen, button, inputs=inputs), "mode": "secondary"} for button in nav]
    rows: list[list[Element]] = []
    used = 0.0
    for place, button in enumerate(buttons):
        action = execute(pen, button, inputs=inputs, primary=place < primary)
        title: str = action["title"]
        width = _PADDING + _LETTER * len(title) - _THINNER * (len(title) - len(title.translate(_WITHOUT_THIN)))
        if not rows or len(rows[-1]) == MOST_ACTIONS or used + _BETWEEN + width > within:
            rows.append([action])
            used = width
        else:
            rows[-1].append(action)
            used += _BETWEEN + width
    if ways_out and rows and used + _BETWEEN + _DOTS <= within and len(rows[-1]) + len(ways_out) <= MOST_ACTIONS:
        rows[-1] += ways_out
    else:
        rows += [ways_out[first : first + MOST_ACTIONS] for first in range(0, len(ways_out), MOST_ACTIONS)]
    return [
        {"type": "ActionSet", "actions": row, **({"spacing": "Small"} if place else {})}
        for place, row in enumerate(rows)
    ]


def plain_field(kind: str, input_id: str, label: str, value: str, most: int) -> Element:
    """Return a labelled field: for a date if the kind is `date`, otherwise for a line of text."""
    return date_input(input_id, label, value) if kind == "date" else text_input(input_id, label, value=value, most=most)


def choice_set(
    input_id: str, label: str, choices: Mapping[str, str], *, value: str = "", compact: bool = False
) -> Element:
    """Return a labelled choice set. choices: title by value; nothing is preselected unless `value` is given."""
    made: Element = {
        "type": "Input.ChoiceSet",
        "id": input_id,
        "label": label,
        "style": "compact" if compact else "expanded",
        "wrap": True,
        "choices": [{"title": title, "value": key} for key, title in choices.items()],
    }
    if value:
        made["value"] = value
    return made


def date_input(input_id: str, label: str, value: str = "") -> Element:
    """Return a labelled date field. value: ISO date."""
    made: Element = {"type": "Input.Date", "id": input_id, "label": label}
    return {**made, "value": value} if value else made


def text_input(
    input_id: str, label: str, *, value: str = "", most: int = 4000, lines: bool = False, hint: str = ""
) -> Element:
    """Return a labelled text field."""
    made: Element = {"type": "Input.Text", "id": input_id, "label": label, "maxLength": most, "isMultiline": lines}
    if hint:
        made["placeholder"] = hint
    if value:
        made["value"] = value
    return made


def reason_input(pen: Pen, name: str, label: str, typed: str, *, in_file: bool) -> Element:
    """Return the field for a text about a case; or, if it may only stand in the case file, for where it is there."""
    typed = typed if pen.private else ""
    if in_file:
        hint = pen.say("card.place_hint")
        return text_input(f"{name}.place", pen.say("card.place"), value=typed, most=MOST_WHERE, hint=hint)
    return text_input(name, pen.say(label), value=typed, lines=True, hint=pen.say("card.no_names"))


def card(pen: Pen, body: list[Element], refresh: Claim | None = None) -> Card:
    """Return a complete card; with `refresh`, the reader's client asks for its current content."""
    made: Card = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "lang": pen.language,
        "body": body,
    }
    if refresh is not None:
        action = {
            "type": "Action.Execute",
            "title": pen.say("card.refresh"),
            "verb": refresh.verb,
            "data": pen.data(refresh),
        }
        made["refresh"] = {"action": action, "userIds": [pen.channel_user]}
    return made
