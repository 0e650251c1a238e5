"""Signing, with or without shortfall, and sending back; later changes void the signature and are read again."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from actions.changes import Change, stored
from dialogs.turn.declared import claimed
from dialogs.turn.presses import SeenAt
from dialogs.turn.tokens import Mint
from storage import signatures
from storage.signatures import SignatureRow
from tests.chat.card_hand import as_sent, button, gathered, inputs
from tests.chat.drive import TEXTS, fills, opens
from tests.chat.harness import LIST, NORTH, REF, SECRET, TENANT, Chat, Room, move_in
from tests.chat.lived import lived_once
from tests.chat.read_drive import ALL, begins, reads, sent
from tests.sql.import_files import import_cases
from tests.waiting import PATIENCE

GAP = {"communication_boxes_filled": "nej"}
WHY = "Påhittat skäl: rutorna ligger i en annan bilaga"
REMARK = "Påhittad kommentar: titta på rutorna igen"
NUMBER = "19121212-1212"
BOXES = "7. Är kommuniceringsrutorna på sista sidan ifyllda?"


@pytest.fixture
def cecilia(room: Room) -> Chat:
    return room.chat("cecilia")


@lived_once
def has_read(room: Room, given: dict[str, str] | None = None, mine: dict[str, str] | None = None) -> Chat:
    """A basis is sent, and read by the chef up to the differences."""
    sent(room, given)
    return reads(begins(room.chat("cecilia")), mine).presses("Visa skillnader")


def signature(room: Room, ref: str = REF) -> SignatureRow:
    case = room.case(ref).id
    return room.desk.run_now(lambda session: signatures.of_case(session, case)[0])


# --- signing -----------------------------------------------------------------------------------------------


def test_a_signature_says_what_it_means_and_empties_the_card(room: Room, cecilia: Chat) -> None:
    has_read(room).sees("du har läst underlaget enligt checklistan", "beslutet fattas i ärendesystemet")
    cecilia.presses("Signera").sees("Signerat 10:42 av Cecilia Fiktiv.").sees_no("kommuniceringsrutorna")

    assert room.scalar("select count(*) from filled_checklist where status = 'signed'") == 2
    assert TEXTS["motivation"] not in as_sent(cecilia.card)
    cecilia.types("att läsa").sees("Inget väntar")
    room.chat("anna").types("mina ärenden").sees("Signerat").presses(f"Öppna {REF}").sees("Signerat 10:42 av Cecilia")
    room.chat("anna").types(f"ny {REF}").sees("har ett signerat underlag")


def test_differences_must_be_seen_not_resolved(room: Room, cecilia: Chat) -> None:
    has_read(room, mine=GAP).sees("Svaren skiljer sig åt på 1 fråga").presses("Signera").sees("Signerat")

    assert signature(room).shortfall is False


def test_with_gaps_there_is_only_signing_with_a_shortfall_and_a_reason(room: Room, cecilia: Chat) -> None:
    has_read(room, GAP)
    assert "Signera" not in cecilia.buttons

    cecilia.presses("Signera med brist").sees("det här saknas", "kommuniceringsrutorna")
    cecilia.presses("Signera med brist", Skäl=" ").sees("Skriv något i fältet")
    cecilia.presses("Signera med brist", Skäl="ok").sees("minst tre bokstäver eller siffror")
    cecilia.presses("Signera med brist", Skäl=f"Pappan {NUMBER}").sees("personnummer").sees_no(NUMBER)
    assert room.count(SignatureRow) == 0
    cecilia.presses("Signera med brist", Skäl=WHY).sees("Signerat med brist 10:42")

    assert signature(room).shortfall
    assert len(room.events("signed_with_shortfall")) == 1
    assert NUMBER not in str(room.content())
    assert WHY not in str(room.content())


def test_a_signature_is_bound_to_both_sets_of_answers_and_to_what_she_saw(room: Room, cecilia: Chat) -> None:
    has_read(room, mine=GAP).presses("Signera")

    row = signature(room)
    bound = json.loads(row.bound)
    assert [len(lists) for lists in bound.values()] == [8, 8]
    assert row.version == LIST.version
    cecilia.presses("Visa det som signerades").sees("Cecilia Fiktiv, chef, 10:42", row.view_hash)
    cecilia.sees("oförändrat sedan signeringen", "Läsaren", "Handläggaren", TEXTS["motivation"])
    assert len(room.events("signature_shown")) == 1


WAYS_TO_THE_ANSWERS = (
    (f"fortsätt {REF}",),
    (REF,),
    (f"formulär {REF}",),
    ("att läsa", "Öppna"),
    ("enhetens ärenden", f"Öppna {REF}", "Öppna"),
)


@pytest.mark.parametrize("way", WAYS_TO_THE_ANSWERS)
def test_each_time_the_answers_are_opened_again_is_in_the_trail(
    room: Room, cecilia: Chat, way: tuple[str, ...]
) -> None:
    has_read(room)
    assert not room.events("differences_shown"), "her first look is the end of her reading"

    for times in (1, 2):
        cecilia.types(way[0])
        for title in way[1:]:
            cecilia.presses(title)
        cecilia.sees("Handläggaren")
        assert cecilia.kind() == "differences"
        assert [row.case_id for row in room.events("differences_shown")] == [room.case().id] * times
    cecilia.refreshes()
    assert len(room.events("differences_shown")) == 2, "what a client refreshes by itself is no act"


@pytest.mark.parametrize(("theirs", "shown"), [(GAP, 1), ({}, 0)])
def test_a_gap_named_with_its_answer_is_a_look_at_the_answers(
    room: Room, cecilia: Chat, theirs: dict[str, str], shown: int
) -> None:
    has_read(room, theirs).types(f"vad saknas {REF}")

    assert cecilia.kind() == "missing"
    assert len(room.events("differences_shown")) == shown


def test_a_press_that_only_showed_the_answers_may_be_made_again_later() -> None:
    looked = Change("differences_shown")
    assert not stored((looked,))
    assert stored((looked, Change("signed")))


def test_a_deputy_who_opens_the_answers_again_is_in_the_trail_as_one(room: Room, cecilia: Chat) -> None:
    sent(room)
    bo = room.chat("bo").installs()
    fields = {"Ersättare": "Bo Exempel", "Från och med": "2026-05-12", "Till och med": "2026-05-20"}
    cecilia.types("ersättare").presses("Spara", fields)
    reads(bo.types("att läsa").presses("Börja läsa")).presses("Visa skillnader")

    bo.types(f"fortsätt {REF}")

    assert [row.detail.partition(" ")[0] for row in room.events("differences_shown")] == ["deputy_for"]


def test_what_she_saw_is_shown_with_the_same_hash_after_the_basis_was_changed(room: Room, cecilia: Chat) -> None:
    has_read(room).presses("Signera")
    kept = signature(room).view_hash
    room.chat("anna").types("ändra 1").presses("Nej").presses("Motivering saknas")

    seen = cecilia.presses("Visa det som signerades")

    seen.sees(kept, "oförändrat sedan signeringen", "Signeringen gäller inte sedan 10:42")
    seen.sees("1 · Har barnet kommit till tals under utredning?")


def test_signed_content_changed_outside_the_bot_is_flagged_when_shown(room: Room, cecilia: Chat) -> None:
    has_read(room).presses("Signera")
    room.desk.run_now(
        lambda session: session.connection().exec_driver_sql("update signature set view_hash = 'something else'")
    )

    cecilia.presses("Visa det som signerades").sees("stämmer inte med signeringen")


def test_what_another_chef_saw_is_hers_alone_while_it_is_to_be_read_again(room: Room, cecilia: Chat) -> None:
    has_read(room)
    david = _second_chef(room)
    reads(david.presses("Börja läsa")).presses("Visa skillnader")
    cecilia.presses("Signera")
    kept = signature(room).view_hash
    old = david.presses("Signera").sees("redan signerat").shown
    david.presses("Visa det som signerades").sees(kept)
    anna = room.chat("anna").types(f"fortsätt {REF}")
    hers = anna.shown
    anna.types("ändra 7").presses("Nej")

    david.refreshing = anna.refreshing = False
    david.presses("Visa det som signerades", on=old).sees_no(kept)
    assert david.kind() == "form"
    anna.presses("Visa det som signerades", on=hers).sees(kept)
    assert len(room.events("signature_shown")) == 2


@pytest.mark.parametrize("known", [True, False])
def test_a_signature_is_shown_only_with_its_own_case(room: Room, cecilia: Chat, known: bool) -> None:
    has_read(room).presses("Signera")
    row = signature(room)
    other = opens(room.chat("doris"), "SN 2026/0777", violence="nej")
    person = room.scalar("select id from person where name like 'Doris%'")
    of_another = SeenAt(row.id if known else row.id + 99)
    claim = claimed("seen_at_signing", of_another, case=room.case("SN 2026/0777").id)

    other.sends({"verb": claim.verb, "token": Mint(SECRET).sign(row.tenant_id, person, claim)})

    other.sees("Det kortet gäller inte längre").sees_no(row.view_hash, REF)
    assert room.events("signature_shown") == []


def test_signing_needs_her_own_reading_complete_and_seen(room: Room, cecilia: Chat) -> None:
    sent(room)
    david = _second_chef(room)
    reads(begins(cecilia)).presses("Visa skillnader")
    stolen = cecilia.shown

    reads(david.presses("Börja läsa"))
    david.presses("Signera", on=stolen).sees("Du kan inte använda det här kortet")

    assert room.count(SignatureRow) == 0


def _second_chef(room: Room) -> Chat:
    move_in(room.desk, ("david", "David Provsson", NORTH, "unit_manager"))
    david = room.chat("david").installs()
    return david.types("att läsa")


def test_of_two_chefs_the_first_signature_wins(room: Room, cecilia: Chat) -> None:
    has_read(room)
    david = _second_chef(room)
    reads(david.presses("Börja läsa")).presses("Visa skillnader")

    cecilia.presses("Signera").sees("Signerat")
    david.presses("Signera").sees("redan signerat", "Signerat 10:42 av Cecilia Fiktiv.")

    assert room.count(SignatureRow) == 1


def test_two_chefs_who_press_at_once_give_one_signature(either_room: Room) -> None:
    room = either_room
    move_in(room.desk, ("david", "David Provsson", NORTH, "unit_manager"))
    sent(room, readers=("cecilia", "david"))
    chefs = [reads(begins(room.chat(name))).presses("Visa skillnader") for name in ("cecilia", "david")]
    together = threading.Barrier(2, timeout=PATIENCE)

    def signs(chef: Chat) -> str:
        chef.refreshing = False
        together.wait()
        return chef.presses("Signera").text

    with ThreadPoolExecutor(2) as pool:
        texts = list(pool.map(signs, chefs))

    assert room.count(SignatureRow) == 1
    assert sorted("redan signerat" in text for text in texts) == [False, True]


def test_the_same_press_again_is_one_signature(room: Room, cecilia: Chat) -> None:
    card = has_read(room).shown
    cecilia.presses("Signera")
    cecilia.presses("Signera", on=card).sees("Signerat 10:42")

    assert room.count(SignatureRow) == 1
    assert len(room.events("signed")) == 1


def test_what_has_changed_since_she_saw_it_is_not_signed(room: Room, cecilia: Chat) -> None:
    has_read(room)
    room.chat("anna").types("ändra 7").presses("Kommentera").presses("Spara", Kommentar=WHY)

    cecilia.refreshing = False
    cecilia.presses("Signera")
    assert cecilia.kind() == "form"
    assert list(inputs(cecilia.card)) == ["communication_boxes_filled"]
    assert room.count(SignatureRow) == 0


def test_an_old_differences_card_signs_nothing_after_a_change_was_read(room: Room, cecilia: Chat) -> None:
    old = has_read(room).shown
    room.chat("anna").types("ändra 7").presses("Kommentera").presses("Spara", Kommentar=WHY)
    reads(cecilia.types("fortsätt")).presses("Visa skillnader")

    cecilia.presses("Signera", on=old).sees("har ändrats sedan du såg det", WHY)
    assert room.count(SignatureRow) == 0
    cecilia.presses("Signera").sees("Signerat")


@pytest.mark.parametrize("turn", range(3))
def test_a_change_and_a_signature_at_once_never_leave_a_signature_over_something_else(
    either_room: Room, turn: int
) -> None:
    room = either_room
    chef = has_read(room)
    anna = room.chat("anna").types("ändra 7")
    together = threading.Barrier(2, timeout=PATIENCE)

    def press(chat: Chat, title: str) -> None:
        chat.refreshing = False
        together.wait()
        chat.presses(title)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press, (chef, anna), ("Signera", "Nej")))

    standing = room.scalar("select count(*) from signature where voided_at is null")
    assert (standing, anna.stored("communication_boxes_filled")) == (0, "nej")
    waits = room.scalar("select status from filled_checklist where role = 'case_worker'")
    assert waits == ("voided" if room.count(SignatureRow) else "sent")


# --- sending back ------------------------------------------------------------------------------------------


def sends_back(chef: Chat, *items: str, remark: str = REMARK) -> Chat:
    """Send back with a comment, selecting questions by number and text."""
    chef.presses("Återlämna")
    values = {choice["title"]: choice["value"] for choice in inputs(chef.card)["items"]["choices"]}
    return chef.presses("Återlämna", {"comment": remark, "items": ",".join(values[item] for item in items)})


def test_returned_at_a_question_it_opens_exactly_that_for_the_worker(room: Room, cecilia: Chat, anna: Chat) -> None:
    has_read(room)
    sends_back(cecilia, BOXES).sees("Återlämnat till handläggaren. Antal frågor att titta på igen: 1.").sees_no(REMARK)

    anna.receives().sees(f"{REF} är återlämnat", "Från: Cecilia Fiktiv", "7 · Är kommuniceringsrutorna").sees_no(REMARK)
    anna.presses(f"Fortsätt {REF}").is_asked("communication_boxes_filled").sees(REMARK, "7 av 8", "Nu: Ja")
    assert anna.gaps() == []
    assert anna.counted("communication_boxes_filled") == "ja"
    anna.types("vad saknas").sees("Är kommuniceringsrutorna på sista sidan ifyllda? Återlämnad av chefen.")
    anna.presses("Besvara 7").presses("Ja").sees("Sammanfattning", REMARK, "Inget saknas.")
    assert anna.revisions("communication_boxes_filled") == ["ja", "ja"]
    assert REMARK not in str(room.content())


def test_a_list_sent_back_with_a_comment_alone_says_so_on_its_summary(room: Room, cecilia: Chat, anna: Chat) -> None:
    has_read(room)
    cecilia.presses("Återlämna").presses("Återlämna", Kommentar=REMARK)

    anna.types(f"fortsätt {REF}").sees("Sammanfattning", "Återlämnad", "Inget saknas.")
    anna.presses("Skicka till chef").types(f"fortsätt {REF}").sees("Skickad")


def test_information_sent_back_and_confirmed_is_answered_again(room: Room, cecilia: Chat, anna: Chat) -> None:
    has_read(room)
    sends_back(cecilia, "3. Har barnet fått information om orosanmälan?")

    anna.types("fortsätt").sees(REMARK).presses("Spara", Orosanmälan="Ja").sees("Sammanfattning", "Inget saknas.")
    assert anna.revisions("child_informed_report") == ["ja", "ja"]


def test_a_motivation_sent_back_keeps_its_text_to_go_on_from(room: Room, cecilia: Chat, anna: Chat) -> None:
    has_read(room, {"child_heard": "nej"}, {"child_heard": "nej", "child_not_heard_motivated": "nej"})
    sends_back(cecilia, "2. Finns en motivering till varför barnet inte kommit till tals?")

    anna.types("fortsätt").is_asked("child_not_heard_motivated").sees(REMARK, TEXTS["motivation"])
    anna.presses("Spara", Motivering=WHY)

    assert anna.written("child_not_heard_motivated").motivation == WHY
    anna.sees("Sammanfattning")


def test_a_return_needs_a_comment_and_keeps_what_was_written(room: Room, cecilia: Chat, anna: Chat) -> None:
    has_read(room).presses("Återlämna").presses("Återlämna", Kommentar="").sees("Skriv något i fältet")
    cecilia.presses("Återlämna", Kommentar=f"{NUMBER} saknas").sees("personnummer").sees_no(NUMBER)
    cecilia.presses("Återlämna", Kommentar="ö" * 4001).sees("4001 tecken")
    cecilia.presses("Tillbaka").sees("Skillnader")

    assert room.scalar("select count(*) from filled_checklist where status = 'returned'") == 0


def test_it_may_be_sent_back_before_she_has_read_it_all(room: Room, cecilia: Chat, anna: Chat) -> None:
    sent(room, GAP)
    sends_back(begins(cecilia), BOXES)

    anna.types("mina ärenden").sees("Återlämnat av chef")
    cecilia.types(f"fortsätt {REF}").sees("väntar på handläggaren")
    cecilia.types("att läsa").sees("Inget väntar")


def test_sent_again_she_reads_only_what_was_changed(room: Room, cecilia: Chat, anna: Chat) -> None:
    has_read(room, GAP)
    sends_back(cecilia, BOXES)
    anna.types("fortsätt").presses("Ja").presses("Skicka till chef")

    cecilia.receives().sees("skickat för läsning igen", "Inget saknas").presses("Fortsätt läsa")
    assert list(inputs(cecilia.card)) == ["communication_boxes_filled"]
    reads(cecilia).presses("Visa skillnader").presses("Signera").sees("Signerat")

    assert signature(room).voided_at is None


def test_a_question_pointed_at_twice_is_one_and_what_was_not_offered_is_none(room: Room, cecilia: Chat) -> None:
    has_read(room).presses("Återlämna")
    (boxes,) = (one["value"] for one in inputs(cecilia.card)["items"]["choices"] if one["title"] == BOXES)
    made_up = f"{boxes.partition('/')[0]}/manager_ready_to_sign"

    data = gathered(cecilia.card, button(cecilia.card, "Återlämna"), {"comment": REMARK})

    cecilia.sends(data | {"items": f"{boxes},{made_up},,{boxes}"}).sees("Antal frågor att titta på igen: 1.")

    assert room.scalar("select count(*) from returned_point") == 1


def test_what_was_pointed_at_and_left_as_it_was_is_settled_by_the_signature(
    room: Room, cecilia: Chat, anna: Chat
) -> None:
    has_read(room)
    sends_back(cecilia, BOXES)
    anna.types("vad saknas").sees("Återlämnad av chefen").presses("Skicka till chef")
    cecilia.receives().presses("Fortsätt läsa")
    cecilia.presses("Signera med brist").presses("Signera med brist", Skäl=WHY).sees("Signerat med brist")

    anna.types("vad saknas").sees("Inget saknas").sees_no("Återlämnad av chefen")
    assert anna.counted("communication_boxes_filled") == "ja"


def test_a_second_return_of_the_same_sending_is_one(room: Room, cecilia: Chat) -> None:
    has_read(room)
    cecilia.presses("Återlämna")
    card = cecilia.shown
    cecilia.presses("Återlämna", Kommentar=REMARK)
    cecilia.presses("Återlämna", {"Kommentar": "Påhittad annan kommentar"}, on=card)

    assert len(room.events("returned")) == 1


# --- a change after signing --------------------------------------------------------------------------------


def test_a_change_after_signing_voids_it_and_both_sides_are_told(room: Room, cecilia: Chat, anna: Chat) -> None:
    has_read(room).presses("Signera")
    anna.types("ändra 7").presses("Nej").sees("behöver läsas om, och chefen har fått besked")
    anna.sees_no("Underlaget har ändrats efter signeringen")  # said once

    anna.types("mina ärenden").sees("Behöver läsas om")
    cecilia.receives().sees(f"{REF} behöver läsas om").sees_no("Nej")
    cecilia.types("att läsa").sees("Behöver läsas om").presses("Fortsätt läsa")
    assert list(inputs(cecilia.card)) == ["communication_boxes_filled"]
    reads(cecilia, GAP).presses("Visa skillnader").presses("Signera med brist").presses("Signera med brist", Skäl=WHY)

    case = room.case().id
    rows = room.desk.run_now(lambda session: signatures.of_case(session, case))
    assert [row.voided_at is None for row in rows] == [True, False]
    assert len(room.events("voided")) == 1


CHANGES = {
    "a comment": lambda anna: anna.types("ändra 7").presses("Kommentera").presses("Spara", Kommentar=WHY),
    "taking back": lambda anna: anna.types("ångra").presses("Ångra"),
    "a fact": lambda anna: anna.types("uppgifter").presses("Spara", {"violence.0": "Ja"}),
    "a motivation": lambda anna: anna.types("ändra 10").presses("Spara", Motivering=WHY).presses("Spara"),
    "how": lambda anna: anna.types("ändra 1").presses("Ja").types("ändra 1").presses("Nej"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_voids(room: Room, anna: Chat, change: str) -> None:
    has_read(room).presses("Signera")

    CHANGES[change](anna)

    assert signature(room).voided_at is not None
    assert "signed" not in room.scalar("select group_concat(status) from filled_checklist where role = 'case_worker'")


def test_what_changes_nothing_does_not_void(room: Room, anna: Chat) -> None:
    has_read(room).presses("Signera")
    anna.types("ändra 7").presses("Ja").types("uppgifter").presses("Spara", {"violence.0": "Nej"})
    anna.types("uppgifter").presses("Spara", {"planned_decision_on": "2026-10-01"})

    assert signature(room).voided_at is None


def test_a_change_of_many_answers_voids_once_and_notifies_once(room: Room, cecilia: Chat, anna: Chat) -> None:
    has_read(room).presses("Signera")
    before = len(cecilia.prompts())
    fields = {"child_informed_report": "Nej", "child_informed_investigation": "Nej"}
    anna.types("ändra 3").presses("Spara", fields).presses("Motivering saknas")

    cecilia.receives()
    assert len(cecilia.received) == before + 1
    cecilia.presses("Fortsätt läsa")
    assert set(inputs(cecilia.card)) == set(fields)


def test_a_new_child_after_signing_voids_and_is_sent_and_read(room: Room, cecilia: Chat, anna: Chat) -> None:
    opens(anna, children=1, **(ALL | {"child_placed": "unknown"}))
    cecilia.installs()
    fills(anna).presses("Skicka till chef")
    reads(begins(cecilia)).presses("Visa skillnader").presses("Signera med brist").presses(
        "Signera med brist", Skäl=WHY
    )
    anna.types("vad saknas").presses("Fyll i uppgifter").presses("Spara", {"children": "2"})
    assert signature(room).voided_at is not None
    fills(anna).presses("Skicka till chef")

    reads(cecilia.receives().presses("Fortsätt läsa")).presses("Visa skillnader").sees("Barn 2")


@pytest.mark.parametrize("child", [1, 2])
def test_what_changes_for_one_child_is_read_again_and_the_whole_is_signed_again(
    room: Room, cecilia: Chat, anna: Chat, child: int
) -> None:
    cecilia.installs()
    fills(opens(anna, children=2, **ALL)).presses("Skicka till chef")
    reads(begins(cecilia)).presses("Visa skillnader").presses("Signera med brist").presses(
        "Signera med brist", Skäl=WHY
    )
    first = signature(room)
    anna.types(f"ändra 1 barn {child}").presses("Nej")
    fills(anna)
    assert signature(room).voided_at is not None

    reads(cecilia.types("att läsa").presses("Fortsätt läsa"), {"child_heard": "nej"}).presses("Visa skillnader")
    cecilia.presses("Signera med brist").presses("Signera med brist", Skäl=WHY)
    states = "select count(*) from filled_checklist where status = 'signed'"
    assert room.scalar(states) == 4, "the lists of both children, as the worker and the chef have them"
    assert room.scalar("select count(*) from signature where voided_at is null") == 1
    assert first.id != room.scalar("select id from signature where voided_at is null")


def test_a_closed_case_is_neither_signed_nor_sent_back(room: Room, cecilia: Chat, anna: Chat) -> None:
    has_read(room)
    anna.types("uppgifter").presses("Avsluta").presses("Avsluta")

    cecilia.refreshing = False
    card = cecilia.shown
    cecilia.presses("Signera").sees("Ärendet är avslutat")
    cecilia.presses("Återlämna", on=card).sees("Ärendet är avslutat")
    cecilia.types("att läsa").sees("Inget väntar")

    assert room.count(SignatureRow) == 0


def test_reading_and_signing_stand_in_the_trail_without_content(room: Room, cecilia: Chat) -> None:
    has_read(room).presses("Signera")

    begun = room.events("reading_begun")[0]
    acts = [event.act for event in room.events() if event.actor == begun.actor]
    assert [act for act in acts if act != "answered"] == ["installed", "reading_begun", "differences_seen", "signed"]
    assert {event.detail for event in room.events() if event.actor == begun.actor} == {""}


WAS_WORKER = "Du har varit handläggare i ärendet, så någon annan behöver signera"


def was_worker(room: Room, before: str) -> None:
    """Let files say who the workers are, `before` among them, and then that they are Anna and Bo."""
    for workers in (before, "anna,bo"):
        emails = ",".join(f"{name}@example.invalid" if name else "" for name in workers.split(","))
        raw = f"tenant_id,case_ref,unit,lead_email,co_email\n{TENANT},{REF},{NORTH},{emails}"
        room.desk.run_now(lambda s, raw=raw: import_cases(s, raw.encode(), frozenset(), room.now, "cli:test"))  # type: ignore[misc]


@pytest.mark.parametrize("before", ["cecilia,", "anna,cecilia"])
def test_a_chef_who_was_a_case_worker_in_the_case_is_told_that_another_signs(
    room: Room, cecilia: Chat, before: str
) -> None:
    was_worker(room, before)

    has_read(room).sees(WAS_WORKER)
    assert "Signera" not in cecilia.buttons
    cecilia.presses("Återlämna").sees("Kommentar")


def test_she_is_told_so_once_as_she_begins_and_another_chef_is_not(room: Room, cecilia: Chat) -> None:
    was_worker(room, "anna,cecilia")
    move_in(room.desk, ("doris", "Doris Uppdiktad", NORTH, "unit_manager"))
    sent(room)
    said = "men någon annan behöver signera"

    cecilia.types(f"fortsätt {REF}").sees(said)
    cecilia.types(f"fortsätt {REF}").sees_no(said)
    room.chat("doris").types(f"fortsätt {REF}").sees("Läsning").sees_no(said)


@pytest.mark.parametrize("before", ["cecilia,", "anna,cecilia"])
def test_a_chef_who_was_a_case_worker_in_the_case_never_signs_it(room: Room, cecilia: Chat, before: str) -> None:
    has_read(room)
    was_worker(room, before)

    cecilia.presses("Signera").sees(WAS_WORKER)

    assert room.events("signed") == []
    assert "Signera" not in cecilia.buttons
    cecilia.presses("Återlämna").sees("Kommentar")


def test_back_from_returning_keeps_the_comment_and_the_questions(room: Room) -> None:
    sent(room)
    cecilia = begins(room.chat("cecilia"))
    reads(cecilia).presses("Visa skillnader").presses("Återlämna")
    chosen = next(row["choices"][0]["value"] for row in inputs(cecilia.card).values() if row.get("choices"))
    cecilia.presses("Tillbaka", {"comment": "Påhittad kommentar", "items": chosen}).presses("Återlämna")

    fields = inputs(cecilia.card)
    assert (fields["comment"]["value"], fields["items"]["value"]) == ("Påhittad kommentar", chosen)


def test_back_from_signing_with_a_shortfall_keeps_the_reason(room: Room) -> None:
    sent(room, {"communication_boxes_filled": "nej"})
    cecilia = begins(room.chat("cecilia"))
    reads(cecilia).presses("Visa skillnader").presses("Signera med brist")
    cecilia.presses("Tillbaka", {"Skäl": "Påhittat skäl"}).presses("Signera med brist")

    assert inputs(cecilia.card)["reason"]["value"] == "Påhittat skäl"
    cecilia.presses("Signera med brist")
    assert room.scalar("select count(*) from draft") == 0


def test_after_a_voided_signature_the_worker_is_told_that_the_chef_has_it(room: Room, anna: Chat) -> None:
    has_read(room).presses("Signera")
    anna.types("ändra 7").presses("Nej")

    for line in ("vad saknas", "mina ärenden"):
        anna.types(line)
        if line == "mina ärenden":
            anna.presses(f"Öppna {REF}")
        anna.sees("behöver läsas om", "Det ligger hos chefen. Du behöver inte skicka det igen.")
        assert "Skicka till chef" not in anna.buttons
    anna.types("vad saknas").presses("Besvara 7").presses("Ja")
    reads(room.chat("cecilia").types("att läsa").presses("Fortsätt läsa")).presses("Visa skillnader")
    room.chat("cecilia").presses("Signera").sees("Signerat")
