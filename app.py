"""Composition root and commands: `python app.py COMMAND`.

Exit 0: done. Exit 1: a person can fix it, one sentence on standard error, with a code (checklists/faults.py). Exit 2:
wrong usage, or settings with which the bot would be open or lose data.
"""

import gc
import signal
import sys

if sys.argv[1:2] == ["serve"]:
    gc.disable()  # until it has started: everything loaded stays, and scanning it would make the start a fifth longer
    # Before anything slow: a signal during the start is an ordinary stop. The event loop later takes both signals over.
    for _asked in (signal.SIGINT, signal.SIGTERM):
        signal.signal(_asked, lambda *_: sys.exit(0))

import argparse
import asyncio
import contextlib
import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from actions.origin import Origin
from actions.people import first_admin
from bot import logs
from bot.clock import Clock
from bot.commandline.arguments import Parser
from bot.commandline.common import (
    Stop,
    actor,
    guard_standard_output,
    open_desk,
    release,
    today,
    use_newest_key,
)
from bot.settings import VAR, BadSettings, Settings, read_settings
from checklists.faults import Code, Refusal, fault
from checklists.program import IS_CHECKOUT, ROOT
from checklists.workdays import Workdays
from imports.common import Order
from storage import condition, migrate, private, tenants
from storage.desk import Session
from storage.held import NotHeld
from texts import say

if TYPE_CHECKING:
    from aiohttp.web import Application

    from storage.desk import Desk

DEMO_PEOPLE = ROOT / "tryout" / "people.csv"
DEMO_TENANT = "11111111-1111-4111-8111-111111111111"
TITLES = {
    "case_worker": "Handläggare",
    "unit_manager": "Chef",
    "peer_reviewer": "Granskare",
    "manager": "Verksamhetschef",
    "auditor": "Revisor",
    "admin": "Systemförvaltare",
}

