"""`python3 dev.py trace [-v]`: everything one press of `Ja` executes, from HTTP handler to response, on SQLite.

Counts the project's own files, named functions and calls (without comprehension, generator and lambda frames; a
coroutine counts again when it resumes), and statements that read or write rows. The layer that every row passes through
(storage/session.py, rows.py and held.py) is left out, like the database driver. The bot is built as by `serve`, in dev
mode, without its background loops, which do not affect the response. -v lists every call and statement.
"""

import argparse
import asyncio
import sys
import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, cast

import aiohttp
from aiohttp import web
from sqlalchemy import event

from bot import web as botweb
from bot.clock import Clock
from bot.door.front_door import server_options
from bot.metrics import Metrics
from bot.settings import read_settings
from imports.common import Order
from imports.people import PEOPLE
from imports.steps import import_file
from storage import migrate
from storage.desk import Desk
from storage.sealing import Keys
from tests.browser.real_bot import RealBot
from tests.wire.bot_process import Client, RecordingConnector, people_csv
from tests.wire.door import TENANT

ROOT = Path(__file__).resolve().parent.parent
_OURS = ("actions", "bot", "checklists", "dialogs", "imports", "reports", "storage", "texts")
_UNDER_ALL = ("storage/session.py", "storage/rows.py", "storage/held.py")
_READS_OR_WRITES = ("select", "insert", "update", "delete", "with")
_ON_THE_FACTS_CARD = {
    "Är det ett våldsärende?": "Ja",
    "Är barnet placerat?": "Ja",
    "Beslutas om insats?": "Ja",
    "Har barnet kommunicerats?": "Nej",
}


@dataclass
class Trace:
    """What a press executed. calls: file and function of each, in order. statements: SQL as sent. commits: how many.

    typed: what a line typed after it executed, until its reply had been sent and that was stored.
    """

    calls: list[tuple[str, str]] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    commits: int = 0
    typed: "Trace | None" = None

    @property
    def counts(self) -> dict[str, int]:
        """Return the four counts by name."""
        return {
            "files": len({file for file, _ in self.calls}),
            "functions": len(set(self.calls)),
            "calls": len(self.calls),
            "statements": len(self.statements),
        }


class _Tracer:
    """Records calls in all threads while it is active."""

    def __init__(self) -> None:
        self.found = Trace()
        self.on = False
        self._names: dict[CodeType, tuple[str, str] | None] = {}

    def profile(self, frame: FrameType, what: str, _arg: object) -> None:
        if what != "call" or not self.on:
            return
        code = frame.f_code
        if code not in self._names:
            self._names[code] = _name(code)
        name = self._names[code]
        if name is not None:
            self.found.calls.append(name)

    def statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if self.on and statement.lstrip().lower().startswith(_READS_OR_WRITES):
            self.found.statements.append(" ".join(statement.split()))

    def commit(self, _connection: Any) -> None:
        if self.on:
            self.found.commits += 1

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        sys.setprofile(self.profile)
        self.on = True
        try:
            yield
        finally:
            self.on = False
            sys.setprofile(None)


def _name(code: CodeType) -> tuple[str, str] | None:
    path = Path(code.co_filename)
    if code.co_name.startswith("<") or not path.is_relative_to(ROOT):
        return None
    file = path.relative_to(ROOT)
    is_counted = file.parts[0] in _OURS and file.as_posix() not in _UNDER_ALL
    return (str(file), code.co_qualname) if is_counted else None


@dataclass
class _Served:
    url: str


async def trace_one_answer(folder: Path) -> Trace:
    """Serve the bot from a new database in the folder, begin a list, and trace the first answer."""
    tracer = _Tracer()
    threading.setprofile(tracer.profile)  # before the desk's thread, which starts with the first turn
    try:
        with closing(Desk(f"sqlite:///{folder}/bot.db", Keys({"trace": bytes(32)}, bytes(32)))) as desk:
            migrate.upgrade(desk)
            event.listen(desk.engine, "before_cursor_execute", tracer.statement)
            event.listen(desk.engine, "commit", tracer.commit)
            return await _one_answer(desk, tracer)
    finally:
        threading.setprofile(None)


async def _one_answer(desk: Desk, tracer: _Tracer) -> Trace:
    clock, tenants = Clock(), frozenset({TENANT})
    settings = read_settings(mode="dev", tenants=tenants, secret_key="0" * 64)
    people = people_csv(("anna",)).encode()
    import_file(desk, PEOPLE, people, Order(tenants, clock.now(), "cli:trace"))
    async with aiohttp.ClientSession() as session, RecordingConnector() as connector:
        watched = False

        async def messages(request: web.Request) -> web.StreamResponse:
            if not watched:
                return await botweb.messages(request)
            async with tracer.watching():
                return await botweb.messages(request)

        app = web.Application(client_max_size=0)
        app[botweb.SERVICES], _, _ = botweb.build(settings, desk, clock, Metrics(), session, "traced")
        app.router.add_post("/api/messages", messages)
        runner = web.AppRunner(app, **server_options())
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        served = cast("RealBot", _Served(f"http://127.0.0.1:{runner.addresses[0][1]}"))  # a client only uses its url
        anna = Client(served, connector, session, "anna")
        for ref in ("SN 2026/0122", "SN 2026/0123"):  # the first warms the caches of the process
            await anna.types(f"ny {ref}")
            await anna.presses("Spara", _ON_THE_FACTS_CARD)
            watched = ref == "SN 2026/0123"
            await anna.presses("Ja")
        of_press, tracer.found = tracer.found, Trace()
        watched = False
        await anna.types("ja ja ja ja")
        watched = True
        await anna.types("ja")
        of_press.typed = tracer.found
        await runner.cleanup()
        return of_press


def main() -> None:
    """Trace one answer and print the counts."""
    parser = argparse.ArgumentParser(prog="trace", description=__doc__)
    parser.add_argument("-v", "--verbose", action="store_true", help="name every call and statement")
    verbose = parser.parse_args().verbose
    with tempfile.TemporaryDirectory() as name:
        found = asyncio.run(trace_one_answer(Path(name)))
    if verbose:
        print(*(" ".join(call) for call in found.calls), *found.statements, sep="\n")
    print(", ".join(f"{count} {what}" for what, count in found.counts.items()))
    if found.typed is not None:
        print(f"a typed line: {len(found.typed.statements)} statements, {found.typed.commits} transactions")


if __name__ == "__main__":
    main()
