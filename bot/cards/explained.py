"""What counts as Ja: the help for questions and facts, as lines, or folded away on a card with fields."""

from functools import cache

from bot.cards.parts import Element, subtle, text, written
from checklists.loader import all_facts, checklist_version
from checklists.model import Help
from texts import Language, say

_EXPLAINED = ("counts", "counts_not", "example", "law")


def help_lines(language: Language, help_: Help) -> list[Element]:
    """Return what counts as Ja, what does not, an example, and the rule behind it with its verified places."""
    of = {name: getattr(help_, f"{name}_en" if language == "en" else name) for name in _EXPLAINED}
    rows = [written(say("help." + name, language), words) for name, words in of.items() if words]
    verified = [one for one in help_.legal_refs if one.verified]
    rows += [subtle(say("help.verified", language, ref=one.ref, day=one.checked.isoformat())) for one in verified]
    if of["law"] and not verified:
        rows.append(subtle(say("help.not_verified", language)))
    return rows


@cache
def folded_items(language: Language, checklist: str, version: int, item_ids: tuple[str, ...]) -> tuple[Element, ...]:
    """Return the folded help for the questions on a card. It is the same for everybody, so it is made once."""
    items = [checklist_version(checklist, version).by_id[item_id] for item_id in item_ids]
    asked = [(item.question_en if language == "en" else item.question, item.help) for item in items]
    return _folded(language, [(label, help_) for label, help_ in asked if help_ is not None])


@cache
def folded_facts(language: Language, fact_ids: tuple[str, ...]) -> tuple[Element, ...]:
    """Return the folded help for the facts on a card."""
    facts = [all_facts()[fact_id] for fact_id in fact_ids]
    asked = [(fact.ask_en if language == "en" else fact.ask, fact.help) for fact in facts]
    return _folded(language, [(label, help_) for label, help_ in asked if help_ is not None])


def _folded(language: Language, explained: list[tuple[str, Help]]) -> tuple[Element, ...]:
    """Return the button `Vad räknas?` and what it unfolds: in the client, so that nothing filled in is lost."""
    rows: list[Element] = []
    for label, help_ in explained:
        rows += [text(label, weight="Bolder", spacing="Medium"), *help_lines(language, help_)]
    if not rows:
        return ()
    title = say("buttons.what_counts", language)
    unfold = {"type": "Action.ToggleVisibility", "title": title, "targetElements": ["help"]}
    box = {"type": "Container", "id": "help", "isVisible": False, "style": "emphasis", "items": rows}
    return {"type": "ActionSet", "actions": [unfold]}, box
