"""The command line: output and exit codes (0 done, 1 fixable error, 2 wrong usage)."""

import csv
import io
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from base64 import b64encode
from contextlib import closing
from pathlib import Path

import pytest

from app import main
from bot.settings import read_settings
from checklists.loader import all_checklists
from tests.conftest import ROOT, TRAIL
from tests.migrated import put_database
from tests.waiting import PATIENCE
from tests.wire.door import TENANT

PRODUCTION = {
    "BK_MODE": "production",
    "BK_TENANTS": TENANT,
    "MicrosoftAppId": "made-up",
    "MicrosoftAppPassword": "made-up",
    "MicrosoftAppTenantId": TENANT,
    "BK_SECRET_KEY": "5a" * 32,
    "BK_KEYS": "made-up:" + b64encode(b"made-up key, never used anywhere").decode(),
    "BK_TRAIL_KEY": TRAIL.hex(),
}
HEADER = "tenant_id;object_id;email;name;unit;role;valid_from;valid_to"
ANNA = f"{TENANT};anna;;Anna Påhittad;Enhet (påhittad);case_worker;;"


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """Return an environment with a database in the folder, and no settings but these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BK_", "Microsoft", "PORT"))}
    plain = {"BK_MODE": "dev", "BK_DATABASE_URL": f"sqlite:///{folder / 'bot.db'}", "BK_TRAIL_KEY": TRAIL.hex()}
    return {**kept, **plain, **settings}


def run(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command in this process, as if in an environment of its own: a start costs more than most commands."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    own = environment(folder, **settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in os.environ.keys() - own:
            patch.delenv(name)
        for name, value in own.items():
            patch.setenv(name, value)
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        try:
            code = main(words)
        except SystemExit as stopped:  # how argparse ends
            code = int(str(stopped.code))
        out.flush()
        err.flush()
    said = [stream.buffer.getvalue().decode().replace("\r\n", "\n") for stream in (out, err)]
    return subprocess.CompletedProcess(words, code, *said)


def run_apart(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a process, as those who have to do with it do."""
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py"), *words],
        cwd=folder,
        env=environment(folder, **settings),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


