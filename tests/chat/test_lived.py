"""A beginning that was lived through before is put back whole, and only where nothing has happened."""

from typing import Any

from storage import trail
from storage.answers import AnswerRow
from storage.trail import EventRow
from tests.chat.conftest import Furnished
from tests.chat.drive import opens
from tests.chat.harness import REF, Room
from tests.chat.lived import lived_once
from tests.chat.read_drive import begins, sent


def everything(room: Room) -> tuple[Any, ...]:
    """Return what a room holds; what is sealed is sealed with other numbers each time."""
    kept = room.count(AnswerRow), [(event.act, event.detail, event.item_id) for event in room.events()]
    chats = {
        name: (chat.at, chat.said, chat.view, chat.posted.keys(), chat.received, chat.last_id, chat.presses_made)
        for name, chat in room.chats.items()
    }
    return kept, chats, room.now, room.written(), room.refused


def test_what_is_put_back_is_what_was_lived_through_and_goes_on_alike(furnished: Furnished) -> None:
    found = []
    for remembers in (False, True, True):
        room = furnished.room()
        room.memory = room.memory if remembers else None
        anna = sent(room, {"child_heard": "nej"})
        found.append([everything(room)])
        assert anna is room.chat("anna")
        begins(room.chat("cecilia")).sees(REF)
        found[-1].append(everything(room))

    assert found[0] == found[1] == found[2]


def test_it_is_lived_through_where_something_has_happened_or_is_set(furnished: Furnished) -> None:
    lived: list[int] = []

    @lived_once
    def looks(room: Room, word: str) -> int:
        lived.append(room.count(EventRow))
        return len(word)

    def meets(change: Any = None, word: str = "hjälp") -> int:
        room = furnished.room()
        if change is not None:
            change(room)
        before = len(lived)
        assert looks(room, word) == len(word)
        return len(lived) - before

    assert [meets(), meets(), meets(word="hej")] == [1, 0, 1]
    assert meets(lambda room: room.later(days=1)) == 1
    assert meets(lambda room: room.chat("anna")) == 0
    assert meets(lambda room: setattr(room.chat("anna"), "refreshing", False)) == 1
    assert meets(lambda room: room.chat("anna").types("hjälp")) == 1
    assert meets(lambda room: opens(room.chat("anna"))) == 1
    assert meets(lambda room: room.refused.add("Påhittad text")) == 1
    assert meets(lambda room: room.desk.run_now(lambda at: trail.record(at, 1, room.now, "cli:test", "shown"))) == 1
    assert meets() == 0
