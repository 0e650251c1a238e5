"""`python3 dev.py trace`: what one press of `Ja` runs through, from the HTTP handler to the response, on SQLite.

Counts the project's own files, named functions and calls (no comprehension, generator or lambda frames), and the
statements that read or write rows. The bot is the one `serve` builds, in dev mode, without its background loops: they
answer nobody.
"""

import asyncio
import sys
import tempfile
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy import event

import bot.web as botweb
from bot.clock import Clock
from bot.door.front_door import server_options
from bot.settings import read_settings
from imports.people import import_people
from storage import migrate
from storage.desk import Desk
from storage.sealing import Keys
from tests.wire.bot_process import Client, RecordingConnector, people_csv
from tests.wire.door import TENANT

ROOT = Path(__file__).resolve().parent.parent
READS_OR_WRITES = ("select", "insert", "update", "delete", "with")


@dataclass
class Trace:
    """What was run. calls: how often, by file and function; statements: in order."""

    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    statements: list[str] = field(default_factory=list)
    order: list[tuple[str, str]] = field(default_factory=list)

    @property
    def files(self) -> set[str]:
        return {file for file, _ in self.calls}


class _Tracer:
    def __init__(self) -> None:
        self.found = Trace()
        self.on = False
        self._names: dict[CodeType, tuple[str, str] | None] = {}

    def profile(self, frame: FrameType, what: str, _arg: object) -> None:
        if what != "call" or not self.on:
            return
        code = frame.f_code
        if code not in self._names:
            self._names[code] = self._name(code)
        name = self._names[code]
        if name is not None:
            self.found.calls[name] += 1
            self.found.order.append(name)

    def _name(self, code: CodeType) -> tuple[str, str] | None:
        path = Path(code.co_filename)
        if code.co_name.startswith("<") or not path.is_relative_to(ROOT):
            return None
        file = path.relative_to(ROOT)
        if file.parts[0] in (".venv", "bench", "tests"):
            return None
        return str(file), code.co_qualname

    def statement(self, _conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if self.on and statement.lstrip().lower().startswith(READS_OR_WRITES):
            self.found.statements.append(" ".join(statement.split()))


async def main() -> None:
    tracer = _Tracer()
    threading.setprofile(tracer.profile)
    with tempfile.TemporaryDirectory() as name:
        settings = read_settings(
            mode="dev", tenants=frozenset({TENANT}), database_url=f"sqlite:///{name}/bot.db", secret_key="0" * 64
        )
        desk = Desk(settings.database_url, Keys({"trace": bytes(32)}))
        migrate.upgrade(desk)
        clock = Clock()
        desk.run_now(
            lambda s: import_people(s, people_csv(("anna",)).encode(), frozenset({TENANT}), clock.now(), "cli:trace")
        )
        event.listen(desk.engine, "before_cursor_execute", tracer.statement)
        async with aiohttp.ClientSession() as session, RecordingConnector() as connector:
            office, worker, _ = botweb._build(settings, desk, clock, session)
            app = web.Application(client_max_size=0)
            app[botweb.OFFICE] = office

            async def handler(request):
                if request.headers.get("x-trace") == "Ja":
                    sys.setprofile(tracer.profile)
                    tracer.on = True
                try:
                    return await botweb.messages(request)
                finally:
                    tracer.on = False
                    sys.setprofile(None)

            app.router.add_post("/api/messages", handler)
            runner = web.AppRunner(app, **server_options())
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            port = runner.addresses[0][1]

            class B:
                url = f"http://127.0.0.1:{port}"

            anna = Client(B(), connector, session, "anna")
            await anna.types("ny SN 2026/0123")
            await anna.presses(
                "Spara",
                {
                    "Är det ett våldsärende?": "Ja",
                    "Är barnet placerat?": "Ja",
                    "Beslutas om insats?": "Ja",
                    "Har barnet kommunicerats?": "Nej",
                },
            )
            session.headers["x-trace"] = "Ja"
            await anna.presses("Ja")
            del session.headers["x-trace"]
            await runner.cleanup()
        desk.close()
    t = tracer.found
    if "-v" in sys.argv:
        for n in t.order:
            print(*n)
        for s in t.statements:
            print(s[:300])
    print(
        len(t.files),
        "files,",
        len(t.calls),
        "functions,",
        sum(t.calls.values()),
        "calls,",
        len(t.statements),
        "statements",
    )


asyncio.run(main())
