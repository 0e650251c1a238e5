"""A card as a web page: each element of `bot/cards` as HTML, so that no card is written twice.

The card is one form, sent without any script. What a press carries is what a Teams client would send: the button's
signed token and, unless the button leaves them out, the inputs by id.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

from bot.cards.parts import Card, Element

INPUT = "f."
"""Prefix of the name of every input, so that none can be mistaken for one of the form's own fields."""
PRESS, ALONE, IDS = "press", "alone", "ids"
"""The button pressed, with the inputs or without; and the ids of all inputs: a browser sends no empty choice."""
_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
_TONES = {"Attention": "attention", "Good": "good", "Warning": "warning", "Accent": "accent"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as HTML. title: its first heading. body: its elements. ids: of its inputs, for the field `IDS`."""

    title: str
    body: Markup
    ids: str


def shown(card: Card, *, verbs: frozenset[str] | None = None, level: int = 1) -> Shown:
    """Return a card as HTML. verbs: show only the buttons of these, and no inputs; None: show everything.

    level: of its first heading on the page, from 1.
    """
    page = _Page(verbs=verbs, level=level)
    page.unfolds = {
        target: str(action["title"])
        for action in _actions(card["body"])
        if action["type"] == "Action.ToggleVisibility"
        for target in action["targetElements"]
    }
    body = _join(page.element(one) for one in card["body"])
    return Shown(page.title, body, " ".join(page.ids))


def filled(card: Card, inputs: Mapping[str, str]) -> Card:
    """Return a card with its inputs filled in as they were sent."""
    return {**card, "body": [_filled(one, inputs) for one in card["body"]]}


def tokens(card: Card) -> set[str]:
    """Return the tokens of a card's buttons."""
    return {action["data"]["token"] for action in _actions(card["body"]) if "data" in action}


def _filled(element: Any, inputs: Mapping[str, str]) -> Any:
    if isinstance(element, list):
        return [_filled(one, inputs) for one in element]
    if not isinstance(element, dict):
        return element
    if element.get("type", "").startswith("Input."):
        return {**element, "value": inputs[element["id"]]} if element["id"] in inputs else element
    return {name: _filled(value, inputs) if isinstance(value, list) else value for name, value in element.items()}


def _actions(elements: Iterable[Element]) -> Iterator[Element]:
    for element in elements:
        yield from element.get("actions", ())
        for name in ("items", "rows", "cells", *(("columns",) if element["type"] == "ColumnSet" else ())):
            yield from _actions(element.get(name, ()))


def _join(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)


@dataclass
class _Page:
    """One card being rendered as HTML."""

    verbs: frozenset[str] | None
    level: int
    title: str = ""
    unfolds: Mapping[str, str] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)

    def element(self, one: Element) -> Markup:
        """Return an element. Raises: KeyError: a kind that no card had when this was written."""
        return _KINDS[one["type"]](self, one)

    def text_block(self, one: Element) -> Markup:
        words = str(one["text"])
        marks = [name for name, is_so in _MARKS.items() if is_so(one)]
        if one.get("color") in _TONES:
            marks.append(_TONES[one["color"]])
        if one.get("style") == "heading":
            return self._heading(words, marks)
        parts = []
        for is_list, lines in groupby(words.split("\n"), lambda line: line.startswith("- ")):
            if is_list:
                points = _join(Markup("<li>{}</li>").format(_plain(line[2:])) for line in lines)
                parts.append(Markup("<ul{}>{}</ul>").format(_classes(marks), points))
            else:
                said = Markup("<br>").join(map(_plain, lines))
                parts.append(Markup("<p{}>{}</p>").format(_classes(marks), said))
        return _join(parts)

    def _heading(self, words: str, marks: list[str]) -> Markup:
        level = self.level if not self.title else self.level + 1
        self.title = self.title or words
        return Markup("<h{0}{1}>{2}</h{0}>").format(level, _classes(marks), _plain(words))

    def rich_text(self, one: Element) -> Markup:
        form = {True: Markup("<strong>{}</strong>"), False: Markup("{}")}
        runs = _join(form[run.get("weight") == "Bolder"].format(run["text"]) for run in one["inlines"])
        return Markup('<p class="written">{}</p>').format(runs)

    def container(self, one: Element) -> Markup:
        inside = _join(self.element(inner) for inner in one["items"])
        style = one.get("style", "")
        box = Markup("<div{}>{}</div>").format(_classes(["box", style] if style else []), inside)
        title = self.unfolds.get(one.get("id", ""))
        return box if title is None else Markup("<details><summary>{}</summary>{}</details>").format(title, box)

    def columns(self, one: Element) -> Markup:
        made = []
        for column in one["columns"]:
            inside = _join(self.element(inner) for inner in column["items"])
            made.append(
                Markup("<div{}>{}</div>").format(_classes(["grow"] if column.get("width") == "stretch" else []), inside)
            )
        return Markup('<div class="columns">{}</div>').format(_join(made))

    def table(self, one: Element) -> Markup:
        head, *rows = [
            [_join(self.element(inner) for inner in cell["items"]) for cell in row["cells"]] for row in one["rows"]
        ]
        heads = _join(Markup('<th scope="col">{}</th>').format(cell) for cell in head)
        made = [
            Markup('<tr><th scope="row">{}</th>{}</tr>').format(
                row[0], _join(Markup("<td>{}</td>").format(cell) for cell in row[1:])
            )
            for row in rows
        ]
        return Markup('<table class="compared"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>').format(
            heads, _join(made)
        )

    def progress(self, one: Element) -> Markup:
        # The words beside it say the same.
        return Markup('<progress value="{}" max="{}" aria-hidden="true"></progress>').format(one["value"], one["max"])

    def chart(self, one: Element) -> Markup:
        return self.element(one["fallback"])

    def actions(self, one: Element) -> Markup:
        made = [self._action(action) for action in one["actions"]]
        buttons = _join(button for button in made if button)
        return Markup('<div class="buttons">{}</div>').format(buttons) if buttons else Markup("")

    def _action(self, action: Element) -> Markup:
        if action["type"] == "Action.ToggleVisibility":
            return Markup("")  # what it unfolds is a <details>, which needs no button
        if action["type"] == "Action.OpenUrl":
            return Markup('<a class="button" href="{}" target="_blank" rel="noopener">{}</a>').format(
                action["url"], action["title"]
            )
        if self.verbs is not None and action["verb"] not in self.verbs:
            return Markup("")
        is_alone = action.get("associatedInputs") == "none"
        name = Markup(' aria-label="{}"').format(action["tooltip"]) if "tooltip" in action else Markup("")
        look = "primary" if action.get("style") == "positive" else "quiet" if action.get("mode") == "secondary" else ""
        return Markup('<button name="{}" value="{} {}"{}{}{}>{}</button>').format(
            ALONE if is_alone else PRESS,
            action["data"]["verb"],
            action["data"]["token"],
            Markup(" formnovalidate") if is_alone or look == "quiet" else "",
            _classes([look] if look else []),
            name,
            action["title"],
        )

    # --- inputs -------------------------------------------------------------------------------------------------------

    def _input(self, one: Element, absent: str = "") -> str:
        self.ids.append(f"{one['id']}={absent}" if absent else one["id"])
        return INPUT + str(one["id"])

    def text_input(self, one: Element) -> Markup:
        name, value = self._input(one), str(one.get("value", ""))
        hint = one.get("placeholder", "")
        told = Markup('<span class="hint" id="{}-hint">{}</span>').format(name, hint) if hint else Markup("")
        by = Markup(' aria-describedby="{}-hint"').format(name) if hint else Markup("")
        if one.get("isMultiline"):
            # A browser drops one line break after the tag.
            box = Markup('<textarea id="{0}" name="{0}" rows="4" maxlength="{1}"{2}>\n{3}</textarea>')
        else:
            box = Markup('<input id="{0}" name="{0}" maxlength="{1}" autocomplete="off"{2} value="{3}">')
        return self._labelled(one, name, box.format(name, one.get("maxLength", 4000), by, value) + told)

    def date_input(self, one: Element) -> Markup:
        name = self._input(one)
        return self._labelled(
            one, name, Markup('<input type="date" id="{0}" name="{0}" value="{1}">').format(name, one.get("value", ""))
        )

    def number_input(self, one: Element) -> Markup:
        name = self._input(one)
        box = Markup('<input type="number" id="{0}" name="{0}" min="{1}" max="{2}" value="{3}">')
        return self._labelled(one, name, box.format(name, one.get("min", 0), one.get("max", ""), one.get("value", "")))

    def toggle(self, one: Element) -> Markup:
        name, label = self._input(one, one["valueOff"]), one.get("label", "")
        before = Markup('<span class="soft">{}</span>').format(label) if label else Markup("")
        on = Markup(" checked") if one.get("value") == one["valueOn"] else ""
        box = Markup('<label class="choice"><input type="checkbox" name="{}" value="{}"{}> {}</label>')
        made = box.format(name, one["valueOn"], on, one["title"])
        return Markup('<div class="field">{}{}</div>').format(before, made)

    def choices(self, one: Element) -> Markup:
        name, chosen = self._input(one), str(one.get("value", ""))
        several = bool(one.get("isMultiSelect"))
        if one.get("style") == "compact" and not several:
            first = Markup('<option value=""></option>')
            options = _join(
                Markup('<option value="{}"{}>{}</option>').format(
                    choice["value"], Markup(" selected") if choice["value"] == chosen else "", choice["title"]
                )
                for choice in one["choices"]
            )
            return self._labelled(
                one, name, Markup('<select id="{0}" name="{0}">{1}</select>').format(name, first + options)
            )
        kind, marked = ("checkbox", chosen.split(",")) if several else ("radio", [chosen])
        options = _join(
            Markup('<label class="choice"><input type="{}" name="{}" value="{}"{}> {}</label>').format(
                kind,
                name,
                choice["value"],
                Markup(" checked") if str(choice["value"]) in marked else "",
                choice["title"],
            )
            for choice in one["choices"]
        )
        form = Markup('<fieldset class="field"><legend>{}</legend><div class="choices">{}</div></fieldset>')
        return form.format(one.get("label", ""), options)

    def _labelled(self, one: Element, name: str, box: Markup) -> Markup:
        return Markup('<p class="field"><label for="{}">{}</label>{}</p>').format(name, one["label"], box)


