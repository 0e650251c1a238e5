"""T25: five activities a second, for hours: memory, open files and log do not grow, and nobody waits."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.faults.load import a_bot, at_work, compared
from tests.faults.programme import Programme

pytestmark = [pytest.mark.part("T25"), pytest.mark.beyond_suite]
CLIENTS, A_SECOND = 5, 5


def memory(pid: int) -> float:
    """Return the resident memory, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no such process")


def open_files(pid: int) -> int:
    """Return how many files are open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def slope(points: list[tuple[float, float]]) -> float:
    """Return the slope of the least squares line through these points."""
    x, y = (sum(part) / len(points) for part in zip(*points, strict=True))
    return float(sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points))


async def test_hours_of_work_cost_no_memory(programme: Programme, tmp_path: Path) -> None:
    seconds = programme.of(0.0, 25.0, programme.hours * 3600)
    bot = a_bot(tmp_path, CLIENTS, *((programme.mutant,) if programme.mutant else ()))
    bot.is_warm = False  # its memory is measured, so it must share none
    await bot.start()
    assert bot.process is not None
    pid, seen, files, logs = bot.process.pid, [], [], []
    try:
        async with at_work(bot, CLIENTS, programme.seed) as (history, clients):
            for client in clients:
                client.seconds_between = CLIENTS / A_SECOND
            begun = time.monotonic()
            while time.monotonic() - begun < seconds:
                await asyncio.sleep(min(10.0, seconds / 25))
                seen.append((time.monotonic() - begun, memory(pid)))
                files.append(open_files(pid))
                logs.append((tmp_path / "bot.db-wal").stat().st_size / 2**20)
        found = await compared(bot, 0, 0)
        assert bot.process.pid == pid
    finally:
        await bot.stop()
    later = [point for point in seen if point[0] > seconds / 3]  # caches fill first
    grows = slope(later) * 3600
    waits = sorted(history.waits)
    most = waits[int(len(waits) * 0.95)]
    programme.figure(
        "hours, presses, acknowledged, missing", f"{seconds / 3600:.2f}, {len(waits)}, {found['acknowledged']}, 0"
    )
    programme.figure("memory at a third, at the end, MB an hour", f"{later[0][1]:.0f}, {later[-1][1]:.0f}, {grows:.1f}")
    programme.figure("open files at most, log MB at most, p95 s", f"{max(files)}, {max(logs):.1f}, {most:.3f}")
    assert most < 2
    assert max(logs) < 64
    assert max(files[len(files) // 3 :]) - min(files[len(files) // 3 :]) <= 2 * CLIENTS
    # Over half a minute a little more or less looks like a hundred MB an hour: a short run checks the total instead.
    risen = later[-1][1] - later[0][1]
    assert grows < 5 if seconds > 1800 else risen < 2 + seconds / 100, f"grows {grows:.1f} MB an hour, by {risen:.1f}"
