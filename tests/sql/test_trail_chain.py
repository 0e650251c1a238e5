"""The trail is chained and sealed per tenant; tampering is reported by the first bad position."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

import psycopg
import pytest
from sqlmodel import col, select

from checklists.faults import Code, Fault, fault
from storage import tenants, trail
from storage.desk import Desk, Session
from storage.sealing import Keys
from storage.trail import ChainRow, EventRow, Verdict
from tests.conftest import TRAIL
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
    monkeypatch.setattr(trail, "BATCH", 4)
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
    assert verdict(desk, world).bad is None, "the trail has a key of its own"


# --- tampering -------------------------------------------------------------------------------------------------------

EDITS = {
    "at": "'2026-05-12 08:30:01'",
    "actor": "'person:999'",
    "act": "'nothing'",
    "case_id": "case_id + 1",
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


@pytest.mark.parametrize("value", ["x'41ff'", "cast(x'41ff' as text)"])
@pytest.mark.parametrize("column", ["at", "actor", "act", "item_id", "detail", "mac"])
def test_an_event_whose_bytes_are_no_text_is_named(kept: Trail, column: str, value: str) -> None:
    if kept.desk.dialect == "postgresql":
        pytest.skip("PostgreSQL refuses such values")
    event = kept.event(7)
    kept.tamper(f"update event set {column} = {value} where id = {event}")

    assert kept.bad == f"place 7: event {event} was changed"


@pytest.mark.parametrize("value", ["x'41ff'", "cast(x'41ff' as text)"])
def test_a_seal_whose_bytes_are_no_text_is_named(kept: Trail, value: str) -> None:
    if kept.desk.dialect == "postgresql":
        pytest.skip("PostgreSQL refuses such values")
    kept.tamper(f"update event_seal set hash = {value} where place = 7")

    assert kept.bad == f"place 7: event {kept.event(7)} was changed"


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


def test_a_tail_without_its_seals_is_reported(kept: Trail) -> None:
    first_cut = kept.event(LENGTH - 1)
    kept.tamper(*(f"delete from event_seal where place = {place}" for place in (LENGTH - 1, LENGTH)))

    assert kept.bad == f"event {first_cut} has lost its place"
    record(kept.desk, kept.world, 1)
    kept.desk.run_now(trail.chain_new)
    assert kept.bad == f"event {first_cut} has lost its place", "continuing hid the truncation"


def test_a_renumbered_event_is_reported(kept: Trail) -> None:
    event = kept.event(5)
    kept.tamper(
        f"update event set id = 999999999 where id = {event}",
        "update event_seal set event_id = 999999999 where place = 5",
    )

    assert kept.bad == "place 5: event 999999999 was changed"


def test_an_event_restored_from_a_divergent_copy_of_the_trail_is_reported(kept: Trail) -> None:
    """As if from an older copy: sealed with the right key at the same position, but in another chain."""
    kept.tamper("create table old_trail_end as select * from trail_end", count=None)
    record(kept.desk, kept.world, 3)
    kept.desk.run_now(trail.chain_new)
    event = kept.event(LENGTH + 2)
    kept.tamper(*(f"create table old_{name} as select * from {name}" for name in ("event", "event_seal")), count=None)
    for place in range(LENGTH + 1, LENGTH + 4):
        kept.tamper(
            f"delete from event where id = {kept.event(place)}", f"delete from event_seal where place = {place}"
        )
    kept.tamper("delete from trail_end", "insert into trail_end select * from old_trail_end")
    record(kept.desk, kept.world, 3)
    kept.desk.run_now(trail.chain_new)
    assert kept.bad is None

    place = LENGTH + 2
    kept.tamper(f"delete from event where id = {kept.event(place)}", f"delete from event_seal where place = {place}")
    kept.tamper(f"insert into event select * from old_event where id = {event}")
    kept.tamper(f"insert into event_seal select * from old_event_seal where place = {place}")
    kept.tamper(*(f"drop table old_{name}" for name in ("event", "event_seal", "trail_end")), count=None)

    assert kept.bad == f"place {place}: event {event} was changed"


def test_the_trail_of_another_municipality_does_not_pass_as_this_ones(kept: Trail) -> None:
    other = kept.desk.run_now(lambda session: make_world(session, "two"))
    record(kept.desk, other, 3)
    kept.desk.run_now(trail.chain_new)
    theirs = scalar(kept.desk, f"select min(id) from event where tenant_id = {other.tenant}")
    kept.tamper(f"delete from event_seal where tenant_id = {kept.world.tenant}", count=LENGTH)
    kept.tamper(f"update event_seal set tenant_id = {kept.world.tenant}", count=3)

    assert kept.bad == f"place 1: event {theirs} was changed"


INSERTED = """insert into event (tenant_id, at, actor, act, item_id, detail, mac, sealed)
values ({tenant}, '2026-05-12 08:30:00', 'person:1', 'signed', '', '', '', {sealed})"""


def test_an_inserted_event_marked_as_sealed_is_reported(kept: Trail) -> None:
    kept.tamper(INSERTED.format(tenant=kept.world.tenant, sealed="true"))

    slipped_in = scalar(kept.desk, "select id from event where act = 'signed'")
    assert kept.bad == f"event {slipped_in} has lost its place"


def test_an_inserted_event_with_its_own_seal_is_reported(kept: Trail) -> None:
    kept.tamper(INSERTED.format(tenant=kept.world.tenant, sealed="true"))
    slipped_in = scalar(kept.desk, "select id from event where act = 'signed'")
    seal = f"select tenant_id, {LENGTH + 1}, {slipped_in}, master_id, hash from event_seal where place = {LENGTH}"
    kept.tamper(f"insert into event_seal (tenant_id, place, event_id, master_id, hash) {seal}")

    assert kept.bad == f"place {LENGTH + 1}: event {slipped_in} was changed"


def rehash(key: Keys, start: int) -> Callable[[Session], None]:
    """Return a transaction that chains anew from a position, with other keys."""

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
                link.hash = key.trail_mac(trail._linked(previous, link.place, event))
            previous = link.hash

    return work


@pytest.mark.parametrize("start", [1, 8])
def test_a_chain_rehashed_without_the_key_is_reported_at_its_first_event(kept: Trail, start: int) -> None:
    event = kept.event(start)
    kept.desk.run_now(rehash(Keys(KEYS, b"x" * 32), start))

    assert kept.bad == f"place {start}: event {event} was changed"


def test_a_malformed_hash_is_reported(kept: Trail) -> None:
    event = kept.event(4)
    kept.tamper("update event_seal set hash = 'åäö' where place = 4")

    assert kept.bad == f"place 4: event {event} was changed"


def test_the_helper_hashes_as_the_sealer_does(kept: Trail) -> None:
    kept.desk.run_now(rehash(Keys(KEYS, TRAIL), LENGTH))

    assert kept.bad == f"place {LENGTH}: event {kept.event(LENGTH)} was changed", "the event has a MAC of its own"
    kept.tamper(f"update event set act = 'act_{LENGTH - 1}' where id = {kept.event(LENGTH)}")
    assert kept.bad is None, "otherwise the tests above prove nothing"


# --- what the bot itself would have signed ----------------------------------------------------------------------------


def chains(kept: Trail, reached: trail.Ends | None = None) -> list[str]:
    """Chain what waits; return what is refused."""
    found = kept.desk.run_now(lambda session: trail.chain(session, reached or {}))
    return [told(one) or "" for one in found.refused]


def test_an_inserted_event_is_not_chained_and_the_others_are(kept: Trail) -> None:
    kept.tamper(INSERTED.format(tenant=kept.world.tenant, sealed="false"))
    slipped_in = scalar(kept.desk, "select id from event where act = 'signed'")
    record(kept.desk, kept.world, 2)
    told_of = f"event {slipped_in} was not recorded by this bot"

    assert chains(kept) == [told_of]
    assert kept.bad == told_of
    assert scalar(kept.desk, "select max(place) from event_seal") == LENGTH + 2


def test_inserted_events_do_not_hold_up_the_others(kept: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "BATCH", 2)
    for _ in range(5):
        kept.tamper(INSERTED.format(tenant=kept.world.tenant, sealed="false"))
    record(kept.desk, kept.world, 1)

    assert len(chains(kept)) == 5
    assert scalar(kept.desk, "select max(place) from event_seal") == LENGTH + 1


@pytest.mark.parametrize("column", EDITS)
def test_an_event_edited_before_it_was_chained_is_not(kept: Trail, column: str) -> None:
    record(kept.desk, kept.world, 1)
    event = scalar(kept.desk, "select max(id) from event")
    kept.tamper(f"update event set {column} = {EDITS[column]} where id = {event}")

    assert chains(kept) == [f"event {event} was not recorded by this bot"]


def test_an_event_copied_with_its_mac_is_not_chained(kept: Trail) -> None:
    columns = "tenant_id, at, actor, act, case_id, filled_id, item_id, revision, detail, mac"
    copy = f"insert into event ({columns}, sealed) select {columns}, false from event where id = {kept.event(3)}"
    with pytest.raises((sqlite3.IntegrityError, psycopg.errors.UniqueViolation)):
        kept.tamper(copy)
    kept.tamper("drop index ix_event_mac", count=None)
    kept.tamper(copy)
    event = scalar(kept.desk, "select max(id) from event")

    try:
        assert chains(kept) == [f"event {event} was not recorded by this bot"]
        assert kept.bad == f"event {event} was not recorded by this bot"
    finally:
        kept.tamper(
            f"delete from event where id = {event}",
            "create unique index ix_event_mac on event (mac) where mac <> ''",
            count=None,
        )


ALL_OF_IT = (
    "delete from event_seal",
    "delete from trail_end",
    "delete from trail_head",
    "update event set sealed = false",
)


def test_a_forgery_is_not_signed_after_its_chain_was_taken_away(kept: Trail) -> None:
    event = kept.event(5)
    kept.tamper(*ALL_OF_IT, f"update event set actor = 'person:999' where id = {event}", count=None)

    assert chains(kept) == [f"event {event} was not recorded by this bot"]
    assert kept.bad == f"event {event} was not recorded by this bot"


def test_a_chain_that_was_taken_away_is_not_begun_anew(kept: Trail) -> None:
    reached = kept.desk.run_now(lambda session: {kept.world.tenant: trail.end_of_chain(session, kept.world.tenant)})
    event = kept.event(5)
    kept.tamper(*ALL_OF_IT, f"delete from event where id = {event}", count=None)

    assert chains(kept, reached) == ["its chain ends at place 0 and not where it did"]
    assert scalar(kept.desk, "select count(*) from event_seal") == 0


def test_an_end_that_was_cut_off_is_missed_by_its_mark(kept: Trail) -> None:
    mark = "create table old_mark as select * from trail_end"
    kept.tamper(mark, count=None)
    record(kept.desk, kept.world, 2)
    assert chains(kept) == []
    reached = kept.desk.run_now(lambda session: {kept.world.tenant: trail.end_of_chain(session, kept.world.tenant)})
    last = kept.event(LENGTH + 2)
    kept.tamper(f"delete from event where id = {last}", f"delete from event_seal where event_id = {last}")
    record(kept.desk, kept.world, 1)
    gone_back = f"its chain ends at place {LENGTH + 1} and not where it did"

    assert chains(kept) == [gone_back]
    assert kept.bad == gone_back
    first = kept.event(LENGTH + 1)
    kept.tamper(f"delete from event where id = {first}", f"delete from event_seal where event_id = {first}")
    kept.tamper("delete from trail_end", "insert into trail_end select * from old_mark")
    kept.tamper("drop table old_mark", count=None)
    assert chains(kept, reached) == [f"its chain ends at place {LENGTH} and not where it did"], "brought back too"


def test_a_mark_nobody_could_make_is_refused(kept: Trail) -> None:
    kept.tamper("update trail_end set mac = 'åäö'")

    assert kept.bad == f"its chain ends at place {LENGTH} and not where it did"


# --- what is left of it, and what can be read ------------------------------------------------------------------------


def test_a_trail_that_was_emptied_beside_its_cases_is_not_whole(kept: Trail) -> None:
    kept.tamper(*(f"delete from {table}" for table in ("event_seal", "trail_end", "trail_head", "event")), count=None)

    bad = verdict(kept.desk, kept.world).bad
    assert bad is not None
    assert bad.code == Code.TRAIL_WENT_BACK


def test_the_first_place_with_a_value_that_is_none_is_named(kept: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    if kept.desk.dialect == "postgresql":
        pytest.skip("PostgreSQL refuses such a value")
    monkeypatch.setattr(trail, "BATCH", 3)

    def bad() -> Fault | None:
        return verdict(kept.desk, kept.world).bad

    assert bad() is None
    kept.tamper(f"update event set at = at || 'q' where id = {kept.event(5)}")
    assert bad() == fault(Code.EVENT_CHANGED, place=5, event=kept.event(5))
    kept.tamper(f"update event set act = 'denied' where id = {kept.event(4)}")
    assert bad() == fault(Code.EVENT_CHANGED, place=4, event=kept.event(4)), "the first of them is named"
