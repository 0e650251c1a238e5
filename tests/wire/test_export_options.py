"""`export`: an option narrows what is written or is refused, and a file is of the kind that its name says."""

import contextlib
import io
import re
from base64 import b64encode
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import openpyxl
import pytest

import app
from bot.commandline import exports
from checklists.model import ListId, Role, Written
from storage import answers, filled, measures, people, tenants, year
from storage.cases import CaseRow
from storage.desk import Session, opened
from storage.filled import FilledRow
from storage.measures import MeasureRow
from storage.sealing import Keys
from storage.year import DutyRow
from tests.conftest import TRAIL
from tests.migrated import put_database
from tests.sql.conftest import add_case
from tests.unit.test_docs import commands
from tests.wire.door import TENANT
from tests.wire.test_commands import ANNA, imports, run
from texts import say

MASTER = bytes(range(32))
KEYS = {"BK_KEYS": "one:" + b64encode(MASTER).decode(), "BK_NOW": "2026-07-01T09:00:00+02:00"}
NORTH, SOUTH = "Enhet (påhittad)", "Södra (påhittad)"
WINTER, SPRING = datetime(2026, 2, 3, 12, tzinfo=UTC), datetime(2026, 5, 5, 12, tzinfo=UTC)
NARROW = {
    "checklist": ("--checklist", "intake"),
    "from": ("--from", "2026-04-01"),
    "to": ("--to", "2026-03-31"),
    "unit": ("--unit", NORTH),
    "role": ("--role", "unit_manager"),
    "kinds": ("--kinds",),
    "totals": ("--totals",),
    "case": ("--case", "SN 2026/1"),
    "tenant": ("--tenant", TENANT),
}
"""Each option, with a value that leaves something of the town and leaves out something else."""
WITH_DATA = ("answers", "table", "rates", "checklists", "times", "measures", "year")
"""What the town below has rows of; how rounds are narrowed is tested beside their rules, in tests/chat."""


def town(session: Session) -> None:
    """Two units with different lists, roles, days, clocks, measures and duties."""
    tenant = tenants.ensure(session, TENANT).id
    person = next(iter(people.register(session, tenant))).id
    some: tuple[tuple[str, ListId, Role, datetime], ...] = (
        (NORTH, "decision_basis", "case_worker", WINTER),
        (NORTH, "intake", "case_worker", SPRING),
        (NORTH, "decision_basis", "unit_manager", SPRING),
        (SOUTH, "decision_basis", "case_worker", SPRING),
        (SOUTH, "decision_basis", "unit_manager", WINTER),
        (SOUTH, "intake", "case_worker", WINTER),
    )
    for number, (unit, checklist, role, at) in enumerate(some):
        unit_id, day = people.unit(session, tenant, unit).id or 0, at.date()
        dates = {"received_on": day, "opened_on": day.replace(day=20 + number)}
        case = add_case(session, CaseRow(tenant_id=tenant, unit_id=unit_id, ref=f"SN 2026/{number}", **dates))
        of_list = {"checklist": checklist, "role": role, "child": checklist == "decision_basis"}
        row = FilledRow(tenant_id=tenant, case_id=case.id, unit_id=unit_id, version=1, begun_at=at, **of_list)
        filled.add(session, row)
        item = "child_heard" if checklist == "decision_basis" else "protection_assessment_made"
        answers.add(session, row, item, 1, Written("ja"), author=None, at=at, act="a")
        made = {"tenant_id": tenant, "unit_id": unit_id, "made_by": person, "made_at": at, "due_on": day}
        of_answer = {"checklist": checklist, "version": 1, "item_id": item}
        measures.add(session, MeasureRow(nonce=f"n{number}", owner_id=person, **made, **of_answer))
        year.add(session, DutyRow(kind="revision", every=0, **made))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    put_database(folder / "bot.db")
    imports(folder, ANNA, **KEYS)
    with opened(f"sqlite:///{folder / 'bot.db'}", Keys({"one": MASTER}, TRAIL)) as desk:
        desk.run_now(town)
    return folder


def test_every_kind_of_export_says_which_options_it_takes() -> None:
    own = next(options for name, options in commands(app._parser()) if name == "export")
    told = {f"--{name}" for name in chain.from_iterable(exports.TAKES.values())}

    assert told == own - {"--what", "--format", "--out", "--for-publication", "--help"}
    assert {name.removeprefix("--") for name in told} == set(NARROW)
    assert set(exports.TAKES) == {*exports.ROWS, *exports.FIGURES, exports.CASE}


