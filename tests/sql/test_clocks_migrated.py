"""Migration 0008 corrects figures counted by an older release, of existing cases and of one disposed of."""

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, text

from checklists.model import Written
from checklists.periods import Period
from reports.selected import Selection
from reports.times import COUNTS, times
from storage import aggregates, answers, cases, migrate
from storage.cases import CaseRow, FactRow
from storage.desk import Desk, Session, opened
from storage.extensions import ExtensionRow
from storage.extensions import add as add_extension
from storage.recount import recount
from storage.sealing import Keys
from storage.tenants import TenantRow
from tests.conftest import TRAIL
from tests.sql.conftest import KEYS, NOW, World, add_case, make_world, scalar, the_case, the_list
from tests.sql.kept_figures import ALWAYS, dispose_of

MARCH = date(2026, 3, 2)
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
MIDSUMMER = date(2026, 6, 19)


def day(number: int) -> date:
    return MARCH + timedelta(days=number)


def to(desk: Desk, version: str) -> None:
    """Migrate up to the head, or down to a version."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")

    def work(session: Session) -> None:
        config.attributes["connection"] = session.connection()
        is_new = not inspect(session.connection()).has_table("alembic_version")
        (command.upgrade if is_new or version == "head" else command.downgrade)(config, version)

    desk.run_now(work, serial="migrate")


def living_and_gone(desk: Desk) -> World:
    """Create cases by the current rules; one, with an answered list, is disposed of."""

    def a_case(session: Session, world: World, ref: str, **dates: Any) -> CaseRow:
        return add_case(session, CaseRow(tenant_id=world.tenant, unit_id=world.unit, ref=ref, **dates))

    def work(session: Session) -> World:
        world = make_world(session)
        gone = the_case(session, world)
        gone.received_on, gone.opened_on, gone.assigned_on = MARCH, day(14), day(16)
        gone.decided_on = gone.closed_on = day(100)
        answers.add(session, the_list(session, world), "child_heard", 1, Written("ja"), author=None, at=NOW, act="a")
        a_case(session, world, "SN 2", received_on=MARCH, opened_on=day(15), decided_on=day(60), closed_on=day(150))
        violent = a_case(session, world, "SN 3", received_on=MARCH, opened_on=day(1))
        fact: dict[str, Any] = {"tenant_id": world.tenant, "case_id": violent.id, "child": 0, "revision": 1}
        cases.set_fact(session, violent, FactRow(**fact, name="violence", value="ja", at=NOW))
        longer = a_case(session, world, "SN 4", received_on=MARCH, opened_on=day(20))
        row = ExtensionRow(
            tenant_id=world.tenant, case_id=longer.id, limit="14d", reason_class="grounds", until=day(21),
            nonce="n", reason=b"", author_id=world.person, at=datetime.fromisoformat("2026-03-15T23:30:00+00:00"),
        )  # fmt: skip
        add_extension(session, row, "påhittat skäl")
        return world

    world = desk.run_now(work)
    desk.run_now(aggregates.project_all)

    def dispose(session: Session) -> None:
        tenant = session.get(TenantRow, world.tenant)
        assert tenant is not None
        dispose_of(session, tenant, the_case(session, world), NOW)

    desk.run_now(dispose)
    return world


def grains(on: date) -> tuple[tuple[str, date], tuple[str, date]]:
    """Return the day and the month a day is counted in."""
    return ("d", on), ("m", on.replace(day=1))


def as_counted_before(desk: Desk, world: World) -> None:
    """Replace the case figures by what release 0007 counted for the same dates, with an empty queue."""
    before = {
        "SN 2": f"due:0:{day(60)} without:0:{day(60)} prelim:15:{MARCH} months4_late:135:{day(15)}",
        "SN 3": f"prelim:1:{MARCH} months4_running:0:{day(1)}",
        "SN 4": f"prelim:20:{MARCH} months4_running:0:{day(20)}",
    }

    def work(session: Session) -> None:
        connection = session.connection()
        connection.execute(text("delete from changed"))
        connection.execute(text("delete from tally where checklist = '' and not frozen"))
        rows: Counter[tuple[str, date, str, int, bool]] = Counter()
        for ref, marks in before.items():
            connection.execute(
                text(
                    "update counted set marks = :m where filled_id = 0"
                    " and case_id in (select id from cases where ref = :r)"
                ),
                {"m": marks, "r": ref},
            )
            for mark in marks.split():
                code, value, on = mark.split(":")
                for grain, at in grains(date.fromisoformat(on)):
                    rows[grain, at, code, int(value), False] += 1
        for grain, at in grains(MARCH):  # disposed of, with its dates in the wrong order
            rows[grain, at, "prelim", -3, True] += 1
        for (grain, at, code, days, frozen), n in rows.items():
            connection.execute(
                text(
                    "insert into tally (tenant_id, grain, day, unit_id, checklist, version, role, item, code, value,"
                    " frozen, n) values (:t, :g, :d, :u, '', 0, '', '', :c, :v, :f, :n)"
                ),
                {
                    "t": world.tenant,
                    "u": world.unit,
                    "g": grain,
                    "d": str(at),
                    "c": code,
                    "v": days,
                    "f": frozen,
                    "n": n,
                },
            )

    desk.run_now(work)


def answered(desk: Desk, world: World) -> list[aggregates.Count]:
    return desk.run_now(lambda session: aggregates.read(session, world.tenant, *ALWAYS, of="items"))


def test_what_an_older_release_counted_gives_the_right_times_and_the_same_rates(empty_url: str) -> None:
    with opened(empty_url, Keys(KEYS, TRAIL)) as desk:
        migrate.upgrade(desk)
        world = living_and_gone(desk)
        rates_before = answered(desk, world)
        right = desk.run_now(lambda session: times(session, world.tenant, YEAR, Selection(), MIDSUMMER))
        to(desk, "0007")
        assert scalar(desk, "select count(*) from tally where code = 'prelim' and frozen") == 2
        as_counted_before(desk, world)

        to(desk, "head")
        assert migrate.is_current(desk)
        decided = scalar(desk, "select decided_on from extension")
        desk.run_now(aggregates.project_all)

        assert str(decided) == "2026-03-16", "the Swedish day it was entered"
        found = desk.run_now(lambda session: times(session, world.tenant, YEAR, Selection(), MIDSUMMER))
        assert found == right
        counts = {time.clock: [getattr(time, name) for name in COUNTS] for time in found}
        assert counts["14d"] == [1, 1, 0, 0, 1]
        assert counts["at_once"] == [1, 0, 0, 0, 0]
        assert counts["4m"] == [2, 0, 0, 2, 0]
        assert answered(desk, world) == rates_before != []
        old = "select count(*) from tally where code in ('prelim', 'months4_in', 'months4_late', 'assigned')"
        assert scalar(desk, old) == scalar(desk, "select count(*) from tally where code like '%_running'") == 0
        assert desk.read_now(lambda session: recount(session, world.tenant)).wrong == 0


def test_an_answer_and_a_case_written_by_the_release_being_replaced_are_whole(empty_url: str) -> None:
    with opened(empty_url, Keys(KEYS, TRAIL)) as desk:
        migrate.upgrade(desk)
        world = desk.run_now(make_world)

        def work(session: Session) -> None:
            session.connection().execute(
                text(
                    "insert into answer (tenant_id, filled_id, item_id, revision, choice, option, motivation_kind, at,"
                    " act, undo_of) values (:t, :f, 'child_heard', 1, 'ja', '', '', :at, 'a', '')"
                ),
                {"t": world.tenant, "f": world.filled, "at": NOW.replace(tzinfo=None)},
            )

        desk.run_now(work)
        row = desk.run_now(lambda session: answers.latest(session, world.filled)["child_heard"])
        assert row.follow_up is False
