"""A case with faulty data in a conversation: it is left out, which is said, and stops nobody's other cases."""

import pytest
from sqlalchemy import text

from dialogs.messages import reminder_content
from storage.desk import Session
from storage.outbox import OutboxRow
from storage.unfit import Skipped
from tests.chat.drive import opens
from tests.chat.harness import REF, Chat, Room
from tests.chat.test_reminders import sets, sweeps_on
from tests.chat.test_sending import ALL

OTHER = "SN 2026/0299"
DAMAGE = {
    "a version that is not there": "update filled_checklist set version = 99 where case_id = "
    f"(select id from cases where ref = '{OTHER}')",
    "a reference that is none": f"update cases set ref = x'ff00' where ref = '{OTHER}'",
}


@pytest.fixture
def cecilia(room: Room) -> Chat:
    return room.chat("cecilia").types("hjälp")


def damages(room: Room, what: str) -> None:
    room.desk.run_now(lambda session: session.connection().execute(text(DAMAGE[what])))


@pytest.mark.parametrize("what", DAMAGE)
def test_her_list_and_her_chefs_show_the_other_cases(room: Room, anna: Chat, cecilia: Chat, what: str) -> None:
    opens(opens(anna, **ALL), OTHER, **ALL)
    damages(room, what)

    for who, line in ((anna, "mina ärenden"), (cecilia, "enhetens ärenden")):
        who.types(line).sees(REF, "Ett av dina ärenden visas inte här")
        assert OTHER not in who.text


def test_a_case_with_an_answer_that_is_none_is_left_out(room: Room, anna: Chat) -> None:
    opens(opens(anna, **ALL), OTHER, **ALL).presses("Nej")
    of_other = f"select f.id from filled_checklist f join cases c on c.id = f.case_id where c.ref = '{OTHER}'"
    statement = f"update answer set choice = 'kanske' where filled_id in ({of_other})"
    room.desk.run_now(lambda session: session.connection().execute(text(statement)))

    anna.types("mina ärenden").sees(REF, "Ett av dina ärenden visas inte här")

    assert OTHER not in anna.text


@pytest.mark.parametrize("what", DAMAGE)
def test_a_bundle_comes_with_the_other_cases(room: Room, anna: Chat, cecilia: Chat, what: str) -> None:
    opens(opens(anna, **ALL), OTHER, **ALL)
    for ref in (REF, OTHER):
        sets(room, ref, planned_decision_on="2026-05-15")
    sweeps_on(room, "2026-05-13")  # the last working day before it: the chef hears too
    damages(room, what)

    assert (anna.arrives(), cecilia.arrives()) == (1, 1)

    for who in (anna, cecilia):
        who.sees(REF)
        assert OTHER not in who.text
    assert room.scalar("select count(*) from skipped_case") == 1


def test_whoever_sends_a_bundle_is_told_what_was_left_out(room: Room, anna: Chat) -> None:
    opens(anna, **ALL)
    sets(room, planned_decision_on="2026-05-15")
    sweeps_on(room, "2026-05-12")
    room.desk.run_now(lambda s: s.connection().execute(text("update filled_checklist set version = 99")))
    left_out: list[Skipped] = []

    def work(session: Session) -> object:
        row = session.get_one(OutboxRow, int(room.scalar("select max(id) from outbox where once like 'reminder:%'")))
        return reminder_content.content(session, row, room.now, left_out)

    assert room.desk.run_now(work) is None
    assert [one.case_id for one in left_out] == [room.case().id]
