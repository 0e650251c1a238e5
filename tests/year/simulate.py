"""Runs one seed, or one after another until a fault is found."""

import tempfile
import time
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

from tests.year.check import Fault
from tests.year.database import a_database
from tests.year.planted import PLANTED, planted
from tests.year.town import Town

MEMORY = Path("/dev/shm")
MOST_SEEDS = 200
"""The most seeds that are tried for each planted fault."""


@dataclass(frozen=True)
class Year:
    """One seed's year. fault: the first that was found, "" for none. trace: all that happened. told: of that,
    what people were shown, without the ids that a database gives. acts: by people."""

    seed: int
    weeks: int
    fault: str
    acts: int
    cases: int
    seconds: float
    digest: str
    trace: tuple[str, ...]
    told: tuple[str, ...]


def year(seed: int, weeks: int = 52, *, postgres: bool = False) -> Year:
    """Simulate one seed's weeks. The same seed and weeks always give the same trace."""
    begun = time.perf_counter()
    with (
        tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder,
        a_database(Path(folder), postgres=postgres) as database,
    ):
        town, fault = Town(seed, weeks, Path(folder), database), ""
        try:
            town.run()
        except Fault as found:
            fault = str(found)
        except Exception as error:  # a fault of this seed, so that a run of a thousand names it
            at = traceback.extract_tb(error.__traceback__)[-1]
            fault = f"the run ended with {error!r} at {Path(at.filename).name}:{at.lineno}"
    seconds = time.perf_counter() - begun
    return Year(
        seed,
        weeks,
        fault,
        town.done,
        len(town.model.cases),
        seconds,
        town.digest(),
        tuple(town.trace),
        tuple(town.told),
    )


def year_on_both(seed: int, weeks: int = 52) -> Year:
    """Simulate one seed's weeks on SQLite and on PostgreSQL; people must be shown the same, in the same order.

    Not compared after a full disk, which is simulated on SQLite alone.
    """
    one = year(seed, weeks)
    other = year(seed, weeks, postgres=True) if not one.fault else one
    if one.fault or other.fault or any(line.endswith("trouble: full") for line in one.trace):
        return replace(other, fault=f"on PostgreSQL {other.fault}") if other.fault and not one.fault else one
    pairs = zip_longest(one.told, other.told, fillvalue="nothing")
    differ = next(((here, there) for here, there in pairs if here != there), None)
    fault = f"on SQLite {differ[0]}, on PostgreSQL {differ[1]}" if differ else ""
    return replace(other, fault=fault[:2000])


def found_within(name: str, seeds: Iterable[int]) -> Year | None:
    """Return the first seed that finds a planted fault, None if none does."""
    of, lives = PLANTED[name], year_on_both if PLANTED[name].postgres else year
    with planted(name):
        return next((one for one in (lives(seed, of.weeks) for seed in seeds) if one.fault), None)
