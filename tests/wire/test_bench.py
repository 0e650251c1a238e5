"""A minimal run of the benchmark, from the command line to the real bot, produces every figure."""

import asyncio
import csv
import json
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app import main
from bench import __main__ as command
from bench import chat, figures, files, slow_disk
from bench.measure import Figure, Towns
from bench.peers import recorded, run
from bench.peers.channel import Chat
from bench.peers.ours import SETTINGS, Databases
from bench.peers.processes import LOCK
from bench.peers.run import Bot, Comparison, Plan
from tests.conftest import ROOT
from tests.faults import power_loss


@pytest.fixture
def towns(tmp_path: Path) -> Iterator[Towns]:
    made = Towns(tmp_path, 20, 40, lambda _line: None)
    yield made
    made.close()


def goals(found: list[Figure]) -> list[tuple[str, float | None]]:
    assert all(value > 0 for figure in found for value in figure.values)
    return [(figure.goal, figure.target) for figure in found]


@pytest.mark.slow
def test_reports_commits_and_files_are_measured(towns: Towns, tmp_path: Path) -> None:
    found = [figures.g10(towns, 1), figures.g11(tmp_path, 1, commits=5), *files.g12(tmp_path, towns, 1)]
    found.append(files.g13(tmp_path, towns, 1))

    assert goals(found) == [("G10", 1.5), ("G11", 1.25), ("G12", 1.5), ("G12m", 64), ("G12s", None), ("G13", 1.2)]


@pytest.mark.slow
def test_waits_are_measured_while_a_command_runs(towns: Towns, tmp_path: Path) -> None:
    assert goals(chat.g14(tmp_path, towns, 1, turns=22)) == [("G14", 1.5), ("G14r", None)]


def test_waits_of_people_at_once_are_measured(towns: Towns, tmp_path: Path) -> None:
    assert goals(chat.wait(tmp_path, towns, 1, workers=3, reading=0.1)) == [("W50", 300), ("W50p", None)]


def test_people_who_press_are_measured_on_a_slow_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if power_loss.library() is None:
        pytest.skip("needs an SQLite that is a library of its own")
    monkeypatch.setattr(slow_disk, "BETWEEN", 0.1)

    for seconds in (1.5, 10, 60):  # on a busy machine nobody may have come to a press in the first of them
        (tmp_path / str(seconds)).mkdir()
        found = slow_disk.measured(tmp_path / str(seconds), 40, people=2, seconds=seconds, coming=0.5)
        if found.waits.pressed:
            break

    assert min(found.waits.pressed) > 0.04, "answered before its commit was on the disk"
    assert 0 < found.turns <= found.commits


@pytest.mark.slow
def test_figures_in_the_chat_are_measured_in_both_towns(towns: Towns, tmp_path: Path) -> None:
    assert goals(chat.report(tmp_path, towns, 1, times=2)) == [("G10c", 1.5), ("G10e", 1.5)]


def test_a_run_is_appended_to_the_history_and_a_missed_goal_is_exit_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = Figure("kept", "made up", 1.5, (1.0, 2.0, 1.2))
    told = Figure("told", "made up", None, (9.0,), unit=" ms")
    missed = Figure("missed", "made up", 1.5, (1.6,), "a note")
    monkeypatch.setattr(command, "HISTORY", tmp_path / "history.csv")
    monkeypatch.setattr(command, "MEASURES", {"one": lambda *_: [kept, told], "two": lambda *_: [missed]})

    def bench(*words: str) -> int:
        monkeypatch.setattr("sys.argv", ["bench", "--towns", str(tmp_path / "towns"), *words])
        return command.main()

    assert (bench("--only", "one"), bench("--lists", "7", "--few", "3")) == (0, 1)
    said = capsys.readouterr().out
    assert "kept  made up: 1.20 (1.00-2.00), goal 1.5  [" in said
    assert "told  made up: 9.00 (9.00-9.00) ms, no goal  [" in said
    assert "missed made up: 1.60 (1.60-1.60), goal 1.5  MISSED  [a note]" in said
    with (tmp_path / "history.csv").open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    assert [row[1:] for row in rows][-1] == ["missed", "7", "3", "1.600", "1.600", "1.600", "1.5"]
    assert [row[1] for row in rows] == ["kept", "told", "kept", "told", "missed"]
    with pytest.raises(SystemExit):
        bench("--only", "three")


