"""Master keys: rewrapped, lost, restored; and dropping a case key makes its texts unreadable."""

from collections.abc import Sequence

import pytest
from sqlmodel import select

from checklists.model import Written
from reports.answers import answer_rows
from reports.selected import Selection
from storage import answers, cases
from storage.cases import CaseRow
from storage.desk import Desk, Session
from storage.sealing import KEPT_SECONDS, KeyGone, Keys, MasterGone, SealBroken, SealingKeyRow, seal, unseal
from tests.conftest import TRAIL
from tests.sql.conftest import KEYS, NOW, OpenDesk, World, change, make_world, the_list

NEWER = {"second": b"2" * 32} | KEYS
ONLY_NEW = {"second": b"2" * 32}
CANARY = "Påhittad motivering: kanariefågel"


def write(desk: Desk, world: World, choice: str = "ja") -> None:
    def work(session: Session) -> None:
        written = Written(choice, "text", motivation=CANARY)
        row = the_list(session, world)
        answers.add(session, row, "child_not_heard_motivated", 1, written, author=world.person, at=NOW, act="a")

    desk.run_now(work)


def read(desk: Desk, world: World) -> str:
    def work(session: Session) -> str:
        row = answers.latest(session, world.filled)["child_not_heard_motivated"]
        return answers.read(session, the_list(session, world), row).motivation

    return desk.run_now(work)


def masters(desk: Desk) -> set[str]:
    return desk.run_now(lambda session: set(session.exec(select(SealingKeyRow.master_id)).all()))


def test_after_rewrapping_with_a_new_key_no_text_needs_the_old_one(
    desk: Desk, open_desk: OpenDesk, world: World
) -> None:
    write(desk, world)
    newer = open_desk(NEWER)
    assert newer.run_now(newer.keys.rewrap).count == 2  # the case's key and the municipality's
    assert newer.run_now(newer.keys.rewrap).count == 0
    assert masters(desk) == {"second"}

    assert read(open_desk(ONLY_NEW), world) == CANARY
    with pytest.raises(MasterGone):
        read(open_desk(KEYS), world)


def test_rewrapping_changes_no_sealed_text(desk: Desk, open_desk: OpenDesk, world: World) -> None:
    write(desk, world)
    stored = [row.motivation for row in desk.run_now(lambda s: list(answers.latest(s, world.filled).values()))]
    newer = open_desk(NEWER)
    newer.run_now(newer.keys.rewrap)

    assert [r.motivation for r in newer.run_now(lambda s: list(answers.latest(s, world.filled).values()))] == stored


def test_a_lost_master_key_is_named_and_other_keys_still_work(desk: Desk, open_desk: OpenDesk, world: World) -> None:
    write(desk, world)
    newer = open_desk(NEWER)
    assert change(desk, "delete from sealing_key where case_id = 0") == 1
    newer.run_now(lambda session: newer.keys.make(session, world.tenant, 0))
    without = open_desk(ONLY_NEW)

    done = without.run_now(without.keys.rewrap)
    assert (done.count, done.missing, done.missing_own) == (0, {"first": 1}, {})
    with pytest.raises(MasterGone, match="the master key first is not configured: put it back in BK_KEYS"):
        read(without, world)

    def another(session: Session) -> str:
        case = cases.add(session, CaseRow(tenant_id=world.tenant, ref="SN 2", unit_id=world.unit)).id
        return unseal(session, world.tenant, case, "f", "1", seal(session, world.tenant, case, "f", "1", CANARY))

    assert without.run_now(another) == CANARY
    assert read(open_desk(NEWER), world) == CANARY, "restored, it did not open"


def test_a_municipality_key_that_cannot_be_unwrapped_is_reported(desk: Desk, open_desk: OpenDesk, world: World) -> None:
    without = open_desk(ONLY_NEW)

    assert without.run_now(without.keys.rewrap).missing_own == {"first": 1}


def test_a_master_key_with_other_bytes_under_its_id_is_found_at_once(
    desk: Desk, open_desk: OpenDesk, world: World
) -> None:
    exchanged = open_desk({"first": b"x" * 32})
    with pytest.raises(SealBroken):
        exchanged.run_now(exchanged.keys.rewrap)


def exported(desk: Desk) -> list[Sequence[str]]:
    return list(answer_rows(desk.run_now, Selection()))


def test_with_a_dropped_case_key_the_texts_are_gone_and_yes_and_no_stay(
    desk: Desk, open_desk: OpenDesk, world: World
) -> None:
    write(desk, world)
    other = desk.run_now(lambda session: make_world(session, "two"))
    write(desk, other)
    assert sum(CANARY in "".join(row) for row in exported(desk)) == 2
    assert change(desk, "delete from sealing_key where case_id = :case", case=world.case) == 1

    fresh = open_desk()
    with pytest.raises(KeyGone):
        read(fresh, world)
    rows = exported(fresh)
    assert len(rows) == 2
    assert [CANARY in "".join(row) for row in rows] == [False, True]
    assert len({row[6] for row in rows}) == 1, "the answer was lost with its text"


def test_without_a_master_key_no_export_looks_complete(desk: Desk, open_desk: OpenDesk, world: World) -> None:
    write(desk, world)
    with pytest.raises(MasterGone):
        exported(open_desk(ONLY_NEW))


def test_a_key_that_is_dropped_while_an_export_reads_is_not_remembered_by_it(desk: Desk, world: World) -> None:
    write(desk, world)

    def export(session: Session) -> str:
        assert answers.latest(session, world.filled)  # begins the snapshot
        change(desk, "delete from sealing_key where case_id = :case", case=world.case)
        desk.keys.forget(world.tenant, world.case)
        row = answers.latest(session, world.filled)["child_not_heard_motivated"]
        return answers.text(session, the_list(session, world), row, "motivation")

    assert desk.read_now(export) == CANARY
    with pytest.raises(KeyGone):
        read(desk, world)


def test_a_running_bot_forgets_a_dropped_key_within_a_minute(desk: Desk, world: World) -> None:
    write(desk, world)
    now = [0.0]
    desk.keys, kept = Keys(KEYS, TRAIL, now=lambda: now[0]), desk.keys
    try:
        assert read(desk, world) == CANARY
        change(desk, "delete from sealing_key where case_id = :case", case=world.case)
        now[0] = KEPT_SECONDS + 0.1
        with pytest.raises(KeyGone):
            read(desk, world)
    finally:
        desk.keys = kept


def test_a_key_is_gone_from_memory_after_its_minute(desk: Desk, world: World) -> None:
    now = [0.0]
    desk.keys, kept = Keys(KEYS, TRAIL, now=lambda: now[0]), desk.keys
    try:
        write(desk, world)
        assert desk.keys._opened
        now[0] = KEPT_SECONDS - 0.1
        desk.run_now(lambda _: None)
        assert desk.keys._opened
        now[0] = KEPT_SECONDS
        desk.run_now(lambda _: None)
        assert not desk.keys._opened
    finally:
        desk.keys = kept
