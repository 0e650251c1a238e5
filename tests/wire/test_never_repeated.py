"""What is typed in the wrong place on the command line, and what cannot be opened: one line by code, no value in it."""

import re
from pathlib import Path

import pytest

import app

NUMBER, MAIL, PASSWORD = "19121212-1212", "kanarin@hemlig.invalid", "KNRSECRET"


@pytest.fixture(autouse=True)
def _settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BK_MODE", "dev")
    monkeypatch.setenv("BK_DATABASE_URL", f"sqlite:///{tmp_path / 'bot.db'}")


def ended(*words: str) -> int:
    """Run a command and return its exit code, argparse's too."""
    try:
        return app.main(words)
    except SystemExit as end:
        return int(end.code or 0)


@pytest.mark.parametrize(
    "words",
    [
        ("migrate", NUMBER),
        ("people", "import", "a", MAIL),
        ("move-database", "x", f"postgresql://u:{PASSWORD}@h/d"),
        ("access-log", "--case", "SN", "2026/0001-KANARIN"),
        ("export", "--what", "KANARIN"),
        ("export", "--what", "rates", "--format", "KANARIN"),
        ("export", "--what", "rates", "--from", "KANARIN"),
        ("KANARIN",),
        ("export",),
    ],
)
def test_a_command_line_that_is_not_understood_repeats_nothing(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(*words) == 2

    told = capsys.readouterr().err
    assert told.startswith("usage: app.py")
    assert re.search(r"\(BK-3\d\d\)", told.splitlines()[-1])
    for typed in (NUMBER, MAIL, PASSWORD, "KANARIN"):
        assert typed not in told


def test_an_empty_stored_head_is_no_head(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("migrate") == 0

    assert ended("verify-log", "--since", "") == 1
    assert "(BK-" in capsys.readouterr().err


def test_a_backup_of_a_database_that_is_not_there_makes_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended("backup", str(tmp_path / "copy")) == 1

    assert "(BK-381)" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bot.db").write_text("tenant_id;object_id\n" * 200, encoding="utf-8")

    assert ended("migrate") == 2
    assert "(BK-322)" in capsys.readouterr().err


@pytest.mark.parametrize("url", [f"postgresql://u:{PASSWORD}@h:abc/d", f"postgresql://u:{PASSWORD}@[::1/d"])
def test_an_address_of_a_database_that_cannot_be_read_is_not_repeated(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BK_DATABASE_URL", url)

    assert ended("migrate") == 2
    told = capsys.readouterr().err
    assert "(BK-320)" in told
    assert PASSWORD not in told


def test_a_target_that_does_not_answer_is_said_to_be_silent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("migrate") == 0
    assert ended("move-database", "postgresql://u@127.0.0.1:1/d") == 2
    told = capsys.readouterr().err
    assert "Connection refused" in told
    assert "(BK-406)" in told


def test_a_line_break_in_the_name_of_a_file_makes_no_second_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended("people", "import", str(tmp_path / "a\nline 7: all is well (BK-101)"))

    assert len(capsys.readouterr().err.splitlines()) == 1
