"""With a slow connector, the request does not wait for the reply, and the reply's id is still stored."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import adapter
from tests.sql.import_files import import_people
from tests.waiting import until
from tests.wire.faulty_connector import FaultyConnector
from tests.wire.fuzzing import register
from tests.wire.in_process_bot import InProcessBot, activity


async def test_a_card_posted_late_is_stored_with_its_id_and_can_be_updated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "PATIENCE", 0.0)
    async with InProcessBot(tmp_path) as bot, FaultyConnector() as connector:
        now = datetime.now(UTC)
        bot.desk.run_now(lambda session: import_people(session, register().encode(), frozenset(), now, "cli:test"))
        taken = asyncio.Event()
        connector.before = taken.wait

        async def types(line: str) -> None:
            typed = activity("message.text", "anna", text=line, serviceUrl=connector.service_url.rstrip("/"))
            assert (await bot.posts(typed))[0] == 200

        async def known() -> object:
            return await bot.desk.run(
                lambda s: s.connection().exec_driver_sql("select card from conversation").scalar()
            )

        await types("ny SN 2026/0001")
        assert await known() == ""
        taken.set()
        await until("the card to be known", known, lambda card: card == "sent")

        await types("fortsätt SN 2026/0001")
        await connector.until("the first card to move", lambda: any(a.method == "PUT" for a in connector.arrivals))
        assert [a.path.rpartition("/")[2] for a in connector.arrivals if a.method == "PUT"] == ["sent"]
