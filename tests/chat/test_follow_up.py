"""Answers ongoing at signing and completed later, the decision taken, and a reopened case."""

from datetime import UTC, datetime

import pytest
from sqlmodel import update

from storage import contributions
from storage.desk import Session
from storage.filled import FilledRow
from storage.signatures import SignatureRow
from tests.chat.drive import fills, opens
from tests.chat.harness import REF, Chat, Room
from tests.chat.lived import lived_once
from tests.chat.read_drive import begins, reads
from texts import say

FACTS = {"violence": "nej", "child_placed": "ja", "intervention_decided": "nej", "child_communicated": "ja"}
UNDER_WAY = dict.fromkeys(("child_informed_intervention", "child_informed_decision", "health_check_done"), "pagaende")
DECISION, HEALTH = "child_informed_decision", "health_check_done"
REASON = "Påhittad motivering: mötet blev inte av"
AT_ONCE = "ett svar har ändrats från Pågår till Nej sedan underlaget signerades"
BUNDLED = say("reminders.followed", "sv")


@pytest.fixture
@lived_once
def cecilia(room: Room) -> Chat:
    """The chef, who has signed a list with three ongoing answers and not been notified of anything since."""
    chef = room.chat("cecilia").installs()
    anna = opens(room.chat("anna").installs(), **FACTS)
    fills(anna, UNDER_WAY).presses("Skicka till chef")
    reads(begins(chef), UNDER_WAY).presses("Visa skillnader").presses("Signera")
    anna.prompts()
    chef.received.clear()
    return chef


@pytest.fixture
def anna(room: Room, cecilia: Chat) -> Chat:
    """The worker whose list was signed."""
    return room.chat("anna")


def decides(anna: Chat) -> None:
    """Report that the decision was taken today."""
    anna.types(f"uppgifter {REF}").presses("Spara", {"Beslut fattat": str(anna.room.now.date())}).sees("Sparat.")


def is_informed(anna: Chat, word: str) -> Chat:
    """Answer whether the child was informed of the decision."""
    return anna.types(f"ändra 6 {REF}").presses("Spara", {DECISION: word})


def is_signed(room: Room) -> bool:
    return room.count(SignatureRow) == 1 and not room.scalar(
        "select count(*) from signature where voided_at is not null"
    )


def hears_next_day(chef: Chat) -> bool:
    """Begin the next working day; return whether her bundle mentions the new answers."""
    chef.room.later(days=1)
    chef.room.sweeps()
    before = len(chef.received)
    chef.prompts()
    return len(chef.received) > before and BUNDLED in chef.receives().text


def test_what_came_keeps_the_signature_and_is_told_once_in_the_next_bundle(
    room: Room, cecilia: Chat, anna: Chat
) -> None:
    is_informed(anna, "Ja")

    assert is_signed(room)
    assert cecilia.prompts() == []
    row = anna.row(DECISION)
    assert row is not None
    assert row.follow_up
    assert hears_next_day(cecilia)
    cecilia.sees(REF)
    assert not hears_next_day(cecilia)


def test_several_that_come_are_one_bundle(room: Room, cecilia: Chat, anna: Chat) -> None:
    is_informed(anna, "Ja")
    anna.types(f"ändra 11 {REF}").presses("Ja")
    anna.types(f"ändra 5 {REF}").presses("Spara", {"child_informed_intervention": "Ej tillämpligt"})

    assert is_signed(room)
    assert cecilia.prompts() == []
    assert hears_next_day(cecilia)
    assert len(cecilia.received) == 1


def test_the_view_she_signed_stays_as_it_was(room: Room, cecilia: Chat, anna: Chat) -> None:
    cecilia.presses("Visa det som signerades")
    before = cecilia.text
    is_informed(anna, "Ja")

    cecilia.types(f"fortsätt {REF}").presses("Visa det som signerades")

    assert cecilia.text == before


def test_taken_back_it_is_under_way_again_and_the_signature_stands(room: Room, cecilia: Chat, anna: Chat) -> None:
    anna.types(f"ändra 11 {REF}").presses("Ja")
    anna.types("ångra").presses("Ångra")

    assert anna.stored(HEALTH) == "pagaende"
    assert is_signed(room)
    assert cecilia.prompts() == []
    assert not hears_next_day(cecilia)


