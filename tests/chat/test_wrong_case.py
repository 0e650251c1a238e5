"""A case opened under a wrong number: put right, made one with another, withdrawn, asked for."""

import pytest

from storage import aggregates
from tests.chat.drive import fills, opens
from tests.chat.harness import NORTH, REF, REGISTER, TENANT, Chat, Room, move_in
from tests.chat.read_drive import begins, reads
from tests.sql.import_files import import_cases

ALL = {"violence": "nej", "child_placed": "nej", "intervention_decided": "nej", "child_communicated": "ja"}
WRONG = "SN 2026/0132"


@pytest.fixture
def cecilia(room: Room) -> Chat:
    return room.chat("cecilia").installs()


def figures(room: Room) -> int:
    """Return how many lists the figures count."""
    room.desk.run_now(aggregates.project_new)
    return int(room.scalar("select count(*) from counted where filled_id > 0"))


# --- renamed ---------------------------------------------------------------------------------------------------------


def test_a_wrong_number_is_put_right_and_what_is_written_goes_with_it(room: Room, anna: Chat) -> None:
    opens(anna, WRONG, **ALL).presses("Ja")

    anna.types(f"uppgifter {WRONG}").presses("Fel ärendenummer").presses("Spara", {"case_ref": "sn 2026/0123"})

    anna.sees(f"Ärendet heter nu {REF} (förut {WRONG})")
    assert anna.buttons == [f"Fortsätt {REF}", "Uppgifter", "Mina ärenden"]
    assert anna.stored("child_heard") == "ja"
    anna.types(f"fortsätt {WRONG}").sees("inget ärende med det numret")
    anna.types("mina ärenden").sees(REF).sees_no(WRONG)
    anna.types(f"ny {WRONG}").sees("Uppgifter som avgör")  # the number is free
    assert len(room.events("ref_changed")) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "känns inte igen"),
        ("tolv", "känns inte igen"),
        ("19121212-1212", "personnummer"),
        (WRONG, "redan det numret"),
    ],
)
def test_a_number_that_is_none_changes_nothing(room: Room, anna: Chat, typed: str, said: str) -> None:
    opens(anna, WRONG, **ALL)

    anna.types(f"fel nummer {WRONG}").presses("Spara", {"case_ref": typed}).sees(said)

    assert room.case(WRONG).ref == WRONG
    assert room.events("ref_changed") == []


def test_a_number_that_somebody_else_has_is_refused_and_told_nothing_of(room: Room, anna: Chat, bo: Chat) -> None:
    opens(bo, **ALL)
    opens(anna, WRONG, **ALL)

    anna.types(f"fel nummer {WRONG}").presses("Spara", {"case_ref": REF})

    anna.sees("Ett annat ärende har det numret").sees_no("Bo Exempel")
    assert room.case(WRONG).lead_id != room.case(REF).lead_id


@pytest.mark.parametrize("name", ["anna", "cecilia"])
def test_the_card_of_the_case_last_used_stays_when_it_comes_into_view(room: Room, anna: Chat, name: str) -> None:
    fills(opens(anna, violence="nej")).presses("Skicka till chef")
    room.chat("cecilia").types(f"registerutdrag {REF}")
    room.chat(name).types("fel nummer").sees(REF).presses("Spara", Ärende="SN 2026/0777").sees("SN 2026/0777")


def test_whoever_has_the_case_is_told_its_new_number_by_whoever_else_gives_it(
    room: Room, anna: Chat, cecilia: Chat
) -> None:
    opens(anna, WRONG, **ALL).presses("Ja")

    cecilia.types(f"fel nummer {WRONG}").presses("Spara", {"case_ref": REF})
    anna.receives().sees(f"{WRONG} heter nu {REF}").presses(f"Fortsätt {REF}").is_asked("child_informed_report")

    anna.types(f"fel nummer {REF}").presses("Spara", {"case_ref": WRONG})
    assert (anna.arrives(), cecilia.arrives()) == (0, 0)


