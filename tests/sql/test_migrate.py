"""The schema: migrating an empty database gives exactly the models' schema, on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

import storage.desk
from storage import migrate, tenants
from storage.desk import Desk, opened
from storage.sealing import Keys
from storage.tables import METADATA, MODULES
from tests.conftest import TRAIL
from tests.sql.conftest import KEYS
from tests.waiting import PATIENCE

MIGRATIONS = Path(migrate.__file__).parent / "migrations"


def differences(desk: Desk) -> list[object]:
    def work(session: object) -> list[object]:
        context = MigrationContext.configure(
            session.connection(),  # type: ignore[attr-defined]
            opts={"compare_type": True, "compare_server_default": True},
        )
        return list(compare_metadata(context, METADATA))

    return desk.run_now(work)


def test_migrating_an_empty_database_gives_the_models_schema(empty_url: str) -> None:
    with opened(empty_url, Keys(KEYS, TRAIL)) as desk:
        assert not migrate.is_current(desk)
        assert differences(desk), "the comparison does not see anything"

        migrate.upgrade(desk)

        assert migrate.is_current(desk)
        assert differences(desk) == []


def test_every_module_with_a_table_is_among_the_tables() -> None:
    folder = Path(migrate.__file__).parent
    with_table = {path.stem for path in folder.glob("*.py") if "table=True" in path.read_text(encoding="utf-8")}

    assert with_table == {module.__name__.removeprefix("storage.") for module in MODULES}


def test_the_head_that_is_compared_with_is_the_newest_migration() -> None:
    newest = max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))

    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [migrate.HEAD]
    assert newest == migrate.HEAD


def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    with opened(empty_url, Keys(KEYS, TRAIL)) as desk:
        migrate.upgrade(desk)
        desk.run_now(lambda session: tenants.ensure(session, "made-up"))

        migrate.upgrade(desk)

        assert migrate.is_current(desk)
        assert desk.run_now(lambda session: tenants.find(session, "made-up")) is not None


def test_a_database_of_an_older_schema_is_not_current(empty_url: str) -> None:
    with opened(empty_url, Keys(KEYS, TRAIL)) as desk:
        migrate.upgrade(desk)
        desk.run_now(lambda session: session.connection().exec_driver_sql("update alembic_version set version_num='0'"))

        assert not migrate.is_current(desk)


def test_two_processes_may_migrate_at_once(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the first takes: the second waits longer for it than for an ordinary write."""
    monkeypatch.setattr(storage.desk, "_PATIENCE", 0.01)
    together = threading.Barrier(2, timeout=PATIENCE)

    def start(desk: Desk) -> None:
        together.wait()
        migrate.upgrade(desk)
        assert migrate.is_current(desk)

    with (
        opened(empty_url, Keys(KEYS, TRAIL)) as one,
        opened(empty_url, Keys(KEYS, TRAIL)) as other,
        ThreadPoolExecutor(2) as pool,
    ):
        for running in [pool.submit(start, desk) for desk in (one, other)]:
            running.result(timeout=PATIENCE)

    with opened(empty_url, Keys(KEYS, TRAIL)) as desk:
        assert differences(desk) == []


def test_names_of_keys_are_the_same_on_both_databases(url: str) -> None:
    with opened(url, Keys(KEYS, TRAIL)) as desk:
        names = desk.run_now(
            lambda session: {
                table: inspect(session.connection()).get_pk_constraint(table)["name"] for table in METADATA.tables
            }
        )

    assert names == {table: f"pk_{table}" for table in METADATA.tables}
