"""The outbox worker and a connector that fails in every way: no message sent twice, none silently lost."""

import asyncio
import logging
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from sqlalchemy import text
from sqlmodel import select

from bot.background import outbox_worker
from bot.background.loop import Loop, run_forever
from bot.background.outbox_worker import OutboxWorker
from bot.background.sweeper import Sweeper
from bot.clock import Clock
from bot.metrics import Metrics
from bot.sending.pace import Pace
from bot.sending.sender import Sender
from bot.turns import Turns
from checklists.model import Role
from dialogs.turn.exchange import Reply, Turn
from dialogs.turn.tokens import Mint
from dialogs.views.views import Line, SayView
from storage import cases, conversations, migrate, outbox, people, tenants
from storage.cases import CaseRow
from storage.desk import Desk, Session
from storage.outbox import OutboxRow
from storage.people import PersonRow, RoleRow
from storage.sealing import Keys
from tests.conftest import TRAIL
from tests.migrated import put_database
from tests.waiting import PATIENCE, moved_time, patience, until
from tests.wire.faulty_connector import Fault, FaultyConnector

log = logging.getLogger(__name__)

TENANT = "made-up-town"
KEYS = {"test": bytes(32)}
MORNING = datetime(2026, 5, 26, 8, 0, tzinfo=ZoneInfo("Europe/Stockholm"))
BOSS = "maria"


def move_in(desk: Desk, service_url: str, workers: int, tenant: str = TENANT, first: int = 0) -> None:
    """Register this many workers, each with a chat and a case with gaps and a decision due soon, and one manager.

    first: the number of the first of them.
    """

    def person(session: Session, tenant_id: int, name: str, unit_id: int, role: Role) -> int:
        row = PersonRow(tenant_id=tenant_id, object_id=name, name=f"{name} Påhittad")
        session.add(row)
        session.flush()
        person_id = row.id
        session.add(RoleRow(tenant_id=tenant_id, person_id=person_id, unit_id=unit_id, role=role))
        conversations.begin(session, tenant_id, person_id, f"a:{name}", service_url, "{}")
        return person_id

    def work(session: Session) -> None:
        tenant_id = tenants.ensure(session, tenant).id
        unit_id = people.unit(session, tenant_id, "Påhittade enheten").id or 0
        person(session, tenant_id, BOSS, people.unit(session, tenant_id, people.ORGANISATION).id or 0, "manager")
        for number in range(first, first + workers):
            lead = person(session, tenant_id, f"w{number}", unit_id, "case_worker")
            ref = f"SN 2026/{number}"
            case = CaseRow(tenant_id=tenant_id, ref=ref, unit_id=unit_id, lead_id=lead)
            case.planned_decision_on = date(2026, 5, 29)
            cases.add(session, case)

    desk.run_now(work)


UNHURRIED = partial(Pace, per_conversation=1000, total=1000)


@dataclass
class Town:
    """An outbox with its clock, and the connector it sends to."""

    desk: Desk
    connector: FaultyConnector
    session: aiohttp.ClientSession
    clock: Clock = field(default_factory=lambda: Clock(MORNING))
    pace: Callable[[], Pace] = UNHURRIED
    sender_waits: float = PATIENCE
    move_time: Callable[[float], None] | None = None
    """Advances the event loop's clock. If None, timeouts really elapse."""
    metrics: Metrics = field(default_factory=Metrics)

    def worker(self, desk: Desk | None = None, replica: str = "") -> OutboxWorker:
        sender = Sender(self.session, mode="dev", service_hosts=frozenset(), pace=self.pace, time_out=self.sender_waits)
        made = OutboxWorker(desk or self.desk, sender, self.clock, self.metrics, replica)
        made.turns = Turns(desk or self.desk, Mint(bytes(range(32))), sender, self.metrics, made.awake.set)
        return made

    async def sweeps(self) -> None:
        await Sweeper(self.desk, self.clock, self.metrics, lambda: None).sweep_if_due()

    async def empties(self, worker: OutboxWorker, most: int = 40) -> None:
        """Send until no message is waiting, moving the clock past pauses and leases."""
        for _ in range(most):
            while await worker.send_some():
                pass
            await self.in_flight_end(worker)
            if not {outbox.WAITING, outbox.SENDING} & self.states().keys():
                return
            self.clock.advance(timedelta(minutes=3))
        raise AssertionError(f"something waits for ever: {self.states()}")

    async def in_flight_end(self, worker: OutboxWorker) -> None:
        """Wait for sends in progress; expire the timeout of those that hang."""
        if self.move_time is not None:

            async def look() -> tuple[int, int]:
                return len(worker._in_flight), self.connector.hanging

            await until("nothing but what hangs to be in flight", look, lambda seen: seen[0] == seen[1])
            self.move_time(self.sender_waits)
        if worker._in_flight:
            await asyncio.wait(worker._in_flight)

    def states(self) -> Counter[str]:
        return Counter(self.desk.run_now(outbox.counts))

    def state_of(self) -> dict[str, str]:
        """Return the state of each person's bundle, by the name of its chat."""
        query = "select c.channel_id, o.state from outbox o join conversation c on c.id = o.conversation_id"
        rows = self.desk.run_now(lambda s: s.connection().execute(text(f"{query} where once like 'reminder:%'")).all())
        return {channel.removeprefix("a:"): state for channel, state in rows}

    def arrivals(self) -> dict[str, list[float]]:
        """Return the arrival times of messages at the connector, by chat."""
        found: dict[str, list[float]] = defaultdict(list)
        for arrival in self.connector.arrivals:
            if arrival.method == "POST":
                found[chat_of(arrival.path)].append(arrival.at)
        return found

    def told(self, name: str) -> int:
        query = "select count(*) from told t join person p on p.id = t.person_id where p.object_id = :name"
        return int(self.desk.run_now(lambda s: s.connection().execute(text(query), {"name": name}).scalar()) or 0)


