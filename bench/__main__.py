"""`python3 dev.py bench [--lists N] [--few N] [--rounds N] [--only G10,G12] [--towns FOLDER]`: benchmarks, as ratios.

A small run takes ten minutes and shows that everything works; the goals apply to 1 000 000 lists compared with 10 000.
`--peers` instead compares the bot with its peers (G1-G9, W50t): 45 minutes on a quiet machine, with `--quick` twelve.
Compared things are measured alternately within one run: trust the ratios, not the seconds. Each run appends to
bench/history.csv. Exit code 1 if a goal is missed.
"""

import argparse
import csv
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench import chat, figures, files, slow_disk
from bench.measure import Figure, Towns

ROOT = Path(__file__).resolve().parent.parent
HISTORY = Path(__file__).parent / "history.csv"
Measure = Callable[[Path, Towns, int], list[Figure]]
MEASURES: dict[str, Measure] = {
    "G10": lambda _folder, towns, rounds: [figures.g10(towns, rounds)],
    "G11": lambda folder, _towns, rounds: [figures.g11(folder, rounds)],
    "G12": files.g12,
    "G13": lambda folder, towns, rounds: [files.g13(folder, towns, rounds)],
    "G14": chat.g14,
    "wait": chat.wait,
    "report": chat.report,
    "beside": chat.beside,
    "G16": slow_disk.g16,
}


def main() -> int:
    """Measure, print a table and append it to the history. Returns: 1 if a goal is missed, else 0."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--lists", type=int, default=20_000)
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, help="default 3; 5 with --peers, 2 with --peers --quick")
    parser.add_argument("--only", default=",".join(MEASURES), help=f"some of {','.join(MEASURES)}")
    parser.add_argument("--towns", type=Path, metavar="FOLDER", help="where towns are kept; made there when missing")
    parser.add_argument("--peers", action="store_true", help="compare with the peers")
    parser.add_argument("--quick", action="store_true", help="with --peers: fewer and shorter rounds")
    parser.add_argument("--bots", help="with --peers: only these, such as ours,stock-form")
    parser.add_argument("--kept", type=Path, default=ROOT / "var" / "bench", help="where the peers' libraries are kept")
    parsed = parser.parse_args()
    if parsed.peers:
        return _peers(parser, parsed)
    wanted = parsed.only.split(",")
    if unknown := [name for name in wanted if name not in MEASURES]:
        parser.error(f"there is no {', '.join(unknown)}; choose from {','.join(MEASURES)}")
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kept: Path = parsed.towns or folder
        kept.mkdir(parents=True, exist_ok=True)
        with closing(Towns(kept, parsed.few, parsed.lists, _tell)) as towns:
            for one in wanted:
                _tell(f"{one} …")
                found += MEASURES[one](folder, towns, parsed.rounds or 3)
    return _conclude(found, f"{parsed.lists} lists against {parsed.few}", parsed.lists, parsed.few)


def _peers(parser: argparse.ArgumentParser, parsed: argparse.Namespace) -> int:
    from bench.peers import run

    plan = run.QUICK if parsed.quick else run.Plan()
    if parsed.rounds:
        plan = replace(plan, rounds=parsed.rounds)
    names = parsed.bots.split(",") if parsed.bots else [bot.name for bot in run.BOTS]
    if unknown := set(names) - {bot.name for bot in run.BOTS}:
        parser.error(f"there is no {', '.join(sorted(unknown))}; choose from {','.join(bot.name for bot in run.BOTS)}")
    bots = tuple(bot for bot in run.BOTS if bot.name in names)
    found, lacking = run.compare(parsed.kept, plan, _tell, bots)
    return _conclude(found, f"{plan.rounds} rounds", "", "") or int(bool(lacking))


def _conclude(found: list[Figure], of: str, lists: int | str, few: int | str) -> int:
    """Print the table and append it to the history. Returns: 1 if a goal is missed, else 0."""
    load = ", ".join(f"{part:.1f}" for part in os.getloadavg())
    _tell(f"\n{of}, {os.cpu_count()} cores, load {load}")
    for figure in found:
        _tell(figure.line())
    _remember([figure for figure in found if figure.values], lists, few)
    return int(any(figure.is_missed for figure in found))


def _tell(line: str) -> None:
    print(line, flush=True)


def _remember(found: list[Figure], lists: int | str, few: int | str) -> None:
    is_new = not HISTORY.exists()
    with HISTORY.open("a", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        if is_new:
            writer.writerow(["at", "goal", "lists", "few", "median", "lowest", "highest", "target"])
        at = datetime.now(UTC).isoformat(timespec="minutes")
        for figure in found:
            ends = (f"{value:.3f}" for value in (figure.median, min(figure.values), max(figure.values)))
            target = "" if figure.target is None else figure.target
            writer.writerow([at, figure.goal, lists, few, *ends, target])


if __name__ == "__main__":
    sys.exit(main())
