"""Starts `app.py` without importing it each time: as a copy of a process that has imported all of it and done no more.

Imports are nearly all that a start costs, a second and a half of processor time; the suite starts the bot some hundred
times, and one part of the fault programme a hundred times on each database. A copy has an id of its own, opens its
database itself and can be killed. That the program starts as it is delivered is shown elsewhere (wire/test_start.py,
wire/test_stopping.py, wire/test_wheel.py, faults/test_kills.py).
"""

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import chdir
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from tests.conftest import ROOT

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext

AHEAD = ["tests.warm", "app", "bot.web", "bot.admin_port", "bot.metrics", "bot.demo", "tryout.channel"]
AHEAD += ["bot.commandline.upkeep_commands", "bot.commandline.registers", "reports.answers", "reports.xlsx_out"]
AHEAD += ["tests.faults.planted", "tests.faults.killed_migration"]
"""What serving imports, and the commands most used. Importing it opens nothing and starts no thread."""
IS_HERE = sys.platform == "linux"
"""Elsewhere a bot is started from the beginning each time."""


class WarmProcess(asyncio.subprocess.Process):
    """A process that was copied; in use like one that asyncio started."""

    def __init__(self, made: BaseProcess) -> None:
        assert made.pid is not None
        self.pid, self._made = made.pid, made

    @property
    def returncode(self) -> int | None:
        """Return how it ended, None while it runs."""
        return self._made.exitcode

    async def wait(self) -> int:
        """Return how it ended, once it has."""
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._made.sentinel, over.set)
        try:
            await over.wait()
        finally:
            loop.remove_reader(self._made.sentinel)
        self._made.join()
        assert self._made.exitcode is not None
        return self._made.exitcode

    def send_signal(self, signal: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, signal)

    def terminate(self) -> None:
        """Ask it to stop."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it at once."""
        self.send_signal(signal.SIGKILL)


def start(words: Sequence[str], environment: dict[str, str], output: Path, plants: Sequence[str] = ()) -> WarmProcess:
    """Run `app.py` with these words. output: the file that what it says is added to. plants: see faults/planted.py."""
    made = _original().Process(target=_become, args=(words, environment, str(output), plants), daemon=True)
    made.start()
    return WarmProcess(made)


def ended(function: Callable[..., object], *arguments: object) -> int:
    """Call a function in a process of its own, and return how that ended."""
    made = _original().Process(target=function, args=arguments, daemon=True)
    made.start()
    made.join()
    assert made.exitcode is not None
    return made.exitcode


def _become(words: Sequence[str], environment: dict[str, str], output: str, plants: Sequence[str]) -> NoReturn:
    """Become `app.py` with these words, in the process that is a copy."""
    os.environ.clear()
    os.environ.update(environment)
    into = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(into, 1)
    os.dup2(into, 2)
    os.close(into)
    for asked in (signal.SIGINT, signal.SIGTERM):  # as app.py does first of all, where it is what is started
        signal.signal(asked, lambda *_: sys.exit(0))
    if plants:
        from tests.faults import planted

        for one in plants:
            planted.plant(one)
    import app

    sys.exit(app.main(words))


@cache
def _original() -> "ForkServerContext | SpawnContext":
    """Return what makes the copies. It imports from the folder it is started in: it hears of no other path by then."""
    if not IS_HERE:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(AHEAD)
    from multiprocessing import forkserver  # only where there is such a thing

    with chdir(ROOT):
        forkserver.ensure_running()
    return context
