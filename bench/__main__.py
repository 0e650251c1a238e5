"""`python3 dev.py bench [--lists N] [--few N] [--rounds N] [--only G10,G12] [--towns FOLDER]`: benchmarks, as ratios.

A small run takes ten minutes and shows that everything works; the goals apply to 1 000 000 lists compared with 10 000.
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
from datetime import UTC, datetime
from pathlib import Path

from bench import chat, figures, files
from bench.measure import Figure, Towns

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
}


def main() -> int:
    """Measure, print a table and append it to the history. Returns: 1 if a goal is missed, else 0."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--lists", type=int, default=20_000)
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default=",".join(MEASURES), help=f"some of {','.join(MEASURES)}")
    parser.add_argument("--towns", type=Path, metavar="FOLDER", help="where towns are kept; made there when missing")
    parsed = parser.parse_args()
    wanted = parsed.only.split(",")
    if unknown := [name for name in wanted if name not in MEASURES]:
        parser.error(f"there is no {', '.join(unknown)}; take some of {','.join(MEASURES)}")
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kept: Path = parsed.towns or folder
        kept.mkdir(parents=True, exist_ok=True)
        with closing(Towns(kept, parsed.few, parsed.lists, _tell)) as towns:
            for one in wanted:
                _tell(f"{one} …")
                found += MEASURES[one](folder, towns, parsed.rounds)
    load = ", ".join(f"{part:.1f}" for part in os.getloadavg())
    _tell(f"\n{parsed.lists} lists against {parsed.few}, {os.cpu_count()} cores, load {load}")
    for figure in found:
        _tell(figure.line())
    _remember(found, parsed.lists, parsed.few)
    return int(any(figure.is_missed for figure in found))


def _tell(line: str) -> None:
    print(line, flush=True)


def _remember(found: list[Figure], lists: int, few: int) -> None:
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
