"""An adult's case and a child's, linked, with what the two units assessed together (R8, R2), on both databases."""

import pytest
from sqlmodel import select

from reports.case_extract import case_rows
from storage import cases, inbox, outbox, tenants
from storage.desk import Session
from storage.inbox import InboxRow
from storage.outbox import OutboxRow
from tests.chat.card_hand import button
from tests.chat.harness import NORTH, Chat, Room, move_in
from tests.chat.list_drive import ADULT, ADULT_UNIT, CHILD, DEPUTY, furnish, takes_in
from tests.sql.kept_figures import dispose_of

OWN = "Kopplade ärenden"
NO_CASE = "inget ärende med det numret"


def people(room: Room) -> tuple[Chat, Chat, Chat, Chat]:
    """Return the child's worker and chef, and the adult's worker and chef, all with the app."""
    furnish(room)
    anna, cecilia, ylva, hugo = (room.chat(name).installs() for name in ("anna", "cecilia", "ylva", "hugo"))
    return anna, cecilia, ylva, hugo


def linked(room: Room) -> tuple[Chat, Chat, Chat, Chat]:
    """Return the same, where the cases are linked: the adult's worker asked, and the child's said yes."""
    anna, cecilia, ylva, hugo = people(room)
    ylva.types(f"koppla {ADULT} {CHILD}")
    anna.receives()
    anna.presses("Ja, koppla")
    for chat in (cecilia, ylva):
        chat.receives()
    return anna, cecilia, ylva, hugo


def test_linked_cases_with_a_joint_checkpoint_are_seen_from_both_units(either_room: Room) -> None:
    anna, cecilia, ylva, hugo = people(either_room)

    ylva.types(f"koppla {ADULT} {CHILD}").sees(f"Du kan inte öppna {CHILD}", "fått frågan").sees_no("Kopplat till")
    anna.receives().sees(
        "Får ett ärende kopplas?", f"Ylva Vuxenhandläggare vill koppla {CHILD} till {ADULT}", ADULT_UNIT
    )
    anna.presses("Ja, koppla").sees("Ärendena är kopplade")
    ylva.receives().sees(f"{ADULT} är nu kopplat till {CHILD} ({NORTH}), av Anna Påhittad")

    ylva.presses(OWN).sees(f"Kopplat till {CHILD} ({NORTH})", "Ingen bedömning i samråd med BoU än")
    ylva.presses("Bedömning i samråd").presses(
        "Spara", {"Dag för bedömningen": "2026-05-11", "Med vem": "Anna Påhittad"}
    )
    ylva.sees("Bedömningen i samråd är sparad")

    said = "Bedömning i samråd med BoU 2026-05-11: Ylva Vuxenhandläggare och Anna Påhittad"
    ylva.sees(said)
    anna.receives().sees("Ylva Vuxenhandläggare har sparat en bedömning i samråd med BoU")
    anna.types(f"uppgifter {CHILD}").sees(f"Kopplat till {ADULT} ({ADULT_UNIT})", said)
    cecilia.types(f"uppgifter {CHILD}").sees(f"Kopplat till {ADULT} ({ADULT_UNIT})", said)
    hugo.types(f"uppgifter {ADULT}").sees(f"Kopplat till {CHILD} ({NORTH})", said)
    hugo.types(f"registerutdrag {ADULT}").presses("Sekretessprövad")
    hugo.sees("Kopplade ärenden", f"{CHILD}: {NORTH}", "Bedömningar i samråd")
    ylva.types(f"fortsätt {CHILD}").sees(NO_CASE)  # the link gives no right to the other case
    anna.types(f"uppgifter {ADULT}").sees(NO_CASE)
    events = [(row.act, row.case_id) for row in either_room.events() if row.act.startswith(("cases_", "joint"))]
    child, adult = either_room.case(CHILD).id, either_room.case(ADULT).id
    assert events == [
        *(("cases_link_asked", adult), ("cases_link_asked", child)),
        *(("cases_linked", child), ("cases_linked", adult)),
        *(("joint_assessed", adult), ("joint_assessed", child)),
    ]


