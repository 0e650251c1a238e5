"""An import that changes signed content has the same effect as the same change in the chat."""

from collections.abc import Callable

import pytest

from checklists.csv_in import BadCsv
from storage.signatures import SignatureRow
from tests.chat.card_hand import inputs
from tests.chat.drive import fills, opens, saves_facts
from tests.chat.harness import NORTH, REF, TENANT, Chat, Room
from tests.chat.lived import lived_once
from tests.chat.read_drive import ALL, begins, reads, sent
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


def test_a_file_changes_no_answer_of_a_closed_case_that_its_chef_has(room: Room, signed: Chat) -> None:
    anna = room.chat("anna").types(f"uppgifter {REF}").presses("Avsluta").presses("Avsluta")
    answers = room.count()

    take(room, ANSWER.format("communication_boxes_filled,ja"))
    with pytest.raises(BadCsv, match=r"line 2: the case is closed.*BK-552"):
        take(room, ANSWER.format("communication_boxes_filled,nej"))
    assert (room.count(), is_voided(room)) == (answers, False)

    anna.types(REF).presses("Öppna igen")
    take(room, ANSWER.format("communication_boxes_filled,nej"))
    assert is_voided(room)


@pytest.mark.parametrize(("violence", "voids"), [("ja", True), ("", False)])
def test_a_fact_changed_while_the_case_was_an_adults_voids_when_it_is_a_childs_again(
    room: Room, signed: Chat, violence: str, *, voids: bool
) -> None:
    was = room.scalar("select value from fact where name = 'violence' order by id desc")
    other = {"ja": "nej", "nej": "ja"}[was] if violence else ""
    for kind, value in (("vuxen", ""), ("vuxen", other), ("barn", "")):
        take(room, f"tenant_id,case_ref,violence,case_type\n{TENANT},{REF},{value},{kind}\n")
        assert is_voided(room) is (voids and kind == "barn")


def test_an_answer_from_a_file_opens_just_that_question_again(room: Room, signed: Chat) -> None:
    take(room, ANSWER.format("communication_boxes_filled,nej"))

    assert is_voided(room)
    signed.receives().sees(f"{REF} behöver läsas om").presses("Fortsätt läsa")
    assert list(inputs(signed.card)) == ["communication_boxes_filled"]
    assert room.count(SignatureRow) == 1
    assert {event.actor for event in room.events("voided")} == {"import"}


CHILDREN = f"tenant_id,case_ref,violence,children\n{TENANT},{REF},,{{}}\n"


def lists_of(room: Room) -> list[str]:
    """Return the states of the workers' lists, the eldest child's first."""
    rows = room.raw.execute("select status from filled_checklist where role = 'case_worker' order by child")
    return [status for (status,) in rows]


def by_file(room: Room) -> None:
    take(room, CHILDREN.format(2))


def by_chat(room: Room) -> None:
    room.chat("anna").types("uppgifter").presses("Spara", {"children": "2"})


@pytest.mark.parametrize("add", [by_file, by_chat])
def test_the_list_of_a_child_that_is_added_while_the_chef_has_it_begins_whoever_adds_it(
    room: Room, add: Callable[[Room], None]
) -> None:
    anna = sent(room)
    add(room)

    assert lists_of(room) == ["sent", "open"]
    anna.types("vad saknas").sees("Barn 2").presses("Skicka till chef")
    assert lists_of(room) == ["sent", "sent"]
    reads(room.chat("cecilia").receives().presses("Fortsätt läsa")).presses("Visa skillnader").sees("Barn 2")


@pytest.mark.parametrize("add", [by_file, by_chat])
def test_a_child_that_is_added_after_the_signature_voids_it_and_has_a_list(
    room: Room, signed: Chat, add: Callable[[Room], None]
) -> None:
    add(room)

    assert is_voided(room)
    assert lists_of(room) == ["voided", "open"]
    signed.receives().sees(f"{REF} behöver läsas om").presses("Fortsätt läsa").sees("Ett barn har kommit till")
    signed.types("att läsa").sees("Inget väntar")

    fills(room.chat("anna").types(f"fortsätt {REF} barn 2").presses("Spara")).presses("Skicka till chef")
    signed.types("att läsa").sees(REF, "Fortsätt läsa")


def test_a_child_from_a_file_has_no_list_before_the_others_do_nor_in_a_closed_case(room: Room) -> None:
    anna = room.chat("anna").types(f"ny {REF}")
    by_file(room)
    assert lists_of(room) == []

    saves_facts(anna.types("fortsätt"), **ALL)
    anna.types("uppgifter").presses("Avsluta").presses("Avsluta")
    before = lists_of(room)
    take(room, CHILDREN.format(3))
    assert lists_of(room) == before == ["open", "open"]


def test_a_day_and_another_child_saved_at_once_are_both_stored_when_she_goes_on(room: Room, signed: Chat) -> None:
    anna = room.chat("anna").types("uppgifter").presses("Spara", {"planned_decision_on": "2026-10-01", "children": "2"})
    anna.sees("Sparat.")

    assert (str(room.case().planned_decision_on), room.case().children) == ("2026-10-01", 2)
    assert is_voided(room)


def test_a_new_lead_from_a_file_is_told_and_so_is_the_old_one(room: Room) -> None:
    anna, bo = opens(room.chat("anna"), REF, **ALL), room.chat("bo").installs()
    lead = f"tenant_id,case_ref,violence,lead_email\n{TENANT},{REF},,{{}}@example.invalid\n"
    before = len(anna.prompts()), len(bo.prompts())
    take(room, lead.format("bo"))

    anna.receives().sees(REF, "Bo Exempel")
    bo.receives().sees(REF)
    take(room, lead.format("bo"))
    assert (len(anna.prompts()), len(bo.prompts())) == (before[0] + 1, before[1] + 1)


def test_the_workers_are_told_of_a_child_that_somebody_else_adds(room: Room) -> None:
    anna, bo = sent(room), room.chat("bo").installs()
    anna.types("uppgifter").presses("Spara", {"Medhandläggare": "Bo Exempel"})
    before = len(anna.prompts()), len(bo.prompts())
    by_file(room)

    anna.receives().sees(f"{REF} har nu 2 barn").presses(f"Fortsätt {REF}").sees("Barn 2")
    bo.receives().sees(f"{REF} har nu 2 barn")
    by_file(room)
    anna.types("uppgifter").presses("Spara", {"children": "3"})
    bo.receives().sees(f"{REF} har nu 3 barn")
    assert (len(anna.prompts()), len(bo.prompts())) == (before[0] + 1, before[1] + 2)


def test_nobody_is_told_of_a_case_that_a_file_brings(room: Room) -> None:
    bo = room.chat("bo").installs()
    columns = "tenant_id,case_ref,violence,unit,lead_email"
    take(room, f"{columns}\n{TENANT},SN 2026/0777,,{NORTH},bo@example.invalid\n")

    assert bo.prompts() == []
