"""The trail is append-only; its signed head reveals what the chain alone cannot; T17 in full."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select, update

from bot.background.chainer import Chainer, TrailRefused
from bot.clock import Clock
from storage import heads, migrate, trail, trail_marks
from storage.desk import Desk, Session
from storage.heads import BadHead, Head, HeadRow, read_head
from storage.sealing import Keys, keys_of
from storage.tables import METADATA
from storage.tenants import TenantRow
from storage.trail import ChainRow, EventRow
from tests.conftest import TRAIL
from tests.sql.conftest import KEYS, NOW, World, change, lift_guards, make_world, told, without_waiting_for_the_disk
from tests.sql.test_trail_chain import record, rehash

DAY, NEXT_DAY = date(2026, 5, 12), date(2026, 5, 13)
MANY = 10_000


def the_tenant(session: Session, world: World) -> TenantRow:
    return session.get_one(TenantRow, world.tenant)


def verdict(desk: Desk, world: World) -> str | None:
    return told(desk.run_now(lambda session: heads.verify_with_heads(session, the_tenant(session, world)).bad))


def sign(desk: Desk, day: date = DAY) -> int:
    return desk.run_now(lambda session: heads.sign_new(session, day))


def newest(desk: Desk, world: World) -> Head:
    head = desk.run_now(lambda session: heads.sign_now(session, the_tenant(session, world), DAY))
    assert head is not None
    return head


def since(desk: Desk, head: Head) -> str | None:
    return told(desk.run_now(lambda session: heads.verify_since(session, head)).bad)


@pytest.fixture
def sealed(desk: Desk, world: World) -> Desk:
    record(desk, world, 6)
    assert desk.run_now(trail.chain_new) == 6
    return desk


# --- append-only -----------------------------------------------------------------------------------------------------

REFUSED = {
    **{
        f"change {column}": f"update event set {column} = {column}"
        for column in [one.name for one in METADATA.tables["event"].columns]
        if column != "sealed"
    },
    "unseal an event": "update event set sealed = false",
    "delete an event": "delete from event",
    "change a seal": "update event_seal set hash = 'x'",
    "delete a seal": "delete from event_seal",
    "change a head": "update trail_head set place = 1",
    "delete a head": "delete from trail_head",
    "insert an event without a MAC": "insert into event (tenant_id, at, actor, act, item_id, detail, sealed) "
    "select tenant_id, at, actor, act, item_id, detail, false from event limit 1",
}
REPLACED = {
    "event": "insert or replace into event select * from event where id = (select max(id) from event)",
    "event by its MAC": "insert or replace into event (tenant_id, at, actor, act, item_id, detail, mac, sealed) "
    "select tenant_id, at, actor, 'other', item_id, detail, mac, sealed from event limit 1",
    "place": "insert or replace into event_seal select * from event_seal where place = 1",
    "place of an event": "insert or replace into event_seal select tenant_id, 99, event_id, master_id, hash "
    "from event_seal where place = 1",
    "head": "insert or replace into trail_head select * from trail_head",
}


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_the_database_itself_refuses_to(sealed: Desk, statement: str) -> None:
    sign(sealed)
    with pytest.raises(DBAPIError, match="the trail takes additions only"):
        change(sealed, statement)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("statement", REPLACED.values(), ids=REPLACED)
def test_the_database_itself_refuses_to_replace(sealed: Desk, statement: str) -> None:
    sign(sealed)
    with pytest.raises(DBAPIError, match="the trail takes additions only"):
        change(sealed, statement)


def test_the_database_refuses_to_empty_the_trail(sealed: Desk, world: World) -> None:
    if sealed.dialect == "postgresql":
        for table in ("event", "event_seal", "trail_head"):
            with pytest.raises(DBAPIError, match="the trail takes additions only"):
                change(sealed, f"truncate {table} cascade")
    assert verdict(sealed, world) is None


# --- the signed head -------------------------------------------------------------------------------------------------


def test_a_head_is_signed_once_a_day_and_never_of_nothing(desk: Desk, world: World) -> None:
    assert sign(desk) == 0
    record(desk, world, 2)
    desk.run_now(trail.chain_new)

    assert [sign(desk), sign(desk), sign(desk, NEXT_DAY)] == [1, 0, 1]
    signed = desk.run_now(lambda session: session.exec(select(HeadRow).order_by(col(HeadRow.day))).all())
    assert [(head.day, head.place) for head in signed] == [(DAY, 2), (NEXT_DAY, 2)]


def test_a_printed_head_is_read_back_and_holds_while_the_trail_goes_on(sealed: Desk, world: World) -> None:
    sign(sealed)
    kept = str(newest(sealed, world))
    record(sealed, world, 3)
    sealed.run_now(trail.chain_new)

    assert str(read_head(kept + "\n")) == kept
    assert newest(sealed, world).place == 9, "a head is of now, whatever was signed today"
    assert since(sealed, read_head(kept)) is None


def cut(session: Session, world: World, place: int) -> None:
    """Truncate the trail, events and seals together, as if the rest had never existed."""
    lift_guards(session)
    gone = select(ChainRow.event_id).where(ChainRow.place >= place)
    events = session.exec(gone).all()
    session.exec(sa.delete(ChainRow).where(col(ChainRow.place) >= place))
    session.exec(sa.delete(EventRow).where(col(EventRow.id).in_(events)))


def bring_back_the_mark(session: Session) -> None:
    """Put back the mark of an earlier time, as somebody could who had copied it then."""
    [tenant_id] = session.exec(select(ChainRow.tenant_id).distinct())
    trail_marks.put_end(session, keys_of(session), tenant_id, *trail.end_of_chain(session, tenant_id))


def test_an_end_cut_off_with_its_events_is_found_by_the_head_beside_it(sealed: Desk, world: World) -> None:
    sign(sealed)
    sealed.run_now(lambda session: cut(session, world, 5))

    assert verdict(sealed, world) == "its chain ends at place 4 and not where it did"
    sealed.run_now(bring_back_the_mark)
    assert verdict(sealed, world) == "place 5 is missing: on 2026-05-12 the trail reached place 6"


def test_an_end_cut_off_with_its_head_is_found_by_the_head_stored_elsewhere(sealed: Desk, world: World) -> None:
    sign(sealed)
    kept = newest(sealed, world)

    def work(session: Session) -> None:
        cut(session, world, 5)
        bring_back_the_mark(session)
        session.exec(sa.delete(HeadRow))

    sealed.run_now(work)
    assert verdict(sealed, world) is None, "nothing in the database reveals it"
    assert since(sealed, kept) == "place 5 is missing: on 2026-05-12 the trail reached place 6"

    record(sealed, world, 4)
    sealed.run_now(trail.chain_new)
    assert since(sealed, kept) == "place 6 is not what it was on 2026-05-12", "continuing hid the truncation"


@pytest.mark.parametrize(
    "changed",
    [
        {"place": 5},
        {"day": "2026-05-11"},
        {"hash": "0" * 64},
        {"signature": "0" * 64},
        {"signature": "åäö"},
    ],
    ids=str,
)
def test_a_head_with_anything_changed_was_not_signed_by_this_bot(
    sealed: Desk, world: World, changed: dict[str, str | int]
) -> None:
    sign(sealed)
    kept = newest(sealed, world)
    forged = replace(kept, **changed)  # type: ignore[arg-type]

    assert since(sealed, forged) == f"the head of {forged.day} was not signed by this bot"


def test_a_head_of_another_municipality_or_key_is_invalid(sealed: Desk, world: World) -> None:
    record(sealed, sealed.run_now(lambda session: make_world(session, "two")), 1)
    sign(sealed)
    kept = newest(sealed, world)

    assert since(sealed, replace(kept, tenant="made-up-two")) == "the head of 2026-05-12 was not signed by this bot"
    assert since(sealed, replace(kept, master_id="lost")) == (
        "the head of 2026-05-12 names a master key that is not configured"
    )
    with pytest.raises(BadHead, match="not in this database"):
        since(sealed, replace(kept, tenant="nowhere"))


@pytest.mark.parametrize("text", ["", "a:b:c", "t:2026-05-12:six:h:m:s", "t:2026-05-12:²:h:m:s"])
def test_an_invalid_head_is_rejected_with_an_explanation(text: str) -> None:
    with pytest.raises(BadHead, match="a head reads"):
        read_head(text)


async def test_the_sealer_signs_the_first_end_of_each_swedish_day(desk: Desk, world: World) -> None:
    clock = Clock(datetime(2026, 5, 12, 21, 0, tzinfo=UTC))  # 23:00 in Sweden
    chainer = Chainer(desk, clock)
    await chainer.chain()  # nothing to sign
    for _ in range(2):
        record(desk, world, 1)
        await chainer.chain()
    clock.advance(timedelta(hours=1, minutes=30))
    record(desk, world, 1)
    await chainer.chain()

    signed = desk.run_now(lambda session: session.exec(select(HeadRow).order_by(col(HeadRow.day))).all())
    assert [(head.day, head.place) for head in signed] == [(DAY, 1), (NEXT_DAY, 3)]


async def test_a_chainer_that_runs_says_so_when_the_chain_was_cut_and_chains_on_for_others(
    desk: Desk, world: World
) -> None:
    chainer = Chainer(desk, Clock(NOW))
    other = desk.run_now(lambda session: make_world(session, "two"))
    record(desk, world, 6)
    await chainer.chain()

    def work(session: Session) -> None:
        cut(session, world, 5)
        bring_back_the_mark(session)

    desk.run_now(work)
    record(desk, world, 1)
    record(desk, other, 1)
    with pytest.raises(TrailRefused, match="its chain ends at place 4"):
        await chainer.chain()

    ends = [desk.run_now(partial(trail.end_of_chain, tenant_id=one.tenant))[0] for one in (world, other)]
    assert ends == [4, 1]


# --- T17: ten thousand events ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def long_trail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, World]]:
    desk = without_waiting_for_the_disk(
        Desk(f"sqlite:///{tmp_path_factory.mktemp('long') / 'bot.db'}", Keys(KEYS, TRAIL))
    )
    migrate.upgrade(desk)
    world = desk.run_now(make_world)
    add_many(desk, world, MANY)
    yield desk, world
    desk.close()


def add_many(desk: Desk, world: World, count: int) -> None:
    record(desk, world, count)
    while desk.run_now(trail.chain_new):
        pass
    desk.run_now(lambda session: heads.sign_new(session, DAY))


def edit(session: Session) -> None:
    session.exec(update(EventRow).where(col(EventRow.id) == 5_000).values(act="nothing"))


def delete(session: Session) -> None:
    session.exec(sa.delete(EventRow).where(col(EventRow.id) == 5_000))


def swap(session: Session) -> None:
    for now, then in ((5_000, -1), (5_001, 5_000), (-1, 5_001)):
        session.exec(update(EventRow).where(col(EventRow.id) == now).values(id=then))


def truncate(session: Session) -> None:
    for table, column in ((ChainRow, ChainRow.event_id), (EventRow, EventRow.id)):
        session.exec(sa.delete(table).where(col(column) > 9_990))


def insert(session: Session) -> None:
    row = EventRow(tenant_id=1, at=NOW, actor="person:1", act="signed", chained=True)
    session.add(row)


def hash_anew(session: Session) -> None:
    rehash(Keys(KEYS, b"x" * 32), 5_000)(session)


class RolledBack(Exception):
    """Rolls back a tampering, and carries the result of verification."""


@pytest.mark.parametrize(
    ("tampers", "bad"),
    [
        (edit, "place 5000: event 5000 was changed"),
        (delete, "place 5000: event 5000 is missing"),
        (swap, "place 5000: event 5000 was changed"),
        (truncate, "its chain ends at place 9990 and not where it did"),
        (insert, "event 10001 has lost its place"),
        (hash_anew, "place 5000: event 5000 was changed"),
    ],
)
def test_the_first_bad_row_of_ten_thousand_is_named(
    long_trail: tuple[Desk, World], tampers: Callable[[Session], None], bad: str
) -> None:
    desk, world = long_trail

    def work(session: Session) -> None:
        connection = session.connection()
        connection.execute(sa.text("pragma defer_foreign_keys = on"))
        lift_guards(session)
        tampers(session)
        session.flush()
        found = heads.verify_with_heads(session, session.get_one(TenantRow, world.tenant))
        raise RolledBack(told(found.bad))

    with pytest.raises(RolledBack) as said:
        desk.run_now(work)
    assert said.value.args[0] == bad
    assert verdict(desk, world) is None, "the tampering was not rolled back"
