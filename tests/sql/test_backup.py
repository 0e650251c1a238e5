"""Backup under load, restore into an empty database, and cases disposed of in between stay gone (T20)."""

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from sqlalchemy import text

from actions import deletions
from actions.origin import Origin
from bot.background.deleter import Deleter
from bot.clock import Clock
from bot.commandline.checking import check
from bot.commandline.restoring import Restored, restore
from bot.settings import BadSettings
from checklists.faults import Code
from checklists.model import Written
from storage import answers, key_file, tombstones, trail
from storage.backup import CannotBackUp, back_up, is_empty, put_back
from storage.deletions import of_case
from storage.desk import Desk, Session, opened
from storage.scrub import NotScrubbed
from storage.sealing import TENANT_ITSELF, KeyGone, Keys
from storage.tombstones import BadTombstones, Tombstone
from tests.conftest import TRAIL, postgres_url
from tests.sql.conftest import KEYS, NOW, OpenDesk, World, change, lift_guards, scalar, the_case, the_list
from tests.sql.test_disposal import dispose, neighbour
from tests.waiting import PATIENCE

CANARY = "Kanariefågel i backupen"
ACTOR = "cli:made-up"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.pg_tools])])
def kind(request: pytest.FixtureRequest) -> str:
    """The database of this run. PostgreSQL is backed up with its own tools."""
    return str(request.param)