@pytest.mark.parametrize("line", ["ja, påhittat brev skickat", "ja men bara muntligt"])
def test_what_came_with_a_comment_in_one_line_keeps_the_signature(
    room: Room, cecilia: Chat, anna: Chat, line: str
) -> None:
    anna.types(f"ändra 11 {REF}").types(line).sees("Sparad som kommentar (förbehåll) till fråga 11")

    row = anna.row(HEALTH)
    assert row is not None
    assert (row.choice, row.follow_up, row.note is None) == ("ja", True, False)
    assert is_signed(room)
    assert hears_next_day(cecilia)
    anna.types("ångra").presses("Ångra")
    assert anna.stored(HEALTH) == "pagaende"
    assert is_signed(room)


def test_a_comment_that_comes_later_would_void_like_any_other_change(room: Room, cecilia: Chat, anna: Chat) -> None:
    anna.types(f"ändra 11 {REF}").types("ja")
    assert is_signed(room)

    anna.asked_first = True
    anna.types("ändra 11").types("ja men bara muntligt").sees("Vill du ändra ändå?")


def test_what_came_and_is_then_something_else_voids(room: Room, cecilia: Chat, anna: Chat) -> None:
    is_informed(anna, "Ja")
    decides(anna)
    is_informed(anna, "Nej")

    assert not is_signed(room)
    cecilia.receives().sees(f"{REF} behöver läsas om")


def test_a_no_before_the_decision_voids(room: Room, cecilia: Chat, anna: Chat) -> None:
    is_informed(anna, "Nej")

    assert not is_signed(room)
    cecilia.receives().sees(f"{REF} behöver läsas om")


@pytest.mark.parametrize("press", ["Spara", "Finns i akten", "Motivering saknas"])
def test_a_no_after_the_decision_is_told_at_once_and_its_reason_goes_with_it(
    room: Room, cecilia: Chat, anna: Chat, press: str
) -> None:
    decides(anna)
    is_informed(anna, "Nej").sees("Varför har barnet inte fått information om")
    fields = {"Spara": {"motivation": REASON}, "Finns i akten": {"place": REASON}}.get(press, {})
    anna.presses(press, fields)

    assert is_signed(room)
    cecilia.receives().sees(REF, AT_ONCE).sees_no(REASON)
    assert len(cecilia.received) == 1
    assert (DECISION in anna.gaps()) is (press == "Motivering saknas")
    assert not hears_next_day(cecilia)


def test_the_reason_of_such_a_no_may_be_put_right(room: Room, cecilia: Chat, anna: Chat) -> None:
    decides(anna)
    anna.types(f"ändra 11 {REF}").types(f"nej, {REASON}")
    anna.types(f"ändra 11 {REF}").types(f"nej, {REASON}, inte heller sedan")

    assert anna.written(HEALTH).motivation == f"{REASON}, inte heller sedan"
    assert is_signed(room)
    assert len(cecilia.prompts()) == 1


def test_such_a_no_taken_back_leaves_the_signature(room: Room, cecilia: Chat, anna: Chat) -> None:
    decides(anna)
    anna.types(f"ändra 11 {REF}").presses("Nej")
    anna.types("ångra").presses("Ångra")

    assert anna.stored(HEALTH) == "pagaende"
    assert is_signed(room)


@pytest.mark.parametrize("line", ["inte än", "Nej, inte än.", "ännu inte", "not yet"])
@pytest.mark.parametrize(("number", "item"), [("11", HEALTH), ("6", DECISION)])
def test_not_yet_is_no_no_to_what_is_under_way(
    room: Room, cecilia: Chat, anna: Chat, line: str, number: str, item: str
) -> None:
    decides(anna)
    answers = room.count()

    anna.types(f"ändra {number} {REF}").types(line).sees("Frågan är kvar till senare.")

    assert (room.count(), anna.stored(item), is_signed(room)) == (answers, "pagaende", True)
    assert cecilia.prompts() == []


