"""The commands for answers and criticism: input, output and exit codes."""

import csv
import io
from base64 import b64encode
from pathlib import Path

import openpyxl
import pytest

from checklists.loader import DEFINITIONS, all_checklists
from storage.desk import opened
from storage.sealing import Keys
from tests.conftest import TRAIL
from tests.migrated import put_database
from tests.sql.import_files import REFS, add_sample_cases, file_of, sample_rows
from tests.sql.test_table import expected
from tests.wire.door import TENANT
from tests.wire.test_commands import run

KEYS = {"BK_KEYS": "made-up:" + b64encode(bytes(32)).decode()}
SEED_ONLY = ("decision_basis.v1.yaml", "peer_review_bou.v1.yaml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a database of ten cases and a file of their answers."""
    with opened(put_database(tmp_path / "bot.db"), Keys({"made-up": bytes(32)}, TRAIL)) as desk:
        desk.run_now(lambda session: add_sample_cases(session, TENANT))
    (tmp_path / "answers.csv").write_bytes(file_of(sample_rows(TENANT)))
    return tmp_path


def test_a_sample_comes_in_and_leaves_as_the_table_it_was(folder: Path) -> None:
    done = run(folder, "answers", "import", "answers.csv", **KEYS)
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "added: 100, changed: 0, unchanged: 0\nkept as text, outside the scale: line 42, 50\n"
        "the fact the question depends on is not known of the case; `cases import`: "
        f"line {', '.join(map(str, range(42, 72)))}\n",
        "",
    )
    again = run(folder, "answers", "import", "answers.csv", **KEYS)
    assert again.stdout.splitlines()[0] == "added: 0, changed: 0, unchanged: 100"

    for out in ("one.csv", "two.csv", "one.xlsx"):
        done = run(folder, "export", "--what", "table", "--format", out[-4:].strip("."), "--out", out, **KEYS)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    read = csv.reader(io.StringIO((folder / "one.csv").read_bytes().decode("utf-8-sig"), newline=""), delimiter=";")
    assert [[cell.removeprefix("'") for cell in row] for row in read] == expected()
    assert (folder / "one.csv").read_bytes() == (folder / "two.csv").read_bytes()
    page = openpyxl.load_workbook(folder / "one.xlsx").worksheets[0]
    assert [cell.value for cell in page[1]][1:] == list(REFS)


def test_the_answers_leave_as_a_workbook_too(folder: Path) -> None:
    run(folder, "answers", "import", "answers.csv", **KEYS)
    printed = run(folder, "export", "--what", "answers", "--unit", "Barn (påhittad)", **KEYS)
    done = run(folder, "export", "--what", "answers", "--format", "xlsx", "--out", "out.xlsx", **KEYS)

    assert done.returncode == 0
    rows = list(openpyxl.load_workbook(folder / "out.xlsx")["answers"].values)
    assert len(rows) == 101
    assert ",".join(str(name) for name in rows[0]).startswith("tenant_id,case_ref,checklist,role,child,item,answer,")
    assert len(list(csv.DictReader(io.StringIO(printed.stdout), delimiter=";"))) == 50


def test_a_bad_file_of_answers_is_exit_1_with_every_bad_line_and_nothing_is_stored(folder: Path) -> None:
    rows = sample_rows(TENANT)
    rows[1][1], rows[3][5] = "SN 2022/9999", "no_such_question"
    (folder / "bad.csv").write_bytes(file_of(rows))

    done = run(folder, "answers", "import", "bad.csv", **KEYS)

    assert (done.returncode, done.stdout) == (1, "")
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["line 3", "line 5"]
    assert run(folder, "answers", "import", "answers.csv", **KEYS).stdout.startswith("added: 100,")
    assert run(folder, "answers", "import", "no_such_file.csv", **KEYS).returncode == 1


def test_coverage_says_who_sees_what_and_names_what_nobody_sees(tmp_path: Path) -> None:
    done = run(tmp_path, "coverage")
    assert done.returncode == 1
    assert [f"{line[:2]} {line[-7:-1]}" for line in done.stderr.splitlines()] == [
        *("B1 BK-483", "R2 BK-484", "N8 BK-483", "N9 BK-484")
    ]
    assert len(done.stdout.splitlines()) == 16
    assert "decision_basis/further_violence_risk_assessed" in done.stdout

    for name in SEED_ONLY:
        text = (DEFINITIONS / name).read_text(encoding="utf-8")
        head, local, tail = text.partition("  - id: further_violence_risk_assessed\n")
        (tmp_path / name).write_text(f"{head}{local}    enabled: false\n{tail}", encoding="utf-8")
    bare = run(tmp_path, "coverage", *SEED_ONLY)
    assert bare.returncode == 1
    _, of_risk, of_staff = bare.stderr.splitlines()
    assert of_staff.startswith("N9 (staff with suitable training and competence) is about staff or competence")
    assert [of_risk] == [
        "B3 the risk of further violence against the child was not assessed in all cases: no enabled question covers"
        " it; enable one, or name the code under its `criticism` (BK-390)"
    ]
    whole = run(tmp_path, "coverage", *(str(DEFINITIONS / name) for name in SEED_ONLY))
    assert [line[:2] for line in whole.stderr.splitlines()] == ["B1", "N9"]
    assert "(indirect, gives no figure)" in whole.stdout
    assert run(tmp_path, "coverage", "no_such_file.yaml").returncode == 1


def test_every_shipped_list_is_without_faults(tmp_path: Path) -> None:
    done = run(tmp_path, "checklist", "check")

    assert (done.returncode, len(done.stdout.splitlines())) == (0, len(all_checklists()) + 1)
    assert "concepts.yaml: 8 concepts" in done.stdout
