"""Restore as an exercise: a backup is restored into a scratch place, compared, and removed again."""

from datetime import datetime
from pathlib import Path

from bot.commandline.restoring import Restored, replay, verdicts
from checklists.faults import Code, fault
from storage import contents, key_file, migrate, tenants, tombstones
from storage.aggregates import project_all
from storage.backup import put_back, scratch_place, sums_beside, sums_of
from storage.desk import Desk, Session, opened
from storage.recount import recount
from storage.sealing import Keys


def check(
    file: Path, url: str, keys: Keys, stones_file: Path, now: datetime, actor: str, keys_file: Path | None = None
) -> Restored:
    """Restore a backup into a scratch place beside the database, and compare.

    Compared are the counts and hashes of every table with those noted when the backup was made, the trail with its key,
    and the figures with the answers. The database itself is not touched.
    Raises: CannotBackUp, SumsUnreadable, BadTombstones, KeyGone.
    """
    noted = contents.read_file(sums_beside(file))
    stones = tombstones.read_file(stones_file)
    with scratch_place(url) as scratch:
        put_back(file, scratch)
        found = sums_of(scratch)
        faults = contents.differences(noted, found) if noted is not None else []
        rows = sum(one.rows for one in found.values())
        told = f"{rows} rows in {len(found)} tables" + ("" if faults else ", all as they were")
        if noted is None:
            told = f"{rows} rows in {len(found)} tables; there is no {sums_beside(file)} to compare them with"
        if faults:  # the copy is damaged: nothing else in it says anything about the database
            return Restored([f"{file} restored to try", told], faults)
        with opened(scratch, keys) as desk:
            migrate.upgrade(desk)
            desk.run_now(lambda session: key_file.read(session, keys_file))
            gone = replay(desk, stones, now, actor)
            lines, broken = verdicts(desk)
            figures = _figures(desk)
    if figures:
        broken = [*broken, fault(Code.COPY_FIGURES, count=figures)]
    lines = [f"{file} restored to try", told, f"disposed of again: {gone} of {len(stones)} in {stones_file}", *lines]
    return Restored([*lines, f"figures that differ from the answers: {figures}"], broken)


def _figures(desk: Desk) -> int:
    """Return how many figures differ from the answers."""
    desk.run_now(project_all)
    known = desk.read_now(lambda session: [tenant.id for tenant in tenants.everyone(session)])

    def work(session: Session) -> int:
        return sum(recount(session, tenant_id).wrong for tenant_id in known)

    return desk.read_now(work)
