"""The commands dispose, backup, restore and move-database, as the operator meets them."""

import os
import re
import sqlite3
import stat
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import aiohttp
import psycopg
import pytest

from app import main
from checklists.model import Written
from storage import answers, trail
from storage.desk import Session, opened
from storage.sealing import Keys
from tests.browser.real_bot import RealBot, free_ports
from tests.conftest import TRAIL
from tests.migrated import put_database
from tests.sql.conftest import KEYS, NOW, make_world, scalar, the_case, the_list
from tests.wire.door import TENANT

SETTINGS = {
    "BK_KEYS": "first:" + b64encode(KEYS["first"]).decode(),
    "BK_NOW": "2026-05-12T10:30:00+02:00",
}
CONFIRM = ("dispose", "--confirm", "gallra 1 ärende 2026-05-12")


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]
Look = Callable[[str], object]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder with a database: one case, closed in 2021, with one answered list."""
    with opened(put_database(tmp_path / "bot.db"), Keys(KEYS, TRAIL)) as desk:
        world = desk.run_now(make_world)

        def fill(session: Session) -> None:
            row = the_list(session, world)
            the_case(session, world).closed_on = date(2021, 1, 31)
            written = Written("nej", "text", motivation="Påhittad motivering")
            answers.add(session, row, "child_not_heard_motivated", 1, written, author=world.person, at=NOW, act="a")
            trail.record(session, world.tenant, NOW, "person:1", "answered", case_id=world.case)

        desk.run_now(fill)
        desk.run_now(trail.chain_new)
    return tmp_path


@pytest.fixture
def app(home: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Give the command line, in this process: starting one for each command costs more than the commands."""
    monkeypatch.chdir(home)
    plain = {"BK_MODE": "dev", "BK_DATABASE_URL": f"sqlite:///{home / 'bot.db'}"} | SETTINGS

    def command(*words: str, **settings: str) -> Done:
        for name, value in (plain | settings).items():
            monkeypatch.setenv(name, value)
        try:
            code = main(words)
        except SystemExit as stopped:  # how argparse ends
            code = int(str(stopped.code))
        out, err = (said.decode() for said in capsysbinary.readouterr())
        return Done(code, out, err)

    return command


@pytest.fixture
def look(home: Path) -> Look:
    """Return a function that queries the database directly."""
    return lambda statement: _look(home / "bot.db", statement)


def _look(path: Path, statement: str) -> object:
    with opened(f"sqlite:///{path}", Keys(KEYS, TRAIL)) as desk:
        return scalar(desk, statement)


def ended(done: Done, code: int, words: str) -> bool:
    """Return whether a command ended with this exit code and text; a refusal must be one sentence."""
    said = done.stderr if code else done.stdout
    return done.returncode == code and words in said and (code == 0 or said.count("\n") == 1)


def test_until_a_period_is_set_nothing_of_a_case_is_due(app: Run) -> None:
    done = app("dispose")

    assert ended(done, 0, "closed cases are kept for ever (no period is set)")
    assert 'dispose --confirm "gallra 0 ärenden 2026-05-12"' in done.stdout
    assert "SN 2026/0001" not in done.stdout


def test_due_cases_are_listed_and_nothing_is_disposed_of_without_confirmation(app: Run, look: Look) -> None:
    assert ended(app("dispose", "--set", "case_months=60"), 0, "kept 60 months")
    listed = app("dispose")
    assert "SN 2026/0001: closed 2021-01-31, due 2026-01-31, checklists: 1" in listed.stdout
    assert 'dispose --print-to DIR --confirm "gallra 1 ärende 2026-05-12"' in listed.stdout

    for words in ("ja", "gallra 1 ärenden 2026-05-12", "gallra 2 ärenden 2026-05-12", "gallra 1 ärende 2026-05-11", ""):
        assert ended(app("dispose", "--confirm", words, "--print-to", "pages"), 1, "nothing was disposed of")
    assert ended(app(*CONFIRM), 1, "--print-to")
    assert app(*CONFIRM, "--print-to", "pages", "--dry-run").stdout == app("dispose").stdout
    assert look("select count(*) from cases") == 1
    assert look("select count(*) from event where act = 'disposal_listed'") == 3


def test_a_folder_that_is_not_empty_is_not_printed_to(app: Run, home: Path, look: Look) -> None:
    app("dispose", "--set", "case_months=60")
    (home / "pages").mkdir()
    (home / "pages" / "arende-1.html").write_text("someone else's", encoding="utf-8")

    assert ended(app(*CONFIRM, "--print-to", "pages"), 1, "not empty")
    assert ended(app(*CONFIRM, "--print-to", "bot.db"), 1, "cannot be used")
    assert look("select count(*) from cases") == 1


