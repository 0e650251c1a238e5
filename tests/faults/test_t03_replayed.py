"""T3: a recorded day, each activity sent one to four times and shuffled, stores what one run in order stores.

A copy keeps its id, as the channel's own copies do; every second copy of a press has a new id and a later time. What is
typed cannot be told from the same words typed again, so its copies keep their ids. Nobody presses a card before it was
shown: of a person's activities the first copies keep their order, all others may come anywhere in the window.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dialogs.turn import take_turn as turns
from dialogs.turn.exchange import Turn
from dialogs.turn.tokens import Mint
from storage.desk import Desk, Session
from storage.sealing import Keys
from tests.chat import harness
from tests.chat.drive import answers_card, opens
from tests.chat.harness import NORTH, SECRET, Chat, Room, move_in
from tests.conftest import TRAIL
from tests.faults.programme import Programme
from tests.migrated import put_database

pytestmark = pytest.mark.part("T3")
PEOPLE = ("anna", "bo", "cia", "dag")
WINDOW = 10
KEYS = {"test": bytes(32)}
STORED = {
    "answers": """select c.ref, a.item_id, a.revision, a.choice, a.undo_of <> '' from answer a
        join filled_checklist f on f.id = a.filled_id join cases c on c.id = f.case_id""",
    "events": "select act, actor, case_id, filled_id, item_id, revision from event where act <> 'conflict'",
    "outbox": "select kind, conversation_id, case_id, activity_id from outbox",
}


@dataclass(frozen=True)
class Recorded:
    """An activity of the day, and the id under which its reply was posted."""

    turn: Turn
    posted: str = ""


@contextmanager
def recording(into: list[Recorded]) -> Iterator[None]:
    """Note every activity that people send, other than refreshes, which store nothing."""
    plain_turn, plain_note = turns.take_turn, turns.note_posted

    def take(session: Session, turn: Turn, *more: Any) -> Any:
        if turn.kind != "refresh":
            into.append(Recorded(turn))
        return plain_turn(session, turn, *more)

    def note(session: Session, turn: Turn, outcome: Any, activity_id: str, **more: Any) -> Any:
        into[-1] = replace(into[-1], posted=activity_id)
        return plain_note(session, turn, outcome, activity_id, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(harness, "take_turn", take)
        patch.setattr(harness, "note_posted", note)
        yield


def act(chat: Chat, luck: random.Random, cases: list[str]) -> None:
    """Do what a worker does next: answer the card in view, take something back, or go on with another case."""
    kind = chat.kind_or_nothing()
    if kind in ("question", "group", "motivation"):
        if luck.random() < 0.06:
            chat.types("ångra")
        else:
            answers_card(chat, {}, otherwise=luck.choice(["ja", "nej"]))
    elif kind == "menu" and "Ångra" in chat.buttons:
        chat.presses("Ångra")
    else:
        chat.types(f"fortsätt {cases.pop() if cases else 'SN 2026/0000'}")


def a_day(desk: Desk, activities: int, seed: int) -> tuple[bytes, list[Recorded]]:
    """Return the database as the day begins, and the day."""
    move_in(desk, *((name, f"{name.capitalize()} Påhittad", NORTH, "case_worker") for name in PEOPLE))
    luck, room = random.Random(seed), Room(desk)
    each = activities // 40 + 2
    cases = {name: [f"SN {2000 + place}/{number:04}" for number in range(each)] for place, name in enumerate(PEOPLE)}
    for name, refs in cases.items():
        for ref in refs:
            opens(room.chat(name), ref, violence="nej", child_placed="nej", intervention_decided="ja")
    before = desk.run_now(lambda session: session.connection().connection.driver_connection.serialize())  # type: ignore[union-attr]
    day: list[Recorded] = []
    with recording(day):
        while len(day) < activities:
            for name in PEOPLE:
                room.later(seconds=20)
                act(room.chat(name), luck, cases[name])
    return before, day


def shuffled(day: list[Recorded], luck: random.Random) -> list[tuple[int, int]]:
    """Return the deliveries: place in the day, and the number of the copy."""
    copies = [place for place in range(len(day)) for _ in range(luck.randint(1, 4))]
    for first in range(0, len(copies), WINDOW // 2):  # two halves overlap, so that a copy moves up to a whole window
        some = copies[first : first + WINDOW]
        luck.shuffle(some)
        copies[first : first + WINDOW] = some
    expected = defaultdict(list)
    for place, one in enumerate(day):
        expected[one.turn.object_id].append(place)
    came, order = Counter[int](), []
    for slot, place in enumerate(copies):
        due = expected[day[place].turn.object_id]
        if due and place > due[0]:  # its card is not shown yet: swap it with the activity that comes first
            later = copies.index(due[0], slot)
            copies[slot], copies[later] = copies[later], place
            place = copies[slot]
        if due and place == due[0]:
            due.pop(0)
        order.append((place, came[place]))
        came[place] += 1
    return order


def deliver(desk: Desk, one: Recorded, copy: int) -> None:
    """Handle an activity as the bot does."""
    turn = one.turn
    if turn.kind == "press" and copy % 2:
        turn = replace(turn, activity_id=f"{turn.activity_id}-{copy}", now=turn.now + timedelta(seconds=3 * copy))

    def work(session: Session) -> None:
        outcome = turns.take_turn(session, turn, Mint(SECRET), "https://bot.example.invalid")
        if one.posted and outcome.reply is not None and not outcome.posted and outcome.reply.person_id:
            turns.note_posted(session, turn, outcome, one.posted, answered=True)

    desk.run_now(work, turn.channel_id)


def stored(desk: Desk) -> Mapping[str, Counter[Any]]:
    def work(session: Session) -> Mapping[str, Counter[Any]]:
        connection = session.connection()
        return {what: Counter(map(tuple, connection.exec_driver_sql(query))) for what, query in STORED.items()}

    return desk.run_now(work)


def begun(path: Path, before: bytes) -> Desk:
    """Return a desk on the database as the day begins."""
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    path.write_bytes(before[:18] + b"\1\1" + before[20:])  # these bytes said that a write-ahead log exists
    made = Desk(f"sqlite:///{path}", Keys(KEYS, TRAIL))
    made.engine.raw_connection().driver_connection.execute("pragma synchronous=off")  # type: ignore[union-attr]
    return made


def test_a_shuffled_day_stores_what_the_day_stores(
    programme: Programme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds, activities = programme.of(1, 2, 50), programme.of(24, 120, 500)
    with closing(Desk(put_database(tmp_path / "bot.db"), Keys(KEYS, TRAIL))) as desk:
        before, day = a_day(desk, activities, programme.seed)
    with closing(begun(tmp_path / "once.db", before)) as desk:
        for one in day:
            deliver(desk, one, 0)
        once = stored(desk)
    assert once["answers"], "nothing was answered"
    if programme.mutant:
        monkeypatch.setattr(turns, "_seen_before", lambda *_: None)
    deliveries = 0
    for seed in range(programme.seed, programme.seed + seeds):
        order = shuffled(day, random.Random(seed))
        deliveries += len(order)
        with closing(begun(tmp_path / "again.db", before)) as desk:
            for place, copy in order:
                deliver(desk, day[place], copy)
            found = stored(desk)
        for what, rows in once.items():
            assert found[what] == rows, (
                f"seed {seed}, stored otherwise than in order, {what}: {(found[what] - rows) + (rows - found[what])}"
            )
    programme.figure(
        "seeds, activities, deliveries, answers, equal",
        f"{seeds}, {len(day)}, {deliveries}, {once['answers'].total()}, {seeds}",
    )
