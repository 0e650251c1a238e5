"""A replica of this release beside a newer one that migrates: refused meanwhile, and then it writes nothing wrongly."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from storage import answers, migrate
from storage.desk import CannotOpen, Desk, Session
from storage.held import NotHeld
from storage.recount import recount
from storage.told_reminders import cases_after
from tests.sql.conftest import NOW, OpenDesk, World, change, scalar
from tests.sql.test_aggregates import answer, figures
from tests.sql.test_desk import answer_next, revisions
from tests.sql.test_disposal import neighbour

NEWER = (
    "alter table answer add column of_tomorrow varchar(20) not null default 'unasked'",
    "create table tomorrow (id integer primary key)",
    "update alembic_version set version_num = '9999'",
)
"""What the migrations of a later release do: they only add, so that this one can go on."""


def _back(desk: Desk) -> None:
    """Take it back: on PostgreSQL the tests share a database."""
    for statement in (
        "alter table answer drop column of_tomorrow",
        "drop table tomorrow",
        f"update alembic_version set version_num = '{migrate.HEAD}'",
    ):
        change(desk, statement)


def newer(session: Session) -> None:
    for statement in NEWER:
        session.connection().execute(text(statement))


@contextmanager
def migrating(desk: Desk) -> Iterator[Callable[[], None]]:
    """Migrate in another thread, and stop short of the commit until the function that is yielded is called."""
    has_begun, may_end = threading.Event(), threading.Event()

    def work(session: Session) -> None:
        newer(session)
        has_begun.set()
        assert may_end.wait(60)

    thread = threading.Thread(target=partial(desk.run_now, work, "migrate"))
    thread.start()

    def ends() -> None:
        may_end.set()
        thread.join()

    try:
        assert has_begun.wait(60)
        yield ends
    finally:
        ends()


def test_a_turn_while_another_migrates_is_refused_and_goes_on_after_it(
    desk: Desk, open_desk: OpenDesk, world: World
) -> None:
    other = open_desk()
    desk.run_now(partial(answer_next, world=world))

    with migrating(other) as ends:
        with pytest.raises(OperationalError):  # the front door says 503 to it: nothing was stored, try again
            desk.run_now(partial(answer_next, world=world))
        ends()
    try:
        assert revisions(desk) == [1], "half a turn"
        desk.run_now(partial(answer_next, world=world))
        assert revisions(desk) == [1, 2]
        assert scalar(desk, "select count(*) from answer where of_tomorrow = 'unasked'") == 2
        assert desk.run_now(lambda session: recount(session, world.tenant, repair=True)).cases
        assert migrate.state(desk) == ("newer", "9999")
        with pytest.raises(CannotOpen, match="BK-400"):
            migrate.upgrade(other)
    finally:
        _back(desk)


def test_where_it_does_not_know_what_to_write_it_writes_nothing(desk: Desk, world: World) -> None:
    """A later schema that asks for what this release does not know: an exception, which CHANGELOG would name."""
    if desk.dialect == "sqlite":
        change(desk, "create trigger of_tomorrow before insert on answer begin select raise(abort, 'asked'); end")
    else:
        change(desk, "alter table answer add constraint of_tomorrow check (act like 'new:%')")
    try:
        with pytest.raises(DBAPIError):
            desk.run_now(partial(answer_next, world=world))
        assert revisions(desk) == []
        assert scalar(desk, "select count(*) from event where act = 'answered'") == 0, "half a turn"
    finally:
        is_sqlite = desk.dialect == "sqlite"
        change(desk, "drop trigger of_tomorrow" if is_sqlite else "alter table answer drop constraint of_tomorrow")


def test_a_word_that_only_the_newer_one_knows_is_left_out_and_not_read_as_another(desk: Desk, world: World) -> None:
    other = desk.run_now(lambda session: neighbour(session, world))
    answer(desk, world, "child_heard", "ja")
    answer(desk, other, "child_heard", "nej")
    before = figures(desk, world)
    change(desk, f"update cases set case_type = 'ny' where id = {other.case}")
    change(desk, f"insert into changed (case_id, filled_id) values ({other.case}, 0)")

    assert figures(desk, world) == before, "what it was counted as stays"
    found, left = desk.run_now(lambda session: cases_after(session, world.tenant, 0, 10, NOW.date()))
    assert [case.id for case in found] == [world.case]
    assert [(one.case_id, type(one.error)) for one in left] == [(other.case, NotHeld)]
    assert ("cases", str(other.case)) in desk.not_held
    assert scalar(desk, f"select case_type from cases where id = {other.case}") == "ny", "it was written over"
    desk.run_now(lambda session: answers.newest_occasion(session, world.case, "decision_basis"))
