"""Measures: from a Nej in three presses, who sees them, late ones, what is checked; and the register of findings."""

from datetime import date
from functools import partial

import pytest

from actions import measures as acts
from actions.origin import of_person
from checklists.errors import MeasureMoved
from dialogs.messages import sweep
from reports.measures import COLUMNS, measure_rows
from reports.selected import Selection
from storage import tenants
from storage.desk import Session
from storage.measures import FindingRow, MeasureRow
from tests.chat.harness import NORTH, SOUTH, Chat, Room, move_in
from tests.chat.list_drive import takes_in
from tests.chat.lived import lived_once
from tests.chat.read_drive import begins, reads, sent
from tests.chat.round_drive import RUNS, calibrates, refs, reviews
from tests.chat.test_round_rules import begun
from tests.chat.test_rounds import declares, opens, person, rows


@pytest.fixture
@lived_once
def reviewed(room: Room) -> Room:
    """A round of one case, which Cia has reviewed with Nej throughout; Anna leads it, Cecilia is the chef."""
    for name in ("anna", "cecilia", "bo"):
        room.chat(name).installs()
    begun(room, "cia", "dan", cases=3)
    cia = room.chat("cia")
    ref = refs(3)[2]
    owner = next(name for name in ("cia", "dan") if ref in _drawn(room.chat(name)))
    chat = room.chat(owner)
    declares(chat, ref)
    calibrates(chat)
    opens(chat, ref)
    room.chats["reviewer"] = chat
    assert cia
    return room


def _drawn(chat: Chat) -> list[str]:
    view = chat.types("granska").view
    assert view is not None
    assert view.kind == "panel"
    return [str(row.title.args["ref"]) for row in view.rows]


def test_a_measure_from_a_nej_is_made_in_three_presses_done_and_checked_and_nobody_else_sees_it(reviewed: Room) -> None:
    room, ref = reviewed, refs(3)[2]
    chat = room.chats["reviewer"]
    while "Nej" in chat.buttons and chat.kind() == "question":
        chat.presses("Nej")
    assert chat.kind() == "motivation"

    chat.presses("Åtgärd", {"Motivering": "Påhittad motivering"}).sees("Vem ser till att det rättas?")
    chat.presses("Handläggaren").presses("Senast 2026-05-26").sees("Åtgärden är sparad, senast 2026-05-26.")

    chat.presses("Tillbaka")
    assert chat.kind() == "motivation"
    assert chat.view.text == "Påhittad motivering"  # type: ignore[union-attr]
    chat.types("åtgärder").sees("Inga åtgärder väntar.")

    anna, cecilia = room.chat("anna"), room.chat("cecilia")
    anna.receives().sees(f"I {ref} är något att rätta i akten, senast 2026-05-26.").presses("Åtgärder")
    anna.sees("Öppna: 1, varav dina: 1.", ref, "senast 2026-05-26")
    cecilia.types("åtgärder").sees("Öppna: 1, varav dina: 0.", "hos Anna Påhittad")
    for name in ("mona", "bo", "dan", "elsa", "vera"):
        room.chat(name).types("åtgärder").sees_no(ref)

    anna.presses("Klart").sees("Tack.", "inte kontrollerad än")
    assert "Kontrollerad" not in anna.buttons
    cecilia.receives().sees("En åtgärd är klar: kontrollera den").presses("Åtgärder")
    cecilia.presses("Inte klar").sees("Åtgärden är öppen igen")
    anna.receives().sees("En åtgärd är inte klar än").presses("Åtgärder").presses("Klart")
    cecilia.types("åtgärder").presses("Kontrollerad").sees("Åtgärden är avslutad.", "Inga åtgärder väntar.")
    acts_seen = [one.act for one in room.events() if one.act.startswith("measure_")]
    assert acts_seen == ["measure_made", "measure_done", "measure_reopened", "measure_done", "measure_checked"]


def test_a_measure_can_be_made_from_the_summary_too_and_not_of_a_ja(reviewed: Room) -> None:
    chat = reviews(reviewed.chats["reviewer"], "Nej")
    chat.presses("Åtgärd")
    assert chat.view is not None
    assert chat.view.kind == "panel"
    assert len(chat.view.rows) <= 6
    chat.presses("Chefen").presses("Senast 2026-06-09").sees("Åtgärden är sparad")
    [row] = rows(reviewed, MeasureRow)
    assert (row.owner_id, row.due_on) == (person(reviewed, "cecilia"), date(2026, 6, 9))