def test_whoever_has_rights_to_both_links_at_once_and_undoes_it(room: Room) -> None:
    anna, cecilia, ylva, hugo = people(room)
    move_in(
        room.desk,
        ("eva2", "Eva Bådaenheter", NORTH, "unit_manager"),
        ("eva2", "Eva Bådaenheter", ADULT_UNIT, "unit_manager"),
    )
    eva = room.chat("eva2").installs()

    eva.types(f"koppla {CHILD} och {ADULT}.").sees(
        f"Ärendet är kopplat till {ADULT}", f"Kopplat till {ADULT} ({ADULT_UNIT})"
    )
    eva.types(f"Koppla {ADULT} med {CHILD}!").sees(f"redan kopplat till {CHILD}")
    for chat in (anna, cecilia, ylva, hugo):
        chat.receives().sees("är nu kopplat till", "av Eva Bådaenheter")
    eva.types(f"koppla bort {CHILD} {ADULT}").sees("Kopplingen är borttagen", "inte kopplat till något annat")
    eva.types(f"koppla bort {CHILD} {ADULT}").sees("Ärendena är inte kopplade längre")
    ylva.receives().sees(f"tagit bort kopplingen mellan {ADULT} och {CHILD}")
    assert [row.act for row in room.events() if row.act.startswith("cases_")] == ["cases_linked"] * 2 + [
        "cases_unlinked"
    ] * 2


def test_linked_again_from_the_card_and_what_was_assessed_is_still_there(room: Room) -> None:
    anna, _cecilia, ylva, _hugo = linked(room)
    anna.types(f"koppla {CHILD}").presses("Bedömning i samråd").presses("Spara", {"Med vem": "Ylva Vuxenhandläggare"})
    anna.sees("Bedömning i samråd med BoU 2026-05-12: Anna Påhittad och Ylva Vuxenhandläggare")

    anna.presses("Ta bort kopplingen").sees_no("Bedömning i samråd med BoU 2026")
    anna.presses("Koppla", {"Det andra ärendets nummer": ADULT.lower()}).sees("fått frågan")
    ylva.receives()
    ylva.presses("Ja, koppla").presses(OWN).sees("Bedömning i samråd med BoU 2026-05-12")


def test_no_is_told_and_asked_again_only_on_another_day(room: Room) -> None:
    anna, cecilia, ylva, _hugo = people(room)
    ylva.types(f"koppla {ADULT} {CHILD}")
    ylva.types(f"koppla {ADULT} {CHILD}").sees("fått frågan")
    assert anna.arrives() == 1

    anna.presses("Nej, koppla inte").sees("Ärendena kopplas inte")
    ylva.receives().sees(f"{ADULT} kopplas inte till {CHILD}")
    cecilia.receives()
    cecilia.presses("Ja, koppla").sees("frågan redan besvarad")
    ylva.types(f"koppla {ADULT} {CHILD}").sees("fått frågan")
    assert anna.arrives() == 0
    room.later(days=1)
    ylva.types(f"koppla {ADULT} {CHILD}").sees("fått frågan")
    assert anna.arrives() == 1


@pytest.mark.parametrize("others", [True, False])
def test_a_number_almost_like_that_of_a_case_of_hers_is_asked_about_whether_or_not_there_is_such_a_case(
    room: Room, *, others: bool
) -> None:
    anna, _cecilia, ylva, _hugo = people(room)
    almost = CHILD.replace("/0", "/")
    assert almost != CHILD
    if others:
        takes_in(room, case_ref=almost, unit=NORTH, lead_email="bo@example.invalid", received_on="2026-04-01")
    takes_in(room, case_ref="RVT 2026/0077", unit=ADULT_UNIT, case_type="vuxen", lead_email="anna@example.invalid")

    anna.types(f"koppla RVT 2026/0077 {almost}").sees(f"Menade du {CHILD}?").sees_no("fått frågan")
    anna.presses("Koppla", {"case_ref": almost}).sees(f"Du kan inte öppna {almost}", "fått frågan")
    anna.presses("Koppla", {"case_ref": almost}).sees(f"Menade du {CHILD}?")
    anna.presses("Koppla", {"case_ref": CHILD}).sees(f"Ärendet är kopplat till {CHILD}")

    ylva.types(f"koppla {ADULT} {almost}").sees("fått frågan").sees_no(CHILD)


def test_a_case_that_is_named_almost_rightly_is_offered_to_be_linked(room: Room) -> None:
    anna, _cecilia, ylva, _hugo = people(room)
    almost = CHILD.replace("/0", "-")
    anna.types(f"koppla {almost}").presses(f"koppla {CHILD}").sees(f"Kopplade ärenden: {CHILD}")
    anna.types(f"koppla {almost} RVT 2026/0099").sees(f"Menade du ”koppla {CHILD} RVT 2026/0099”?")
    ylva.types(f"koppla {almost}").sees(NO_CASE).sees_no(CHILD)


