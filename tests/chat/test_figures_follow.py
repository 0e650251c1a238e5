"""Whatever is pressed and typed, the figures end up as a recount says."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from reports.checklists import COLUMNS, checklist_rows
from reports.selected import Selection
from storage import rates, tenants
from storage.desk import Session
from storage.recount import recount
from tests.chat.conftest import Furnished
from tests.chat.harness import Room
from tests.chat.read_drive import begins, reads, sent
from tests.chat.test_random_walk import Walk


def wrong(session: Session) -> int:
    rates.fold_all(session)
    return sum(recount(session, tenants.key(tenant)).wrong for tenant in tenants.everyone(session))


def walk(furnished: Furnished, how: settings) -> None:
    class Counted(Walk):
        def __init__(self) -> None:
            super().__init__(furnished.room())
            self.turns = 0

        def _look(self) -> None:
            super()._look()
            self.turns += 1
            if self.turns % 5 == 0:
                self.room.desk.run_now(rates.fold_all)

        def teardown(self) -> None:
            assert self.room.desk.run_now(wrong) == 0
            assert self.room.scalar("select count(*) from changed") == 0

    run_state_machine_as_test(Counted, settings=how)


def test_after_any_walk_the_figures_equal_a_recount(furnished: Furnished) -> None:
    walk(furnished, settings(max_examples=5, stateful_step_count=25))


@pytest.mark.slow
def test_after_many_long_walks_they_still_do(furnished: Furnished) -> None:
    walk(furnished, settings(max_examples=150, stateful_step_count=60))


def worker_row(room: Room) -> dict[str, str]:
    """Return what is counted of the workers' lists."""

    def read(session: Session) -> dict[str, str]:
        rows = checklist_rows(session, Selection(role="case_worker"), room.now.date() + timedelta(days=9))
        [row] = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        assert wrong(session) == 0
        return {column: row[column] for column in COLUMNS[6:] if row[column] not in ("0", "0,0")}

    return room.desk.run_now(read)


def test_what_the_chef_does_is_counted_on_the_workers_list(room: Room) -> None:
    anna, cecilia = sent(room), room.chat("cecilia")
    whole = {"begun": "1", "sent": "1", "complete": "1", "completion_pct": "100,0"}
    assert worker_row(room) == whole

    begins(cecilia).presses("Återlämna").presses("Återlämna", Kommentar="Påhittad kommentar")
    assert worker_row(room) == whole | {"returned": "1"}
    anna.types("vad saknas").presses("Skicka till chef")
    reads(cecilia.receives().presses("Fortsätt läsa")).presses("Visa skillnader").presses("Signera")
    assert worker_row(room) == whole | {"returned": "1", "signed": "1"}
    anna.types("ändra 1").presses("Nej")
    after = worker_row(room)
    assert (after["voided"], after.get("signed", "0")) == ("1", "0")