def test_the_chef_makes_one_from_her_reading_and_a_worker_from_her_own_list_never(room: Room) -> None:
    anna = sent(room)
    assert "Åtgärd" not in anna.buttons
    cecilia = reads(begins(room.chat("cecilia")), {"child_heard": "nej"}, otherwise="ja")
    cecilia.presses("Visa skillnader").presses("Åtgärd").presses("Handläggaren").presses("Senast 2026-05-19")
    cecilia.sees("Åtgärden är sparad").presses("Tillbaka")
    [row] = rows(room, MeasureRow)
    assert (row.item_id, row.owner_id, row.checklist) == ("child_heard", person(room, "anna"), "decision_basis")


def test_a_late_measure_is_red_and_reminded_of_in_the_days_message_to_its_owner_and_the_chef(room: Room) -> None:
    sent(room, readers=("cecilia",))
    anna, cecilia = room.chat("anna").installs(), room.chat("cecilia")
    reads(begins(cecilia), {"child_heard": "nej"}).presses("Visa skillnader").presses("Åtgärd")
    cecilia.presses("Handläggaren").presses("Senast 2026-05-19").sees("Åtgärden är sparad")
    anna.receives()
    before = len(anna.prompts())
    told = {}
    for day in range(13, 29):
        room.now = room.now.replace(day=day, hour=8, minute=1)
        room.sweeps()
        room.sweeps()
        for chat in (anna, cecilia):
            told[chat.name, day] = [
                reply.view.measures.say
                for reply in chat.prompts()
                if reply.view.kind == "reminder" and reply.view.measures is not None
            ]
    days = [day for day in range(14, 29) if len(told["anna", day]) > len(told["anna", day - 1])]
    assert days == [19, 20, 27]
    assert told["anna", 28] == ["measures.reminder"] * 2 + ["measures.reminder_late"] * 2
    assert told["cecilia", 28][-1:] == ["measures.reminder_late"]
    assert len(anna.prompts()) > before

    anna.receives().sees("Åtgärder: 1 väntar, varav försenade: 1.").presses("Åtgärder")
    anna.sees("▲ Försenad: skulle ha varit klar 2026-05-19")
    assert any(one.get("color") == "Attention" for one in anna.card["body"])
    anna.presses("Klart")
    assert "Påminn i morgon" not in anna.buttons


def test_the_register_says_criticism_only_where_the_municipality_has_and_leads_to_measures(room: Room) -> None:
    move_in(room.desk, RUNS)
    mona = room.chat("mona").installs()
    bo = room.chat("bo").installs()
    mona.types("åtgärder").presses("Fynd").sees("Inga fynd är införda.")
    mona.presses("Nytt fynd").presses("Spara", {"Fyndet, kort": ""}).sees("Skriv kort vad det är")
    recommended = {
        "Fyndet, kort": "Uppföljning med barnet",
        "Vad är det?": "Rekommendation",
        "Underlag (får vara tomt)": "Stickprov",
    }
    mona.presses("Spara", recommended).sees("en rekommendation en dag då den kontrolleras")
    mona.presses("Spara", {**recommended, "Svar eller nästa kontroll": "2026-06-01"})
    mona.sees(
        "Fyndet är infört.", "Rekommendation, nästa kontroll 2026-06-01", "underlag: Stickprov", "ingen åtgärd än"
    )

    mona.presses("Ny åtgärd")
    whole = {"Vad ska göras?": "Ny rutin", "Enhet": NORTH, "Ägare": "Bo Exempel", "Senast": "2026-05-20"}
    mona.presses("Spara", {**whole, "Senast": ""}).sees("Dagen för åtgärden saknas")
    mona.presses("Spara", {**whole, "Senast": "2026-05-01"}).sees("Dagen för åtgärden saknas eller har passerat")
    mona.presses("Spara", {**whole, "Följs upp": "2026-05-14"}).sees("uppföljningen före den")
    mona.presses("Spara", {**whole, "Ägare": ""}).sees("Välj enhet, och någon som arbetar där.")
    mona.presses("Spara", {**whole, "Följs upp": "2026-09-01"}).sees(
        "Åtgärden är sparad", "Ny rutin", "följs upp 2026-09-01"
    )
    bo.receives().sees("Du har fått en åtgärd", "Ny rutin").presses("Åtgärder").sees("Ny rutin")
    room.chat("cecilia").types("åtgärder").sees("Ny rutin")
    room.chat("doris").types("åtgärder").sees_no("Ny rutin")
    mona.presses("Fynd").sees("Öppna åtgärder: 1 av 1")

    room.later(days=30)
    mona.types("åtgärder").sees("▲ Försenad").presses("Fynd").sees("Försenat: dagen har passerat")
    bo.types("åtgärder").presses("Klart")
    room.chat("cecilia").types("åtgärder").presses("Kontrollerad")
    [finding] = rows(room, FindingRow)
    [row] = rows(room, MeasureRow)
    assert (row.finding_id, row.code, row.case_id) == (finding.id, "", None)