def imports(folder: Path, *rows: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Import people from a file with these rows."""
    (folder / "people.csv").write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    return run(folder, "people", "import", "people.csv", **settings)


# --- usage -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("nonsense",),
        ("export",),
        ("export", "--what", "nonsense"),
        ("export", "--what", "answers", "--from", "i maj"),
        ("people",),
        ("people", "import"),
        ("serve", "extra"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_2_and_says_what_is_right(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(tmp_path, *words)

    assert done.returncode == 2
    assert done.stderr.startswith("usage: app.py")
    assert not (tmp_path / "bot.db").exists()


def test_help_names_every_command(tmp_path: Path) -> None:
    done = run_apart(tmp_path, "--help")

    assert done.returncode == 0
    for command in ("serve", "migrate", "people", "cases", "settings", "checklist", "export", "verify-log", "package"):
        assert command in done.stdout


# --- settings ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MicrosoftAppId", ""),
        ("MicrosoftAppPassword", ""),
        ("MicrosoftAppTenantId", ""),
        ("BK_TENANTS", ""),
        ("BK_TENANTS", " , "),
        ("BK_SECRET_KEY", ""),
        ("BK_KEYS", ""),
        ("BK_TRAIL_KEY", ""),
        ("BK_TRAIL_KEY", "0" * 63),
        ("BK_KEYS", "a:" + "A" * 44 + ",a:" + "A" * 44),
        ("BK_NOW", "2026-05-12T09:00:00+02:00"),
        ("BK_MODE", "open"),
        ("MicrosoftAppType", "Anyone"),
        ("BK_OPENID_METADATA_URL", "http://login.example.invalid/keys"),
        ("PORT", "http"),
        ("BK_DATABASE_URL", "mysql://127.0.0.1/bot"),
        ("BK_DATABASE_URL", "postgresql://made-up:made-up@db.example.invalid/bot"),
        ("BK_DATABASE_URL", "postgresql://made-up:made-up@db.example.invalid/bot?sslmode=require"),
        ("BK_SECRET_KEY", "0" * 64),
        ("BK_KEYS", "made-up:" + b64encode(bytes(32)).decode()),
        ("BK_PUBLIC_URL", "http://bot.example.invalid"),
        ("BK_PUBLIC_URL", "bot.example.invalid"),
        ("BK_PUBLIC_URL", "https://made-up@bot.example.invalid/?made-up"),
        ("BK_SERVICE_HOSTS", ""),
        ("BK_SERVICE_HOSTS", "https://smba.example.invalid"),
        ("BK_SERVICE_HOSTS", ".invalid"),
        ("BK_HOST", ""),
        ("BK_HOST", "http://127.0.0.1"),
        ("BK_ADMIN_HOST", "127.0.0.1:3979"),
        ("BK_KEEP_ALIVE_SECONDS", "0"),
    ],
)
def test_production_does_not_start_without_its_security_settings(tmp_path: Path, name: str, value: str) -> None:
    done = run(tmp_path, "serve", **(PRODUCTION | {name: value}))

    assert done.returncode == 2
    assert name in done.stderr
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert "made-up" not in done.stderr, "the error repeats a setting's value"


@pytest.mark.parametrize("setting", ["BK_HOST", "BK_ADMIN_HOST"])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.invalid"])
def test_dev_mode_listens_on_this_machine_only(tmp_path: Path, host: str, setting: str) -> None:
    done = run(tmp_path, "serve", BK_TENANTS=TENANT, **{setting: host})

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert setting in done.stderr


@pytest.mark.parametrize(("taken_as", "free"), [("PORT", "BK_ADMIN_PORT"), ("BK_ADMIN_PORT", "PORT")])
def test_an_address_in_use_is_exit_1_and_named_with_its_setting(tmp_path: Path, taken_as: str, free: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run_apart(tmp_path, "serve", BK_TENANTS=TENANT, **{taken_as: port, free: "0"})

    assert done.returncode == 1
    assert done.stderr == (
        f"another program is listening on 127.0.0.1:{port} already; stop it, or choose another {taken_as} (BK-343)\n"
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_machine_is_exit_1_in_our_own_words(tmp_path: Path, host: str) -> None:
    settings = PRODUCTION | {"BK_HOST": host, "PORT": "0", "BK_ADMIN_PORT": "0"}
    done = run_apart(tmp_path, "serve", **settings)

    assert done.returncode == 1
    said = done.stderr.splitlines()[-1]  # before it there may be a warning: the keys are fetched meanwhile
    assert said.startswith(f"{host}:0 is no address of this machine")
    assert "choose another BK_HOST (BK-300)" in said


def test_the_same_settings_start_when_each_is_right(tmp_path: Path) -> None:
    for settings in (
        PRODUCTION,
        PRODUCTION | {"BK_DATABASE_URL": "postgresql://db.example.invalid/b?sslmode=verify-full"},
    ):
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path)
            for name, value in environment(tmp_path, **settings).items():
                patch.setenv(name, value)
            read_settings().check_for_serving()


# --- secrets from files ------------------------------------------------------------------------------------


def test_each_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secrets = ("MicrosoftAppPassword", "BK_SECRET_KEY", "BK_KEYS", "BK_DATABASE_URL")
    settings = environment(tmp_path, **PRODUCTION)
    for name in secrets:
        (tmp_path / name).write_text(settings.pop(name) + "\n", encoding="utf-8")
        settings[name + "_FILE"] = str(tmp_path / name)
    (tmp_path / ".env").write_text(f"BK_KEYS_FILE={settings.pop('BK_KEYS_FILE')}\n", encoding="utf-8-sig")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        for name in os.environ.keys() - settings.keys():
            patch.delenv(name)
        for name, value in settings.items():
            patch.setenv(name, value)
        read = read_settings()

    read.check_for_serving()
    assert read.app_password.get_secret_value() == "made-up"
    assert read.secret() == bytes.fromhex(PRODUCTION["BK_SECRET_KEY"])
    assert list(read.master_keys()) == ["made-up"]
    assert read.database == f"sqlite:///{tmp_path / 'bot.db'}"


@pytest.mark.parametrize(
    ("content", "code"), [(None, "BK-308"), (b"", "BK-308"), (b"\xff\xfe", "BK-308"), (b"0" * 70_000, "BK-308")]
)
def test_a_secret_file_that_holds_no_secret_is_named_by_its_setting(
    tmp_path: Path, content: bytes | None, code: str
) -> None:
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    settings = PRODUCTION | {"BK_SECRET_KEY": "", "BK_SECRET_KEY_FILE": str(tmp_path / "secret")}
    done = run(tmp_path, "serve", **settings)

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "BK_SECRET_KEY_FILE" in done.stderr
    assert f"({code})" in done.stderr


def test_a_secret_set_both_ways_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("5b" * 32, encoding="ascii")
    done = run(tmp_path, "serve", **PRODUCTION, BK_SECRET_KEY_FILE=str(tmp_path / "secret"))

    assert (done.returncode, done.stdout) == (2, "")
    assert "BK_SECRET_KEY and BK_SECRET_KEY_FILE" in done.stderr


def test_a_dotenv_that_cannot_be_read_has_its_own_code(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"BK_TENANTS=\xe5\xe4\xf6\n")
    done = run(tmp_path, "serve", **PRODUCTION)

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "(BK-307)" in done.stderr


# --- what is on disk ---------------------------------------------------------------------------------------


def test_files_and_folders_are_their_makers_alone_whatever_the_umask(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("\n".join([HEADER, ANNA]), encoding="utf-8")
    there = {*tmp_path.iterdir()}
    (tmp_path / "older.csv").touch(mode=0o666)
    url = {"BK_DATABASE_URL": f"sqlite:///{tmp_path / 'new' / 'folder' / 'bot.db'}"}
    before = os.umask(0)
    try:
        (tmp_path / "older.csv").chmod(0o666)
        assert run_apart(tmp_path, "people", "import", "people.csv", **url).returncode == 0
        for words in (
            ("export", "--what", "answers", "--out", "answers.csv"),
            ("export", "--what", "answers", "--out", "older.csv"),
            ("export", "--what", "checklists", "--format", "xlsx", "--out", "lists.xlsx"),
            ("backup", "copy.backup", "--keys", "keys.txt"),
        ):
            done = run(tmp_path, *words, **url)
            assert done.returncode == 0, done.stderr
    finally:
        os.umask(before)

    made = {path: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*") if path not in there}
    assert {"bot.db", "answers.csv", "older.csv", "lists.xlsx", "copy.backup", "keys.txt"} <= {p.name for p in made}
    assert {path.name: oct(mode) for path, mode in made.items() if mode != (0o700 if path.is_dir() else 0o600)} == {}


def test_a_database_of_an_earlier_release_is_taken_back_from_the_others(tmp_path: Path) -> None:
    put_database(tmp_path / "bot.db")
    (tmp_path / "bot.db").chmod(0o644)
    run(tmp_path, "verify-log")

    assert (tmp_path / "bot.db").stat().st_mode & 0o777 == 0o600


# --- people ------------------------------------------------------------------------------------------------


def test_every_bad_row_is_named_by_its_line_and_nothing_is_stored(tmp_path: Path) -> None:
    bad = imports(
        tmp_path,
        ANNA,
        f"{TENANT};;;Ingen;Enhet;case_worker;;",
        f"{TENANT};bo;;Bo;Enhet;kung;;",
        f"{TENANT};bo;;Bo;;case_worker;;",
        f"{TENANT};bo;;Bo;Enhet;case_worker;2026-13-01;",
        f"{TENANT};bo;;Bo;Enhet;deputy;;",
        "another;bo;;Bo;Enhet;case_worker;;",
        BK_TENANTS=TENANT,
    )

    assert bad.returncode == 1
    assert [line.partition(":")[0] for line in bad.stderr.splitlines()] == [f"line {number}" for number in range(3, 9)]
    assert bad.stderr.endswith("; nothing was stored (BK-212)\n")
    assert bad.stderr.count("nothing was stored") == 1
    assert imports(tmp_path, ANNA).stdout == "added: 1, changed: 0, unchanged: 0\nnew units: Enhet (påhittad)\n"


def test_in_dev_mode_an_object_id_that_entra_cannot_have_given_is_remarked_on_and_taken(tmp_path: Path) -> None:
    real = ANNA.replace("anna", "aaaaaaaa-0000-4000-8000-00000000000a")
    done = imports(tmp_path, real, ANNA.replace("Anna", "Bo"))

    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "added: 2, changed: 0, unchanged: 0")
    assert done.stderr.startswith("object_id is no id that Entra gives; it works here in dev mode")
    assert done.stderr.endswith("line 3\n")
    assert imports(tmp_path, real, ANNA).stderr == ""


def test_the_same_file_again_is_unchanged_and_a_row_that_left_stays(tmp_path: Path) -> None:
    bo = f"{TENANT};bo;;Bo Påhittad;Enhet (påhittad);unit_manager;;"
    imports(tmp_path, ANNA, bo)

    assert imports(tmp_path, ANNA, bo).stdout == "added: 0, changed: 0, unchanged: 2\n"
    assert imports(tmp_path, ANNA.replace("Anna", "Annika")).stdout == "added: 0, changed: 1, unchanged: 0\n"
    assert imports(tmp_path, bo).stdout == "added: 0, changed: 0, unchanged: 1\n"


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"namn;roll\nAnna;x", f'{HEADER}\n"{TENANT};anna'.encode()])
def test_a_file_that_is_not_a_register_is_exit_1_with_one_sentence(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "people.csv").write_bytes(raw)
    done = run(tmp_path, "people", "import", "people.csv")

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "nothing was stored" in done.stderr


def test_a_personal_number_in_the_register_is_named_by_line_and_not_repeated(tmp_path: Path) -> None:
    done = imports(tmp_path, ANNA, f"{TENANT};bo;;19121212-1212;Enhet;case_worker;;")

    assert done.returncode == 1
    assert "line 3" in done.stderr
    assert "1212" not in done.stderr


def test_a_file_that_is_not_there_is_exit_1(tmp_path: Path) -> None:
    assert run(tmp_path, "people", "import", "no.csv").returncode == 1
    assert run(tmp_path, "checklist", "check", "no.yaml").returncode == 1


# --- the rest ----------------------------------------------------------------------------------------------


def test_an_empty_export_is_a_header_as_swedish_excel_opens_it(tmp_path: Path) -> None:
    imports(tmp_path, ANNA)
    printed = run_apart(tmp_path, "export", "--what", "answers")
    assert run(tmp_path, "export", "--what", "answers", "--out", "out.csv").returncode == 0

    assert printed.stdout.startswith("\ufefftenant_id;case_ref;checklist;role;child;item;answer;")
    assert (tmp_path / "out.csv").read_bytes().decode().replace("\r\n", "\n") == printed.stdout
    assert list(csv.DictReader(io.StringIO(printed.stdout), delimiter=";")) == []
    assert run(tmp_path, "export", "--what", "answers", "--out", "no/such/folder.csv").returncode == 1


def test_what_closed_rounds_showed_is_a_file_or_a_workbook_and_never_published(tmp_path: Path) -> None:
    header = "round;unit;checklist;closed_on;item;question;side;ja;cases;low_pct;high_pct;drawn"
    assert run(tmp_path, "export", "--what", "results").stdout.strip("\ufeff\n") == header
    assert run(tmp_path, "export", "--what", "results", "--format", "xlsx", "--out", "out.xlsx").returncode == 0
    assert (tmp_path / "out.xlsx").read_bytes()[:2] == b"PK"
    year = ("--from", "2025-01-01", "--to", "2025-12-31")
    refused = run(tmp_path, "export", "--what", "results", "--for-publication", *year)
    assert refused.returncode == 1
    assert "BK-" in refused.stderr


def test_the_log_of_a_fresh_database_is_whole_and_every_export_is_in_it(tmp_path: Path) -> None:
    imports(tmp_path, ANNA)
    run(tmp_path, "export", "--what", "answers")
    done = run(tmp_path, "verify-log")

    assert done.returncode == 0
    assert done.stdout == f"{TENANT}: 0 chained, 2 not chained yet\n"


def test_a_faulty_checklist_is_exit_1_with_every_fault_and_the_good_one_is_told_too(tmp_path: Path) -> None:
    source = (ROOT / "checklists" / "definitions" / "decision_basis.v1.yaml").read_text(encoding="utf-8")
    (tmp_path / "good.yaml").write_text(source, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(source.replace("[ja, nej]", "[ja, kanske]", 2), encoding="utf-8")
    done = run(tmp_path, "checklist", "check", "good.yaml", "bad.yaml")

    assert done.returncode == 1
    assert "good.yaml: 13 questions, no faults" in done.stdout
    assert done.stderr.count("bad.yaml, line") >= 2


def test_a_version_whose_number_was_forgotten_is_told_before_the_bot_refuses_to_start(tmp_path: Path) -> None:
    source = (ROOT / "checklists" / "definitions" / "decision_basis.v2.yaml").read_text(encoding="utf-8")
    (tmp_path / "decision_basis.v3.yaml").write_text(source, encoding="utf-8")
    done = run(tmp_path, "checklist", "check", "decision_basis.v3.yaml")

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "name it decision_basis.v2.yaml (BK-287)" in done.stderr


@pytest.mark.parametrize("name", ["decision_basis_v3.yaml", "decision_basis.v3.yml", "decision_basis.v4.yaml"])
def test_a_checklist_among_the_others_that_nobody_would_read_is_named_once(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "checklists" / "definitions", tmp_path / "definitions")
    for module in ("checklists.loader", "bot.commandline.definitions"):
        monkeypatch.setattr(f"{module}.DEFINITIONS", tmp_path / "definitions")
    source = (tmp_path / "definitions" / "decision_basis.v2.yaml").read_text(encoding="utf-8")
    (tmp_path / "definitions" / name).write_text(source.replace("version: 2", "version: 3"), encoding="utf-8")
    all_checklists.cache_clear()
    try:
        done = run(tmp_path, "checklist", "check")
    finally:
        all_checklists.cache_clear()

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"{name}, line 1: the name of the file does not say its id and version" in done.stderr


def test_with_another_key_the_texts_do_not_open_and_that_is_said(tmp_path: Path) -> None:
    imports(tmp_path, ANNA, BK_KEYS="one:" + b64encode(bytes(32)).decode())
    done = run(tmp_path, "verify-log", BK_KEYS="two:" + b64encode(bytes(32)).decode())

    assert done.returncode in (0, 1)
    assert "Traceback" not in done.stderr


# --- cases and tenant settings ------------------------------------------------------------------------------


def test_cases_are_imported_all_or_none_and_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    header = "tenant_id;case_ref;unit;received_on"
    good, bad = f"{TENANT};SN 2026/1;Enhet (påhittad);2026-03-02", f"{TENANT};SN 2026/2;;i mars"
    cases = tmp_path / "cases.csv"
    cases.write_text(f"{header}\n{good}\n{bad}", encoding="utf-8")

    excel = "if the spreadsheet shows jan-25 it has changed the day: format the column as text; nothing was stored"
    said = f"line 3: received_on is not a date; write it as 2025-01-31; {excel} (BK-112)"
    done = run(tmp_path, "cases", "import", "cases.csv", BK_TENANTS=TENANT)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{said}\n")
    cases.write_text(f"{header}\n{good}", encoding="utf-8")
    first = "added: 1, changed: 0, unchanged: 0\nnew units: Enhet (påhittad)\n"
    for counted in (first, "added: 0, changed: 0, unchanged: 1\n"):
        done = run(tmp_path, "cases", "import", "cases.csv", BK_TENANTS=TENANT)
        assert (done.returncode, done.stdout, done.stderr) == (0, counted, "")


def test_a_tenants_settings_are_shown_set_and_refused(tmp_path: Path) -> None:
    imports(tmp_path, ANNA)

    shown = run(tmp_path, "settings", TENANT)
    assert shown.returncode == 0
    assert {"gaps_first=3", "office_opens=08:00:00", "free_days="} <= set(shown.stdout.splitlines())
    done = run(tmp_path, "settings", TENANT, "free_days=2026-12-23", "gaps_first=4")
    assert {"gaps_first=4", "free_days=2026-12-23"} <= set(done.stdout.splitlines())
    for change in ("gaps_first=many", "no_such=1", "office_opens=18:00", "unread=4"):
        refused = run(tmp_path, "settings", TENANT, "unread=5", change)
        assert (refused.returncode, refused.stderr.count("\n")) == (1, 1), change
    assert "unread=2" in run(tmp_path, "settings", TENANT).stdout
    assert run(tmp_path, "settings", "someone-else").returncode == 1


def test_a_database_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    imports(tmp_path, ANNA)
    with closing(sqlite3.connect(tmp_path / "bot.db")) as database:
        for act in ("update on alembic_version", "insert on event", "insert on replica"):
            name = act.replace(" ", "_")
            database.execute(f"create trigger {name} before {act} begin select raise(abort, 'made up'); end")
        database.commit()

    for words in (("settings", TENANT, "target=70"), ("export", "--what", "rates"), ("serve",)):
        done = run(tmp_path, *words, BK_TENANTS=TENANT, PORT="0", BK_ADMIN_PORT="0")
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), (words, done.stderr)
        assert "cannot be written to: made up" in done.stderr
        assert "(BK-401)" in done.stderr


@pytest.mark.parametrize("name", ["keys", "trail_key"])
def test_a_secret_of_dev_mode_that_cannot_be_read_is_named(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.settings.VAR", tmp_path / "var")
    (tmp_path / "var" / name).mkdir(parents=True)
    done = run(tmp_path, "verify-log", **{f"BK_{name.upper()}": ""})

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"{name} cannot be read: Is a directory" in done.stderr
    assert "(BK-341)" in done.stderr
