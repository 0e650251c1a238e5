"""T5: a connector that fails in every way: nobody is told twice, and the manager hears of who cannot be reached."""

import asyncio
import itertools
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.background import outbox_worker
from storage import conversations, outbox
from storage.desk import Desk
from storage.sealing import Keys
from tests.conftest import TRAIL
from tests.faults.programme import Programme
from tests.migrated import put_database
from tests.waiting import moved_time
from tests.wire.faulty_connector import Fault, FaultyConnector
from tests.wire.test_outbox import BOSS, KEYS, TENANT, StillClock, Town, chat_of, move_in, waits_of

pytestmark = [pytest.mark.part("T5"), pytest.mark.beyond_suite]
NOT_INSTALLED = '{"error": {"code": "BotNotInConversationRoster"}}'
FAULTS: dict[str, tuple[Fault, str, int]] = {
    "taken": (Fault(), outbox.SENT, 1),
    "429, 1 s": (Fault(429, {"Retry-After": "1"}), outbox.STOPPED, 6),
    "429, 30 s": (Fault(429, {"Retry-After": "30"}), outbox.STOPPED, 6),
    "429": (Fault(429), outbox.STOPPED, 6),
    "412": (Fault(412), outbox.STOPPED, 6),
    "500": (Fault(500), outbox.UNCERTAIN, 1),
    "502": (Fault(502), outbox.UNCERTAIN, 1),
    "504": (Fault(504), outbox.UNCERTAIN, 1),
    "403 blocked": (Fault(403), outbox.GONE, 1),
    "403 not installed": (Fault(403, body=NOT_INSTALLED), outbox.GONE, 1),
    "404": (Fault(404), outbox.GONE, 1),
    "413": (Fault(413), outbox.STOPPED, 1),
    "reset": (Fault(how="rst"), outbox.UNCERTAIN, 1),
    "hang": (Fault(how="hang"), outbox.UNCERTAIN, 1),
    "one byte": (Fault(how="drip"), outbox.UNCERTAIN, 1),
}
"""By name: what the connector does each time, how the message ends, and how often it is sent."""
MEMORY = Path("/dev/shm")
KINDS = list(FAULTS)
IN_ONE = 150
"""People in one municipality. In a single one of 15,000 nearly all time would go to its register of people."""
STEP = timedelta(milliseconds=250)


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Yield a desk whose database is in memory: T1 and T2 are about the disk, and a full run syncs it 100,000 times."""
    with (
        tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder,
        closing(Desk(put_database(Path(folder) / "bot.db"), Keys(KEYS, TRAIL))) as made,
    ):
        yield made


def kind_of(path: str) -> str:
    name = chat_of(path)
    return KINDS[int(name[1:]) % len(KINDS)] if name.startswith("w") else "taken"


async def test_each_ends_as_it_must(programme: Programme, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    each = programme.of(0, 3, 1000)
    workers = each * len(KINDS)
    monkeypatch.setattr(outbox_worker, "HEAD_START", 5.0)
    if programme.mutant == "sent_again_blindly":
        plain = outbox_worker.OutboxWorker._after

        def after(self: Any, error: Any, sends: int, *, is_update: bool) -> Any:
            state, due = plain(self, error, sends, is_update=is_update)
            return self._again(sends, None) if state == outbox.UNCERTAIN else (state, due)

        monkeypatch.setattr(outbox_worker.OutboxWorker, "_after", after)
    clock = StillClock()
    times: defaultdict[str, list[datetime]] = defaultdict(list)

    def answer(path: str) -> Fault:
        times[chat_of(path)].append(clock.at)
        return FAULTS[kind_of(path)][0]

    async with FaultyConnector() as connector, aiohttp.ClientSession() as session:
        with moved_time() as move_time:
            connector.by_path = answer
            town = Town(desk, connector, session, clock=clock, move_time=move_time)

            def one_hangs() -> None:
                """Let the worker go on to the next; when as many hang as may be in flight, let these be given up."""
                is_full = connector.hanging >= outbox_worker.MAX_IN_FLIGHT
                move_time(town.sender_waits if is_full else outbox_worker.HEAD_START)

            connector.when_one_hangs = one_hangs
            for first in range(0, workers, IN_ONE):
                tenant = f"{TENANT}-{first}" if first else TENANT
                move_in(desk, connector.service_url, min(IN_ONE, workers - first), tenant, first)
            await town.sweeps()
            worker = town.worker()
            sending = asyncio.create_task(empties(town, worker, clock))
            waits = sorted(await waits_of(town, worker, until=sending))
            states, gone = town.state_of(), 0
            for number in range(workers):
                name = f"w{number}"
                _, state, sends = FAULTS[KINDS[number % len(KINDS)]]
                found = (states[name], len(times[name]))
                assert found == (state, sends), f"{KINDS[number % len(KINDS)]} did not end as it must: {found}"
                gone += state == outbox.GONE
            check_pauses(times, workers)
            told = [arrival.body for arrival in connector.arrivals if chat_of(arrival.path) == BOSS]
            assert town.told(BOSS) == gone
            assert told, "the manager hears of nobody who cannot be reached"
            assert desk.run_now(conversations.unreachable_people) == gone
    p95 = waits[int(len(waits) * 0.95)]
    programme.figure("kinds of failure, messages to each, sent twice", f"{len(KINDS)}, {each}, 0")
    programme.figure("sends of one that is always throttled", 6)
    programme.figure("unreachable, told of to the manager, in messages", f"{gone}, {gone}, {len(told)}")
    programme.figure("people meanwhile, p95 s", f"{p95:.2f}")
    assert p95 < 2


def check_pauses(times: dict[str, list[datetime]], workers: int) -> None:
    """Check that none was sent before its Retry-After, and that the pauses differ."""
    pauses: defaultdict[str, list[float]] = defaultdict(list)
    for number in range(workers):
        at = times[f"w{number}"]
        pauses[KINDS[number % len(KINDS)]] += [
            (later - earlier).total_seconds() for earlier, later in itertools.pairwise(at)
        ]
    assert min(pauses["429, 1 s"]) >= 1
    assert min(pauses["429, 30 s"]) >= 30
    assert len({round(pause) for pause in pauses["429"]}) > 2, "no jitter"


async def empties(town: Town, worker: outbox_worker.OutboxWorker, clock: StillClock) -> None:
    """Send until no message is waiting. Steps shorter than any Retry-After: one that is ignored is seen."""
    begun = time.monotonic()
    while time.monotonic() - begun < 3600:
        while await worker.send_some():
            pass
        await town.in_flight_end(worker)
        if not {outbox.WAITING, outbox.SENDING} & town.states().keys():
            return
        clock.at += STEP
    raise AssertionError(f"something waits for ever: {town.states()}")