@pytest.mark.parametrize("other", ["SN 2026/9999", "SN 2026/0702", "SN 2026/0703", CHILD])
def test_what_she_may_not_open_is_told_in_the_same_words_whatever_it_is(room: Room, other: str) -> None:
    _anna, _cecilia, ylva, _hugo = people(room)
    takes_in(
        room,
        case_ref="SN 2026/0702",
        unit=NORTH,
        lead_email="anna@example.invalid",
        received_on="2026-04-01",
        closed_on="2026-05-01",
    )
    takes_in(room, case_ref="SN 2026/0703", unit=ADULT_UNIT, case_type="vuxen", lead_email="hugo@example.invalid")

    said = ylva.types(f"koppla {ADULT} {other}").text.replace(other, "#")

    assert said == ylva.types(f"koppla {ADULT} SN 2026/8888").text.replace("SN 2026/8888", "#")
    ylva.types(f"uppgifter {ADULT}").sees_no(other)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"koppla {ADULT} {ADULT}", "inte kopplas till sig självt"),
        (f"koppla {ADULT} RVT 2026/0043", "Bara ett vuxenärende och ett barnärende"),
        (f"koppla {CHILD} SN 2026/9999", NO_CASE),
        (f"koppla {CHILD}", NO_CASE),
        ("koppla SN 2026/9999", NO_CASE),
        (f"koppla bort {CHILD} SN 2026/9999", NO_CASE),
        (f"koppla bort {CHILD}", NO_CASE),
        (f"koppla bort {ADULT} {CHILD}", "Ärendena är inte kopplade"),
        (f"koppla bort {ADULT}", "inte kopplat till något annat"),
        (f"koppla {ADULT}?", "inte kopplat till något annat"),
        (f"link {ADULT} and {CHILD}, thanks", "fått frågan"),
        (f"kan du koppla ihop {ADULT} med ärende {CHILD}?", f"Du kan inte öppna {CHILD}"),
        (f"avkoppla {ADULT}!", "inte kopplat till något annat"),
        ("koppla " + "1 " * 1000, "känns inte igen"),
        (f"koppla {ADULT} 19121212-1212", "personnummer"),
        (f"koppla RVT 2026/0044 {CHILD}", "avslutat"),
        ("koppla RVT 2026/0044", "avslutat"),
        ("koppla bort RVT 2026/0044 SN 2026/1", "avslutat"),
        ("koppla", "Vilket ärende"),
        ("koppla bort", "Vilket ärende"),
        ("koppla bort hej", "Menade du"),
        ("koppla vad som helst", "Menade du"),
    ],
)
def test_odd_lines_change_nothing_and_say_why(room: Room, line: str, said: str) -> None:
    _anna, _cecilia, ylva, _hugo = people(room)
    for ref in ("RVT 2026/0043", "RVT 2026/0044"):
        takes_in(room, case_ref=ref, unit=ADULT_UNIT, case_type="vuxen", lead_email="ylva@example.invalid")
    takes_in(room, case_ref="RVT 2026/0044", unit=ADULT_UNIT, closed_on="2026-05-01")

    ylva.types(line).sees(said)

    assert room.events("cases_linked") == []


def test_two_adults_cases_the_closed_and_the_same_one_are_refused_of_ones_own(room: Room) -> None:
    _anna, _cecilia, ylva, _hugo = people(room)
    takes_in(room, case_ref="SN 2026/0705", unit=ADULT_UNIT, lead_email="ylva@example.invalid")
    takes_in(room, case_ref="SN 2026/0705", unit=ADULT_UNIT, lead_email="ylva@example.invalid", closed_on="2026-05-01")

    ylva.types(f"koppla {ADULT} SN 2026/0705").sees("Ett av ärendena är avslutat")
    ylva.types(f"koppla {ADULT}").presses("Koppla", {"Det andra ärendets nummer": ""}).sees("känns inte igen")


def test_a_case_with_protected_identity_is_named_by_its_unit_alone(room: Room) -> None:
    anna, cecilia, ylva, hugo = people(room)
    anna.types(f"uppgifter {CHILD}").presses("Spara", {"Skyddade personuppgifter": "ja"})

    ylva.types(f"koppla {ADULT} {CHILD}")
    anna.receives()
    anna.presses("Ja, koppla")

    ylva.receives().sees("ett ärende med skyddade personuppgifter").sees_no(CHILD)
    hugo.types(f"uppgifter {ADULT}").sees(f"Kopplat till ett ärende med skyddade personuppgifter ({NORTH})").sees_no(
        CHILD
    )
    ylva.presses(OWN).presses("Bedömning i samråd").sees_no(CHILD).presses("Spara", {"Med vem": "Cecilia Fiktiv"})
    hugo.types(f"koppla {ADULT}").sees("Bedömning i samråd med BoU 2026-05-12").sees_no(CHILD)
    cecilia.receives().sees(f"bedömning i samråd med BoU i {CHILD} och {ADULT}")
    assert room.events("joint_assessed")


