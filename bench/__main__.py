"""`python3 dev.py bench [--lists N] [--few N] [--rounds N]`: the figures as ratios within one run.

A small run takes seconds and shows that everything works; the goals are about 1 000 000 lists against 10 000.
Each run adds lines to bench/history.csv.
"""

import argparse
import csv
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import Figure, measure

HISTORY = Path(__file__).parent / "history.csv"


def main() -> int:
    """Measure, print a table and remember it; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--lists", type=int, default=20_000)
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parsed = parser.parse_args()
    figures = measure(parsed.lists, parsed.few, parsed.rounds, lambda line: print(line, flush=True))
    for figure in figures:
        low, high = min(figure.ratios), max(figure.ratios)
        missed = "" if figure.median <= figure.target else "  MISSED"
        print(
            f"{figure.goal}  {figure.what}: {figure.median:.2f} ({low:.2f}-{high:.2f}), goal {figure.target}{missed}"
            f"  [{figure.note}]"
        )
    _remember(figures, parsed.lists, parsed.few)
    return int(any(figure.median > figure.target for figure in figures))


def _remember(figures: list[Figure], lists: int, few: int) -> None:
    is_new = not HISTORY.exists()
    with HISTORY.open("a", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        if is_new:
            writer.writerow(["at", "goal", "lists", "few", "median", "lowest", "highest", "target"])
        for figure in figures:
            ends = (f"{ratio:.3f}" for ratio in (figure.median, min(figure.ratios), max(figure.ratios)))
            at = datetime.now(UTC).isoformat(timespec="minutes")
            writer.writerow([at, figure.goal, lists, few, *ends, figure.target])


if __name__ == "__main__":
    sys.exit(main())
