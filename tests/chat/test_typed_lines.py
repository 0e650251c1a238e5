"""A corpus of lines people would write: none is stored wrongly, and few are not understood.

`data/typed_lines.tsv`: what was shown (`question`, `motivation`, `group`, `facts`, or `nothing` of a case that is
open), what the line should come to, and the line. What it should come to was written from the contract, not from the
parser: `ja`, `nej`: the answer alone; `nej: TEXT`: with a motivation; `ja: TEXT`: with a note; `row …`: several
answers; `facts …`; `text`: the motivation itself; `missing`, `file`; `later`; `view KIND`: a command; `which`: which
case is meant; `which_question`; `suggests WORD`: a mistyped command, or what it is called; `polite`, `nothing`,
`personal`; `asked`: nobody can be sure.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from copy import copy
from itertools import count
from pathlib import Path

import pytest

from checklists.model import NOTHING
from tests.chat.conftest import Furnished
from tests.chat.drive import opens
from tests.chat.harness import REF, Chat, Room
from tests.chat.test_typing import ALL, GROUP, informed

LINES = [
    line.split("\t")
    for line in (Path(__file__).parent / "data" / "typed_lines.tsv").read_text(encoding="utf-8").splitlines()[1:]
]
Stored = dict[str, tuple[str, str, str]]
HEARD, WHY = "child_heard", "child_not_heard_motivated"
SAID = {"polite": "Varsågod", "nothing": "Jag ser ingen text", "personal": "ser ut som ett personnummer"}
OPENED = "select count(*) from event where act = 'case_opened'"
MISSED = "Det förstod jag inte"


def shows(room: Room, what: str) -> Chat:
    """Return Anna with a card of this kind in view."""
    anna = room.chat("anna")
    if what == "facts":
        return anna.types(f"ny {REF}")
    opens(anna, **ALL)
    if what == "nothing":
        return anna.types("hjälp")
    return anna if what == "question" else anna.types({"motivation": "nej", "group": "ja"}[what])


def came_to(anna: Chat, room: Room, what: str, expected: str, line: str, before: Stored) -> str:
    """Return `understood`, `asked` (nothing is stored, and she is asked), `missed`, or `wrong`."""
    opened = room.scalar(OPENED)
    anna.types(line)
    after = stored(anna, what)
    changed = after != before
    kind, _, rest = expected.partition(" ")
    answered, _, text = expected.partition(": ")
    if expected in ("ja", "nej") or (answered in ("ja", "nej") and text):
        item = HEARD if what == "question" else GROUP[0]
        right = changed and after == {**before, **_answer(what, item, answered, text)}
    elif kind == "row":
        right = informed(anna) == [*rest.split(), "", "", ""][:4]
    elif kind == "facts":
        names = ("violence", "child_placed", "intervention_decided", "child_communicated")
        known = {name: word for name, word in zip(names, rest.split(), strict=True) if word != "unknown"}
        right = anna.facts() == known
    elif expected in ("text", "missing", "file"):
        kept = anna.written(WHY) if changed else NOTHING
        place = line[len("finns i akten") :].strip(" ,:()")
        wanted = {"text": ("text", line, ""), "missing": ("missing", "", ""), "file": ("reference", "", place)}
        right = (kept.motivation_kind, kept.motivation, kept.place) == wanted[expected]
    else:
        if changed and line != "ångra":
            return "wrong"
        right = _told(anna, what, kind, rest)
    if room.scalar(OPENED) != opened and (kind, rest) != ("view", "facts"):
        return "wrong"
    if right:
        return "understood"
    if changed and kind != "view":
        return "wrong"
    return "missed" if MISSED in anna.text and expected != "asked" else "asked"


def _answer(what: str, item: str, answer: str, text: str) -> dict[str, tuple[str, str, str]]:
    if not text:
        return {item: (answer, "", "")}
    if answer == "ja":
        return {item: ("ja", "", text)}
    return {HEARD: ("nej", "", ""), WHY: ("ja", text, "")} if what == "question" else {item: ("nej", text, "")}


def _told(anna: Chat, what: str, kind: str, rest: str) -> bool:
    view = anna.view.kind if anna.view is not None else ""
    if kind in SAID:
        return SAID[kind] in anna.text
    if kind == "view":
        return view == rest and MISSED not in anna.text
    if kind == "which":
        return "Vilket ärende menar du?" in anna.text
    if kind == "which_question":
        return "Vilken fråga svarar du på?" in anna.text
    if kind == "suggests":
        return f"Menade du ”{rest}" in anna.text
    return kind == "later" and "Frågan är kvar till senare" in anna.text


def stored(anna: Chat, what: str) -> Stored:
    """Return what is stored: choice, motivation and note by item; the facts while no list is begun."""
    if what == "facts":
        return {name: (value, "", "") for name, value in anna.facts().items()}
    found = anna.all_written()
    return {
        item: (kept.choice, kept.motivation or kept.place, kept.note or "")
        for item, kept in found.items()
        if kept.choice != "obesvarad"
    }


@pytest.fixture(scope="module")
def outcomes(furnished: Furnished) -> list[tuple[str, str, str, str]]:
    """Every line with what it came to, each typed to a bot that has just shown the card."""
    found = {}
    for what in sorted({what for what, _, _ in LINES}):
        room = furnished.room()
        anna = shows(room, what)
        before = stored(anna, what)
        with closing(sqlite3.connect(":memory:")) as as_it_was:
            room.raw.backup(as_it_was)
            for number, (shown, expected, line) in enumerate(LINES):
                if shown == what:
                    as_it_was.backup(room.raw)
                    there = again(room, anna, number)
                    outcome = came_to(there, there.room, what, expected, line, before)
                    found[number] = (what, line, expected, outcome)
    return [found[number] for number in range(len(LINES))]


def again(room: Room, anna: Chat, number: int) -> Chat:
    """Return Anna as she was when the card was shown. number: sets her activities apart from all others."""
    other = copy(anna)
    other.posted, other.received = dict(anna.posted), list(anna.received)
    other.room = Room(room.desk, now=room.now, ids=count(10_000 * (number + 1)), chats={"anna": other})
    return other


def test_the_corpus_is_large_and_says_nothing_twice() -> None:
    assert len(LINES) >= 400
    assert len({(what, line) for what, _, line in LINES}) == len(LINES)


def test_no_line_is_stored_wrongly_and_nearly_every_one_is_understood_or_asked_about(
    outcomes: list[tuple[str, str, str, str]], record_property: Callable[[str, object], None]
) -> None:
    assert [one for one in outcomes if one[3] == "wrong"] == []
    counted = Counter(one[3] for one in outcomes)
    record_property("lines", dict(counted))
    assert counted["missed"] / len(outcomes) <= 0.05, [one for one in outcomes if one[3] == "missed"]
    certain = [one[3] for one in outcomes if one[2] != "asked"]
    assert certain.count("understood") / len(certain) >= 0.9, Counter(certain)