def test_one_who_is_refused_about_a_protected_case_is_told_nothing(room: Room) -> None:
    anna, _cecilia, ylva, _hugo = people(room)
    anna.types(f"uppgifter {CHILD}").presses("Spara", {"Skyddade personuppgifter": "ja"})
    ylva.types(f"koppla {ADULT} {CHILD}")
    anna.receives()

    anna.presses("Nej, koppla inte")

    assert ylva.arrives() == 0


def test_a_protected_case_that_asks_is_not_named_in_its_question(room: Room) -> None:
    anna, _cecilia, ylva, _hugo = people(room)
    ylva.types(f"uppgifter {ADULT}").presses("Spara", {"Skyddade personuppgifter": "ja"})

    ylva.types(f"koppla {ADULT} {CHILD}")

    anna.receives().sees(f"vill koppla {CHILD} till ett ärende med skyddade personuppgifter ({ADULT_UNIT})").sees_no(
        ADULT
    )


def protects(chat: Chat, ref: str) -> None:
    chat.types(f"uppgifter {ref}").presses("Spara", {"Skyddade personuppgifter": "ja"})


def test_a_question_on_its_way_does_not_name_a_case_that_is_protected_by_then(either_room: Room) -> None:
    anna, cecilia, ylva, _hugo = people(either_room)
    ylva.types(f"koppla {ADULT} {CHILD}")
    protects(ylva, ADULT)

    for chat in (anna, cecilia):
        chat.receives().sees(f"vill koppla {CHILD} till ett ärende med skyddade personuppgifter ({ADULT_UNIT})")
        chat.sees("Kopplas de ser båda enheterna").sees_no(ADULT)
    anna.presses("Ja, koppla").sees("Ärendena är kopplade").sees_no(ADULT)
    ylva.receives().sees(f"{ADULT} är nu kopplat till {CHILD}")
    cecilia.receives().sees("är nu kopplat till ett ärende med skyddade personuppgifter").sees_no(ADULT)
    anna.types(f"koppla {CHILD}").presses("Ta bort kopplingen").sees("Kopplingen är borttagen").sees_no(ADULT)


def test_a_question_from_a_case_that_is_protected_since_says_no_more_when_it_is_answered(room: Room) -> None:
    anna, cecilia, ylva, _hugo = people(room)
    ylva.types(f"koppla {ADULT} {CHILD}")
    anna.receives().sees(f"vill koppla {CHILD} till {ADULT}")
    protects(ylva, ADULT)

    anna.presses("Nej, koppla inte").sees("Ärendena kopplas inte").sees_no(ADULT)
    anna.types(f"koppla {CHILD}").sees_no(ADULT)
    ylva.receives().sees(f"{ADULT} kopplas inte till {CHILD}")
    cecilia.receives().sees_no(ADULT)


def test_a_question_on_its_way_is_not_told_to_whoever_has_the_case_no_more(room: Room) -> None:
    anna, _cecilia, ylva, _hugo = people(room)
    ylva.types(f"koppla {ADULT} {CHILD}")
    bo = room.chat("bo").installs()
    takes_in(room, case_ref=CHILD, unit=NORTH, lead_email="bo@example.invalid")
    told = [reply.view.model_dump_json() for reply in anna.prompts()]

    assert [text for text in told if ADULT in text] == []
    bo.types(f"koppla {CHILD}").sees(f"Ylva Vuxenhandläggare vill koppla {CHILD} till {ADULT} ({ADULT_UNIT})")


def test_an_answer_on_its_way_does_not_name_a_case_that_is_protected_by_then(room: Room) -> None:
    anna, _cecilia, ylva, _hugo = people(room)
    ylva.types(f"koppla {ADULT} {CHILD}")
    anna.receives()
    anna.presses("Ja, koppla")
    protects(anna, CHILD)

    ylva.receives().sees(f"{ADULT} är nu kopplat till ett ärende med skyddade personuppgifter ({NORTH})")
    ylva.sees_no(CHILD)


def test_a_refusal_on_its_way_is_not_sent_of_a_case_that_is_protected_by_then(room: Room) -> None:
    anna, _cecilia, ylva, _hugo = people(room)
    ylva.types(f"koppla {ADULT} {CHILD}")
    anna.receives()
    anna.presses("Nej, koppla inte")
    protects(anna, CHILD)

    assert ylva.arrives() == 0


def test_that_a_link_is_gone_does_not_name_a_case_that_is_protected_by_then(room: Room) -> None:
    anna, _cecilia, ylva, _hugo = linked(room)
    anna.types(f"koppla bort {CHILD} {ADULT}")
    protects(anna, CHILD)

    ylva.receives().sees("tagit bort kopplingen", "ett ärende med skyddade personuppgifter").sees_no(CHILD)


