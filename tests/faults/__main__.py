"""Run the fault programme and keep its figures: `dev.py faults [--small] [--hours H] [--mutants] [--only T1,T2]`.

At full size each part is run by pytest in a process of its own, in the small form all by one. What was found goes into
docs/faults.md, a row for each part; a part that was not run keeps the row it had.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

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
FIRST = ("standby", "T8", "T25", "T7", "T1", "cost", "T4", "T22", "T20")
"""Parts that take longest, or wait: begun first, so that none is left alone at the end."""
_ROW = re.compile(r"^\| (?P<part>\w+) \|.*\|$")
HEAD = """# The fault programme

What `python3 dev.py faults` found, written by it: each row with the size it was run at, its figures, the day and the
commit. `--small` runs every part in a small form; without it a part has its full size, and the soak test takes
`--hours` (2 by default); `--share 0.2` runs a fifth of the full numbers, and the row says so. `--only T1,T2` runs
some parts; the others keep their rows. `--seed N` repeats a run.
A small run does not replace the row of a full run that went well.
`--mutants` plants in each part a fault it is there to find, and fails if the part does not see it: the column *bites*.
What a row does not mention was not run. The clients write their own history, and another program compares it with the
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
    begun = time.monotonic()
    if asked.mutants:
        well = [_mutant(part) for part in parts if part in MUTANTS]
    else:
        told = {SIZE: "small" if asked.small else "full", HOURS: str(asked.hours)}
        told |= {SEED: str(asked.seed), SCALE: str(asked.share)}
        # Small, they share one start of pytest and both processors; at full size each has the machine to itself.
        together = [tuple(parts)] if asked.small else [(part,) for part in parts]
        well = [_told(result, asked) for some in together for result in _results(some, told)]
    sys.stdout.write("\n" + "\n".join(line for line in _kept().values()) + "\n")
    sys.stdout.write(f"\n{time.monotonic() - begun:.0f} s in all\n")
    return 0 if all(well) else 1


@dataclass
class Result:
    """What a part came to. ran: how many of its tests were not left out. took: seconds, of all its tests."""

    part: str
    well: bool = True
    ran: int = 0
    took: float = 0.0
    figures: dict[str, str] = field(default_factory=dict)


def _results(parts: Sequence[str], told: dict[str, str]) -> list[Result]:
    """Run the tests of some parts, and return what came out of each."""
    results = {part: Result(part) for part in parts}
    with tempfile.TemporaryDirectory() as folder:
        figures, report = Path(folder) / "figures", Path(folder) / "report.xml"
        two = len(parts) > 1 or parts[0] in TWO_AT_ONCE
        words = ["--junitxml", str(report), *(("-n", "2", "--dist", "worksteal") if two else ("-n", "0"))]
        ran = _pytest(parts, folder, told | {FIGURES: str(figures)}, *words)
        if ran.returncode:
            sys.stdout.write(ran.stdout[-6000:] + ran.stderr[-2000:] + "\n")
        for line in figures.read_text(encoding="utf-8").splitlines() if figures.exists() else ():
            one = json.loads(line)
            results[one["part"]].figures[one["name"]] = one["value"]
        cases = list(ElementTree.parse(report).iter("testcase")) if report.exists() else []
    part_of = {PARTS[part][0].removesuffix(".py"): part for part in parts}
    for case in cases:
        result = results[part_of[case.get("classname", "").rpartition(".")[2]]]
        result.took += float(case.get("time", "0"))
        result.ran += case.find("skipped") is None
        result.well &= case.find("failure") is None and case.find("error") is None
    if not cases:
        return [replace(result, well=False) for result in results.values()]
    return list(results.values())


def _pytest(parts: Sequence[str], folder: str, told: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    files = [f"tests/faults/{PARTS[part][0]}" for part in sorted(parts, key=lambda part: part not in FIRST)]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "faulthandler_timeout=0"]
    command += ["--basetemp", f"{folder}/run", *words, *files]
    environment = os.environ | {MUTANT: "", "BK_SLOW": "1"} | told
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def _told(result: Result, asked: argparse.Namespace) -> bool:
    """Tell what came out of a part, and keep it in the table."""
    part, size = result.part, "small" if asked.small else "full"
    words = "well" if result.well else "**not well**"
    if result.well and not result.ran:
        words = "not run: something it needs is missing"
    told = "; ".join(f"{name}: {value}" for name, value in result.figures.items()).replace("|", "/")
    sys.stdout.write(f"{part}: {words}, {result.took:.0f} s. {told}\n")
    sys.stdout.flush()
    if size == "full":
        size += f", {asked.hours:g} h" if part == "T25" else f" × {asked.share:g}" if asked.share != 1 else ""
    before = _cells(part) or ["", "", "", "", "", "", "", ""]
    if asked.small and result.well and before[2].startswith("full") and before[4] == "well":
        return True  # the row says more than this run
    run = f"{date.today()} {_commit()}"  # noqa: DTZ011
    _keep(part, [part, PARTS[part][1], size, told, words, before[5], f"{result.took:.0f} s", run])
    return result.well


def _mutant(part: str) -> bool:
    """Run a part with what it must see, and return whether it says so."""
    mutant, says = MUTANTS[part]
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        told = {SIZE: "small", MUTANT: f"{part}:{mutant}"}
        ran = _pytest((part,), folder, told, "--tb=line", "-n", "2" if part in TWO_AT_ONCE else "0")
    is_seen = ran.returncode == 1 and says in ran.stdout
    words = f"{mutant} is seen" if is_seen else f"**{mutant} is not seen**"
    sys.stdout.write(f"{part}: {words} ({time.monotonic() - begun:.0f} s)\n" + ("" if is_seen else ran.stdout[-4000:]))
    sys.stdout.flush()
    cells = _cells(part) or [part, PARTS[part][1], "", "", "not run", "", "", ""]
    _keep(part, [*cells[:5], words, *cells[6:]])
    return is_seen


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
