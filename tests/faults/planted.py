"""The bot's program with a fault planted at its start: `python planted.py NAME[=VALUE][,…] serve …`.

None of this is in the product: the program is the same, but some of its functions are replaced before it starts.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


def ack_first(_value: str) -> None:
    """Answer before the commit: every turn is computed, rolled back, answered, and only then stored."""
    import asyncio
    import time

    from storage.desk import Desk

    def later(desk: Desk, work: Callable[[Any], Any], serial: str) -> None:
        time.sleep(0.02)
        desk.run_now(work, serial)

    async def run(self: Desk, work: Callable[[Any], Any], serial: str = "", *, keep: bool = True, **_: bool) -> Any:
        loop = asyncio.get_running_loop()
        result = await loop.run_in_executor(self._threads, lambda: self.run_now(work, serial, keep=False))
        if keep:
            self._threads.submit(later, self, work, serial)
        return result

    Desk.run = run  # type: ignore[method-assign]


def acknowledged_and_rolled_back(_value: str) -> None:
    """Answer one turn in fifty without having stored it."""
    from itertools import count

    from bot.turns import Turns
    from storage.desk import Desk

    plain, numbers, turns = Desk.run, count(1), Turns._taken.__qualname__

    async def run(
        self: Desk, work: Callable[[Any], Any], serial: str = "", *, keep: bool = True, shares: bool = False
    ) -> Any:
        is_turn = getattr(getattr(work, "func", None), "__qualname__", "") == turns
        if is_turn and next(numbers) % 50 == 0:
            return self.run_now(work, serial, keep=False)
        return await plain(self, work, serial, keep=keep, shares=shares)

    Desk.run = run  # type: ignore[method-assign]


def synchronous_normal(_value: str) -> None:
    """Let SQLite answer a commit before it is on disk."""
    from storage import desk

    desk._SQLITE_PRAGMAS["synchronous"] = 1


def sent_again_blindly(_value: str) -> None:
    """Send a message again although it may have arrived."""
    from sqlalchemy import update
    from sqlmodel import col

    from storage import outbox
    from storage.prepared import prepared

    over = (col(outbox.OutboxRow.state) == outbox.SENDING, outbox._IS_OVER)
    outbox._CUT_OFF = prepared(update(outbox.OutboxRow).where(*over).values(state=outbox.WAITING, leased_until=None))


def says_ok(_value: str) -> None:
    """Answer 200 although nothing was stored."""
    from aiohttp import web

    plain = web.json_response

    def ok(data: Any, *, status: int = 200, **more: Any) -> web.Response:
        return plain(data, status=200 if status == 503 else status, **more)

    web.json_response = ok  # type: ignore[assignment]


def leak(_value: str) -> None:
    """Keep 40 kB of each turn."""
    from bot.turns import Turns

    plain, kept = Turns.take, []

    async def take(self: Turns, turn: Any) -> Any:
        kept.append(bytearray(b"x" * 40_000))
        return await plain(self, turn)

    Turns.take = take  # type: ignore[method-assign]


def power(value: str) -> None:
    """Lose the power at the N-th sync: the files hold what was synced before it, and the process is gone."""
    from tests.faults.power_loss import arm

    arm(int(value))


def slow_disk(value: str) -> None:
    """Let each sync of SQLite's files take so many milliseconds longer."""
    from tests.faults.power_loss import slow

    slow(float(value) / 1000)


PLANTS: dict[str, Callable[[str], None]] = {
    plant.__name__: plant
    for plant in (
        ack_first,
        acknowledged_and_rolled_back,
        synchronous_normal,
        sent_again_blindly,
        says_ok,
        leak,
        power,
        slow_disk,
    )
}


def plant(what: str) -> None:
    """Plant NAME or NAME=VALUE in this process."""
    name, _, value = what.partition("=")
    PLANTS[name](value)


def main() -> int:
    for one in sys.argv[1].split(","):
        plant(one)
    sys.argv[1:2] = []
    import app

    return app.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