def agreed(room: Room) -> tuple[int, int]:
    """Return on how many questions chef and worker are counted as having answered the same, and differently."""
    case_id = room.case().id
    parts = room.desk.run_now(lambda session: contributions.of_cases(session, [case_id])).values()
    marks = [mark.split(".")[0] for part in parts for mark in part.marks.split()]
    return marks.count("lika"), marks.count("olika")


@pytest.mark.parametrize("press", ["Spara", "Motivering saknas"])
def test_what_they_agreed_on_when_it_was_signed_they_agree_on_when_it_is_concluded(
    room: Room, cecilia: Chat, anna: Chat, press: str
) -> None:
    before = agreed(room)
    assert before[1] == 0
    is_informed(anna, "Ja")
    decides(anna)
    anna.types(f"ändra 5 {REF}").presses("Spara", {"child_informed_intervention": "Nej"})
    anna.presses(press, {"motivation": REASON} if press == "Spara" else {})
    assert is_signed(room)
    assert agreed(room) == before

    anna.types(f"ändra 7 {REF}").presses("Nej")
    assert not is_signed(room)
    reads(cecilia.types(REF), UNDER_WAY).presses("Visa skillnader")
    assert agreed(room) == (before[0] - 1, 1)


# --- reopened --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["anna", "cecilia"])
def test_lead_and_chef_open_a_closed_case_again_as_an_event(room: Room, anna: Chat, who: str) -> None:
    anna.types(f"uppgifter {REF}").presses("Avsluta").presses("Avsluta")
    answers = room.count()
    person = room.chat(who)

    person.types(f"fortsätt {REF}").sees("är avslutat").presses("Öppna igen").sees("Ärendet är öppnat igen")

    assert room.case().closed_on is None
    assert len(room.events("reopened")) == 1
    assert room.count() == answers
    assert is_signed(room)
    anna.types(f"ändra 11 {REF}").presses("Ja")
    assert anna.stored(HEALTH) == "ja"


def test_what_is_missing_in_a_closed_case_is_shown_and_nothing_is_asked(anna: Chat) -> None:
    anna.types("ny SN 2026/0200").presses("Spara").types("uppgifter").presses("Avsluta").presses("Avsluta")

    anna.types("vad saknas SN 2026/0200").sees("Ärendet är avslutat", "Har barnet kommit till tals under utredning?")
    assert not [title for title in anna.buttons if title.startswith(("Besvara", "Skicka"))]


def test_a_co_worker_opens_nothing_again(room: Room, anna: Chat) -> None:
    anna.types(f"uppgifter {REF}").presses("Spara", {"Medhandläggare": "Bo Exempel"})
    anna.types(f"uppgifter {REF}").presses("Avsluta").presses("Avsluta")

    room.chat("bo").types(f"fortsätt {REF}").sees("är avslutat").sees_no("Öppna igen")


def test_closed_again_on_the_same_day_it_is_closed_and_opened_again_it_is_open(room: Room, anna: Chat) -> None:
    for times in (1, 2, 3):
        anna.types(f"uppgifter {REF}").presses("Avsluta").presses("Avsluta").sees(f"{REF} är avslutat")
        assert room.case().closed_on is not None
        anna.types(f"fortsätt {REF}").presses("Öppna igen").sees("Ärendet är öppnat igen")
        assert room.case().closed_on is None
        assert len(room.events("reopened")) == times


def test_pressed_again_on_an_old_card_it_opens_nothing_twice(room: Room, anna: Chat) -> None:
    anna.types(f"uppgifter {REF}").presses("Avsluta").presses("Avsluta")
    card = anna.types(f"fortsätt {REF}").shown
    anna.presses("Öppna igen")
    anna.types(f"uppgifter {REF}").presses("Avsluta").presses("Avsluta")

    anna.replays = True
    anna.presses("Öppna igen", on=card)

    assert room.case().closed_on is not None
    assert len(room.events("reopened")) == 1


def test_a_planned_day_may_go_back_and_forth(room: Room, anna: Chat) -> None:
    anna.types(f"uppgifter {REF}").presses("Spara", {"Planerat beslutsdatum": "2026-05-13"})
    room.later(days=3)
    room.sweeps()
    for day in ("2026-05-19", "2026-05-20", "2026-05-19", "2026-05-20"):
        anna.receives().presses("Beslut fattat?").presses("Spara", {"Planerat beslutsdatum": day})
        assert str(room.case().planned_decision_on) == day