def test_what_the_municipality_has_said_stands_in_the_register_and_what_it_has_not_does_not(room: Room) -> None:
    move_in(room.desk, RUNS, ("stina", "Stina Chef", SOUTH, "unit_manager"))
    room.desk.run_now(_says)
    mona = room.chat("mona")
    mona.types("åtgärder").presses("Fynd").sees(
        "B3 Risk för ytterligare våld", "Kritik", "Åtgärdskrav, svar senast 2026-05-01"
    )
    mona.sees("▲", "Uppföljd 2026-03-01").sees_no("B1")
    mona.presses("Ny åtgärd", nth=1).sees("B3 Risk för ytterligare våld")
    mona.presses(
        "Spara", {"Vad ska göras?": "Utbildning", "Enhet": SOUTH, "Ägare": "Stina Chef", "Senast": "2026-06-20"}
    )
    mona.sees("B3 Risk för ytterligare våld")
    assert room.desk.run_now(acts.every_measured) == {"B3"}
    stina = room.chat("stina")
    stina.types("åtgärder").presses("Fynd").presses("Ny åtgärd", nth=3)
    stina.presses("Spara", {"Vad ska göras?": "Eget", "Ägare": "Stina Chef", "Senast": "2026-06-20"}).sees(
        "varav dina: 2."
    )
    room.chat("anna").types("åtgärder").sees_no("Utbildning")


def _says(session: Session) -> None:
    said = ["B3:kritik", "B2:atgardskrav:2026-05-01", "N4:uppfoljd:2026-03-01"]
    tenants.set_setting(tenants.get(session, 1), "findings", said)


def test_an_old_press_does_nothing_and_the_file_names_no_person_and_no_case(reviewed: Room) -> None:
    room = reviewed
    chat = reviews(room.chats["reviewer"], "Nej")
    chat.presses("Åtgärd").presses("Handläggaren").presses("Senast 2026-05-19")
    anna, cecilia = room.chat("anna"), room.chat("cecilia")
    old = anna.types("åtgärder").shown
    anna.presses("Klart")
    anna.presses("Klart", on=old)
    [row] = rows(room, MeasureRow)
    origin = of_person(1, row.owner_id, room.now)
    with pytest.raises(MeasureMoved):
        room.desk.run_now(lambda session: acts.done(session, origin, row, None))
    seen = cecilia.types("åtgärder").shown
    cecilia.presses("Kontrollerad")
    cecilia.presses("Inte klar", on=seen).sees("Åtgärden har ändrats sedan kortet visades")

    [cells] = room.desk.run_now(lambda session: list(measure_rows(session, Selection(), room.now.date())))
    made = dict(zip(COLUMNS, cells, strict=True))
    assert (made["unit"], made["source"], made["state"], made["due_on"]) == (NORTH, "answer", "checked", "2026-05-19")
    assert not {"Anna", refs(3)[2], "SN"} & set(" ".join(cells).split())


def test_a_measure_of_a_case_goes_with_the_case_and_who_has_handed_it_over_sees_it_no_more(room: Room) -> None:
    """However the case came to be another's: by its chef, by a file, by a leaver's hand-over."""
    anna, bo = sent(room), room.chat("bo").installs()
    cecilia = reads(begins(room.chat("cecilia")), {"child_heard": "nej"}, otherwise="ja")
    cecilia.presses("Visa skillnader").presses("Åtgärd").presses("Handläggaren").presses("Senast 2026-05-19")
    anna.types("åtgärder").sees("SN 2026/0123")
    old = anna.shown
    takes_in(room, case_ref="SN 2026/0123", unit=NORTH, lead_email="bo@example.invalid")

    anna.types("åtgärder").sees("Inga åtgärder väntar.").sees_no("SN 2026/0123")
    anna.presses("Klart", on=old).sees("Åtgärden har ändrats sedan kortet visades").sees_no("SN 2026/0123")
    cecilia.types("åtgärder").sees("hos Bo Exempel")
    room.now = room.now.replace(day=20, hour=8, minute=1)
    room.sweeps()
    assert [_reminded(one) for one in (anna, bo, cecilia)] == [0, 1, 1]
    bo.types("åtgärder").sees("Öppna: 1, varav dina: 1.").presses("Klart")
    cecilia.types("åtgärder").presses("Inte klar")
    bo.receives().sees("En åtgärd är inte klar än")


