"""Inbox and outbox: activities processed once, repeats get the same reply, messages sent by one process only."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from storage import arrivals, inbox, outbox, people, replicas
from storage.desk import Desk, Session
from storage.inbox import InboxRow
from storage.outbox import OutboxRow
from storage.people import RoleRow
from storage.prepared import Ready
from storage.sealing import SealBroken
from tests.sql.conftest import NOW, OpenDesk, World, change, chat_with, make_world, on_postgresql, scalar
from tests.waiting import PATIENCE

HOLD = timedelta(seconds=60)


def keep(
    desk: Desk, world: World, activity: str, press: str | None = None, *, chat: str = "chat", reply: str = "{}"
) -> None:
    def work(session: Session) -> None:
        row = InboxRow(
            tenant_id=world.tenant,
            channel_id=chat,
            activity_id=activity,
            digest="digest",
            press=press,
            case_id=world.case,
            reply=b"",
            at=NOW,
        )
        inbox.keep(session, row, reply)

    desk.run_now(work)


def newest(desk: Desk, world: World, activity: str, press: str | None = None, *, chat: str = "chat") -> str | None:
    """Return the chat's newest stored reply as the first query of a turn finds it."""

    def work(session: Session) -> str | None:
        found = arrivals.find(session, "made-up-one", "object-one", NOW.date(), chat, activity, press, with_newest=True)
        assert found is not None
        return found.newest.activity_id if found.newest is not None else None

    seen(desk, world, activity, press)  # gives the world's person a role
    return desk.run_now(work)


def seen(desk: Desk, world: World, activity: str, press: str | None) -> tuple[str | None, str | None]:
    """Return the earlier replies found for the same activity and for the same press of the world's person."""

    def work(session: Session) -> tuple[str | None, str | None]:
        if not people.roles_on(session, world.person, NOW.date()):
            row = RoleRow(tenant_id=world.tenant, person_id=world.person, unit_id=world.unit, role="case_worker")
            people.save_role(session, row)
        found = arrivals.find(session, "made-up-one", "object-one", NOW.date(), "chat", activity, press)
        assert found is not None
        return found.same.activity_id if found.same else None, found.pressed.activity_id if found.pressed else None

    return desk.run_now(work)


# --- inbox -----------------------------------------------------------------------------------------------------------


def test_an_activity_is_kept_once(desk: Desk, world: World) -> None:
    keep(desk, world, "1", reply="first")

    with pytest.raises(IntegrityError):
        keep(desk, world, "1", reply="second")

    row = desk.run_now(lambda session: inbox.by_activity(session, world.tenant, "chat", "1"))
    assert row is not None
    assert desk.run_now(lambda session: inbox.reply_of(session, row)) == "first"


def test_the_same_activity_id_in_another_chat_or_municipality_is_another_activity(desk: Desk, world: World) -> None:
    other = desk.run_now(lambda session: make_world(session, "two"))
    keep(desk, world, "1")
    keep(desk, world, "1", chat="other chat")
    keep(desk, other, "1")

    assert scalar(desk, "select count(*) from inbox") == 3
    assert desk.run_now(lambda session: inbox.by_activity(session, world.tenant, "no such chat", "1")) is None


def test_the_newest_of_a_chat_are_found_also_from_one_of_them_on(desk: Desk, world: World) -> None:
    for activity in ("1", "2", "3"):
        keep(desk, world, activity)
    keep(desk, world, "of another chat", chat="other chat")

    def found(count: int, up_to: int | None = None) -> list[tuple[str, int]]:
        def work(session: Session) -> list[tuple[str, int]]:
            rows = inbox.newest_few(session, world.tenant, "chat", count, up_to)
            return [(row.activity_id, row.id) for row in rows]

        return desk.run_now(work)

    names = dict(found(9))
    assert list(names) == ["3", "2", "1"]
    assert [name for name, _ in found(9, names["2"])] == ["2", "1"]
    assert [name for name, _ in found(1, names["3"])] == ["3"]
    assert [name for name, _ in found(2, 2**31 - 1)] == ["3", "2"]
    assert found(9, 0) == []


