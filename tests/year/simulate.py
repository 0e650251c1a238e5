"""Runs one seed, or one after another until a fault is found."""

import tempfile
import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.year.check import Fault
from tests.year.planted import PLANTED, planted
from tests.year.town import Town

MEMORY = Path("/dev/shm")
MOST_SEEDS = 200
"""The most seeds that are tried for each planted fault."""


@dataclass(frozen=True)
class Year:
    """One seed's year. fault: the first that was found, "" for none. trace: all that happened. acts: by people."""

    seed: int
    weeks: int
    fault: str
    acts: int
    cases: int
    seconds: float
    digest: str
    trace: tuple[str, ...]


def year(seed: int, weeks: int = 52) -> Year:
    """Live through one seed's weeks. Everything follows from the two numbers."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        town, fault = Town(seed, weeks, Path(folder)), ""
        try:
            town.run()
        except Fault as found:
            fault = str(found)
        except Exception as error:  # as a fault of this seed: whoever runs a thousand of them is told which
            at = traceback.extract_tb(error.__traceback__)[-1]
            fault = f"the run ended with {error!r} at {Path(at.filename).name}:{at.lineno}"
    seconds = time.perf_counter() - begun
    return Year(seed, weeks, fault, town.done, len(town.model.cases), seconds, town.digest(), tuple(town.trace))


def years(seeds: Iterable[int], weeks: int) -> Iterator[Year]:
    """Live through some seeds, one after another."""
    return (year(seed, weeks) for seed in seeds)


def found_within(name: str, seeds: Iterable[int]) -> Year | None:
    """Return the first seed that finds a planted fault, None if none does."""
    with planted(name):
        return next((one for one in years(seeds, PLANTED[name].weeks) if one.fault), None)
