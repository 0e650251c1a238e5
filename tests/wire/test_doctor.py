"""`doctor`: a complete installation passes, and every planted fault is found, alone, with its remedy."""

import asyncio
import re
import sqlite3
import subprocess
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import settings as settings_module
from bot.commandline import doctor_here
from bot.sending import service_token
from storage import conversations, migrate, people, tenants, trail
from storage.desk import Session, opened
from storage.sealing import Keys
from tests.browser.real_bot import free_ports
from tests.conftest import ROOT, TRAIL
from tests.migrated import put_database
from tests.sql.conftest import KEYS, NOW, make_world
from tests.wire import test_commands
from tests.wire.certificates import root_pem, server_context
from tests.wire.door import TENANT
from tests.wire.issuer import APP_ID, private_key, published

SOON = (datetime.now(UTC).date() + timedelta(days=10)).isoformat()
LATER = (datetime.now(UTC).date() + timedelta(days=200)).isoformat()


class Outside:
    """Everything a bot meets outside its machine, on 127.0.0.1; `settings` are those of a whole installation."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.monkeypatch = monkeypatch
        self.keys: list[Any] = [published("one", private_key("one"))]
        self.token_status = 200
        self.seconds_ahead = 0.0
        self.public_status = 0
        self.days, self.host = 90, "localhost"
        self.sent: list[Any] = []
        self.authorized: list[str] = []
        self._servers: list[TestServer] = []
        self.settings: dict[str, str] = {}

    async def starts(self) -> None:
        away = web.Application()
        away.router.add_get("/openid", self._openid)
        away.router.add_get("/keys", self._keys)
        away.router.add_post("/token", self._token)
        away.router.add_post("/v3/conversations/{chat}/activities", self._take)
        public = web.Application()
        public.router.add_post("/api/messages", self._token)
        public.router.add_get("/teams/api/messages", self._other)
        self._away, self._public = TestServer(away), TestServer(public, host="localhost", scheme="https")
        await self._away.start_server()
        await self._public.start_server(ssl=server_context(self.folder, days=self.days, host=self.host))
        (self.folder / "roots.pem").write_bytes(root_pem())
        self.monkeypatch.setattr(service_token, "token_endpoint", lambda _tenant="": self.url("/token"))
        self.settings |= {
            **test_commands.PRODUCTION,
            "MicrosoftAppId": APP_ID.upper(),
            "BK_KEYS": "first:" + b64encode(KEYS["first"]).decode(),
            "BK_OPENID_METADATA_URL": self.url("/openid"),
            "BK_SERVICE_HOSTS": "127.0.0.1",
            "BK_PUBLIC_URL": f"https://localhost:{self._public.port}",
            "BK_SECRET_ENDS": LATER,
            "SSL_CERT_FILE": str(self.folder / "roots.pem"),
            "HTTPS_PROXY": "",
            "HTTP_PROXY": "",
            "https_proxy": "",
            "http_proxy": "",
            "NO_PROXY": "localhost,127.0.0.1",
        } | self.settings

    async def stops(self) -> None:
        await self._away.close()
        await self._public.close()

    def url(self, path: str) -> str:
        return str(self._away.make_url(path))

    async def doctor(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return await asyncio.to_thread(test_commands.run, self.folder, "doctor", *words, **self.settings | settings)

    async def _openid(self, _request: web.Request) -> web.Response:
        at = formatdate(time.time() + self.seconds_ahead, usegmt=True)
        return web.json_response({"jwks_uri": self.url("/keys")}, headers={"Date": at})

    async def _keys(self, _request: web.Request) -> web.Response:
        return web.json_response({"keys": self.keys})

    async def _token(self, _request: web.Request) -> web.Response:
        return web.json_response({"access_token": "made-up", "expires_in": 3600}, status=self.token_status)

    async def _other(self, _request: web.Request) -> web.Response:
        return web.Response(status=502)

    async def _take(self, request: web.Request) -> web.Response:
        self.sent.append(await request.json())
        self.authorized.append(request.headers.get("Authorization", ""))
        return web.json_response({"id": "1"})


@pytest.fixture
async def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Outside]:
    """Yield a whole installation, with one registered person and one event in the trail."""
    with opened(put_database(tmp_path / "bot.db"), Keys(KEYS, TRAIL)) as desk:
        world = desk.run_now(make_world)

        def fill(session: Session) -> None:
            tenant = tenants.get(session, world.tenant)
            tenant.entra_id = TENANT
            unit = people.unit(session, world.tenant, "Enhet (påhittad)")
            held = people.RoleRow(tenant_id=world.tenant, person_id=world.person, unit_id=unit.id, role="case_worker")
            people.save_role(session, held)
            trail.record(session, world.tenant, NOW, "system", "swept")

        desk.run_now(fill)
    made = Outside(tmp_path, monkeypatch)
    yield made
    await made.stops()


def on_database(outside: Outside, *statements: str) -> None:
    with closing(sqlite3.connect(outside.folder / "bot.db")) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


async def test_a_whole_installation_has_no_fault(outside: Outside) -> None:
    await outside.starts()
    done = await outside.doctor()

    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert not re.findall("^(?!ok )", done.stdout, re.MULTILINE)[1:]
    for about in (
        "settings",
        "keys",
        "trail key",
        "schema",
        "database",
        "register",
        "rows",
        "checklists",
        "clock",
        "proxy",
        "channel keys",
    ):
        assert f"ok     {about}: " in done.stdout
    for about in ("token", "secret", "certificate", "public address", "SSL_CERT_FILE"):
        assert f"ok     {about}: " in done.stdout


async def test_it_changes_nothing(outside: Outside) -> None:
    await outside.starts()
    before = sorted(path.name for path in outside.folder.iterdir())
    await outside.doctor(BK_DATABASE_URL=f"sqlite:///{outside.folder / 'none.db'}")

    assert sorted(path.name for path in outside.folder.iterdir()) == before
    on_database(outside, "update alembic_version set version_num = '0007'")
    await outside.doctor()
    with closing(sqlite3.connect(outside.folder / "bot.db")) as database:
        assert database.execute("select version_num from alembic_version").fetchone() == ("0007",)


async def test_in_dev_mode_it_makes_no_keys_and_looks_at_no_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_here, "VAR", tmp_path / "var")
    monkeypatch.setattr(settings_module, "VAR", tmp_path / "var")
    put_database(tmp_path / "bot.db")
    done = test_commands.run(tmp_path, "doctor", BK_TENANTS=TENANT)

    assert "-      keys: not looked at: BK_MODE=dev makes its own" in done.stdout
    assert "-      network: not looked at" in done.stdout
    assert not (tmp_path / "var").exists()


def closed_port() -> int:
    [port] = free_ports(1)
    return port


PLANTED: dict[str, tuple[dict[str, str], Callable[[Outside], object], str]] = {
    "no tenants": ({"BK_TENANTS": " , "}, lambda _o: None, "BK-312"),
    "no secret": ({"MicrosoftAppPassword": "", "BK_SECRET_ENDS": ""}, lambda _o: None, "BK-313"),
    "no issuer": ({"BK_TOKEN_ISSUER": " "}, lambda _o: None, "BK-313"),
    "no master keys": ({"BK_KEYS": ""}, lambda _o: None, "BK-316"),
    "a setting that cannot be read": ({"PORT": "http"}, lambda _o: None, "BK-302"),
    "a date of a kind": ({"BK_SECRET_ENDS": "12 maj 2027"}, lambda _o: None, "BK-344"),
    "a setting misspelt": ({"BK_TENNANTS": TENANT}, lambda _o: None, "BK-350"),
    "a file for what is no secret": ({"BK_PUBLIC_URL_FILE": "/made-up"}, lambda _o: None, "BK-350"),
    "no import folder": ({"BK_IMPORT_FOLDER": "/made-up/in"}, lambda _o: None, "BK-496"),
    "a certificate without its key": (
        {"MicrosoftAppPassword": "", "BK_SECRET_ENDS": "", "BK_APP_CERTIFICATE": root_pem().decode()},
        lambda _o: None,
        "BK-431",
    ),
    "a password with an @": ({"BK_DATABASE_URL": "postgresql://u:made@up@127.0.0.1/bot"}, lambda _o: None, "BK-309"),
    "a password with an @, over TLS": (
        {"BK_DATABASE_URL": "postgresql://u:made@up@db.example/bot?sslmode=verify-full"},
        lambda _o: None,
        "BK-309",
    ),
    "a password with a /": ({"BK_DATABASE_URL": "postgresql://u:made/up@127.0.0.1/bot"}, lambda _o: None, "BK-309"),
    "an option misspelt": ({"BK_DATABASE_URL": "postgresql://127.0.0.1/bot?sslmod=x"}, lambda _o: None, "BK-309"),
    "PostgreSQL without TLS": ({"BK_DATABASE_URL": "postgresql://db.example/bot"}, lambda _o: None, "BK-328"),
    "an id that is a name": ({"MicrosoftAppId": "Beslutskollen"}, lambda _o: None, "BK-407"),
    "another master key": ({"BK_KEYS": "first:" + b64encode(b"2" * 32).decode()}, lambda _o: None, "BK-333"),
    "a master key gone": ({"BK_KEYS": "new:" + b64encode(b"2" * 32).decode()}, lambda _o: None, "BK-331"),
    "another trail key": ({"BK_TRAIL_KEY": "ab" * 32}, lambda _o: None, "BK-403"),
    "no database": ({}, lambda o: (o.folder / "bot.db").unlink(), "BK-402"),
    "no database there": (
        {"BK_DATABASE_URL": f"postgresql://made-up:made-up@127.0.0.1:{closed_port()}/bot"},
        lambda _o: None,
        "BK-406",
    ),
    "an old schema": ({}, lambda o: on_database(o, "update alembic_version set version_num = '0007'"), "BK-325"),
    "a newer schema": ({}, lambda o: on_database(o, "update alembic_version set version_num = '9999'"), "BK-400"),
    "a database to read only": (
        {},
        lambda o: on_database(
            o, "create trigger t before update on alembic_version begin select raise(abort, 'made up'); end"
        ),
        "BK-401",
    ),
    "a row that cannot be held": ({}, lambda o: on_database(o, "update person set language = 'xx'"), "BK-463"),
    "nobody registered": ({}, lambda o: on_database(o, "delete from role"), "BK-405"),
    "a clock": ({}, lambda o: setattr(o, "seconds_ahead", 400), "BK-404"),
    "a clock behind": ({}, lambda o: setattr(o, "seconds_ahead", -400), "BK-404"),
    "no way to the keys": (
        {"BK_OPENID_METADATA_URL": f"http://127.0.0.1:{closed_port()}/openid"},
        lambda _o: None,
        "BK-410",
    ),
    "no keys": ({}, lambda o: setattr(o, "keys", []), "BK-410"),
    "a secret that is refused": ({}, lambda o: setattr(o, "token_status", 401), "BK-411"),
    "no token": ({}, lambda o: setattr(o, "token_status", 503), "BK-412"),
    "a certificate for another": ({}, lambda o: setattr(o, "host", "other.example"), "BK-413"),
    "a certificate that has ended": ({}, lambda o: setattr(o, "days", -1), "BK-413"),
    "a certificate that ends": ({}, lambda o: setattr(o, "days", 9), "BK-414"),
    "nobody at the address": ({"BK_PUBLIC_URL": f"https://localhost:{closed_port()}"}, lambda _o: None, "BK-415"),
    "a proxy that is not there": (
        {"https_proxy": f"http://made-up:made-up@127.0.0.1:{closed_port()}"},
        lambda _o: None,
        "BK-417",
    ),
    "a secret that ends": ({"BK_SECRET_ENDS": SOON}, lambda _o: None, "BK-419"),
}


def test_every_planted_fault_is_listed_for_operations() -> None:
    page = (ROOT / "docs" / "drift.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"BK-\d{3}", page.partition("\n## doctor\n")[2].partition("\n## ")[0]))

    assert len(PLANTED) >= 15
    assert {code for _, _, code in PLANTED.values()} <= listed


@pytest.mark.parametrize("name", PLANTED)
async def test_a_planted_fault_is_found_alone_and_with_its_remedy(outside: Outside, name: str) -> None:
    settings, plant, code = PLANTED[name]
    plant(outside)
    await outside.starts()
    done = await outside.doctor(**settings)

    found = re.findall(r"^FAULT  [\w ]+: (.*) \((BK-\d{3})\)$", done.stdout, re.MULTILINE)
    assert [which for _, which in found] == [code], done.stdout
    assert done.returncode == 1
    assert done.stderr.startswith("faults found: 1; ")
    assert ";" in found[0][0] or ":" in found[0][0]
    assert "made-up:made-up" not in done.stdout


async def test_a_tab_nobody_could_sign_in_to_is_told_and_cases_in_one_that_is_gone(outside: Outside) -> None:
    await outside.starts()
    (outside.folder / "teams.js").write_text("", encoding="utf-8")
    host, app = urlsplit(outside.settings["BK_PUBLIC_URL"]).netloc, APP_ID.lower()
    wanted = f"api://{host}/botid-{app}"
    tab = {"BK_TEAMS_JS": str(outside.folder / "teams.js")}
    done = await outside.doctor(BK_TAB_RESOURCE=wanted, **tab)
    assert f"ok     tab: people sign in to it as {wanted}" in done.stdout
    named = f"api://other.example/botid-{app}"
    done = await outside.doctor(BK_TAB_RESOURCE=named, **tab)
    [found] = re.findall(r"^FAULT +tab: (.*)", done.stdout, re.MULTILINE)
    assert (named in found, wanted in found, "BK-489" in found) == (True, True, True)

    on_database(outside, """update tenant set settings = '{"content": "tab"}'""")
    [found] = re.findall(r"^FAULT +tab: (.*)", (await outside.doctor()).stdout, re.MULTILINE)
    assert "BK-474" in found


async def test_a_name_that_is_no_settings_is_told_with_those_it_resembles(outside: Outside) -> None:
    (outside.folder / ".env").write_text("BK_PUBLIC_ULR=https://bot.kommunen.example\n", encoding="utf-8")
    await outside.starts()
    done = await outside.doctor()

    assert "there is no setting BK_PUBLIC_ULR; choose from BK_PUBLIC_URL, " in done.stdout


async def test_a_certificate_that_cannot_be_used_keeps_nothing_else_from_being_looked_at(outside: Outside) -> None:
    await outside.starts()
    done = await outside.doctor(MicrosoftAppPassword="", BK_SECRET_ENDS="", BK_APP_CERTIFICATE=root_pem().decode())

    assert "-      token: not looked at: the settings come first" in done.stdout
    assert "ok     public address: " in done.stdout


async def test_a_secret_that_has_ended_is_told_with_its_day(outside: Outside) -> None:
    await outside.starts()
    done = await outside.doctor(BK_SECRET_ENDS="2020-01-31")

    assert "the last day of the secret is 2020-01-31, and today is " in done.stdout


@pytest.mark.parametrize("setting", ["BK_HOST", "BK_ADMIN_HOST"])
async def test_an_address_that_is_another_machines_is_told(outside: Outside, setting: str) -> None:
    await outside.starts()
    hosts = {"BK_HOST": "0.0.0.0", "BK_ADMIN_HOST": "::", setting: "203.0.113.7"}
    apart = partial(test_commands.run_apart, outside.folder, "doctor", **outside.settings | hosts)
    done = await asyncio.to_thread(apart)

    assert "FAULT  address: 203.0.113.7 is no address of this machine" in done.stdout
    assert f"choose another {setting} (BK-300)" in done.stdout
    assert done.stdout.count("BK-300") == 1


async def test_an_import_folder_is_looked_into(outside: Outside) -> None:
    (outside.folder / "in å").mkdir()
    await outside.starts()
    done = await outside.doctor(BK_IMPORT_FOLDER=str(outside.folder / "in å"))

    assert "ok     import folder: 0 files and folders in it" in done.stdout


async def refuses(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    writer.write(b"HTTP/1.1 407 Made up\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()
    writer.close()


@pytest.mark.parametrize(
    ("scheme", "said"),
    [
        ("", "in HTTPS_PROXY cannot be reached: it is to be written as http://HOST:PORT; correct the address"),
        ("http://", "the proxy answers 407, and wants a name and a password in its address"),
    ],
)
async def test_a_proxy_that_is_reached_and_does_not_serve_is_told(outside: Outside, scheme: str, said: str) -> None:
    await outside.starts()
    proxy = await asyncio.start_server(refuses, "127.0.0.1", 0)
    async with proxy:
        address = f"{scheme}127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
        done = await outside.doctor(
            https_proxy=address,
            NO_PROXY="localhost,127.0.0.1",
            BK_OPENID_METADATA_URL="https://login.botframework.example/openid",
        )

    assert said in done.stdout


async def test_roots_that_cannot_be_read_are_named_before_what_follows_from_them(outside: Outside) -> None:
    (outside.folder / "none.pem").write_text("no certificate\n", encoding="utf-8")
    await outside.starts()
    done = await outside.doctor(SSL_CERT_FILE=str(outside.folder / "none.pem"))

    assert re.findall(r"BK-\d{3}", done.stdout) == ["BK-418", "BK-413"]


async def test_a_proxy_in_front_that_does_not_reach_the_bot_is_told_by_its_answer(outside: Outside) -> None:
    await outside.starts()
    done = await outside.doctor(BK_PUBLIC_URL=outside.settings["BK_PUBLIC_URL"] + "/teams")

    assert re.findall(r"BK-\d{3}", done.stdout) == ["BK-416"]
    assert "answers 502" in done.stdout


@pytest.mark.postgres
async def test_postgresql_is_looked_at_as_well(outside: Outside, postgres_database: str) -> None:
    await outside.starts()
    with opened(postgres_database, Keys(KEYS, TRAIL)) as desk:
        migrate.upgrade(desk)
        desk.run_now(make_world)
    well = await outside.doctor(BK_DATABASE_URL=postgres_database)
    assert "ok     clock: as that of the database" in well.stdout
    assert "ok     database: postgresql answers and can be written to" in well.stdout

    with psycopg.connect(postgres_database, autocommit=True) as connection:
        name = postgres_database.rpartition("/")[2]
        connection.execute(f"alter database {name} set default_transaction_read_only = on".encode())
    done = await outside.doctor(BK_DATABASE_URL=postgres_database)
    assert "BK-401" in done.stdout
    assert "read-only transaction" in done.stdout


# --- a message to oneself --------------------------------------------------------------------------------------------


def with_app(outside: Outside) -> None:
    with opened(f"sqlite:///{outside.folder / 'bot.db'}", Keys(KEYS, TRAIL)) as desk:

        def work(session: Session) -> None:
            tenant = tenants.known(session, TENANT)
            [person, *_] = [row for row, _ in people.everyone(session, tenant.id)]
            person.email = "anna@kommunen.example"
            session.add(person)
            for chat in conversations.of_person(session, person.id):
                session.delete(chat)
            session.flush()
            conversations.begin(session, tenant.id, person.id, "a:anna", outside.url("").rstrip("/"), "{}")

        desk.run_now(work)


async def test_a_message_to_oneself_is_sent_and_recorded(outside: Outside) -> None:
    await outside.starts()
    with_app(outside)
    done = await outside.doctor("--send-test", " Anna@Kommunen.example")

    assert done.returncode == 0, done.stdout
    assert [one["text"] for one in outside.sent] == [
        "Provmeddelande: Beslutskollen når dig. Du behöver inte göra något."
    ]
    log = await asyncio.to_thread(test_commands.run, outside.folder, "access-log", **outside.settings)
    assert "test_sent" in log.stdout


@pytest.mark.parametrize(("who", "code"), [("okand@kommunen.example", "BK-420"), ("anna", "BK-420")])
async def test_nobody_is_written_to_who_is_not_in_the_register(outside: Outside, who: str, code: str) -> None:
    await outside.starts()
    done = await outside.doctor("--send-test", who)

    assert re.findall(r"BK-\d{3}", done.stdout) == [code]
    assert outside.sent == []


async def test_who_has_not_the_app_is_told_so(outside: Outside) -> None:
    await outside.starts()
    with_app(outside)
    on_database(outside, "update conversation set installed = 0")
    done = await outside.doctor("--send-test", "anna@kommunen.example")

    assert re.findall(r"BK-\d{3}", done.stdout) == ["BK-421"]
