"""The scheduled backup as docs/drift.md and deploy/ say, run as it stands; a copy that was changed is told of."""

import configparser
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import select

from checklists.model import Written
from storage import answers, contents, disposal, tenants, tombstones, trail
from storage.backup import sums_beside, sums_of
from storage.cases import CaseRow
from storage.desk import Session, opened
from storage.sealing import Keys
from tests.conftest import ROOT, TRAIL
from tests.migrated import put_database
from tests.sql.conftest import NOW, World, make_world, the_list
from tests.waiting import PATIENCE
from tests.wire.test_commands import PRODUCTION, environment, run

SCRIPT = ROOT / "deploy" / "backup.sh"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return the folder a bot is started in, with a database of answers, texts and a trail."""
    url = put_database(tmp_path / "bot.db")
    with opened(url, Keys({"made-up": b"made-up key, never used anywhere"}, TRAIL)) as desk:
        desk.run_now(lambda session: write(session, make_world(session)))
        desk.run_now(trail.chain_new)
    (tmp_path / "backups").mkdir()
    return tmp_path


def write(session: Session, world: World) -> None:
    """Store an answer with a text, and an event."""
    written = Written("nej", "text", motivation="Påhittat åäö")
    answers.add(session, the_list(session, world), "child_heard", 1, written, author=world.person, at=NOW, act="a")
    trail.record(session, world.tenant, NOW, "person:1", "answered", case_id=world.case)


def scheduled(home: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the script as the timer does, from another folder."""
    own = environment(home, **PRODUCTION | settings) | {
        "BOT_HOME": str(home),
        "BOT_COMMAND": f"{sys.executable} {ROOT / 'app.py'}",
    }
    return subprocess.run(
        ["/bin/sh", SCRIPT, home / "backups", *words],
        cwd="/",
        env=own,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def copy_of(home: Path) -> Path:
    [copy] = (home / "backups").glob("*.backup")
    return copy


def test_the_nightly_backup_is_taken_tried_and_old_ones_go(home: Path) -> None:
    (home / "disposed.jsonl").write_text("", encoding="utf-8")
    old = home / "backups" / "2020-01-01-021500.backup.sums"
    old.write_text("{}", encoding="utf-8")
    os.utime(old, (0, 0))

    done = scheduled(home, "check")

    assert (done.returncode, done.stderr) == (0, "")
    assert "all as they were" in done.stdout
    assert "figures that differ from the answers: 0" in done.stdout
    names = {path.name for path in (home / "backups").iterdir()}
    assert names == {copy_of(home).name, copy_of(home).name + ".sums", "disposed.jsonl"}


def test_the_hourly_one_needs_nothing_that_was_disposed_of_and_says_when_it_cannot_be_taken(home: Path) -> None:
    assert scheduled(home).returncode == 0
    shutil.rmtree(home / "backups")
    refused = scheduled(home)
    assert refused.returncode
    assert "(BK-" in refused.stderr


def test_the_tombstones_go_along_wherever_the_database_is(home: Path) -> None:
    (home / "elsewhere").mkdir()
    url = f"sqlite:///{(home / 'bot.db').rename(home / 'elsewhere' / 'bot.db')}"

    def forget(session: Session) -> None:
        tenant = tenants.everyone(session)[0]
        gone = session.exec(select(CaseRow)).one()
        disposal.dispose_of(session, tenant, [gone], NOW, "cli:made-up")

    with opened(url, Keys({"made-up": b"made-up key, never used anywhere"}, TRAIL)) as desk:
        desk.run_now(forget)
    done = scheduled(home, "check", BK_DATABASE_URL=url)

    assert (done.returncode, done.stderr) == (0, "")
    assert len(tombstones.read_file(home / "backups" / "disposed.jsonl")) == 1


def a_row_less(copy: sqlite3.Connection) -> None:
    copy.execute("delete from returned_point")
    copy.execute("delete from answer where id = (select max(id) from answer)")


def a_byte_flipped(copy: sqlite3.Connection) -> None:
    [row_id, sealed] = copy.execute("select id, motivation from answer where motivation is not null").fetchone()
    flipped = bytes([*sealed[:-1], sealed[-1] ^ 1])
    copy.execute("update answer set motivation = ? where id = ?", (flipped, row_id))


def a_trail_broken(copy: sqlite3.Connection) -> None:
    for (name,) in copy.execute("select name from sqlite_master where type = 'trigger'").fetchall():
        copy.execute(f"drop trigger {name}")
    copy.execute("update event set actor = 'person:99' where id = (select min(id) from event where sealed)")


@pytest.mark.parametrize("damage", [a_row_less, a_byte_flipped, a_trail_broken])
def test_a_copy_that_was_changed_is_told_of(home: Path, damage: Callable[[sqlite3.Connection], None]) -> None:
    assert run(home, "backup", "backups/a.backup", **PRODUCTION).returncode == 0
    with closing(sqlite3.connect(copy_of(home))) as copy:
        damage(copy)
        assert copy.total_changes
        copy.commit()

    checked = run(home, "restore", "--check", str(copy_of(home)), **PRODUCTION)

    assert checked.returncode == 1
    assert "(BK-476)" in checked.stderr


def test_a_broken_trail_is_told_of_also_where_the_sums_were_made_to_fit(home: Path) -> None:
    assert run(home, "backup", "backups/a.backup", **PRODUCTION).returncode == 0
    with closing(sqlite3.connect(copy_of(home))) as copy:
        a_trail_broken(copy)
        copy.commit()
    contents.write_file(sums_beside(copy_of(home)), sums_of(f"sqlite:///{copy_of(home)}"))

    checked = run(home, "restore", "--check", str(copy_of(home)), **PRODUCTION)

    assert checked.returncode == 1
    assert "(BK-476)" not in checked.stderr
    assert "(BK-36" in checked.stderr


@pytest.mark.parametrize("name", ["hourly", "nightly"])
def test_the_timers_start_the_script_that_is_there(name: str) -> None:
    timer, unit = (configparser.ConfigParser(interpolation=None, strict=False) for _ in range(2))
    timer.read(ROOT / "deploy" / f"beslutskollen-backup-{name}.timer", encoding="utf-8")
    unit.read(ROOT / "deploy" / "beslutskollen-backup@.service", encoding="utf-8")

    assert timer["Timer"]["Unit"] == f"beslutskollen-backup@{name}.service"
    if shutil.which("systemd-analyze"):
        when = timer["Timer"]["OnCalendar"]
        subprocess.run(["systemd-analyze", "calendar", when], check=True, capture_output=True, timeout=PATIENCE)
    assert "/opt/beslutskollen/backup.sh /backup" in unit["Service"]["ExecStart"]
    assert unit["Service"]["User"] != "root"
    assert SCRIPT.stat().st_mode & 0o111