def test_whoever_works_on_a_case_is_told_its_number_though_it_is_protected_by_then(room: Room) -> None:
    anna, cecilia, ylva, _hugo = people(room)
    move_in(room.desk, ("cecilia", "Cecilia Fiktiv", ADULT_UNIT, "unit_manager"))
    ylva.types(f"koppla {ADULT} {CHILD}")
    protects(ylva, ADULT)

    cecilia.receives().sees(f"vill koppla {CHILD} till {ADULT} ({ADULT_UNIT})")
    anna.receives().sees_no(ADULT)


@pytest.mark.parametrize("protected", [False, True])
def test_the_extract_names_no_case_that_is_protected_since_in_what_was_sent(room: Room, protected: bool) -> None:
    _anna, _cecilia, ylva, _hugo = linked(room)
    if protected:
        protects(ylva, ADULT)

    def read(session: Session) -> list[list[str]]:
        return list(case_rows(session, CHILD, "", "cli:test", room.now))

    sent = [row[2] for row in room.desk.run_now(read) if row[0] == "message"]

    assert any(ADULT in text for text in sent) is not protected
    assert any("linked.asks_protected" in text for text in sent) is protected
    assert all(CHILD in text for text in sent)


def test_a_wrong_assessment_is_taken_away_by_either_unit_and_recorded_anew(room: Room) -> None:
    anna, cecilia, ylva, _hugo = linked(room)
    ylva.types(f"koppla {ADULT}").presses("Bedömning i samråd")
    ylva.presses("Spara", {"Dag för bedömningen": "2026-05-10", "Med vem": "Anna Påhittad"})

    anna.types(f"koppla {CHILD}").presses("Bedömning i samråd").sees("2026-05-10")
    old = anna.shown
    cecilia.types(f"koppla {CHILD}").presses("Bedömning i samråd")
    anna.presses("Ta bort").sees("borttagen ur båda ärendena").sees_no("2026-05-10")
    assert [row.case_id for row in room.events("joint_removed")] == [room.case(CHILD).id, room.case(ADULT).id]
    cecilia.presses("Ta bort").sees("redan borttagen")
    ylva.receives().sees(f"har tagit bort en bedömning i samråd med BoU i {ADULT} och {CHILD}")
    anna.replays = True
    ylva.types(f"koppla {ADULT}").sees("Ingen bedömning i samråd").presses("Bedömning i samråd")
    ylva.presses("Spara", {"Dag för bedömningen": "2026-05-11", "Med vem": "Anna Påhittad"})
    anna.sends({**button(old.card, "Ta bort")["data"], "day": "2026-05-09"}, reply_to=old.message)
    cecilia.types(f"koppla {CHILD}").sees("2026-05-11")
    assert len(room.events("joint_removed")) == 2


def test_an_assessment_in_a_link_that_is_gone_is_not_taken_away(room: Room) -> None:
    anna, _cecilia, ylva, _hugo = linked(room)
    ylva.types(f"koppla {ADULT}").presses("Bedömning i samråd").presses("Spara", {"Med vem": "Anna Påhittad"})
    anna.types(f"koppla {CHILD}").presses("Bedömning i samråd")
    ylva.types(f"koppla bort {ADULT} {CHILD}")
    anna.presses("Ta bort").sees("inte kopplade längre")
    ylva.types(f"koppla {ADULT} {CHILD}")
    anna.types(f"koppla {CHILD}").presses("Ja, koppla")
    anna.types(f"koppla {CHILD}").presses("Bedömning i samråd")
    takes_in(room, case_ref=CHILD, unit=NORTH, closed_on="2026-05-11")
    anna.presses("Ta bort").sees("avslutat")
    assert room.events("joint_removed") == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"Dag för bedömningen": "2026-05-13", "Med vem": "Anna Påhittad"}, "dagen har inte varit än"),
        ({"Dag för bedömningen": "igår", "Med vem": "Anna Påhittad"}, "kunde inte läsas"),
        ({"Dag för bedömningen": "2026-05-11"}, "Välj vem i den andra enheten"),
        ({"Dag för bedömningen": "", "Med vem": "Anna Påhittad"}, "dagen saknas"),
    ],
)
def test_an_assessment_without_its_day_or_its_other_half_is_not_kept(
    room: Room, fields: dict[str, str], said: str
) -> None:
    _anna, _cecilia, ylva, _hugo = linked(room)

    ylva.types(f"koppla {ADULT}").presses("Bedömning i samråd").presses("Spara", fields).sees(said)

    assert room.events("joint_assessed") == []


