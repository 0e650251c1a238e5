"""Bots as separate processes, pinned to a core, with CPU and memory as Linux reports them; the peers' libraries."""

import asyncio
import compileall
import contextlib
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dev import fingerprint, read_stamp, write_stamp
from tests.conftest import ROOT

LOCK = Path(__file__).with_name("requirements.lock")
_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_LISTENS_WITHIN = 60.0
_LOOK = 0.005
"""Seconds between two checks of whether a bot listens."""
_OF_TESTS = ("BK_", "Microsoft", "PYTHONDONTWRITEBYTECODE")
"""Prefixes of variables not passed on. Without bytecode on disk, as some developers prefer, every start compiles."""


@dataclass(frozen=True, slots=True)
class Cores:
    """Which core the bots run on, and which all else; None if there are not two, or the core cannot be chosen."""

    bots: int | None
    load: int | None

    @classmethod
    def of_this_machine(cls) -> "Cores":
        """Return the last core for the bots, the first for the load."""
        if not hasattr(os, "sched_getaffinity") or len(mine := sorted(os.sched_getaffinity(0))) < 2:
            return cls(None, None)
        return cls(mine[-1], mine[0])

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Keep this process off the bots' core."""
        if self.load is None:
            yield
            return
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {self.load})
        try:
            yield
        finally:
            os.sched_setaffinity(0, before)


class Started:
    """A running process of a bot."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, log: Path) -> None:
        self._process, self.port, self._log = process, port, log

    @property
    def _tasks(self) -> Path:
        return Path(f"/proc/{self._process.pid}/task")

    @property
    def url(self) -> str:
        """The address that activities are posted to."""
        return f"http://127.0.0.1:{self.port}/api/messages"

    def cpu(self) -> float:
        """Return the seconds of CPU it has used, its own and the system's on its behalf."""
        after_name = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return sum(int(ticks) for ticks in after_name[11:15]) / _TICK

    def kept_waiting(self) -> float:
        """Return the seconds in which its threads wanted a processor and had none, as others used it."""
        delays = [one.read_text(encoding="ascii").split()[1] for one in self._tasks.glob("*/schedstat")]
        return sum(map(int, delays)) / 1e9

    def mib(self) -> float:
        """Return its memory in MiB."""
        pages = Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * _PAGE / 2**20

    async def listens(self) -> None:
        """Wait until it accepts connections. Raises: AssertionError: it has ended, or takes too long."""
        end = time.monotonic() + _LISTENS_WITHIN
        while time.monotonic() < end:
            assert self._process.returncode is None, self._log.read_text(encoding="utf-8")[-2000:]
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(_LOOK)
        raise AssertionError(f"{self._log.name}: does not listen")

    async def stop(self) -> None:
        """Ask it to stop; kill it if it does not."""
        if self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), 15)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()


async def start(
    words: Sequence[str], settings: Mapping[str, str], port: int, log: Path, core: int | None = None
) -> Started:
    """Start a bot in the project's folder, listening on PORT."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OF_TESTS)}
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            *words, cwd=ROOT, env={**kept, **settings, "PORT": str(port)}, stdout=out, stderr=out
        )
    if core is not None:
        os.sched_setaffinity(process.pid, {core})
    return Started(process, port, log)


def compile_ours() -> None:
    """Put the bytecode of the project's packages on disk, as an installed wheel has it."""
    for package in sorted(ROOT.glob("*/__init__.py")):
        compileall.compile_dir(package.parent, quiet=2)
    compileall.compile_file(ROOT / "app.py", quiet=2)


def python_of_peers(folder: Path) -> str:
    """Return a Python with the peers' libraries, installed there by hash the first time. Raises: CalledProcessError."""
    place = folder / "peers-venv"
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    wanted = f"{fingerprint(LOCK)} {sys.version_info[0]}.{sys.version_info[1]}"
    if not place.is_dir() or read_stamp(place) != wanted:
        print(f"installing the peers' libraries into {place} …", flush=True)
        shutil.rmtree(place, ignore_errors=True)
        venv.create(place, with_pip=True)
        pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-qq"]
        subprocess.run([*pip, "--require-hashes", "-r", str(LOCK)], check=True)
        write_stamp(place, wanted)
    return str(python)


def disk_syncs(folder: Path, times: int = 200) -> tuple[float, float]:
    """Return how long the disk takes to sync 4 KiB (fdatasync): median and 95th percentile, in milliseconds."""
    sync = getattr(os, "fdatasync", os.fsync)
    took = []
    path = folder / "synced"
    with path.open("wb", buffering=0) as file:
        for _ in range(times):
            file.write(os.urandom(4096))
            began = time.perf_counter()
            sync(file.fileno())
            took.append(1000 * (time.perf_counter() - began))
    path.unlink()
    took.sort()
    return took[len(took) // 2], took[int(0.95 * len(took))]
