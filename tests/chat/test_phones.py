"""Whoever last used a phone gets buttons that are sent as a message, and otherwise the same conversation."""

from typing import Any

import pytest
from sqlmodel import col, select

from bot.cards.render import ANSWERED_IN_PLACE
from dialogs.turn import commands
from storage import tenants
from storage.answers import AnswerRow
from storage.desk import Session
from tests.chat.card_hand import actions, button
from tests.chat.card_oracle import kinds_of
from tests.chat.drive import answers_card, opens
from tests.chat.harness import Chat, Room, move_in
from tests.conftest import ROOT
from tests.wire.door import TENANT

FACTS = {"violence": "ja", "intervention_decided": "ja", "child_placed": "nej", "child_communicated": "ja"}
EXECUTE, SUBMIT = {"Action.Execute"}, {"Action.Submit"}


def kinds(chat: Chat) -> set[str]:
    """Return the types of the buttons of the card in view."""
    return kinds_of(actions(chat.card))


def sends_a_basis(chat: Chat, ref: str) -> list[set[str]]:
    """Fill in a whole basis and send it; return the types of the buttons of each card on the way."""
    found = []
    opens(chat, ref, **FACTS)
    while "Skicka till chef" not in chat.buttons:
        found.append(kinds(chat))
        answers_card(chat, {"child_heard": "nej"})
    found.append(kinds(chat))
    chat.presses("Skicka till chef")
    return found


def stored(room: Room) -> list[tuple[Any, ...]]:
    def work(session: Session) -> list[tuple[Any, ...]]:
        rows = session.exec(select(AnswerRow).order_by(col(AnswerRow.id))).all()
        return [(row.item_id, row.revision, row.choice, row.motivation_kind) for row in rows]

    return room.desk.run_now(work)


def set_buttons(room: Room, kind: str) -> None:
    room.desk.run_now(lambda session: tenants.set_setting(tenants.known(session, TENANT), "buttons", kind))


def test_a_basis_on_a_phone_ends_in_the_same_rows_as_on_a_computer(anna: Chat, room: Room) -> None:
    on_computer = sends_a_basis(anna, "SN 2026/0701")
    assert all(one == EXECUTE for one in on_computer)
    first = stored(room)

    anna.on_phone = True
    on_phone = sends_a_basis(anna, "SN 2026/0702")
    assert all(one == SUBMIT for one in on_phone)
    assert len(on_phone) == len(on_computer)
    assert stored(room)[len(first) :] == first


def test_the_last_activity_decides_also_for_what_comes_by_itself(anna: Chat, room: Room) -> None:
    cecilia = room.chat("cecilia")
    cecilia.on_phone = True
    cecilia.types("hjälp")
    assert kinds(cecilia) == SUBMIT
    sends_a_basis(anna, "SN 2026/0701")
    cecilia.arrives()
    assert kinds(cecilia) == SUBMIT

    cecilia.on_phone = None  # a client that does not say changes nothing
    cecilia.types("att läsa")
    assert kinds(cecilia) == SUBMIT
    cecilia.on_phone = False
    cecilia.types("att läsa")
    assert kinds(cecilia) == EXECUTE


def test_a_computer_that_only_looks_gets_its_own_buttons_and_decides_nothing(anna: Chat) -> None:
    anna.refreshing = False
    anna.on_phone = True
    opens(anna, **FACTS)
    assert kinds(anna) == SUBMIT
    assert anna.card["refresh"]["action"]["type"] == "Action.Execute"

    anna.on_phone = False
    anna.refreshes()
    assert kinds(anna) == EXECUTE
    anna.on_phone = None
    anna.types("hjälp")
    assert kinds(anna) == SUBMIT


@pytest.mark.parametrize(("setting", "expected"), [("execute", EXECUTE), ("submit", SUBMIT)])
@pytest.mark.parametrize("on_phone", [True, False])
def test_a_municipality_may_give_everybody_the_same(
    anna: Chat, room: Room, setting: str, expected: set[str], on_phone: bool
) -> None:
    set_buttons(room, setting)
    anna.on_phone = on_phone
    opens(anna, **FACTS)

    assert kinds(anna) == expected
    anna.types("mina ärenden")
    assert kinds(anna) == expected


def test_what_only_a_response_can_show_is_asked_for_in_the_same_way_everywhere(anna: Chat) -> None:
    anna.on_phone = True
    opens(anna, **FACTS)
    while "Text till akten" not in anna.buttons:
        answers_card(anna, {})

    assert button(anna.card, "Text till akten")["type"] == "Action.Execute"
    anna.presses("Text till akten").sees("Har barnet")


def test_what_only_a_response_can_show_has_verbs_that_no_phone_changes() -> None:
    private = {
        path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        for path in (ROOT / "dialogs").rglob("*.py")
        if "turn.invoke" in path.read_text(encoding="utf-8") and path.parent.name != "turn"
    }
    verbs = [verb for module in commands.MODULES for verb in getattr(module, "VERBS", ())]
    answered = {verb.run.__module__ for verb in verbs if verb.right.verb in ANSWERED_IN_PLACE}

    assert len(private) >= len(ANSWERED_IN_PLACE)
    assert answered == private


def test_the_register_is_fetched_from_a_phone_too(room: Room) -> None:
    move_in(room.desk, ("ada", "Ada Uppdiktad", "", "admin"))
    ada = room.chat("ada").installs()
    ada.on_phone = True
    ada.types("administrera").presses("Personer")
    assert button(ada.card, "Hämta registret")["type"] == "Action.Execute"
    assert kinds(ada) == SUBMIT

    ada.presses("Hämta registret").sees_no("Länken visas bara")
    assert ada.view is not None
    assert [link.what for link in ada.view.links] == ["people"]  # type: ignore[union-attr]


def test_figures_are_fetched_from_a_phone_too(room: Room) -> None:
    cecilia = room.chat("cecilia").installs()
    cecilia.on_phone = True
    cecilia.types("rapport")
    assert button(cecilia.card, "Exportera")["type"] == "Action.Execute"
    assert kinds(cecilia) == SUBMIT

    cecilia.presses("Exportera").sees("Siffrorna som CSV")
    assert cecilia.view is not None
    assert len(cecilia.view.links) > 1  # type: ignore[union-attr]
