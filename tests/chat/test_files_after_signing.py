"""An import that changes signed content has the same effect as the same change in the chat."""

import pytest

from storage.signatures import SignatureRow
from tests.chat.card_hand import inputs
from tests.chat.harness import REF, TENANT, Chat, Room
from tests.chat.lived import lived_once
from tests.chat.read_drive import begins, reads, sent
from tests.sql.import_files import import_answers, import_cases

FACT = f"tenant_id,case_ref,violence\n{TENANT},{REF},{{}}\n"
ANSWER = f"tenant_id,case_ref,checklist,role,child,item,answer\n{TENANT},{REF},decision_basis,case_worker,1,{{}}\n"


@pytest.fixture
@lived_once
def signed(room: Room) -> Chat:
    sent(room)
    return reads(begins(room.chat("cecilia"))).presses("Visa skillnader").presses("Signera")


def take(room: Room, text: str) -> None:
    importer = import_cases if text.startswith("tenant_id,case_ref,violence") else import_answers
    allowed = frozenset({TENANT})
    room.desk.run_now(lambda session: importer(session, text.encode(), allowed, room.now, "cli:test"))


def is_voided(room: Room) -> bool:
    return bool(room.scalar("select count(*) from signature where voided_at is not null"))


@pytest.mark.parametrize(("text", "voids"), [(FACT.format("ja"), True), (FACT.format("nej"), False)])
def test_a_fact_from_a_file_voids_the_signature_when_it_is_new(
    room: Room, signed: Chat, text: str, voids: bool
) -> None:
    before = len(signed.prompts())
    take(room, text)

    assert is_voided(room) is voids
    assert len(signed.prompts()) == before + voids


def test_an_answer_from_a_file_opens_just_that_question_again(room: Room, signed: Chat) -> None:
    take(room, ANSWER.format("communication_boxes_filled,nej"))

    assert is_voided(room)
    signed.receives().sees(f"{REF} behöver läsas om").presses("Fortsätt läsa")
    assert list(inputs(signed.card)) == ["communication_boxes_filled"]
    assert room.count(SignatureRow) == 1
    assert {event.actor for event in room.events("voided")} == {"import"}


def test_a_child_from_a_file_whose_list_is_begun_after_the_signature_voids_it(room: Room) -> None:
    anna = sent(room)
    take(room, f"tenant_id,case_ref,violence,children\n{TENANT},{REF},,2\n")
    cecilia = reads(begins(room.chat("cecilia"))).presses("Visa skillnader").presses("Signera")
    assert not is_voided(room)
    anna.types("uppgifter").presses("Spara", {"planned_decision_on": "2026-10-01"}).sees("Sparat.")

    assert len(room.events("void_confirmed")) == 1
    assert is_voided(room)
    cecilia.receives().sees(f"{REF} behöver läsas om")
    anna.types("vad saknas").presses("Skicka till chef")
    reads(cecilia.receives().presses("Fortsätt läsa")).presses("Visa skillnader").sees("Barn 2")


def test_a_day_and_another_child_saved_at_once_are_both_stored_when_she_goes_on(room: Room, signed: Chat) -> None:
    anna = room.chat("anna").types("uppgifter").presses("Spara", {"planned_decision_on": "2026-10-01", "children": "2"})
    anna.sees("Sparat.")

    assert (str(room.case().planned_decision_on), room.case().children) == ("2026-10-01", 2)
    assert is_voided(room)