def test_what_is_refused_of_an_assessment_stays_on_the_card_and_it_is_kept_once(room: Room) -> None:
    anna, _cecilia, ylva, _hugo = linked(room)
    ylva.types(f"koppla {ADULT}").presses("Bedömning i samråd").presses("Spara", {"Dag för bedömningen": "2026-05-11"})
    ylva.sees("Välj vem").presses("Spara", {"Dag för bedömningen": "2026-05-13", "Med vem": "Anna Påhittad"})
    ylva.sees("inte varit än").presses("Spara", {"Dag för bedömningen": "i måndags"}).sees("kunde inte läsas")
    ylva.presses("Spara", {"Dag för bedömningen": "2026-05-11"})
    ylva.sees("Bedömningen i samråd är sparad", "2026-05-11: Ylva Vuxenhandläggare och Anna Påhittad")

    told = anna.arrives()
    anna.types(f"koppla {CHILD}").presses("Bedömning i samråd")
    anna.presses("Spara", {"Dag för bedömningen": "2026-05-11", "Med vem": "Ylva Vuxenhandläggare"})
    anna.sees("redan sparad. Inget har ändrats", "2026-05-11: Ylva Vuxenhandläggare och Anna Påhittad")
    assert (told, ylva.arrives(), len(room.events("joint_assessed"))) == (1, 0, 2)
    anna.presses("Bedömning i samråd").presses("Spara", {"Med vem": "Ylva Vuxenhandläggare"}).sees("2026-05-12: Anna")


def test_outdated_cards_say_that_the_link_is_gone(room: Room) -> None:
    anna, _cecilia, ylva, _hugo = linked(room)
    ylva.types(f"koppla {ADULT}")
    links = ylva.shown
    ylva.presses("Bedömning i samråd")
    assessing = ylva.shown
    anna.types(f"koppla {CHILD}").presses("Ta bort kopplingen")

    ylva.presses("Spara", {"Med vem": "Anna Påhittad"}, on=assessing).sees("Ärendena är inte kopplade längre")
    ylva.presses("Ta bort kopplingen", on=links).sees("Ärendena är inte kopplade längre")

    assert room.events("joint_assessed") == []


def test_a_closed_case_keeps_its_links_and_makes_none(room: Room) -> None:
    anna, _cecilia, ylva, _hugo = people(room)
    ylva.types(f"koppla {ADULT} {CHILD}")
    anna.receives()
    ask = anna.shown
    takes_in(room, case_ref=ADULT, unit=ADULT_UNIT, closed_on="2026-05-12")

    anna.presses("Ja, koppla", on=ask).sees("Ett av ärendena är avslutat")
    ylva.types(f"koppla {ADULT}").sees("avslutat")
    assert room.events("cases_linked") == []


def test_what_is_filled_in_on_the_details_card_is_kept_when_the_links_are_opened(room: Room) -> None:
    anna, *_ = people(room)

    anna.types(f"uppgifter {CHILD}").presses(OWN, {"Planerat beslutsdatum": "2026-06-30"}).sees("Sparat")

    assert str(room.case(CHILD).planned_decision_on) == "2026-06-30"
    anna.types("uppgifter").presses(OWN, {"decided_on": "2026-06-30"}).sees("inte varit än")


def test_a_deputy_links_in_the_chefs_place_and_the_trail_shows_both(room: Room) -> None:
    people(room)
    dag = room.chat(DEPUTY[0]).installs()

    dag.types(f"koppla {ADULT} {CHILD}").sees("fått frågan")

    adult = room.case(ADULT).id
    assert [row.detail.partition(" ")[2][:10] for row in room.events("cases_link_asked") if row.case_id == adult] == [
        "deputy_for"
    ]


def test_a_withdrawn_case_is_linked_to_nothing(room: Room) -> None:
    anna, _cecilia, ylva, _hugo = linked(room)
    ylva.types(f"koppla {ADULT}")
    links = ylva.shown
    anna.types(f"fel nummer {CHILD}").presses("Dra tillbaka ärendet")

    ylva.types(f"koppla {ADULT}").sees("inte kopplat till något annat")
    ylva.presses("Bedömning i samråd", on=links).sees("Ärendena är inte kopplade längre")
    ylva.presses("Ta bort kopplingen", on=links).sees("Ärendena är inte kopplade längre")


def test_a_question_about_a_case_that_was_withdrawn_is_over(room: Room) -> None:
    anna, _cecilia, ylva, _hugo = people(room)
    ylva.types(f"koppla {ADULT} {CHILD}")
    anna.receives()
    asked = anna.shown
    ylva.types(f"fel nummer {ADULT}").presses("Dra tillbaka ärendet")

    anna.presses("Ja, koppla", on=asked).sees("frågan redan besvarad")


def test_linked_in_english(room: Room) -> None:
    anna, _cecilia, ylva, _hugo = people(room)
    ylva.types("språk en")

    ylva.types(f"link {ADULT} {CHILD}").sees(f"You cannot open {CHILD}")
    anna.receives()
    anna.presses("Ja, koppla")

    ylva.receives().sees(f"{ADULT} is now linked to {CHILD}")
    ylva.types(f"unlink {ADULT}").sees("Linked to", "No joint assessment with the child unit yet")
    ylva.presses("Remove the link").sees("The link is removed")