def test_a_number_written_almost_like_that_of_another_case_of_hers_is_asked_about_once(room: Room, anna: Chat) -> None:
    opens(anna, **ALL)
    opens(anna, WRONG, **ALL)
    short = "SN 2026/123"

    anna.types(f"fel nummer {WRONG}").presses("Spara", {"case_ref": short})
    anna.sees(f"{REF} finns redan, och numren skiljer sig bara i tecken eller nollor")
    assert not room.events("ref_changed")

    anna.presses("Spara", {"case_ref": "SN 2026-123"}).sees(f"{REF} finns redan")  # another number: asked again
    anna.presses("Spara", {"case_ref": "SN 2026-123"}).sees("Ärendet heter nu SN 2026-123")
    anna.types("fel nummer SN 2026-123").presses("Spara", {"case_ref": "SN 2026/00123"}).sees(f"{REF} finns redan")
    anna.presses("Spara", {"case_ref": REF}).sees(f"Ärendet heter nu {REF} (förut SN 2026-123)")


def test_a_case_that_she_only_shares_is_asked_about_too_but_not_taken(room: Room, anna: Chat, bo: Chat) -> None:
    opens(bo, **ALL)
    raw = f"tenant_id,case_ref,co_email\n{TENANT},{REF},anna@example.invalid\n".encode()
    room.desk.run_now(lambda session: import_cases(session, raw, frozenset({TENANT}), room.now, "cli:test"))
    opens(anna, WRONG, **ALL)

    anna.types(f"fel nummer {WRONG}").presses("Spara", {"case_ref": "SN 2026/123"}).sees(f"{REF} finns redan")
    anna.presses("Spara", {"case_ref": REF}).sees("Ett annat ärende har det numret")


def test_its_own_number_written_otherwise_is_only_a_correction(room: Room, anna: Chat) -> None:
    opens(anna, **ALL)
    anna.types(f"fel nummer {REF}").presses("Spara", {"case_ref": "SN 2026/123"}).sees("Ärendet heter nu SN 2026/123")


@pytest.mark.parametrize("others", [True, False])
def test_a_new_number_says_nothing_of_one_like_it_that_she_may_not_open(
    room: Room, anna: Chat, bo: Chat, *, others: bool
) -> None:
    if others:
        opens(bo, **ALL)
    opens(anna, WRONG, **ALL)
    anna.types(f"fel nummer {WRONG}").presses("Spara", {"case_ref": "SN 2026/123"})
    anna.sees("Ärendet heter nu SN 2026/123").sees_no(REF)


def test_a_case_that_is_named_almost_rightly_is_offered_to_be_put_right(room: Room, anna: Chat, bo: Chat) -> None:
    opens(anna, **ALL).types("mina ärenden").types("fel nummer SN 2026-123").sees(f"Menade du ”fel nummer {REF}”?")
    anna.presses(f"fel nummer {REF}").sees("Fel ärendenummer")
    bo.types("fel nummer SN 2026-123").sees("inget ärende").sees_no(REF)


def test_an_admin_is_offered_a_case_unless_its_identity_is_protected(room: Room, anna: Chat) -> None:
    move_in(room.desk, ("ada", "Ada Uppdiktad", "", "admin"))
    ada = room.chat("ada").installs()
    opens(anna, **ALL)
    ada.types("fel nummer SN 2026-123").sees(f"Menade du ”fel nummer {REF}”?")
    ada.types("radering").presses("Begär radering", {"case_ref": "SN 2026/123", "decision": "SN § 45/2026"})
    ada.sees("inget ärende", f"Menade du {REF}?")

    anna.types(f"uppgifter {REF}").presses("Spara", {"protected_identity": "Ja"})
    ada.types("fel nummer SN 2026-123").sees("inget ärende").sees_no(REF)
    ada.types("radering").presses("Begär radering", {"case_ref": "SN 2026/123", "decision": "SN § 45/2026"})
    ada.sees("inget ärende").sees_no(REF)


def test_an_outdated_card_does_not_rename_again(room: Room, anna: Chat) -> None:
    opens(anna, WRONG, **ALL)
    anna.types(f"fel nummer {WRONG}")
    old = anna.shown
    anna.presses("Spara", {"case_ref": REF})

    anna.presses("Spara", {"case_ref": "SN 2026/0777"}, on=old).sees("ändrat")

    assert room.case(REF).ref == REF


# --- made one with an empty case -------------------------------------------------------------------------------------


