"""Imports of people, cases and answers, and a tenant's settings."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from actions import settings as settings_of
from actions.origin import Origin
from bot.commandline import administration
from bot.commandline.common import Stop, actor, check_name, now, open_desk
from bot.settings import Settings, read_settings
from checklists.faults import COMMANDS_SPEAK, Code, Fault, fault, listed, word
from checklists.tenant_settings import check_together, parse_setting, show_settings
from imports.answers import ANSWERS
from imports.cases import CASES
from imports.common import Kind, Order, to_look_at
from imports.people import PEOPLE
from imports.steps import Done, import_file
from storage import tenants
from storage.desk import Session
from texts import say

_FILES = (
    (PEOPLE, "the people register", "read people and roles from a CSV file"),
    (CASES, "import cases", "read cases, their dates and facts from a CSV file"),
    (ANSWERS, "import answers", "read answers from a CSV file"),
)


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `people`, `cases`, `answers` and `settings` to the command line."""
    for kind, about, does in _FILES:
        group = commands.add_parser(kind.name, help=about).add_subparsers(required=True, metavar="import")
        command = group.add_parser("import", help=does)
        command.add_argument("file", type=Path)
        if kind is not ANSWERS:
            told = "accept new units whose name is one letter from that of a known one"
            command.add_argument("--new-units", action="store_true", help=told)
        command.set_defaults(run=_importing(kind))
        if kind is PEOPLE:
            administration.add_people(group)
        if kind is CASES:
            administration.add_cases(group)

    own = commands.add_parser("settings", help="show a tenant's own settings, or set them")
    own.add_argument("tenant", metavar="TENANT")
    own.add_argument("changes", nargs="*", default=[], metavar="NAME=VALUE")
    own.set_defaults(run=_settings)


def _importing(kind: Kind) -> Callable[[argparse.Namespace], None]:
    def run(parsed: argparse.Namespace) -> None:
        settings = read_settings()
        with open_desk(settings) as desk:
            may_be_near = "new_units" in parsed and parsed.new_units
            order = Order(settings.tenants, now(settings), actor(), may_be_near=may_be_near)
            _tell(import_file(desk, kind, _content(parsed.file), order), is_live=settings.mode == "production")

    return run


def _content(path: Path) -> bytes:
    """Return what a file holds. Raises: Stop: it cannot be read."""
    check_name(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise Stop(fault(Code.CANNOT_READ, file=path, why=error.strerror)) from None


def _tell(done: Done, *, is_live: bool) -> None:
    """Print the outcome of an import. is_live: ids are Entra's own; in dev mode others work, which is only remarked.

    Raises: Stop: some rows were refused while the others were being stored.
    """
    told = done.imported
    print(f"added: {told.added}, changed: {told.changed}, unchanged: {told.unchanged}")
    if told.new_units:
        print(f"new units: {listed(told.new_units)}")
    for name, lines in to_look_at(told).items():
        if name == "not_guids" and not is_live:
            print(say("folder.not_guids_here", COMMANDS_SPEAK, lines=listed(lines)), file=sys.stderr)
        else:
            print(say(f"folder.{name}", COMMANDS_SPEAK, lines=listed(lines)))
    if done.refused:
        raise Stop(fault(Code.CHANGED_MEANWHILE, lines=listed(done.refused)))


def _settings(parsed: argparse.Namespace) -> None:
    settings = read_settings()
    with open_desk(settings) as desk:
        lines, said = desk.run_now(lambda session: _change_settings(session, parsed, settings))
    print("\n".join(lines))
    for fault_ in said:
        print(fault_, file=sys.stderr)


def _change_settings(session: Session, parsed: argparse.Namespace, settings: Settings) -> tuple[list[str], list[Fault]]:
    """Return the settings as they are now, and what is to be said of those that were changed."""
    at = now(settings)
    tenant = tenants.find(session, parsed.tenant)
    if tenant is None:
        raise Stop(fault(Code.NO_SUCH_TENANT, tenant=word(parsed.tenant)))
    said: list[Fault] = []
    changed: set[str] = set()
    for change in parsed.changes:
        name, _, text = change.partition("=")
        if name in changed:  # the later one would undo the earlier
            raise Stop(fault(Code.OWN_SETTING_TWICE, setting=name, place=2))
        changed.add(name)
        value = parse_setting(name, text)
        settings_of.change(session, Origin(tenant.id, actor(), at), tenant, name, value)
        said += filter(None, (settings_of.without_duty(session, tenant, name, value),))
    if parsed.changes:
        check_together(tenants.settings(tenant), changed, has_tab=bool(settings.tab_resource))
    return [f"{name}={shown}" for name, shown in show_settings(tenants.settings(tenant)).items()], said
