"""What every command needs: the database, who runs it, when, and where the output goes."""

import argparse
import contextlib
import getpass
import io
import os
import secrets
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

from bot.clock import Clock
from bot.settings import BadSettings, Settings
from checklists.case_dates import calendar_day
from checklists.errors import BadPeriod
from checklists.faults import Code, Fault, Refusal, fault, of_rule
from checklists.privacy import has_personal_number
from checklists.program import IS_CHECKOUT, ROOT
from checklists.swedish_time import day_of
from storage import condition, migrate, private, tenants, trail
from storage.desk import CannotOpen, Desk, Session, opened
from storage.sealing import Keys, SealBroken

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def _opens_nothing() -> dict[str, bytes]:
    """Return a key that nothing is sealed with."""
    return {"none": secrets.token_bytes(32)}


OpenDesk = Callable[[Settings], AbstractContextManager[Desk]]


class Stop(Refusal):
    """A command cannot be done as asked."""


def day(text: str) -> date:
    """Return a day given as an option. Raises: argparse.ArgumentTypeError: it is not a day, which is wrong usage."""
    found = calendar_day(text)
    if found is None:
        raise argparse.ArgumentTypeError(str(fault(Code.NOT_A_DAY)))
    return found


def check_days(first: date | None, last: date | None) -> None:
    """Refuse `--from` after `--to`, which would select nothing. Raises: Stop."""
    if first and last and last < first:
        raise Stop(of_rule(BadPeriod(), "--to"))


@contextlib.contextmanager
def open_desk(
    settings: Settings, *, migrating: bool = False, keyless: bool = False, any_trail_key: bool = False
) -> Iterator[Desk]:
    """Open the database. SQLite is migrated by any command, PostgreSQL by `migrate` alone.

    keyless: the command opens no sealed text, so it does not need the master keys. any_trail_key: it records nothing,
    and says itself what does not fit the key of the trail.
    """
    without = keyless and settings.lacks_master_keys()
    masters = _opens_nothing() if without else settings.master_keys()
    with opened(settings.database, Keys(masters, settings.trail())) as desk:
        if desk.dialect == "sqlite" and not without:  # a migration may have to read what is sealed
            migrate.upgrade(desk)  # before is_ready: a file that another process is migrating is locked, not broken
        check_answers(desk)
        if migrating:
            migrate.upgrade(desk)
        migrate.check_not_newer(desk)
        if not migrate.is_current(desk):
            raise CannotOpen(fault(Code.SCHEMA_OLD))
        if not any_trail_key:
            check_trail_key(desk)
        try:
            yield desk
        except condition.DATABASE_ERRORS:
            if why := condition.why_not_writable(desk):
                raise CannotOpen(fault(Code.NOT_WRITABLE, why=why)) from None
            raise


def check_answers(desk: Desk) -> None:
    """Say why a database does not answer. Raises: CannotOpen."""
    if why := condition.why_silent(desk):
        raise CannotOpen(fault(Code.DATABASE_SAYS, why=why))


def check_trail_key(desk: Desk) -> None:
    """Refuse another key than the one the trail was signed with. Raises: BadSettings.

    Every event recorded with it would count as forged for good, also once the right key is back.
    """
    if not desk.read_now(trail.knows_key):
        raise BadSettings(fault(Code.TRAIL_KEY_OTHER))


def faults_of_masters(desk: Desk) -> list[Fault]:
    """Return which master keys that something is wrapped with are missing or wrong."""
    found = desk.read_now(desk.keys.look)
    faults = [fault(Code.MASTER_GONE_FOR_ALL, key=key) for key in found.missing_own]
    of_cases = {key: count for key, count in found.missing.items() if key not in found.missing_own}
    faults += [fault(Code.MASTER_GONE_FOR_CASES, key=key, count=count) for key, count in of_cases.items()]
    return faults + ([fault(Code.MASTER_WRONG)] if found.wrong else [])


def give_way() -> None:
    """Lower the priority, so that a long command does not slow down the bot on the same machine."""
    if hasattr(os, "nice"):
        os.nice(19)


