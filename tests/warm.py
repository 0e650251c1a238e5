"""Starts `app.py` without importing it each time: as a fork of a process that has imported it and done nothing else.

Imports are nearly all that a start costs, a second and a half of processor time; the suite starts the bot some hundred
times, and one part of the fault programme a hundred times on each database. A copy has an id of its own, opens its
database itself and can be killed. Other tests show that the program starts as it is delivered
(wire/test_start.py, wire/test_stopping.py, wire/test_wheel.py, faults/test_kills.py).
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
"""The modules that serving and the commands most used import. Importing them opens nothing and starts no thread."""
IS_HERE = sys.platform == "linux"
"""On other systems the bot is started from scratch each time."""


class WarmProcess(asyncio.subprocess.Process):
    """A forked process, with the interface of one that asyncio started."""

    def __init__(self, made: BaseProcess) -> None:
        assert made.pid is not None
        self.pid, self._made = made.pid, made

    @property
    def returncode(self) -> int | None:
        """Return the exit code, None while it runs."""
        return self._made.exitcode

    async def wait(self) -> int:
        """Wait for it to end, and return the exit code."""
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
    """Run `app.py` with these words. output: the file its output is appended to. plants: see faults/planted.py."""
    made = _original().Process(target=_become, args=(words, environment, str(output), plants), daemon=True)
    made.start()
    return WarmProcess(made)


def ended(function: Callable[..., object], *arguments: object) -> int:
    """Call a function in a process of its own, and return the exit code."""
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
    for asked in (signal.SIGINT, signal.SIGTERM):  # app.py does this first, when it is run as a program
        signal.signal(asked, lambda *_: sys.exit(0))
    if plants:
        from tests.faults import planted

        for one in plants:
            planted.plant(one)
    import app

    sys.exit(app.main(words))


@cache
def _original() -> "ForkServerContext | SpawnContext":
    """Return the context that makes the copies; it imports from its working directory, as it is given no other path."""
    if not IS_HERE:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(AHEAD)
    from multiprocessing import forkserver  # only where there is such a thing

    with chdir(ROOT):
        forkserver.ensure_running()
    return context
