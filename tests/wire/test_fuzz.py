"""T12: whatever is posted, the status is 200, 400, 401, 403, 413 or 415, and memory does not grow."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.door.inbound import Inbound, read_activity
from tests.sql.import_files import import_people
from tests.wire.fuzzing import FIELDS, bombard, generated, register, resident_bytes
from tests.wire.in_process_bot import InProcessBot, activity, pressed

HERE, READ = 4_000, 5_000
"""Number of bodies sent to the whole bot, and to the parser alone. tests/faults sends the whole bot 200,000."""
EXPECTED = {200, 400, 401, 403, 413, 415}
MEMORY = 50_000_000


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[InProcessBot]:
    async with InProcessBot(tmp_path) as made:
        await settle(made)
        yield made


async def settle(bot: InProcessBot) -> None:
    """Register the one person the bodies come from, with a case."""
    now = datetime.now(UTC)
    bot.desk.run_now(lambda session: import_people(session, register().encode(), frozenset(), now, "cli:test"))
    assert (await bot.posts(activity("message.text", "anna", text="ny SN 2026/0001")))[0] == 200


async def test_no_generated_body_gets_a_5xx(bot: InProcessBot, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("ERROR", "bot")  # capturing a log line costs more than the refusal itself
    await bombard(bot.port, seed=1, count=300)  # warm-up: everything loaded lazily is loaded
    before = resident_bytes()
    seen, bad = await bombard(bot.port, seed=2026, count=HERE)

    assert not bad
    assert sum(seen.values()) == HERE
    assert set(seen) <= EXPECTED
    assert seen[200] > HERE / 20, f"hardly anything got past the door: {seen}"
    assert seen[400] > HERE / 20, f"hardly anything was damaged: {seen}"
    assert resident_bytes() - before < MEMORY
    assert (await bot.posts(pressed("anna", {"verb": "command", "token": "x"})))[0] == 200


def test_more_are_read_or_refused_in_one_way() -> None:
    refused = 0
    for body in generated(2027, READ):
        try:
            read_activity(body)
        except ValueError:
            refused += 1

    assert READ / 10 < refused < READ


# --- the shape of an activity, field by field ---------------------------------------------------------------

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
@settings(max_examples=300)
def test_an_activity_of_any_shape_is_read_or_refused_in_one_way(fields: dict[str, object]) -> None:
    body = json.dumps(activity("message.text", "anna") | fields).encode(errors="surrogatepass")
    try:
        read = read_activity(body)
    except ValueError:
        return
    assert isinstance(read, Inbound)


# --- the test itself can fail -------------------------------------------------------------------------------


async def test_a_parser_that_leaks_exceptions_is_detected(bot: InProcessBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(body: bytes) -> Inbound:
        try:
            return read_activity(body)
        except ValueError:
            raise KeyError from None

    monkeypatch.setattr("bot.door.front_door.read_activity", careless)
    _, bad = await bombard(bot.port, seed=3, count=200)

    assert bad
