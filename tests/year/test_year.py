"""A few short simulated weeks in the suite; years, and the faults planted to be found, in the slow form."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.year.planted import PLANTED
from tests.year.simulate import MOST_SEEDS, found_within, year, year_on_both

pytestmark = pytest.mark.no_cover
"""Its coverage is not counted: the tests of the rules themselves must reach everything it does."""
SEEDS = range(3)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_week_is_as_the_contract_says(seed: int) -> None:
    assert year(seed, weeks=1).fault == ""


def test_a_seed_is_lived_through_again_to_the_byte() -> None:
    one, again = year(3, weeks=1), year(3, weeks=1)

    assert one.fault == ""
    assert one.trace == again.trace
    assert len(one.trace) > 100


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_twenty_weeks_are(seed: int) -> None:
    assert year(seed, weeks=1).fault == ""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 104))
def test_a_year_is(seed: int) -> None:
    assert year(seed, weeks=52).fault == ""


@pytest.mark.slow
def test_another_process_with_another_order_of_sets_lives_through_the_same() -> None:
    digests = set()
    for number in ("1", "2"):
        asked = "from tests.year.simulate import year; print(year(3, weeks=2).digest)"
        env = {**os.environ, "PYTHONHASHSEED": number}
        digests.add(
            subprocess.run([sys.executable, "-c", asked], cwd=ROOT, env=env, capture_output=True, check=True).stdout
        )

    assert len(digests) == 1


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("seed", range(3))
def test_postgresql_tells_the_same_as_sqlite(seed: int) -> None:
    assert year_on_both(seed, weeks=1).fault == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.postgres] * of.postgres) for name, of in PLANTED.items()]
)
def test_a_planted_fault_is_found(name: str) -> None:
    found = found_within(name, range(MOST_SEEDS))

    assert found is not None
    assert PLANTED[name].is_in(found.fault), "another fault than the planted one"
    assert year(found.seed, found.weeks).fault == "", "the seed finds a fault without it as well"
