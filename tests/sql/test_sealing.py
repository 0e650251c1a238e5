"""Free text is sealed in place: moved, altered or without its key it does not open, and it is nowhere in clear text."""

import base64
import os
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, inspect, text

from checklists.model import Written
from storage import (
    answers,
    cases,
    conversations,
    drafts,
    extensions,
    import_jobs,
    inbox,
    measures,
    outbox,
    returns,
    rounds,
    sealing,
    signatures,
    workshop,
)
from storage.answers import TEXT_FIELDS
from storage.cases import CaseRow
from storage.desk import Desk, Session
from storage.extensions import ExtensionRow
from storage.inbox import InboxRow
from storage.measures import FindingRow, MeasureRow
from storage.outbox import OutboxRow
from storage.returns import ReturnRow
from storage.rounds import RoundRow
from storage.sealing import KeyGone, Keys, SealBroken, parse_keys, prefetch_keys, seal, unseal
from storage.signatures import SignatureRow
from storage.tables import METADATA
from storage.workshop import WorkshopNoteRow
from tests.conftest import TRAIL
from tests.sql.conftest import KEYS, NOW, OpenDesk, World, change, make_world, scalar, the_case, the_list

CANARY = "Kanariefågel åäö 🐤"
ITEM = "child_heard"


def write_everywhere(session: Session, world: World, words: str) -> None:
    """Store the words in every place that holds free text."""
    row = the_list(session, world)
    written = Written("nej", "text", motivation=words, place=words, note=words, raw=words, method=words)
    answers.add(session, row, ITEM, 1, written, author=world.person, at=NOW, act="act")
    drafts.keep(session, row, ITEM, world.person, words, words)
    tenant, case = world.tenant, world.case
    came_in = InboxRow(
        tenant_id=tenant, channel_id="chat", activity_id="1", digest="d", case_id=case, reply=b"", at=NOW
    )
    inbox.keep(session, came_in, words)
    chat = conversations.begin(session, world.tenant, world.person, "chat", "http://127.0.0.1/", "{}")
    chat_id = chat.id
    goes_out = OutboxRow(
        tenant_id=tenant,
        kind="update",
        conversation_id=chat_id,
        case_id=case,
        nonce=uuid4().hex,
        view=b"",
        due_at=NOW,
        created_at=NOW,
    )
    outbox.put(session, goes_out, words)
    job = import_jobs.add(session, tenant, "answers", NOW, "cli:made-up", words)
    import_jobs.keep(session, job, 1, words)
    longer = ExtensionRow(
        tenant_id=tenant,
        case_id=case,
        limit="4m",
        reason_class="grounds",
        until=date(2026, 9, 1),
        nonce=uuid4().hex,
        reason=b"",
        author_id=world.person,
        at=NOW,
    )
    extensions.add(session, longer, words)
    at: dict[str, Any] = {
        "tenant_id": tenant,
        "case_id": case,
        "checklist": "decision_basis",
        "occasion": 1,
        "role": "unit_manager",
    }
    of_round = RoundRow(
        tenant_id=tenant,
        nonce=uuid4().hex,
        name=b"",
        pool=b"",
        checklist="peer_review_bou",
        version=2,
        first=date(2026, 1, 1),
        last=date(2026, 4, 1),
        method="random",
        seed="s",
        per_unit=8,
        opens_on=date(2026, 5, 1),
        closes_on=date(2026, 6, 1),
        made_by=world.person,
        made_at=NOW,
    )
    rounds.add(session, of_round, words, words, ())
    made = {"tenant_id": tenant, "made_by": world.person, "made_at": NOW}
    finding = FindingRow(**made, nonce=uuid4().hex, kind="egen")
    finding_id = measures.add_finding(session, finding, words, words).id
    measure = {**made, "unit_id": world.unit, "owner_id": world.person, "finding_id": finding_id}
    measures.add(session, MeasureRow(**measure, nonce=uuid4().hex, due_on=date(2026, 6, 1)), words)
    note = WorkshopNoteRow(**made, round_id=of_round.id, prompt="W1", nonce=uuid4().hex, text=b"")
    workshop.put(session, note, words)
    signed = SignatureRow(**at, version=1, signer_id=world.person, at=NOW, nonce=uuid4().hex, view=b"")
    signatures.add(session, signed, words, words, {})
    returns.add(session, ReturnRow(**at, person_id=world.person, at=NOW, nonce=uuid4().hex, comment=b""), words, ())