def test_a_press_is_kept_once_whatever_its_activity(desk: Desk, world: World) -> None:
    keep(desk, world, "1", "press")

    with pytest.raises(IntegrityError):
        keep(desk, world, "2", "press")
    assert scalar(desk, "select count(*) from inbox") == 1


def test_activities_other_than_presses_never_count_as_the_same_press(desk: Desk, world: World) -> None:
    keep(desk, world, "1", None)
    keep(desk, world, "2", None)

    assert seen(desk, world, "2", None) == ("2", None)
    assert seen(desk, world, "3", None) == (None, None)


def test_repeated_activities_and_repeated_presses_are_found_and_distinguished(desk: Desk, world: World) -> None:
    other = desk.run_now(lambda session: make_world(session, "two"))
    keep(desk, world, "1", "press one")
    keep(desk, world, "2", "press two")
    keep(desk, other, "3", "press three")

    assert seen(desk, world, "1", "press one") == ("1", "1")
    assert seen(desk, world, "1", "press two") == ("1", "2")
    assert seen(desk, world, "9", "press two") == (None, "2")
    assert seen(desk, world, "2", None) == ("2", None)
    assert seen(desk, world, "3", "press three") == (None, None)


def test_the_newest_of_a_chat_is_found(desk: Desk, world: World) -> None:
    for activity, chat in (("1", "chat"), ("2", "chat"), ("3", "other")):
        keep(desk, world, activity, chat=chat)

    newest = desk.run_now(lambda session: inbox.newest_in(session, world.tenant, "chat"))
    assert newest is not None
    assert newest.activity_id == "2"
    assert desk.run_now(lambda session: inbox.newest_in(session, world.tenant, "silent")) is None


def test_the_first_query_of_a_turn_finds_the_newest_of_its_chat_beside_what_it_repeats(
    desk: Desk, world: World
) -> None:
    other = desk.run_now(lambda session: make_world(session, "two"))
    assert newest(desk, world, "1") is None
    for activity, chat, press in (("1", "chat", "one"), ("2", "chat", None), ("3", "other", None)):
        keep(desk, world, activity, press, chat=chat)
    keep(desk, other, "4")

    assert newest(desk, world, "9") == "2"
    assert newest(desk, world, "1", "one") == "2"
    assert seen(desk, world, "1", "one") == ("1", "1")
    assert newest(desk, world, "9", chat="other") == "3"
    assert newest(desk, world, "9", chat="silent") is None


def test_sqlite_finds_who_it_is_without_going_through_everybody(desk: Desk) -> None:
    if desk.dialect != "sqlite":
        pytest.skip("its plans follow what it has counted")
    named = {"tenant": "t", "object_id": "o", "channel_id": "c", "activity_id": "1", "press": "p", "newest_of": "c"}

    def work(session: Session) -> list[str]:
        ready = Ready(arrivals._ARRIVAL, session.connection().dialect)
        values = ready.parameters({**named, "day": NOW.date()})
        return [row[3] for row in session.connection().exec_driver_sql("explain query plan " + ready.sql, values)]

    plan = desk.run_now(work)
    assert [step for step in plan if step.startswith("SCAN") and not step.startswith("SCAN tenant")] == []
    assert [step for step in plan if step.endswith("(tenant_id=?)")] == [], "the whole inbox of a tenant"
    assert any("ix_inbox_newest" in step for step in plan), "every reply of a chat"


def test_a_reply_moved_to_another_activity_does_not_open(desk: Desk, world: World) -> None:
    keep(desk, world, "1")
    keep(desk, world, "2")
    mine = "(select reply from inbox where activity_id = '1')"
    assert change(desk, f"update inbox set reply = {mine} where activity_id = '2'") == 1

    def work(session: Session) -> str:
        row = inbox.by_activity(session, world.tenant, "chat", "2")
        assert row is not None
        return inbox.reply_of(session, row)

    with pytest.raises(SealBroken):
        desk.run_now(work)