def test_disposal_prints_takes_away_leaves_a_tombstone_and_the_trail(app: Run, home: Path, look: Look) -> None:
    app("dispose", "--set", "case_months=60")
    done = app(*CONFIRM, "--print-to", "pages")

    assert ended(done, 0, "made-up-one: cases: 1, printed: 1, replies: 0")
    (page,) = (home / "pages").iterdir()
    assert re.fullmatch(r"arende-\d+-decision_basis-1-barn-1-case_worker-\d+\.html", page.name)
    assert "Påhittad motivering" in page.read_text(encoding="utf-8")
    if os.name == "posix":
        assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert look("select count(*) from cases") == look("select count(*) from answer") == 0
    assert (
        (home / "disposed.jsonl").read_text(encoding="utf-8").count("\n") == look("select count(*) from tombstone") == 1
    )
    assert app("verify-log").returncode == 0
    assert look("select count(*) from event where act in ('answered', 'disposed', 'purged')") == 3
    held = b"".join(file.read_bytes() for file in home.glob("bot.db*"))
    assert b"SN 2026/0001" not in held
    assert ended(app("dispose"), 0, "gallra 0 ärenden")


def test_where_checklists_are_printed_elsewhere_none_is_asked_for(app: Run, look: Look) -> None:
    app("dispose", "--set", "case_months=60", "--set", "printed_elsewhere=ja")

    assert "printed elsewhere: ja" in app("dispose").stdout
    assert ended(app(*CONFIRM), 0, "cases: 1, printed: 0")
    assert look("select count(*) from cases") == 0


def test_an_invalid_period_and_an_unknown_tenant_are_reported(app: Run) -> None:
    assert ended(app("dispose", "--set", "case_months=noll"), 1, "case_months")
    assert ended(app("dispose", "--set", "months=6"), 1, "there is no period months")
    assert ended(app("dispose", "--tenant", "nobody"), 1, "there is no tenant nobody")


def test_a_tenants_periods_are_its_own(app: Run, home: Path) -> None:
    with opened(f"sqlite:///{home / 'bot.db'}", Keys(KEYS, TRAIL)) as desk:
        desk.run_now(lambda session: make_world(session, "two"))
    app("dispose", "--set", "case_months=60", "--tenant", "made-up-two")

    assert ended(app("dispose", "--tenant", "made-up-one"), 0, "kept for ever")
    assert "made-up-two" not in app("dispose", "--tenant", "made-up-one").stdout
    assert "gallra 0 ärenden" in app("dispose").stdout


def test_with_a_missing_key_nothing_is_printed_or_disposed_of(app: Run, look: Look) -> None:
    app("dispose", "--set", "case_months=60")
    done = app(*CONFIRM, "--print-to", "pages", BK_KEYS="other:" + b64encode(bytes(32)).decode())

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert look("select count(*) from cases") == 1


# --- backup and restore ----------------------------------------------------------------------------------------------


def test_a_backup_comes_back_without_what_was_disposed_of(app: Run, home: Path) -> None:
    assert ended(app("backup", "old"), 0, "old: ")
    if os.name == "posix":
        assert stat.S_IMODE((home / "old").stat().st_mode) == 0o600
    assert _look(home / "bot.db", "select count(*) from event where act = 'backup'") == 1
    assert ended(app("backup", "old"), 1, "not overwritten")
    assert ended(app("restore", "old"), 1, "not overwritten")
    app("dispose", "--set", "case_months=60")
    app(*CONFIRM, "--print-to", "pages")
    elsewhere = home / "new" / "bot.db"

    stones = ("--tombstones", "disposed.jsonl")
    done = app("restore", "old", *stones, BK_DATABASE_URL=f"sqlite:///{elsewhere}")
    assert ended(done, 0, "disposed of again: 1 of 1")
    assert [file.name for file in elsewhere.parent.iterdir()] == ["bot.db"]
    assert _look(elsewhere, "select count(*) from cases") == 0
    assert ended(app("restore", "old", *stones, BK_DATABASE_URL=f"sqlite:///{elsewhere}"), 1, "not overwritten")


def test_a_missing_tombstone_file_stops_the_restore(app: Run, home: Path) -> None:
    app("backup", "old")

    done = app("restore", "old", "--tombstones", "none", BK_DATABASE_URL=f"sqlite:///{home / 'new.db'}")
    assert ended(done, 1, "none cannot be read")
    assert not (home / "new.db").exists()


def test_a_backup_with_separate_keys_requires_them(app: Run, home: Path) -> None:
    done = app("backup", "copy", "--keys", "keys")
    assert ended(done, 0, "keys: 2 keys")
    new = f"sqlite:///{home / 'new.db'}"

    assert ended(app("restore", "copy", BK_DATABASE_URL=new), 1, "--keys")
    assert ended(app("restore", "copy", "--keys", "copy", BK_DATABASE_URL=new), 1, "not a key file")
    assert app("restore", "copy", "--keys", "keys", BK_DATABASE_URL=new).returncode == 0
    assert "Påhittad motivering" in app("export", "--what", "answers", BK_DATABASE_URL=new).stdout


