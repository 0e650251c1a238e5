"""verify-log with signed heads, access-log, keys, and file names, as an operator uses them."""

import csv
import io
import sqlite3
from base64 import b64encode
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import pytest

import app
from bot.door.key_ring import KeyRing
from bot.door.service_hosts import is_safe_source
from storage import cases, people, tenants, trail
from storage.cases import CaseRow
from storage.desk import Session, opened
from storage.sealing import Keys
from tests.conftest import TRAIL
from tests.sql.conftest import lift_guards
from tests.sql.test_trail import bring_back_the_mark
from tests.wire.door import TENANT

UNIT = "Enhet (påhittad)"
ROWS = (f"{TENANT},anna,Anna Påhittad,{UNIT},case_worker", f"{TENANT},cecilia,Cecilia Fiktiv,{UNIT},unit_manager")
FIRST, SECOND = bytes([1]) * 32, bytes([2]) * 32
AT = datetime(2026, 5, 12, 10, 42, tzinfo=ZoneInfo("Europe/Stockholm"))


class Operator:
    """Runs commands in this process, with its own database and settings."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self.folder, self._patch, self._capture = folder, patch, capture
        self.database = folder / "bot.db"
        patch.chdir(folder)
        self.sets(BK_MODE="dev", BK_DATABASE_URL=f"sqlite:///{self.database}", BK_KEYS=keys(one=FIRST))

    def sets(self, **settings: str) -> None:
        """Change settings."""
        for name, value in settings.items():
            self._patch.setenv(name, value)

    def runs(self, *words: str) -> tuple[int, str, str]:
        """Run a command; return exit code, stdout and stderr."""
        self._capture.readouterr()
        code = app.main(words)
        said = self._capture.readouterr()
        return code, said.out.removeprefix("\ufeff"), said.err

    def table(self, *words: str) -> list[dict[str, str]]:
        """Run a command that writes CSV; return the rows."""
        code, out, err = self.runs(*words)
        assert code == 0, err
        return list(csv.DictReader(io.StringIO(out), delimiter=";"))


def keys(**masters: bytes) -> str:
    return ",".join(f"{name}:{b64encode(key).decode()}" for name, key in masters.items())


def some_acts(session: Session) -> None:
    """The worker opens two cases, one of them protected, and the chef reads both."""
    tenant = tenants.everyone(session)[0].id
    home = people.unit(session, tenant, UNIT).id
    anna, cecilia = (people.by_object_id(session, tenant, name) for name in ("anna", "cecilia"))
    assert home is not None
    assert anna is not None
    assert cecilia is not None
    for number in (1, 2):
        row = CaseRow(tenant_id=tenant, ref=f"SN 2026/000{number}", unit_id=home, lead_id=anna.id)
        row.protected_identity = number == 2
        case = cases.add(session, row).id
        for who, act in ((anna, "case_opened"), (cecilia, "reading_begun")):
            trail.record(session, tenant, AT, f"person:{who.id}", act, case_id=case)


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Operator:
    made = Operator(tmp_path, monkeypatch, capfd)
    (tmp_path / "people.csv").write_text("\n".join(["tenant_id,object_id,name,unit,role", *ROWS]), encoding="utf-8")
    assert made.runs("people", "import", "people.csv")[0] == 0
    with opened(f"sqlite:///{made.database}", Keys({"one": FIRST}, TRAIL)) as desk:
        desk.run_now(some_acts)
        desk.run_now(trail.chain_new)
    return made


# --- the trail -------------------------------------------------------------------------------------------------------


def test_a_head_is_printed_and_found_again_and_a_cut_end_is_not(operator: Operator) -> None:
    code, out, _ = operator.runs("verify-log", "--head")
    head = out.splitlines()[-1]
    assert (code, head.split(":")[0], head.split(":")[2]) == (0, TENANT, "6")
    assert operator.runs("verify-log", "--since", head)[0] == 0

    with opened(f"sqlite:///{operator.database}", Keys({"one": FIRST}, TRAIL)) as desk:
        desk.run_now(cut_the_end)
    assert "its chain ends at place 5 and not where it did" in operator.runs("verify-log")[2]
    with opened(f"sqlite:///{operator.database}", Keys({"one": FIRST}, TRAIL)) as desk:
        desk.run_now(bring_back_the_mark)
    assert operator.runs("verify-log")[0] == 0, "the database alone reveals it"
    code, _, err = operator.runs("verify-log", "--since", head)
    assert code == 1
    assert "place 6 is missing" in err


def test_a_head_is_signed_when_it_is_asked_for(operator: Operator) -> None:
    first = operator.runs("verify-log", "--head")[1].splitlines()[-1]
    operator.table("access-log")
    second = operator.runs("verify-log", "--head")[1].splitlines()[-1]

    assert [int(head.split(":")[2]) for head in (first, second)] == [6, 7], "the same day, and what was done since"
    assert operator.runs("verify-log", "--since", first)[0] == 0


def cut_the_end(session: Session) -> None:
    lift_guards(session)
    for statement in (
        "delete from trail_head",
        "delete from event where id = (select event_id from event_seal where place = 6)",
        "delete from event_seal where place = 6",
    ):
        session.connection().exec_driver_sql("pragma defer_foreign_keys = on")
        session.connection().exec_driver_sql(statement)


def test_an_invalid_head_is_exit_1_with_one_sentence(operator: Operator) -> None:
    code, _, err = operator.runs("verify-log", "--since", "nonsense")

    assert (code, err.count("\n")) == (1, 1)
    assert "a head reads" in err


# --- who read what ---------------------------------------------------------------------------------------------------


def test_the_access_log_says_who_read_which_case_and_when(operator: Operator) -> None:
    rows = operator.table("access-log", "--case", "sn 2026/0001")

    assert [(r["name"], r["role"], r["act"], r["case_ref"], r["unit"]) for r in rows[:2]] == [
        ("Anna Påhittad", "case_worker", "case_opened", "SN 2026/0001", UNIT),
        ("Cecilia Fiktiv", "unit_manager", "reading_begun", "SN 2026/0001", UNIT),
    ]
    assert rows[0]["at"] == "2026-05-12T10:42:00+02:00"


def test_reading_the_access_log_is_itself_in_it(operator: Operator) -> None:
    operator.table("access-log", "--unit", UNIT)
    reads = [row for row in operator.table("access-log") if row["act"] == "access_log"]

    assert len(reads) == 2
    assert all(row["actor"].startswith("cli:") for row in reads)


def test_it_is_of_a_unit_and_of_days_both_counted(operator: Operator) -> None:
    assert len(operator.table("access-log", "--unit", UNIT)) == 4
    assert len(operator.table("access-log", "--unit", UNIT, "--from", "2026-05-12", "--to", "2026-05-12")) == 4
    assert operator.table("access-log", "--unit", UNIT, "--to", "2026-05-11") == []
    assert operator.table("access-log", "--unit", UNIT, "--from", "2026-05-13") == []


def test_a_protected_case_shows_its_reference_only_when_asked_for_by_it(operator: Operator) -> None:
    assert {row["case_ref"] for row in operator.table("access-log", "--unit", UNIT)} == {"SN 2026/0001", ""}
    assert {row["case_ref"] for row in operator.table("access-log", "--case", "SN 2026/0002")} == {"SN 2026/0002"}


@pytest.mark.parametrize(
    "words",
    [
        ("--case", "SN 2026/9999"),
        ("--case", "x"),
        ("--unit", "Ingen enhet"),
        ("--from", "2026-05-13", "--to", "2026-05-12"),
    ],
    ids=" ".join,
)
def test_unknown_selections_are_exit_1_with_one_sentence_and_no_header(
    operator: Operator, words: tuple[str, ...]
) -> None:
    code, out, err = operator.runs("access-log", *words)

    assert (code, out, err.count("\n")) == (1, "", 1)


# --- keys ------------------------------------------------------------------------------------------------------------


def test_migrate_rewraps_the_keys_so_that_the_old_master_key_can_be_removed(operator: Operator) -> None:
    operator.sets(BK_KEYS=keys(two=SECOND, one=FIRST))
    assert "keys wrapped with the newest master key: 3" in operator.runs("migrate")[1]

    operator.sets(BK_KEYS=keys(two=SECOND))
    assert operator.runs("migrate")[0] == 0
    assert operator.runs("verify-log")[0] == 0, "the trail has a key of its own"


def test_the_bot_does_not_start_without_a_municipalitys_key(operator: Operator) -> None:
    operator.sets(BK_KEYS=keys(two=SECOND))
    code, _, err = operator.runs("migrate")

    assert code == 2
    assert "the master key one is not in BK_KEYS" in err


def test_a_key_with_the_right_id_but_wrong_bytes_prevents_startup(operator: Operator) -> None:
    operator.sets(BK_KEYS=keys(one=SECOND))
    code, _, err = operator.runs("migrate")

    assert (code, err.count("\n")) == (2, 1)
    assert "the wrong bytes" in err


# --- names of files and crashes --------------------------------------------------------------------------------------


def test_a_file_named_by_a_personal_number_is_not_read_or_written_and_not_repeated(operator: Operator) -> None:
    name = "640823-3234.csv"
    (operator.folder / name).write_text("tenant_id,object_id,role\n", encoding="utf-8")
    for words in (("people", "import", name), ("export", "--what", "answers", "--out", f"x {name}")):
        code, _, err = operator.runs(*words)
        assert code == 1
        assert "rename it" in err
        assert "640823" not in err
    assert not (operator.folder / f"x {name}").exists()


def test_a_crash_line_has_class_and_place_but_no_message(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise sqlite3.DataError("kanarie-5512")

    monkeypatch.setattr("bot.commandline.trail.heads.verify_with_heads", crash)
    code, _, err = operator.runs("verify-log")

    assert code == 1
    assert err.startswith("unexpected DataError at ")
    assert "kanarie" not in err


# --- where signing keys come from ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://login.botframework.com/x", True),
        ("http://127.0.0.1:1/x", True),
        ("http://[::1]:1/x", True),
        ("http://login.botframework.com/x", False),
        ("http://127.0.0.1.example.invalid/x", False),
        ("ftp://127.0.0.1/x", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_signing_keys_come_over_https_or_from_this_machine(url: str, safe: bool) -> None:
    assert is_safe_source(url) is safe


async def test_keys_from_a_remote_plain_http_url_are_not_fetched() -> None:
    async with aiohttp.ClientSession() as session:
        ring = KeyRing(session, "http://192.0.2.1/keys")
        assert await ring.find("any") is None


def test_with_another_trail_key_nothing_runs_and_nothing_is_recorded(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = verdict_of(operator)
    for words in (("settings", TENANT, "target=70"), ("access-log",), ("verify-log", "--head"), ("migrate",)):
        monkeypatch.setenv("BK_TRAIL_KEY", "ab" * 32)
        code, _, err = operator.runs(*words)
        assert (code, err.count("\n"), "(BK-403)" in err) == (2, 1, True), words
        operator.sets(BK_TRAIL_KEY=TRAIL.hex())
    monkeypatch.setenv("BK_TRAIL_KEY", "ab" * 32)
    code, _, err = operator.runs("verify-log")  # it may be the trail that somebody has written anew with another key
    first, *_, last = err.splitlines()
    assert (code, "event 1 " in first, "(BK-403)" in last) == (1, True, True), err
    operator.sets(BK_TRAIL_KEY=TRAIL.hex())

    assert verdict_of(operator) == right


def verdict_of(operator: Operator) -> tuple[int, str, str]:
    with opened(f"sqlite:///{operator.database}", Keys({"one": FIRST}, TRAIL)) as desk:
        desk.run_now(trail.chain_new)
    return operator.runs("verify-log")


FORGED = "update event set act = 'made_up' where id = (select {which}(id) from event)"
NOT_UTF8 = "update event set actor = cast(x'ff' as text) where id = (select {which}(id) from event)"
END = "update trail_end set hash = cast(x'ff' as text)"


@pytest.mark.parametrize(
    "statements", [[FORGED], [NOT_UTF8], [END, FORGED], ["delete from trail_end", NOT_UTF8]], ids=str
)
@pytest.mark.parametrize("which", ["min", "max"])
def test_what_somebody_changed_without_the_key_is_named_and_keeps_nobody_from_working(
    operator: Operator, statements: list[str], which: str
) -> None:
    with sqlite3.connect(operator.database) as database:
        for trigger in [name for (name,) in database.execute("select name from sqlite_master where type = 'trigger'")]:
            database.execute(f"drop trigger {trigger}")
        for statement in statements:
            database.execute(statement.format(which=which))

    code, _, err = operator.runs("verify-log")
    assert (code, "the trail is broken" in err) == (1, True), err
    assert operator.runs("settings", TENANT, "target=70")[0] == 0
