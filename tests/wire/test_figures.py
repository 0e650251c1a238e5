"""The commands that export figures: output, files and exit codes."""

import contextlib
import csv
import fcntl
import io
import subprocess
import sys
from base64 import b64encode
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from bot.commandline import exports
from checklists.model import Written
from storage import answers, cases, filled, people, projection_queue, tenants
from storage.cases import CaseRow
from storage.desk import Desk, Session, opened
from storage.filled import FilledRow
from storage.sealing import Keys
from tests.conftest import ROOT, TRAIL
from tests.migrated import put_database
from tests.sql.conftest import add_case
from tests.wire.door import TENANT
from tests.wire.test_commands import ANNA, environment, imports, run

MASTER = bytes(range(32))
KEYS = {"BK_KEYS": "one:" + b64encode(MASTER).decode(), "BK_NOW": "2026-07-01T09:00:00+02:00"}
UNIT = "Enhet (påhittad)"


def begun(tenant: int, case: CaseRow, at: datetime) -> FilledRow:
    """Return a worker's list of a case, begun at this moment."""
    return FilledRow(
        tenant_id=tenant,
        case_id=case.id,
        unit_id=case.unit_id,
        checklist="decision_basis",
        version=1,
        child=1,
        role="case_worker",
        begun_at=at,
    )


def town(session: Session) -> None:
    """Seven lists in the first quarter of 2026, one of them answered nej, and a case without a list."""
    tenant = tenants.ensure(session, TENANT).id
    unit = people.unit(session, tenant, UNIT).id or 0
    for number in range(7):
        case = add_case(session, CaseRow(tenant_id=tenant, unit_id=unit, ref=f"SN 2026/{number}"))
        at = datetime(2026, 2, 1 + number, 12, tzinfo=UTC)
        row = begun(tenant, case, at)
        filled.add(session, row)
        said = Written("ja" if number else "nej", note="påhittad kommentar" if number == 1 else None)
        answers.add(session, row, "child_heard", 1, said, author=None, at=at, act="a")
    add_case(session, CaseRow(tenant_id=tenant, unit_id=unit, ref="SN 2026/9", decided_on=date(2026, 3, 1)))


def more_units(session: Session) -> None:
    """Two hundred units more, each with an answered list."""
    tenant, at = tenants.ensure(session, TENANT).id, datetime(2026, 2, 1, 12, tzinfo=UTC)
    for number in range(200):
        unit = people.unit(session, tenant, f"Enhet {number} (påhittad)").id or 0
        case = add_case(session, CaseRow(tenant_id=tenant, unit_id=unit, ref=f"SN 2027/{number}"))
        row = filled.add(session, begun(tenant, case, at))
        answers.add(session, row, "child_heard", 1, Written("ja"), author=None, at=at, act="a")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put_database(tmp_path / "bot.db")
    imports(tmp_path, ANNA, **KEYS)
    with desk(tmp_path) as opened_desk:
        opened_desk.run_now(town)
    return tmp_path


def desk(folder: Path) -> contextlib.AbstractContextManager[Desk]:
    return opened(f"sqlite:///{folder / 'bot.db'}", Keys({"one": MASTER}, TRAIL))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def test_rates_and_checklists_are_exported_with_nothing_but_what_is_required(folder: Path) -> None:
    rates, lists = (run(folder, "export", "--what", what, **KEYS) for what in ("rates", "checklists"))

    assert (rates.returncode, rates.stderr, lists.returncode, lists.stderr) == (0, "", 0, "")
    heard = next(row for row in rows(rates.stdout) if row["item"] == "child_heard")
    assert (heard["unit"], heard["period"], heard["cases"], heard["ja"], heard["fulfilled_pct"]) == (
        UNIT,
        "2026-02-01–2026-07-01",
        "7",
        "6",
        "85,7",
    )
    [row] = rows(lists.stdout)
    assert (row["due"], row["without_checklist"], row["begun"], row["completion_pct"]) == ("1", "1", "7", "0,0")


