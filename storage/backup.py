"""Back up the whole database into one file while the bot is running, and restore it into an empty database."""

import contextlib
import os
import secrets
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlmodel import SQLModel

from checklists.faults import Code, Refusal, fault
from storage import contents
from storage.contents import Sum

_SQLITE, _PG_DUMP = b"SQLite format 3\0", b"PGDMP"


class CannotBackUp(Refusal):
    """A backup cannot be taken or restored."""


def back_up(url: str, file: Path, *, with_keys: bool = True) -> int:
    """Copy the database into a new file, complete and fsynced on return; return its size in bytes.

    The copy is a consistent snapshot and blocks nobody: SQLite's online backup, or pg_dump. with_keys: include the case
    keys; without them no text in the copy can be read (storage/key_file.py stores them separately).

    A file beside it, with the same name and `.sums` at the end, gets the number of rows and a hash for each table, read
    in the same snapshot: `restore --check` compares what it restores with them.

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
            sums = _copy(_path(url), part, with_keys)
        else:
            sums = _dump(url, part, with_keys)
        if not with_keys:
            sums["sealing_key"] = contents.of_rows(())
        _sync(part)
        part.rename(file)
        contents.write_file(sums_beside(file), sums)
    except OSError as error:
        raise CannotBackUp(fault(Code.CANNOT_WRITE, file=file, why=error.strerror)) from None
    except sqlite3.Error as error:
        raise CannotBackUp(fault(Code.COPY_NOT_WHOLE, why=str(error))) from None
    finally:
        with contextlib.suppress(OSError):  # where nothing can be written, there is nothing to remove
            part.unlink(missing_ok=True)
    return file.stat().st_size


def sums_beside(file: Path) -> Path:
    """Return the file of sums that belongs to a backup."""
    return Path(f"{file}.sums")


def sums_of(url: str) -> dict[str, Sum]:
    """Return the sums of the tables of a database, whatever its schema. Raises: sqlite3.Error, psycopg.Error."""
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(_path(url), timeout=30)) as database:
            return _sqlite_sums(database)
    with psycopg.connect(url) as server:
        server.execute("set transaction isolation level repeatable read, read only")
        return _postgresql_sums(server)


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


@contextlib.contextmanager
def scratch_place(url: str) -> Iterator[str]:
    """Yield the address of an empty place for a database of the same kind, deleted afterwards. Raises: CannotBackUp."""
    if url.startswith("sqlite:///"):
        with tempfile.TemporaryDirectory(prefix="beslutskollen-check-") as folder:
            yield f"sqlite:///{folder}/bot.db"
        return
    name = f"bk_check_{secrets.token_hex(6)}"
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as server:
            server.execute(
                sql.SQL("create database {} template template0 encoding 'UTF8'").format(sql.Identifier(name))
            )
    except psycopg.OperationalError:
        raise CannotBackUp(fault(Code.DATABASE_SILENT)) from None
    except psycopg.Error:
        raise CannotBackUp(fault(Code.SCRATCH_REFUSED)) from None
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


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
    """Refuse an SQLite file that does not exist; opening it would create an empty one. Raises: CannotBackUp."""
    if url.startswith("sqlite:///") and not _path(url).exists():
        raise CannotBackUp(fault(Code.NO_DATABASE, file=_path(url)))


def _sqlite_sums(database: sqlite3.Connection) -> dict[str, Sum]:
    # A text whose bytes were damaged is copied as it stands: refusing it would leave everything without a backup.
    database.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    query = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
    names = [str(name) for (name,) in database.execute(query).fetchall()]
    return {name: contents.of_rows(database.execute(f'select * from "{name}"')) for name in names}


def _postgresql_sums(server: psycopg.Connection) -> dict[str, Sum]:
    server.execute("set local timezone = 'UTC'")
    query = "select table_name from information_schema.tables where table_schema = 'public'"
    sums = {}
    for (name,) in server.execute(query).fetchall():
        with server.cursor(name="sums") as rows:  # a named cursor fetches the rows in batches
            rows.itersize = 2000
            rows.execute(sql.SQL("select * from {}").format(sql.Identifier(name)))
            sums[str(name)] = contents.of_rows(rows)
    return sums


def _dump(url: str, part: Path, with_keys: bool) -> dict[str, Sum]:
    """Dump a PostgreSQL database and compute its sums, both from one snapshot."""
    left_out = () if with_keys else ("--exclude-table-data=sealing_key",)
    if shutil.which("pg_dump") is None:
        raise CannotBackUp(fault(Code.TOOL_MISSING, tool="pg_dump"))
    try:
        with psycopg.connect(url, connect_timeout=5) as server:
            server.execute("set transaction isolation level repeatable read, read only")
            found = server.execute("select pg_export_snapshot()").fetchone()
            assert found is not None
            options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={found[0]}", *left_out)
            _run("pg_dump", url, *options, f"--file={part}")
            return _postgresql_sums(server)
    except psycopg.OperationalError:
        raise CannotBackUp(fault(Code.DATABASE_SILENT)) from None


def _copy(source: Path, part: Path, with_keys: bool) -> dict[str, Sum]:
    with closing(sqlite3.connect(source, timeout=30)) as live, closing(sqlite3.connect(part)) as copy:
        live.execute("begin")
        live.execute("select count(*) from sqlite_master").fetchone()  # from here on, both read the same snapshot
        live.backup(copy)
        sums = _sqlite_sums(live)
        live.rollback()
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
    return sums


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

    The rest of the address is passed on as it is: without its sslmode and certificates the connection would differ.
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
