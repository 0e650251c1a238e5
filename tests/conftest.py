"""Shared by all tests: optional dependencies, a network guard, and the browser."""

import ctypes
import ipaddress
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import hypothesis
import psycopg
import pytest
import pytest_asyncio

from tests.waiting import PATIENCE

if TYPE_CHECKING:  # slow to import, and only browser tests need it
    from playwright.async_api import Browser, ConsoleMessage, Page

ROOT = Path(__file__).resolve().parent.parent
NODE_MODULES = ROOT / "node_modules"
TRAIL = b"t" * 32
"""The key of the trail, for every test that opens a database."""
KEPT_SETTINGS = {"BK_REQUIRE_ALL", "BK_SLOW", "BK_TEST_POSTGRES_URL", "BK_TEST_CHROMIUM"}
KEPT_SETTINGS |= {
    "BK_FAULTS",
    "BK_FAULTS_MUTANT",
    "BK_FAULTS_TO",
    "BK_FAULTS_HOURS",
    "BK_FAULTS_SEED",
    "BK_FAULTS_SCALE",
}

hypothesis.settings.register_profile(
    "steady", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], derandomize="CI" in os.environ
)
hypothesis.settings.load_profile("steady")


# --- optional dependencies --------------------------------------------------------------------------------------------


def postgres_url() -> str:
    """Return the URL of the server the tests may create databases on."""
    return os.environ.get("BK_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")


