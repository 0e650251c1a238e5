"""The same people in the tab: what a card's page sends is what they press, and the chat only calls them."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.cards.render import render_card, render_text
from bot.tab import elements
from bot.tab.elements import ALONE, INPUT, PRESS
from bot.tab.forms import sent
from dialogs.messages.neutral import neutral
from dialogs.turn.exchange import Reply
from dialogs.turn.take_turn import take_turn
from storage import tenants
from storage.desk import Session
from tests.chat.card_hand import Card, as_sent, button, gathered, inputs, words
from tests.chat.harness import Chat, Room, Shown
from tests.wire.tab_site import PageForm, read_page

TAB = "https://teams.microsoft.com/l/entity/22222222-2222-4222-8222-222222222222/flik"


def form_of(card: Card) -> PageForm:
    """Return the form that a card is in the tab."""
    shown = elements.shown(card)
    [form] = read_page(200, f"<form>{shown.body}</form>", {}).forms
    form.put("ids", shown.ids)
    return form


def sent_by_page(card: Card, action: Mapping[str, Any], filled: Mapping[str, str]) -> dict[str, str]:
    """Return what pressing a button of the page comes to. filled: inputs by id, as a client of Teams sends them."""
    form, found = form_of(card), inputs(card)
    for name, value in filled.items():
        kind = found[name]["type"]
        if kind == "Input.Toggle":
            given = [value] if value == found[name]["valueOn"] else []
        elif kind == "Input.ChoiceSet" and (found[name].get("isMultiSelect") or INPUT + name in form.choices):
            given = [one for one in value.split(",") if one]
        else:
            given = [value]
        form.put(INPUT + name, *given)
    of = f"{action['data']['verb']} {action['data']['token']}"
    [pressed] = [one for one in form.buttons if one.value == of and one.title == action["title"]][:1]
    assert pressed.name == (ALONE if action.get("associatedInputs") == "none" else PRESS)
    what = sent([*form.fields, (pressed.name, pressed.value)])
    return {**what.inputs, "verb": what.verb, "token": what.token}


@dataclass
class TabRoom(Room):
    """A municipality that has chosen that nothing of a case passes through the chat. wire: what the chat was sent."""

    wire: list[str] = field(default_factory=list)
    turns: int = 0

    def __post_init__(self) -> None:
        self.chooses("tab")

    def chooses(self, content: str) -> None:
        """Let the municipality choose where its cases are shown: `chat` or `tab`."""

        def work(session: Session) -> None:
            for row in tenants.everyone(session):
                tenants.set_setting(row, "content", content)

        self.desk.run_now(work)

    def chat(self, name: str) -> "TabChat":
        """Return a person at the tab."""
        chat = self.chats.setdefault(name, TabChat(self, name))
        assert isinstance(chat, TabChat)
        return chat


class TabChat(Chat):
    """A person with the tab open. What she sees is the page; what she is told in the chat is in the room's wire."""

    room: TabRoom

    def _turn(self, kind: Any, again: str, **more: Any) -> Any:
        turn = super()._turn(kind, again, **more)
        self.room.turns += 1
        if kind in ("installed", "removed", "edited"):
            return turn
        object.__setattr__(turn, "tab", True)
        object.__setattr__(turn, "invoke", True)
        object.__setattr__(turn, "reply_to", "")
        return turn

    def _take(self, turn: Any) -> Any:
        return lambda session: take_turn(session, turn, self.room.mint, self.room.pages_url, TAB)

    def presses(
        self,
        title: str,
        fields: Mapping[str, str] | None = None,
        *,
        on: Shown | None = None,
        again: str = "",
        nth: int = 0,
        **more: str,
    ) -> "Chat":
        """Press a button of the page: it must come to what a client of Teams sends."""
        shown = on or self.shown
        action = button(shown.card, title, nth)
        data = gathered(shown.card, action, {**(fields or {}), **more})
        filled = {name: value for name, value in data.items() if name not in ("verb", "token")}
        assert sent_by_page(shown.card, action, filled) == data
        return self.sends(data, reply_to=shown.message, again=again)

    def _message(self, turn: Any, *, cut: bool = False) -> None:
        reply = self._taken(turn)
        if reply is not None:
            self._sees(reply)

    def _invoked(self, turn: Any) -> None:
        reply = self._taken(turn)
        assert reply is not None
        self._sees(reply)

    def _sees(self, reply: Reply) -> None:
        """Look at the answer: a card takes the place of the one before, a sentence stands above it."""
        self.said = ""
        card = render_card(reply, self.room.mint, private=True)
        if card is None:
            self.said = render_text(reply)
        else:
            page = elements.shown(card)
            missing = _words(words(card)) - _words(html.unescape(str(page.body))) - _words(page.ids)
            assert not missing, f"words of the card are not on the page: {missing}"
            self.at = f"page-{next(self.room.ids)}"
            self.posted[self.at] = card
        self.view, self.language = reply.view, reply.language
        self._obey_updates()

    def _post(self, reply: Reply) -> str:
        """Take a message in the chat: what was sent is noted, and what it is about is read in the tab."""
        is_call = reply.view.kind == "call"
        posted = reply if is_call or reply.view.kind == "say" else neutral(reply, TAB)
        card = render_card(posted, self.room.mint, private=False)
        self.room.wire.append(as_sent(card) if card is not None else render_text(posted))
        if not is_call:
            self._sees(reply)
        return "out"

    def refreshes(self, on: Shown | None = None) -> "Chat":
        """A page asks for nothing by itself."""
        return self


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))
