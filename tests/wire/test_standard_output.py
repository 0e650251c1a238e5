"""What a command shows, where nobody takes it to its end, or where its file cannot be written."""

import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from checklists.program import ROOT
from tests.wire.door import TENANT
from tests.wire.test_trail_commands import FIRST, Operator

PEOPLE = f"tenant_id,email,name,unit,role\n{TENANT},anna@example.invalid,Anna Påhittad,Norra (påhittad),case_worker\n"
Runs = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Run a command as a process of its own; `to` is its standard output, by default one that nobody reads."""
    tmp_path = tmp_path_factory.mktemp("unread")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("BK_", "PYTHON"))},
        "BK_MODE": "dev",
        "BK_TENANTS": TENANT,
        "BK_KEYS": f"one:{b64encode(FIRST).decode()}",
        "BK_TRAIL_KEY": "08" * 32,
        "BK_SECRET_KEY": "08" * 32,
        "BK_DATABASE_URL": f"sqlite:///{tmp_path / 'a.db'}",
    }
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")

    def run(*arguments: str, to: int | None = None, **more: str) -> "subprocess.CompletedProcess[str]":
        reading, writing = os.pipe()
        os.close(reading)
        try:
            return subprocess.run(
                [sys.executable, str(ROOT / "app.py"), *arguments],
                stdout=writing if to is None else to,
                stderr=subprocess.PIPE,
                text=True,
                cwd=tmp_path,
                env={**environment, **more},
                check=False,
            )
        finally:
            os.close(writing)

    assert run("people", "import", "people.csv", to=subprocess.PIPE).stdout.startswith("added: 1")
    return run


@pytest.mark.parametrize(
    ("command", "unbuffered"),
    [
        ("--help", ""),
        ("people export", "1"),
        ("access-log", ""),
    ],
)
def test_a_reader_that_stops_is_one_sentence_and_no_crash(runs: Runs, command: str, unbuffered: str) -> None:
    done = runs(*command.split(), PYTHONUNBUFFERED=unbuffered)

    if command == "--help" and not unbuffered:  # nothing to be done about, and nothing lost
        assert (done.returncode, done.stderr) == (0, "")
    else:
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert "BK-467" in done.stderr


def test_a_full_disk_behind_standard_output_is_the_same_sentence(runs: Runs) -> None:
    with Path("/dev/full").open("wb") as full:
        done = runs("people", "export", to=full.fileno())

    assert (done.returncode, "No space left on device" in done.stderr, "BK-467" in done.stderr) == (1, True, True)


@pytest.mark.parametrize(("command", "event"), [("people export", "export")])
def test_what_was_read_before_the_reader_stopped_is_in_the_trail(runs: Runs, command: str, event: str) -> None:
    runs(*command.split())

    assert f";{event};" in runs("access-log", to=subprocess.PIPE).stdout


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Operator:
    made = Operator(tmp_path, monkeypatch, capfd)
    made.sets(BK_TENANTS=TENANT)
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    assert made.runs("people", "import", "people.csv")[0] == 0
    return made


@pytest.mark.parametrize(
    "failing",
    ["export --what rates --unit Ingen", "export --what case --case SN-2026-0001", "people export --tenant x"],
)
def test_a_command_that_fails_leaves_the_file_that_was_there(operator: Operator, failing: str) -> None:
    Path("kept.csv").write_text("förra månadens", encoding="utf-8")

    assert operator.runs(*failing.split(), "--out", "kept.csv")[0] == 1

    assert Path("kept.csv").read_text(encoding="utf-8") == "förra månadens"
    assert not Path("kept.csv.part").exists()


def test_a_file_is_replaced_when_it_is_whole_also_behind_a_link(operator: Operator) -> None:
    Path("of_may.csv").write_text("förra månadens", encoding="utf-8")
    Path("latest.csv").symlink_to("of_may.csv")

    assert operator.runs("people", "export", "--out", "latest.csv") == (0, "", "")

    assert "anna@example.invalid" in Path("of_may.csv").read_text(encoding="utf-8-sig")
    assert Path("latest.csv").is_symlink()
    assert Path("of_may.csv").stat().st_mode & 0o777 == 0o600


def test_a_device_is_written_to_where_it_is(operator: Operator) -> None:
    assert operator.runs("people", "export", "--out", "/dev/null") == (0, "", "")
    assert "BK-342" in operator.runs("people", "export", "--out", "/dev/full")[2]


def test_a_letter_that_the_terminal_lacks_is_shown_as_its_number(runs: Runs) -> None:
    shown = runs("units", "list", to=subprocess.PIPE, PYTHONIOENCODING="ascii")

    assert (shown.returncode, shown.stdout) == (0, "Norra (p\\xe5hittad): 0 open cases\n"), shown.stderr
