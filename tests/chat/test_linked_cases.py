"""An adult's case and a child's, linked, with what the two units assessed together (R8, R2), on both databases."""

import pytest

from tests.chat.drive import opens
from tests.chat.harness import NORTH, Chat, Room, move_in
from tests.chat.list_drive import ADULT, ADULT_UNIT, CHILD, DEPUTY, furnish, takes_in

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
    for chat in (cecilia, ylva, hugo):
        chat.receives()
    return anna, cecilia, ylva, hugo


def test_linked_cases_with_a_joint_checkpoint_are_seen_from_both_units(either_room: Room) -> None:
    anna, cecilia, ylva, hugo = people(either_room)

    ylva.types(f"koppla {ADULT} {CHILD}").sees(f"Du kan inte öppna {CHILD}", "fått frågan").sees_no("Kopplat till")
    anna.receives().sees("Får ett ärende kopplas?", f"Ylva Vuxenhandläggare vill koppla {CHILD} till {ADULT}", ADULT_UNIT)
    anna.presses("Ja, koppla").sees("Ärendena är kopplade")
    ylva.receives().sees(f"{ADULT} är nu kopplat till {CHILD} ({NORTH}), av Anna Påhittad")

    ylva.presses(OWN).sees(f"Kopplat till {CHILD} ({NORTH})", "Ingen bedömning i samråd med BoU än")
    ylva.presses("Bedömning i samråd").presses("Spara", {"Dag för bedömningen": "2026-05-11", "Med vem": "Anna Påhittad"})
    ylva.sees("Bedömningen i samråd är sparad")

    said = "Bedömning i samråd med BoU 2026-05-11: Ylva Vuxenhandläggare och Anna Påhittad"
    ylva.sees(said)
    anna.receives().sees("Ylva Vuxenhandläggare har sparat en bedömning i samråd med BoU")
    anna.types(f"uppgifter {CHILD}").sees(f"Kopplat till {ADULT} ({ADULT_UNIT})", said)
    cecilia.types(f"uppgifter {CHILD}").sees(f"Kopplat till {ADULT} ({ADULT_UNIT})", said)
    hugo.types(f"uppgifter {ADULT}").sees(f"Kopplat till {CHILD} ({NORTH})", said)
    ylva.types(f"fortsätt {CHILD}").sees(NO_CASE)  # the link gives no right to the other case
    anna.types(f"uppgifter {ADULT}").sees(NO_CASE)
    events = [(row.act, row.case_id) for row in either_room.events() if row.act.startswith(("cases_", "joint"))]
    child, adult = either_room.case(CHILD).id, either_room.case(ADULT).id
    assert events == [
        *(("cases_link_asked", adult), ("cases_link_asked", child)),
        *(("cases_linked", child), ("cases_linked", adult)),
        *(("joint_assessed", adult), ("joint_assessed", child)),
    ]
