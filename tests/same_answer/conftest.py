"""The rooms of the chat tests, and rooms prepared by a conversation that runs only once for all tests."""

from collections.abc import Iterator

import pytest

from tests.chat.conftest import Furnished, furnished
from tests.chat.drive import fills
from tests.chat.read_drive import begins, reads
from tests.same_answer.town import Stage, opened

__all__ = ["furnished"]


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Yield rooms in which Anna has opened her case."""
    made = Furnished(tmp_path_factory.mktemp("begun") / "bot.db")
    yield Stage(made, opened(made.room()).room)
    made.close()


@pytest.fixture(scope="session")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Yield rooms in which the case has been sent for reading."""
    made = Furnished(tmp_path_factory.mktemp("sent") / "bot.db")
    room = made.room()
    room.chat("cecilia").installs()
    fills(opened(room)).presses("Skicka till chef")
    yield Stage(made, room)
    made.close()


@pytest.fixture(scope="session")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Yield rooms in which the case was signed with three answers ongoing."""
    made = Furnished(tmp_path_factory.mktemp("signed") / "bot.db")
    room = made.room()
    cecilia = room.chat("cecilia").installs()
    anna = opened(room.chat("anna").installs().room, child_placed="ja", intervention_decided="nej")
    fills(anna, dict.fromkeys(UNDER_WAY, "pagaende")).presses("Skicka till chef")
    reads(begins(cecilia), dict.fromkeys(UNDER_WAY, "pagaende")).presses("Visa skillnader").presses("Signera")
    anna.prompts()
    yield Stage(made, room)
    made.close()


UNDER_WAY = ("child_informed_intervention", "child_informed_decision", "health_check_done")
