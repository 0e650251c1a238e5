"""Who may open and read a case and see its unit's figures: the same for a role imported or given by the chef."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import pytest

from tests.chat.harness import NORTH, REF, SOUTH, Chat, Room
from tests.chat.read_drive import reads
from tests.same_answer.expected.access import Part, Person, may_open, may_sign, sees_figures
from tests.same_answer.town import Stage, case_filed, moment, person_filed
from texts import say

TODAY = date(2026, 5, 12)
NAME = "petra"
FULL = "Petra Påhittad"
DAYS = (None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1))
LEAP = date(2028, 2, 29)
COUNT = 31
NO_CASE = "Det finns inget ärende"


@dataclass(frozen=True)
class Seen:
    """A person, and the day she tries."""

    person: Person
    today: date = TODAY


def ahead(days: int) -> date:
    """Return the day `days` from today."""
    return TODAY + timedelta(days=days)


ODD = (
    Seen(Person("deputy", first=ahead(0), last=ahead(8))),
    Seen(Person("deputy", first=ahead(0), last=ahead(8)), ahead(8)),
    Seen(Person("deputy", first=ahead(0), last=ahead(8)), ahead(9)),
    Seen(Person("deputy", first=ahead(1), last=ahead(8))),
    Seen(Person("deputy", first=ahead(1), last=ahead(8)), ahead(1)),
    Seen(Person("deputy", in_its_unit=False, first=ahead(0), last=ahead(8))),
    Seen(Person("deputy", first=LEAP, last=LEAP), LEAP),
    Seen(Person("deputy", first=LEAP, last=LEAP), LEAP + timedelta(days=1)),
    Seen(Person("deputy", first=ahead(0), last=ahead(8), part="co")),
    Seen(Person("unit_manager")),
    Seen(Person("unit_manager", in_its_unit=False)),
    Seen(Person("unit_manager", part="co")),
    Seen(Person("unit_manager", part="lead")),
    Seen(Person("unit_manager", last=ahead(-1))),
    Seen(Person("unit_manager", first=ahead(1))),
    Seen(Person("case_worker")),
    Seen(Person("case_worker", part="lead")),
    Seen(Person("case_worker", part="co")),
    Seen(Person("case_worker", part="was lead")),
    Seen(Person("case_worker", part="co", last=ahead(-1))),
    Seen(Person("manager")),
    Seen(Person("manager", last=ahead(-1))),
    Seen(Person("auditor")),
    Seen(Person("admin")),
)


def generated() -> list[Seen]:
    """Return the special cases and, up to the count, random ones."""
    draw = Random(7)
    found = list(ODD)
    parts: tuple[Part, ...] = ("", "lead", "co")
    while len(found) < COUNT:
        role = draw.choice(("case_worker", "unit_manager", "deputy"))
        first, last = draw.choice(DAYS), draw.choice(DAYS)
        if (first and last and first > last) or (role == "deputy" and not (first and last)):
            continue
        drawn = Seen(Person(role, draw.random() < 0.8, first, last, draw.choice(parts)), TODAY)
        found += [drawn] if drawn not in found else []
    return found


def enters(room: Room, person: Person) -> None:
    """Import the person. With a part in a case, or if the chef is to name her, she is also a case worker."""
    unit = (NORTH if person.in_its_unit else SOUTH) if person.role in ("case_worker", "unit_manager", "deputy") else ""
    days = [str(day) if day else "" for day in (person.first, person.last)]
    if person.role in ("unit_manager", "deputy"):
        assert person_filed(room, NAME, "case_worker", NORTH if person.part else SOUTH)
    assert person_filed(room, NAME, person.role, unit, *days)


def takes_part(room: Room, part: Part) -> None:
    """Give her a part in the case by a file, dated when she may have one."""
    email = f"{NAME}@example.invalid"
    if part == "co":
        assert case_filed(room, co_email=email)
    elif part:
        assert case_filed(room, lead_email=email)
    if part == "was lead":
        assert case_filed(room)


def named(room: Room, person: Person) -> None:
    """The unit's chef appoints her on the card."""
    assert person_filed(room, NAME, "case_worker", NORTH if person.part else SOUTH)
    chef = room.chat("cecilia" if person.in_its_unit else "sara")
    if not person.in_its_unit:
        assert person_filed(room, "sara", "unit_manager", SOUTH)
    days = {"first": str(person.first), "last": str(person.last)}
    chef.types("ersättare").presses("Spara", {"person": FULL, **days}).sees(f"{FULL} ersätter")


def checks(room: Room, seen: Seen) -> None:
    """Let her try everything, and compare with what is expected."""
    room.now = moment(seen.today)
    petra: Chat = room.chat(NAME)
    petra.refreshing = False
    petra.types(f"fortsätt {REF}")
    opens = NO_CASE not in petra.text and say("common.not_for_your_role", "sv") not in petra.text and REF in petra.text
    assert opens is may_open(seen.person, seen.today), petra.text
    petra.types("att läsa")
    waits = REF in petra.text and say("common.not_for_your_role", "sv") not in petra.text
    assert waits is may_sign(seen.person, seen.today), petra.text
    petra.types("rapport")
    shown = petra.kind() == "report" and f"Rapport: {SOUTH}" not in petra.text
    assert shown is sees_figures(seen.person, seen.today), petra.text
    if waits:
        petra.types("att läsa").presses("Fortsätt läsa")
        reads(petra).presses("Visa skillnader").presses("Signera").sees("Signerat")


@pytest.mark.parametrize("seen", generated(), ids=str)
def test_chat_files_and_figures_agree_on_access(sent: Stage, seen: Seen) -> None:
    room = sent.room()
    enters(room, seen.person)
    takes_part(room, seen.person.part)
    checks(room, seen)

    if seen.person.role == "deputy" and seen.person.first and seen.person.first >= TODAY:
        room = sent.room()
        named(room, seen.person)
        takes_part(room, seen.person.part)
        checks(room, seen)
