"""Deputies for a period, appointed by the chef, a manager or an admin, and recorded in the trail."""

import pytest

from storage.signatures import SignatureRow
from tests.chat.card_hand import inputs
from tests.chat.drive import opens
from tests.chat.harness import NORTH, REF, SOUTH, Chat, Room, move_in
from tests.chat.list_drive import takes_in
from tests.chat.read_drive import ALL, begins, reads, sent

DAYS = {"first": "2026-05-12", "last": "2026-05-20"}
OTHERS = (
    ("david", "David Provsson", SOUTH, "unit_manager"),
    ("mona", "Mona Påhittad", "", "manager"),
    ("ada", "Ada Uppdiktad", "", "admin"),
)


@pytest.fixture
def cecilia(room: Room) -> Chat:
    move_in(room.desk, *OTHERS)
    return room.chat("cecilia")


def names(chef: Chat, who: str, **more: str) -> Chat:
    """Appoint a deputy on the card; person and other choices by title."""
    return chef.types("ersättare").presses("Spara", {"person": who, **DAYS, **more})


def test_a_chef_names_a_deputy_who_is_told_and_gets_the_prompts(room: Room, cecilia: Chat) -> None:
    david = room.chat("david").installs()
    names(cecilia, "David Provsson").sees("David Provsson ersätter Cecilia Fiktiv från 2026-05-12 till 2026-05-20.")
    david.receives().sees("Du är utsedd till ersättare", "Cecilia Fiktiv")

    sent(room)

    assert cecilia.prompts() == []
    reads(begins(david)).presses("Visa skillnader").presses("Signera").sees("Signerat 10:42 av David Provsson.")
    david.presses("Visa det som signerades").sees("David Provsson, ersättare")
    event = room.events("signed")[0]
    assert event.detail.startswith("deputy_for ")
    assert room.scalar("select role from signature") == "deputy"


@pytest.mark.parametrize("day", [-1, 9])
def test_before_and_after_the_days_she_has_no_rights(room: Room, cecilia: Chat, day: int) -> None:
    names(cecilia, "David Provsson", first="2026-05-13")
    sent(room)
    room.later(days=day) if day > 0 else None

    room.chat("david").types("att läsa").sees("Inget väntar")
    room.chat("david").types(f"fortsätt {REF}").sees("Det finns inget ärende")


def test_a_right_that_has_ended_stops_a_press_on_an_old_card(room: Room, cecilia: Chat) -> None:
    names(cecilia, "David Provsson")
    sent(room, readers=("cecilia", "david"))
    david = reads(begins(room.chat("david"))).presses("Visa skillnader")
    card = david.shown
    room.later(days=10)

    david.presses("Signera", on=card).sees("Det finns inget ärende")

    assert room.count(SignatureRow) == 0


def test_a_deputy_who_has_had_the_case_is_not_asked_to_sign_it_and_the_chef_is(room: Room, cecilia: Chat) -> None:
    takes_in(room, case_ref=REF, unit=NORTH, lead_email="eva@example.invalid")
    names(cecilia, "Eva Tvåenheter")
    eva = room.chat("eva").installs()
    takes_in(room, case_ref=REF, lead_email="anna@example.invalid")
    while eva.arrives():
        pass

    sent(room, readers=("cecilia", "eva"))

    assert eva.arrives() == 0
    cecilia.receives().sees(f"{REF} är skickat för läsning")
    room.later(days=6)
    room.sweeps()
    assert (cecilia.reminded(), eva.reminded()) == (1, 0), "nor is she reminded that it is unread"


def test_nobody_stands_in_at_her_own_case(room: Room, cecilia: Chat) -> None:
    names(cecilia, "Anna Påhittad").sees("Anna Påhittad ersätter")
    anna = sent(room)

    anna.types("att läsa").sees("Inget väntar")
    cecilia.receives().sees(f"{REF} är skickat för läsning")  # nobody else remains to read it
    anna.types("mina ärenden").sees(REF)


def test_a_manager_and_an_admin_appoint_deputies_in_any_unit(room: Room, cecilia: Chat) -> None:
    mona = names(room.chat("mona"), "Bo Exempel", unit=SOUTH, stands_in_for="David Provsson")
    mona.sees("Bo Exempel ersätter David Provsson", "Saknar appen: ")
    ada = names(room.chat("ada"), "Bo Exempel", unit=NORTH, stands_in_for="Cecilia Fiktiv")
    ada.sees("Bo Exempel ersätter Cecilia Fiktiv")

    assert [event.actor != "" for event in room.events("deputy_named")] == [True, True]


