"""The chat's own conversations, held in the tab: worker, chef, deputy, reviewer, manager, by the same tests."""

from types import ModuleType

import pytest

from tests.chat import (
    test_feedback,
    test_form,
    test_linked_cases,
    test_reread,
    test_rounds,
)
from tests.chat.conftest import Furnished
from tests.chat.tab_chat import TabRoom

MODULES: tuple[ModuleType, ...] = (
    test_feedback,
    test_form,
    test_linked_cases,
    test_reread,
    test_rounds,
)


@pytest.fixture
def room(furnished: Furnished) -> TabRoom:
    """Take the place of the room that these tests have in the chat."""
    furnished.room()
    return TabRoom(furnished.desk)


class TestInTheTab:
    """Filled with the tests of the modules, by name."""

    pytestmark = pytest.mark.slow


for _module in MODULES:
    for _name, _test in vars(_module).items():
        if _name.startswith("test_") and getattr(_test, "__module__", "") == _module.__name__:
            setattr(TestInTheTab, f"{_name}_of_{_module.__name__.rpartition('.')[2]}", staticmethod(_test))


def test_a_reviewers_second_reading_in_the_tab(room: TabRoom) -> None:
    test_reread.test_what_was_said_stands_beside_what_was_read_again_and_is_not_there_before(room)
    assert not [said for said in room.wire if "SN 2026" in said]