# --- nowhere in clear text -------------------------------------------------------------------------------------------


def encodings(words: str) -> list[bytes]:
    plain = words.encode()
    return [plain, words.encode("utf-16-le"), base64.b64encode(plain), plain.hex().encode(), ascii(words).encode()]


def test_free_text_is_in_no_file_or_table_in_clear(kind: str, desk: Desk, url: str, world: World) -> None:
    desk.run_now(lambda session: write_everywhere(session, world, CANARY))

    held = in_files(url) if kind == "sqlite" else in_tables(desk)

    assert b"SN 2026/0001" in held, "the search does not find anything"
    assert b"made-up-one" in held
    assert not [words for words in encodings(CANARY) if words in held]


def in_files(url: str) -> bytes:
    """Return all bytes of the open database on disk: the file, -wal and -shm."""
    path = Path(url.removeprefix("sqlite:///"))
    files = sorted(path.parent.glob(path.name + "*"))
    assert {file.name.removeprefix(path.name) for file in files} == {"", "-wal", "-shm"}
    return b"\n".join(file.read_bytes() for file in files)


def in_tables(desk: Desk) -> bytes:
    """Return all rows of all tables, each column as text and as bytes."""

    def work(session: Session) -> bytes:
        connection = session.connection()
        held = []
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'select * from "{table}"')):
                held += [bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode() for cell in row]
        return b"\n".join(held)

    return desk.run_now(work)


def test_every_column_of_bytes_is_one_that_the_canary_was_put_into(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: write_everywhere(session, world, CANARY))
    columns = [(t.name, c.name) for t in METADATA.sorted_tables for c in t.columns if c.type.python_type is bytes]

    assert len(columns) >= 9
    for table, column in columns:
        assert scalar(desk, f"select count(*) from {table} where {column} is not null"), f"{table}.{column} is untried"


# --- bound to its place ----------------------------------------------------------------------------------------------