def _plain(words: str) -> Markup:
    """Return our own words, with what stands between ** in bold as on a card."""
    return Markup(_BOLD.sub(r"<strong>\1</strong>", str(escape(words))))


def _classes(names: Iterable[str]) -> Markup:
    said = " ".join(names)
    return Markup(' class="{}"').format(said) if said else Markup("")


_MARKS: Mapping[str, Callable[[Element], bool]] = {
    "strong": lambda one: one.get("weight") == "Bolder" and one.get("style") != "heading",
    "soft": lambda one: bool(one.get("isSubtle")),
    "rule": lambda one: bool(one.get("separator")),
}
_WHOLE: Mapping[str, Callable[[_Page, Element], Markup]] = {
    "TextBlock": _Page.text_block,
    "RichTextBlock": _Page.rich_text,
    "Container": _Page.container,
    "ColumnSet": _Page.columns,
    "Table": _Page.table,
    "ProgressBar": _Page.progress,
    "Chart.HorizontalBar": _Page.chart,
    "ActionSet": _Page.actions,
}
_INPUTS: Mapping[str, Callable[[_Page, Element], Markup]] = {
    "Input.Text": _Page.text_input,
    "Input.Date": _Page.date_input,
    "Input.Number": _Page.number_input,
    "Input.Toggle": _Page.toggle,
    "Input.ChoiceSet": _Page.choices,
}


def _input_if_asked(make: Callable[[_Page, Element], Markup]) -> Callable[[_Page, Element], Markup]:
    """Leave an input out where nothing may be sent."""
    return lambda page, one: make(page, one) if page.verbs is None else Markup("")


_KINDS = {**_WHOLE, **{kind: _input_if_asked(make) for kind, make in _INPUTS.items()}}
