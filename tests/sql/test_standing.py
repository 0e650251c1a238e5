"""How things stand, read from both databases, and as the gauges show it."""

from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlmodel import select

from bot.metrics import Metrics
from storage import outbox, projection_queue, standing, told_reminders, trail
from storage.conversations import ConversationRow
from storage.desk import Desk, Session
from storage.outbox import OutboxRow
from storage.standing import Standing
from tests.sql.conftest import NOW, World, chat_with, lift_guards

LATER = NOW + timedelta(hours=2)


def put(session: Session, world: World, state: str, created_at: datetime) -> None:
    row = OutboxRow(
        tenant_id=world.tenant,
        kind="update",
        conversation_id=chat_with(session, world).id,
        nonce=f"{state} {created_at}",
        view=b"",
        state=state,
        due_at=created_at,
        created_at=created_at,
    )
    outbox.put(session, row, "{}")


def read(desk: Desk) -> Standing:
    return desk.read_now(lambda session: standing.read(session, LATER))


def test_where_only_a_case_was_opened_everything_is_none_or_nothing(desk: Desk, world: World) -> None:
    assert read(desk) == Standing(
        messages=dict.fromkeys(outbox.STATES, 0),
        oldest_message=dict.fromkeys(outbox.OPEN_STATES, 0.0),
        unreachable_people=0,
        last_sweep=None,
        unchained_events=0,
        oldest_unchained=0.0,
        waiting_changes=1,  # the case itself
        late=frozenset({"sweep"}),  # the office has been open since eight
    )


def happens(session: Session, world: World) -> None:
    """Have one thing of each kind happen, at different times."""
    for state, minutes in ((outbox.WAITING, 5), (outbox.WAITING, 3), (outbox.UNCERTAIN, 60), (outbox.SENT, 90)):
        put(session, world, state, LATER - timedelta(minutes=minutes))
    session.exec(select(ConversationRow)).one().unreachable_at = NOW
    told_reminders.begin_sweep(session, world.tenant, NOW.date(), NOW)
    told_reminders.begin_sweep(session, world.tenant, NOW.date() - timedelta(days=1), NOW).done_at = NOW
    trail.record(session, world.tenant, LATER - timedelta(seconds=7), "cli:made-up", "export")
    trail.record(session, world.tenant, LATER - timedelta(seconds=2), "cli:made-up", "export")
    projection_queue.enqueue(session, case_id=world.case)


def test_counts_and_ages_are_those_of_what_is_there(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: happens(session, world))
    found = read(desk)

    assert {state: count for state, count in found.messages.items() if count} == {
        outbox.WAITING: 2,
        outbox.UNCERTAIN: 1,
        outbox.SENT: 1,
    }
    assert found.oldest_message == {outbox.WAITING: 300.0, outbox.SENDING: 0.0, outbox.UNCERTAIN: 3600.0}
    assert found.unreachable_people == 1
    assert found.last_sweep == NOW, "a sweep that is not done is none"
    assert (found.unchained_events, found.oldest_unchained) == (2, 7.0)
    assert found.waiting_changes == 2

    while desk.run_now(trail.chain_new):
        pass
    assert (read(desk).unchained_events, read(desk).oldest_unchained) == (0, 0.0)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)  # PostgreSQL keeps no moment that is none
def test_a_moment_that_cannot_be_read_hides_no_other_and_is_named(desk: Desk, world: World) -> None:
    def damage(session: Session) -> None:
        happens(session, world)
        session.flush()
        lift_guards(session)
        for words in (
            "update outbox set created_at = '0000-00-00' where id = (select min(id) from outbox)",
            "update event set at = '' where id = (select max(id) - 1 from event)",
        ):
            assert session.connection().exec_driver_sql(words).rowcount == 1

    desk.run_now(damage)
    found = read(desk)

    assert found.messages[outbox.WAITING] == 2
    assert found.oldest_message == {outbox.WAITING: 180.0, outbox.SENDING: 0.0, outbox.UNCERTAIN: 3600.0}
    assert (found.unchained_events, found.oldest_unchained) == (2, 2.0)
    assert late(desk, LATER) == {"sweep"}, "and the bot is ready"
    assert {one.table for one in desk.not_held.values()} == {"outbox", "event"}, "logged, and counted in /metrics"
    text = Metrics().text(found).decode()
    assert "beslutskollen_database_up 1.0" in text
    assert 'beslutskollen_outbox_oldest_seconds{state="waiting"} 180.0' in text


def late(desk: Desk, at: datetime) -> frozenset[str]:
    return desk.read_now(lambda session: standing.readiness(session, at))[1]


def test_the_sweep_is_late_half_an_hour_after_the_office_opened_until_it_is_done(desk: Desk, world: World) -> None:
    opens = datetime(2026, 5, 12, 6, tzinfo=UTC)  # eight in Sweden
    moments = {
        opens: False,
        opens + timedelta(minutes=29): False,
        opens + timedelta(minutes=30): True,
        opens + timedelta(hours=8): True,
        opens + timedelta(hours=9): False,
        opens + timedelta(days=4, hours=1): False,
    }
    assert {at: "sweep" in late(desk, at) for at in moments} == moments

    desk.run_now(lambda session: told_reminders.begin_sweep(session, world.tenant, opens.date(), opens))
    assert "sweep" in late(desk, opens + timedelta(hours=1)), "begun is not done"
    desk.run_now(lambda session: setattr(told_reminders.sweep(session, world.tenant, opens.date()), "done_at", opens))
    assert "sweep" not in late(desk, opens + timedelta(hours=1))
    assert "sweep" in late(desk, opens + timedelta(days=1, hours=1))


def test_what_waits_to_be_sent_or_chained_is_late_after_a_while(desk: Desk, world: World) -> None:
    evening = NOW + timedelta(hours=10)
    desk.run_now(lambda session: put(session, world, outbox.WAITING, evening))
    desk.run_now(lambda session: trail.record(session, world.tenant, evening, "cli:made-up", "export") and None)

    assert late(desk, evening + timedelta(seconds=60)) == set()
    assert late(desk, evening + timedelta(seconds=61)) == {"chain"}
    assert late(desk, evening + timedelta(seconds=301)) == {"chain", "sends"}
    assert read(desk).late == {"sweep"}, "nothing of this had happened then"


def test_each_gauge_shows_its_own_number(desk: Desk, world: World) -> None:
    desk.run_now(lambda session: happens(session, world))
    families = text_string_to_metric_families(Metrics().text(read(desk)).decode())
    shown = {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}

    for name, value in {
        ("database_up",): 1,
        ("outbox_messages", "waiting"): 2,
        ("outbox_messages", "gone"): 0,
        ("outbox_oldest_seconds", "waiting"): 300,
        ("outbox_oldest_seconds", "uncertain"): 3600,
        ("unreachable_people",): 1,
        ("last_sweep_timestamp_seconds",): NOW.timestamp(),
        ("unchained_events",): 2,
        ("oldest_unchained_event_seconds",): 7,
        ("figures_waiting_changes",): 2,
        ("degraded", "sweep"): 1,
        ("degraded", "chain"): 0,
        ("degraded", "keys"): 0,
    }.items():
        assert shown[(f"beslutskollen_{name[0]}", *name[1:])] == value, name
