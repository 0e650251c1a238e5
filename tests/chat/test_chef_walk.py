"""Random walks of a worker and her chef: no errors, and a signature always matches what was signed."""

import json
import random

import pytest

from actions.basis import Sheet, read
from checklists.lifecycle import State
from storage import answers, cases, signatures
from storage.desk import Session
from storage.signatures import SignatureRow
from tests.chat.card_hand import actions, as_sent, gathered, inputs
from tests.chat.conftest import Furnished
from tests.chat.drive import opens
from tests.chat.harness import Chat, Room, is_free_text

CANARY = "kanariefågel"
ELSEWHERE = "något påhittat, för långt för ett ärendenummer"
LINES = {
    "anna": ["fortsätt", "ångra", "vad saknas", "mina ärenden", "uppgifter", "ändra", "formulär", "paus", "ja", "nej"]
    + [f"ändra {number}" for number in range(1, 13)],
    "cecilia": ["att läsa", "fortsätt", "formulär", "vad saknas", "ångra", "ändra 1", "ändra 7", "ja", "nej", "paus"],
}
BESIDE = ("Senaste versionen", "En tidigare version", "Anmäls", "Anmäls inte")  # each would void what they walk towards
AVOIDED = ("Avsluta", "Dra tillbaka ärendet", "Förläng", "Nytt underlag", "Ta bort", *BESIDE)
LIKED = ("Skicka till chef", "Börja läsa", "Fortsätt läsa", "Visa skillnader", "Signera", "Signera med brist", "Öppna")


def presses_something(chat: Chat, luck: random.Random) -> None:
    """Press a random button on any card ever shown, mostly the one in view, with random fields."""
    cards = {name: card for name, card in chat.posted.items() if isinstance(card, dict) and actions(card)}
    if not cards:
        return
    name = chat.at if chat.at in cards and luck.random() < 0.93 else luck.choice(list(cards))
    card = cards[name]
    offered = [action for action in actions(card) if action["title"] not in AVOIDED]
    liked = [action for action in offered if action["title"] in LIKED]
    if not offered:
        return
    action = luck.choice(liked if liked and luck.random() < 0.85 else offered)
    fields = {} if action.get("associatedInputs") == "none" else _filled(card, luck, f"{CANARY} {chat.name}")
    chat.sends(gathered(card, action, fields), reply_to=name, invoke=luck.random() < 0.9)


def _filled(card: dict[str, object], luck: random.Random, words: str) -> dict[str, str]:
    fields = {}
    for input_id, element in inputs(card).items():
        if input_id.endswith(".options"):
            continue  # what may be said beside an answer has conversations of its own
        if element["type"] == "Input.ChoiceSet" and luck.random() < 0.85:
            fields[input_id] = luck.choice(element["choices"])["value"]
        elif element["type"] == "Input.Text" and luck.random() < 0.8:
            # What is written elsewhere, as the name of a finding, may be posted.
            fields[input_id] = f"{words if is_free_text(input_id) else ELSEWHERE} {luck.randint(1, 99)}"
    return fields


def moved_since(session: Session, sheet: Sheet, bound: dict[str, int]) -> set[str]:
    """Return the questions changed since signing, with their signed answers; a reason counts with its question."""
    was = set()
    for item, row in sheet.rows.items():
        if row.revision != bound.get(item, 0):
            about = sheet.checklist.by_id[item].motivates or item
            signed = answers.revision_of(session, sheet.filled.id, about, bound.get(about, 0))
            was.add(signed.choice if signed is not None else "")
    return was


def check(room: Room, cecilia: Chat) -> None:
    """Check that signed content is the current content, and that nobody saw too much."""
    case = room.case()

    def work(session: Session) -> tuple[SignatureRow | None, set[str], State | None, State | None]:
        facts = cases.facts(session, case.id)
        mine = read(session, case, facts, reader_id=room_id(session, "cecilia"))
        theirs = mine.worker
        row = signatures.standing(session, case.id, "decision_basis", theirs.occasion)
        bound = json.loads(row.bound) if row is not None else {}
        moved = [moved_since(session, sheet, bound[str(sheet.filled.id)]) for sheet in theirs.sheets if bound]
        return row, set().union(*moved), theirs.state, mine.state

    row, moved, state, reads = room.desk.run_now(work)
    assert (row is not None) == (state == State.SIGNED)
    assert moved <= {"pagaende"}, "the signature covers something other than what was signed"
    if reads in (None, State.BEGUN) and not room.events("differences_seen"):
        assert f"{CANARY} anna" not in "".join(as_sent(c) for c in cecilia.posted.values() if isinstance(c, dict))


def room_id(session: Session, name: str) -> int:
    found = session.connection().exec_driver_sql(f"select id from person where email = '{name}@example.invalid'")
    return int(found.scalar_one())


def walk(room: Room, steps: int, seed: int) -> None:
    luck = random.Random(seed)
    people = {name: room.chat(name) for name in LINES}
    people["cecilia"].installs()
    opens(people["anna"], violence="nej", child_placed="nej", intervention_decided="nej", child_communicated="ja")
    busy = False  # sometimes only the chef acts, or nothing would ever get signed
    for _ in range(steps):
        busy = busy if luck.random() < 0.93 else not busy
        name = "cecilia" if busy and luck.random() < 0.95 else "anna"
        chat = people[name]
        chat.replays = True  # an old card pressed again may move on through the refresh
        chat.prompts()
        room.later(seconds=11)
        if luck.random() < 0.15:
            chat.types(luck.choice(LINES[name]))
        else:
            presses_something(chat, luck)
        check(room, people["cecilia"])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 140))
def test_anything_in_any_order_for_long(room: Room, seed: int) -> None:
    walk(room, 600, seed)


def test_anything_in_any_order_leaves_no_signature_over_something_else(furnished: Furnished) -> None:
    """Two walks, and more until everything there is to reach has been reached: how far one gets is luck."""
    unmet = {"sent", "signed", "signed_with_shortfall", "returned", "voided", "reading_reopened"}
    for number, seed in enumerate([38, 42, *range(43, 50)], start=1):
        room = furnished.room()
        walk(room, 250, seed)
        unmet -= {event.act for event in room.events()}
        if number >= 2 and not unmet:
            break

    assert not unmet
