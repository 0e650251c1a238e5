"""A file that has to go without a list says so: it is written, and the command ends with 1 and a code."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.desk import opened
from storage.sealing import Keys
from tests.conftest import TRAIL
from tests.migrated import put_database
from tests.sql.test_moving import fill
from tests.wire.test_commands import PRODUCTION, run


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
