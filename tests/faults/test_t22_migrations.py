"""T22: every migration by itself, with rows: up, killed in the middle and up again, and down or a stated refusal.

Starts from the rows of a release that is still in use (schema 0007), multiplied to the size of the run.
"""

import signal
from collections.abc import Iterator

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from storage import contents, migrate
from storage.backup import sums_of
from storage.contents import Sum
from storage.desk import Desk, Session, opened
from storage.sealing import Keys
from tests import warm
from tests.conftest import TRAIL
from tests.faults import killed_migration
from tests.faults.killed_migration import MIGRATIONS, config_on
from tests.faults.programme import Programme
from tests.sql.conftest import KEYS, empty_url, kind
from tests.sql.test_clocks_migrated import to
from tests.sql.test_release_before import _fill

__all__ = ["empty_url", "kind"]
pytestmark = [pytest.mark.part("T22"), pytest.mark.beyond_suite]
OLDEST = "0007"


def step(desk: Desk, version: str, *, down: bool = False) -> None:
    move = command.downgrade if down else command.upgrade
    desk.run_now(lambda session: move(config_on(session), version), serial="migrate")


def way_back(desk: Desk, version: str) -> str | None:
    """Go down to a version; return the refusal, None if it was done."""
    try:
        step(desk, version, down=True)
    except Exception as refused:
        return str(refused)
    return None


def versions() -> Iterator[str]:
    """Yield the versions after the oldest, in order."""
    found = [one.revision for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
    return (version for version in reversed(found) if version > OLDEST)


def multiply(desk: Desk, rows: int) -> None:
    """Copy cases, their lists and answers until there are at least this many answers."""

    def work(session: Session) -> None:
        connection = session.connection()

        def copied(table: str, changes: dict[str, str], extra: str = "") -> None:
            columns = [column["name"] for column in inspect(connection).get_columns(table)]
            chosen = ", ".join(changes.get(name, f't."{name}"') for name in columns)
            named = ", ".join(f'"{name}"' for name in columns)
            connection.execute(text(f"insert into {table} ({named}) select {chosen} from {table} t{extra}"))

        def most(table: str) -> int:
            return int(connection.execute(text(f"select max(id) from {table}")).scalar_one())

        while connection.execute(text("select count(*) from answer")).scalar_one() < rows:
            case, filled, answer = most("cases"), most("filled_checklist"), most("answer")
            copied("cases", {"id": f"t.id + {case}", "ref": f"t.ref || '-{case}'"}, f" where t.id <= {case}")
            changes = {"id": f"t.id + {filled}", "case_id": f"t.case_id + {case}"}
            copied("filled_checklist", changes, f" where t.id <= {filled}")
            changes = {"id": f"t.id + {answer}", "filled_id": f"t.filled_id + {filled}"}
            copied("answer", changes, f" where t.id <= {answer}")

    desk.run_now(work)


def unchanged(before: dict[str, Sum], after: dict[str, Sum]) -> bool:
    return not contents.differences(before, after)


def test_every_migration_by_itself(programme: Programme, empty_url: str) -> None:
    rows = programme.of(0, 1000, 10_000)
    killed = refused = back = 0
    with opened(empty_url, Keys(KEYS, TRAIL)) as desk:
        to(desk, OLDEST)
        desk.run_now(_fill)
        multiply(desk, rows)
        all_versions = list(versions())
        for number, version in enumerate(all_versions):
            before = sums_of(empty_url)
            ended = warm.ended(killed_migration.run, empty_url, KEYS, TRAIL, version, number % 3, programme.mutant)
            killed += ended == -signal.SIGKILL
            assert ended in (0, -signal.SIGKILL), f"{version} ended with {ended}"
            if ended:
                assert unchanged(before, sums_of(empty_url)), f"{version} was killed and left something behind"
            if desk.run_now(version_of) != version:
                step(desk, version)
            after = sums_of(empty_url)
            lost = {table for table, one in before.items() if one.rows > after.get(table, Sum(0, "")).rows}
            assert not lost, f"{version} lost rows of {lost}"
            said = way_back(desk, all_versions[number - 1] if number else OLDEST)
            if said is not None:
                refused += 1
                assert said, "refused without a word"
                assert unchanged(after, sums_of(empty_url)), f"the way back from {version} left something behind"
            else:
                back += 1
                kept = sums_of(empty_url)
                lost = {table for table, one in before.items() if table not in kept or kept[table].rows < one.rows}
                assert not lost, f"the way back from {version} lost rows of {lost}"
                step(desk, version)
        assert migrate.is_current(desk)
        answers = sums_of(empty_url)["answer"].rows
    programme.figure(
        f"{desk.dialect}: migrations, answers, killed, down and up again, refused",
        f"{len(all_versions)}, {answers}, {killed}, {back}, {refused}",
    )
    assert killed


def version_of(session: Session) -> str:
    return str(session.connection().execute(text("select version_num from alembic_version")).scalar_one())
