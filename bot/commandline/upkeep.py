"""Commands for the operator: dispose, backup, restore, move-database. They speak English (decision 0006)."""

import argparse
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from bot.settings import Settings
from storage.desk import Desk

OpenDesk = Callable[[Settings], AbstractContextManager[Desk]]


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", open_desk: OpenDesk) -> None:
    """Add `dispose`, `backup`, `restore` and `move-database` to the command line. open_desk: opens the database."""
    dispose = commands.add_parser("dispose", help="list what is past its period; with --confirm, dispose of it")
    dispose.add_argument("--tenant", action="filter", default="", metavar="ID", help="this tenant only")
    dispose.add_argument("--dry-run", action="store_true", help="only list (the default without --confirm)")
    dispose.add_argument("--set", action="append", default=[], metavar="PERIOD=VALUE", help="such as case_months=60")
    dispose.add_argument("--print-to", type=Path, metavar="DIR", help="print every checklist here before it is deleted")
    dispose.add_argument("--confirm", metavar="WORDS", help="the words at the end of the list")
    dispose.add_argument("--tombstones", type=Path, metavar="FILE", help="beside the database if not named")
    dispose.set_defaults(run=_later("dispose", open_desk))

    backup = commands.add_parser("backup", help="copy the database to a file while the bot runs")
    backup.add_argument("file", type=Path)
    backup.add_argument("--tombstones", type=Path, metavar="FILE", help="beside the database if not named")
    backup.add_argument("--keys", type=Path, metavar="FILE", help="keep the case keys here, apart from the backup")
    backup.set_defaults(run=_later("backup", open_desk))

    back = commands.add_parser("restore", help="restore a backup into an empty place, without what was disposed of")
    back.add_argument("file", type=Path)
    back.add_argument("--tombstones", type=Path, metavar="FILE", help="beside the database if not named")
    back.add_argument("--keys", type=Path, metavar="FILE", help="the newest key file, if keys are kept apart")
    back.add_argument("--check", action="store_true", help="only try it, in a scratch place, and compare")
    back.set_defaults(run=_later("restore", open_desk))

    move = commands.add_parser("move-database", help="copy a SQLite database into an empty PostgreSQL one, or back")
    move.add_argument("to", metavar="URL", help="postgresql://… or sqlite:///PATH")
    move.set_defaults(run=_later("move_database", open_desk))


def _later(name: str, open_desk: OpenDesk) -> Callable[[argparse.Namespace], None]:
    """Return a function that runs a command; its imports are loaded only then."""

    def run(parsed: argparse.Namespace) -> None:
        from bot.commandline import upkeep_commands

        getattr(upkeep_commands, name)(parsed, open_desk)

    return run
