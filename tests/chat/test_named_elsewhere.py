"""What is disposed of is named nowhere: not by what was said about another case, nor about none, on both databases."""

from collections.abc import Callable, Iterator

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from sqlalchemy import LargeBinary, text
from sqlmodel import select

from storage import disposal, naming, tenants
from storage.cases import CaseRow
from storage.desk import Session
from storage.naming import Naming
from storage.tables import METADATA
from tests.chat.conftest import KEYS
from tests.chat.harness import NORTH, Chat, Room, move_in
from tests.chat.list_drive import ADULT, ADULT_UNIT, CHILD, furnish, starts, takes_in
from tests.chat.test_administration import ADMIN, asks_for_deletion

CLOSED, OTHERS, LATER = "RVT 2026/0099", "SN 2026/0777", "SN 2026/0888"
GONE = (ADULT, CLOSED, OTHERS, LATER)
"""To be disposed of: an adult's case, one that is closed, another worker's, and one opened after it was spoken of."""
PERIODS = {"case_months": 1}
DECISION = "SN § 45/2026"
NUMBER = "Det andra ärendets nummer"

SAID: tuple[tuple[str, str, Callable[[Chat], object]], ...] = (
    ("linking to a closed case", "anna", lambda chat: chat.types(f"koppla {CHILD} {CLOSED}")),
    (
        "the same on the card, typed her way",
        "anna",
        lambda chat: chat.types(f"koppla {CHILD}").presses("Koppla", {NUMBER: "rvt2026/0099"}),
    ),
    ("linking to another child's", "anna", lambda chat: chat.types(f"koppla {CHILD} {OTHERS}")),
    ("linking to none yet", "anna", lambda chat: chat.types(f"koppla {CHILD} {LATER}")),
    ("asking to link", "anna", lambda chat: chat.types(f"koppla {CHILD} {ADULT}")),
    ("a number that is taken", "anna", lambda chat: chat.types(f"fel nummer {CHILD}").presses("Spara", Ärende=OTHERS)),
    ("opening another's", "anna", lambda chat: chat.types(f"ny {OTHERS}")),
    ("a number as an answer", "anna", lambda chat: chat.types(f"fortsätt {CHILD}").types(OTHERS)),
    ("her cases", "bo", lambda chat: chat.types("mina ärenden")),
    ("the unit's cases", "cecilia", lambda chat: chat.types("enhetens ärenden")),
    ("of the adults", "hugo", lambda chat: chat.types("enhetens ärenden")),
    ("what can be disposed of", "ada", lambda chat: chat.types("administrera").presses("Gallring")),
    ("asked to delete", "ada", lambda chat: asks_for_deletion(chat, CLOSED, DECISION)),
    ("a reviewer's list", "greta", lambda chat: chat.types("granska")),
)


@pytest.mark.parametrize("looked", [False, True], ids=["at_once", "looked_before"])
def test_what_is_disposed_of_is_named_by_nothing_that_is_kept(either_room: Room, *, looked: bool) -> None:
    room = either_room
    furnish(room)
    move_in(room.desk, ADMIN)
    for chat in map(room.chat, ("anna", "bo", "cecilia", "ylva", "hugo", "ada")):
        chat.installs()
    dates = {"received_on": "2026-01-05", "closed_on": "2026-02-05"}
    takes_in(room, case_ref=CLOSED, unit=ADULT_UNIT, case_type="vuxen", **dates)
    takes_in(room, case_ref=OTHERS, unit=NORTH, lead_email="bo@example.invalid", received_on="2026-05-08")
    room.desk.run_now(lambda session: tenants.set_setting(tenants.everyone(session)[0], "retention", PERIODS))
    named_in: dict[str, set[str]] = {}
    for what, name, says in SAID:
        before = kept(room)
        says(room.chat(name))
        named_in[what] = {table for table, words in kept(room) - before if named(words)}
    assert [what for what, tables in named_in.items() if not tables & {"inbox", "outbox"}] == []
    room.chat("bo").types(f"ny {LATER}")
    starts(room.chat("anna").types(f"fortsätt {CHILD}")).presses("Nej").types(f"nästan som i {OTHERS}")
    early = room.desk.read_now(look) if looked else None
    room.chat("anna").types(f"koppla {CHILD} {OTHERS}")
    room.later(days=20)
    room.sweeps()
    room.chat("bo").receives()

    room.desk.run_now(lambda session: dispose(session, room, early))

    assert {table for table, words in kept(room) if named(words)} == {"answer"}, "only her own words, in her own case"
    assert {"inbox", "outbox"} <= {table for table, words in kept(room) if CHILD in words}, "what names another stays"


def look(session: Session) -> Naming:
    return naming.look(session, 1, GONE)


def dispose(session: Session, room: Room, looked: Naming | None) -> None:
    gone = [session.exec(select(CaseRow).where(CaseRow.ref == ref)).one() for ref in GONE]
    disposal.dispose_of(session, tenants.everyone(session)[0], gone, room.now, "cli:made-up", looked=looked)


def named(words: str) -> bool:
    squeezed = "".join(words.split()).upper()
    return any(ref.replace(" ", "") in squeezed for ref in GONE)


def kept(room: Room) -> set[tuple[str, str]]:
    """Return every text with its table, opened with every key there is: whatever its seal, whoever wrote it."""
    return room.desk.run_now(lambda session: set(_texts(session)))


def _texts(session: Session) -> Iterator[tuple[str, str]]:
    connection = session.connection()
    wrapped = connection.execute(text("select wrapped from sealing_key")).scalars().all()
    keys = [_opened(bytes(key), KEYS["test"]) for key in wrapped]
    for table in METADATA.sorted_tables:
        for row in connection.execute(table.select()):
            for column, value in zip(table.columns, row, strict=True):
                if isinstance(column.type, LargeBinary) and value and table.name != "sealing_key":
                    yield from ((table.name, _opened(bytes(value), key).decode(errors="replace")) for key in keys)
                elif isinstance(value, str):
                    yield table.name, value


def _opened(sealed: bytes, key: bytes) -> bytes:
    """Decrypt without asking where it was sealed: without the tag, AES-GCM is AES in counter mode from 2."""
    opening = Cipher(AES(key), CTR(sealed[:12] + b"\0\0\0\2")).decryptor()
    return opening.update(sealed[12:-16])
