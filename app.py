"""Composition root and commands: `python app.py COMMAND`.

Exit 0: done. Exit 1: a person can fix it, one sentence on standard error. Exit 2: wrong usage, or settings
with which the bot would be open or lose data.
"""

import argparse
import asyncio
import contextlib
import getpass
import io
import logging
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, TextIO

from bot import upkeep
from bot.clock import Clock
from bot.settings import ROOT, VAR, BadSettings, Settings, read_settings
from checklists.coverage import coverage, newest_files
from checklists.csv_in import BadCsv
from checklists.files import DEFINITIONS, BadFile, read_checklist
from checklists.tenant_settings import check_together, parse_setting, show_settings
from dialogs.answers_import import import_answers
from dialogs.cases_import import import_cases
from dialogs.imports import Imported
from dialogs.people_admin import import_people
from reports.answers import COLUMNS, answer_rows
from reports.csv_out import write_csv
from reports.selected import Run, Selection
from reports.table import one_after_another, tables
from reports.xlsx_out import Sheet, TooLarge, write_xlsx
from storage import audit, migrate, tenants
from storage.desk import CannotOpen, Desk, Session, opened
from storage.sealing import KeyGone, Keys, SealBroken

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


Importer = Callable[[Session, bytes, frozenset[str], datetime, str], Imported]
"""Takes a file's bytes in: the tenants that may be named (empty = any), when, and who ran it."""


