"""When the clock of a running bot reaches a working morning, the sweep runs and is counted in the metrics."""

import logging
import time
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.admin_port import make_admin_app
from bot.clock import Clock
from bot.metrics import Metrics
from bot.settings import Settings
from bot.web import make_app
from storage.desk import Desk
from storage.sealing import Keys
from tests.conftest import TRAIL
from tests.migrated import put_database
from tests.waiting import until
from tests.wire.faulty_connector import Fault, FaultyConnector
from tests.wire.test_outbox import KEYS, TENANT, chat_of, move_in

log = logging.getLogger(__name__)

EVENING = datetime(2026, 5, 25, 20, 0, tzinfo=ZoneInfo("Europe/Stockholm"))


async def test_moving_the_clock_to_the_morning_triggers_the_sweep(tmp_path: Path) -> None:
    url = put_database(tmp_path / "bot.db")
    desk, clock = Desk(url, Keys(KEYS, TRAIL)), Clock(EVENING)
    settings = Settings(mode="dev", database_url=url, tenants=frozenset({TENANT}), secret_key="0" * 64)
    async with FaultyConnector() as connector:
        move_in(desk, connector.service_url, 3)
        connector.by_path = lambda path: {"w1": Fault(500), "w2": Fault(404)}.get(chat_of(path))
        counts = Metrics()
        async with (
            TestServer(make_app(settings, desk, clock, counts)),
            TestClient(TestServer(make_admin_app(desk, clock, counts))) as admin,
        ):
            clock.advance(timedelta(hours=12, minutes=5))
            begun = time.monotonic()
            await connector.until("the sweep", lambda: connector.arrivals)
            log.info("the sweep came after %.2f s; the contract is 5", time.monotonic() - begun)
            metrics = await until(
                "the last message to be settled",
                partial(counted, admin),
                lambda text: all(f'state="{state}"}} 1.0' in text for state in ("sent", "uncertain", "gone")),
            )
        assert 'beslutskollen_outbox_messages{state="sent"} 1.0' in metrics
        assert 'beslutskollen_outbox_messages{state="uncertain"} 1.0' in metrics
        assert 'beslutskollen_outbox_messages{state="gone"} 1.0' in metrics
        assert "beslutskollen_unreachable_people 1.0" in metrics
    desk.close()


async def counted(admin: "TestClient[web.Request, web.Application]") -> str:
    """Return the current metrics."""
    return await (await admin.get("/metrics")).text()