def test_a_text_opens_only_where_it_was_sealed(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        other = cases.add(session, CaseRow(tenant_id=world.tenant, ref="SN 2", unit_id=world.unit))
        place = (world.tenant, world.case, "answer.note", "1:child_heard:1")
        sealed = seal(session, *place, CANARY)

        assert unseal(session, *place, sealed) == CANARY
        for moved in (
            (world.tenant, other.id, place[2], place[3]),
            (world.tenant, sealing.TENANT_ITSELF, place[2], place[3]),
            (*place[:2], "answer.motivation", place[3]),
            (*place[:3], "1:child_heard:2"),
            (*place[:3], "2:child_heard:1"),
        ):
            with pytest.raises(SealBroken):
                unseal(session, *moved, sealed)

    desk.run_now(work)


def test_a_text_of_one_municipality_does_not_open_in_another(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        other = make_world(session, "two")
        sealed = seal(session, world.tenant, world.case, "answer.note", "1", CANARY)
        with pytest.raises(SealBroken):
            unseal(session, other.tenant, other.case, "answer.note", "1", sealed)

    desk.run_now(work)


@pytest.mark.parametrize("name", TEXT_FIELDS)
def test_ciphertext_copied_to_another_answer_does_not_open(desk: Desk, world: World, name: str) -> None:
    def work(session: Session) -> None:
        row = the_list(session, world)
        written = Written("nej", "text", motivation=CANARY, place=CANARY, note=CANARY, raw=CANARY, method=CANARY)
        for revision in (1, 2):
            answers.add(session, row, ITEM, revision, written, author=None, at=NOW, act="act")

    desk.run_now(work)
    moved = f"update answer set {name} = (select {name} from answer where revision = 1) where revision = 2"
    assert change(desk, moved) == 1

    def read(session: Session) -> Written:
        return answers.read(session, the_list(session, world), answers.latest(session, world.filled)[ITEM])

    with pytest.raises(SealBroken):
        desk.run_now(read)


def test_a_text_with_any_byte_changed_does_not_open(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        place = (world.tenant, world.case, "answer.note", "1")
        sealed = seal(session, *place, CANARY)
        changed = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in range(len(sealed))]
        for broken in (*changed, sealed[:-1], sealed + b"\0", sealed[1:], sealed[:12], b"", os.urandom(40)):
            with pytest.raises(SealBroken):
                unseal(session, *place, broken)

    desk.run_now(work)


def test_the_same_text_is_never_sealed_to_the_same_bytes(desk: Desk, world: World) -> None:
    place = (world.tenant, world.case, "answer.note", "1")
    sealed = desk.run_now(lambda session: {seal(session, *place, CANARY) for _ in range(50)})

    assert len({whole[:12] for whole in sealed}) == len({whole[12:] for whole in sealed}) == 50


# --- keys ------------------------------------------------------------------------------------------------------------


class RolledBack(Exception):
    pass


def test_a_key_opened_in_a_turn_that_was_rolled_back_is_forgotten(
    desk: Desk, open_desk: OpenDesk, world: World
) -> None:
    """The row id of a rolled-back case is reused for the next case, which has another key."""
    place = ("answer.note", "1")

    def rolled_back(session: Session) -> None:
        case = cases.add(session, CaseRow(tenant_id=world.tenant, ref="SN 2", unit_id=world.unit))
        given.append(case.id)
        seal(session, world.tenant, case.id, *place, CANARY)
        raise RolledBack

    def kept(session: Session) -> tuple[int, bytes]:
        row = CaseRow(id=given[0], tenant_id=world.tenant, ref="SN 3", unit_id=world.unit)
        case = cases.add(session, row)
        return case.id, seal(session, world.tenant, case.id, *place, CANARY)

    given: list[int] = []
    with pytest.raises(RolledBack):
        desk.run_now(rolled_back)
    case, sealed = desk.run_now(kept)

    assert case == given[0]
    for at in (desk, open_desk()):
        opened = at.run_now(lambda session: unseal(session, world.tenant, case, *place, sealed))
        assert opened == CANARY


def test_the_key_cache_is_bounded_and_evicted_keys_are_unwrapped_again(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "_REMEMBERED", 2)

    def work(session: Session) -> list[tuple[int, bytes]]:
        made = []
        for number in range(4):
            case = cases.add(session, CaseRow(tenant_id=world.tenant, ref=f"SN 9/{number}", unit_id=world.unit))
            made.append((case.id, seal(session, world.tenant, case.id, "f", "1", CANARY)))
        return made

    made = desk.run_now(work)
    assert len(desk.keys._opened) == 2
    for case, sealed in made:
        assert desk.run_now(lambda s, c=case, b=sealed: unseal(s, world.tenant, c, "f", "1", b)) == CANARY  # type: ignore[misc]


NEWER = {"second": b"2" * 32} | KEYS


def test_old_texts_open_after_the_master_key_was_changed(desk: Desk, open_desk: OpenDesk, world: World) -> None:
    desk.run_now(lambda session: write_everywhere(session, world, CANARY))
    newer = open_desk(NEWER)

    def work(session: Session) -> tuple[Written, str]:
        cases.add(session, CaseRow(tenant_id=world.tenant, ref="SN 2", unit_id=world.unit))
        row = answers.latest(session, world.filled)[ITEM]
        first = extensions.of_case(session, the_case(session, world))[0]
        return answers.read(session, the_list(session, world), row), extensions.reason(session, first)

    written, reason = newer.run_now(work)
    assert {written.motivation, written.place, written.note, written.raw, written.method, reason} == {CANARY}
    wrapped_by = "select master_id from sealing_key order by case_id"
    assert newer.run_now(lambda s: [row[0] for row in s.connection().execute(text(wrapped_by))]) == [
        "first",
        "first",
        "second",
    ]


@pytest.mark.parametrize("masters", [{"second": b"2" * 32}, {"first": b"2" * 32}], ids=["removed", "exchanged"])
def test_without_its_master_key_nothing_opens(
    desk: Desk, open_desk: OpenDesk, world: World, masters: dict[str, bytes]
) -> None:
    desk.run_now(lambda session: write_everywhere(session, world, CANARY))
    without = open_desk(masters)

    expected = KeyGone if "first" not in masters else SealBroken
    with pytest.raises(expected):
        without.run_now(lambda s: answers.read(s, the_list(s, world), answers.latest(s, world.filled)[ITEM]))


def test_the_keys_of_cases_that_are_read_together_are_read_together(
    desk: Desk, open_desk: OpenDesk, world: World
) -> None:
    place, asked = ("f", "1"), []

    def work(session: Session) -> dict[int, bytes]:
        made = (
            cases.add(session, CaseRow(tenant_id=world.tenant, ref=f"SN 9/{n}", unit_id=world.unit)) for n in range(4)
        )
        return {one: seal(session, world.tenant, one, *place, CANARY) for one in (one.id for one in made)}

    def read(session: Session) -> list[str]:
        prefetch_keys(session, world.tenant, [dropped, *sealed])
        return [unseal(session, world.tenant, one, *place, text) for one, text in sealed.items()]

    def read_dropped(session: Session) -> None:
        prefetch_keys(session, world.tenant, [dropped, *sealed])
        unseal(session, world.tenant, dropped, *place, gone)

    sealed = desk.run_now(work)
    dropped, gone = sealed.popitem()
    assert change(desk, "delete from sealing_key where case_id = :case", case=dropped) == 1
    other = open_desk()
    event.listen(other._reading, "before_cursor_execute", lambda *about: asked.append(about[2]))

    assert other.read_now(read) == [CANARY] * 3
    assert sum("sealing_key" in statement for statement in asked) == 1
    with pytest.raises(KeyGone):
        other.read_now(read_dropped)


def test_a_case_whose_key_was_dropped_cannot_be_opened_again(desk: Desk, open_desk: OpenDesk, world: World) -> None:
    desk.run_now(lambda session: write_everywhere(session, world, CANARY))
    assert change(desk, "delete from sealing_key where case_id = :case", case=world.case) == 1

    with pytest.raises(KeyGone):
        open_desk().run_now(lambda s: answers.read(s, the_list(s, world), answers.latest(s, world.filled)[ITEM]))


def test_a_wrapped_key_moved_to_another_case_does_not_open(desk: Desk, open_desk: OpenDesk, world: World) -> None:
    def work(session: Session) -> int:
        return cases.add(session, CaseRow(tenant_id=world.tenant, ref="SN 2", unit_id=world.unit)).id

    other = desk.run_now(work)
    copied = (
        "update sealing_key set wrapped = (select wrapped from sealing_key where case_id = :case) where case_id = :to"
    )
    assert change(desk, copied, case=world.case, to=other) == 1

    with pytest.raises(SealBroken):
        open_desk().run_now(lambda session: seal(session, world.tenant, other, "f", "1", CANARY))


# --- the setting -----------------------------------------------------------------------------------------------------

ONE, TWO = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))