def chat_of(path: str) -> str:
    return unquote(path).split("/conversations/a:")[1].split("/")[0]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(put_database(tmp_path / "bot.db"), Keys(KEYS, TRAIL))
    yield made
    made.close()


@pytest.fixture
async def town(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    # Only sends that hang are overtaken, and at once; slow ones never are.
    monkeypatch.setattr(outbox_worker, "HEAD_START", 5.0)
    async with FaultyConnector() as connector, aiohttp.ClientSession() as session:
        with moved_time() as move_time:
            connector.when_one_hangs = partial(move_time, outbox_worker.HEAD_START)
            yield Town(desk, connector, session, move_time=move_time)


# --- every fault at once -----------------------------------------------------------------------------------

FAULTS = (
    Fault(),
    Fault(429, {"Retry-After": "1"}),
    Fault(500),
    Fault(403),
    Fault(404),
    Fault(how="hang"),
    Fault(502),
    Fault(412),
    Fault(how="reset"),
)
ALWAYS, ONCE = (500, 403, 404, 502), (429, 412)


def of_number(number: int) -> Fault:
    return FAULTS[number % len(FAULTS)]


def fails_by_number(connector: FaultyConnector) -> None:
    """Make each worker's chat fail in its own way: throttling only the first time, other faults always."""
    throttled: set[str] = set()

    def answer(path: str) -> Fault | None:
        name = chat_of(path)
        fault = of_number(int(name[1:])) if name.startswith("w") else Fault()
        if fault.status in ONCE and name in throttled:
            return Fault()
        throttled.add(name)
        return fault

    connector.by_path = answer


def check_everybody(town: Town, workers: int) -> None:
    """Check by the connector's requests and the stored states that no message was sent twice or lost."""
    arrivals, states = town.arrivals(), town.state_of()
    for number in range(workers):
        name, fault = f"w{number}", of_number(number)
        expected = outbox.SENT
        if fault.status in (403, 404):
            expected = outbox.GONE
        elif fault.status in (500, 502) or fault.how in ("hang", "reset"):
            expected = outbox.UNCERTAIN
        assert states[name] == expected, (name, fault)
        assert len(arrivals[name]) == (2 if fault.status in ONCE else 1), (name, fault)
    gone = sum(of_number(number).status in (403, 404) for number in range(workers))
    assert town.told(BOSS) == gone
    assert 1 <= len(arrivals[BOSS]) <= 1 + gone // 20
    reached = town.desk.run_now(conversations.unreachable_people)
    assert reached == gone


async def test_nobody_is_told_twice_and_nobody_is_forgotten_whatever_the_connector_does(town: Town) -> None:
    workers = 27
    move_in(town.desk, town.connector.service_url, workers)
    fails_by_number(town.connector)
    await town.sweeps()

    await town.empties(town.worker())

    check_everybody(town, workers)
    await town.sweeps()
    assert town.states()[outbox.WAITING] == 0


async def test_a_connector_that_hangs_for_some_delays_nobody_else(town: Town) -> None:
    move_in(town.desk, town.connector.service_url, 30)
    town.connector.by_path = lambda path: Fault(how="hang") if chat_of(path) in ("w0", "w1", "w2") else None
    await town.sweeps()
    worker = town.worker()  # a blocked send would remain so until the test times out

    async with patience("all the others", town.states):
        while await worker.send_some() or town.states()[outbox.SENT] < 27:
            pass

    assert len(town.arrivals()) == 30
    assert town.states() == {outbox.SENT: 27, outbox.SENDING: 3}
    for task in worker._in_flight:
        task.cancel()


async def test_no_more_than_twenty_are_in_flight(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_worker, "MAX_IN_FLIGHT", 4)
    move_in(town.desk, town.connector.service_url, 10)
    town.connector.by_path = lambda _path: Fault(how="hang")
    await town.sweeps()
    worker, seen = town.worker(), set[int]()

    async def count() -> None:
        seen.add(len(worker._in_flight))

    town.connector.before = count
    sending = asyncio.create_task(worker.send_some())
    await town.connector.until("as many in flight as may be", lambda: town.connector.hung == 4)
    while not sending.done():
        await asyncio.sleep(0)
        await town.in_flight_end(worker)

    assert max(seen) == 4
    await town.empties(worker)


async def test_messages_to_many_go_side_by_side_and_those_to_one_in_order(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_worker, "HEAD_START", PATIENCE)
    monkeypatch.setattr(outbox_worker, "IN_ORDER", PATIENCE)
    move_in(town.desk, town.connector.service_url, 5)
    town.desk.run_now(lambda s: s.connection().execute(text("update cases set received_on = '2026-05-26'")))
    await town.sweeps()
    assert town.states()[outbox.WAITING] == 10  # SKYDD to each, then each one's bundle
    may_answer = asyncio.Event()
    town.connector.before = may_answer.wait
    sending = asyncio.create_task(town.empties(town.worker()))
    await town.connector.until("the first to each", lambda: len(town.connector.arrivals) == 5)
    for _ in range(50):  # a sixth would be begun on the desk meanwhile
        await town.desk.run(lambda _session: None)
    assert town.states() == {outbox.SENDING: 5, outbox.WAITING: 5}
    assert sorted(town.arrivals()) == [f"w{number}" for number in range(5)]
    may_answer.set()
    await sending

    assert {len(times) for times in town.arrivals().values()} == {2}
    assert town.states() == {outbox.SENT: 10}


async def test_what_waits_for_its_turn_in_the_pace_is_not_begun_so_that_little_is_uncertain_after_a_crash(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_worker, "HEAD_START", PATIENCE)
    town.pace = partial(Pace, total=1, window=PATIENCE)
    move_in(town.desk, town.connector.service_url, 10)
    await town.sweeps()
    worker = town.worker()
    sending = asyncio.create_task(worker.send_some())
    await until("one sent, the next begun", partial(town.desk.run, outbox.counts), lambda found: len(found) == 3)
    for _ in range(50):  # a third would be begun on the desk meanwhile
        await town.desk.run(lambda _session: None)

    assert town.states() == {outbox.SENT: 1, outbox.SENDING: 1, outbox.WAITING: 8}
    for task in (sending, *worker._in_flight):
        task.cancel()


# --- pauses and attempts -----------------------------------------------------------------------------------


class StillClock(Clock):
    """A clock that stands still until set."""

    at = MORNING

    def now(self) -> datetime:
        return self.at


@pytest.mark.parametrize("after", [1, 30, 0])
async def test_never_before_retry_after_and_at_most_six_times_with_pauses_that_differ(town: Town, after: int) -> None:
    town.clock = clock = StillClock()
    move_in(town.desk, town.connector.service_url, 1)
    town.connector.by_path = lambda _path: Fault(429, {"Retry-After": str(after)} if after else {})
    await town.sweeps()
    worker = town.worker()
    pauses: list[float] = []
    for attempt in range(1, 7):
        assert await worker.send_some()
        await town.in_flight_end(worker)
        assert len(town.connector.arrivals) == attempt
        row = town.desk.run_now(lambda session: session.exec(select(OutboxRow)).one())
        if attempt < 6:
            pauses.append((row.due_at - clock.at).total_seconds())
            clock.at = row.due_at - timedelta(milliseconds=1)
            assert not await worker.send_some(), "sent too early"
            clock.at = row.due_at

    clock.at += timedelta(hours=1)
    assert not await worker.send_some()
    assert town.states() == {outbox.STOPPED: 1}
    assert min(pauses) >= after
    assert len(set(pauses)) == 5, "no jitter"


async def test_an_update_of_a_card_is_repeated_until_it_is_taken_and_one_that_is_gone_stops(town: Town) -> None:
    move_in(town.desk, town.connector.service_url, 2)
    await town.sweeps()
    town.desk.run_now(lambda s: s.connection().execute(text("update outbox set activity_id = 'card-' || id")))
    town.connector.script.extend([Fault(500), Fault(404), Fault(how="reset"), Fault()])

    await town.empties(town.worker())

    assert town.states() == {outbox.SENT: 1, outbox.STOPPED: 1}
    assert [arrival.method for arrival in town.connector.arrivals] == ["PUT"] * 4
    assert town.desk.run_now(conversations.unreachable_people) == 0


async def test_a_rejected_message_is_not_retried(town: Town) -> None:
    move_in(town.desk, town.connector.service_url, 2)
    await town.sweeps()
    town.connector.script.extend([Fault(400), Fault(413)])

    await town.empties(town.worker())

    assert town.states() == {outbox.STOPPED: 2}
    assert len(town.connector.arrivals) == 2


async def test_someone_known_to_be_gone_is_not_tried_again_and_writing_makes_her_reachable(town: Town) -> None:
    move_in(town.desk, town.connector.service_url, 1)
    town.connector.by_path = lambda path: Fault(403) if chat_of(path) == "w0" else None
    await town.sweeps()
    worker = town.worker()
    await town.empties(worker)
    assert (len(town.arrivals()["w0"]), len(town.arrivals()[BOSS])) == (1, 1)

    town.clock.advance(timedelta(days=2))  # the day before the decision
    await town.sweeps()
    await town.empties(worker)
    assert (len(town.arrivals()["w0"]), len(town.arrivals()[BOSS])) == (1, 2)

    assert worker.turns is not None
    await worker.turns.take(hello("w0", town))
    assert town.desk.run_now(conversations.unreachable_people) == 0


async def test_of_several_messages_to_someone_who_is_gone_one_is_tried_and_all_are_handed_over(town: Town) -> None:
    move_in(town.desk, town.connector.service_url, 1)
    town.desk.run_now(lambda s: s.connection().execute(text("update cases set received_on = '2026-05-26'")))
    town.connector.by_path = lambda path: Fault(404) if chat_of(path) == "w0" else None
    await town.sweeps()
    assert town.states()[outbox.WAITING] == 2  # SKYDD, and the morning's bundle

    await town.empties(town.worker())

    assert (len(town.arrivals()["w0"]), len(town.arrivals()[BOSS])) == (1, 1)
    assert (town.told(BOSS), town.states()) == (2, {outbox.GONE: 2, outbox.SENT: 1})


async def test_a_prompt_that_cannot_reach_its_reader_is_told_of_to_the_manager_without_its_content(town: Town) -> None:
    move_in(town.desk, town.connector.service_url, 1)
    town.connector.by_path = lambda path: Fault(403) if chat_of(path) == "w0" else None

    def prompt(session: Session) -> None:
        case = session.exec(select(CaseRow)).one()
        assert case.lead_id is not None
        view = SayView(notices=(Line(say="summary.sent_with_gaps", args={"gaps": 77}),))
        reply = Reply(tenant_id=case.tenant_id, person_id=case.lead_id, channel_user="", language="sv", view=view)
        chat = conversations.of_person(session, case.lead_id)[0].id
        row = OutboxRow(
            tenant_id=case.tenant_id,
            kind="prompt",
            conversation_id=chat,
            case_id=case.id,
            nonce="n",
            view=b"",
            due_at=town.clock.now(),
            created_at=town.clock.now(),
        )
        outbox.put(session, row, reply.canonical())

    town.desk.run_now(prompt)
    await town.empties(town.worker())

    first, second = (arrival.body for arrival in town.connector.arrivals)
    assert "77" in first
    assert "77" not in second
    assert "w0 Påhittad kunde inte nås i Teams. Meddelandet gällde SN 2026/0." in second
    assert town.states() == {outbox.GONE: 1, outbox.SENT: 1}


def hello(name: str, town: Town) -> Turn:
    return Turn(
        kind="text",
        tenant=TENANT,
        object_id=name,
        channel_id=f"a:{name}",
        channel_user=f"29:{name}",
        activity_id=f"in-{time.perf_counter_ns()}",
        now=town.clock.now(),
        service_url=town.connector.service_url,
        text="hjälp",
    )


# --- killed between marking as sending and storing the outcome ---------------------------------------------


async def sends(worker: OutboxWorker) -> None:
    await run_forever(Loop("outbox", worker.send_all, outbox_worker.INTERVAL_SECONDS, worker.awake), Metrics())


async def kill(worker: OutboxWorker, running: "asyncio.Task[None]") -> None:
    """Kill a worker at once: the outcomes of its sends are not stored."""
    for task in [*worker._in_flight, running]:
        task.cancel()
    await asyncio.gather(*worker._in_flight, running, return_exceptions=True)


async def has_come_to(town: Town, arrivals: int) -> bool:
    """Return whether so many requests have arrived, or no message is left that could make one more."""
    return len(town.connector.arrivals) >= arrivals or outbox.WAITING not in town.states()


async def kills_and_goes_on(town: Town, other_desk: Desk, kills: int, workers: int) -> None:
    """Run two workers; repeatedly kill one in the middle of sending, and replace it."""
    slow = asyncio.Event()
    town.connector.before = slow.wait
    steady = town.worker(other_desk)
    steady_runs = asyncio.create_task(sends(steady))
    for _ in range(kills):
        slow.clear()
        victim = town.worker()
        runs = asyncio.create_task(sends(victim))
        await until("two more, or nobody left", partial(has_come_to, town, len(town.connector.arrivals) + 2))
        await kill(victim, runs)
        slow.set()
        town.clock.advance(timedelta(minutes=3))  # what the victim had leased is free again
    steady_runs.cancel()
    await asyncio.gather(steady_runs, return_exceptions=True)
    await town.empties(town.worker())

    arrivals, states = town.arrivals(), town.state_of()
    assert len(states) == workers
    assert max(len(times) for times in arrivals.values()) == 1, "notified twice"
    for name, state in states.items():
        assert state in (outbox.SENT, outbox.UNCERTAIN)
        assert name in arrivals or state == outbox.UNCERTAIN, "silently missing"
    assert town.states()[outbox.UNCERTAIN] > 0, "no kill hit a send, so the test proves nothing"


async def test_two_workers_on_one_database_killed_while_sending_tell_nobody_twice(
    postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_worker, "HEAD_START", 0.02)
    with (
        closing(Desk(postgres_database, Keys(KEYS, TRAIL))) as first,
        closing(Desk(postgres_database, Keys(KEYS, TRAIL))) as second,
    ):
        migrate.upgrade(first)
        async with FaultyConnector() as connector, aiohttp.ClientSession() as session:
            move_in(first, connector.service_url, 60)
            town = Town(first, connector, session)
            await town.sweeps()
            await kills_and_goes_on(town, second, kills=6, workers=60)


# --- the long form -----------------------------------------------------------------------------------------


@pytest.mark.slow
async def test_a_thousand_reminders_against_every_fault_leave_people_unhindered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = 1000
    async with FaultyConnector() as connector, aiohttp.ClientSession() as session:
        town = Town(desk, connector, session, pace=Pace, sender_waits=0.5)
        move_in(desk, connector.service_url, workers)
        fails_by_number(connector)
        worker = town.worker()
        assert worker.turns is not None
        sweeping = asyncio.create_task(town.sweeps())
        waits = await waits_of(town, worker, until=sweeping)
        sending = asyncio.create_task(town.empties(worker, most=400))
        waits += await waits_of(town, worker, until=sending)
        await sending
        check_everybody(town, workers)
        times = sorted(at for some in town.arrivals().values() for at in some)
        busiest = max(sum(at <= other < at + 1 for other in times) for at in times)
    waits.sort()
    half, most = (waits[int(len(waits) * share)] for share in (0.5, 0.95))
    log.info("inbound p50 %.4f s, p95 %.4f s of %d turns; busiest second %d", half, most, len(waits), busiest)
    assert most < 0.3
    assert busiest <= 25


async def waits_of(town: Town, worker: OutboxWorker, until: "asyncio.Task[None]") -> list[float]:
    """Send a greeting ten times a second until a task is done; return each response time in seconds."""
    assert worker.turns is not None
    waits = []
    while not until.done():
        begun = time.perf_counter()
        await worker.turns.take(hello(BOSS, town))
        waits.append(time.perf_counter() - begun)
        await asyncio.wait({until}, timeout=0.1)
    until.result()
    return waits