def test_a_backup_is_tried_beside_the_database_and_compared(app: Run, home: Path) -> None:
    app("backup", "copy")
    before = {path.name: path.read_bytes() for path in home.iterdir() if path.suffix not in (".db-wal", ".db-shm")}

    done = app("restore", "--check", "copy")

    assert ended(done, 0, "all as they were")
    assert "figures that differ from the answers: 0" in done.stdout
    assert "1 chained" in done.stdout
    assert before == {path.name: path.read_bytes() for path in home.iterdir() if path.name in before}

    (home / "copy.sums").rename(home / "elsewhere")
    assert ended(app("restore", "--check", "copy"), 0, "to compare them with")
    (home / "copy.sums").write_text("{", encoding="utf-8")
    assert ended(app("restore", "--check", "copy"), 1, "(BK-478)")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("update answer set choice = 'ja'", "the table answer does not hold"),
        ("delete from cases where id = 0 or 1", "the table cases does not hold"),
        ("drop table returned_point", "the table returned_point does not hold"),
    ],
)
def test_a_copy_that_is_not_what_was_copied_is_found(app: Run, home: Path, damage: str, said: str) -> None:
    app("backup", "copy")
    with closing(sqlite3.connect(home / "copy")) as copy, copy:
        copy.execute(damage)

    done = app("restore", "--check", "copy")

    assert ended(done, 1, said)


def test_figures_that_were_wrong_when_copied_are_found(app: Run, home: Path) -> None:
    app("recount", "--repair")
    with closing(sqlite3.connect(home / "bot.db")) as database, database:
        database.execute("update tally set value = value + 1")
    app("backup", "copy")

    assert ended(app("restore", "--check", "copy"), 1, "(BK-477)")


def test_a_text_that_was_damaged_when_copied_is_found(app: Run, home: Path) -> None:
    with closing(sqlite3.connect(home / "bot.db")) as database, database:
        database.execute("update answer set motivation = cast(substr(motivation, 2) as blob)")
    app("backup", "copy")

    done = app("restore", "--check", "copy")

    assert ended(done, 1, "of the table answer holds in motivation what cannot be read")
    assert "all as they were" in done.stdout, "it was copied as it stood"
    assert "of the table answer holds in motivation" in app("doctor").stdout


def test_bytes_that_are_no_text_keep_nobody_from_a_backup(app: Run, home: Path) -> None:
    with closing(sqlite3.connect(home / "bot.db")) as database, database:
        database.execute("update unit set name = cast(x'ff41' as text) where id = 1")

    assert ended(app("backup", "copy"), 0, "")
    assert (home / "copy.sums").exists()
    assert ended(app("restore", "--check", "copy"), 1, "row 1 of the table unit holds in name what cannot be read")


def test_a_postgresql_backup_is_tried_in_a_database_of_its_own(app: Run, home: Path, postgres_database: str) -> None:
    assert ended(app("move-database", postgres_database), 0, "answer: 1")
    app("backup", "copy", BK_DATABASE_URL=postgres_database)

    assert ended(app("restore", "--check", "copy", BK_DATABASE_URL=postgres_database), 0, "all as they were")
    with psycopg.connect(postgres_database) as server:
        assert server.execute("select count(*) from pg_database where datname like 'bk_check_%'").fetchone() == (0,)


@pytest.mark.parametrize("words", [("backup",), ("restore",), ("move-database",), ("dispose", "now")], ids=" ".join)
def test_wrong_usage_is_exit_2(app: Run, words: tuple[str, ...]) -> None:
    assert app(*words).returncode == 2


def test_move_database_moves_into_postgresql_only(app: Run, postgres_database: str) -> None:
    assert ended(app("move-database", "sqlite:///elsewhere.db"), 1, "from SQLite")
    assert ended(app("move-database", postgres_database), 0, "answer: 1")
    assert ended(app("move-database", postgres_database), 1, "holds rows already")
    there = app("export", "--what", "answers", BK_DATABASE_URL=postgres_database)
    assert "Påhittad motivering" in there.stdout
    assert app("verify-log", BK_DATABASE_URL=postgres_database).returncode == 0


# --- while the bot runs ----------------------------------------------------------------------------------------------


async def test_backup_and_disposal_go_on_beside_a_running_bot(
    home: Path,
) -> None:
    port, admin = free_ports(2)
    bot = RealBot(home, port, admin, SETTINGS | {"BK_TENANTS": TENANT}, arguments=())
    await bot.start()
    try:
        await bot.command("dispose", "--set", "case_months=60")
        assert "copy: " in await bot.command("backup", str(home / "copy"))
        done = await bot.command(*CONFIRM, "--print-to", str(home / "pages"))
        assert "cases: 1, printed: 1" in done
        assert b"SN 2026/0001" not in bot.files()
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{admin}/readyz") as answer:
                assert answer.status == 200
            for path in ("/metrics", "/readyz"):
                async with session.get(bot.url + path) as answer:
                    assert answer.status == 404, "not on the public port"
    finally:
        await bot.stop()