def use_newest_key(desk: Desk) -> None:
    """Wrap every key with the newest master key, and say which master keys are missing.

    Raises: BadSettings: a master key is wrong, or one is missing without which a whole municipality gets no answer.
    """
    try:
        done = desk.run_now(desk.keys.rewrap)
    except SealBroken:
        raise BadSettings(fault(Code.MASTER_WRONG)) from None
    if done.count:
        print(f"keys wrapped with the newest master key: {done.count}")
    for master_id, count in done.missing.items():
        print(fault(Code.MASTER_GONE_FOR_CASES, key=master_id, count=count), file=sys.stderr)
    if done.missing_own:
        raise BadSettings(*(fault(Code.MASTER_GONE_FOR_ALL, key=master_id) for master_id in done.missing_own))


def check_name(path: Path) -> None:
    """Refuse a file whose name contains a personal number: file names end up in lists, logs and backups."""
    if has_personal_number(path.name):
        raise Stop(fault(Code.NUMBER_IN_NAME))


def actor() -> str:
    """Return who runs the command, as the trail names them; by number where a container's account has no name.

    The account itself is asked, not the environment (LOGNAME, USER), which whoever runs the command may set.
    """
    if sys.platform == "win32":
        return "cli:" + getpass.getuser()
    import pwd

    try:
        return "cli:" + pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"cli:{os.getuid()}"


def release() -> str:
    """Return this release's number: from the sources where they are, else from what was installed."""
    if IS_CHECKOUT:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        return str(project["project"]["version"])
    return metadata.version("beslutskollen")


def now(settings: Settings) -> datetime:
    """Return the moment a command runs at."""
    return Clock(settings.now).now()


def today(settings: Settings) -> date:
    """Return the Swedish calendar date a command runs on."""
    return day_of(now(settings))


def record_everywhere(session: Session, settings: Settings, act: str, detail: str) -> None:
    """Record an event in every tenant's trail: the command concerns all of them."""
    for tenant in tenants.everyone(session):
        trail.record(session, tenant.id, now(settings), actor(), act, detail=detail)


_PROMISED = frozenset({"csv", "json", "ods", "pdf", "xls", "xlsb", "xlsm", "xlsx", "zip"})
"""Endings by which a machine chooses what opens a file."""


def file_kind(path: Path | None, *kinds: str, asked: str | None = None) -> str:
    """Return the kind of file to write: the one asked for, else the one that its name ends in, else the first.

    kinds: those the command writes. Raises: Stop: the name ends in another kind, as which the file would not open.
    """
    ending = path.suffix.casefold().removeprefix(".") if path is not None else ""
    kind = asked or (ending if ending in kinds else kinds[0])
    if ending in _PROMISED and ending != kind:
        raise Stop(fault(Code.OTHER_ENDING, ending=ending, kind=kind))
    return kind


@contextlib.contextmanager
def output(path: Path | None) -> Iterator[BinaryIO]:
    """Open the output of a command, standard output when no file is named.

    A file gets its name once it is whole: a command that fails leaves what stood there. Raises: Stop: it cannot be
    written.
    """
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    check_name(path)
    is_device = path.exists() and not path.is_file()  # such as a pipe: written to where it is
    whole = path.resolve()
    part = path if is_device else whole.with_name(whole.name + ".part")
    try:
        with part.open("wb") as file:
            private.tighten(part)
            yield file
        if not is_device:
            part.replace(whole)
    except OSError as error:
        raise Stop(fault(Code.CANNOT_WRITE, file=path, why=error.strerror)) from None
    finally:
        if not is_device:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


class _WhileItIsTaken(io.FileIO):
    """Standard output until whoever takes it stops (`| head`, a full disk); from then on nothing is written.

    Raises, once: Stop.
    """

    is_lost = False

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write what is taken."""
        if self.is_lost:
            return memoryview(data).nbytes
        try:
            return super().write(data) or 0
        except OSError as error:
            self.is_lost = True
            raise Stop(fault(Code.OUTPUT_LOST, why=error.strerror)) from None


def guard_standard_output() -> None:
    """Make standard output that is no longer taken an ordinary refusal, here and when the process ends.

    A letter that the terminal's encoding lacks is written as its number: what was asked for is shown, not an error.
    """
    was = sys.stdout
    if not isinstance(was, io.TextIOWrapper):  # a process may have none
        return
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(_WhileItIsTaken(was.fileno(), "wb", closefd=False)),
        encoding=was.encoding,
        errors="backslashreplace",
        line_buffering=was.line_buffering or was.write_through,
    )


@contextlib.contextmanager
def as_text(out: BinaryIO) -> Iterator[TextIO]:
    """Write text to an output; it stays open."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    try:
        yield text
    finally:
        try:
            text.flush()
        finally:
            text.detach()  # else it would close the output with itself
