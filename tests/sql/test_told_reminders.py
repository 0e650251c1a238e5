"""Reminders already sent, the progress of a sweep, and outbox leases, on both databases."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from storage import conversations, outbox, told_reminders
from storage.desk import Desk, Session
from storage.outbox import OutboxRow
from storage.told_reminders import SnoozeRow, ToldRow
from tests.sql.conftest import NOW, OpenDesk, World, change, chat_with, scalar

HOLD = timedelta(seconds=60)
DAY = date(2026, 5, 12)
NEXT = date(2026, 5, 13)


def told(world: World, mark: str = "m", day: date = DAY, bundle: str = "") -> ToldRow:
    return ToldRow(
        tenant_id=world.tenant,
        person_id=world.person,
        rule="LUCKOR",
        case_id=world.case,
        mark=mark,
        day=day,
        bundle=bundle or f"reminder:{world.person}:{day}",
    )


def put(desk: Desk, world: World, once: str | None = None, rank: int = outbox.URGENT, **more: Any) -> int:
    def work(session: Session) -> int:
        chat = chat_with(session, world, "a:anna")
        row = OutboxRow(
            tenant_id=world.tenant,
            kind="reminder",
            conversation_id=chat.id,
            nonce=uuid4().hex,
            view=b"",
            once=once,
            rank=rank,
            due_at=NOW,
            created_at=NOW,
            **more,
        )
        outbox.put(session, row, "{}")
        session.flush()
        return row.id or 0

    return desk.run_now(work)


def leased(desk: Desk, seconds: float = 0) -> list[tuple[int, int]]:
    now = NOW + timedelta(seconds=seconds)
    return desk.run_now(lambda s: [(row.id or 0, row.attempts) for row in outbox.lease(s, now, HOLD, 10, "")])


def begins(desk: Desk, row: int, attempt: int, seconds: float = 0) -> bool:
    now = NOW + timedelta(seconds=seconds)

    def work(session: Session) -> bool:
        found = outbox.begin(session, row, attempt, now)
        if found is not None:
            found.state = outbox.SENDING
        return found is not None

    return desk.run_now(work)


def settles(desk: Desk, row: int, attempt: int, state: str = outbox.SENT) -> bool:
    return desk.run_now(lambda session: outbox.settle(session, row, attempt, state))


# --- leases ------------------------------------------------------------------------------------------------


def test_an_old_lease_neither_begins_nor_settles_anything(desk: Desk, open_desk: OpenDesk, world: World) -> None:
    row = put(desk, world)
    assert leased(desk) == [(row, 1)]
    assert leased(open_desk(), 61) == [(row, 2)]

    assert not begins(desk, row, 1, 62)
    assert not settles(desk, row, 1)
    assert begins(desk, row, 2, 62)
    assert settles(desk, row, 2)
    assert not settles(desk, row, 2, outbox.WAITING)
    assert scalar(desk, "select state from outbox") == outbox.SENT


def test_an_expired_lease_begins_nothing(desk: Desk, world: World) -> None:
    row = put(desk, world)
    leased(desk)

    assert not begins(desk, row, 1, 60)
    assert begins(desk, row, 1, 59)


def test_a_message_being_sent_when_its_worker_died_stays_uncertain(desk: Desk, world: World) -> None:
    row = put(desk, world)
    leased(desk)
    assert begins(desk, row, 1)

    def give_up(seconds: float) -> int:
        now = NOW + timedelta(seconds=seconds)
        return desk.run_now(lambda session: outbox.mark_interrupted(session, now))

    assert (give_up(59), leased(desk, 59)) == (0, [])
    assert (give_up(60), leased(desk, 9999)) == (1, [])
    assert scalar(desk, "select state from outbox") == outbox.UNCERTAIN
    assert settles(desk, row, 1), "a late outcome of the same attempt counts"
    assert desk.run_now(outbox.counts) == {outbox.SENT: 1}


def test_urgent_messages_go_before_reminders(desk: Desk, world: World) -> None:
    slow, quick = put(desk, world, rank=outbox.NOT_URGENT), put(desk, world)

    assert [row for row, _ in leased(desk)] == [quick, slow]


# --- told --------------------------------------------------------------------------------------------------


def test_an_occasion_is_told_to_a_person_once(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: told_reminders.tell(session, told(world)))

    with pytest.raises(IntegrityError):
        desk.run_now(lambda session: told_reminders.tell(session, told(world, day=NEXT)))
    desk.run_now(lambda session: told_reminders.tell(session, told(world, "other")))
    found = desk.run_now(lambda session: told_reminders.told_about(session, [world.case]))
    assert set(found) == {(world.person, "LUCKOR", world.case, mark) for mark in ("m", "other")}


def test_bundles_are_listed_until_they_have_a_message(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: told_reminders.tell(session, told(world)))
    desk.run_now(lambda session: told_reminders.tell(session, told(world, "second")))

    def waiting(day: date = DAY) -> list[tuple[int, str]]:
        rows = desk.run_now(lambda session: told_reminders.bundles_without_message(session, world.tenant, day, 9))
        return [(person, bundle) for person, bundle in rows]

    bundle = f"reminder:{world.person}:{DAY}"
    assert waiting() == [(world.person, bundle)]
    assert waiting(NEXT) == []
    put(desk, world, bundle)
    assert waiting() == []


@pytest.mark.parametrize(
    ("state", "left", "then"),
    [
        (outbox.WAITING, 0, outbox.DROPPED),
        (outbox.UNCERTAIN, 0, outbox.UNCERTAIN),
        (outbox.STOPPED, 0, outbox.STOPPED),
        (outbox.SENT, 1, outbox.SENT),
        (outbox.GONE, 1, outbox.GONE),
        (outbox.SENDING, 1, outbox.SENDING),
    ],
)
def test_what_an_earlier_day_did_not_tell_for_certain_may_be_told_again(
    desk: Desk, world: World, state: str, left: int, then: str
) -> None:
    desk.run_now(lambda session: told_reminders.tell(session, told(world)))
    put(desk, world, f"reminder:{world.person}:{DAY}", state=state)

    desk.run_now(lambda session: told_reminders.take_back_unsent(session, world.tenant, DAY))
    assert scalar(desk, "select count(*) from told") == 1
    desk.run_now(lambda session: told_reminders.take_back_unsent(session, world.tenant, NEXT))

    assert scalar(desk, "select count(*) from told") == left
    assert scalar(desk, "select state from outbox") == then


def test_a_sweep_is_begun_once_and_remembers_how_far_it_came(desk: Desk, open_desk: OpenDesk, world: World) -> None:
    desk.run_now(lambda session: told_reminders.begin_sweep(session, world.tenant, DAY, NOW))
    with pytest.raises(IntegrityError):
        open_desk().run_now(lambda session: told_reminders.begin_sweep(session, world.tenant, DAY, NOW))
    change(desk, "update sweep set reached = 7")

    def reached(session: Session) -> int:
        row = told_reminders.sweep(session, world.tenant, DAY)
        assert row is not None
        return row.reached

    assert open_desk().run_now(reached) == 7
    assert desk.run_now(lambda session: told_reminders.sweep(session, world.tenant, NEXT)) is None


def test_a_sweep_whose_day_or_end_cannot_be_read_hides_no_other(desk: Desk, world: World) -> None:
    if desk.dialect == "postgresql":
        pytest.skip("PostgreSQL refuses such values")
    for day in (DAY, NEXT):
        desk.run_now(partial(told_reminders.begin_sweep, tenant_id=world.tenant, day=day, at=NOW))
    change(desk, "update sweep set done_at = '2026-01-02 08:00:00.000000'")
    assert desk.run_now(told_reminders.last_sweep) == datetime(2026, 1, 2, 8, tzinfo=UTC)
    change(desk, f"update sweep set done_at = 'nonsense', day = '2026-12-32' where day = '{NEXT}'")

    assert desk.run_now(told_reminders.last_sweep) == datetime(2026, 1, 2, 8, tzinfo=UTC)
    later = date(2031, 1, 1)
    before = desk.run_now(lambda session: told_reminders.swept_before(session, world.tenant, later))
    assert before == DAY


def test_what_is_put_off_comes_on_its_day_and_is_then_forgotten(desk: Desk, world: World) -> None:
    def row() -> SnoozeRow:
        return SnoozeRow(person_id=world.person, bundle="b", tenant_id=world.tenant, until=NEXT)

    for _ in range(2):
        desk.run_now(lambda session: told_reminders.snooze(session, row()))

    assert desk.run_now(lambda session: told_reminders.snoozed(session, world.tenant, DAY)) == set()
    assert desk.run_now(lambda session: told_reminders.snoozed(session, world.tenant, NEXT)) == {"b"}
    desk.run_now(lambda session: told_reminders.forget_snoozed(session, world.tenant, NEXT))
    assert scalar(desk, "select count(*) from snooze") == 0


def test_closed_cases_are_swept_only_for_their_follow_up(desk: Desk, world: World) -> None:
    def swept() -> int:
        return len(desk.run_now(lambda s: told_reminders.cases_after(s, world.tenant, 0, 10, date(2026, 1, 1))[0]))

    assert swept() == 1
    change(desk, "update cases set closed_on = '2026-03-01', decided_on = '2025-12-31'")
    assert swept() == 0
    change(desk, "update cases set decided_on = '2026-01-01'")
    assert swept() == 1
    assert desk.run_now(lambda s: told_reminders.cases_after(s, world.tenant, world.case, 10, DAY)) == ([], ())


def test_people_whose_chats_are_all_gone_are_counted(desk: Desk, world: World) -> None:
    put(desk, world)
    assert desk.run_now(conversations.unreachable_people) == 0
    change(desk, "update conversation set unreachable_at = :at", at="2026-05-12 08:00:00+00:00")
    assert desk.run_now(conversations.unreachable_people) == 1
    chats = desk.run_now(lambda session: conversations.of_person(session, world.person))
    assert conversations.reachable(chats) is None
