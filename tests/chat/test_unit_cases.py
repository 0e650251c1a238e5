"""`enhetens ärenden`: the chef's list of the unit's cases, and what she may do with each."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from storage.cases import CaseRow
from storage.extensions import ExtensionRow
from tests.chat.card_hand import actions, inputs
from tests.chat.drive import fills, opens
from tests.chat.harness import NORTH, REF, SOUTH, TENANT, Chat, Room, move_in, people_csv
from tests.chat.list_drive import ADULT, CHILD, furnish
from tests.chat.read_drive import ALL, begins, reads, sent
from tests.sql.import_files import import_cases, import_people

REASON = "Påhittat skäl: utlåtande från annan huvudman väntas"


@pytest.fixture
def cecilia(room: Room) -> Chat:
    return room.chat("cecilia").installs()


def changes(room: Room, ref: str, **columns: Any) -> None:
    """Set columns of a case, as an import would."""

    def work(session: Session) -> None:
        row = session.exec(select(CaseRow).where(CaseRow.ref == ref)).one()
        for name, value in columns.items():
            setattr(row, name, value)

    room.desk.run_now(work)


@pytest.mark.parametrize("command", ["enhetens ärenden", "Enhetens arenden", "UNIT CASES"])
def test_the_chef_sees_state_gaps_age_and_nearest_date(anna: Chat, cecilia: Chat, room: Room, command: str) -> None:
    opens(anna, **ALL).presses("Ja")
    changes(room, REF, received_on=date(2026, 5, 2), planned_decision_on=date(2026, 9, 12))

    cecilia.types(command).sees(
        "Enhetens ärenden", "Öppna ärenden: 1.", REF, "1 av 7 besvarade", "6 saknas",
        "Förhandsbedömningen ska vara klar 2026-05-16", "10 dagar gammalt", "Handläggare: Anna Påhittad",
    )  # fmt: skip


def test_what_is_overdue_is_said_in_words(anna: Chat, cecilia: Chat, room: Room) -> None:
    opens(anna, **ALL)
    changes(room, REF, received_on=date(2026, 4, 1))
    late = "Försenat: förhandsbedömningen skulle ha varit klar 2026-04-15"

    cecilia.types("enhetens ärenden").sees(late)
    anna.types("mina ärenden").sees(late)


def test_a_planned_day_is_not_overdue_once_the_decision_is_made(anna: Chat, cecilia: Chat, room: Room) -> None:
    opens(anna, **ALL)
    changes(room, REF, planned_decision_on=date(2026, 5, 1), decided_on=date(2026, 5, 4))

    cecilia.types("enhetens ärenden").sees(REF).sees_no("Försenat")


def many(anna: Chat, room: Room, count: int) -> list[str]:
    """Open cases whose planned days come in the opposite order of their ages."""
    refs = [f"SN 2026/{number:04}" for number in range(1, count + 1)]
    for place, ref in enumerate(refs):
        anna.types(f"ny {ref}")
        days = {"received_on": date(2026, 4, 1 + place), "opened_on": date(2026, 4, 20)}
        changes(room, ref, **days, planned_decision_on=date(2026, 6, 28 - place))
    return refs


def shown(chat: Chat) -> list[str]:
    return [title.removeprefix("Öppna ") for title in chat.buttons if title.startswith("Öppna ")]


def test_five_at_a_time_by_date_or_by_age(anna: Chat, cecilia: Chat, room: Room) -> None:
    refs = many(anna, room, 12)

    seen: list[str] = []
    cecilia.types("enhetens ärenden")
    for wanted in (5, 5, 2):
        assert len(shown(cecilia)) == wanted
        seen += shown(cecilia)
        if wanted == 5:
            cecilia.presses("Visa fler")
    assert seen == refs[::-1]
    assert "Visa fler" not in cecilia.buttons

    cecilia.types("enhetens ärenden").presses("Äldst först").sees("Det äldsta står först.")
    assert shown(cecilia) == refs[:5]
    assert shown(cecilia.presses("Visa fler")) == refs[5:10]
    assert shown(cecilia.presses("Närmaste datum först")) == refs[:-6:-1]


def test_it_can_be_narrowed_to_what_lacks_a_checklist_or_a_case_worker(anna: Chat, cecilia: Chat, room: Room) -> None:
    opens(anna, **ALL)
    anna.types("ny SN 2026/0001").types("ny SN 2026/0002")
    changes(room, "SN 2026/0002", lead_id=None)

    cecilia.types("enhetens ärenden").presses("Saknar checklista").sees("Ärenden utan checklista: 2.")
    assert set(shown(cecilia)) == {"SN 2026/0001", "SN 2026/0002"}
    cecilia.presses("Ofördelade").sees("Ärenden utan handläggare: 1.", "Ingen handläggare")
    assert shown(cecilia) == ["SN 2026/0002"]
    assert len(shown(cecilia.presses("Alla ärenden"))) == 3


def test_an_adults_case_lacks_a_checklist_until_its_chef_has_begun_to_go_through_it(room: Room) -> None:
    furnish(room)
    hugo = room.chat("hugo")
    assert shown(hugo.types("enhetens ärenden").presses("Saknar checklista")) == [ADULT]

    hugo.types(f"ny kretsgenomgång {ADULT}").presses("Spara")
    hugo.types("enhetens ärenden").presses("Saknar checklista").sees("Alla ärenden har en checklista.")
    assert shown(room.chat("cecilia").types("unit cases").presses("Saknar checklista")) == [CHILD]


def test_a_case_whose_case_worker_has_left_is_unassigned(anna: Chat, cecilia: Chat, room: Room) -> None:
    opens(anna, **ALL)
    move_in(room.desk, ("anna", "Anna Påhittad", NORTH, "case_worker"), days="2026-01-01,2026-05-11")

    assert shown(cecilia.types("enhetens ärenden").presses("Ofördelade")) == [REF]


def test_the_same_number_of_statements_however_many_cases(anna: Chat, cecilia: Chat, room: Room) -> None:
    def statements(do: Callable[[], object]) -> int:
        counted: list[str] = []

        def count(_a: Any, _b: Any, statement: str, *_rest: Any) -> None:
            counted.append(statement)

        event.listen(room.desk.engine, "before_cursor_execute", count)
        do()
        event.remove(room.desk.engine, "before_cursor_execute", count)
        return len(counted)

    for number in range(1, 3):
        opens(anna, f"SN 2026/{number:04}", **ALL)
    few = statements(lambda: cecilia.types("enhetens ärenden"))
    for number in range(3, 12):
        opens(anna, f"SN 2026/{number:04}", children=2, **ALL)
    assert statements(lambda: cecilia.types("enhetens ärenden")) <= few


def test_only_her_own_units_and_no_case_of_her_own(room: Room, anna: Chat, cecilia: Chat) -> None:
    move_in(room.desk, ("cecilia", "Cecilia Fiktiv", NORTH, "case_worker"))
    opens(room.chat("doris"), "SN 2026/0009", **ALL)
    opens(cecilia, "SN 2026/0008", **ALL)
    opens(anna, **ALL)

    cecilia.types("enhetens ärenden").sees(REF).sees_no("SN 2026/0009", "SN 2026/0008")
    anna.types("enhetens ärenden").sees("Det ingår inte i din roll")


def test_a_deputy_has_it_on_her_days(room: Room, anna: Chat) -> None:
    opens(anna, **ALL)
    move_in(room.desk, ("doris", "Doris Uppdiktad", NORTH, "deputy"), days="2026-05-12,2026-05-13")
    doris = room.chat("doris")

    doris.types("enhetens ärenden").sees(REF)
    room.later(days=2)
    doris.types("enhetens ärenden").sees("Det ingår inte i din roll")


def test_protected_identity_is_counted_and_not_listed_but_can_be_opened(anna: Chat, cecilia: Chat, room: Room) -> None:
    opens(anna, **ALL)
    changes(room, REF, protected_identity=True)

    cecilia.types("enhetens ärenden").sees("som inte visas i listor: 1").sees_no(REF)
    cecilia.types(f"uppgifter {REF}").sees(f"Ärende {REF}", "Handläggare")
    room.chat("doris").types(f"uppgifter {REF}").sees("Det finns inget ärende")


def test_from_a_row_she_reads_what_was_sent(room: Room, cecilia: Chat) -> None:
    sent(room)

    cecilia.types("enhetens ärenden").sees("Skickat till chef", "Inget saknas").presses(f"Öppna {REF}")
    assert cecilia.presses("Börja läsa").kind() == "form"


def test_from_a_row_she_extends(anna: Chat, cecilia: Chat, room: Room) -> None:
    opens(anna, **ALL)
    changes(room, REF, opened_on=date(2026, 2, 1))

    cecilia.types("enhetens ärenden").presses(f"Öppna {REF}").presses("Förläng").presses(
        "Spara",
        {"Tidsgräns": "Utredning, fyra månader", "Typ av skäl": "Synnerliga eller särskilda skäl", "Skäl": REASON,
         "Ny sista dag": "2026-07-01"},
    )  # fmt: skip
    cecilia.sees("Förlängningen till 2026-07-01 är sparad.")
    row = room.desk.run_now(lambda session: session.exec(select(ExtensionRow)).one())
    assert row.until == date(2026, 7, 1)
    assert [one.detail for one in room.events("extended")] == ["4m"]


def test_a_new_case_worker_is_told_and_the_old_one_told_and_shut_out(
    anna: Chat, bo: Chat, cecilia: Chat, room: Room
) -> None:
    opens(anna.installs(), **ALL).presses("Ja")
    bo.installs()

    cecilia.types(f"uppgifter {REF}").sees("Nu: Anna Påhittad")
    cecilia.presses("Spara handläggare", {"Handläggare": "Bo Exempel"}).sees("Sparat.", "Nu: Bo Exempel")

    anna.receives().sees(f"{REF} har lämnats över till Bo Exempel", "Du kan inte längre öppna det")
    anna.types(f"fortsätt {REF}").sees("Det finns inget ärende")
    bo.receives().sees(f"Du är nu handläggare i {REF}").presses(f"Fortsätt {REF}").is_asked("child_informed_report")


def test_what_is_told_to_who_loses_a_case_is_true_of_her(room: Room, anna: Chat, bo: Chat, cecilia: Chat) -> None:
    move_in(room.desk, ("eva", "Eva Tvåenheter", NORTH, "unit_manager"))
    eva, kept = room.chat("eva").installs(), "Dina svar finns kvar i ärendet."
    opens(eva, **ALL).types("uppgifter").presses("Spara", {"Medhandläggare": "Bo Exempel"})
    bo.installs()

    cecilia.types(f"uppgifter {REF}").presses("Spara handläggare", {"Medhandläggare": "Ingen"})
    bo.receives().sees(f"Du är inte längre handläggare eller medhandläggare i {REF}", kept).sees_no("lämnats över")

    cecilia.types(f"uppgifter {REF}").presses("Spara handläggare", {"Handläggare": "Anna Påhittad"})
    eva.receives().sees("har lämnats över till Anna Påhittad", "Du kan öppna det för att läsa", kept)
    eva.sees_no("inte längre öppna")

    raw = f"tenant_id,case_ref,lead_email\n{TENANT},{REF},-\n".encode()
    anna.installs()
    room.desk.run_now(lambda s: import_cases(s, raw, frozenset(), room.now, "cli:test"))
    anna.receives().sees("Du är inte längre handläggare", "Du kan inte längre öppna det", kept).sees_no("till .")


def test_who_had_a_case_only_until_the_message_was_sent_is_not_told_that_it_is_hers(
    anna: Chat, bo: Chat, cecilia: Chat
) -> None:
    opens(anna.installs(), **ALL)
    bo.installs()
    for name in ("Bo Exempel", "Anna Påhittad"):
        cecilia.types(f"uppgifter {REF}").presses("Spara handläggare", {"Handläggare": name}).sees("Sparat.")

    assert bo.arrives() == 1
    bo.receives().sees(f"{REF} har lämnats över till Anna Påhittad")


def test_the_co_worker_can_take_over_and_the_old_lead_stay_on(anna: Chat, bo: Chat, cecilia: Chat, room: Room) -> None:
    opens(anna.installs(), **ALL).types("uppgifter").presses("Spara", {"Medhandläggare": "Bo Exempel"})
    bo.installs()

    cecilia.types(f"uppgifter {REF}")
    cecilia.presses("Spara handläggare", {"Handläggare": "Bo Exempel", "Medhandläggare": "Anna Påhittad"})

    anna.receives().sees("Du är nu medhandläggare", "Bo Exempel")
    bo.receives().sees("Du är nu handläggare")
    cecilia.types(f"uppgifter {REF}").presses("Spara handläggare", {"Medhandläggare": "Ingen"})
    assert room.case().co_id is None


def test_the_co_worker_who_becomes_lead_leaves_her_place_empty(anna: Chat, cecilia: Chat, room: Room) -> None:
    opens(anna, **ALL).types("uppgifter").presses("Spara", {"Medhandläggare": "Bo Exempel"})

    cecilia.types(f"uppgifter {REF}").presses("Spara handläggare", {"Handläggare": "Bo Exempel"})
    assert room.case().co_id is None
    assert room.case().lead_id is not None


def test_lead_and_co_worker_are_two_people_and_of_the_unit(anna: Chat, cecilia: Chat, room: Room) -> None:
    opens(anna, **ALL)
    before = room.case().lead_id
    cecilia.types(f"uppgifter {REF}")
    offered = {choice["title"] for choice in inputs(cecilia.card)["lead"]["choices"]}
    assert offered == {"Anna Påhittad", "Bo Exempel", "Eva Tvåenheter"}, "Doris works in another unit"

    cecilia.presses("Spara handläggare", {"Medhandläggare": "Anna Påhittad"}).sees("kan inte vara medhandläggare")
    assert (room.case().lead_id, room.case().co_id) == (before, None)


def test_an_old_card_undoes_nothing(anna: Chat, cecilia: Chat, room: Room) -> None:
    opens(anna, **ALL)
    old = cecilia.types(f"uppgifter {REF}").shown
    cecilia.types(f"uppgifter {REF}").presses("Spara handläggare", {"Handläggare": "Bo Exempel"})
    taken = room.case().lead_id

    cecilia.presses("Spara handläggare", {"Handläggare": "Eva Tvåenheter"}, on=old).sees("har ändrats")
    assert room.case().lead_id == taken


def test_handing_over_voids_no_signature(room: Room, cecilia: Chat) -> None:
    sent(room)
    reads(begins(cecilia)).presses("Visa skillnader").presses("Signera")
    cecilia.types(f"uppgifter {REF}").presses("Spara handläggare", {"Handläggare": "Bo Exempel"})

    assert not room.events("voided")


def test_the_reminder_of_the_fourteen_days_can_be_acted_on(anna: Chat, cecilia: Chat, room: Room) -> None:
    opens(anna.installs(), **ALL)
    changes(room, REF, received_on=date(2026, 5, 2))
    room.sweeps()
    cecilia.receives().sees("Förhandsbedömningen ska vara klar senast 2026-05-16")
    assert {"Förläng", "Be handläggaren"} <= set(cecilia.buttons)
    named = [action["tooltip"] for action in actions(cecilia.card) if action["title"] == "Förläng"]
    assert named == [f"Förläng: {REF}"]

    card = cecilia.shown
    cecilia.presses("Be handläggaren").sees("Anna Påhittad har fått besked")
    assert cecilia.posted[card.message] == card.card, "the reminder stays"
    anna.receives().sees(f"Cecilia Fiktiv ber dig se till förhandsbedömningen i {REF}").presses("Förläng")
    assert anna.kind() == "extend"
    cecilia.presses("Förläng", on=card)
    assert cecilia.kind() == "extend"


def test_asking_twice_tells_once_and_asking_nobody_says_so(anna: Chat, cecilia: Chat, room: Room) -> None:
    opens(anna, **ALL)
    changes(room, REF, received_on=date(2026, 5, 2))
    room.sweeps()
    anna.removes()
    card = cecilia.receives().shown
    cecilia.presses("Be handläggaren").sees("Inget har skickats")
    anna.installs()
    cecilia.presses("Be handläggaren", on=card).presses("Be handläggaren", on=card)
    asked = [one for one in anna.prompts() if "ber dig" in one.canonical() or "prompts.asked" in one.canonical()]
    assert len(asked) == 1


def test_it_is_whole_in_english(anna: Chat, cecilia: Chat, room: Room) -> None:
    many(anna, room, 6)
    cecilia.types("språk en").types("unit cases").sees("The unit's cases", "Open cases: 6.", "days old")
    cecilia.presses("No checklist").sees("Cases without a checklist: 6.").presses("Oldest first")
    cecilia.presses("Open SN 2026/0001").sees("Case SN 2026/0001", "Case worker")


def test_the_register_of_another_unit_gives_nothing(room: Room, anna: Chat) -> None:
    opens(anna, **ALL)
    raw = people_csv(("frida", "Frida Fiktiv", SOUTH, "unit_manager"))
    room.desk.run_now(lambda session: import_people(session, raw, frozenset({TENANT}), room.now, "cli:test"))
    room.chat("frida").types("enhetens ärenden").sees("Enheten har inga öppna ärenden.").sees_no(REF)
    fills(anna.types("fortsätt"))


def test_both_databases_list_the_same(either_room: Room) -> None:
    anna, cecilia = either_room.chat("anna"), either_room.chat("cecilia").installs()
    opens(anna, children=2, **ALL).presses("Ja")
    anna.types("ny SN 2026/0001")
    changes(either_room, REF, received_on=date(2026, 4, 1))

    cecilia.types("enhetens ärenden").sees("Öppna ärenden: 2.", "Försenat", "1 av 14 besvarade", "41 dagar gammalt")
    assert shown(cecilia.presses("Saknar checklista")) == ["SN 2026/0001"]
    cecilia.types(f"uppgifter {REF}").presses("Spara handläggare", {"Handläggare": "Bo Exempel"}).sees("Sparat.")


def test_what_was_refused_stands_on_the_card_again(anna: Chat, cecilia: Chat) -> None:
    opens(anna, **ALL)
    chosen = {"Handläggare": "Bo Exempel", "Medhandläggare": "Bo Exempel"}
    cecilia.types(f"uppgifter {REF}").presses("Spara handläggare", chosen).sees("Inget på kortet är sparat")

    workers = {one["title"]: one["value"] for one in inputs(cecilia.card)["lead"]["choices"]}
    assert [inputs(cecilia.card)[name].get("value") for name in ("lead", "co_worker")] == [workers["Bo Exempel"]] * 2