def test_times_are_exported_for_every_clock_of_every_unit_and_never_for_publication(folder: Path) -> None:
    def dated(session: Session) -> None:
        case = cases.find(session, tenants.ensure(session, TENANT).id, "SN 2026/9")
        assert case is not None
        case.received_on, case.opened_on = date(2026, 2, 1), date(2026, 2, 11)
        case.decided_on, case.started_on = date(2026, 6, 12), date(2026, 6, 15)
        row = cases.get(session, case.tenant_id, case.id - 1)
        assert row is not None
        row.received_on = date(2026, 6, 16)  # the 14 days ended yesterday, on the 30th
        for dates in (case, row):  # bypasses the actions, which would have queued the change
            projection_queue.enqueue(session, case_id=dates.id)

    with desk(folder) as opened_desk:
        opened_desk.run_now(dated)
    done = run(folder, "export", "--what", "times", "--from", "2026-01-01", "--to", "2026-06-30", **KEYS)
    refused = run(folder, "export", "--what", "times", "--for-publication", **KEYS)
    book = run(folder, "export", "--what", "times", "--format", "xlsx", "--out", "times.xlsx", **KEYS)

    assert (done.returncode, done.stderr) == (0, "")
    header, *lines = done.stdout.removeprefix("\ufeff").splitlines()
    columns = "unit;period;clock;within;late;open_late;open_within;extended;denominator;within_pct;median_days"
    assert header == columns
    span = f"{UNIT};2026-01-01–2026-06-30"
    assert lines == [
        f"{span};14d;1;0;1;0;0;2;50,0;10",
        f"{span};at_once;0;0;0;0;0;0;;",
        f"{span};4m;0;1;0;0;0;1;0,0;121",
        f"{span};opened_to_assigned;;;;;;;;",
        f"{span};decided_to_started;;;;;;;;3",
    ]
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
    assert refused.stderr.strip() == "--what times is never published; use rates, checklists instead (BK-395)"
    assert (book.returncode, book.stderr) == (0, "")
    assert openpyxl.load_workbook(folder / "times.xlsx")["Tider"].max_row == 6


def test_an_extract_of_one_case_takes_no_other_filter_and_is_in_its_trail(folder: Path) -> None:
    done = run(folder, "export", "--what", "case", "--case", "sn 2026/1", "--out", "case.csv", **KEYS)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    found = rows((folder / "case.csv").read_text(encoding="utf-8"))
    assert [*found[0]] == ["kind", "what", "value", "by_role", "at"]
    assert "påhittad kommentar" in {row["value"] for row in found}, "sealed texts too"
    assert (folder / "case.csv").stat().st_mode & 0o077 == 0, "for its owner alone"
    with desk(folder) as opened_desk:
        query = (
            "select c.ref from event e join cases c on c.id = e.case_id where e.act = 'export' and e.detail = 'case'"
        )
        told = opened_desk.run_now(lambda session: session.connection().exec_driver_sql(query).scalars().all())
    assert told == ["SN 2026/1"]
    for words, code in (
        (("case",), "BK-480"),
        (("case", "--case", "SN 2026/1", "--unit", UNIT), "BK-481"),
        (("answers", "--case", "SN 2026/1"), "BK-481"),
        (("case", "--case", "SN 2099/1"), "BK-346"),
        (("case", "--case", "SN 2026/1", "--for-publication"), "BK-395"),
        (("pace", "--role", "case_worker"), "BK-481"),
    ):
        refused = run(folder, "export", "--what", *words, **KEYS)
        assert (refused.returncode, refused.stdout) == (1, ""), words
        assert code in refused.stderr


