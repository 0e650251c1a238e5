"""Restore as a command: a backup into an empty place, without what was disposed of since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.commandline.common import check_trail_key, faults_of_masters
from bot.settings import BadSettings
from checklists.faults import Code, Fault, fault
from storage import disposal, key_file, migrate, row_ids, tenants, tombstones, trail
from storage.backup import CannotBackUp, is_empty, put_back, take_out
from storage.cases import CaseRow
from storage.desk import Desk, Session, opened
from storage.scrub import NotScrubbed, scrub
from storage.sealing import Keys
from storage.tombstones import Tombstone

_BATCH = 50


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done, a line each, and the tenants whose trail is broken (as it was in the backup)."""

    lines: list[str]
    broken: list[Fault]


def restore(
    file: Path, url: str, keys: Keys, stones_file: Path, now: datetime, actor: str, keys_file: Path | None = None
) -> Restored:
    """Restore a backup, migrate it to the newest schema, replay the tombstones and check the trail.

    SQLite: the database gets its own name only when all of that is done.
    Raises: CannotBackUp: the place is not empty, or the backup cannot be restored. BadSettings: with these keys the
    bot would not start on it. BadTombstones. KeyGone.
    """
    stones = tombstones.read_file(stones_file)
    if not is_empty(url):
        raise CannotBackUp(fault(Code.PLACE_TAKEN))
    path = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None
    aside = path.with_name(path.name + ".restoring") if path else None
    meanwhile = f"sqlite:///{aside}" if aside else url
    if aside is not None:
        take_out(meanwhile)  # what an interrupted restore left
    put_back(file, meanwhile)
    try:
        with opened(meanwhile, keys) as desk:
            migrate.upgrade(desk)
            desk.run_now(lambda session: key_file.read(session, keys_file))
            missing = check_keys(desk)
            gone = replay(desk, stones, now, actor)
            lines, broken = verdicts(desk)
            _record(desk, now, actor)
        try:
            scrub(meanwhile)
        except NotScrubbed as failed:  # not as after a disposal: nothing is kept of what was restored
            raise CannotBackUp(fault(Code.NOT_WRITABLE, why=failed.why)) from None
    except BaseException:
        take_out(meanwhile)  # half restored, it would contain what was disposed of
        raise
    if path is not None and aside is not None:
        aside.rename(path)
    told = f"disposed of again: {gone} of {len(stones)} in {stones_file}"
    if not stones and stones_file.is_file():
        told = f"nothing to dispose of again: {stones_file} is empty"
    elif not stones:
        told = f"no tombstones in {stones_file}: if cases were disposed of after this backup, they are back"
    return Restored([f"{file} restored", told, *lines], [*missing, *broken])


def check_keys(desk: Desk) -> list[Fault]:
    """Return which master keys are missing for the texts of some cases: with them, those can be read again.

    Raises: BadSettings: a master key is wrong, or one is missing without which the bot would not start; or the trail
    was signed with another key.
    """
    check_trail_key(desk)
    faults = faults_of_masters(desk)
    if any(one.code != Code.MASTER_GONE_FOR_CASES for one in faults):
        raise BadSettings(*faults)
    return faults


def replay(desk: Desk, stones: Sequence[Tombstone], now: datetime, actor: str) -> int:
    """Dispose again of every case that has a tombstone; return how many there were. Raises: KeyGone."""
    gone = 0
    for first in range(0, len(stones), _BATCH):
        gone += desk.run_now(partial(_replay, stones=stones[first : first + _BATCH], now=now, actor=actor))
    desk.run_now(row_ids.go_past_tombstones)
    return gone


def _replay(session: Session, stones: Sequence[Tombstone], now: datetime, actor: str) -> int:
    found: dict[str, list[CaseRow]] = {}
    for stone in stones:
        case = tombstones.replay(session, stone)
        if case is not None:
            found.setdefault(stone.tenant, []).append(case)
    for entra_id, gone in found.items():
        tenant = tenants.known(session, entra_id)
        disposal.dispose_of(session, tenant, gone, now, actor, leave_tombstone=False)
    return sum(map(len, found.values()))


def verdicts(desk: Desk) -> tuple[list[str], list[Fault]]:
    """Return for each tenant, a line each, how much of its trail is chained, and those whose trail is broken."""

    def work(session: Session) -> tuple[list[str], list[Fault]]:
        lines: list[str] = []
        broken: list[Fault] = []
        for tenant in tenants.everyone(session):
            verdict = trail.verify(session, tenant.id)
            if verdict.bad is not None:
                broken.append(verdict.bad.of(tenant.entra_id))
            lines.append(f"{tenant.entra_id}: {verdict.chained} chained, {verdict.unchained} not chained yet")
        return lines, broken

    return desk.run_now(work)


def _record(desk: Desk, now: datetime, actor: str) -> None:
    def work(session: Session) -> None:
        for tenant in tenants.everyone(session):
            trail.record(session, tenant.id, now, actor, "restored")

    desk.run_now(work)
