"""T13: what is typed comes back the same from both databases, or is refused the same by both."""

import unicodedata
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from storage import answers, migrate
from storage.desk import Desk
from storage.sealing import Keys
from tests.chat.drive import opens
from tests.chat.harness import Chat, Room, move_in
from tests.conftest import TRAIL
from tests.faults.programme import Programme
from tests.migrated import put_database

pytestmark = [pytest.mark.part("T13"), pytest.mark.beyond_suite, pytest.mark.postgres]
FACTS = {"violence": "nej", "child_placed": "nej", "intervention_decided": "ja", "child_communicated": "ja"}
NFC = "Påhittad: åäö ÅÄÖ é"
TEXTS = {
    "NFC": NFC,
    "NFD": unicodedata.normalize("NFD", NFC),
    "emoji": "Påhittad 👩‍👧 🧑🏽‍🦱",
    "right to left": "Påhittad \u202eabc\u202c שלום",
    "NUL": "Påhittad\x00text",
    "half a pair": "Påhittad \ud83d text",
    "mention": "<at>Beslutskollen</at> Påhittad &amp; text",
    "lines": "Påhittad\r\nrad två\rrad tre\n\tfyra",
    "4 000": "å" * 4000,
    "100 000": "å" * 100_000,
    "formula": "=1+1 påhittad",
    "widths": "Ｐåhittad\u00a0\u2009text\u200b\ufeff",
}


def comes_back(room: Room, number: int, text: str) -> tuple[str, str]:
    """Type a motivation in a case of its own; return what is stored or, if nothing is, what the bot answers."""
    anna: Chat = room.chat("anna")
    ref = f"SN 2026/{number:04}"
    opens(anna, ref, **FACTS).presses("Nej")
    try:
        anna.presses("Spara", Motivering=text)
    except UnicodeEncodeError:
        return "", "cannot be sent"

    def read(session: object) -> str:
        case = room.case(ref).id
        query = "select max(a.id) from answer a join filled_checklist f on f.id = a.filled_id"
        row_id = room.scalar(f"{query} where f.case_id = {case} and a.motivation is not null")
        if row_id is None:
            return ""
        row = session.get(answers.AnswerRow, row_id)  # type: ignore[attr-defined]
        of = session.get(answers.FilledRow, row.filled_id)  # type: ignore[attr-defined]
        return answers.read(session, of, row).motivation  # type: ignore[arg-type]

    found = room.desk.read_now(read)
    return found, "" if found else anna.text


@pytest.fixture
def rooms(tmp_path: Path, postgres_database: str) -> Iterator[list[Room]]:
    keys = Keys({"test": bytes(32)}, TRAIL)
    with (
        closing(Desk(put_database(tmp_path / "bot.db"), keys)) as one,
        closing(Desk(postgres_database, Keys({"test": bytes(32)}, TRAIL))) as other,
    ):
        migrate.upgrade(other)
        for desk in (one, other):
            move_in(desk)
        yield [Room(one), Room(other)]


def test_both_databases_give_back_the_same(
    programme: Programme, rooms: list[Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = programme.of(["NFD", "NUL", "half a pair"], list(TEXTS), list(TEXTS))
    if programme.mutant:
        plain = answers.read

        def normalised(session: object, of: object, row: object) -> object:
            read = plain(session, of, row)  # type: ignore[arg-type]
            is_sqlite = session.get_bind().dialect.name == "sqlite"  # type: ignore[attr-defined]
            text = unicodedata.normalize("NFD", read.motivation) if is_sqlite else read.motivation
            return read.__class__(**{**{k: getattr(read, k) for k in read.__slots__}, "motivation": text})

        monkeypatch.setattr(answers, "read", normalised)
    stored = refused = 0
    for number, name in enumerate(names):
        one, other = (comes_back(room, number, TEXTS[name]) for room in rooms)
        assert one == other, f"{name} differs"
        stored += bool(one[0])
        refused += not one[0]
    programme.figure("texts, stored alike, refused alike", f"{len(names)}, {stored}, {refused}")
    assert stored > 0
