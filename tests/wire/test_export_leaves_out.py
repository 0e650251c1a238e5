"""A file that has to go without a list says so: it is written, and the command ends with 1 and a code."""

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from storage import trail
from storage.desk import Session, opened
from storage.sealing import Keys
from tests.conftest import TRAIL
from tests.migrated import put_database
from tests.sql.conftest import NOW, World
from tests.sql.test_moving import fill
from tests.wire.test_commands import PRODUCTION, run


def reads_it(session: Session, world: World) -> None:
    trail.record(session, world.tenant, NOW, "person:1", "read", case_id=world.case, filled_id=world.filled)


@pytest.mark.parametrize("what", ["answers", "table"])
def test_a_file_that_goes_without_a_list_says_so(tmp_path: Path, what: str) -> None:
    with opened(
        put_database(tmp_path / "bot.db"), Keys({"made-up": b"made-up key, never used anywhere"}, TRAIL)
    ) as desk:
        fill(desk)
    with closing(sqlite3.connect(tmp_path / "bot.db")) as database:
        database.execute(
            "update filled_checklist set version = 'hemligt' where id = (select max(id) from filled_checklist)"
        )
        database.commit()

    done = run(tmp_path, "export", "--what", what, "--out", "file.csv", **PRODUCTION)
    listed = run(tmp_path, "skipped", **PRODUCTION)

    assert done.returncode == 1
    assert "(BK-464)" in done.stderr
    assert (tmp_path / "file.csv").stat().st_size
    assert "of the table filled_checklist holds in version" in listed.stdout
    assert "hemligt" not in done.stderr + listed.stdout


@pytest.mark.parametrize("value", ["'hemligt'", "cast(x'68656d6cff' as text)"])
@pytest.mark.parametrize("command", [["access-log"], ["export", "--what", "case", "--case", "SN 2026/0001"]])
def test_a_command_that_cannot_do_without_the_row_names_it(tmp_path: Path, command: list[str], value: str) -> None:
    key = Keys({"made-up": b"made-up key, never used anywhere"}, TRAIL)
    with opened(put_database(tmp_path / "bot.db"), key) as desk:
        world = fill(desk)
        desk.run_now(partial(reads_it, world=world))
    with closing(sqlite3.connect(tmp_path / "bot.db")) as database:
        database.execute(f"update filled_checklist set status = {value}")
        database.commit()

    done = run(tmp_path, *command, **PRODUCTION)

    assert done.returncode == 1
    assert f"row {world.filled} of the table filled_checklist holds in status" in done.stderr.splitlines()[-1]
    assert "heml" not in done.stderr