# --- a new investigation in a closed case ----------------------------------------------------------------------------

FIRST = {"Anmälan inkom": "2026-02-01", "Utredning inledd": "2026-02-10", "Beslut fattat": "2026-05-04"}


@pytest.fixture
def closed(anna: Chat) -> Chat:
    """Anna, whose case was investigated, decided and closed on 10 May."""
    anna.types(f"uppgifter {REF}").presses("Spara", FIRST)
    anna.presses("Avsluta").presses("Avsluta", {"Avslutat": "2026-05-10"})
    return anna.types(f"ny {REF}").sees("är avslutat").presses("Ny anmälan eller utredning")


@pytest.mark.parametrize("title", ["Spara", "Öppna igen"])
def test_a_day_after_the_closing_opens_the_case_for_a_new_investigation(room: Room, closed: Chat, title: str) -> None:
    closed.presses(title, {"Anmälan inkom": "2026-05-11", "Utredning inledd": "2026-05-12"})

    closed.sees("öppnat för en ny utredning", "Förläng")
    case = room.case()
    days = (case.received_on, case.opened_on, case.closed_on, case.earlier_closed_on)
    assert [str(day) for day in days] == ["2026-05-11", "2026-05-12", "None", "2026-05-10"]
    assert [len(room.events(act)) for act in ("closed", "reopened")] == [1, 1]
    closed.types("mina ärenden").sees("Ny utredning direkt efter en avslutad")
    closed.types(f"ny {REF}").presses("Nytt underlag").sees("Uppgifter som avgör")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Fyll i dagen"),
        ({"Anmälan inkom": "2026-05-10"}, "Anmälan inkom: dagen är inte sparad"),
        ({"Utredning inledd": "2026-02-01"}, "Utredning inledd: dagen är inte sparad"),
        ({"Anmälan inkom": "2026-05-13"}, "dagen har inte varit än"),
        ({"Utredning inledd": "11 maj"}, "datumet kunde inte läsas"),
    ],
)
def test_what_begins_no_new_investigation_leaves_the_case_closed(
    room: Room, closed: Chat, fields: dict[str, str], said: str
) -> None:
    before = room.case()
    closed.presses("Spara", fields).sees(said)

    after = room.case()
    assert (after.received_on, after.opened_on, after.closed_on) == (
        before.received_on,
        before.opened_on,
        before.closed_on,
    )
    closed.presses("Öppna igen").sees("Ärendet är öppnat igen")
    assert room.case().earlier_closed_on is None


def test_the_decision_of_the_closed_investigation_is_not_that_of_the_new_one(room: Room, closed: Chat) -> None:
    room.later(days=1)
    closed.presses("Spara", {"Anmälan inkom": "2026-05-11", "Utredning inledd": "2026-05-12"})
    closed.presses("Spara", {"Planerat beslutsdatum": "2026-06-15"})
    closed.types("mina ärenden").sees("Planerat beslut 2026-06-15")
    fills(closed.types(f"ny {REF}").presses("Nytt underlag").presses("Spara"), UNDER_WAY).presses("Skicka till chef")
    cecilia = room.chat("cecilia")
    reads(begins(cecilia), UNDER_WAY).presses("Visa skillnader").presses("Signera")

    is_informed(closed, "Nej")

    assert room.scalar("select count(*) from signature where voided_at is not null") == 1
    cecilia.receives().sees(f"{REF} behöver läsas om")


def test_what_was_under_way_in_the_closed_investigation_is_concluded_after_its_decision(
    room: Room, cecilia: Chat, closed: Chat
) -> None:
    closed.presses("Spara", {"Anmälan inkom": "2026-05-11", "Utredning inledd": "2026-05-12"})
    room.desk.run_now(_begun_before_the_closing)

    is_informed(closed, "Nej")

    assert is_signed(room)
    cecilia.receives().sees(AT_ONCE)


def _begun_before_the_closing(session: Session) -> None:
    session.exec(update(FilledRow).values(begun_at=datetime(2026, 5, 1, 8, tzinfo=UTC)))


