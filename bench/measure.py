"""Shared by the benchmarks: ratios over rounds, and the towns they run on."""

import sqlite3
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from bench.town import DAYS, FIRST, fill
from reports.selected import Selection
from storage import migrate
from storage.desk import Desk
from storage.recount import recount
from storage.sealing import Keys

KEY = b"b" * 32
TRAIL = b"t" * 32
YEAR = Selection(first=FIRST, last=FIRST + timedelta(DAYS - 1))


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure, one value per round, none if it was not measured. target: None if it has no goal."""

    goal: str
    what: str
    target: float | None
    values: tuple[float, ...]
    note: str = ""
    unit: str = ""

    @property
    def median(self) -> float:
        """Return the median of the rounds."""
        return statistics.median(self.values)

    @property
    def is_missed(self) -> bool:
        """Return whether there is a goal and it is missed."""
        return self.target is not None and bool(self.values) and self.median > self.target

    def line(self) -> str:
        """Return the figure as a line of the table."""
        if not self.values:
            return f"{self.goal:5} {self.what}: not measured" + (f"  [{self.note}]" if self.note else "")
        ends = f"{self.median:.2f} ({min(self.values):.2f}-{max(self.values):.2f}){self.unit}"
        goal = "no goal" if self.target is None else f"goal {self.target:g}{self.unit}"
        return f"{self.goal:5} {self.what}: {ends}, {goal}{'  MISSED' if self.is_missed else ''}  [{self.note}]"


def ratios(pairs: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """Return the ratio of each round."""
    return tuple(one / other for one, other in pairs)


def clock(work: Callable[[], object]) -> float:
    """Return the CPU time of a function in this process, in seconds."""
    start = time.process_time()
    work()
    return time.process_time() - start


def p95(waits: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(waits, n=20)[-1]


def new_desk(folder: Path, name: str) -> Desk:
    """Return a desk on a new, migrated database."""
    desk = Desk(f"sqlite:///{folder / name}.db", Keys({"bench": KEY}, TRAIL))
    migrate.upgrade(desk)
    return desk


def days_of_a_million_rows(lists: int) -> int:
    """Return how many days of a town's year hold about a million answers; for a smaller town the whole year."""
    return max(1, min(DAYS, 35_000_000 // lists))


@dataclass
class Towns:
    """A small town, a large one and one with sealed texts, each created at first use.

    folder: where they are stored. Existing towns are reused; no benchmark changes their lists.
    """

    folder: Path
    few: int
    many: int
    tell: Callable[[str], None]
    _open: dict[Path, Desk] = field(default_factory=dict)

    @property
    def small(self) -> Desk:
        """Return the small town."""
        return self._desk(self._file("town", self.few))

    @property
    def large(self) -> Desk:
        """Return the large town."""
        return self._desk(self._file("town", self.many))

    @property
    def sealed(self) -> Desk:
        """Return a copy of the small town in which some answers have a sealed motivation."""
        return self._desk(self._file("sealed", self.few, texts=0.3))

    def copy(self, lists: int, target: Path) -> None:
        """Copy a town's database to a place where it may be modified."""
        with (
            closing(sqlite3.connect(self._file("town", lists))) as source,
            closing(sqlite3.connect(target)) as copied,
        ):
            source.backup(copied)

    def close(self) -> None:
        """Close the databases."""
        for desk in self._open.values():
            desk.close()

    def _desk(self, path: Path) -> Desk:
        if path not in self._open:
            self._open[path] = Desk(f"sqlite:///{path}", Keys({"bench": KEY}, TRAIL))
        return self._open[path]

    def _file(self, kind: str, lists: int, *, texts: float = 0.0) -> Path:
        path = self.folder / f"{kind}{lists}.db"
        if not path.exists():
            self._make(path, lists, texts)
        return path

    def _make(self, path: Path, lists: int, texts: float) -> None:
        start = time.monotonic()
        half_made = path.stem + "-half-made"  # an interrupted run must not look like a complete town
        for rest in self.folder.glob(half_made + "*"):
            rest.unlink()
        desk = new_desk(self.folder, half_made)
        tenant = fill(desk, lists, texts=texts)
        written = time.monotonic()
        found = desk.run_now(partial(recount, tenant_id=tenant, repair=True))
        assert found.cases == lists
        desk.close()
        (self.folder / f"{half_made}.db").rename(path)
        projected = time.monotonic() - written
        self.tell(f"{path.name}: written in {written - start:.1f} s, projected in {projected:.1f} s")
