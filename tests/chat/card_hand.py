"""Operates a card like a client: finds buttons by title and inputs by label, and collects the values to send."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Card = dict[str, Any]
Element = dict[str, Any]


def elements(card: Card) -> Iterator[Element]:
    """Yield every element of the body, containers before their content, and also the fallback of a chart."""
    pending: list[Element] = card["body"][::-1]  # the next one is the last
    while pending:
        element = pending.pop()
        yield element
        if not _HOLDERS.isdisjoint(element):
            pending += _inside(element)[::-1]


_HOLDERS = frozenset({"items", "rows", "cells", "columns", "fallback"})


def _inside(element: Element) -> list[Element]:
    inner = [*element.get("items", ()), *element.get("rows", ()), *element.get("cells", ())]
    columns = element.get("columns", ()) if element["type"] != "Table" else ()
    fallback = element.get("fallback")
    return [*inner, *columns, *([fallback] if isinstance(fallback, dict) else [])]


def every_action(card: Card) -> list[Element]:
    """Return all buttons in display order, also those that only unfold what the card holds."""
    return [action for element in elements(card) for action in element.get("actions", ())]


def actions(card: Card) -> list[Element]:
    """Return the buttons that send something, in display order."""
    silent = ("Action.ToggleVisibility", "Action.OpenUrl")
    return [action for action in every_action(card) if action["type"] not in silent]


def titles(card: Card) -> list[str]:
    """Return the titles of all buttons."""
    return [action["title"] for action in actions(card)]


def button(card: Card, title: str, nth: int = 0) -> Element:
    """Return a button by title. nth: from 0, if several have the same title."""
    found = [action for action in actions(card) if action["title"] == title]
    assert len(found) > nth, f"no button {title!r} here, only {titles(card)}"
    return found[nth]


def inputs(card: Card) -> dict[str, Element]:
    """Return every input by id."""
    return {element["id"]: element for element in elements(card) if element["type"].startswith("Input.")}


def gathered(card: Card, action: Element, fields: Mapping[str, str]) -> dict[str, str]:
    """Return what a client submits on a press: the button's data, and the value of each input.

    fields: values by label or id, choices by title; inputs not named keep their initial value.
    """
    data: dict[str, str] = dict(action["data"])
    found = inputs(card)
    filled = {_input_id(found, name): value for name, value in fields.items()}
    if action.get("associatedInputs") == "none":
        assert not filled, "this button sends no inputs"
        return data
    for input_id, element in found.items():
        data[input_id] = _value(element, filled[input_id]) if input_id in filled else str(element.get("value", ""))
    return data


def _input_id(found: Mapping[str, Element], name: str) -> str:
    if name in found:
        return name
    by_label = [input_id for input_id, element in found.items() if element["label"] == name]
    assert len(by_label) == 1, f"{len(by_label)} inputs are called {name!r}; there are {list(found)}"
    return by_label[0]


def _value(element: Element, said: str) -> str:
    if element["type"] != "Input.ChoiceSet":
        return said
    by_title = {choice["title"]: str(choice["value"]) for choice in element["choices"]}
    if element.get("isMultiSelect"):
        return ",".join(by_title.get(one, one) for one in said.split(", "))
    assert said in by_title or said in by_title.values() or said == "", f"{said!r} is not among {list(by_title)}"
    return by_title.get(said, said)


def words(card: Card) -> str:
    """Return all text on a card, one line per element, as a client without chart support shows it.

    The help that `Vad räknas?` unfolds is left out; equal answers, which the chef unfolds, are not.
    """
    lines: list[str] = []
    body = [element for element in card["body"] if element.get("id") != "help"]
    for element in elements({**card, "body": body}):
        if element["type"].startswith("Chart."):
            continue
        lines += [str(element[name]) for name in ("text", "label", "title", "value", "placeholder") if name in element]
        lines.append("".join(run["text"] for run in element.get("inlines", ())))
        lines += [choice["title"] for choice in element.get("choices", ())]
        lines += [action["title"] for action in element.get("actions", ())]
    return "\n".join(line for line in lines if line)


def as_sent(card: Card) -> str:
    """Return the card's JSON as sent."""
    return json.dumps(card, ensure_ascii=False, separators=(",", ":"))
