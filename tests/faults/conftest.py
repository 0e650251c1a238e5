"""What the tests of the fault programme share."""

import pytest

from tests.faults.programme import Programme


@pytest.fixture
def programme(request: pytest.FixtureRequest) -> Programme:
    """Return the size, seed and mutant of a test's part: the mark `part("T1")` on its module names it."""
    mark = request.node.get_closest_marker("part")
    made = Programme(mark.args[0])
    if made.size == "suite" and request.node.get_closest_marker("beyond_suite"):
        pytest.skip("needs time (set BK_SLOW=1)")
    return made
