"""T14 in the tab: pages whose buttons and fields were tampered with, and pages of others."""

import html

import pytest

from bot.tab import elements
from bot.tab.forms import sent
from tests.chat.card_hand import actions
from tests.chat.conftest import Furnished
from tests.chat.harness import REF
from tests.chat.tab_chat import TabRoom, form_of, sent_by_page
from tests.chat.test_tampering import KEPT, NOT_YOURS, tampered, walk_through


@pytest.fixture(scope="module")
def tab(furnished: Furnished) -> TabRoom:
    furnished.room()
    room = TabRoom(furnished.desk)
    room.cards = walk_through(room)  # type: ignore[attr-defined]
    return room


def kept(room: TabRoom) -> dict[str, list[str]]:
    return {name: rows for name, rows in room.content().items() if name in KEPT}


def test_tampered_buttons_and_those_of_others_store_nothing(tab: TabRoom) -> None:
    cards = [shown.card for shown in tab.cards]  # type: ignore[attr-defined]
    presses = [sent_by_page(card, action, {}) for card in cards for action in actions(card)]
    assert len(presses) > 80
    anna, bo = tab.chat("anna"), tab.chat("bo")
    before = kept(tab)
    forged = [{**data, "token": token} for data in presses for token in tampered(data["token"])][::997]
    for data in forged:
        assert NOT_YOURS in anna.sends(data).said
        assert REF not in anna.said
    for data in presses[::7]:
        assert NOT_YOURS in bo.sends(data).said
    for data in presses[::7]:  # a verb that is not the token's
        other = "close" if data["verb"] != "close" else "send"
        assert NOT_YOURS in anna.sends({**data, "verb": other}).said
    assert kept(tab) == before


def test_a_field_of_the_page_cannot_pass_for_a_button_or_the_other_way(tab: TabRoom) -> None:
    card = next(shown.card for shown in tab.cards if form_of(shown.card).named)  # type: ignore[attr-defined]
    form = form_of(card)
    pressed = form.buttons[0]
    what = sent([*form.fields, ("f.verb", "close"), ("f.token", "x"), ("press", pressed.value), ("form", "mine")])
    assert {**what.inputs, "verb": what.verb, "token": what.token}["token"] == what.token != "x"
    assert f"{what.verb} {what.token}" == pressed.value
    assert sent([("f.comment", "påhittad"), ("alone", pressed.value)]).inputs == {}
    assert sent([("ids", "a b=false"), ("f.a", "1"), ("press", "v t")]).inputs == {"a": "1", "b": "false"}


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</textarea><b>", "{{ 7*7 }}"]
)
def test_what_somebody_wrote_is_shown_as_she_wrote_it(words: str) -> None:
    body = [
        {"type": "TextBlock", "text": words, "wrap": True},
        {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": words}]},
        {"type": "Input.Text", "id": "a", "label": words, "isMultiline": True, "value": words, "placeholder": words},
        {"type": "Input.Text", "id": "b", "label": words, "value": words},
        {"type": "Input.ChoiceSet", "id": "c", "label": words, "choices": [{"title": words, "value": words}]},
        {"type": "ActionSet", "actions": [{"type": "Action.OpenUrl", "title": words, "url": words}]},
    ]
    page = str(elements.shown({"body": body}).body)
    assert words not in page or words == "{{ 7*7 }}"
    assert html.unescape(page).count(words) == 12
