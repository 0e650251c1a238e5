"""A morning with very many open cases, and one after five days without the bot: nobody waits, nobody is told twice."""

import asyncio
import time
from collections import Counter
from datetime import timedelta

import aiohttp
import pytest
from sqlalchemy import text

from storage.desk import Desk, Session
from tests.faults.programme import Programme
from tests.wire.faulty_connector import FaultyConnector
from tests.wire.test_outbox import Town, desk, move_in, waits_of

__all__ = ["desk"]
pytestmark = [pytest.mark.part("morning"), pytest.mark.beyond_suite]
BUNDLES = "select conversation_id, substr(once, 1, 8), count(*) from outbox where created_at >= :since group by 1, 2"


async def sweeps(town: Town) -> tuple[float, list[float]]:
    """Sweep while people write; return the seconds it took, and how long they waited, in order."""
    begun = time.monotonic()
    sweeping = asyncio.create_task(town.sweeps())
    waits = await waits_of(town, town.worker(), until=sweeping)
    return time.monotonic() - begun, sorted(waits)


def put(desk: Desk, since: object) -> Counter[object]:
    """Return how many messages were queued for each chat."""

    def work(session: Session) -> Counter[object]:
        found = session.connection().execute(text(BUNDLES), {"since": since})
        return Counter({(chat, kind): count for chat, kind, count in found})

    return desk.run_now(work)


async def test_very_many_cases_and_five_days_away(programme: Programme, desk: Desk) -> None:
    cases = programme.of(0, 300, 10_000)
    async with FaultyConnector() as connector, aiohttp.ClientSession() as session:
        town = Town(desk, connector, session)
        move_in(desk, connector.service_url, cases)
        took, waits = await sweeps(town)
        first = put(desk, "2000-01-01")
        town.clock.advance(timedelta(days=6))  # from Wednesday through Sunday nobody ran it; it is Monday morning
        since = town.clock.now().replace(tzinfo=None).isoformat(" ")
        desk.run_now(lambda s: s.connection().execute(text("update cases set planned_decision_on = '2026-06-04'")))
        took_later, waits_later = await sweeps(town)
        later = put(desk, since)
        await town.sweeps()
        again = put(desk, since)
    p95 = [some[int(len(some) * 0.95)] for some in (waits, waits_later)]
    programme.figure("open cases, sweep s, people meanwhile p95 s", f"{cases}, {took:.1f}, {p95[0]:.3f}")
    programme.figure(
        "after five days away: sweep s, p95 s, chats, most to one chat",
        f"{took_later:.1f}, {p95[1]:.3f}, {len(later)}, {max(later.values(), default=0)}",
    )
    assert len(first) >= cases
    assert max(first.values()) == 1
    assert max(later.values()) == 1, "five days' reminders at once"
    assert again == later
    assert max(p95) < 2
