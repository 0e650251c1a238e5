"""The fault programme's own parts: what stands in its table, and that each part can see what is planted for it."""

import argparse
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.faults import __main__ as command
from tests.faults import planted
from tests.faults.programme import MUTANTS

FAULTS = ROOT / "tests" / "faults"


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(command, "TABLE", tmp_path / "faults.md")
    return tmp_path / "faults.md"


def told(figure: str, *, small: bool, well: bool = True, share: float = 1.0) -> None:
    asked = argparse.Namespace(small=small, hours=2.0, share=share)
    command._told(command.Result("T1", well=well, ran=2, took=1, figures={"kills": figure}), asked)


def test_a_small_run_leaves_the_row_of_a_full_one(table: Path) -> None:
    told("5", small=True)
    told("100", small=False)
    told("6", small=True)
    assert "kills: 100" in table.read_text(encoding="utf-8")


@pytest.mark.parametrize(("before", "after"), [(False, True), (True, False)])
def test_a_run_that_is_not_well_stands_and_one_that_was_not_goes(table: Path, before: bool, after: bool) -> None:
    told("100", small=False, well=before)
    told("6", small=True, well=after)
    assert "kills: 6" in table.read_text(encoding="utf-8")


def test_what_stands_below_the_table_and_what_is_seen_stay(table: Path) -> None:
    told("5", small=True)
    command._keep("T1", [*command._cells("T1")[:5], "ack_first is seen", *command._cells("T1")[6:]])
    with table.open("a", encoding="utf-8") as file:
        file.write("\n## Not run yet\n\nMuch.\n")
    told("100", small=False)
    text = table.read_text(encoding="utf-8")
    assert "ack_first is seen" in text
    assert text.endswith("\n## Not run yet\n\nMuch.\n")


def test_every_part_has_its_tests_and_every_mutant_its_words() -> None:
    assert {file for file, _ in command.PARTS.values()} <= {path.name for path in FAULTS.iterdir()}
    assert MUTANTS.keys() | command.TWO_AT_ONCE | set(command.FIRST) <= command.PARTS.keys()
    shared = (FAULTS / "load.py").read_text(encoding="utf-8")
    for part, (mutant, says) in MUTANTS.items():
        tests = (FAULTS / command.PARTS[part][0]).read_text(encoding="utf-8")
        assert says in tests + shared, part
        assert mutant in planted.PLANTS or "programme.mutant" in tests, part
