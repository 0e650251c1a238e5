"""What dispose, backup, restore and move-database do; upkeep.py has their arguments."""

import argparse
import errno
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from bot.clock import Clock
from bot.commandline.checking import check
from bot.commandline.common import actor, check_answers
from bot.commandline.disposing import Order, carry_out, change_periods, list_due
from bot.commandline.restoring import restore as put_back_whole
from bot.settings import Settings, read_settings, tombstones_beside
from checklists.faults import Code, fault
from checklists.swedish_time import day_of
from storage import key_file, migrate, moving, tenants, trail
from storage.backup import CannotBackUp, back_up, check_exists
from storage.database_address import is_verified
from storage.desk import Desk, Session, opened
from storage.moving import CannotMove
from storage.sealing import Keys
from storage.tombstones import BadTombstones, known, write_file

OpenDesk = Callable[[Settings], AbstractContextManager[Desk]]


@dataclass(frozen=True, slots=True)
class _Now:
    """When a command runs, and by whom."""

    at: datetime
    day: date
    actor: str


def _now(settings: Settings) -> _Now:
    at = Clock(settings.now).now()
    return _Now(at, day_of(at), actor())


def dispose(parsed: argparse.Namespace, open_desk: OpenDesk) -> None:
    """List what is past its period, set periods, or (with --confirm) dispose of it."""
    settings = read_settings()
    now = _now(settings)
    file = parsed.tombstones or tombstones_beside(settings.database)
    order = Order(parsed.tenant, now.at, now.day, now.actor, parsed.print_to, file)
    with open_desk(settings) as desk:
        if parsed.set:
            lines = change_periods(desk, order, parsed.set)
        elif parsed.confirm is None or parsed.dry_run:
            lines = list_due(desk, order)
        else:
            lines = carry_out(desk, order, parsed.confirm, settings.database)
    print("\n".join(lines))


def _record(desk: Desk, now: _Now, act: str) -> None:
    """Record an event in every tenant's trail: all of it is copied out, or moved."""

    def work(session: Session) -> None:
        for tenant in tenants.everyone(session):
            trail.record(session, tenant.id, now.at, now.actor, act)

    desk.run_now(work)


def backup(parsed: argparse.Namespace, open_desk: OpenDesk) -> None:
    """Copy the database, and bring the file of tombstones up to date."""
    settings = read_settings()
    check_exists(settings.database)
    if _is_newer(settings):
        _copy_newer(settings, parsed.file, parsed.keys)
        return
    with open_desk(settings) as desk:
        write_file(parsed.tombstones or tombstones_beside(settings.database), desk.run_now(known))
        _record(desk, _now(settings), "backup")
        size = back_up(settings.database, parsed.file, with_keys=parsed.keys is None)
        # After the copy, so that no case in it lacks its key.
        lines = [f"{parsed.file}: {size} bytes"]
        if parsed.keys is not None:
            count = desk.run_now(lambda session: key_file.write(session, parsed.keys))
            lines.append(f"{parsed.keys}: {count} keys")
    print("\n".join(lines))


def _is_newer(settings: Settings) -> bool:
    """Return whether a newer release has migrated the database."""
    with opened(settings.database, Keys(settings.master_keys(), settings.trail())) as desk:
        return desk.is_ready() and migrate.state(desk)[0] == "newer"


def _copy_newer(settings: Settings, file: Path, keys: Path | None) -> None:
    """Copy a database whose tables this release does not know, without reading from them or recording the backup."""
    size = back_up(settings.database, file, with_keys=keys is None)
    print(f"{file}: {size} bytes")
    if keys is not None:
        with opened(settings.database, Keys(settings.master_keys(), settings.trail())) as desk:
            count = desk.read_now(lambda session: key_file.write(session, keys))
        print(f"{keys}: {count} keys")
    print("the database is newer than this release: the copy is whole; neither trail nor tombstones were written")


def restore(parsed: argparse.Namespace, _open_desk: OpenDesk) -> None:
    """Restore a backup into an empty place; with --check into a scratch place, to compare."""
    settings = read_settings()
    now = _now(settings)
    named: Path | None = parsed.tombstones
    if named is not None and not named.is_file():
        raise BadTombstones(fault(Code.TOMBSTONES_UNREADABLE, file=named, why=os.strerror(errno.ENOENT)))
    file = named or tombstones_beside(settings.database)
    keys = Keys(settings.master_keys(), settings.trail())
    do = check if parsed.check else put_back_whole
    done = do(parsed.file, settings.database, keys, file, now.at, now.actor, parsed.keys)
    print("\n".join(done.lines))
    if done.broken:
        raise CannotBackUp(*done.broken)


def move_database(parsed: argparse.Namespace, open_desk: OpenDesk) -> None:
    """Copy a SQLite database into PostgreSQL, or back."""
    settings = read_settings()
    forms = (("sqlite:///",), ("postgresql://", "postgres://"))
    if {*forms} != {form for url in (settings.database, parsed.to) for form in forms if url.startswith(form)}:
        raise CannotMove(fault(Code.NOT_MOVABLE))
    if settings.mode == "production" and not is_verified(parsed.to):
        raise CannotMove(fault(Code.DATABASE_IN_THE_OPEN, setting="URL"))
    with open_desk(settings) as source, opened(parsed.to, source.keys) as target:
        check_answers(target)
        migrate.upgrade(target)
        moved = moving.move(source, target)
        _record(target, _now(settings), "moved")
    print("\n".join([*(f"{table}: {rows}" for table, rows in moved.items()), "now set BK_DATABASE_URL to the new one"]))