@cache
def has_postgres() -> bool:
    try:
        psycopg.connect(postgres_url(), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def postgres_programs() -> Path | None:
    """Return the bin folder of the newest PostgreSQL server, where Debian installs it; None if there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def find_chromium() -> str | None:
    """Return the path of Chromium, or None. BK_TEST_CHROMIUM takes precedence over PATH.

    The headless shell is preferred, as a page in it costs a third of what it costs in the whole browser.
    """
    named = os.environ.get("BK_TEST_CHROMIUM")
    names = (named,) if named else ("chromium-headless-shell", "chromium", "chromium-browser")
    return next(filter(None, map(shutil.which, names)), None)


@cache
def has_libatomic() -> bool:
    if sys.platform == "linux":
        try:
            ctypes.CDLL("libatomic.so.1")
        except OSError:
            return False
    return True


def has_node_modules() -> bool:
    return (NODE_MODULES / "adaptivecards" / "package.json").is_file()


@dataclass(frozen=True)
class Need:
    """An external dependency of some tests. words: completes the sentence "12 tests need …"."""

    words: str
    is_there: Callable[[], bool]


POSTGRES = Need("PostgreSQL (set BK_TEST_POSTGRES_URL)", has_postgres)
CHROMIUM = Need("Chromium (apt install chromium)", lambda: find_chromium() is not None)
DRIVER = Need("the library that Playwright's Node loads (apt install libatomic1)", has_libatomic)
NPM = Need("the npm packages (python3 dev.py setup)", has_node_modules)
PG_TOOLS = Need("pg_dump and pg_restore (apt install postgresql-client)", lambda: shutil.which("pg_dump") is not None)
PG_SERVER = Need("PostgreSQL's own programs (apt install postgresql)", lambda: postgres_programs() is not None)
SLOW = Need("time (set BK_SLOW=1)", lambda: os.environ.get("BK_SLOW") == "1")
OUTSIDE = (POSTGRES, CHROMIUM, DRIVER, NPM, PG_TOOLS, PG_SERVER)
NEEDS_OF_MARKER = {
    "postgres": (POSTGRES,),
    "browser": (CHROMIUM, DRIVER, NPM),
    "slow": (SLOW,),
    "pg_tools": (PG_TOOLS,),
    "pg_server": (PG_SERVER,),
}
MARKER_OF_FIXTURE = {
    "postgres_database": "postgres",
    "migrated_database": "postgres",
    "emptied_database": "postgres",
    "chromium": "browser",
    "page": "browser",
    "cluster": "pg_server",
}

LONGEST_FIRST = ["browser", "wire", "faults", "chat", "sql", "same_answer", "year"]
"""The order in which files are handed out to several processes: a long one at the end would leave the others idle."""
COUNTED = {
    "chat": {
        *("test_administration", "test_beside_yes", "test_case_reasons", "test_children", "test_deputies"),
        *("test_details", "test_doubt", "test_feedback", "test_files_after_signing", "test_filled_in"),
        *("test_follow_up", "test_instruments"),
        *("test_linked_cases", "test_lists", "test_measures", "test_motivation_setting", "test_moving"),
        *("test_personal_numbers", "test_protected", "test_reading", "test_round_results", "test_round_rules"),
        *("test_rounds", "test_sign_off", "test_undo", "test_unit_cases", "test_wrong_case", "test_year"),
    },
    "sql": {
        *("test_actions", "test_administration", "test_aggregates", "test_answers_import", "test_deletions"),
        *("test_exposed", "test_held", "test_import_faults", "test_import_folder", "test_known_changes"),
        *("test_leavers", "test_linking", "test_measures", "test_one_person", "test_people_import"),
        *("test_people_joined", "test_rounds", "test_unfit", "test_year"),
    },
}
"""The files beside those in unit that reach a rule or action no other does: measuring coverage doubles a test's time.

If the coverage lacks a line, add the file whose test reaches it.
"""


def pytest_configure(config: pytest.Config) -> None:
    """Remove the developer's own settings; with BK_REQUIRE_ALL=1, fail at once if a dependency is missing."""
    for name in list(os.environ):
        settings = name.startswith(("BK_", "MicrosoftApp")) or name == "PORT" or name.lower().endswith("_proxy")
        if settings and name not in KEPT_SETTINGS:
            del os.environ[name]
    # Otherwise each of the two hundred or so processes that tests start would compile the whole project again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["BK_TRAIL_KEY"] = TRAIL.hex()  # commands and tests open the same databases
    if os.environ.get("BK_REQUIRE_ALL") == "1" and not hasattr(config, "workerinput"):
        absent = [need.words for need in OUTSIDE if not need.is_there()]
        if absent:
            raise pytest.UsageError(f"BK_REQUIRE_ALL=1, but these are not there: {', '.join(absent)}")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip tests whose dependencies are missing. Tests using a fixture in MARKER_OF_FIXTURE get its marker.

    Coverage is measured in a part of them (see COUNTED).
    """
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: [*LONGEST_FIRST, item.path.parent.name].index(item.path.parent.name))
    slow_asked_for = "slow" in config.option.markexpr
    for item in items:
        room = item.path.parent.name
        again = "postgresql" in item.name  # the same lines as on SQLite
        again |= hypothesis.is_hypothesis_test(getattr(item, "function", None))  # the lines of the examples beside it
        if again or (room != "unit" and item.path.stem not in COUNTED.get(room, ())):
            item.add_marker("no_cover")
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in MARKER_OF_FIXTURE:
                item.add_marker(MARKER_OF_FIXTURE[fixture])
        needs = [need for marker, some in NEEDS_OF_MARKER.items() if item.get_closest_marker(marker) for need in some]
        if "node_modules" in getattr(item, "fixturenames", ()):
            needs.append(NPM)
        absent = next((n for n in needs if not n.is_there() and not (n is SLOW and slow_asked_for)), None)
        if absent is not None:
            item.add_marker(pytest.mark.skip(reason=f"needs {absent.words}"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count the skipped tests by dependency; from the reports, because under xdist the controller has nothing else."""
    reasons = [str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", [])]
    counts = [(sum(reason.endswith(f"needs {need.words}") for reason in reasons), need) for need in (*OUTSIDE, SLOW)]
    lines = [f"{count} {'tests need' if count > 1 else 'test needs'} {need.words}" for count, need in counts if count]
    if lines:
        terminalreporter.write_line(f"Left out: {', '.join(lines)}", yellow=True)


def _creating(name: str, template: str, encoding: str) -> bytes:
    locale = "" if encoding == "UTF8" else " LOCALE 'C'"  # which goes with any encoding
    return f"CREATE DATABASE {name} TEMPLATE {template} ENCODING '{encoding}'{locale}".encode()


@contextmanager
def new_database(template: str = "template0", encoding: str = "UTF8") -> Iterator[str]:
    """Yield the URL of a new database on PostgreSQL; it is dropped afterwards, open connections included."""
    name = f"bk_test_{secrets.token_hex(8)}"
    with psycopg.connect(postgres_url(), autocommit=True) as server:
        server.execute(_creating(name, template, encoding))
        try:
            yield urlunsplit(urlsplit(postgres_url())._replace(path=f"/{name}"))
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def postgres_database() -> Iterator[str]:
    """Yield the URL of an empty database without tables."""
    with new_database() as url:
        yield url


@pytest.fixture(scope="session")
def _newest_schema() -> Iterator[str]:
    """Yield the name of a database of the newest schema, to be copied: nobody is connected to it."""
    from storage import migrate
    from storage.desk import opened
    from storage.sealing import Keys

    with new_database() as url:
        with opened(url, Keys({"none": bytes(32)}, TRAIL)) as desk:
            migrate.upgrade(desk)
        yield urlsplit(url).path.strip("/")


@pytest.fixture
def migrated_database(_newest_schema: str) -> Iterator[str]:
    """Yield the URL of a migrated database without rows, of the test's own: a copy, as migrating costs more."""
    with new_database(_newest_schema) as url:
        yield url


@pytest.fixture(scope="session")
def _shared_database(_newest_schema: str) -> Iterator[str]:
    with new_database(_newest_schema) as url:
        yield url


@pytest.fixture
def emptied_database(_shared_database: str) -> str:
    """Return the URL of a migrated database without rows, for tests that leave its tables and triggers as they are.

    Always the same one, emptied: a new one costs more than most tests.
    """
    empty(_shared_database)
    return _shared_database


def empty(url: str, *, restart: bool = True) -> None:
    """Delete every row of a migrated database on PostgreSQL. restart: let ids begin at 1 again."""
    from storage.tables import METADATA

    with psycopg.connect(url) as connection:
        connection.execute("set session_replication_role = replica")  # the trail forbids deleting
        for table in reversed(METADATA.sorted_tables):  # TRUNCATE is ten times slower on tables this small
            connection.execute(f"DELETE FROM {table.name}".encode())
        if restart:
            connection.execute("select setval(oid::regclass, 1, false) from pg_class where relkind = 'S'")


@pytest.fixture
def node_modules() -> Path:
    """Return node_modules; tests using this are skipped if it is missing."""
    return NODE_MODULES


@pytest.fixture(autouse=True, scope="session")
def _never_less_urgent() -> Iterator[None]:
    """Keep commands from lowering the priority of the tests' own process: all later tests would have it too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "nice", lambda _by: 0)
        yield


# --- network guard ----------------------------------------------------------------------------------------------------


def is_local(host: object) -> bool:
    """Return whether a host is loopback. Names other than localhost are not, whatever they resolve to."""
    name = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def refuse_beyond_loopback(host: object) -> None:
    if not is_local(host):
        raise RuntimeError(f"a test may reach 127.0.0.1 only, this one tried {host!r}")


@pytest.fixture(autouse=True, scope="session")
def _only_loopback() -> Iterator[None]:
    """Block name lookups and connections beyond this machine, except those made inside C libraries."""
    plain_connect, plain_connect_ex, plain_lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            refuse_beyond_loopback(address[0])
        plain_connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            refuse_beyond_loopback(address[0])
        return plain_connect_ex(self, address)

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        if host:  # empty means every local address, used for listening
            refuse_beyond_loopback(host)
        return plain_lookup(host, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        patch.setattr(socket.socket, "connect_ex", connect_ex)
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield


# --- a browser --------------------------------------------------------------------------------------------------------


CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def complaints_of(page: "Page") -> list[str]:
    """Return a list that collects a page's console errors and uncaught exceptions."""
    found: list[str] = []

    def note(message: "ConsoleMessage") -> None:
        if message.type == "error":  # the text does not say which request failed
            found.append(f"{message.text} {message.location.get('url', '')}")

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.fixture(scope="session")
def chromium_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a browser shared by this process's tests: starting one costs more than most tests."""
    profile = tmp_path_factory.mktemp("chromium")
    words = [find_chromium() or "", "--headless", "--remote-debugging-port=0", f"--user-data-dir={profile}"]
    command = [*words, *CHROMIUM_ARGUMENTS]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stderr is not None
        said = (line.partition("DevTools listening on ")[2].strip() for line in process.stderr)
        address = next(filter(None, said))
        threading.Thread(target=process.stderr.read, daemon=True).start()  # a full pipe would block it
        yield address
        os.killpg(process.pid, signal.SIGKILL)  # its helpers too: they would hold the pipe open


# Playwright's driver is a process that takes as long to start as many tests take to run: it lives for the whole
# session, and so does the event loop that browser tests and their fixtures run on.


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _driven(chromium_address: str) -> "AsyncIterator[Browser]":
    from playwright.async_api import async_playwright, expect

    expect.set_options(timeout=1000 * PATIENCE)

    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(chromium_address)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def chromium(_driven: "Browser") -> "AsyncIterator[Browser]":
    """Yield a browser that resolves only 127.0.0.1 and localhost. Its contexts are closed afterwards."""
    yield _driven
    for context in _driven.contexts[1:]:
        await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium: "Browser") -> "AsyncIterator[Page]":
    """Yield an empty page with Swedish locale; any error on its console fails the test."""
    context = await chromium.new_context(
        viewport={"width": 1280, "height": 900}, locale="sv-SE", timezone_id="Europe/Stockholm"
    )
    context.set_default_timeout(1000 * PATIENCE)
    page = await context.new_page()
    complaints = complaints_of(page)
    yield page
    await context.close()
    # The bot may stop before the page closes; failed requests are then expected.
    ended = [
        words for words in complaints if "ERR_CONNECTION" in words and ("/live" in words or "/tryout/acts" in words)
    ]
    real = [words for words in complaints if words not in ended]
    assert not real, "errors on the page's console"
