"""How long questions take: only where enough people stand behind it, and never one person's pace."""

from datetime import UTC, datetime, timedelta

import pytest

from checklists.pace import Given, Pace, pace

START = datetime(2026, 2, 2, 9, tzinfo=UTC)


def filled(number: int, person: int, *seconds: float, acts: str = "abcdefgh") -> list[Given]:
    """One list, its answers so many seconds after each other, the first after it was begun."""
    found, at = [], START + timedelta(hours=number)
    begun = at
    for gap, act in zip(seconds, acts, strict=False):
        at += timedelta(seconds=gap)
        found.append(Given(number, person, begun, at, act))
    return found


def unit(people: int, lists: int, *seconds: float) -> list[Given]:
    return [one for number in range(lists) for one in filled(number, number % people, *seconds)]


def test_the_median_per_answer_and_the_share_saved_within_seconds() -> None:
    assert pace(unit(5, 20, 10, 20, 2)) == Pace(20, 10, 33)


@pytest.mark.parametrize(("people", "lists"), [(4, 20), (5, 19), (1, 400), (0, 0)])
def test_fewer_than_five_people_or_twenty_lists_say_nothing(people: int, lists: int) -> None:
    assert pace(unit(people, lists, 10, 20, 2)) is None


def test_whoever_gave_more_than_half_of_the_answers_is_not_measured() -> None:
    others = unit(5, 20, 10, 10)
    hers = [one for number in range(100, 110) for one in filled(number, 9, 1, 1, 1, 1)]
    assert pace(others + hers) == Pace(30, 6, 50), "half of them is not more than half"
    assert pace(others + hers + filled(111, 9, 1)) is None


def test_answers_saved_at_once_share_the_time_between_them() -> None:
    form = [one for number in range(20) for one in filled(number, number % 5, 40, 0, 0, 0, acts="aaaa")]
    assert pace(form) == Pace(20, 10, 0)


def test_a_pause_is_no_time_and_a_clock_set_back_neither() -> None:
    paused = unit(5, 20, 10, 901, 30)
    assert pace(paused) == Pace(20, 20, 0)
    assert pace(unit(5, 20, 10, -5, 30)) == Pace(20, 20, 0)
