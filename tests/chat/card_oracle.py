"""Finds everything wrong with a card, knowing only Adaptive Cards 1.5 and our contract.

Written by hand from the public schema of Adaptive Cards 1.5, so that it shares no code with the builders. The only
other elements it knows are those of Teams: the bar chart, which must have a table with the same content as fallback,
and the progress bar, which must have words beside it that say the same.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from bot.cards.render import ANSWERED_IN_PLACE
from tests.chat.card_hand import Card, Element, as_sent, elements, every_action, inputs

MOST_BYTES = 24 * 1024
MOST_ACTIONS = 6
SHORTEST_WRITTEN = 4
"""Shorter texts are not searched for, because the card could contain them anyway."""

_ELEMENT = {"type", "id", "isVisible", "requires", "fallback", "height", "separator", "spacing"}
_INPUT = _ELEMENT | {"label", "isRequired", "errorMessage", "value"}
_ACTION = {"type", "id", "title", "iconUrl", "style", "fallback", "tooltip", "isEnabled", "mode", "requires", "data"}
_BOX = _ELEMENT | {
    "items",
    "selectAction",
    "style",
    "verticalContentAlignment",
    "bleed",
    "backgroundImage",
    "minHeight",
}
_LOOK = {"color", "fontType", "isSubtle", "size", "weight"}
KEYS: dict[str, set[str]] = {
    "TextBlock": _ELEMENT | _LOOK | {"text", "horizontalAlignment", "maxLines", "wrap", "style"},
    "RichTextBlock": _ELEMENT | {"inlines", "horizontalAlignment"},
    "Container": _BOX | {"rtl"},
    "ColumnSet": _ELEMENT | {"columns", "selectAction", "style", "bleed", "minHeight", "horizontalAlignment"},
    "Column": _BOX | {"width", "rtl"},
    "Table": _ELEMENT
    | {"columns", "rows", "firstRowAsHeader", "showGridLines", "gridStyle", "horizontalCellContentAlignment"},
    "TableRow": {"type", "cells", "style"},
    "TableCell": _BOX | {"rtl"},
    "ProgressBar": _ELEMENT | {"value", "max", "color"},
    "FactSet": _ELEMENT | {"facts"},
    "ActionSet": _ELEMENT | {"actions"},
    "Chart.HorizontalBar": _ELEMENT | {"title", "xAxisTitle", "yAxisTitle", "colorSet", "color", "displayMode", "data"},
    "Input.Text": _INPUT | {"isMultiline", "maxLength", "placeholder", "regex", "style", "inlineAction"},
    "Input.Number": _INPUT | {"min", "max", "placeholder"},
    "Input.Date": _INPUT | {"min", "max", "placeholder"},
    "Input.Time": _INPUT | {"min", "max", "placeholder"},
    "Input.Toggle": _INPUT | {"title", "valueOn", "valueOff", "wrap"},
    "Input.ChoiceSet": _INPUT | {"choices", "isMultiSelect", "style", "placeholder", "wrap"},
    "Action.Execute": _ACTION | {"verb", "associatedInputs"},
    "Action.Submit": _ACTION | {"associatedInputs"},
    "Action.OpenUrl": _ACTION | {"url"},
    "Action.ToggleVisibility": _ACTION | {"targetElements"},
}
CARD_KEYS = {"type", "$schema", "version", "lang", "body", "refresh"}
RUN_KEYS = _LOOK | {"type", "text", "highlight", "italic", "selectAction", "strikethrough", "underline"}
SPACING = {"default", "none", "small", "medium", "large", "extraLarge", "padding"}
WORDS: dict[tuple[str, str], set[str]] = {
    ("TextBlock", "style"): {"default", "heading"},
    ("TextBlock", "size"): {"default", "small", "medium", "large", "extraLarge"},
    ("TextBlock", "weight"): {"default", "lighter", "bolder"},
    ("Container", "style"): {"default", "emphasis", "good", "attention", "warning", "accent"},
    ("Input.ChoiceSet", "style"): {"compact", "expanded", "filtered"},
    ("Input.Text", "style"): {"text", "tel", "url", "email", "password"},
    ("Chart.HorizontalBar", "displayMode"): {"absoluteWithAxis", "absoluteNoAxis", "partToWhole"},
    ("Action.Execute", "style"): {"default", "positive", "destructive"},
    ("Action.Submit", "style"): {"default", "positive", "destructive"},
    ("Action.Execute", "associatedInputs"): {"auto", "none"},
    ("Action.Submit", "associatedInputs"): {"auto", "none"},
}
_WORDS_OF = {
    kind: {key: known for (of, key), known in WORDS.items() if of == kind} for kind in {kind for kind, _ in WORDS}
}


def check_card(
    card: Card,
    *,
    language: str,
    user: str,
    public: bool,
    written: Iterable[str] = (),
    said_ja: Collection[str] = (),
) -> None:
    """Fail if anything is wrong with a card.

    user: the reader's channel id. public: the card is posted or updates a posted one. written: all free text so far.
    said_ja: the fields in which she has just chosen Ja herself, which a refused card gives back.
    """
    faults = list(faults_of(card, language=language, user=user, public=public, written=written, said_ja=said_ja))
    assert not faults, "\n".join([*faults, as_sent(card)[:1000]])


def faults_of(
    card: Card,
    *,
    language: str,
    user: str,
    public: bool,
    written: Iterable[str] = (),
    said_ja: Collection[str] = (),
) -> Iterator[str]:
    """Yield every fault of a card, one sentence each."""
    sent, every, actions = as_sent(card), list(elements(card)), every_action(card)
    yield from _whole(card, sent, language, user)
    yield from _bar(every)
    yield from _names(actions)
    for element in every:
        yield from _element(element)
    submits = "Action.Submit" in kinds_of(actions) and "Action.Execute" not in kinds_of(actions)
    for action in actions:
        yield from _submit(action) if submits and action["type"] == "Action.Submit" else _action(action)
    ids = Counter(element["id"] for element in every if "id" in element)
    yield from (f"the id {name} stands {count} times" for name, count in ids.items() if count > 1)
    yield from (fault for element in inputs(card).values() for fault in _input(element, said_ja))
    if public:
        yield from _words_of_people(sent, written)


def kinds_of(actions: Iterable[Element]) -> set[str]:
    """Return the types of buttons, those left out that are answered in a response alone."""
    return {one["type"] for one in actions if one.get("verb") not in ANSWERED_IN_PLACE}


def _whole(card: Card, sent: str, language: str, user: str) -> Iterator[str]:
    size = len(sent.encode())
    if size > MOST_BYTES:
        yield f"the card is {size} bytes, more than {MOST_BYTES}"
    if card.get("type") != "AdaptiveCard" or card.get("version") != "1.5":
        yield "the card is not an AdaptiveCard 1.5"
    if card.get("lang") != language:
        yield f"lang is {card.get('lang')!r}, the reader's language is {language}"
    yield from (f"the card has the unknown key {key}" for key in card.keys() - CARD_KEYS)
    refresh = card.get("refresh")
    if refresh is not None:
        action = refresh.get("action", {})
        yield from _execute(action)
        if action.get("verb") != "show_current":
            yield "refresh does something else than show_current"
        if refresh.keys() != {"action", "userIds"} or refresh["userIds"] != [user]:
            yield f"refresh is not for her alone: {sorted(refresh)} {refresh.get('userIds')}"


def _names(actions: Iterable[Element]) -> Iterator[str]:
    names = Counter((action["title"], action.get("tooltip", "")) for action in actions if "title" in action)
    yield from (
        f"{count} buttons are called {name} and nothing tells them apart" for name, count in names.items() if count > 1
    )


def _bar(every: Sequence[Element]) -> Iterator[str]:
    """Progress is never a bar alone: the same stands in numbers."""
    texts = [element.get("text", "") for element in every]
    for bar in (element for element in every if element["type"] == "ProgressBar"):
        said = (f"{bar['value']} av {bar['max']}", f"{bar['value']} of {bar['max']}")
        if not any(words in text for text in texts for words in said):
            yield f"a bar stands at {bar['value']} of {bar['max']}, and no words say so"


def _element(element: Element) -> Iterator[str]:
    kind = element.get("type", "?")
    if kind not in KEYS or kind.startswith("Action."):
        yield f"{kind} is no element of Adaptive Cards 1.5 that we use"
        return
    yield from _keys_and_words(element)
    if element.get("spacing", "default")[:1].lower() + element.get("spacing", "default")[1:] not in SPACING:
        yield f"spacing {element['spacing']} does not exist"
    if kind == "TextBlock" and (not element.get("text") or element.get("wrap") is not True):
        yield f"a TextBlock is empty or does not wrap: {element.get('text')!r}"
    if kind == "ActionSet" and not 1 <= len(element["actions"]) <= MOST_ACTIONS:
        yield f"an ActionSet has {len(element['actions'])} actions"
    if kind.startswith("Chart."):
        yield from _chart(element)
    if kind == "ProgressBar" and not (0 <= element["value"] <= element["max"] and element.get("fallback") == "drop"):
        yield f"a bar is over full, or is not left out where it is not known: {element}"
    if kind == "Table" and any(len(row["cells"]) != len(element["columns"]) for row in element["rows"]):
        yield "a row of a table has not as many cells as it has columns"
    for run in element.get("inlines", ()):
        if run.get("type") != "TextRun" or not run.get("text") or run.keys() - RUN_KEYS:
            yield f"a text run is empty or has unknown keys: {sorted(run)}"


def _chart(element: Element) -> Iterator[str]:
    data, table = element.get("data", []), element.get("fallback")
    if not data or any(point.keys() != {"x", "y"} or not 0 <= point["y"] <= 100 for point in data):
        yield "a chart has no data, or data that is no share by name"
    if not isinstance(table, dict) or table.get("type") != "Container":
        yield "a chart has no table as fallback"
        return
    rows = [" ".join(_texts(row)) for row in table["items"] if row["type"] == "ColumnSet"]
    if len(rows) != len(data):
        yield f"a chart shows {len(data)} bars and its fallback {len(rows)} rows"
    for point, row in zip(data, rows, strict=False):
        count = point["x"].rpartition("(")[2].rstrip(")")
        share = f"{point['y']:.1f}\u00a0%"
        if count not in row or share not in row.replace(",", "."):
            yield f"the fallback of a chart says something else: {point} and {row}"


def _texts(row: Element) -> list[str]:
    return [item["text"] for column in row["columns"] for item in column["items"]]


def _keys_and_words(element: Element) -> Iterator[str]:
    kind = element["type"]
    yield from (f"{kind} has the unknown key {key}" for key in element.keys() - KEYS[kind])
    for key, known in _WORDS_OF.get(kind, {}).items():
        value = str(element.get(key, ""))
        if value and value[:1].lower() + value[1:] not in known:
            yield f"{kind} has {key} {value}, which does not exist"


def _input(element: Element, said_ja: Collection[str]) -> Iterator[str]:
    name, value = element.get("id"), element.get("value")
    if not name or not element.get("label"):
        yield f"the input {name!r} has no label"
    if element["type"] == "Input.ChoiceSet":
        values = [choice.get("value") for choice in element["choices"]]
        if not values or len(set(values)) != len(values):
            yield f"{name} has no choices, or two with the same value"
        if any(choice.keys() != {"title", "value"} or not choice["title"] for choice in element["choices"]):
            yield f"{name} has a choice without title, or with more than title and value"
        if value == "ja" and name not in said_ja:
            yield f"{name} comes with Ja chosen beforehand"
        chosen = str(value).split(",") if element.get("isMultiSelect") else [value]
        if value is not None and not set(chosen) <= set(values):
            yield f"{name} comes with {value!r} chosen, which is not among its choices"
    if element["type"] == "Input.Toggle" and value == element.get("valueOn", "true"):
        yield f"{name} comes switched on"


def _action(action: Element) -> Iterator[str]:
    if action.get("type") == "Action.ToggleVisibility":
        return  # it only unfolds what the card already holds
    if action.get("type") == "Action.OpenUrl":
        if not action.get("url", "").startswith("http") or not action.get("title"):
            yield f"a link leads nowhere, or says nothing: {action}"
        return
    if action.get("type") != "Action.Execute":
        yield f"a button is {action.get('type')}, not Action.Execute"
        return
    yield from _execute(action)
    yield from _keys_and_words(action)
    fallback: Any = action.get("fallback")
    if not isinstance(fallback, dict) or fallback.get("type") != "Action.Submit":
        yield f"the button {action.get('title')!r} has no Submit fallback"
        return
    yield from _keys_and_words(fallback)
    for name in ("title", "data", "associatedInputs"):
        if fallback.get(name) != action.get(name):
            yield f"the fallback of {action.get('title')!r} differs in {name}"


def _submit(action: Element) -> Iterator[str]:
    yield from _execute({**action, "verb": action.get("data", {}).get("verb")})
    yield from _keys_and_words(action)


def _execute(action: Element) -> Iterator[str]:
    data = action.get("data", {})
    if not action.get("title"):
        yield "a button has no title"
    if not action.get("verb") or data.keys() != {"verb", "token"} or data["verb"] != action["verb"]:
        yield f"the data of {action.get('title')!r} is not its verb and one token: {sorted(data)}"
    if not all(isinstance(value, str) and value for value in data.values()):
        yield f"the data of {action.get('title')!r} is not text"


def _words_of_people(sent: str, written: Iterable[str]) -> Iterator[str]:
    for text in written:
        begins = json.dumps(text[:40], ensure_ascii=False)[1:-1]
        if len(text) >= SHORTEST_WRITTEN and begins in sent:
            yield f"a posted card holds what someone wrote: {text[:40]!r}"
