"""T6: a morning's reminders reach the connector no faster than Teams allows, in all and to each."""

import asyncio
from collections import defaultdict
from functools import partial

import aiohttp
import pytest

from bot.sending.pace import IN_TOTAL, PER_CONVERSATION, Pace
from bot.sending.sender import ChatAddress
from storage.desk import Desk
from tests.faults.programme import Programme
from tests.wire.door import TENANT
from tests.wire.faulty_connector import FaultyConnector
from tests.wire.test_outbox import Town, chat_of, desk, move_in

__all__ = ["desk"]
pytestmark = [pytest.mark.part("T6"), pytest.mark.beyond_suite]


def busiest(times: list[float]) -> int:
    """Return the largest number of arrivals in any one second; times: in order."""
    most, first = 0, 0
    for last, at in enumerate(times):
        while times[first] <= at - 1:
            first += 1
        most = max(most, last - first + 1)
    return most


async def test_never_faster_than_allowed(programme: Programme, desk: Desk) -> None:
    workers = programme.of(0, 120, 2000)
    pace = partial(Pace, 1000, 1000) if programme.mutant == "no_pace" else Pace
    async with FaultyConnector() as connector, aiohttp.ClientSession() as session:
        town = Town(desk, connector, session, pace=pace)
        move_in(desk, connector.service_url, workers)
        await town.sweeps()
        worker = town.worker()
        to = ChatAddress(connector.service_url, "a:w0", TENANT)
        to_one = [worker._sender.send(to, {"type": "message", "text": "hej"}) for _ in range(40)]
        await asyncio.gather(town.empties(worker, most=4000), *to_one)
        by_chat: defaultdict[str, list[float]] = defaultdict(list)
        for arrival in connector.arrivals:
            by_chat[chat_of(arrival.path)].append(arrival.at)
    total = busiest(sorted(arrival.at for arrival in connector.arrivals))
    one = max(busiest(sorted(times)) for times in by_chat.values())
    programme.figure("reminders, arrivals", f"{workers}, {len(connector.arrivals)}")
    programme.figure("busiest second, busiest second of one chat", f"{total}, {one}")
    assert total <= IN_TOTAL, "faster than allowed"
    assert one <= PER_CONVERSATION, "faster than allowed to one"
    assert len(connector.arrivals) >= workers + 40