def test_a_case_takes_the_place_of_an_empty_one_with_its_dates_and_unit(room: Room, anna: Chat, cecilia: Chat) -> None:
    raw = f"tenant_id,case_ref,unit,received_on,opened_on\n{TENANT},{REF},{NORTH},2026-05-01,2026-05-04\n"
    room.desk.run_now(lambda s: import_cases(s, raw.encode(), frozenset(), room.now, "cli:test"))
    opens(anna, WRONG, **ALL).presses("Ja")

    cecilia.types(f"fel nummer {WRONG}").presses("Spara", {"case_ref": REF}).sees(f"Ärendet heter nu {REF}")

    assert anna.stored("child_heard") == "ja"
    assert str(room.case().opened_on) == "2026-05-04"
    anna.types("mina ärenden").sees(REF)
    assert figures(room) == 1
    assert len(room.events("withdrawn")) == 1


def of_file(room: Room, cells: str) -> None:
    raw = f"tenant_id,case_ref,unit,received_on,closed_on,children,child_placed\n{TENANT},{REF},{NORTH},{cells}\n"
    room.desk.run_now(lambda s: import_cases(s, raw.encode(), frozenset(), room.now, "cli:test"))


def test_the_children_of_the_empty_case_are_the_cases_and_have_their_lists(
    room: Room, anna: Chat, cecilia: Chat
) -> None:
    of_file(room, ",,2,ja")
    opens(anna, WRONG, **{**ALL, "child_placed": "unknown"}).presses("Ja")

    cecilia.types(f"fel nummer {WRONG}").presses("Spara", {"case_ref": REF}).sees(f"Ärendet heter nu {REF}")

    assert room.case().children == 2
    placed = "select count(*) from fact where name = 'child_placed' and value = 'ja' and case_id = "
    assert room.scalar(placed + str(room.case().id)) == 2
    anna.types(f"fortsätt {REF} barn 2").sees("Barn 2")


def test_a_closed_case_that_takes_the_place_of_an_empty_one_gets_no_list_to_answer(
    room: Room, anna: Chat, cecilia: Chat
) -> None:
    of_file(room, ",,2,")
    opens(anna, WRONG, **ALL).presses("Ja")
    anna.types(f"uppgifter {WRONG}").presses("Avsluta").presses("Avsluta", Avslutat="2026-05-12")

    cecilia.types(f"fel nummer {WRONG}").presses("Spara", {"case_ref": REF}).sees(f"Ärendet heter nu {REF}")

    assert (room.case().children, str(room.case().closed_on)) == (2, "2026-05-12")
    lists = "select count(*) from filled_checklist where case_id = "
    assert room.scalar(lists + str(room.case().id)) == 1


def test_a_case_that_has_an_earlier_investigation_is_not_taken_the_place_of(
    room: Room, anna: Chat, cecilia: Chat
) -> None:
    of_file(room, "2026-01-05,2026-02-10,,")
    of_file(room, "2026-05-04,,,")
    opens(anna, WRONG, **ALL).presses("Ja")

    cecilia.types(f"fel nummer {WRONG}").presses("Spara", {"case_ref": REF}).sees("Ett annat ärende har det numret")

    assert (room.case(WRONG).ref, str(room.case().earlier_closed_on)) == (WRONG, "2026-02-10")


def test_who_had_the_empty_case_is_told_that_it_is_hers_no_longer(room: Room, anna: Chat, cecilia: Chat) -> None:
    opens(anna, WRONG, **ALL).presses("Ja")
    bo = opens(room.chat("bo").installs(), **ALL)

    cecilia.types(f"fel nummer {WRONG}").presses("Spara", {"case_ref": REF}).sees(f"Ärendet heter nu {REF}")

    bo.receives().sees(f"{REF} har lämnats över till Anna Påhittad", "Du kan inte längre öppna det")
    anna.receives().sees(f"{WRONG} heter nu {REF}").presses(f"Fortsätt {REF}").is_asked("child_informed_report")


@pytest.mark.parametrize("name", ["cecilia", "ada"])
def test_whoever_may_not_void_a_signature_is_told_so(room: Room, anna: Chat, cecilia: Chat, name: str) -> None:
    move_in(room.desk, *REGISTER, ("ada", "Ada Påhittad", "", "admin"))
    fills(opens(anna, WRONG, **{**ALL, "violence": "unknown"})).presses("Skicka till chef")
    chef = reads(begins(cecilia)).presses("Visa skillnader")
    chef.presses("Signera med brist").presses("Signera med brist", Skäl="Påhittat skäl")
    raw = f"tenant_id,case_ref,unit,violence\n{TENANT},{REF},{NORTH},ja\n"
    room.desk.run_now(lambda s: import_cases(s, raw.encode(), frozenset(), room.now, "cli:test"))

    room.chat(name).types(f"fel nummer {WRONG}").presses("Spara", {"case_ref": REF}).sees("Bara den som arbetar med")

    assert room.case(WRONG).ref == WRONG
    assert room.scalar("select count(*) from signature where voided_at is not null") == 0


