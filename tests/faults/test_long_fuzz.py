"""T12 at its full length: two hundred thousand generated bodies, no 5xx, and the memory holds."""

from pathlib import Path

import pytest

from tests.wire.fuzzing import bombard, resident_bytes
from tests.wire.office import InOffice
from tests.wire.test_fuzz import EXPECTED, MEMORY, settle


@pytest.mark.slow
async def test_no_5xx_in_two_hundred_thousand_bodies(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("ERROR", "bot")
    async with InOffice(tmp_path) as bot:
        await settle(bot)
        await bombard(bot.port, seed=1, count=2_000)
        before = resident_bytes()
        for seed in range(20):
            seen, bad = await bombard(bot.port, seed=seed + 100, count=10_000)
            assert not bad
            assert set(seen) <= EXPECTED
        grown = resident_bytes() - before
    assert grown < MEMORY, f"grew by {grown / 1e6:.0f} MB"
