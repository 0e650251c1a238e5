"""Back up the whole database into one file while the bot is running, and restore it into an empty database."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlmodel import SQLModel

from checklists.faults import Code, Refusal, fault

_SQLITE, _PG_DUMP = b"SQLite format 3\0", b"PGDMP"


class CannotBackUp(Refusal):
    """A backup cannot be taken or restored."""


def back_up(url: str, file: Path, *, with_keys: bool = True) -> int:
    """Copy the database into a new file, complete and fsynced on return; return its size in bytes.

    The copy is a consistent snapshot and blocks nobody: SQLite's online backup, or pg_dump. with_keys: include the case
    keys; without them no text in the copy can be read (storage/key_file.py stores them separately).

    Raises: CannotBackUp.
    """
    part = Path(f"{file}.part")
    try:
        if file.exists():
            raise CannotBackUp(fault(Code.WOULD_OVERWRITE, file=file))
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        if url.startswith("sqlite:///"):
            check_exists(url)
            _copy(_path(url), part, with_keys)
        else:
            left_out = () if with_keys else ("--exclude-table-data=sealing_key",)
            _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={part}", *left_out)
        _sync(part)
        part.rename(file)
    except OSError as error:
        raise CannotBackUp(fault(Code.CANNOT_WRITE, file=file, why=error.strerror)) from None
    except sqlite3.Error as error:
        raise CannotBackUp(fault(Code.COPY_NOT_WHOLE, why=str(error))) from None
    finally:
        with contextlib.suppress(OSError):  # where nothing can be written, nothing is to be removed
            part.unlink(missing_ok=True)
    return file.stat().st_size


def put_back(file: Path, url: str) -> None:
    """Restore a backup where there is no database file yet, or into a PostgreSQL database without tables.

    Raises: CannotBackUp: the target is not empty, or the file is not a backup of that kind; nothing was changed.
    """
    try:
        with file.open("rb") as opened:
            start = opened.read(16)
    except OSError as error:
        raise CannotBackUp(fault(Code.CANNOT_READ, file=file, why=error.strerror)) from None
    if url.startswith("sqlite:///"):
        if start != _SQLITE:
            raise CannotBackUp(fault(Code.NO_BACKUP, file=file, kind="SQLite"))
        _put_back_file(file, _path(url))
    else:
        if not start.startswith(_PG_DUMP):
            raise CannotBackUp(fault(Code.NO_BACKUP, file=file, kind="PostgreSQL"))
        if not is_empty(url):
            raise CannotBackUp(fault(Code.PLACE_TAKEN))
        _run("pg_restore", url, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(file))


def is_empty(url: str) -> bool:
    """Return whether no database exists at `url` yet. Raises: CannotBackUp: PostgreSQL does not answer."""
    if url.startswith("sqlite:///"):
        path = _path(url)
        return not any(path.with_name(path.name + end).exists() for end in ("", "-wal", "-shm"))
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            query = "select count(*) from information_schema.tables where table_schema = 'public'"
            found = connection.execute(query).fetchone()
    except psycopg.Error:
        raise CannotBackUp(fault(Code.DATABASE_SILENT)) from None
    return found == (0,)


def take_out(url: str) -> None:
    """Undo `put_back`: delete the database just restored."""
    if url.startswith("sqlite:///"):
        path = _path(url)
        for end in ("", "-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
        return
    with psycopg.connect(url) as connection:
        for name in [*(table.name for table in SQLModel.metadata.sorted_tables), "alembic_version"]:
            connection.execute(sql.SQL("drop table if exists {} cascade").format(sql.Identifier(name)))
        connection.execute("drop function if exists trail_refuses()")


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def check_exists(url: str) -> None:
    """Refuse an SQLite database that is not there; opening it would make an empty one. Raises: CannotBackUp."""
    if url.startswith("sqlite:///") and not _path(url).exists():
        raise CannotBackUp(fault(Code.NO_DATABASE, file=_path(url)))


def _copy(source: Path, part: Path, with_keys: bool) -> None:
    with closing(sqlite3.connect(source, timeout=30)) as live, closing(sqlite3.connect(part)) as copy:
        live.backup(copy)
        # The backup must be a single file, without -wal and -shm.
        copy.execute("pragma journal_mode=delete")
        if not with_keys:
            copy.execute("pragma secure_delete=on")
            copy.execute("delete from sealing_key")
            copy.commit()
            copy.execute("vacuum")
        found = copy.execute("pragma integrity_check").fetchone()
    if found != ("ok",):
        raise CannotBackUp(fault(Code.COPY_NOT_WHOLE, why="integrity_check"))


def _put_back_file(file: Path, path: Path) -> None:
    if not is_empty(f"sqlite:///{path}"):
        raise CannotBackUp(fault(Code.PLACE_TAKEN))
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, part)
        part.chmod(0o600)
        with closing(sqlite3.connect(part)) as copy:
            found = copy.execute("pragma integrity_check").fetchone()
        if found != ("ok",):
            raise CannotBackUp(fault(Code.BACKUP_DAMAGED, file=file))
        _sync(part)
        part.rename(path)
    except OSError as error:
        raise CannotBackUp(fault(Code.CANNOT_WRITE, file=path, why=error.strerror)) from None
    except sqlite3.Error:
        raise CannotBackUp(fault(Code.BACKUP_DAMAGED, file=file)) from None
    finally:
        part.unlink(missing_ok=True)


def _run(tool: str, url: str, *options: str) -> None:
    """Run a PostgreSQL client program on the database, with the password in the environment, not in its arguments.

    All else of the address is handed on as it is: without its sslmode and certificates it would be another connection.
    """
    program = shutil.which(tool)
    if program is None:
        raise CannotBackUp(fault(Code.TOOL_MISSING, tool=tool))
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    password = parts.pop("password", "")
    parts.pop("sslpassword", None)  # libpq takes it only where everybody on the machine can read it
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    words = [program, f"--dbname={make_conninfo(**parts)}", *options]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        # Only the first line: it names the fault, while later ones may quote rows.
        first = done.stderr.strip().partition("\n")[0][:300]
        raise CannotBackUp(fault(Code.TOOL_FAILED, tool=tool, why=first))


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