def test_only_the_lead_begins_a_new_investigation_in_a_closed_case(room: Room, anna: Chat) -> None:
    anna.types(f"uppgifter {REF}").presses("Spara", {"Medhandläggare": "Bo Exempel"})
    anna.types(f"uppgifter {REF}").presses("Avsluta").presses("Avsluta")

    for name in ("bo", "cecilia"):
        room.chat(name).types(f"uppgifter {REF}").sees("är avslutat").sees_no("Ny anmälan", "Anmälan inkom")


def test_the_card_of_the_open_case_saves_nothing_once_it_is_closed(room: Room, anna: Chat) -> None:
    card = anna.types(f"uppgifter {REF}").shown
    anna.presses("Avsluta").presses("Avsluta")
    anna.presses("Spara", {"Antal barn": "3"}, on=card)

    assert room.case().children == 1


# --- the decision taken ----------------------------------------------------------------------------------------------


@pytest.fixture
@lived_once
def asked(room: Room) -> Chat:
    """The worker, asked on the first working day after the planned day whether the decision was taken."""
    anna = opens(room.chat("anna").installs(), **FACTS)
    anna.types(f"uppgifter {REF}").presses("Spara", {"Planerat beslutsdatum": "2026-05-13"})
    room.later(days=3)  # Friday the 15th: the day in between is a holiday
    room.sweeps()
    return anna.receives().sees("Beslut var planerat till 2026-05-13. Är det fattat?").presses("Beslut fattat?")


def test_decided_today(room: Room, asked: Chat) -> None:
    asked.presses("I dag").sees("Beslutsdagen 2026-05-15 är sparad.")

    assert str(room.case().decided_on) == "2026-05-15"


def test_decided_on_another_day(room: Room, asked: Chat) -> None:
    asked.presses("Spara", {"Beslut fattat": "2026-05-12"}).sees("Beslutsdagen 2026-05-12 är sparad.")

    assert str(room.case().decided_on) == "2026-05-12"


@pytest.mark.parametrize(
    ("line", "decided", "planned"),
    [
        ("i dag", "2026-05-15", "2026-05-13"),
        ("1", "2026-05-15", "2026-05-13"),
        ("2026-05-12", "2026-05-12", "2026-05-13"),
        ("2026-05-19", "None", "2026-05-19"),
    ],
)
def test_when_it_was_decided_may_be_typed(room: Room, asked: Chat, line: str, decided: str, planned: str) -> None:
    asked.types(line).sees(REF)

    assert (str(room.case().decided_on), str(room.case().planned_decision_on)) == (decided, planned)


@pytest.mark.parametrize(
    ("line", "said"),
    [("ja", "fyll i en dag"), ("nej", "fyll i en dag"), ("12/5", "Skriv det som"), ("ja, 2026-05-19", "inte varit än")],
)
def test_what_says_no_day_asks_for_one(room: Room, asked: Chat, line: str, said: str) -> None:
    asked.types(line).sees("Beslut fattat?", said)

    assert (room.case().decided_on, str(room.case().planned_decision_on)) == (None, "2026-05-13")
    asked.types("2026-05-12").sees("Beslutsdagen 2026-05-12 är sparad.")


def test_planned_anew_it_is_asked_after_that_day(room: Room, asked: Chat) -> None:
    asked.presses("Spara", {"Planerat beslutsdatum": "2026-05-19"}).sees("Beslutet är nu planerat till 2026-05-19.")
    assert room.case().decided_on is None
    told = len(asked.prompts())

    room.now = room.now.replace(day=20)
    room.sweeps()

    asked.receives().sees("Beslut var planerat till 2026-05-19. Är det fattat?")
    assert len(asked.received) == told + 1


@pytest.mark.parametrize("day", ["2026-05-16", "2026-02-30", "26-05-12", "2026-13-01"])
def test_an_invalid_decision_day_is_not_stored(room: Room, asked: Chat, day: str) -> None:
    asked.presses("Spara", {"Beslut fattat": day}).sees("Beslut fattat")

    assert room.case().decided_on is None
    assert "sparat" in asked.text


def test_nothing_said_changes_nothing(room: Room, asked: Chat) -> None:
    asked.presses("Spara").sees("Inget har ändrats.")

    assert room.case().decided_on is None