def test_who_has_both_need_not_wait_for_an_answer(room: Room) -> None:
    anna, _cecilia, ylva, _hugo = people(room)
    ylva.types(f"koppla {ADULT} {CHILD}")
    anna.receives()
    asked = anna.shown
    takes_in(room, case_ref=CHILD, unit=NORTH, co_email="ylva@example.invalid")

    ylva.types(f"koppla {CHILD} {ADULT}").sees(f"Ärendet är kopplat till {ADULT}")

    anna.presses("Nej, koppla inte", on=asked).sees("frågan redan besvarad")


def test_a_question_follows_the_case_to_its_new_worker(either_room: Room) -> None:
    room = either_room
    anna, _cecilia, ylva, _hugo = people(room)
    ylva.types(f"koppla {ADULT} {CHILD}")
    anna.receives()
    asked, bo = anna.shown, room.chat("bo").installs()
    takes_in(room, case_ref=CHILD, unit=NORTH, lead_email="bo@example.invalid", co_email="anna@example.invalid")

    anna.presses("Ja, koppla", on=asked).sees(NO_CASE)
    anna.types(f"koppla {CHILD}").sees_no("vill koppla")  # a co-worker does not answer it
    bo.types(f"koppla {CHILD}").sees(f"Ylva Vuxenhandläggare vill koppla {CHILD} till {ADULT} ({ADULT_UNIT})")
    bo.presses("Ja, koppla").sees("Ärendena är kopplade")
    bo.types(f"koppla {CHILD}").sees(f"Kopplat till {ADULT}").sees_no("vill koppla")
    ylva.receives().sees("är nu kopplat till", "av Bo Exempel")


def test_two_who_ask_each_other_have_both_said_yes(room: Room) -> None:
    anna, _cecilia, ylva, _hugo = people(room)
    ylva.types(f"koppla {ADULT} {CHILD}")
    ylva.types(f"koppla {ADULT}").sees_no("vill koppla")  # her own question is the other unit's to answer
    anna.types(f"koppla {CHILD} {ADULT}").sees(f"Ärendet är kopplat till {ADULT}")
    ylva.receives().sees("är nu kopplat till", "av Anna Påhittad")
    assert room.scalar("select count(*) from case_link where state = 'linked'") == 1


def test_which_case_with_protected_identity_asks_is_not_found_by_asking_back(room: Room) -> None:
    anna, _cecilia, ylva, _hugo = people(room)
    ylva.types(f"uppgifter {ADULT}").presses("Spara", {"Skyddade personuppgifter": "ja"})
    ylva.types(f"koppla {ADULT} {CHILD}")
    anna.types(f"koppla {CHILD} {ADULT}").sees("fått frågan").sees_no("Kopplat till")
    anna.sees(f"vill koppla {CHILD} till ett ärende med skyddade personuppgifter ({ADULT_UNIT})")
    anna.presses("Nej, koppla inte").sees("Ärendena kopplas inte")
    assert room.events("cases_linked") == []


def reported(room: Room, children: str = "2") -> tuple[Chat, Chat]:
    """Let a report about the adult come in this morning; return the adult's worker and the child's."""
    anna, _cecilia, ylva, _hugo = people(room)
    takes_in(room, case_ref=ADULT, unit=ADULT_UNIT, case_type="vuxen", received_on="2026-05-12", children=children)
    room.later(hours=5)
    return ylva, anna


def test_an_adult_with_children_is_asked_for_the_childs_protection_which_the_childs_case_answers(
    either_room: Room,
) -> None:
    ylva, anna = reported(either_room)

    either_room.sweeps()
    assert ylva.arrives() == 1
    ylva.receives().sees("Anmälan gäller en vuxen med barn", "skyddsbedömning av barnet").sees_no("Ja\n")
    ylva.presses(OWN).presses("Koppla", {"Det andra ärendets nummer": CHILD})
    anna.receives()
    anna.presses("Ja, koppla")
    anna.types(f"ny skyddsbedömning {CHILD}").presses("Spara", {"received_on": "2026-05-12"}).presses("Ja")
    either_room.later(minutes=30)
    either_room.sweeps()

    assert [one.view.kind for one in ylva.prompts() if one.view.kind == "reminder"] == ["reminder"]
    ylva.types(f"uppgifter {ADULT}").sees(f"Kopplat till {CHILD}").sees_no("Är en omedelbar skyddsbedömning")


