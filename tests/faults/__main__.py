"""Run the fault programme and keep its figures: `dev.py faults [--small] [--hours H] [--mutants] [--only T1,T2]`.

Each part is run by pytest in a process of its own. What was found goes into docs/faults.md, a row for each part; a part
that was not run keeps the row it had.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from tests.faults.programme import FIGURES, HOURS, MUTANT, MUTANTS, SCALE, SEED, SIZE

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "faults.md"
PARTS = {
    "T1": ("test_t01_killed.py", "killed while eight clients answer"),
    "T2": ("test_t02_power.py", "power lost at a random sync"),
    "T3": ("test_t03_replayed.py", "a day sent 1–4 times, shuffled"),
    "T4": ("test_t04_at_once.py", "twenty presses at once in each chat"),
    "T5": ("test_t05_connector.py", "a connector that fails in every way"),
    "T6": ("test_t06_rate.py", "the rate of reminders, at the connector"),
    "T7": ("test_t07_reminders.py", "two replicas killed while they remind"),
    "T8": ("test_t08_storage.py", "a database that is away, locked or full"),
    "T13": ("test_t13_texts.py", "texts there and back, on both databases"),
    "T20": ("test_t20_backups.py", "backup under load, and restored"),
    "T22": ("test_t22_migrations.py", "each migration, also killed, with rows"),
    "T24": ("test_t24_clocks.py", "clocks that change, leap and differ"),
    "T25": ("test_t25_soak.py", "five activities a second"),
    "morning": ("test_morning.py", "a sweep of many cases, and after five days"),
    "standby": ("test_standby.py", "the primary killed, the standby promoted"),
    "cost": ("test_cost.py", "what a press costs"),
}
TWO_AT_ONCE = {"T1", "T8", "T20", "T22", "T24", "standby"}
"""Parts of several tests that measure no waits: two of them run at once."""
_ROW = re.compile(r"^\| (?P<part>\w+) \|.*\|$")
HEAD = """# The fault programme

What `python3 dev.py faults` found, written by it: each row with the size it was run at, its figures, the day and the
commit. `--small` runs every part in a small form; without it a part has its full size, and the soak takes
`--hours` (2 if not said); `--share 0.2` runs a fifth of the full numbers, and the row says so. `--only T1,T2` runs
some; the others keep their rows. `--seed N` repeats a run.
`--mutants` plants in each part what it is there to find, and fails where the part does not see it: the column *bites*.
What a row says nothing of was not run. The clients write their own history, and another program compares it with the
database ([tests/faults/compare.py](../tests/faults/compare.py)); nothing asks the bot whether the bot is right.

| part | what | size | figures | result | bites | took | run |
|---|---|---|---|---|---|---|---|
"""


def main() -> int:
    """Return 0 if all parts that ran are well, and with --mutants none is blind; 1 otherwise."""
    parser = argparse.ArgumentParser(prog="dev.py faults", description=__doc__)
    parser.add_argument("--small", action="store_true", help="every part in its small form")
    parser.add_argument("--hours", type=float, default=2.0, help="how long the soak is, at full size")
    parser.add_argument("--mutants", action="store_true", help="plant in each part what it must see (small form)")
    parser.add_argument("--only", default="", help="these parts, comma-separated")
    parser.add_argument("--share", type=float, default=1.0, help="of the full numbers, such as 0.2")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    parts = [part for part in PARTS if not asked.only or part in asked.only.split(",")]
    well = [_mutants(part) if asked.mutants else _one(part, asked) for part in parts]
    sys.stdout.write("\n" + "\n".join(line for line in _kept().values()) + "\n")
    return 0 if all(well) else 1


def _run(
    part: str, size: str, mutant: str = "", hours: float = 0, seed: int = 1, share: float = 1
) -> tuple[int, str, dict[str, str], float]:
    """Run the tests of a part; return pytest's exit code and last line, the figures, and how long it took."""
    with tempfile.TemporaryDirectory() as folder:
        to = Path(folder) / "figures"
        told = {SIZE: size, FIGURES: str(to), HOURS: str(hours), SEED: str(seed), MUTANT: mutant}
        told |= {SCALE: str(share), "BK_SLOW": "1"}
        words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/faults/{PARTS[part][0]}"]
        words += ["-o", "faulthandler_timeout=0", "--basetemp", f"{folder}/run"]
        words += ["-n", "2" if part in TWO_AT_ONCE else "0"]
        begun = time.monotonic()
        ran = subprocess.run(words, cwd=ROOT, env=os.environ | told, capture_output=True, text=True, check=False)
        took = time.monotonic() - begun
        lines = to.read_text(encoding="utf-8").splitlines() if to.exists() else []
    figures = {one["name"]: one["value"] for one in map(json.loads, lines)}
    said = ran.stdout.strip().splitlines() or [ran.stderr.strip()]
    if ran.returncode not in (0, 5) and not mutant:
        sys.stdout.write(ran.stdout[-6000:] + "\n")
    return ran.returncode, said[-1], figures, took


def _one(part: str, asked: argparse.Namespace) -> bool:
    size = "small" if asked.small else "full"
    code, said, figures, took = _run(part, size, "", asked.hours, asked.seed, asked.share)
    well = code == 0
    result = "well" if well else "**not well**"
    if re.fullmatch(r"\W*\d+ skipped.*", said):
        result = "not run: something it needs is missing"
    told = "; ".join(f"{name}: {value}" for name, value in figures.items()).replace("|", "/")
    sys.stdout.write(f"{part}: {result}, {took:.0f} s. {told}\n")
    sys.stdout.flush()
    of_size = size
    if size == "full":
        of_size += f", {asked.hours:g} h" if part == "T25" else f" × {asked.share:g}" if asked.share != 1 else ""
    bites = _cells(part)[5] if part in _kept() else ""
    _keep(part, [part, PARTS[part][1], of_size, told, result, bites, f"{took:.0f} s", f"{date.today()} {_commit()}"])  # noqa: DTZ011
    return well


def _mutants(part: str) -> bool:
    seen = []
    for mutant in MUTANTS.get(part, ()):
        code, said, _, took = _run(part, "small", f"{part}:{mutant}")
        is_seen = code == 1
        seen.append(is_seen)
        words = f"{mutant} is seen" if is_seen else f"**{mutant} is not seen**"
        sys.stdout.write(f"{part}: {words} ({took:.0f} s): {said}\n")
        sys.stdout.flush()
        cells = _cells(part) or [part, PARTS[part][1], "", "", "not run", "", "", ""]
        _keep(part, [*cells[:5], words, *cells[6:]])
    return all(seen)


def _commit() -> str:
    ran = subprocess.run(
        ("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"), capture_output=True, text=True, check=False
    )
    return ran.stdout.strip() or "no history"


def _kept() -> dict[str, str]:
    if not TABLE.exists():
        return {}
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return {found["part"]: line for line in lines if (found := _ROW.match(line)) and found["part"] in PARTS}


def _cells(part: str) -> list[str]:
    line = _kept().get(part, "")
    return [cell.strip() for cell in line.strip("|").split("|")] if line else []


def _keep(part: str, cells: list[str]) -> None:
    rows = _kept() | {part: "| " + " | ".join(cells) + " |"}
    rest = TABLE.read_text(encoding="utf-8").partition("\n## ") if TABLE.exists() else ("", "", "")
    text = HEAD + "".join(rows[name] + "\n" for name in PARTS if name in rows)
    TABLE.write_text(text + rest[1] + rest[2], encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
