"""Renders a reply as a card or as plain text."""

from collections.abc import Callable
from typing import Any

from bot.cards.admin import admin_card
from bot.cards.call import call_card
from bot.cards.comment import comment_card
from bot.cards.deputies import deputies_card
from bot.cards.detail import detail_card
from bot.cards.details import close_card, decided_card, details_card, extend_card, wrong_case_card
from bot.cards.extract import extract_card
from bot.cards.facts import facts_card
from bot.cards.file_text import file_text_card
from bot.cards.form import form_card
from bot.cards.group import group_card
from bot.cards.help import help_card
from bot.cards.menus import ask_ref_card, cases_card, menu_card
from bot.cards.motivation import doubt_card, motivation_card
from bot.cards.panel import panel_card
from bot.cards.parts import Card, Element, Pen
from bot.cards.prompt import prompt_card
from bot.cards.question import question_card
from bot.cards.reading import differences_card, reading_card, return_card, shortfall_card, signed_card
from bot.cards.reminder import reminder_card
from bot.cards.report import links_card, report_card
from bot.cards.summary import closed_card, missing_card, summary_card
from bot.cards.unit import unit_case_card
from dialogs.turn.exchange import Reply
from dialogs.turn.tokens import Mint
from dialogs.views.views import without_texts
from dialogs.views.wording import line_words
from texts import say

_BUILDERS: dict[str, Callable[[Pen, Any], Card]] = {
    "facts": facts_card,
    "question": question_card,
    "help": help_card,
    "group": group_card,
    "motivation": motivation_card,
    "detail": detail_card,
    "summary": summary_card,
    "file_text": file_text_card,
    "extract": extract_card,
    "missing": missing_card,
    "cases": cases_card,
    "menu": menu_card,
    "call": call_card,
    "ask_ref": ask_ref_card,
    "closed": closed_card,
    "doubt": doubt_card,
    "comment": comment_card,
    "form": form_card,
    "details": details_card,
    "extend": extend_card,
    "close": close_card,
    "decided": decided_card,
    "wrong_case": wrong_case_card,
    "prompt": prompt_card,
    "reading": reading_card,
    "differences": differences_card,
    "shortfall": shortfall_card,
    "return": return_card,
    "signed": signed_card,
    "deputies": deputies_card,
    "unit_case": unit_case_card,
    "reminder": reminder_card,
    "report": report_card,
    "links": links_card,
    "panel": panel_card,
    "admin": admin_card,
}
"""The builder of each kind of view; a test checks that none is missing."""


def render_card(reply: Reply, mint: Mint, *, private: bool) -> Card | None:
    """Return the reply's card, None if it is plain text.

    private: seen by one person only, in an invoke response; otherwise the card holds nothing anyone wrote.
    """
    view = reply.view if private else without_texts(reply.view)
    if view.kind == "say":
        return None
    pen = Pen(reply.language, reply.tenant_id, reply.person_id, reply.channel_user, mint, private)
    made = _BUILDERS[view.kind](pen, view)
    fields = {} if view.kind in _ASKS_NOTHING else _fields(made["body"])
    if fields:
        pen.sign_with(fields)
    return with_submits(made) if reply.submits else made


ANSWERED_IN_PLACE = ("text_for_file", "show_extract", "export_figures", "export_people", "round_links")
"""What is shown in the response to a press alone, which `Action.Submit` does not have: texts, and one-time links."""


def with_submits(part: Any) -> Any:
    """Return a card, or part of one, with each button as the `Action.Submit` it falls back to, looking as it did."""
    if isinstance(part, list):
        return [with_submits(one) for one in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") == "Action.Execute" and "fallback" in part and part["verb"] not in ANSWERED_IN_PLACE:
        look = {name: part[name] for name in ("style", "mode", "tooltip") if name in part}
        return {**part["fallback"], **look}
    # The client itself asks for what is current, and knows no other way.
    return {name: one if name == "refresh" else with_submits(one) for name, one in part.items()}


_ASKS_NOTHING = ("question", "menu", "closed", "summary", "report", "links")
"""Common cards without fields, where looking for any would be wasted; and cards whose fields only choose what to show
next, where a choice that is not used is no loss."""


def _fields(body: list[Element]) -> dict[str, str]:
    """Return what the fields of a card hold, by id."""
    found, parts = dict[str, str](), list(body)
    while parts:
        one = parts.pop()
        kind = one.get("type", "")  # the columns of a table have none
        if kind.startswith("Input."):
            found[one["id"]] = str(one.get("value", ""))
        elif kind in _HOLDS:
            for name in ("items", "columns", "rows", "cells"):
                parts += one.get(name, ())
    return found


_HOLDS = ("Container", "ColumnSet", "Column", "Table", "TableRow", "TableCell")


def render_text(reply: Reply) -> str:
    """Return a plain-text reply as text."""
    return " ".join(line_words(line, reply.language) for line in reply.view.notices)


def neutral_summary(reply: Reply) -> str:
    """Return the text a notification may show: that there is a card, nothing about its content."""
    return say("card.neutral_summary", reply.language)