def test_a_case_with_answers_is_never_taken_the_place_of(room: Room, anna: Chat, bo: Chat, cecilia: Chat) -> None:
    opens(bo, **ALL).presses("Ja")
    opens(anna, WRONG, **ALL).presses("Nej")

    cecilia.types(f"fel nummer {WRONG}").presses("Spara", {"case_ref": REF}).sees("Ett annat ärende har det numret")

    assert (bo.stored("child_heard"), anna.stored("child_heard", ref=WRONG)) == ("ja", "nej")
    assert room.events("withdrawn") == []


# --- withdrawn -------------------------------------------------------------------------------------------------------


def test_a_withdrawn_case_is_in_no_list_figure_or_reminder_and_its_number_is_free(
    room: Room, anna: Chat, cecilia: Chat
) -> None:
    old = opens(anna, WRONG, **ALL).shown
    anna.presses("Ja")
    assert figures(room) == 1

    anna.types(f"fel nummer {WRONG}").presses("Dra tillbaka ärendet").sees("Det finns svar i ärendet")
    assert room.events("withdrawn") == []
    anna.presses("Dra tillbaka ärendet").sees(f"{WRONG} är draget tillbaka")

    assert figures(room) == 0
    anna.types("mina ärenden").sees_no(WRONG)
    anna.types(f"vad saknas {WRONG}").sees("inget ärende med det numret")
    anna.types("vad saknas").sees("Vilket ärende gäller det?")
    anna.presses("Nej", on=old).sees("inget ärende med det numret")
    room.later(days=200)
    room.sweeps()
    assert [chat.arrives() for chat in (anna, cecilia)] == [0, 0]
    anna.types(f"ny {WRONG}").sees("Uppgifter som avgör")


def test_whoever_has_the_case_is_told_that_the_chef_has_withdrawn_it(room: Room, anna: Chat, cecilia: Chat) -> None:
    opens(anna, WRONG, **ALL)

    cecilia.types(f"fel nummer {WRONG}").presses("Dra tillbaka ärendet").sees(f"{WRONG} är draget tillbaka")

    anna.receives().sees(f"{WRONG} är draget tillbaka", "inte längre bland dina ärenden")
    anna.presses("Mina ärenden").sees("Du har inga öppna ärenden")


def test_a_case_that_was_sent_is_not_withdrawn(room: Room, anna: Chat, cecilia: Chat) -> None:
    fills(opens(anna, **ALL))
    before = anna.types(f"fel nummer {REF}").shown
    anna.types(f"vad saknas {REF}").presses("Skicka till chef")

    anna.types(f"fel nummer {REF}")
    assert "Dra tillbaka ärendet" not in anna.buttons
    anna.presses("Dra tillbaka ärendet", on=before).sees("kan inte dras tillbaka")
    assert room.events("withdrawn") == []


@pytest.mark.parametrize("name", ["bo", "doris", "vera", "eva"])
def test_nobody_else_puts_a_case_right(room: Room, anna: Chat, name: str) -> None:
    opens(anna, **ALL)

    room.chat(name).types(f"fel nummer {REF}").sees("inget ärende med det numret")


# --- asked for and handed over ---------------------------------------------------------------------------------------


def test_a_taken_number_is_said_and_nothing_more_and_the_chef_hands_the_case_over(
    room: Room, anna: Chat, bo: Chat, cecilia: Chat
) -> None:
    opens(anna, **ALL).presses("Ja")

    bo.types(f"ny {REF}").sees(f"Numret {REF} används redan").sees_no("Anna")
    bo.presses("Be chefen").sees("Chefen har fått ditt meddelande")
    assert cecilia.arrives() == 1
    cecilia.sees("Bo Exempel har försökt öppna", "Handläggare i dag: Anna Påhittad")
    cecilia.presses("Lämna över").sees("Bo Exempel är nu handläggare")

    assert bo.arrives() == 1
    bo.sees(f"Du är nu handläggare i {REF}").presses(f"Fortsätt {REF}").is_asked("child_informed_report")
    anna.arrives()
    anna.sees("har lämnats över till Bo Exempel")
    anna.types(f"fortsätt {REF}").sees("inget ärende med det numret")
    assert len(room.events("case_asked_for")) == 1


