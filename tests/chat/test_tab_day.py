"""A day in the tab: the same rows and figures as in the chat, and nothing of it in what the chat was sent."""

import re
from typing import Any

import pytest

from checklists.loader import newest
from dialogs.messages.neutral import neutral
from dialogs.turn.exchange import Reply
from dialogs.views.views import CallView, Line, ReminderView
from reports.rates import COLUMNS, rate_rows
from reports.selected import Selection
from storage.aggregates import project_new
from tests.chat.card_hand import titles
from tests.chat.conftest import Furnished
from tests.chat.drive import TEXTS, fills, opens
from tests.chat.harness import NORTH, REF, SOUTH, Room, move_in
from tests.chat.read_drive import ALL, reads
from tests.chat.tab_chat import TAB, TabRoom
from texts import say

OTHER = "SN 2026/0124"
NOTE, COMMENT, WRITTEN = "Påhittad kommentar till frågan", "Påhittad retur till handläggaren", "påhittat skrivet skäl"
DIFFER = ("inbox", "outbox", "conversation", "sealing_key", "told_reminder", "link")
"""Tables about the channel, and of what is random."""
SEALED = re.compile(r"b'(?:[^'\\]|\\.)*'|b\"(?:[^\"\\]|\\.)*\"|[0-9a-f]{64}|[0-9a-f]{32}")


def day(room: Room, rounds: int = 1) -> None:
    """Five people: two workers, two chefs of a unit, and the chef of another with her worker."""
    move_in(
        room.desk, ("clara", "Clara Fiktiv", NORTH, "unit_manager"), ("doris", "Doris Uppdiktad", SOUTH, "unit_manager")
    )
    anna, bo, cecilia, clara, eva = (room.chat(name) for name in ("anna", "bo", "cecilia", "clara", "eva"))
    for chat in (anna, bo, cecilia, clara, eva):
        chat.installs()
    for number in range(rounds):
        ref, other = f"SN 2026/{200 + number:04}", f"SN 2026/{600 + number:04}"
        opens(anna, ref, **ALL)
        anna.presses("Kommentera").presses("Spara", {"comment": NOTE})
        fills(anna, {"child_heard": "nej"})
        anna.types("ändra 2").types("nej")
        anna.types("fortsätt")
        fills(anna)
        opens(bo, other, children=2, **ALL)
        bo.types(f"nej, {WRITTEN}").types("ja").types("ångra")
        if "Ångra" in titles(bo.card):
            bo.presses("Ångra")
        bo.types(f"formulär {other}").presses("Spara", {"communication_boxes_filled": "ja"})
        bo.types("paus").types("mina ärenden").types(f"vad saknas {other}")
        room.later(minutes=1)
        anna.types(f"fortsätt {ref}").presses("Skicka till chef")
        reads(cecilia.receives().presses("Börja läsa"), {"child_heard": "ja"})
        cecilia.presses("Visa skillnader").presses("Återlämna")
        cecilia.presses("Återlämna", {"comment": COMMENT})
        anna.receives()
        anna.types(f"fortsätt {ref}")
        fills(anna)
        anna.presses("Skicka till chef")
        clara.receives()
        clara.types("enhetens ärenden")
        eva.types("hjälp").types("hur är vädret").types("språk en").types("language sv")
        room.later(minutes=5)


def kept(room: Room) -> dict[str, list[str]]:
    """Return what is stored of cases, people and the trail, without what is random."""
    return {name: [SEALED.sub("*", row) for row in rows] for name, rows in room.content_but(*DIFFER).items()}


def figures(room: Room) -> list[Any]:
    while room.desk.run_now(project_new):
        pass
    selection = Selection(unit="", first=room.now.date().replace(month=1, day=1), last=room.now.date())
    return room.desk.run_now(lambda session: [COLUMNS, *rate_rows(session, selection, room.now.date())])


def run(furnished: Furnished, rounds: int = 1) -> tuple[TabRoom, dict[str, list[str]], list[Any]]:
    furnished.room()
    room = TabRoom(furnished.desk)
    day(room, rounds)
    return room, kept(room), figures(room)


def told_nothing(wire: list[str]) -> None:
    """Assert that nothing of a case is in what the chat was sent."""
    everything = "\n".join(wire)
    asked = [text for item in newest("decision_basis").items for text in (item.ask, item.ask_en, item.question)]
    for unwanted in (*TEXTS.values(), NOTE, COMMENT, WRITTEN, NORTH, SOUTH, "SN 2026", *asked):
        assert unwanted not in everything, unwanted
    assert not re.search(r"\b(Ja|Nej|Pågår|obesvarad)\b", everything)


def test_a_day_in_the_tab_ends_in_the_same_rows_and_figures_and_the_chat_is_told_nothing(
    furnished: Furnished,
) -> None:
    chat = furnished.room()
    day(chat)
    in_chat, figures_of_chat = kept(chat), figures(chat)
    tab, in_tab, figures_of_tab = run(furnished)

    in_tab["tenant"] = [row.replace('{"content": "tab"}', "{}") for row in in_tab["tenant"]]
    assert in_tab == in_chat
    assert figures_of_tab == figures_of_chat
    assert len(tab.wire) >= 8, "the chat calls"
    told_nothing(tab.wire)


@pytest.mark.slow
def test_five_hundred_turns_in_the_tab_tell_the_chat_nothing(furnished: Furnished) -> None:
    tab, _, _ = run(furnished, 14)
    assert tab.turns >= 500
    told_nothing(tab.wire)


def test_a_reminder_says_how_many_cases_wait_and_until_when_and_the_tab_says_which(furnished: Furnished) -> None:
    furnished.room()
    room = TabRoom(furnished.desk)
    anna = room.chat("anna").installs()
    for ref in (REF, OTHER):
        opens(anna, ref, **ALL)
        anna.types(f"uppgifter {ref}").presses("Spara", {"planned_decision_on": "2026-05-18"})
    room.later(days=1)
    room.sweeps()
    before = len(room.wire)

    assert anna.reminded() == 1
    [call] = room.wire[before:]
    assert say("tab.calls", "sv", count=2) in call
    assert say("tab.until", "sv", date="2026-05-18") in call
    told_nothing([call])
    anna.sees(REF, OTHER)


def test_a_reminder_does_not_say_when_something_was_done_in_the_case_and_counts_those_in_one_line(
    furnished: Furnished,
) -> None:
    furnished.room()
    room = TabRoom(furnished.desk)
    anna, cecilia = room.chat("anna").installs(), room.chat("cecilia").installs()
    opens(anna, REF, **ALL)
    fills(anna)
    anna.presses("Skicka till chef")
    cecilia.receives()
    room.later(days=3)
    room.sweeps()
    before = len(room.wire)
    assert cecilia.reminded() == 1
    cecilia.sees("inte läst än", "2026-05-12")
    [call] = room.wire[before:]
    assert say("tab.call", "sv") in call
    assert not re.search(r"\d{4}-\d\d-\d\d", call)

    summed = Line(say="reminders.follow_ups", args={"cases": 7, "date": "2025-11-01", "refs": REF})
    of_many = ReminderView(title=Line(say="reminders.title"), cases=(), summed=summed)
    reply = Reply(tenant_id=1, person_id=1, channel_user="", language="sv", view=of_many)
    view = neutral(reply, TAB).view
    assert view == CallView(line=Line(say="tab.calls", args={"count": 7}), address=TAB)