def test_two_measures_of_one_question_have_buttons_that_can_be_told_apart(room: Room) -> None:
    """The oracle looks at every card: a screen reader would say the same of both."""
    anna = sent(room)
    cecilia = reads(begins(room.chat("cecilia")), {"child_heard": "nej"}, otherwise="ja")
    cecilia.presses("Visa skillnader")
    differences = cecilia.shown
    for _ in range(2):
        cecilia.presses("Åtgärd", on=differences).presses("Handläggaren").presses("Senast 2026-05-19")

    anna.types("åtgärder").sees("Öppna: 2, varav dina: 2.").presses("Klart").sees("Öppna: 2", "inte kontrollerad än")
    cecilia.types("åtgärder").presses("Kontrollerad").sees("Öppna: 1")


def test_a_leavers_measure_is_said_to_be_done_by_whoever_checks_it(room: Room) -> None:
    cecilia = room.chat("cecilia").installs().types("åtgärder").presses("Fynd").presses("Ny åtgärd")
    whole = {"Vad ska göras?": "Ny rutin", "Ägare": "Bo Exempel", "Senast": "2026-05-20"}
    cecilia.presses("Spara", whole).sees("hos Bo Exempel")
    assert "Klart" not in cecilia.buttons
    leaves = "update role set valid_to = '2026-05-12' where person_id = (select id from person where email like 'bo@%')"
    room.desk.run_now(lambda session: session.connection().exec_driver_sql(leaves))
    room.later(days=1)
    cecilia.types("åtgärder").sees("den som ägde den finns inte kvar").presses("Klart")
    cecilia.presses("Inte klar").sees("Åtgärden är öppen igen.", "den som ägde den finns inte kvar")
    cecilia.presses("Klart").presses("Kontrollerad")
    cecilia.sees("Inga åtgärder väntar.")


def test_a_leavers_case_has_its_measure_with_the_chef_until_somebody_else_leads_it(room: Room) -> None:
    anna = sent(room)
    cecilia = reads(begins(room.chat("cecilia")), {"child_heard": "nej"}, otherwise="ja")
    cecilia.presses("Visa skillnader").presses("Åtgärd").presses("Handläggaren").presses("Senast 2026-05-19")
    leaves = (
        "update role set valid_to = '2026-05-12' where person_id = (select id from person where email like 'anna@%')"
    )
    room.desk.run_now(lambda session: session.connection().exec_driver_sql(leaves))
    room.later(days=1)
    anna.types("åtgärder").sees_no("SN 2026/0123")
    cecilia.types("åtgärder").sees("den som ägde den finns inte kvar").presses("Klart")
    takes_in(room, case_ref="SN 2026/0123", unit=NORTH, lead_email="bo@example.invalid")
    cecilia.types("åtgärder").sees("hos Bo Exempel").presses("Kontrollerad").sees("Inga åtgärder väntar.")


def test_whether_it_helped_is_asked_again_of_what_was_not_done_after_all(room: Room) -> None:
    bo, cecilia = room.chat("bo").installs(), room.chat("cecilia").installs()
    cecilia.types("åtgärder").presses("Fynd").presses("Ny åtgärd")
    whole = {"Vad ska göras?": "Ny rutin", "Ägare": "Bo Exempel", "Senast": "2026-05-12", "Följs upp": "2026-05-13"}
    cecilia.presses("Spara", whole)
    bo.types("åtgärder").presses("Klart")
    room.later(days=1)
    cecilia.types("åtgärder").presses("Hjälpte").presses("Inte klar")
    [row] = rows(room, MeasureRow)
    assert (row.followed_at, row.helped) == (None, None)
    bo.types("åtgärder").presses("Klart")
    cecilia.types("åtgärder").sees("hjälpte den?").presses("Hjälpte inte")
    assert [one.helped for one in rows(room, MeasureRow)] == [False]


def test_a_measure_is_in_the_days_message_also_when_that_is_sent_before_the_sweep_has_ended(room: Room) -> None:
    anna = sent(room)
    cecilia = reads(begins(room.chat("cecilia")), {"child_heard": "nej"}, otherwise="ja")
    cecilia.presses("Visa skillnader").presses("Åtgärd").presses("Handläggaren").presses("Senast 2026-05-19")
    takes_in(room, case_ref="SN 2026/0900", unit=NORTH, lead_email="anna@example.invalid", opened_on="2026-01-19")
    room.now = room.now.replace(day=20, hour=8, minute=1)
    while room.desk.run_now(partial(sweep.step, tenant_id=1, now=room.now)).more:
        anna.prompts()
    told = [one.view for one in anna.prompts() if one.view.kind == "reminder"]
    assert [(bool(view.cases), view.measures is not None) for view in told] == [(True, True)]


def _reminded(chat: Chat) -> int:
    """Return how many reminders of measures she has had."""
    return sum(one.view.kind == "reminder" and one.view.measures is not None for one in chat.prompts())