def test_keys_are_read_newest_first() -> None:
    assert parse_keys(f" b:{TWO}, a:{ONE},") == {"b": b"\2" * 32, "a": b"\1" * 32}
    assert Keys(parse_keys(f"b:{TWO},a:{ONE}"), TRAIL).newest == "b"
    assert parse_keys("") == {}


@pytest.mark.parametrize(
    "setting",
    [
        ONE,
        f":{ONE}",
        f"a:{ONE},a:{TWO}",
        "a:",
        "a:kort",
        f"a:{ONE[:-4]}",
        f"a:{ONE}\u00e5",
        f"a:*{ONE}",
    ],
)
def test_keys_that_cannot_be_used_are_refused_without_repeating_them(setting: str) -> None:
    with pytest.raises(ValueError, match="BK_KEYS must read") as caught:
        parse_keys(setting)
    assert ONE not in str(caught.value)


@pytest.mark.parametrize("masters", [{}, {"short": b"1" * 31}, {"good": b"1" * 32, "long": b"1" * 33}])
def test_a_bot_does_not_work_without_proper_master_keys(masters: dict[str, bytes]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Keys(masters, TRAIL)


def test_keys_for_different_purposes_differ() -> None:
    keys = Keys(NEWER, TRAIL)

    derived = {keys.old_trail_mac("first", b""), keys.old_trail_mac("second", b""), keys.trail_mac([]), keys.digest_key}
    assert len(derived) == 4
    with pytest.raises(KeyGone):
        keys.old_trail_mac("third", b"")