def test_an_old_card_of_a_case_that_was_handed_over_is_no_attempt_to_open_it(
    room: Room, anna: Chat, bo: Chat, cecilia: Chat
) -> None:
    old = opens(anna, **ALL).shown
    bo.types(f"ny {REF}").presses("Be chefen")
    cecilia.arrives()
    cecilia.presses("Lämna över")
    denied = room.events("denied")

    anna.refreshes(old)
    assert room.events("denied") == denied, "it came into view by itself"
    anna.presses("Ja", on=old).sees("inget ärende med det numret")
    assert len(room.events("denied")) == len(denied) + 1


def test_the_chef_is_asked_once_a_day(room: Room, anna: Chat, bo: Chat, cecilia: Chat) -> None:
    opens(anna, **ALL)
    for _ in range(3):
        bo.types(f"ny {REF}").presses("Be chefen")
    bo.sees("redan frågat chefen i dag")
    assert (cecilia.arrives(), len(room.events("case_asked_for"))) == (1, 1)

    room.later(days=1)
    bo.types(f"ny {REF}").presses("Be chefen").sees("Chefen har fått")
    assert cecilia.arrives() == 1


@pytest.mark.parametrize("name", ["anna", "cecilia"])
def test_a_case_that_has_got_another_number_since_is_not_the_one_that_was_asked_for(
    room: Room, anna: Chat, bo: Chat, cecilia: Chat, name: str
) -> None:
    opens(anna, **ALL).presses("Ja")
    bo.types(f"ny {REF}").presses("Be chefen")
    asked = cecilia.receives().shown
    room.chat(name).types(f"fel nummer {REF}").presses("Spara", {"case_ref": WRONG})

    cecilia.presses("Lämna över", on=asked).sees("ett annat nummer", "Bo Exempel", "inte överlämnat")

    bo.types(f"fortsätt {WRONG}").sees("inget ärende med det numret")
    anna.types(f"fortsätt {WRONG}").is_asked("child_informed_report")


def test_a_case_that_somebody_else_has_got_since_is_not_taken_from_her(
    room: Room, anna: Chat, bo: Chat, cecilia: Chat
) -> None:
    opens(anna, **ALL)
    bo.types(f"ny {REF}").presses("Be chefen")
    asked = cecilia.receives().shown
    cecilia.types(f"uppgifter {REF}").presses("Spara handläggare", {"Handläggare": "Eva Tvåenheter"})
    taken = room.case().lead_id

    cecilia.presses("Lämna över", on=asked).sees("en annan handläggare").presses("Uppgifter").sees("Eva Tvåenheter")

    assert room.case().lead_id == taken


def test_a_case_is_not_handed_over_to_somebody_of_another_unit(room: Room, anna: Chat, cecilia: Chat) -> None:
    opens(anna, **ALL)
    doris = room.chat("doris")

    doris.types(f"ny {REF}").presses("Be chefen")
    cecilia.arrives()

    cecilia.sees("inte handläggare i ärendets enhet")
    assert "Lämna över" not in cecilia.buttons
    assert doris.types(f"fortsätt {REF}").sees("inget ärende med det numret")


def test_what_happened_under_a_wrong_number_is_not_in_the_log_of_the_right_case(
    room: Room, anna: Chat, bo: Chat
) -> None:
    opens(anna, **ALL).presses("Ja")  # her case is really 0777, and she wrote Bo's number
    anna.types(f"fel nummer {REF}").presses("Spara", {"case_ref": "SN 2026/0777"})
    opens(bo, **ALL)

    right, other = room.case(), room.case("SN 2026/0777")
    assert right.id != other.id
    acts = [event.act for event in room.events() if event.case_id == right.id]
    assert "answered" not in acts
    assert "ref_changed" not in acts


def test_the_number_is_taken_for_the_list_of_a_report_as_well(anna: Chat, bo: Chat) -> None:
    opens(anna, **ALL)

    bo.types(f"ny skyddsbedömning {REF}").sees(f"Numret {REF} används redan").sees_no("Anna")
