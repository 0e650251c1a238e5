"""Imports of people, cases and answers, and a tenant's settings."""

import argparse
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from actions import settings as settings_of
from actions.origin import Origin
from bot.commandline.common import Stop, actor, check_name, now, open_desk
from bot.settings import Settings, read_settings
from checklists.faults import Code, fault, listed, word
from checklists.tenant_settings import check_together, parse_setting, show_settings
from imports.answers import import_answers
from imports.cases import import_cases
from imports.common import Imported
from imports.people import import_people
from storage import tenants
from storage.desk import Desk, Session

Importer = Callable[..., Imported]
"""Given session, file, tenants that may be named, time and actor; people and cases also take `new_units`."""
_FILES: tuple[tuple[str, str, str, Importer], ...] = (
    ("people", "the people register", "read people and roles from a CSV file", import_people),
    ("cases", "import cases", "read cases, their dates and facts from a CSV file", import_cases),
    ("answers", "import answers", "read answers from a CSV file", import_answers),
)


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to the command line."""
    for name, about, does, take in _FILES:
        group = commands.add_parser(name, help=about).add_subparsers(required=True, metavar="import")
        command = group.add_parser("import", help=does)
        command.add_argument("file", type=Path)
        if take is not import_answers:
            told = "take units that are new and one letter from a known one"
            command.add_argument("--new-units", action="store_true", help=told)
        command.set_defaults(run=_importing(take))

    own = commands.add_parser("settings", help="show a tenant's own settings, or set them")
    own.add_argument("tenant", metavar="TENANT")
    own.add_argument("changes", nargs="*", metavar="NAME=VALUE")
    own.set_defaults(run=_settings)


def _importing(take: Importer) -> Callable[[argparse.Namespace], None]:
    def run(parsed: argparse.Namespace) -> None:
        settings = read_settings()
        with open_desk(settings) as desk:
            given = partial(take, new_units=parsed.new_units) if "new_units" in parsed else take
            done = import_file(desk, settings, parsed.file, given)
        print(f"added: {done.added}, changed: {done.changed}, unchanged: {done.unchanged}")
        if done.new_units:
            print(f"new units: {listed(done.new_units)}")
        if done.ended:
            print(f"a case given to somebody without a role today: line {listed(done.ended)}")
        if done.flagged:
            print(f"kept as text, outside the scale: line {listed(done.flagged)}")
        if done.doubled:
            print(
                f"someone of this name is bound already; if she is meant, give object_id: line {listed(done.doubled)}"
            )
        if done.moved:
            print(f"a new e-mail for someone already bound; check that it is hers: line {listed(done.moved)}")

    return run


def import_file(desk: Desk, settings: Settings, path: Path, take: Importer) -> Imported:
    """Import a whole file, or nothing of it. Raises: Stop: it cannot be read. BadCsv: with every bad row."""
    check_name(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Stop(fault(Code.CANNOT_READ, file=path, why=error.strerror)) from None
    return desk.run_now(lambda session: take(session, raw, settings.tenants, now(settings), actor()))


def _settings(parsed: argparse.Namespace) -> None:
    settings = read_settings()
    with open_desk(settings) as desk:
        lines = desk.run_now(lambda session: _change_settings(session, parsed, now(settings)))
    print("\n".join(lines))


def _change_settings(session: Session, parsed: argparse.Namespace, at: datetime) -> list[str]:
    tenant = tenants.find(session, parsed.tenant)
    if tenant is None:
        raise Stop(fault(Code.NO_SUCH_TENANT, tenant=word(parsed.tenant)))
    for change in parsed.changes:
        name, _, value = change.partition("=")
        settings_of.change(session, Origin(tenant.id, actor(), at), tenant, name, parse_setting(name, value))
    check_together(tenants.settings(tenant))
    return [f"{name}={shown}" for name, shown in show_settings(tenants.settings(tenant)).items()]
