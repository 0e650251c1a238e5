"""Simulates municipalities' years: `python3 dev.py year [--seeds N] [--seed S] [--weeks W] [--postgres] [--planted]`.

Ends with 0 when every seed held, with 1 when a fault was found: its last steps are printed, and `--seed` with its
number and the same `--weeks` repeats it, byte for byte. With `--postgres` each seed runs on both databases, and people
must be shown the same; ids, and so what a card's buttons send, may differ.
"""

import argparse
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from tests.year.planted import PLANTED
from tests.year.simulate import MOST_SEEDS, Year, found_within, year, year_on_both

LAST_STEPS = 25


def main(arguments: list[str]) -> int:
    """Run the command. Returns: 0 all held, 1 a fault was found or a planted one was not."""
    parser = argparse.ArgumentParser(prog="dev.py year", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many, from 0")
    parser.add_argument("--seed", type=int, help="this one alone; with --seeds, the first")
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL as well (BK_TEST_POSTGRES_URL)")
    parser.add_argument("--jobs", type=int, default=1, help="processes to run them in")
    parser.add_argument("--planted", action="store_true", help="plant faults, one at a time; each must be found")
    parser.add_argument("--trace", type=Path, help="write the trace of --seed into a file")
    chosen = parser.parse_args(arguments)
    if chosen.planted:
        return _planted(postgres=chosen.postgres)
    if chosen.seed is not None and "--seeds" not in arguments:
        return _one(chosen.seed, chosen.weeks, chosen.trace, _lives(chosen))
    first = chosen.seed or 0
    return _many(range(first, first + chosen.seeds), chosen.weeks, chosen.jobs, _lives(chosen))


def _lives(chosen: argparse.Namespace) -> Callable[..., Year]:
    return year_on_both if chosen.postgres else year


def _one(seed: int, weeks: int, trace: Path | None, lives: Callable[..., Year]) -> int:
    found = lives(seed, weeks)
    if trace is not None:
        trace.write_text("\n".join(found.trace) + "\n", encoding="utf-8")
    _tell(found)
    return 1 if found.fault else 0


def _many(seeds: range, weeks: int, jobs: int, lives: Callable[..., Year]) -> int:
    begun, acts, bad, done = time.perf_counter(), 0, [], 0
    with ProcessPoolExecutor(jobs) as pool:
        for found in pool.map(partial(lives, weeks=weeks), seeds):
            done, acts = done + 1, acts + found.acts
            if found.fault:
                bad.append(found.seed)
                _tell(found)
            elif sys.stdout.isatty():
                print(f"\r{done} of {len(seeds)}", end="", flush=True)
    minutes = (time.perf_counter() - begun) / 60
    print(f"{done} seeds of {weeks} weeks, {acts} acts: {len(bad)} with a fault {bad or ''}", flush=True)
    print(f"{done / minutes:.1f} seeds a minute")
    return 1 if bad else 0


def _planted(*, postgres: bool) -> int:
    missed = []
    for name in (one for one, of in PLANTED.items() if postgres or not of.postgres):
        found = found_within(name, range(MOST_SEEDS))
        if found is None:
            missed.append(name)
            print(f"{name}: not found within {MOST_SEEDS} seeds")
        elif not PLANTED[name].is_in(found.fault):
            missed.append(name)
            print(f"{name}: another fault found by seed {found.seed}: {found.fault[:160]}", flush=True)
        else:
            print(f"{name}: found by seed {found.seed}: {found.fault[:160]}", flush=True)
    return 1 if missed else 0


def _tell(found: Year) -> None:
    state = f"FAULT: {found.fault}" if found.fault else "held"
    print(f"seed {found.seed}, {found.acts} acts in {found.cases} cases, {found.digest[:16]}: {state}", flush=True)
    for line in found.trace[-LAST_STEPS:] if found.fault else ():
        print("   ", line)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
