"""What people are told at once: the worker of a signature, and before she voids one; the deputy that she is one."""

import pytest

from tests.chat.drive import fills, opens
from tests.chat.harness import NORTH, REF, Chat, Room, move_in
from tests.chat.read_drive import ALL, begins, reads, sent
from tests.chat.test_sign_off import GAP, WHY, has_read, signature


@pytest.fixture
def cecilia(room: Room) -> Chat:
    return room.chat("cecilia").installs()


# --- signed ----------------------------------------------------------------------------------------------------------


def test_the_worker_is_told_at_once_that_her_list_is_signed(room: Room, anna: Chat, cecilia: Chat) -> None:
    has_read(room).presses("Signera")

    anna.receives().sees(f"{REF} är signerat", "Från: Cecilia Fiktiv").sees_no("brist")
    anna.presses(f"Öppna {REF}").sees("Signerat 10:42 av Cecilia Fiktiv")


def test_she_reads_with_which_gaps_and_why_it_was_signed(room: Room, anna: Chat, cecilia: Chat) -> None:
    sent(room, GAP)
    reads(begins(cecilia), GAP).presses("Visa skillnader").presses("Signera med brist")
    cecilia.presses("Signera med brist", Skäl=WHY)

    anna.receives().sees(f"{REF} är signerat med brist", "kommuniceringsrutorna", "Det här saknades").sees_no(WHY)
    anna.presses(f"Öppna {REF}").sees("Signerat med brist 10:42 av Cecilia Fiktiv", WHY)


def test_the_co_worker_is_told_too_and_a_file_tells_nobody(room: Room, anna: Chat, bo: Chat, cecilia: Chat) -> None:
    bo.installs()
    opens(anna.installs(), **ALL).types("uppgifter").presses("Spara", {"Medhandläggare": "Bo Exempel"})
    fills(anna.types("fortsätt")).presses("Skicka till chef")
    reads(begins(cecilia)).presses("Visa skillnader").presses("Signera")

    for worker in (anna, bo):
        worker.receives().sees(f"{REF} är signerat")


def test_she_is_told_at_once_when_it_is_returned(room: Room, anna: Chat, cecilia: Chat) -> None:
    has_read(room).presses("Återlämna").presses("Återlämna", Kommentar=WHY)

    anna.receives().sees(f"{REF} är återlämnat").sees_no(WHY).presses(f"Fortsätt {REF}").sees(WHY)


# --- asked before a signature falls ------------------------------------------------------------------------------


@pytest.fixture
def signed(room: Room, anna: Chat, cecilia: Chat) -> Chat:
    """Anna, whose list is signed, and who stops when she is asked."""
    has_read(room).presses("Signera")
    anna.asked_first = True
    return anna


def test_nothing_is_stored_before_she_has_said_yes(room: Room, signed: Chat) -> None:
    before = room.count()
    signed.types("ändra 7").presses("Nej").sees(f"{REF} är signerat", "gäller inte signeringen längre")
    assert room.count() == before
    assert signature(room).voided_at is None

    signed.presses("Ändra ändå").sees("behöver läsas om, och chefen har fått besked")
    assert signature(room).voided_at is not None
    assert signed.revisions("communication_boxes_filled")[-1] == "nej"
    assert len(room.events("void_confirmed")) == 1


def test_she_can_leave_it(room: Room, signed: Chat) -> None:
    signed.types("ändra 7").presses("Nej").presses("Låt stå").sees("Signerat 10:42")
    assert signature(room).voided_at is None


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        ("ja", True),
        ("1", True),
        ("Ändra ändå", True),
        ("nej", False),
        ("2", False),
        ("låt stå", False),
        ("avbryt", False),
        ("Cancel!", False),
    ],
)
def test_whether_to_change_may_be_answered_by_typing(room: Room, signed: Chat, line: str, *, changes: bool) -> None:
    signed.types("ändra 7").types("nej").sees("Vill du ändra ändå?").types(line)

    assert (signature(room).voided_at is not None) is changes
    assert signed.stored("communication_boxes_filled") == ("nej" if changes else "ja")


