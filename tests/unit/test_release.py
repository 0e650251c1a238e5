"""The number of the release: one, wherever it is shown, with what is new in it."""

import json
import re
import tomllib
from pathlib import Path

import pytest

import app

ROOT = Path(__file__).resolve().parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
CHANGES = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
RELEASES = re.findall(r"^## (\d+\.\d+\.\d+) – \d{4}-\d\d-\d\d$", CHANGES, re.MULTILINE)


def test_the_newest_release_of_the_changelog_is_this_one_and_has_notes() -> None:
    assert RELEASES[0] == VERSION
    notes = CHANGES.partition(f"## {VERSION} – ")[2].partition("\n## ")[0]
    for part in ("Added", "Changed", "Upgrading"):
        assert f"\n### {part}\n" in notes


def test_what_is_not_released_yet_stands_above_and_every_heading_is_known() -> None:
    headings = re.findall(r"^## (.*)$", CHANGES, re.MULTILINE)

    assert headings[0] == "Unreleased"
    assert [one.partition(" – ")[0] for one in headings[1:]] == RELEASES
    assert sorted(RELEASES, key=lambda one: tuple(map(int, one.split("."))), reverse=True) == RELEASES


def test_the_program_and_the_list_of_parts_show_the_same_number(capsys: pytest.CaptureFixture[str]) -> None:
    parts = json.loads((ROOT / "docs" / "sbom.cdx.json").read_text(encoding="utf-8"))

    assert parts["metadata"]["component"]["version"] == VERSION
    with pytest.raises(SystemExit) as ended:
        app.main(("--version",))
    assert (ended.value.code, capsys.readouterr().out) == (0, f"{VERSION}\n")