def test_what_was_chosen_stands_on_the_card_again_when_a_day_is_refused(room: Room, cecilia: Chat) -> None:
    mona = room.chat("mona")
    mona.types("ersättare").presses(
        "Spara",
        {"Ersättare": "Bo Exempel", "Enhet": SOUTH, "Ersätter": "David Provsson", "Från och med": "2026-05-20"},
    )
    mona.sees("Inget på kortet är sparat.").presses("Spara", {"Till och med": "2026-05-21"})
    mona.sees("Bo Exempel ersätter David Provsson från 2026-05-20 till 2026-05-21")


def test_a_chef_appoints_deputies_in_her_own_unit_only(room: Room, cecilia: Chat) -> None:
    cecilia.types("ersättare")
    assert "unit" not in inputs(cecilia.card)
    names(cecilia, "Bo Exempel")

    assert room.scalar("select u.name from role r join unit u on u.id = r.unit_id where r.role = 'deputy'") == NORTH


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"person": "Cecilia Fiktiv"}, "en annan person"),
        ({"person": ""}, "en annan person"),
        ({"first": "", "last": ""}, "Från och med: dagen saknas"),
        ({"last": "2026-05-32"}, "Skriv det som 2025-01-31.\nInget på kortet är sparat."),
        ({"first": "2026-05-20", "last": "2026-05-12"}, "Sista dagen"),
        ({"first": "2026-05-01", "last": "2026-05-02"}, "Sista dagen"),
    ],
)
def test_a_bad_form_names_nobody_and_says_why(room: Room, cecilia: Chat, fields: dict[str, str], words: str) -> None:
    cecilia.types("ersättare").presses("Spara", {"person": "David Provsson", **DAYS, **fields}).sees(words)

    shown = {name: element.get("value", "") for name, element in inputs(cecilia.card).items()}
    assert shown["first"] == (DAYS | fields)["first"]
    assert bool(shown["person"]) is bool((fields or {}).get("person", "David Provsson"))
    assert room.events("deputy_named") == []


def test_a_deputy_is_removed_at_once(room: Room, cecilia: Chat) -> None:
    names(cecilia, "David Provsson")
    sent(room)
    card = cecilia.types("ersättare").shown
    room.chat("david").types("att läsa").sees(REF)

    cecilia.presses("Ta bort").sees("David Provsson är inte längre ersättare.")

    room.chat("david").types("att läsa").sees("Inget väntar")
    cecilia.presses("Ta bort", on=card)
    assert len(room.events("deputy_removed")) == 1


def test_a_case_worker_cannot_appoint_a_deputy(room: Room, anna: Chat) -> None:
    anna.types("ersättare").sees("Det ingår inte i din roll")


# --- protected identity ------------------------------------------------------------------------------------


def test_a_protected_case_is_seen_by_its_workers_and_the_units_chefs_only(room: Room, cecilia: Chat) -> None:
    mona = room.chat("mona").installs()
    anna = opens(room.chat("anna"), **ALL)
    anna.types("uppgifter").presses("Spara", {"protected_identity": "Ja"})
    anna.types("vad saknas").presses("Skicka till chef").sees("Saknar appen: Cecilia Fiktiv")

    mona.receives().sees("Ett ärende med skyddade personuppgifter är skickat", "Saknar appen: Cecilia Fiktiv")
    mona.sees_no(REF)
    cecilia.types("att läsa").sees(REF)
    for other in ("david", "mona", "ada", "vera", "doris", "bo"):
        room.chat(other).types(f"fortsätt {REF}").sees("Det finns inget ärende")


def test_a_manager_is_told_when_nobody_who_reads_has_the_app(room: Room, cecilia: Chat) -> None:
    mona = room.chat("mona").installs()
    opens(room.chat("anna"), **ALL).types("vad saknas").presses("Skicka till chef")

    mona.receives().sees(f"{REF} är skickat för läsning.", "Saknar appen: Cecilia Fiktiv").presses("Ersättare")
    mona.sees("Utse en ersättare", "Saknar appen: ")