def test_for_publication_is_refused_for_anything_but_a_closed_quarter_or_year_and_leaves_no_file(folder: Path) -> None:
    for span in ((), ("--from", "2026-01-01", "--to", "2026-05-31"), ("--from", "2026-07-01", "--to", "2026-09-30")):
        words = ("export", "--what", "rates", *span, "--for-publication", "--out", "out.csv")
        done = run(folder, *words, **KEYS)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
        assert "quarters and years" in done.stderr
        assert not (folder / "out.csv").exists()
    done = run(folder, "export", "--what", "answers", "--for-publication", **KEYS)
    assert (done.returncode, done.stdout) == (1, "")


def test_published_files_contain_no_small_number(folder: Path) -> None:
    words = ("export", "--what", "rates", "--from", "2026-01-01", "--to", "2026-03-31", "--for-publication")
    found = rows(run(folder, *words, **KEYS).stdout)
    heard = next(row for row in found if row["item"] == "child_heard")

    assert (heard["cases"], heard["ja"], heard["nej"], heard["fulfilled_pct"]) == ("7", "..", "..", "..")
    assert not any(cell in ("1", "2", "3", "4") for row in found for cell in row.values())


def test_a_workbook_goes_to_a_file_and_the_export_into_the_trail(folder: Path) -> None:
    done = run(folder, "export", "--what", "rates", "--format", "xlsx", "--out", "figures.xlsx", **KEYS)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    book = openpyxl.load_workbook(folder / "figures.xlsx")
    assert book["Ärenden"].max_row == 8
    with desk(folder) as opened_desk:
        query = "select detail from event where act = 'export'"
        found = opened_desk.run_now(lambda session: session.connection().exec_driver_sql(query).scalars().all())
    assert found == ["rates"]
    words = ("export", "--what", "rates", "--format", "xlsx", "--out", "no/such/folder.xlsx")
    refused = run(folder, *words, **KEYS)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)


def test_recount_finds_what_was_changed_behind_the_bot_and_puts_it_right(folder: Path) -> None:
    assert run(folder, "recount", **KEYS).stdout == f"{TENANT}: 8 cases counted, 0 figures differ\n"
    with desk(folder) as opened_desk:
        wrong = "update tally set n = n + 1 where item = 'child_heard' and code = 'ja' and grain = 'm'"
        opened_desk.run_now(lambda session: session.connection().exec_driver_sql(wrong).rowcount)

    found = run(folder, "recount", **KEYS)
    assert (found.returncode, found.stdout) == (1, f"{TENANT}: 8 cases counted, 1 figures differ\n")
    assert "--repair" in found.stderr
    assert run(folder, "recount", "--repair", **KEYS).returncode == 0
    assert run(folder, "recount", **KEYS).returncode == 0


def test_a_long_export_tells_how_far_it_has_come(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "TOLD_EVERY", 2)

    assert list(exports.reporting_progress(iter("abcde"))) == list("abcde")
    assert capsys.readouterr() == ("", "2 rows\n4 rows\n"), "nothing of it is in the file itself"


@pytest.mark.parametrize(
    "what", ["answers", *(pytest.param(one, marks=pytest.mark.slow) for one in ("rates", "checklists"))]
)
def test_an_export_blocked_on_its_output_does_not_block_writers(folder: Path, what: str) -> None:
    """The output is a pipe nobody reads. It is larger than the pipe's buffer, so the export blocks."""
    with desk(folder) as opened_desk:
        opened_desk.run_now(more_units)
        waits = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py"), "export", "--what", what],
            env=environment(folder, **KEYS),
            stdout=subprocess.PIPE,
        )
        try:
            assert waits.stdout is not None
            fcntl.fcntl(waits.stdout, fcntl.F_SETPIPE_SZ, 4096)
            assert waits.stdout.read(3) == b"\xef\xbb\xbf", "it has begun to write"
            # Raises if the database is locked.
            opened_desk.run_now(lambda session: session.connection().exec_driver_sql("update tally set n = n").rowcount)
            assert waits.poll() is None
        finally:
            waits.kill()
            waits.communicate()
