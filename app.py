"""Composition root and commands: `python app.py COMMAND`.

Exit 0: done. Exit 1: a person can fix it, one sentence on standard error. Exit 2: wrong usage, or settings
with which the bot would be open or lose data.
"""

import argparse
import asyncio
import contextlib
import getpass
import io
import sys
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TextIO

from bot import logs
from bot.clock import Clock
from bot.settings import ROOT, VAR, BadSettings, Settings, read_settings
from checklists.csv_in import BadCsv
from checklists.files import DEFINITIONS, BadFile, read_checklist
from checklists.privacy import has_personal_number
from dialogs.people_admin import Imported, import_people
from dialogs.talk import STOCKHOLM
from reports import access_log
from reports.answers import COLUMNS, Selection, answer_rows
from reports.csv_out import write_csv
from storage import audit, heads, migrate, tenants
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
    except (BadCsv, BadFile, KeyGone, SealBroken, heads.BadHead, access_log.NothingSuch) as error:
        print(error or type(error).__doc__, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    except Exception as error:
        # Not Python's own trace: the text of an exception often quotes the value that was wrong.
        print(f"{logs.crash_line(error)}; nothing of this command was kept", file=sys.stderr)
        return 1
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

    lists = commands.add_parser("checklist", help="checklist files").add_subparsers(required=True, metavar="check")
    check = lists.add_parser("check", help="say what is wrong in checklist files")
    check.add_argument("files", type=Path, nargs="*", metavar="FILE")
    check.set_defaults(run=_checklist_check)

    export = commands.add_parser("export", help="write rows as CSV")
    export.add_argument("--what", required=True, choices=["answers"])
    export.add_argument("--checklist", default="", metavar="ID")
    export.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DATE")
    export.add_argument("--to", dest="last", type=date.fromisoformat, metavar="DATE")
    export.add_argument("--unit", default="")
    export.add_argument("--role", default="")
    export.add_argument("--format", choices=["csv"], default="csv")
    export.add_argument("--out", type=Path, metavar="FILE")
    export.set_defaults(run=_export)

    package = commands.add_parser("package", help="build the Teams app package")
    package.add_argument("--out", type=Path, default=Path("beslutskollen.zip"), metavar="FILE")
    package.set_defaults(run=_package)

    verify = commands.add_parser("verify-log", help="check the trail from the beginning")
    verify.add_argument("--head", action="store_true", help="print the newest signed head, to be stored elsewhere")
    verify.add_argument("--since", metavar="HEAD", default="", help="check that a stored head is still on the trail")
    verify.set_defaults(run=_verify_log)

    access = commands.add_parser("access-log", help="who read and did what, as CSV")
    access.add_argument("--case", default="", metavar="REF")
    access.add_argument("--unit", default="")
    access.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DATE")
    access.add_argument("--to", dest="last", type=date.fromisoformat, metavar="DATE")
    access.set_defaults(run=_access_log)
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


def _use_newest_key(desk: Desk) -> None:
    """Wrap every key with the newest master key, and say which master keys are missing.

    Raises: Stop: one is missing without which a whole municipality would get no answer.
    """
    try:
        done = desk.run_now(desk.keys.rewrap)
    except SealBroken:
        raise Stop("BK_KEYS has a key with the right id and the wrong bytes: put back the one it was", 2) from None
    if done.count:
        print(f"keys wrapped with the newest master key: {done.count}")
    for master_id, count in done.missing.items():
        print(
            f"the master key {master_id} is not in BK_KEYS: the texts of {count} cases cannot be read until it is",
            file=sys.stderr,
        )
    for master_id in done.missing_own:
        raise Stop(f"the master key {master_id} is not in BK_KEYS, and without it nothing is answered: put it back", 2)


def _actor() -> str:
    return "cli:" + getpass.getuser()


# --- commands ----------------------------------------------------------------------------------------------


def _migrate(_parsed: argparse.Namespace) -> None:
    with _desk(read_settings(), migrating=True) as desk:
        print(f"schema {migrate.HEAD}")
        _use_newest_key(desk)


def _people_import(parsed: argparse.Namespace) -> None:
    settings = read_settings()
    with _desk(settings) as desk:
        done = _import_file(desk, settings, parsed.file)
    print(f"added: {done.added}, changed: {done.changed}, unchanged: {done.unchanged}")


def _check_name(path: Path) -> None:
    """Refuse a file whose name holds a personal number: names of files end up in lists, logs and backups."""
    if has_personal_number(path.name):
        raise Stop("the file's name holds what reads as a personal number: rename it")


def _import_file(desk: Desk, settings: Settings, path: Path) -> Imported:
    _check_name(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Stop(f"{path} cannot be read: {error.strerror}") from None
    now = Clock(settings.now).now()
    return desk.run_now(lambda session: import_people(session, raw, settings.tenants, now, _actor()))


def _checklist_check(parsed: argparse.Namespace) -> None:
    files = parsed.files or sorted(path for path in DEFINITIONS.glob("*.yaml") if not path.name.startswith("facts"))
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


def _export(parsed: argparse.Namespace) -> None:
    settings = read_settings()
    selection = Selection(parsed.checklist, parsed.unit, parsed.role, parsed.first, parsed.last)
    with _desk(settings) as desk, _output(parsed.out) as out:
        desk.run_now(lambda session: _write_export(session, selection, out, settings))


def _write_export(session: Session, selection: Selection, out: TextIO, settings: Settings) -> None:
    now = Clock(settings.now).now()
    for tenant in tenants.everyone(session):
        audit.record(session, tenants.key(tenant), now, _actor(), "export", detail="answers")
    write_csv(out, COLUMNS, answer_rows(session, selection))


@contextlib.contextmanager
def _output(path: Path | None) -> Iterator[TextIO]:
    if path is not None:
        _check_name(path)
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                yield file
        except OSError as error:
            raise Stop(f"{path} cannot be written: {error.strerror}") from None
        return
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=True)
    try:
        yield out
    finally:
        out.detach()


def _verify_log(parsed: argparse.Namespace) -> None:
    settings = read_settings()
    since = heads.read_head(parsed.since) if parsed.since else None
    with _desk(settings) as desk:
        verdicts = desk.run_now(
            lambda session: [
                (tenant.entra_id, heads.verify_with_heads(session, tenant)) for tenant in tenants.everyone(session)
            ]
        )
        if since is not None:
            verdicts = [pair for pair in verdicts if pair[0] != since.tenant]
            verdicts.append((since.tenant, desk.run_now(lambda session: heads.verify_since(session, since))))
        printed = desk.run_now(lambda session: _newest_heads(session, settings)) if parsed.head else []
    for tenant, verdict in verdicts:
        print(f"{tenant}: {verdict.sealed} sealed, {verdict.unsealed} not sealed yet")
    broken = [f"{tenant}: the trail is broken, {verdict.bad}" for tenant, verdict in verdicts if verdict.bad]
    if broken:
        raise Stop("\n".join(broken))
    for head in printed:
        print(head)


def _newest_heads(session: Session, settings: Settings) -> list[str]:
    """Return the newest head of each tenant; today's is signed first where the bot has not done it yet."""
    heads.sign_new(session, Clock(settings.now).now().astimezone(STOCKHOLM).date())
    session.flush()
    return [str(head) for tenant in tenants.everyone(session) if (head := heads.newest(session, tenant))]


def _access_log(parsed: argparse.Namespace) -> None:
    settings = read_settings()
    asked = access_log.Question(parsed.case, parsed.unit, parsed.first, parsed.last)
    now = Clock(settings.now).now()
    with _desk(settings) as desk, _output(None) as out:
        desk.run_now(
            lambda session: write_csv(out, access_log.COLUMNS, access_log.access_rows(session, asked, _actor(), now))
        )


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
    logs.configure()
    clock = Clock(settings.now)
    with _desk(settings) as desk:
        _use_newest_key(desk)
        for tenant in sorted(settings.tenants):
            desk.run_now(partial(tenants.ensure, entra_id=tenant))
        app = make_app(settings, desk, clock)
        if parsed.demo:
            _import_file(desk, settings, DEMO_PEOPLE)
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
