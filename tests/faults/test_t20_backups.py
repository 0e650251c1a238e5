"""T20: a backup taken under load is consistent and restored whole and in time, without what was disposed of since."""

import time
from pathlib import Path

import pytest

from bot.commandline import checking, restoring
from bot.commandline.checking import check
from storage import tombstones
from storage.backup import back_up
from storage.desk import Desk, opened
from storage.sealing import Keys
from tests.conftest import TRAIL
from tests.faults.programme import Programme
from tests.sql.conftest import (
    KEYS,
    NOW,
    OpenDesk,
    World,
    desk,
    desk_on_postgres,
    migrated_postgres,
    open_desk,
    scalar,
    url,
    world,
)
from tests.sql.test_backup import ACTOR, back, check_restored, empty, kind, load_and_back_up
from tests.sql.test_disposal import dispose, neighbour

__all__ = ["desk", "desk_on_postgres", "empty", "kind", "migrated_postgres", "open_desk", "url", "world"]
pytestmark = [pytest.mark.part("T20"), pytest.mark.beyond_suite]
DISPOSED = 20


def test_a_backup_comes_back_as_it_was(
    programme: Programme,
    desk: Desk,
    open_desk: OpenDesk,
    world: World,
    url: str,
    empty: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    total = programme.of(0, 1000, 100_000)
    gone = [desk.run_now(lambda session, n=n: neighbour(session, world, f"SN 2025/{n:04}")) for n in range(DISPOSED)]  # type: ignore[misc]
    wrote = load_and_back_up(desk, open_desk(), world, url, tmp_path / "copy", total=total, step=max(1, total // 50))
    for one in gone:
        desk.run_now(lambda session, one=one: dispose(session, one))  # type: ignore[misc]
    stones = tmp_path / "disposed.jsonl"
    tombstones.write_file(stones, desk.run_now(tombstones.known))
    if programme.mutant:
        monkeypatch.setattr(restoring, "replay", lambda *_: 0)

    begun = time.monotonic()
    done = back(tmp_path / "copy", empty, stones)
    took = time.monotonic() - begun

    assert done.broken == []
    found = check_restored(empty, world, total + 1, total + wrote)
    with opened(empty, Keys(KEYS, TRAIL)) as restored:
        returned = int(scalar(restored, "select count(*) from cases where ref like 'SN 2025/%'"))
    begun = time.monotonic()
    checked = check(tmp_path / "copy", url, Keys(KEYS, TRAIL), stones, NOW, ACTOR)
    check_took = time.monotonic() - begun
    programme.figure(
        f"{desk.dialect}: answers, written meanwhile, restored in s, disposed of that returned, --check in s",
        f"{found}, {wrote}, {took:.1f}, {returned} of {DISPOSED}, {check_took:.1f}",
    )
    assert returned == 0, "what was disposed of came back"
    assert checked.broken == []
    assert took < 300


def test_a_copy_that_was_damaged_is_found(desk: Desk, world: World, url: str, tmp_path: Path) -> None:
    back_up(url, tmp_path / "copy")
    sums = tmp_path / "copy.sums"
    sums.write_text(sums.read_text(encoding="utf-8").replace("1,", "2,", 1), encoding="utf-8")

    assert checking.check(tmp_path / "copy", url, Keys(KEYS, TRAIL), tmp_path / "none", NOW, ACTOR).broken
