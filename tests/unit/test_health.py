"""What a process knows of its own troubles, and for how long it says so."""

from bot.health import STANDS_SECONDS, Health


def test_a_trouble_is_told_until_the_same_thing_goes_well() -> None:
    health = Health(lambda: 0.0)
    keys, sends = health.told("keys"), health.told("sends")

    keys(False)
    sends(False)
    assert health.troubles() == {"keys", "sends"}
    keys(True)
    assert health.troubles() == {"sends"}


def test_a_single_failure_is_not_told_for_ever_but_what_was_skipped_is() -> None:
    now = [0.0]
    health = Health(lambda: now[0])
    health.note("sends", went_well=False)
    health.note("skipped", went_well=False)

    now[0] = STANDS_SECONDS
    assert health.troubles() == {"sends", "skipped"}
    now[0] += 1
    assert health.troubles() == {"skipped"}
    health.note("skipped", went_well=True)
    assert health.troubles() == frozenset()
