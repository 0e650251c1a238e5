"""The trail is chained and sealed per tenant; tampering is reported by the first bad position."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

import psycopg
import pytest
from sqlmodel import col, select

from storage import tenants, trail
from storage.desk import Desk, Session
from storage.sealing import Keys
from storage.trail import ChainRow, EventRow, Verdict
from tests.sql.conftest import KEYS, NOW, OpenDesk, World, lift_guards, make_world, on_postgresql, scalar, told

LENGTH = 12


def verdict(desk: Desk, world: World) -> Verdict:
    return desk.run_now(lambda session: trail.verify(session, world.tenant))


def record(desk: Desk, world: World, count: int) -> None:
    def work(session: Session) -> None:
        for number in range(count):
            trail.record(
                session,
                world.tenant,
                NOW,
                f"person:{world.person}",
                f"act_{number}",
                case_id=world.case,
                filled_id=world.filled,
                item_id="child_heard",
                revision=number,
                detail=f"code_{number}",
            )

    desk.run_now(work)


@dataclass
class Trail:
    """A sealed trail, and a way to tamper with it that bypasses triggers and foreign keys."""

    desk: Desk
    world: World
    url: str

    def event(self, place: int) -> int:
        """Return the row id of the event at a position."""
        return int(scalar(self.desk, f"select event_id from event_seal where place = {place}"))

    def tamper(self, *statements: str, count: int | None = 1) -> None:
        """Run statements. count: rows each must affect, None for any number."""
        if self.desk.dialect == "sqlite":
            self.desk.run_now(lift_guards)
            connection = sqlite3.connect(self.url.removeprefix("sqlite:///"))
            with connection:
                touched = [connection.execute(statement).rowcount for statement in statements]
            connection.close()
        else:
            with psycopg.connect(self.url) as server:
                server.execute("set session_replication_role = replica")
                touched = [server.execute(statement.encode()).rowcount for statement in statements]
        assert count is None or touched == [count] * len(statements)

    @property
    def bad(self) -> str | None:
        return told(verdict(self.desk, self.world).bad)


@pytest.fixture
def kept(desk: Desk, url: str, world: World) -> Trail:
    record(desk, world, LENGTH)
    assert desk.run_now(trail.chain_new) == LENGTH
    made = Trail(desk, world, url)
    assert made.bad is None
    return made


# --- sealing ---------------------------------------------------------------------------------------------------------


def test_events_are_sealed_in_the_order_they_came_and_counted(desk: Desk, world: World) -> None:
    assert verdict(desk, world) == Verdict(None, chained=0, unchained=0)
    record(desk, world, 5)
    assert verdict(desk, world) == Verdict(None, chained=0, unchained=5)

    assert desk.run_now(trail.chain_new) == 5
    record(desk, world, 2)

    assert verdict(desk, world) == Verdict(None, chained=5, unchained=2)
    in_chain = desk.run_now(
        lambda session: session.exec(
            select(EventRow.act)
            .join(ChainRow, col(ChainRow.event_id) == col(EventRow.id))
            .order_by(col(ChainRow.place))
        ).all()
    )
    assert in_chain == [f"act_{number}" for number in range(5)]


def test_a_long_tail_is_sealed_in_parts(desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "_BATCH", 4)
    record(desk, world, 10)

    assert [desk.run_now(trail.chain_new) for _ in range(4)] == [4, 4, 2, 0]
    assert verdict(desk, world) == Verdict(None, chained=10, unchained=0)


def test_each_municipality_has_a_chain_of_its_own(desk: Desk, world: World) -> None:
    other = desk.run_now(lambda session: make_world(session, "two"))
    for _ in range(3):
        record(desk, world, 2)
        record(desk, other, 1)
        desk.run_now(trail.chain_new)

    assert verdict(desk, world) == Verdict(None, chained=6, unchained=0)
    assert verdict(desk, other) == Verdict(None, chained=3, unchained=0)
    assert scalar(desk, f"select max(place) from event_seal where tenant_id = {other.tenant}") == 3


def test_an_event_and_its_act_are_stored_together_or_not_at_all(desk: Desk, world: World) -> None:
    def work(session: Session) -> None:
        trail.record(session, world.tenant, NOW, "system", "tried")
        session.flush()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        desk.run_now(work)
    assert scalar(desk, "select count(*) from event") == 0


@on_postgresql
def test_two_chainers_do_not_chain_at_once(desk: Desk, open_desk: OpenDesk, world: World) -> None:
    record(desk, world, 3)
    other = open_desk()

    def work(session: Session) -> tuple[int, int]:
        return trail.chain_new(session), other.run_now(trail.chain_new)

    assert desk.run_now(work) == (3, 0)
    assert other.run_now(trail.chain_new) == 0
    assert verdict(desk, world) == Verdict(None, chained=3, unchained=0)


def test_the_chain_goes_on_after_the_master_key_was_changed(desk: Desk, open_desk: OpenDesk, world: World) -> None:
    record(desk, world, 2)
    desk.run_now(trail.chain_new)
    newer = open_desk({"second": b"2" * 32} | KEYS)
    record(newer, world, 2)
    newer.run_now(trail.chain_new)

    assert verdict(newer, world) == Verdict(None, chained=4, unchained=0)
    event = scalar(desk, "select max(id) - 1 from event")
    assert told(verdict(desk, world).bad) == f"place 3: event {event} names a master key that is not configured"


# --- tampering -------------------------------------------------------------------------------------------------------

EDITS = {
    "at": "'2026-05-12 08:30:01'",
    "actor": "'person:999'",
    "act": "'nothing'",
    "case_id": "999",
    "filled_id": "null",
    "item_id": "'child_informed_report'",
    "revision": "revision + 1",
    "detail": "''",
}


@pytest.mark.parametrize(("place", "column"), [(1, "act"), (LENGTH, "act"), *((7, column) for column in EDITS)])
def test_an_edited_event_is_named(kept: Trail, column: str, place: int) -> None:
    event = kept.event(place)
    kept.tamper(f"update event set {column} = {EDITS[column]} where id = {event}")

    assert kept.bad == f"place {place}: event {event} was changed"


def test_an_event_moved_to_another_municipality_is_named(kept: Trail) -> None:
    other = kept.desk.run_now(lambda session: tenants.ensure(session, "made-up-two").id)
    event = kept.event(5)
    kept.tamper(f"update event set tenant_id = {other} where id = {event}")

    assert kept.bad == f"place 5: event {event} was changed"


@pytest.mark.parametrize("place", [1, 6, LENGTH])
def test_a_deleted_event_is_named(kept: Trail, place: int) -> None:
    event = kept.event(place)
    kept.tamper(f"delete from event where id = {event}")

    assert kept.bad == f"place {place}: event {event} is missing"


@pytest.mark.parametrize("place", [1, 6])
def test_an_event_deleted_together_with_its_seal_is_named(kept: Trail, place: int) -> None:
    kept.tamper(f"delete from event where id = {kept.event(place)}", f"delete from event_seal where place = {place}")

    assert kept.bad == f"place {place} is missing"


def test_a_gap_that_was_closed_up_again_is_named(kept: Trail) -> None:
    event, after = kept.event(6), kept.event(7)
    kept.tamper(
        f"delete from event where id = {event}",
        "delete from event_seal where place = 6",
        *(f"update event_seal set place = {place - 1} where place = {place}" for place in range(7, LENGTH + 1)),
    )

    assert kept.bad == f"place 6: event {after} was changed"


def test_swapped_events_are_named_by_the_first(kept: Trail) -> None:
    third, fourth = kept.event(3), kept.event(4)
    kept.tamper(
        "update event_seal set event_id = -1 where place = 3",
        f"update event_seal set event_id = {third} where place = 4",
        f"update event_seal set event_id = {fourth} where place = 3",
    )

    assert kept.bad == f"place 3: event {fourth} was changed"


def test_swapped_contents_are_named_by_the_first(kept: Trail) -> None:
    third, fourth = kept.event(3), kept.event(4)
    kept.tamper(
        f"update event set id = -1 where id = {third}",
        f"update event set id = {third} where id = {fourth}",
        f"update event set id = {fourth} where id = -1",
    )

    assert kept.bad == f"place 3: event {third} was changed"


def test_an_end_whose_seals_were_cut_off_is_named(kept: Trail) -> None:
    first_cut = kept.event(LENGTH - 1)
    kept.tamper(*(f"delete from event_seal where place = {place}" for place in (LENGTH - 1, LENGTH)))

    assert kept.bad == f"event {first_cut} has lost its place"
    record(kept.desk, kept.world, 1)
    kept.desk.run_now(trail.chain_new)
    assert kept.bad == f"event {first_cut} has lost its place", "going on hid the cut"


def test_an_event_given_another_number_is_named(kept: Trail) -> None:
    event = kept.event(5)
    kept.tamper(
        f"update event set id = 999999999 where id = {event}",
        "update event_seal set event_id = 999999999 where place = 5",
    )

    assert kept.bad == "place 5: event 999999999 was changed"


def test_an_event_put_back_from_another_course_of_the_same_trail_is_named(kept: Trail) -> None:
    """As if from an older copy: sealed with the right key at the same position, but in another chain."""
    event = kept.event(10)
    kept.tamper(*(f"create table old_{name} as select * from {name}" for name in ("event", "event_seal")), count=None)
    for place in range(8, LENGTH + 1):
        kept.tamper(
            f"delete from event where id = {kept.event(place)}", f"delete from event_seal where place = {place}"
        )
    record(kept.desk, kept.world, LENGTH - 7)
    kept.desk.run_now(trail.chain_new)
    assert kept.bad is None

    kept.tamper(f"delete from event where id = {kept.event(10)}", "delete from event_seal where place = 10")
    kept.tamper(f"insert into event select * from old_event where id = {event}")
    kept.tamper("insert into event_seal select * from old_event_seal where place = 10")
    kept.tamper("drop table old_event", "drop table old_event_seal", count=None)

    assert kept.bad == f"place 10: event {event} was changed"


def test_the_trail_of_another_municipality_does_not_pass_as_this_ones(kept: Trail) -> None:
    other = kept.desk.run_now(lambda session: make_world(session, "two"))
    record(kept.desk, other, 3)
    kept.desk.run_now(trail.chain_new)
    theirs = scalar(kept.desk, f"select min(id) from event where tenant_id = {other.tenant}")
    kept.tamper(f"delete from event_seal where tenant_id = {kept.world.tenant}", count=LENGTH)
    kept.tamper(f"update event_seal set tenant_id = {kept.world.tenant}", count=3)

    assert kept.bad == f"place 1: event {theirs} was changed"


INSERTED = """insert into event (tenant_id, at, actor, act, item_id, detail, sealed)
values ({tenant}, '2026-05-12 08:30:00', 'person:1', 'signed', '', '', {sealed})"""


def test_an_event_slipped_in_as_if_it_were_sealed_is_named(kept: Trail) -> None:
    kept.tamper(INSERTED.format(tenant=kept.world.tenant, sealed="true"))

    slipped_in = scalar(kept.desk, "select id from event where act = 'signed'")
    assert kept.bad == f"event {slipped_in} has lost its place"


def test_an_event_slipped_in_with_a_seal_of_its_own_is_named(kept: Trail) -> None:
    kept.tamper(INSERTED.format(tenant=kept.world.tenant, sealed="true"))
    slipped_in = scalar(kept.desk, "select id from event where act = 'signed'")
    seal = f"select tenant_id, {LENGTH + 1}, {slipped_in}, master_id, hash from event_seal where place = {LENGTH}"
    kept.tamper(f"insert into event_seal (tenant_id, place, event_id, master_id, hash) {seal}")

    assert kept.bad == f"place {LENGTH + 1}: event {slipped_in} was changed"


def rehash(key: Keys, start: int, master_id: str) -> Callable[[Session], None]:
    """Return a transaction that reseals the chain from a position with other keys."""

    def work(session: Session) -> None:
        lift_guards(session)
        rows = session.exec(
            select(ChainRow, EventRow)
            .join(EventRow, col(EventRow.id) == col(ChainRow.event_id))
            .order_by(ChainRow.place)  # type: ignore[arg-type]
        ).all()
        previous = ""
        for link, event in rows:
            if link.place >= start:
                if link.place == start:
                    event.act = "something else"
                link.hash = trail._hash(key, "first", previous, link.place, event)
                link.master_id = master_id
            previous = link.hash

    return work


@pytest.mark.parametrize("start", [1, 8])
def test_a_chain_that_was_hashed_anew_without_the_key_is_named_where_it_begins(kept: Trail, start: int) -> None:
    event = kept.event(start)
    kept.desk.run_now(rehash(Keys({"first": b"x" * 32}), start, "first"))

    assert kept.bad == f"place {start}: event {event} was changed"


def test_a_chain_that_names_a_key_of_somebody_else_is_named_where_it_begins(kept: Trail) -> None:
    event = kept.event(8)
    kept.desk.run_now(rehash(Keys({"first": b"x" * 32}), 8, "theirs"))

    assert kept.bad == f"place 8: event {event} names a master key that is not configured"


def test_a_hash_that_is_no_hash_is_named(kept: Trail) -> None:
    event = kept.event(4)
    kept.tamper("update event_seal set hash = 'åäö' where place = 4")

    assert kept.bad == f"place 4: event {event} was changed"


def test_the_helper_hashes_as_the_sealer_does(kept: Trail) -> None:
    kept.desk.run_now(rehash(Keys(KEYS), 8, "first"))

    assert kept.bad is None, "the tests above would prove nothing"
