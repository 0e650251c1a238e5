"""T17 in full: a hundred thousand events are verified within ten seconds."""

import time
from pathlib import Path

import pytest

from storage import migrate
from storage.desk import opened
from storage.sealing import Keys
from tests.conftest import TRAIL
from tests.sql.conftest import KEYS, make_world, without_waiting_for_the_disk
from tests.sql.test_trail import add_many, verdict


@pytest.mark.slow
def test_a_hundred_thousand_events_are_verified_within_ten_seconds(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'bot.db'}", Keys(KEYS, TRAIL)) as desk:
        without_waiting_for_the_disk(desk)
        migrate.upgrade(desk)
        world = desk.run_now(make_world)
        add_many(desk, world, 100_000)

        begun = time.perf_counter()
        assert verdict(desk, world) is None
        taken = time.perf_counter() - begun

    assert taken < 10, f"{taken:.1f} s"