class Stop(Exception):
    """A command cannot be done as asked; `code` is the exit code, the message one sentence or one line per fault."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parsed = _parser().parse_args(arguments)
    try:
        parsed.run(parsed)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.code
    except (BadSettings, CannotOpen) as error:
        print(error, file=sys.stderr)
        return 2
    except (BadCsv, BadFile, KeyGone, SealBroken) as error:
        print(error or type(error).__doc__, file=sys.stderr)
        return 1
    except upkeep.Fault as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="app.py", description="Beslutskollen: checklists for Swedish child welfare.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="answer the channel")
    serve.add_argument("--demo", action="store_true", help="with made-up people and the try-out page (dev mode only)")
    serve.set_defaults(run=_serve)

    commands.add_parser("migrate", help="bring the database to the newest schema").set_defaults(run=_migrate)

    people = commands.add_parser("people", help="the people register").add_subparsers(required=True, metavar="import")
    people_import = people.add_parser("import", help="read people and roles from a CSV file")
    people_import.add_argument("file", type=Path)
    people_import.set_defaults(run=_people_import)

    known_cases = commands.add_parser("cases", help="the cases").add_subparsers(required=True, metavar="import")
    cases_import = known_cases.add_parser("import", help="read cases, their dates and facts from a CSV file")
    cases_import.add_argument("file", type=Path)
    cases_import.set_defaults(run=_cases_import)

    own = commands.add_parser("settings", help="show a tenant's own settings, or set them")
    own.add_argument("tenant", metavar="TENANT")
    own.add_argument("changes", nargs="*", metavar="NAME=VALUE")
    own.set_defaults(run=_settings)

    answers = commands.add_parser("answers", help="the answers").add_subparsers(required=True, metavar="import")
    answers_import = answers.add_parser("import", help="read answers from a CSV file")
    answers_import.add_argument("file", type=Path)
    answers_import.set_defaults(run=_answers_import)

    lists = commands.add_parser("checklist", help="checklist files").add_subparsers(required=True, metavar="check")
    check = lists.add_parser("check", help="say what is wrong in checklist files")
    check.add_argument("files", type=Path, nargs="*", metavar="FILE")
    check.set_defaults(run=_checklist_check)

    covers = commands.add_parser("coverage", help="say which question answers to which criticism")
    covers.add_argument("files", type=Path, nargs="*", metavar="FILE")
    covers.set_defaults(run=_coverage)

    export = commands.add_parser("export", help="write rows as CSV or a workbook")
    export.add_argument("--what", required=True, choices=["answers", "table"])
    export.add_argument("--checklist", default="", metavar="ID")
    export.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DATE")
    export.add_argument("--to", dest="last", type=date.fromisoformat, metavar="DATE")
    export.add_argument("--unit", default="")
    export.add_argument("--role", default="")
    export.add_argument("--format", choices=["csv", "xlsx"], default="csv")
    export.add_argument("--out", type=Path, metavar="FILE")
    export.set_defaults(run=_export)

    package = commands.add_parser("package", help="build the Teams app package")
    package.add_argument("--out", type=Path, default=Path("beslutskollen.zip"), metavar="FILE")
    package.set_defaults(run=_package)

    commands.add_parser("verify-log", help="check the trail from the beginning").set_defaults(run=_verify_log)
    upkeep.add_commands(commands, _desk)
    return parser


# --- the database, for every command -----------------------------------------------------------------------


@contextlib.contextmanager
def _desk(settings: Settings, *, migrating: bool = False) -> Iterator[Desk]:
    """Open the database. SQLite is migrated by any command, PostgreSQL by `migrate` alone."""
    with opened(settings.database_url, Keys(settings.master_keys())) as desk:
        if not desk.is_ready():
            raise CannotOpen("the database does not answer; check BK_DATABASE_URL and that it is running")
        if migrating or desk.dialect == "sqlite":
            migrate.upgrade(desk)
        elif not migrate.is_current(desk):
            raise CannotOpen("the database has not the newest schema: run `python app.py migrate` first")
        yield desk


def _actor() -> str:
    return "cli:" + getpass.getuser()


# --- commands ----------------------------------------------------------------------------------------------


def _migrate(_parsed: argparse.Namespace) -> None:
    with _desk(read_settings(), migrating=True):
        print(f"schema {migrate.HEAD}")


def _people_import(parsed: argparse.Namespace) -> None:
    settings = read_settings()
    with _desk(settings) as desk:
        done = _import_file(desk, settings, parsed.file, import_people)
    _tell(done)


def _answers_import(parsed: argparse.Namespace) -> None:
    settings = read_settings()
    with _desk(settings) as desk:
        done = _import_file(desk, settings, parsed.file, import_answers)
    _tell(done)


def _tell(done: Imported) -> None:
    print(f"added: {done.added}, changed: {done.changed}, unchanged: {done.unchanged}")
    if done.flagged:
        print(f"kept as text, outside the scale: line {', '.join(map(str, done.flagged))}")


def _cases_import(parsed: argparse.Namespace) -> None:
    settings = read_settings()
    with _desk(settings) as desk:
        done = _import_file(desk, settings, parsed.file, import_cases)
    _tell(done)


def _import_file(desk: Desk, settings: Settings, path: Path, take: Importer) -> Imported:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Stop(f"{path} cannot be read: {error.strerror}") from None
    now = Clock(settings.now).now()
    return desk.run_now(lambda session: take(session, raw, settings.tenants, now, _actor()))


def _settings(parsed: argparse.Namespace) -> None:
    settings = read_settings()
    with _desk(settings) as desk:
        try:
            lines = desk.run_now(lambda session: _change_settings(session, parsed, Clock(settings.now).now()))
        except ValueError as error:
            raise Stop(str(error)) from None
    print("\n".join(lines))


def _change_settings(session: Session, parsed: argparse.Namespace, now: datetime) -> list[str]:
    tenant = tenants.find(session, parsed.tenant)
    if tenant is None:
        raise ValueError(f"there is no tenant {parsed.tenant} in the database; import its people first")
    for change in parsed.changes:
        name, _, value = change.partition("=")
        tenants.set_setting(tenant, name, parse_setting(name, value))
        audit.record(session, tenants.key(tenant), now, _actor(), "setting_changed", detail=name)
    check_together(tenants.settings(tenant))
    return [f"{name}={shown}" for name, shown in show_settings(tenants.settings(tenant)).items()]


def _checklist_check(parsed: argparse.Namespace) -> None:
    files = parsed.files or sorted(path for path in DEFINITIONS.glob("*.v*.yaml") if not path.name.startswith("facts."))
    faults = []
    for path in files:
        try:
            checklist = read_checklist(path)
            print(f"{path.name}: {len(checklist.items)} questions, no faults")
        except BadFile as error:
            faults.append(str(error))
        except OSError as error:
            faults.append(f"{path} cannot be read: {error.strerror}")
    if faults:
        raise Stop("\n".join(faults))


def _coverage(parsed: argparse.Namespace) -> None:
    try:
        checklists = [read_checklist(path) for path in parsed.files or newest_files()]
    except OSError as error:
        raise Stop(f"{error.filename} cannot be read: {error.strerror}") from None
    told = coverage(checklists)
    for one in told:
        if one.questions:
            print(f"{one.finding.code} {one.finding.text_en}: {', '.join(one.questions)}")
    bare = [f"{one.finding.code} {one.finding.text_en}: no enabled question" for one in told if not one.questions]
    if bare:
        raise Stop("\n".join(bare))


def _export(parsed: argparse.Namespace) -> None:
    settings = read_settings()
    selection = Selection(parsed.checklist, parsed.unit, parsed.role, parsed.first, parsed.last)
    with _desk(settings) as desk, _output(parsed.out) as out:
        desk.run_now(lambda session: _record_export(session, settings, parsed.what))
        write = _write_answers if parsed.what == "answers" else _write_table
        try:
            write(desk.run_now, selection, out, xlsx=parsed.format == "xlsx")
        except TooLarge as error:
            raise Stop(str(error) or str(TooLarge.__doc__)) from None


def _record_export(session: Session, settings: Settings, what: str) -> None:
    now = Clock(settings.now).now()
    for tenant in tenants.everyone(session):
        audit.record(session, tenants.key(tenant), now, _actor(), "export", detail=what)


def _write_answers(run: Run, selection: Selection, out: BinaryIO, *, xlsx: bool) -> None:
    rows = answer_rows(run, selection)
    if xlsx:
        write_xlsx(out, Sheet("answers", COLUMNS, rows))
    else:
        with _as_text(out) as text:
            write_csv(text, COLUMNS, rows)


def _write_table(run: Run, selection: Selection, out: BinaryIO, *, xlsx: bool) -> None:
    found = tables(run, selection)
    if xlsx:
        write_xlsx(out, *(Sheet(table.name, table.header, table.rows) for table in found))
    else:
        header, *rows = one_after_another(found)
        with _as_text(out) as text:
            write_csv(text, header, rows)


@contextlib.contextmanager
def _output(path: Path | None) -> Iterator[BinaryIO]:
    if path is None:
        yield sys.stdout.buffer
        return
    try:
        with path.open("wb") as file:
            yield file
    except OSError as error:
        raise Stop(f"{path} cannot be written: {error.strerror}") from None


@contextlib.contextmanager
def _as_text(out: BinaryIO) -> Iterator[TextIO]:
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    try:
        yield text
    finally:
        text.detach()


def _verify_log(_parsed: argparse.Namespace) -> None:
    with _desk(read_settings()) as desk:
        verdicts = desk.run_now(
            lambda session: [
                (tenant.entra_id, audit.verify(session, tenants.key(tenant))) for tenant in tenants.everyone(session)
            ]
        )
    for tenant, verdict in verdicts:
        print(f"{tenant}: {verdict.sealed} sealed, {verdict.unsealed} not sealed yet")
    broken = [f"{tenant}: the trail is broken, {verdict.bad}" for tenant, verdict in verdicts if verdict.bad]
    if broken:
        raise Stop("\n".join(broken))


def _version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def _package(parsed: argparse.Namespace) -> None:
    # Imported here: it knows every command of the bot, which the others need not load.
    from bot.package import build
    from bot.package_check import check

    settings = read_settings()
    try:
        package = build(settings.app_id, settings.public_url, _version())
    except ValueError as error:
        raise Stop(str(error)) from None
    faults = check(package)
    if faults:
        raise Stop("\n".join(faults))
    try:
        parsed.out.write_bytes(package)
    except OSError as error:
        raise Stop(f"{parsed.out} cannot be written: {error.strerror}") from None
    print(f"{parsed.out}: {len(package)} bytes")


# --- serve -------------------------------------------------------------------------------------------------


def _serve(parsed: argparse.Namespace) -> None:
    # Imported here: the other commands need neither the web server nor the SDK.
    from bot.web import make_admin_app, make_app, serve

    settings = read_settings()
    if parsed.demo:
        if settings.mode != "dev":
            raise Stop("--demo brings made-up people and a page without sign-in: only with BK_MODE=dev", code=2)
        if settings.app_id or settings.app_password:
            raise Stop("--demo is never run beside real credentials: unset MicrosoftAppId and MicrosoftAppPassword", 2)
        settings = settings.model_copy(update={"tenants": settings.tenants | {DEMO_TENANT}})
    settings.check_for_serving()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    clock = Clock(settings.now)
    with _desk(settings) as desk:
        for tenant in sorted(settings.tenants):
            desk.run_now(partial(tenants.ensure, entra_id=tenant))
        app = make_app(settings, desk, clock)
        if parsed.demo:
            _import_file(desk, settings, DEMO_PEOPLE, import_people)
            _add_tryout(app, settings, clock)
        try:
            asyncio.run(serve(app, make_admin_app(desk, clock), settings))
        except OSError as error:
            raise Stop(f"cannot listen on {settings.host}: {error.strerror or error}") from None


def _add_tryout(app: object, settings: Settings, clock: Clock) -> None:
    from aiohttp import web

    from tryout.channel import Person, add_routes

    assert isinstance(app, web.Application)
    add_routes(
        app,
        people=[Person(*row) for row in demo_people()],
        bot_url=lambda: f"http://127.0.0.1:{settings.port}",
        history=_chats_beside(settings.database_url),
        renderer=ROOT / "node_modules" / "adaptivecards" / "dist" / "adaptivecards.min.js",
        bot_name="Beslutskollen",
        clock=clock,
    )


def _chats_beside(database_url: str) -> Path:
    """Return where the try-out page keeps its chats: beside the database, so that the two stay together."""
    is_file = database_url.startswith("sqlite:///")
    return Path(database_url.removeprefix("sqlite:///")).with_suffix(".chats.jsonl") if is_file else VAR / "chats.jsonl"


def demo_people() -> list[tuple[str, str, str, str]]:
    """Return the made-up people: tenant, object id, name and what stands under the name."""
    from checklists.csv_in import read_csv

    columns = ("tenant_id", "object_id", "name", "unit", "role")
    found: dict[str, tuple[str, str, str, str]] = {}
    for row in read_csv(DEMO_PEOPLE.read_bytes(), columns, columns):
        cells = row.cells
        title = f"{TITLES[cells['role']]}, {cells['unit']}"
        found.setdefault(cells["object_id"], (cells["tenant_id"], cells["object_id"], cells["name"], title))
    return list(found.values())


if __name__ == "__main__":
    sys.exit(main())
