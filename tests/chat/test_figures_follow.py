"""Whatever is pressed and typed, the figures end up as a recount says."""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from storage import rates, tenants
from storage.desk import Session
from tests.chat.conftest import Furnished
from tests.chat.test_random_walk import Walk


def wrong(session: Session) -> int:
    return sum(rates.recount(session, tenants.key(tenant)).wrong for tenant in tenants.everyone(session))


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
