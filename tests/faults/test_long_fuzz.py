"""T12 in full: two hundred thousand generated bodies, no 5xx, and no memory growth."""

from pathlib import Path

import pytest

from tests.wire.fuzzing import bombard, resident_bytes
from tests.wire.in_process_bot import InProcessBot
from tests.wire.test_fuzz import EXPECTED, MEMORY, settle


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
async def test_no_5xx_in_two_hundred_thousand_bodies(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, part: int
) -> None:
    """Ten parts of twenty thousand bodies; a failure shows the responses."""
    caplog.set_level("ERROR", "bot")
    async with InProcessBot(tmp_path) as bot:
        await settle(bot)
        await bombard(bot.port, seed=1, count=1_000)
        before = resident_bytes()
        seen, bad = await bombard(bot.port, seed=part + 100, count=20_000)
        grown = resident_bytes() - before
    assert not bad
    assert set(seen) <= EXPECTED
    assert sum(seen.values()) == 20_000
    assert grown < MEMORY, f"grew by {grown / 1e6:.0f} MB"
