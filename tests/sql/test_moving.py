"""Moving from SQLite to PostgreSQL: every row, the same ids, and the bot continues where it was."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from checklists.model import Written
from storage import answers, moving, trail
from storage.desk import Desk, Session, opened
from storage.moving import CannotMove
from storage.sealing import Keys
from storage.tables import METADATA
from tests.conftest import TRAIL
from tests.migrated import put_database
from tests.sql.conftest import KEYS, NOW, World, change, make_world, scalar, the_list
from tests.sql.test_disposal import dispose, neighbour, plant

pytestmark = pytest.mark.postgres


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Desk]:
    """An empty SQLite database of the newest schema, to be filled and moved from."""
    with opened(put_database(tmp_path / "bot.db"), Keys(KEYS, TRAIL)) as desk:
        yield desk


@pytest.fixture
def target(migrated_database: str) -> Iterator[Desk]:
    """An empty PostgreSQL database of the newest schema, to be moved into."""
    with opened(migrated_database, Keys(KEYS, TRAIL)) as desk:
        yield desk


def rows(desk: Desk) -> dict[str, list[Any]]:
    """Return all rows of all tables, as the bot reads them."""

    def work(session: Session) -> dict[str, list[Any]]:
        connection = session.connection()
        return {
            table.name: list(map(tuple, connection.execute(select(table).order_by(*table.primary_key.columns))))
            for table in METADATA.sorted_tables
        }

    return desk.run_now(work)


def fill(desk: Desk) -> World:
    world: World = desk.run_now(make_world)
    gone = desk.run_now(lambda session: neighbour(session, world, "SN 2026/0009"))
    desk.run_now(lambda session: dispose(session, gone))

    def write(session: Session) -> None:
        plant(session, world, 1)
        written = Written("nej", "text", motivation="Påhittat åäö")
        answers.add(session, the_list(session, world), "child_heard", 1, written, author=world.person, at=NOW, act="a")
        trail.record(session, world.tenant, NOW, "person:1", "answered", case_id=world.case)

    desk.run_now(write)
    desk.run_now(trail.chain_new)
    return world


def test_a_text_that_is_no_utf8_is_named_and_nothing_is_moved(source: Desk, target: Desk) -> None:
    world = fill(source)
    change(source, "update cases set case_type = cast(x'6261ff6e' as text)")

    with pytest.raises(CannotMove, match=f"row {world.case} of the table cases holds in case_type"):
        moving.move(source, target)

    assert scalar(target, "select count(*) from tenant") == 0


def test_every_row_moves_the_trail_holds_and_new_rows_get_new_ids(source: Desk, target: Desk) -> None:
    world = fill(source)
    before = rows(source)
    moved = moving.move(source, target)

    assert rows(target) == before
    assert moved == {table: len(found) for table, found in before.items()}
    assert sum(moved.values()) > 20
    verdicts = [desk.run_now(lambda session: trail.verify(session, world.tenant)) for desk in (source, target)]
    assert verdicts[0] == verdicts[1]
    assert (verdicts[1].bad, verdicts[1].chained, verdicts[1].unchained) == (None, 2, 0)

    def read(session: Session) -> str:
        row = the_list(session, world)
        return answers.text(session, row, answers.latest(session, world.filled)["child_heard"], "motivation")

    assert target.run_now(read) == "Påhittat åäö"
    later = target.run_now(lambda session: neighbour(session, world, "SN 2026/0010"))
    assert later.case > max(row[0] for row in before["cases"])
    assert later.case > max(row[2] for row in before["tombstone"]), "not the id of a disposed case either"


def test_what_was_moved_can_be_moved_back_and_is_the_same(source: Desk, target: Desk, tmp_path: Path) -> None:
    with opened(put_database(tmp_path / "back.db"), Keys(KEYS, TRAIL)) as back:
        world = fill(source)
        moving.move(source, target)
        moving.move(target, back)

        sums = [desk.run_now(lambda session: moving.sums(session.connection())) for desk in (source, target, back)]
        assert sums[0] == sums[1] == sums[2]
        assert sums[0]["answer"].rows == 2
        assert back.run_now(lambda session: trail.verify(session, world.tenant)).bad is None
        later = back.run_now(lambda session: neighbour(session, world, "SN 2026/0010"))
        assert later.case > max(row[2] for row in rows(back)["tombstone"]), "not the id of a disposed case"


ALTERS = """
create function alters() returns trigger as $$ begin new.choice = 'ja'; return new; end $$ language plpgsql;
create trigger alters before insert on answer for each row execute function alters();
"""


def test_a_copy_that_differs_is_not_kept(source: Desk, target: Desk) -> None:
    fill(source)
    target.run_now(lambda session: session.connection().exec_driver_sql(ALTERS))

    with pytest.raises(CannotMove, match=r"table answer .* 2 rows and 2"):
        moving.move(source, target)

    assert not any(rows(target).values())


BACK = "create trigger alters after insert on answer begin update answer set choice = 'ja' where id = new.id; end"


def test_a_copy_that_differs_is_not_kept_on_the_way_back_either(source: Desk, target: Desk) -> None:
    fill(target)
    source.run_now(lambda session: session.connection().exec_driver_sql(BACK))

    with pytest.raises(CannotMove, match=r"table answer .* 2 rows and 2"):
        moving.move(target, source)

    assert not any(rows(source).values())


def test_nothing_is_moved_into_a_database_that_holds_rows(source: Desk, target: Desk) -> None:
    fill(source)
    target.run_now(lambda session: make_world(session, "two"))
    before = rows(target)

    with pytest.raises(CannotMove, match="holds rows already"):
        moving.move(source, target)

    assert rows(target) == before