@pytest.fixture
def empty(kind: str, tmp_path: Path) -> Iterator[str]:
    """Yield the URL of an empty database to restore into."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'elsewhere' / 'bot.db'}"
        return
    name = f"bk_test_{secrets.token_hex(8)}"
    with psycopg.connect(postgres_url(), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'".encode())
        try:
            yield urlunsplit(urlsplit(postgres_url())._replace(path=f"/{name}"))
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def write_answers(session: Session, world: World, first: int, count: int) -> None:
    """Store answers, each with its event in the same transaction, as the bot does."""
    row = the_list(session, world)
    for revision in range(first, first + count):
        written = Written("nej", "text", motivation=CANARY)
        answers.add(session, row, "child_heard", revision, written, author=world.person, at=NOW, act=f"a{revision}")
        trail.record(
            session, world.tenant, NOW, "person:1", "answered", case_id=world.case, filled_id=world.filled, revision=1
        )


def back(file: Path, url: str, stones: Path, keys_file: Path | None = None) -> Restored:
    return restore(file, url, Keys(KEYS, TRAIL), stones, NOW, ACTOR, keys_file)


def counts(desk: Desk) -> dict[str, int]:
    tables = ("cases", "filled_checklist", "answer", "sealing_key", "tombstone", "inbox")
    return {table: scalar(desk, f"select count(*) from {table}") for table in tables}


def load_and_back_up(desk: Desk, writer: Desk, world: World, url: str, file: Path, total: int, step: int) -> int:
    """Store answers, then back up while another process keeps writing; return how many it wrote."""
    for first in range(1, total + 1, step):
        desk.run_now(partial(write_answers, world=world, first=first, count=step))
    while desk.run_now(trail.chain_new):
        pass
    stop, began, wrote = threading.Event(), threading.Event(), [0]

    def go_on() -> None:
        while not stop.is_set():
            first = total + 1 + wrote[0]
            writer.run_now(partial(write_answers, world=world, first=first, count=1))
            wrote[0] += 1
            began.set()

    thread = threading.Thread(target=go_on)
    thread.start()
    assert began.wait(PATIENCE), "the other process is not writing"
    try:
        back_up(url, file)
    finally:
        stop.set()
        thread.join(PATIENCE)
    return wrote[0]


def check_restored(url: str, world: World, at_least: int, at_most: int) -> int:
    """Check a restored database with independent queries; return its number of answers."""
    with opened(url, Keys(KEYS, TRAIL)) as desk:
        found = int(scalar(desk, "select count(*) from answer"))
        assert at_least <= found <= at_most
        assert scalar(desk, "select max(revision) from answer") == found, "one snapshot without gaps"
        assert scalar(desk, "select count(*) from event where act = 'answered'") == found, "each with its event"
        while desk.run_now(trail.chain_new):
            pass
        verdict = desk.run_now(lambda session: trail.verify(session, world.tenant))
        assert (verdict.bad, verdict.unchained) == (None, 0)

        def newest(session: Session) -> str:
            row = the_list(session, world)
            return answers.text(session, row, answers.latest(session, world.filled)["child_heard"], "motivation")

        assert desk.run_now(newest) == CANARY
    return found


def test_a_backup_under_load_is_one_snapshot_and_restores_completely(
    desk: Desk, open_desk: OpenDesk, world: World, url: str, empty: str, tmp_path: Path
) -> None:
    wrote = load_and_back_up(desk, open_desk(), world, url, tmp_path / "copy", total=2000, step=500)
    done = back(tmp_path / "copy", empty, tmp_path / "disposed.jsonl")

    assert done.broken == []
    found = check_restored(empty, world, 2001, 2000 + wrote)
    assert wrote >= 1
    assert found == int(scalar(desk, "select count(*) from answer where revision <= :n", n=found))


@pytest.mark.slow
def test_a_hundred_thousand_answers_come_back_within_five_minutes(
    desk: Desk,
    open_desk: OpenDesk,
    world: World,
    url: str,
    empty: str,
    tmp_path: Path,
    record_testsuite_property: Callable[[str, object], None],
) -> None:
    wrote = load_and_back_up(desk, open_desk(), world, url, tmp_path / "copy", total=100_000, step=2_000)
    began = time.monotonic()
    done = back(tmp_path / "copy", empty, tmp_path / "disposed.jsonl")
    took = time.monotonic() - began

    found = check_restored(empty, world, 100_001, 100_000 + wrote)
    record_testsuite_property(f"{desk.dialect}: seconds to restore {found} answers", round(took, 1))
    assert done.broken == []
    assert took < 300


# --- only into an empty database -------------------------------------------------------------------------------------


def test_nothing_is_overwritten_neither_a_file_nor_a_database(
    desk: Desk, world: World, url: str, tmp_path: Path
) -> None:
    back_up(url, tmp_path / "copy")
    held = (tmp_path / "copy").read_bytes()

    with pytest.raises(CannotBackUp, match="not overwritten"):
        back_up(url, tmp_path / "copy")
    with pytest.raises(CannotBackUp, match="not overwritten"):
        put_back(tmp_path / "copy", url)
    with pytest.raises(CannotBackUp, match="not overwritten"):
        back(tmp_path / "copy", url, tmp_path / "none")

    assert (tmp_path / "copy").read_bytes() == held
    assert counts(desk)["cases"] == 1
    assert {path.name for path in tmp_path.iterdir()} <= {"copy", "copy.sums", "bot.db", "bot.db-wal", "bot.db-shm"}


@pytest.mark.parametrize("held", [b"", b"SQLite format 3\0 and then nothing", b"PGDMP and then nothing", b"rows"])
def test_a_file_that_is_not_a_backup_is_rejected_and_leaves_the_target_empty(
    empty: str, tmp_path: Path, held: bytes
) -> None:
    (tmp_path / "copy").write_bytes(held)

    with pytest.raises(CannotBackUp):
        back(tmp_path / "copy", empty, tmp_path / "none")

    assert is_empty(empty)
    if empty.startswith("sqlite"):
        folder = tmp_path / "elsewhere"
        assert not folder.exists() or not list(folder.iterdir())


def test_a_backup_without_a_database_or_target_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CannotBackUp, match="no database"):
        back_up(f"sqlite:///{tmp_path / 'none.db'}", tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(CannotBackUp, match="cannot be written"):
        back_up(f"sqlite:///{tmp_path / 'none.db'}", tmp_path / "no" / "such" / "copy")


def test_missing_postgresql_tools_give_an_error(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if kind == "sqlite":
        assert back_up(url, tmp_path / "copy") > 0, "SQLite needs no tool"
        return
    with pytest.raises(CannotBackUp, match="pg_dump is not installed: install"):
        back_up(url, tmp_path / "copy")


# --- disposed cases stay gone ----------------------------------------------------------------------------------------


def test_an_old_backup_brings_no_disposed_case_back(
    desk: Desk, world: World, url: str, empty: str, tmp_path: Path
) -> None:
    desk.run_now(lambda session: write_answers(session, world, 1, 3))
    kept = desk.run_now(lambda session: neighbour(session, world))
    back_up(url, tmp_path / "old")
    desk.run_now(lambda session: dispose(session, world))
    stones = tmp_path / "disposed.jsonl"
    assert tombstones.write_file(stones, desk.run_now(tombstones.known)) == 1
    assert tombstones.write_file(stones, desk.run_now(tombstones.known)) == 0, "each occurs once"

    done = back(tmp_path / "old", empty, stones)

    assert "disposed of again: 1 of 1" in "\n".join(done.lines)
    with opened(empty, Keys(KEYS, TRAIL)) as restored:
        assert counts(restored) == counts(desk)
        assert scalar(restored, "select ref from cases") == "SN 2026/0002"
        assert scalar(restored, "select count(*) from event where case_id = :id", id=world.case) == 4
        with pytest.raises(KeyGone):
            restored.run_now(lambda session: restored.keys.of(session, world.tenant, world.case))
        later = restored.run_now(lambda session: neighbour(session, world, "SN 2026/0003"))
        assert later.case > kept.case
    if empty.startswith("sqlite"):
        held = b"".join(file.read_bytes() for file in (tmp_path / "elsewhere").iterdir())
        assert b"SN 2026/0001" in (tmp_path / "old").read_bytes(), "the search does not find anything"
        assert b"SN 2026/0001" not in held


async def test_an_old_backup_brings_no_case_back_that_was_deleted_by_decision(
    desk: Desk, world: World, url: str, empty: str, tmp_path: Path
) -> None:
    kept = desk.run_now(lambda session: neighbour(session, world))
    back_up(url, tmp_path / "old")
    stones = tmp_path / "var" / "disposed.jsonl"
    deleter = Deleter(desk, Clock(NOW), stones)
    await deleter.take_away()
    assert not stones.exists(), "nothing was deleted yet"

    def decide(session: Session) -> None:
        deletions.ask(session, Origin(world.tenant, "cli:one", NOW), the_case(session, world), "SN § 45/2026")
        row = of_case(session, world.tenant, world.case)
        assert row is not None
        deletions.confirm(session, Origin(world.tenant, "cli:two", NOW), row.id, "SN § 45/2026")

    desk.run_now(decide)
    tmp_path.joinpath("var").write_text("in the way")
    with pytest.raises(BadTombstones):
        await deleter.take_away()
    tmp_path.joinpath("var").unlink()
    await deleter.take_away()  # the case is gone, its tombstone is written all the same

    assert "disposed of again: 1 of 1" in "\n".join(back(tmp_path / "old", empty, stones).lines)
    with opened(empty, Keys(KEYS, TRAIL)) as restored:
        assert scalar(restored, "select id from cases") == kept.case


def test_the_ids_of_cases_that_are_known_by_their_tombstones_only_are_not_given_again(
    desk: Desk, world: World, url: str, empty: str, tmp_path: Path
) -> None:
    back_up(url, tmp_path / "old")
    later = desk.run_now(lambda session: neighbour(session, world))
    desk.run_now(lambda session: dispose(session, later))
    tombstones.write_file(tmp_path / "stones", desk.run_now(tombstones.known))
    back(tmp_path / "old", empty, tmp_path / "stones")

    with opened(empty, Keys(KEYS, TRAIL)) as restored:
        fresh = restored.run_now(lambda session: neighbour(session, world, "SN 2026/0003"))
    assert (fresh.case > later.case, fresh.filled > later.filled) == (True, True)


def test_without_the_tombstones_it_is_said_that_cases_may_be_back(
    desk: Desk, world: World, url: str, empty: str, tmp_path: Path
) -> None:
    back_up(url, tmp_path / "old")

    assert "no tombstones" in "\n".join(back(tmp_path / "old", empty, tmp_path / "none").lines)


def test_the_file_of_tombstones_holds_digests_and_no_reference(desk: Desk, world: World, tmp_path: Path) -> None:
    desk.run_now(lambda session: dispose(session, world))
    tombstones.write_file(tmp_path / "disposed.jsonl", desk.run_now(tombstones.known))
    raw = (tmp_path / "disposed.jsonl").read_text(encoding="utf-8")

    assert "2026/0001" not in raw
    assert json.loads(raw).keys() == {"tenant", "case", "filled", "key", "digest", "at"}
    assert len(json.loads(raw)["digest"]) == 64


def stone(desk: Desk, world: World, *, ref: str = "SN 2026/0001", case: int | None = None) -> Tombstone:
    digest = tombstones.digest(desk.keys, "first", "made-up-one", ref)
    return Tombstone("made-up-one", world.case if case is None else case, 1, "first", digest, NOW.isoformat())


def test_a_later_case_under_the_same_id_or_the_same_reference_is_left_alone(desk: Desk, world: World) -> None:
    for other in (stone(desk, world, ref="SN 2026/9999"), stone(desk, world, case=world.case + 1)):
        assert desk.run_now(lambda session, other=other: tombstones.replay(session, other)) is None  # type: ignore[misc]

    found = desk.run_now(lambda session: tombstones.replay(session, stone(desk, world)))
    assert found is not None
    assert found.ref == "SN 2026/0001"


def test_a_tombstone_the_database_knows_or_of_another_municipality_does_nothing(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: tombstones.replay(session, stone(desk, world)))

    assert desk.run_now(lambda session: tombstones.replay(session, stone(desk, world))) is None
    foreign = Tombstone("nowhere", world.case, 1, "first", stone(desk, world).digest, NOW.isoformat())
    assert desk.run_now(lambda session: tombstones.replay(session, foreign)) is None
    assert scalar(desk, "select count(*) from tombstone") == 1


def test_a_tombstone_outlives_the_change_of_master_keys(
    desk: Desk, world: World, url: str, empty: str, tmp_path: Path
) -> None:
    back_up(url, tmp_path / "old")
    desk.run_now(lambda session: dispose(session, world))
    tombstones.write_file(tmp_path / "stones", desk.run_now(tombstones.known))
    rotated = Keys({"second": b"2" * 32} | KEYS, TRAIL)

    done = restore(tmp_path / "old", empty, rotated, tmp_path / "stones", NOW, ACTOR)

    assert "disposed of again: 1 of 1" in "\n".join(done.lines)


def test_without_the_key_of_the_tombstones_nothing_is_restored(
    desk: Desk, world: World, url: str, empty: str, tmp_path: Path
) -> None:
    second = {"second": b"2" * 32}
    desk.run_now(Keys(second | KEYS, TRAIL).rewrap)
    back_up(url, tmp_path / "new")
    desk.run_now(Keys(KEYS | second, TRAIL).rewrap)
    desk.run_now(lambda session: dispose(session, world))
    tombstones.write_file(tmp_path / "stones", desk.run_now(tombstones.known))

    with pytest.raises(KeyGone):
        restore(tmp_path / "new", empty, Keys(second, TRAIL), tmp_path / "stones", NOW, ACTOR)

    assert is_empty(empty)


OTHER_KEYS = {
    "BK-333": Keys(dict.fromkeys(KEYS, b"2" * 32), TRAIL),
    "BK-331": Keys({"second": b"2" * 32}, TRAIL),
    "BK-403": Keys(KEYS, b"another" + TRAIL[7:]),
}


@pytest.mark.parametrize("code", OTHER_KEYS)
@pytest.mark.parametrize("do", [restore, check])
def test_with_keys_that_are_not_the_backups_it_is_not_restored_and_not_called_whole(
    desk: Desk, world: World, url: str, empty: str, tmp_path: Path, do: Callable[..., Restored], code: str
) -> None:
    desk.run_now(lambda session: write_answers(session, world, 1, 2))
    desk.run_now(trail.chain_new)
    back_up(url, tmp_path / "copy")

    with pytest.raises(BadSettings, match=code):
        do(tmp_path / "copy", empty, OTHER_KEYS[code], tmp_path / "none", NOW, ACTOR)

    assert is_empty(empty)


@pytest.mark.parametrize("do", [restore, check])
def test_a_master_key_that_some_cases_lack_is_named_and_their_rows_are_not_called_damaged(
    desk: Desk, world: World, url: str, empty: str, tmp_path: Path, do: Callable[..., Restored]
) -> None:
    desk.run_now(lambda session: write_answers(session, world, 1, 2))
    newer = Keys({"second": b"2" * 32}, TRAIL)
    own = f"update sealing_key set master_id = 'second', wrapped = :wrapped where case_id = {TENANT_ITSELF}"

    def change_own(session: Session) -> None:
        wrapped = newer._wrap(b"3" * 32, world.tenant, TENANT_ITSELF)
        session.connection().execute(text(own), {"wrapped": wrapped})

    desk.run_now(change_own)
    back_up(url, tmp_path / "copy")

    done = do(tmp_path / "copy", empty, newer, tmp_path / "none", NOW, ACTOR)

    assert [one.code for one in done.broken] == [Code.MASTER_GONE_FOR_CASES]
    assert "every text opens" not in "\n".join(done.lines)


NO_DAY = '{"tenant": "x", "case": 1, "filled": 1, "key": "k", "digest": "d", "at": "i går"}'


@pytest.mark.parametrize("line", ["{", "[]", '{"tenant": "x"}', NO_DAY])
def test_an_invalid_tombstone_line_stops_the_restore_and_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "stones").write_text(line + "\n", encoding="utf-8")

    with pytest.raises(BadTombstones, match="line 1"):
        back(tmp_path / "copy", f"sqlite:///{tmp_path / 'bot.db'}", tmp_path / "stones")


def test_a_trail_that_was_changed_in_the_backup_is_named(
    desk: Desk, world: World, url: str, empty: str, tmp_path: Path
) -> None:
    desk.run_now(lambda session: write_answers(session, world, 1, 2))
    desk.run_now(trail.chain_new)

    def tamper(session: Session) -> None:
        lift_guards(session)
        session.connection().exec_driver_sql("update event set act = 'nothing'")

    desk.run_now(tamper)
    back_up(url, tmp_path / "copy")

    assert ["was changed" in str(fault) for fault in back(tmp_path / "copy", empty, tmp_path / "none").broken] == [True]


# --- keys stored separately ------------------------------------------------------------------------------------------


def test_with_keys_apart_disposal_closes_every_backup_that_there_is(
    desk: Desk, world: World, url: str, empty: str, tmp_path: Path
) -> None:
    desk.run_now(lambda session: write_answers(session, world, 1, 1))
    kept = desk.run_now(lambda session: neighbour(session, world))
    wrapped = bytes(scalar(desk, "select wrapped from sealing_key where case_id = :id", id=world.case))
    back_up(url, tmp_path / "old", with_keys=False)
    assert wrapped not in (tmp_path / "old").read_bytes()
    keys_file = tmp_path / "keys"
    assert desk.run_now(lambda session: key_file.write(session, keys_file)) == 3
    desk.run_now(lambda session: dispose(session, world))
    assert desk.run_now(lambda session: key_file.write(session, keys_file)) == 2

    with pytest.raises(CannotBackUp, match="--keys"):
        back(tmp_path / "old", empty, tmp_path / "none")
    assert is_empty(empty)
    back(tmp_path / "old", empty, tmp_path / "none", keys_file)  # without the tombstones

    with opened(empty, Keys(KEYS, TRAIL)) as restored:
        with pytest.raises(KeyGone):
            restored.run_now(lambda session: restored.keys.of(session, world.tenant, world.case))
        restored.run_now(lambda session: restored.keys.of(session, world.tenant, kept.case))


def test_a_restore_without_room_says_so_and_leaves_nothing(
    desk: Desk, world: World, url: str, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(url, tmp_path / "copy")

    def full(_url: str) -> None:
        raise NotScrubbed("database or disk is full")

    monkeypatch.setattr("bot.commandline.restoring.scrub", full)

    with pytest.raises(CannotBackUp, match="cannot be written to: database or disk is full"):
        back(tmp_path / "copy", empty, tmp_path / "none")
    assert is_empty(empty)


def test_a_copy_with_lists_of_a_version_that_is_not_installed_is_told_of(
    desk: Desk, world: World, url: str, empty: str, tmp_path: Path
) -> None:
    desk.run_now(lambda session: write_answers(session, world, 1, 1))
    desk.run_now(trail.chain_new)
    change(desk, "update filled_checklist set version = 99")
    back_up(url, tmp_path / "copy")

    done = check(tmp_path / "copy", empty, Keys(KEYS, TRAIL), tmp_path / "none", NOW, ACTOR)

    assert ["decision_basis.v99.yaml is missing" in str(one) for one in done.broken] == [True]
