"""With a slow connector, the request does not wait for the reply, and the reply's id is still stored."""

import asyncio
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot import adapter
from bot.web import SERVICES
from tests.sql.import_files import import_people
from tests.waiting import PATIENCE, until
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


async def test_replies_that_go_out_while_the_desk_is_busy_are_noted_in_one_transaction(tmp_path: Path) -> None:
    said: list[str] = []

    def statement(_connection: Any, _cursor: Any, sql: str, *_: Any) -> None:
        if sql.startswith("UPDATE inbox"):
            said.append("noted")

    async with InProcessBot(tmp_path) as bot, FaultyConnector() as connector:
        now = datetime.now(UTC)
        bot.desk.run_now(lambda session: import_people(session, register().encode(), frozenset(), now, "cli:test"))
        taken, turns = asyncio.Event(), bot._runners[0].app[SERVICES].turns
        holds, goes_on = threading.Event(), threading.Event()
        connector.before = taken.wait

        async def types(chat: str) -> None:
            typed = activity("message.text", "anna", text="hjälp", serviceUrl=connector.service_url.rstrip("/"))
            typed["conversation"] = typed["conversation"] | {"id": chat}
            assert (await bot.posts(typed))[0] == 200

        lines = [asyncio.ensure_future(types(f"a:{number}")) for number in range(3)]
        await connector.until("three replies", lambda: len(connector.arrivals) == 3)
        event.listen(bot.desk.engine, "before_cursor_execute", statement)
        event.listen(bot.desk.engine, "commit", lambda _: said.append("commit"))

        def hold(_session: Any) -> None:
            holds.set()
            goes_on.wait(PATIENCE)

        busy = asyncio.ensure_future(bot.desk.run(hold))
        # Not before: work that is already at the desk, or its commit, may still be on its way when `busy` is asked for.
        assert await asyncio.to_thread(holds.wait, PATIENCE)
        taken.set()

        async def waiting() -> int:
            return len(turns._notes._notes) if turns._notes is not None else 0

        await until("three to be noted", waiting, lambda count: count == 3)
        assert "noted" not in said
        goes_on.set()
        await asyncio.gather(busy, *lines)

    first = said.index("noted")
    assert said[first : first + 4] == ["noted", "noted", "noted", "commit"]
    assert said.count("noted") == 3