def test_the_bot_is_compared_with_a_peer_on_the_same_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # The project's own libraries are enough for the bare form: nothing is installed here.
    monkeypatch.setattr(run, "python_of_peers", lambda _folder: sys.executable)
    small = Plan(rounds=1, warm=0, few=1, few_for=0.1, many=2, many_for=0.1, waits=False, grow=1)
    monkeypatch.setattr(run, "QUICK", small)
    monkeypatch.setattr(command, "HISTORY", tmp_path / "history.csv")
    words = ["--peers", "--quick", "--bots", "bare-sqlite,floor,ours", "--kept", str(tmp_path / "kept")]
    monkeypatch.setattr("sys.argv", ["bench", *words])

    command.main()  # whether a goal is missed says nothing here

    said = capsys.readouterr().out
    assert "fdatasync of the disk: p50" in said
    assert "NO RESULT" not in said
    assert "G1    CPU, typed / stock form: not measured" in said
    with (tmp_path / "history.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["goal"]: row for row in csv.DictReader(file)}
    assert rows.keys() == {"G1f", "G2", "G5f", "G5c", "G8g"}
    assert all(float(rows[goal]["median"]) > 0 for goal in ("G1f", "G2", "G5f"))


def test_the_floor_says_and_stores_what_ours_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    databases = Databases(tmp_path, people=1)
    log, file = tmp_path / "log", tmp_path / "cards.json"

    def left(*module: str) -> tuple[dict[str, Any], dict[str, int], str]:
        """Return a bot's cards, how many rows each table has, and the answers as a file."""
        with databases.new("sqlite") as url:
            heard = asyncio.run(recorded.heard_from((sys.executable, *module), url, log))
            monkeypatch.setenv("BK_DATABASE_URL", url)
            assert main(("verify-log",)) == 0
            assert main(("export", "--what", "answers", "--out", str(tmp_path / "answers.csv"))) == 0
            return recorded.templates(heard), _rows(url), (tmp_path / "answers.csv").read_text(encoding="utf-8")

    cards, rows, answers = left(*run.OURS)
    file.write_text(json.dumps(cards), encoding="utf-8")
    refs = re.compile(r"SN 2031/\d+")

    for shared in ((), ("shared",)):
        of_floor, its_rows, its_answers = left(*run.FLOOR, *shared, str(file))
        assert of_floor == cards
        assert its_rows == rows
        assert refs.sub("", its_answers) == refs.sub("", answers)
    assert rows["inbox"] == 23
    assert "en påhittad motivering" in answers


def _rows(url: str) -> dict[str, int]:
    """Count the rows of every table that a turn writes to, and the events of people."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        tables = [name for [name] in database.execute("select name from sqlite_master where type = 'table'")]
        counts = {name: database.execute(f"select count(*) from {name}").fetchone()[0] for name in tables}
        by_people = "select count(*) from event where actor like 'person:%'"
        counts["event"] = database.execute(by_people).fetchone()[0]
    return {name: count for name, count in counts.items() if name not in BY_LOOPS}


BY_LOOPS = {"event_seal", "sweep", "tally", "counted", "trail_head"}
"""What the floor leaves out: the sweep and its event, the figures, and the head of the trail that is told each day."""


async def test_a_reply_that_says_something_else_is_no_result(tmp_path: Path) -> None:
    async def wrong(chat: Chat, _pause: object) -> None:
        await chat.types("start", "no bot says this")

    bare = Bot("bare", run.BOTS[0].module, (("form", wrong),))
    found = Comparison(Plan(rounds=1), sys.executable, tmp_path, (bare,), print)
    await asyncio.to_thread(found.run)

    [lacking] = found.lacking
    assert lacking.startswith("round 1, bare: WrongReply: 'start' was answered without ['no bot says this']")
    assert all(not figure.values for figure in run.figures(found))


def test_what_the_peers_need_is_locked_by_hash() -> None:
    wanted = [line for line in LOCK.with_suffix(".in").read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    locked = LOCK.read_text(encoding="utf-8").replace("\\\n", "").splitlines()

    assert all(" --hash=sha256:" in line for line in locked)
    for name in wanted:
        pinned = name.replace(">=", "==").partition("==")[0] + "=="
        assert any(line.startswith(pinned) for line in locked), name
    ours = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "botbuilder-dialogs==" not in ours
    assert "microsoft-agents" not in ours
