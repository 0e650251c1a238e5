"""Restore as an exercise: a backup is put into a scratch place, compared, and taken away again."""

from datetime import datetime
from pathlib import Path

from bot.commandline.restoring import Restored, check_keys, replay, verdicts
from checklists.faults import Code, fault
from storage import condition, contents, key_file, migrate, not_held, tenants, tombstones
from storage.aggregates import project_all
from storage.backup import put_back, scratch_place, sums_beside, sums_of
from storage.desk import Desk, Session, opened
from storage.recount import recount
from storage.sealing import Keys

MOST_NAMED = 10
"""Invalid rows that are named; `doctor` and `skipped` list them on the database itself."""


def check(
    file: Path, url: str, keys: Keys, stones_file: Path, now: datetime, actor: str, keys_file: Path | None = None
) -> Restored:
    """Restore a backup into a scratch place beside the database, and compare.

    Counts and hashes of every table with those noted when it was taken, each row and sealed text with what may stand
    there, the trail with its key, the figures with the answers. The database itself is not touched.
    Raises: CannotBackUp, SumsUnreadable, BadSettings, BadTombstones, KeyGone.
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
        if faults:  # nothing that is read from it says anything about the database
            return Restored([f"{file} restored to try", told], faults)
        with opened(scratch, keys) as desk:
            migrate.upgrade(desk)
            desk.run_now(lambda session: key_file.read(session, keys_file))
            missing = check_keys(desk)
            gone = replay(desk, stones, now, actor)
            lines, broken = verdicts(desk)
            invalid, _ = desk.read_now(not_held.look)
            missing += desk.read_now(condition.versions_missing)
            figures = 0 if invalid or missing else _figures(desk)
    lines = [f"{file} restored to try", told, f"disposed of again: {gone} of {len(stones)} in {stones_file}", *lines]
    broken = [*missing, *broken]
    if invalid:  # the figures would leave them out
        named = [one.fault for one in invalid[:MOST_NAMED]]
        more = [fault(Code.ROWS_NOT_HELD, count=len(invalid))] if len(invalid) > MOST_NAMED else []
        return Restored(lines, [*broken, *named, *more])
    if figures:
        broken.append(fault(Code.COPY_FIGURES, count=figures))
    if missing:  # some texts do not open, or some lists cannot be counted
        return Restored(lines, broken)
    lines += ["every row can be read, and every text opens", f"figures that differ from the answers: {figures}"]
    return Restored(lines, broken)


def _figures(desk: Desk) -> int:
    """Return how many figures are not what the answers give."""
    desk.run_now(project_all)
    known = desk.read_now(lambda session: [tenant.id for tenant in tenants.everyone(session)])

    def work(session: Session) -> int:
        return sum(recount(session, tenant_id).wrong for tenant_id in known)

    return desk.read_now(work)
