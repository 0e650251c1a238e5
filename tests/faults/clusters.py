"""Separate PostgreSQL servers that a test may stop: a single one, or a primary with its standby."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.real_bot import free_ports
from tests.conftest import postgres_programs
from tests.faults.test_storage_fails import OwnCluster


class Standby(OwnCluster):
    """A copy of a primary, which follows it."""

    def __init__(self, programs: Path, folder: Path, port: int, primary: OwnCluster) -> None:
        self.programs, self.data, self.port, self.user = programs, folder / "standby", port, primary.user
        source = f"host=127.0.0.1 port={primary.port} user=postgres application_name=standby"
        self._run("pg_basebackup", "-d", source, "-D", str(self.data), "-R", "-c", "fast", "--no-sync")

    def promote(self) -> None:
        """Make it the primary."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "promote")


class Pair:
    """A primary and its standby. waits: whether the primary waits for it at each commit."""

    def __init__(self, folder: Path, *, waits: bool) -> None:
        programs = postgres_programs()
        assert programs is not None
        ports = free_ports(2)
        self.primary = OwnCluster(programs, folder, ports[0])
        self.primary.start()
        self.standby = Standby(programs, folder, ports[1], self.primary)
        self.standby.start()
        if waits:
            with (self.primary.data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
                file.write("synchronous_standby_names = 'standby'\n")
            self.primary._run("pg_ctl", "-D", str(self.primary.data), "reload")

    @property
    def url(self) -> str:
        """Return the address that names both, and goes to the one that can be written to."""
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in (self.primary, self.standby))
        return f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write"


@contextmanager
def cluster_folder() -> Iterator[Path]:
    """Yield a folder that the database's user may enter, unlike pytest's."""
    folder = Path(tempfile.mkdtemp(prefix="bk-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def own_cluster() -> Iterator[OwnCluster]:
    """Yield a running server."""
    programs = postgres_programs()
    assert programs is not None
    with cluster_folder() as folder:
        made = OwnCluster(programs, folder, *free_ports(1))
        made.start()
        try:
            yield made
        finally:
            with contextlib.suppress(AssertionError):
                made.stop()


@contextmanager
def pair(*, waits: bool) -> Iterator[Pair]:
    """Yield a primary and its standby, both running."""
    with cluster_folder() as folder:
        made = Pair(folder, waits=waits)
        try:
            yield made
        finally:
            for one in (made.primary, made.standby):
                with contextlib.suppress(AssertionError):
                    one.stop()