def test_what_the_linked_childs_case_has_answered_is_asked_of_nobody(room: Room) -> None:
    ylva, anna = reported(room)
    ylva.types(f"uppgifter {ADULT}").sees(
        "inget barnärende är kopplat", "Är en omedelbar skyddsbedömning av barnet gjord?"
    )
    ylva.types(f"koppla {ADULT} {CHILD}")
    anna.receives()
    anna.presses("Ja, koppla")
    anna.types(f"ny skyddsbedömning {CHILD}").presses("Spara", {"received_on": "2026-05-12"}).presses("Ja")
    ylva.receives()

    room.sweeps()

    assert [one for one in ylva.prompts() if one.view.kind == "reminder"] == []


def test_an_adult_without_children_is_asked_nothing(room: Room) -> None:
    ylva, _anna = reported(room, children="0")

    room.sweeps()

    assert ylva.arrives() == 0
    ylva.types(f"uppgifter {ADULT}").sees_no("skyddsbedömning")


def test_what_a_withdrawn_case_was_linked_to_is_told_and_in_the_trail(room: Room) -> None:
    anna, cecilia, ylva, _hugo = linked(room)
    anna.types(f"fel nummer {CHILD}").presses("Dra tillbaka ärendet")

    ylva.receives().sees(f"{ADULT} är inte längre kopplat till ett ärende i {NORTH}").sees_no(CHILD, "(draget")
    assert cecilia.arrives() == 0
    child, adult = room.scalar("select id from cases where withdrawn"), room.case(ADULT).id
    assert [row.case_id for row in room.events("cases_unlinked")] == [child, adult]
    assert room.scalar("select count(*) from case_link") == 0


def test_a_case_that_takes_the_place_of_an_empty_one_takes_its_links_and_what_is_known_of_it(either_room: Room) -> None:
    room = either_room
    anna, cecilia, ylva, _hugo = linked(room)
    ylva.types(f"koppla {ADULT}").presses("Bedömning i samråd").presses(
        "Spara", {"Dag för bedömningen": "2026-05-11", "Med vem": "Anna Påhittad"}
    )
    cecilia.receives()
    anna.types("ny SN 2026/0132").types("koppla SN 2026/0132 RVT 2026/0042")  # asked, and its answer never comes
    anna.types("fel nummer SN 2026/0132").presses("Spara", {"case_ref": CHILD}).sees(f"Ärendet heter nu {CHILD}")

    anna.types(f"uppgifter {CHILD}").sees(f"Kopplat till {ADULT}", "Bedömning i samråd med BoU 2026-05-11")
    ylva.types(f"koppla {ADULT}").sees(f"Kopplat till {CHILD}", "Bedömning i samråd med BoU 2026-05-11")
    assert room.scalar("select count(*) from case_link") == 1
    known = f"select value from fact where case_id = {room.case(CHILD).id} and name = '{{}}' order by id desc limit 1"
    assert [room.scalar(known.format(name)) for name in ("violence", "intervention_decided")] == ["ja", "ja"]
    assert cecilia.arrives() == 0


def test_a_case_that_changes_type_is_linked_to_nothing_any_more(room: Room) -> None:
    _anna, _cecilia, ylva, _hugo = linked(room)
    takes_in(room, case_ref=CHILD, unit=NORTH, case_type="vuxen")

    assert room.scalar("select count(*) from case_link") == 0
    ylva.types(f"koppla {ADULT}").sees("inte kopplat till något annat")


@pytest.mark.parametrize("apart", [False, True])
def test_what_is_disposed_of_is_named_by_nothing_that_the_other_case_keeps(either_room: Room, apart: bool) -> None:
    anna, _cecilia, ylva, _hugo = linked(either_room)
    anna.types(f"koppla {CHILD}").sees(f"Kopplat till {ADULT}")
    if apart:
        anna.presses("Ta bort kopplingen")
        ylva.receives().sees(f"tagit bort kopplingen mellan {ADULT} och {CHILD}")
    before = either_room.desk.run_now(kept)
    assert any(ADULT in text for text in before)

    adult = either_room.case(ADULT).id

    def dispose(session: Session) -> None:
        tenant = tenants.everyone(session)[0]
        case = cases.get(session, tenant.id, adult)
        assert case is not None
        dispose_of(session, tenant, case, either_room.now)

    either_room.desk.run_now(dispose)

    after = either_room.desk.run_now(kept)
    assert [text for text in after if ADULT in text] == []
    assert any(CHILD in text for text in after), "what names the other case alone stays"


def kept(session: Session) -> list[str]:
    """Return every reply and message that is kept, as it reads."""
    replies = [inbox.reply_of(session, row) for row in session.exec(select(InboxRow)).all()]
    return replies + [outbox.view_of(session, row) for row in session.exec(select(OutboxRow)).all() if row.view]
