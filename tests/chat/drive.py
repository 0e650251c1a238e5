"""Fills in whole lists as a worker would: the card in view decides what is pressed."""

from collections.abc import Mapping

from checklists.loader import all_facts
from tests.chat.harness import REF, Chat, asked
from tests.chat.lived import lived_once
from texts import say

TEXTS = {"motivation": "Påhittad motivering: samtalet ägde rum hemma", "place": "Påhittad journalanteckning"}


def fact_fields(chat: Chat, facts: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a facts card for these answers by fact id."""
    by_label = {}
    for fact_id, value in facts.items():
        fact = all_facts()[fact_id]
        label = fact.ask_en if chat.language == "en" else fact.ask
        by_label[label] = say(f"answers.{value}", "en" if chat.language == "en" else "sv")
    return by_label


@lived_once
def opens(chat: Chat, ref: str = REF, children: int | str = 1, **facts: str) -> Chat:
    """Open a case and save its facts card. Facts by id (`violence="ja"`); others are left empty."""
    chat.types(f"ny {ref}")
    return saves_facts(chat, children=children, **facts)


def saves_facts(chat: Chat, *, children: int | str = 0, **facts: str) -> Chat:
    """Fill in and save the facts card in view."""
    fields = fact_fields(chat, facts)
    fields |= {"children": str(children)} if children else {}
    return chat.presses(say("buttons.save", "en" if chat.language == "en" else "sv"), fields)


def answers_card(chat: Chat, given: Mapping[str, str], *, otherwise: str = "ja") -> Chat:
    """Answer the card in view: items by id, motivations as `text`, `reference` or `missing` (default: a text)."""
    view, language = chat.view, chat.language
    assert view is not None
    words = {choice: say(f"answers.{choice}", "en" if language == "en" else "sv") for choice in _CHOICES}
    save = say("buttons.save", "en" if language == "en" else "sv")
    if view.kind == "question":
        return chat.presses(words[given.get(view.item.item, otherwise)])
    if view.kind == "group":
        return chat.presses(save, {row.item: words[given.get(row.item, otherwise)] for row in view.items})
    if view.kind == "motivation":
        how = given.get(asked(view), "text")
        if how == "missing":
            return chat.presses(say("buttons.no_motivation", "en" if language == "en" else "sv"))
        if how == "reference":
            title = say("buttons.in_the_file", "en" if language == "en" else "sv")
            return chat.presses(title, {"place": TEXTS["place"]})
        return chat.presses(save, {"motivation": TEXTS["motivation"]})
    assert view.kind == "facts", f"nothing to answer on a {view.kind}"
    return chat.presses(save)


def fills(chat: Chat, given: Mapping[str, str] | None = None, *, otherwise: str = "ja", until: str = "summary") -> Chat:
    """Answer one card after another until one asks for `until`."""
    for _ in range(100):
        if asked(chat.view) == until:
            return chat
        answers_card(chat, given or {}, otherwise=otherwise)
    raise AssertionError(f"never came to {until}: {chat.text}")


_CHOICES = ("ja", "nej", "delvis", "pagaende", "ej_tillampligt")