def test_a_digest_distinguishes_parts_and_needs_the_key(desk: Desk, open_desk: OpenDesk) -> None:
    def digest(at: Desk, *parts: str) -> str:
        return at.run_now(lambda session: inbox.digest(session, parts))

    other = open_desk({"first": b"x" * 32})
    assert digest(desk, "press", "ja") == digest(open_desk(), "press", "ja")
    assert len({digest(desk, "press", "ja"), digest(desk, "pressj", "a"), digest(desk, "pressja")}) == 3
    assert digest(desk, "press", "ja") != digest(other, "press", "ja")


# --- outbox ----------------------------------------------------------------------------------------------------------


def put(desk: Desk, world: World, count: int = 1, *, once: str | None = None, in_seconds: int = 0) -> None:
    def work(session: Session) -> None:
        chat = chat_with(session, world)
        for number in range(count):
            row = OutboxRow(
                tenant_id=world.tenant,
                kind="update",
                conversation_id=chat.id,
                case_id=world.case,
                nonce=uuid4().hex,
                view=b"",
                once=once,
                due_at=NOW + timedelta(seconds=in_seconds),
                created_at=NOW + timedelta(seconds=number),
            )
            outbox.put(session, row, f"view {number}")

    desk.run_now(work)


def lease(desk: Desk, seconds: float = 0, most: int = 10, replica: str = "") -> list[int]:
    """Lease rows `seconds` after NOW and return their ids."""
    now = NOW + timedelta(seconds=seconds)
    return desk.run_now(lambda session: [row.id or 0 for row in outbox.lease(session, now, HOLD, most, replica)])


def test_a_leased_row_is_exclusive_until_the_lease_expires(desk: Desk, open_desk: OpenDesk, world: World) -> None:
    put(desk, world, 2)
    first = lease(desk, 0)
    assert len(first) == 2
    other = open_desk()

    assert lease(other, 0) == lease(other, 59.999) == []
    assert lease(other, 60) == first
    assert lease(desk, 119.999) == []
    assert scalar(desk, "select min(attempts) from outbox") == scalar(desk, "select max(attempts) from outbox") == 2


def test_rows_are_leased_oldest_first_up_to_the_limit(desk: Desk, world: World) -> None:
    put(desk, world, 5)

    taken = [lease(desk, most=2) for _ in range(4)]

    assert [len(ids) for ids in taken] == [2, 2, 1, 0]
    in_order = [row_id for ids in taken for row_id in ids]
    assert in_order == sorted(in_order)


def test_a_row_is_not_leased_before_it_is_due(desk: Desk, world: World) -> None:
    put(desk, world, in_seconds=30)

    assert lease(desk, 29.999) == []
    assert len(lease(desk, 30)) == 1


@pytest.mark.parametrize("state", [outbox.SENT, outbox.UNCERTAIN, outbox.STOPPED])
def test_a_finished_row_is_not_leased_again(desk: Desk, world: World, state: str) -> None:
    put(desk, world)
    change(desk, "update outbox set state = :state", state=state)

    assert lease(desk, 3600) == []
    assert outbox.WAITING not in desk.run_now(outbox.oldest)


def test_a_lease_ends_with_its_replica(desk: Desk, world: World) -> None:
    put(desk, world, 2)
    desk.run_now(lambda session: replicas.beat(session, "living"))
    desk.run_now(lambda session: replicas.beat(session, "stopping"))
    assert len(lease(desk, most=1, replica="stopping")) == 1
    assert len(lease(desk, replica="living")) == 1
    assert lease(desk, replica="living") == []

    desk.run_now(lambda session: replicas.leave(session, "stopping"))

    assert len(lease(desk, replica="living")) == 1


