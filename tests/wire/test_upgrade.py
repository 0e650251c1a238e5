"""A database of a newer release, backups to impossible places, and accounts without a name."""

import asyncio
import json
import socket
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import aiohttp
import psycopg
import pytest
from aiohttp import web

from bot.commandline.common import actor
from bot.settings import read_settings
from bot.web import serve
from storage import backup, migrate
from storage.desk import opened
from storage.sealing import Keys
from tests.browser.real_bot import free_ports
from tests.conftest import TRAIL
from tests.migrated import put_database
from tests.waiting import until
from tests.wire.door import TENANT
from tests.wire.test_commands import PRODUCTION, imports, run

# --- a database that is newer than the release ------------------------------------------------------------------------


def newer(folder: Path) -> None:
    """Put a database as a later release would leave it: a number and a table that this one does not know."""
    put_database(folder / "bot.db")
    with closing(sqlite3.connect(folder / "bot.db")) as database:
        database.execute("update alembic_version set version_num = '9999'")
        database.execute("create table of_tomorrow (id integer primary key)")
        database.commit()


@pytest.mark.parametrize(
    "words", [("verify-log",), ("migrate",), ("serve",), ("dispose",), ("recount",)], ids=lambda words: words[0]
)
def test_a_database_of_a_newer_release_is_named_as_such(tmp_path: Path, words: tuple[str, ...]) -> None:
    newer(tmp_path)
    done = run(tmp_path, *words, **PRODUCTION)

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"schema 9999 and is newer than this release, which knows {migrate.HEAD}" in done.stderr
    assert "(BK-400)" in done.stderr


def test_it_can_be_copied_all_the_same_and_put_back(tmp_path: Path) -> None:
    newer(tmp_path)
    done = run(tmp_path, "backup", "copy", "--keys", "keys")

    assert (done.returncode, done.stderr) == (0, "")
    assert "newer than this release" in done.stdout
    with closing(sqlite3.connect(tmp_path / "copy")) as copy:
        assert copy.execute("select count(*) from of_tomorrow").fetchone() == (0,)
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600
    back = run(tmp_path, "restore", "copy", BK_DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}")
    assert "(BK-400)" in back.stderr, "it is the newer release that puts it back"
    assert not (tmp_path / "new.db").exists()


@pytest.mark.postgres
@pytest.mark.pg_tools
def test_a_newer_postgresql_is_named_and_copied_too(tmp_path: Path, postgres_database: str) -> None:
    with opened(postgres_database, Keys({"none": bytes(32)}, TRAIL)) as desk:
        migrate.upgrade(desk)
    with psycopg.connect(postgres_database) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    url = {"BK_DATABASE_URL": postgres_database}

    for words in (("verify-log",), ("migrate",)):
        assert "(BK-400)" in run(tmp_path, *words, **url).stderr
    assert run(tmp_path, "backup", "copy", **url).returncode == 0
    assert (tmp_path / "copy").read_bytes().startswith(b"PGDMP")


# --- backup and restore ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("backup", ""), "BK-380"),
        (("backup", ".."), "BK-380"),
        (("backup", "copy", "--keys", ""), "BK-342"),
        (("backup", "copy", "--keys", "a-folder"), "BK-342"),
    ],
    ids=str,
)
def test_a_folder_is_no_place_for_a_backup_and_nothing_half_done_is_left(
    tmp_path: Path, words: tuple[str, ...], code: str
) -> None:
    put_database(tmp_path / "bot.db")
    (tmp_path / "a-folder").mkdir()
    done = run(tmp_path, *words)

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"({code})" in done.stderr
    assert not [*tmp_path.rglob("*.part"), *tmp_path.parent.glob("*.part")]


@pytest.mark.parametrize(
    "words",
    [
        ("backup", "a-file/copy"),
        ("backup", "none/copy"),
        ("backup", "copy", "--keys", "a-file/keys"),
        ("backup", "copy", "--tombstones", "a-file/stones"),
    ],
    ids=" ".join,
)
def test_a_backup_to_an_impossible_place_says_so(tmp_path: Path, words: tuple[str, ...]) -> None:
    put_database(tmp_path / "bot.db")
    (tmp_path / "a-file").write_text("", encoding="utf-8")
    done = run(tmp_path, *words)

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "(BK-342)" in done.stderr or "(BK-378)" in done.stderr, done.stderr


def test_restore_by_the_book_works_when_nothing_was_ever_disposed_of(tmp_path: Path) -> None:
    imports(tmp_path, f"{TENANT};anna;;Anna Påhittad;Enhet (påhittad);case_worker;;")
    assert run(tmp_path, "backup", "copy").returncode == 0
    assert (tmp_path / "disposed.jsonl").read_bytes() == b""
    (tmp_path / "bot.db").unlink()
    done = run(tmp_path, "restore", "copy", "--tombstones", "disposed.jsonl")

    assert (done.returncode, done.stderr) == (0, "")
    assert "disposed.jsonl is empty" in done.stdout


def test_the_tools_of_postgresql_get_the_whole_address_and_the_password_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "pg_dump"
    tool.write_text(
        "#!/usr/bin/env python3\nimport json, os, sys\n"
        'open("told", "w").write(json.dumps([sys.argv[1:], dict(os.environ)]))\n',
        encoding="utf-8",
    )
    tool.chmod(0o700)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.delenv("PGPASSWORD", raising=False)
    where = "sslmode=verify-full&sslrootcert=/etc/rot%20ca.pem&sslcert=/etc/k.pem&sslpassword=hemligt"
    where += "&target_session_attrs=read-write"
    backup._run("pg_dump", f"postgresql://bot:ett%20l%C3%B6sen@db.example:6432/b?{where}", "--format=custom")

    words, environment = json.loads((tmp_path / "told").read_text(encoding="utf-8"))
    [address] = [word for word in words if word.startswith("--dbname=")]
    assert psycopg.conninfo.conninfo_to_dict(address.removeprefix("--dbname=")) == {
        "host": "db.example",
        "port": "6432",
        "user": "bot",
        "dbname": "b",
        "sslmode": "verify-full",
        "sslrootcert": "/etc/rot ca.pem",
        "sslcert": "/etc/k.pem",
        "target_session_attrs": "read-write",
    }
    assert environment["PGPASSWORD"] == "ett lösen"
    assert "lösen" not in " ".join(words)


# --- in a container --------------------------------------------------------------------------------------------------


def test_an_account_without_a_name_is_its_number_in_the_trail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getuid", lambda: 987654)
    monkeypatch.setenv("LOGNAME", "somebody-else")

    assert actor() == "cli:987654"


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
async def test_every_address_is_those_of_both_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    port, admin = free_ports(2)
    settings = read_settings(host="::", port=port, admin_host="::", admin_port=admin)

    async def alive(_request: web.Request) -> web.Response:
        return web.Response(text="alive")

    apps = [web.Application(), web.Application()]
    for app in apps:
        app.router.add_get("/", alive)
    serving = asyncio.create_task(serve(apps[0], apps[1], settings))

    async def answers() -> int:
        try:
            async with aiohttp.ClientSession() as session:
                found = [
                    (await session.get(f"http://{host}:{where}/")).status
                    for host in ("127.0.0.1", "[::1]")
                    for where in (port, admin)
                ]
        except aiohttp.ClientConnectorError:
            return 0
        return found.count(200)

    try:
        await until("both kinds of address to answer", answers, lambda count: count == 4)
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
    assert f"http://[::]:{port}/" in capsys.readouterr().out