_COLLECTED_AT = (10_000, 20, 20)
"""How many new objects start a search for cycles, not 700: a turn makes thousands, nearly all gone by themselves."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    private.make_private()
    given = sys.argv[1:] if arguments is None else arguments
    try:
        parsed = _parser(to_serve=given[:1] == ["serve"]).parse_args(given)
        parsed.run(parsed)
        sys.stdout.flush()
    except Refusal as refused:
        print(refused, file=sys.stderr)
        return refused.exit_code
    except NotHeld as invalid:
        print(invalid, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    except Exception as error:
        if isinstance(error.__cause__, KeyboardInterrupt):  # Python 3.11 wraps one that comes while a class is created
            return 0
        # Not Python's traceback: the text of an exception often quotes the value it is about.
        print(fault(Code.UNFORESEEN, what=logs.crash_line(error)), file=sys.stderr)
        return 1
    return 0


def command() -> NoReturn:
    """Run as a program: `python app.py`, or the `beslutskollen` that an installed wheel has."""
    guard_standard_output()
    try:
        sys.exit(main())
    finally:
        with contextlib.suppress(Stop):  # what `--help` printed
            sys.stdout.flush()


def _parser(*, to_serve: bool = False) -> argparse.ArgumentParser:
    """Return the parser of the command line. to_serve: with `serve` alone, so that nothing else has to be loaded."""
    parser: argparse.ArgumentParser = Parser(
        prog="app.py" if IS_CHECKOUT else "beslutskollen",
        description="Beslutskollen: checklists for Swedish child welfare.",
    )
    parser.add_argument("--version", action="version", version=release(), help="print the number of the release")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="answer the channel")
    serve.add_argument(
        "--demo",
        nargs="?",
        const="cases",
        choices=("cases", "people"),
        help="with the try-out page and made-up people, and in an empty database also cases (dev mode only)",
    )
    serve.set_defaults(run=_serve)
    if to_serve:
        return parser

    from bot.commandline import administration, definitions, doctor, drawing, exports, registers, trail, upkeep

    commands.add_parser("migrate", help="bring the database to the newest schema").set_defaults(run=_migrate)
    registers.add_commands(commands)
    administration.add_commands(commands)
    definitions.add_commands(commands)
    exports.add_commands(commands)
    drawing.add_commands(commands)
    trail.add_commands(commands)
    doctor.add_commands(commands)
    upkeep.add_commands(commands, open_desk)
    return parser


def _migrate(_parsed: argparse.Namespace) -> None:
    from bot.commandline import doubts

    settings = read_settings()
    with open_desk(settings, migrating=True) as desk:
        print(f"schema {migrate.HEAD}")
        use_newest_key(desk)
        for line in desk.read_now(lambda session: list(doubts.lines(session, today(settings)))):
            print(line)


# --- serve -------------------------------------------------------------------------------------------------


def _serve(parsed: argparse.Namespace) -> None:
    # Imported here: the other commands need neither the web server nor the SDK.
    from bot.admin_port import make_admin_app
    from bot.metrics import Metrics
    from bot.web import make_app, serve

    settings = read_settings()
    if parsed.demo:
        if settings.mode != "dev":
            raise BadSettings(fault(Code.DEMO_NOT_DEV))
        if settings.app_id or settings.app_password.get_secret_value():
            raise BadSettings(fault(Code.DEMO_CREDENTIALS))
        settings = settings.model_copy(update={"tenants": settings.tenants | {DEMO_TENANT}})
    settings.check_for_serving()
    logs.configure()
    clock = Clock(settings.now)
    with open_desk(settings) as desk:
        use_newest_key(desk)
        for missing in desk.read_now(condition.versions_missing):
            print(missing, file=sys.stderr)
        for tenant in sorted(settings.tenants):
            desk.run_now(partial(tenants.ensure, entra_id=tenant))
        if first := settings.first_admin_of():
            desk.run_now(partial(_enter_first_admin, first=first, at=clock.now()))
        metrics = Metrics()
        app = make_app(settings, desk, clock, metrics)
        if not gc.isenabled():
            gc.freeze()  # what exists now is never scanned again: a turn would have to wait for it
            gc.set_threshold(*_COLLECTED_AT)
            gc.enable()
        if parsed.demo:
            _add_made_up(desk, Order(settings.tenants, clock.now(), actor()), parsed.demo, settings.port)
            _add_tryout(app, settings, clock)
        asyncio.run(serve(app, make_admin_app(desk, clock, metrics), settings))


def _enter_first_admin(session: Session, first: tuple[str, str], at: datetime) -> None:
    tenant, email = first
    first_admin(session, Origin(tenants.ensure(session, tenant).id, actor(), at), email)


def _add_made_up(desk: "Desk", order: Order, what: str, port: int) -> None:
    from bot import demo

    began = time.monotonic()
    demo.import_people(desk, DEMO_PEOPLE, order)
    if what == "cases" and demo.add_examples(desk, order, partial(print, flush=True)):
        took = f"{time.monotonic() - began:.1f}"
        print(say("examples.done", "en", seconds=took, address=f"http://127.0.0.1:{port}/"), flush=True)


def _add_tryout(app: "Application", settings: Settings, clock: Clock) -> None:
    from tryout.channel import Person, add_routes

    add_routes(
        app,
        people=[Person(*row) for row in demo_people()],
        bot_url=lambda: f"http://127.0.0.1:{settings.port}",
        history=_chats_beside(settings.database),
        renderer=ROOT / "node_modules" / "adaptivecards" / "dist" / "adaptivecards.min.js",
        bot_name="Beslutskollen",
        clock=clock,
        is_working_day=Workdays().is_working,
    )


def _chats_beside(database_url: str) -> Path:
    """Return where the try-out page keeps its chats: beside the database that they belong to."""
    is_file = database_url.startswith("sqlite:///")
    return Path(database_url.removeprefix("sqlite:///")).with_suffix(".chats.jsonl") if is_file else VAR / "chats.jsonl"


def demo_people() -> list[tuple[str, str, str, str, tuple[str, ...]]]:
    """Return the made-up people: tenant, object id, name, the title shown under it, and roles."""
    from checklists.csv_in import read_csv

    columns = ("tenant_id", "object_id", "name", "unit", "role")
    found: dict[str, list[dict[str, str]]] = {}
    for row in read_csv(DEMO_PEOPLE.read_bytes(), columns, columns, ignored=("email", "valid_from", "valid_to")):
        found.setdefault(row.cells["object_id"], []).append(dict(row.cells))
    people = []
    for rows in found.values():
        roles, units = (tuple(dict.fromkeys(cells[name] for cells in rows)) for name in ("role", "unit"))
        said = " och ".join([TITLES[roles[0]], *(TITLES[role].lower() for role in roles[1:])])
        first = rows[0]
        title = f"{said}, {', '.join(units)}"
        people.append((first["tenant_id"], first["object_id"], first["name"], title, roles))
    return people


if __name__ == "__main__":
    command()