def test_of_a_text_after_the_answer_she_is_told_that_it_is_to_be_written_again(room: Room, signed: Chat) -> None:
    signed.types("ändra 7").types(f"nej, {WHY}").sees(
        "Vill du ändra ändå?", "Texten du skrev efter svaret är inte heller"
    )
    signed.types("ja").sees("behöver läsas om")

    assert signed.stored("communication_boxes_filled") == "nej"
    signed.types("ändra 7").types("ja").sees_no("Texten du skrev")


def test_she_is_asked_once_for_each_signature(room: Room, signed: Chat, cecilia: Chat) -> None:
    signed.types("ändra 7").presses("Nej").presses("Ändra ändå")
    signed.types("ändra 9").presses("Nej").sees_no("är signerat")
    reads(cecilia.types("att läsa").presses("Fortsätt läsa"), GAP)
    cecilia.presses("Visa skillnader").presses("Signera med brist").presses("Signera med brist", Skäl=WHY)

    signed.types("ändra 7").presses("Ja").sees(f"{REF} är signerat", "Vill du ändra ändå?")


def test_typed_answers_and_undo_are_asked_about_too(room: Room, signed: Chat) -> None:
    signed.types("ändra 7").types("nej").sees("Vill du ändra ändå?")
    signed.types("ångra").sees("ta tillbaka ett tidigare svar?").presses("Ångra")
    signed.sees("Vill du ändra ändå?").presses("Ändra ändå").sees("Ångrat.")
    assert signature(room).voided_at is not None


def test_what_she_had_filled_in_is_kept_while_she_is_asked(room: Room, signed: Chat) -> None:
    signed.types("ändra 10").presses("Spara", Motivering=WHY).sees("Vill du ändra ändå?")
    signed.presses("Ändra ändå").sees(WHY, "Nu kan du ändra").presses("Spara").sees("behöver läsas om")


@pytest.mark.parametrize("fact", ["violence.0", "child_placed.1"])
def test_a_fact_is_asked_about_with_the_whole_card_kept(room: Room, signed: Chat, fact: str) -> None:
    fields = {fact: "Ja", "planned_decision_on": "2026-10-01"}
    signed.types("uppgifter").presses("Spara", fields).sees("Vill du ändra ändå?")
    signed.presses("Ändra ändå").sees("Sparat.")
    assert str(room.case().planned_decision_on) == "2026-10-01"
    assert signed.facts()[fact.partition(".")[0]] == "ja"


def test_dates_and_people_are_not_asked_about(room: Room, signed: Chat) -> None:
    signed.types("uppgifter").presses("Spara", {"planned_decision_on": "2026-10-01"}).sees("Sparat.")
    signed.presses("Spara", {"Medhandläggare": "Bo Exempel"}).sees("Sparat.")
    assert signature(room).voided_at is None


def test_the_form_is_asked_about_as_a_whole(room: Room, signed: Chat) -> None:
    signed.types("formulär").presses("Spara", {"communication_boxes_filled": "Nej", "child_heard": "Ja"})
    signed.sees("Vill du ändra ändå?").presses("Ändra ändå")
    assert signed.revisions("communication_boxes_filled")[-1] == "nej"


def test_a_comment_is_asked_about_before_she_writes_it(room: Room, signed: Chat) -> None:
    signed.types("ändra 7").presses("Kommentera").sees("Vill du ändra ändå?").presses("Ändra ändå")
    signed.presses("Spara", Kommentar=WHY).sees("behöver läsas om")


# --- the deputy --------------------------------------------------------------------------------------------------


def test_a_deputy_named_before_she_had_the_app_is_told_when_she_gets_it(room: Room, cecilia: Chat, bo: Chat) -> None:
    fields = {"person": "Bo Exempel", "first": "2026-05-12", "last": "2026-05-20"}
    cecilia.types("ersättare").presses("Spara", fields).sees("saknar appen")

    bo.installs().sees("Välkommen", "Du ersätter Cecilia Fiktiv från 2026-05-12 till 2026-05-20")
    bo.removes()
    cecilia.types("ersättare").presses("Spara", fields | {"last": "2026-05-22"}).sees("saknar appen")
    bo.installs().sees("Du är utsedd till ersättare", "2026-05-22")


def test_what_is_over_is_not_told(room: Room, bo: Chat) -> None:
    move_in(room.desk, ("bo", "Bo Exempel", NORTH, "deputy"), days="2026-04-01,2026-04-20")
    bo.installs().sees_no("Du ersätter")
