"""T2: the power is lost at a random sync; what was acknowledged is there once. Without a sync per commit it is not.

The disk is slow, so that turns wait for each other and share their commits.
"""

import random
from pathlib import Path

import pytest

from tests.faults import power_loss
from tests.faults.load import a_bot, at_work, compared
from tests.faults.programme import Programme
from tests.waiting import patience

pytestmark = pytest.mark.part("T2")
CLIENTS = 8


async def test_nothing_acknowledged_is_lost_with_the_power(programme: Programme, tmp_path: Path) -> None:
    if power_loss.library() is None:
        pytest.skip("needs an SQLite that is a library of its own")
    losses = programme.of(1, 3, 200)
    luck = random.Random(programme.seed)
    bot = a_bot(tmp_path, CLIENTS)
    planted = (*((programme.mutant,) if programme.mutant else ()), "slow_disk=5")
    try:
        async with at_work(bot, CLIENTS, programme.seed) as (_history, _clients):
            for _ in range(losses):
                bot.plants = (*planted, f"power={luck.randint(30, 110)}")
                await bot.start()
                assert bot.process is not None
                async with patience("the power to be lost"):
                    assert await bot.process.wait() == power_loss.ENDED
                bot.is_up.clear()
                (tmp_path / "bot.db-shm").unlink(missing_ok=True)  # is in memory, and gone
            bot.plants = planted
            await bot.start()
        found = await compared(bot, losses, CLIENTS)
    finally:
        await bot.stop()
    programme.figure(
        "losses, acknowledged, missing, doubled",
        f"{losses}, {found['acknowledged']}, {found['missing']}, {found['doubled']}",
    )
    assert found["acknowledged"] >= programme.of(5, 50, 5_000)