def test_a_replica_that_is_not_heard_of_for_ten_seconds_is_gone(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert desk.run_now(lambda session: replicas.beat(session, "first")) == 1
    assert desk.run_now(lambda session: replicas.beat(session, "second")) == 2
    put(desk, world)
    assert len(lease(desk, replica="first")) == 1

    monkeypatch.setattr(replicas, "GONE_AFTER", timedelta(0))

    assert len(lease(desk, replica="second")) == 1
    assert desk.run_now(lambda session: replicas.beat(session, "second")) == 0, "even itself, when no time is given"


def test_what_a_dead_replica_was_sending_is_uncertain_at_once(desk: Desk, world: World) -> None:
    put(desk, world)
    desk.run_now(lambda session: replicas.beat(session, "dying"))
    (row_id,) = lease(desk, replica="dying")

    def sends(session: Session) -> None:
        row = outbox.begin(session, row_id, 1, NOW)
        assert row is not None
        row.state = outbox.SENDING

    desk.run_now(sends)
    assert desk.run_now(lambda session: outbox.mark_interrupted(session, NOW)) == 0
    desk.run_now(lambda session: replicas.leave(session, "dying"))

    assert desk.run_now(lambda session: outbox.mark_interrupted(session, NOW)) == 1
    assert scalar(desk, "select state from outbox") == outbox.UNCERTAIN


def test_a_lease_that_is_given_back_was_no_attempt_to_send(desk: Desk, world: World) -> None:
    put(desk, world, 2)
    first, second = lease(desk)
    desk.run_now(lambda session: outbox.begin(session, second, 1, NOW))

    desk.run_now(lambda session: outbox.release(session, [(first, 1), (second, 7)]))

    assert lease(desk) == [first], "another attempt's lease is not given back"
    assert scalar(desk, f"select sends from outbox where id = {first}") == 0
    assert scalar(desk, f"select sends from outbox where id = {second}") == 1


def test_a_rolled_back_lease_has_no_effect(desk: Desk, world: World) -> None:
    put(desk, world)

    def work(session: Session) -> None:
        assert outbox.lease(session, NOW, HOLD, 10, "")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        desk.run_now(work)
    assert len(lease(desk)) == 1


@on_postgresql
def test_a_row_locked_by_another_worker_is_skipped(desk: Desk, open_desk: OpenDesk, world: World) -> None:
    put(desk, world, 5)
    other = open_desk()

    def work(session: Session) -> tuple[list[int], list[int]]:
        mine = [row.id or 0 for row in outbox.lease(session, NOW, HOLD, 3, "")]
        session.flush()
        return mine, lease(other)

    mine, theirs = desk.run_now(work)
    assert (len(mine), len(theirs)) == (3, 2)
    assert not set(mine) & set(theirs)


def test_two_workers_never_take_the_same_row(desk: Desk, open_desk: OpenDesk, world: World) -> None:
    put(desk, world, 60)
    together = threading.Barrier(2, timeout=PATIENCE)

    def take_all(at: Desk) -> list[int]:
        taken: list[int] = []
        together.wait()
        while ids := lease(at, most=3):
            taken += ids
        return taken

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(take_all, at) for at in (desk, open_desk())]
        mine, theirs = (one.result(timeout=PATIENCE) for one in running)

    assert len(mine + theirs) == len(set(mine + theirs)) == 60


def test_what_must_be_said_once_is_stored_once(desk: Desk, world: World) -> None:
    put(desk, world, once="2026-05-12:chef:LUCKOR")

    with pytest.raises(IntegrityError):
        put(desk, world, once="2026-05-12:chef:LUCKOR")
    put(desk, world, 2, once=None)
    assert scalar(desk, "select count(*) from outbox") == 3


def test_a_view_comes_back_as_it_was_put_in(desk: Desk, open_desk: OpenDesk, world: World) -> None:
    put(desk, world)
    (row_id,) = lease(desk)

    def work(session: Session) -> str:
        row = outbox.get(session, row_id)
        assert row is not None
        return outbox.view_of(session, row)

    assert open_desk().run_now(work) == "view 0"


def test_the_age_of_the_oldest_waiting_message_is_reported(desk: Desk, world: World) -> None:
    assert desk.run_now(outbox.oldest) == {}
    put(desk, world, 3)
    assert desk.run_now(outbox.oldest) == {outbox.WAITING: NOW}
    change(desk, "update outbox set state = 'sent' where id = (select min(id) from outbox)")
    assert desk.run_now(outbox.oldest) == {outbox.WAITING: NOW + timedelta(seconds=1)}