@pytest.mark.parametrize("what", exports.TAKES)
def test_an_option_that_would_mean_nothing_is_refused_with_those_that_mean_something(tmp_path: Path, what: str) -> None:
    takes = exports.TAKES[what]
    for name in NARROW.keys() - set(takes):
        for ending in ("csv", "xlsx"):
            words = ("export", "--what", what, *NARROW[name], "--out", f"made.{ending}")
            refused = run(tmp_path, *words, **KEYS)

            assert (refused.returncode, refused.stdout) == (1, ""), words
            others = ", ".join(f"--{one}" for one in takes)
            told = f"--what {what} does not take --{name}; leave it out, there are {others} here (BK-481)\n"
            assert refused.stderr == told
    assert not [*tmp_path.glob("made*")]


@pytest.mark.parametrize("what", WITH_DATA)
def test_an_option_that_is_taken_changes_what_is_written(folder: Path, what: str) -> None:
    whole = run(folder, "export", "--what", what, **KEYS)

    assert (whole.returncode, whole.stdout.count("\n") > 1) == (0, True)
    for name in exports.TAKES[what]:
        narrowed = run(folder, "export", "--what", what, *NARROW[name], **KEYS)
        assert narrowed.returncode == 0, name
        assert without_period(narrowed.stdout) != without_period(whole.stdout), name


def without_period(text: str) -> str:
    """Return a file without what it says of its own period, which is that of the options whatever it holds."""
    return re.sub(r"\d{4}-\d\d-\d\d–\d{4}-\d\d-\d\d", "", text)


def sheets(folder: Path, *words: str) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of each sheet of the workbook of figures, but for its definitions and its pictures."""
    done = run(folder, "export", "--what", "rates", *words, "--out", "made.xlsx", **KEYS)
    assert (done.returncode, done.stderr) == (0, "")
    book = openpyxl.load_workbook(folder / "made.xlsx")
    return {one.title: list(one.values) for one in book if one.title not in ("Definitioner", "Över tid")}


@pytest.mark.parametrize("name", exports.TAKES["rates"])
def test_a_workbook_has_no_sheet_that_an_option_does_not_narrow(folder: Path, name: str) -> None:
    whole, narrowed = sheets(folder), sheets(folder, *NARROW[name])
    if name == "from":
        del whole["Serier"]  # the quarters before the last day, however many are asked for

    assert {"Sammanfattning", "Tider", "Ärenden"} <= set(whole)
    assert [title for title, rows in narrowed.items() if rows == whole.get(title)] == []
    if name in ("checklist", "role"):
        assert "Tider" not in narrowed, "a clock is of a case, with any list"
        assert not any(say("workbook.time_4m", "sv") in row for rows in narrowed.values() for row in rows)


def test_exposed_refuses_days_of_a_device_where_no_device_was_lost(folder: Path) -> None:
    span = ("--from", "2026-01-01", "--to", "2026-06-30")
    refused = run(folder, "exposed", "--key", "one", "--device-days", "30", *span, **KEYS)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("--key does not take --device-days; ")


# --- the name of the file ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["answers", "rates", "times", "measures", "case"])
def test_a_file_is_of_the_kind_that_its_name_says(folder: Path, what: str) -> None:
    about = ("export", "--what", what, *(NARROW["case"] if what == "case" else ()))
    for name in ("of.xlsx", "of.XLSX"):
        assert run(folder, *about, "--out", name, **KEYS).returncode == 0
        assert openpyxl.load_workbook(folder / name).sheetnames
    for name in ("of.csv", "of.txt", "of"):
        assert run(folder, *about, "--out", name, **KEYS).returncode == 0
        assert (folder / name).read_text(encoding="utf-8").startswith("\ufeff")
    assert run(folder, *about, "--format", "xlsx", "--out", "book", **KEYS).returncode == 0
    assert openpyxl.load_workbook(io.BytesIO((folder / "book").read_bytes())).sheetnames
    for asked, name in (("csv", "other.xlsx"), ("xlsx", "other.csv"), ("xlsx", "other.xls"), ("csv", "other.pdf")):
        refused = run(folder, *about, "--format", asked, "--out", name, **KEYS)
        assert (refused.returncode, refused.stdout) == (1, "")
        ending = name.partition(".")[2]
        assert refused.stderr.startswith(f"the name of the file ends in .{ending}, but what is written is {asked}, ")
        assert not (folder / name).exists()


def test_every_command_that_writes_a_file_refuses_a_name_of_another_kind(folder: Path) -> None:
    needs = {"export": ("--what", "answers"), "draw": ("--frame", "frame.csv")}
    with_out = [name for name, options in commands(app._parser()) if "--out" in options]

    assert {"export", "draw", "package", "people export"} <= set(with_out)
    for name in with_out:
        with contextlib.suppress(FileNotFoundError):
            (folder / "made.ods").unlink()
        refused = run(folder, *name.split(), *needs.get(name, ()), "--out", "made.ods", **KEYS)
        assert (refused.returncode, refused.stdout) == (1, ""), name
        assert "(BK-487)" in refused.stderr, name
        assert not (folder / "made.ods").exists()
