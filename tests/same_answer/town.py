"""One harness for every rule: the same case told by chat or by file, and what the figures then say of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from itertools import count

from checklists.csv_in import BadCsv
from imports.answers import import_answers
from imports.cases import import_cases
from imports.common import Imported
from imports.people import import_people
from reports import checklists, rates, times
from reports.selected import Selection
from storage import aggregates
from storage.desk import Session
from tests.chat.conftest import Furnished
from tests.chat.drive import opens
from tests.chat.harness import NORTH, REF, STOCKHOLM, TENANT, Chat, Room, object_id

FACTS = {"violence": "nej", "child_placed": "nej", "intervention_decided": "nej", "child_communicated": "ja"}
LABELS = {
    "received_on": "Anmälan inkom",
    "assigned_on": "Tilldelat handläggare",
    "opened_on": "Utredning inledd",
    "planned_decision_on": "Planerat beslutsdatum",
    "decided_on": "Beslut fattat",
    "started_on": "Insats påbörjad",
}
EMAIL = "anna@example.invalid"
ALLOWED = frozenset({TENANT})
Take = Callable[[Session, bytes, frozenset[str], datetime, str], Imported]


class Stage:
    """Rooms where something has been said already, which is said once for all tests."""

    def __init__(self, made: Furnished, said: Room) -> None:
        made.keep()
        self.made, self.said = made, said

    def room(self) -> Room:
        """Return a room as it was then, everyone looking at what she looked at; what is said now is new."""
        room = self.made.room()
        room.ids, room.now = count(1000), self.said.now
        for name, then in self.said.chats.items():
            chat = room.chat(name)
            chat.posted, chat.received = dict(then.posted), list(then.received)
            chat.at, chat.view, chat.said, chat.refreshing = then.at, then.view, then.said, then.refreshing
        return room


def moment(day: date) -> datetime:
    """Return a moment of a day within office hours."""
    return datetime.combine(day, time(10, 42), STOCKHOLM)


def told(chat: Chat, dates: Mapping[str, str]) -> bool:
    """Tell the dates of a case in the chat, the closing by its own press; say whether nothing was refused."""
    fields = {LABELS[name]: text for name, text in dates.items() if name != "closed_on"}
    stood = True
    if fields:
        chat.types(f"uppgifter {REF}").presses("Spara", fields)
        stood = "inte sparat" not in chat.text and "kunde inte läsas" not in chat.text
    if "closed_on" in dates:
        chat.types(f"uppgifter {REF}").presses("Avsluta").presses("Avsluta", {"Avslutat": dates["closed_on"]})
        stood = chat.room.case().closed_on is not None and stood
    return stood


def opened(room: Room, **facts: str) -> Chat:
    """Have Anna open the case in the chat. What her client asks by itself is for other tests."""
    room.chat("anna").refreshing = False
    return opens(room.chat("anna"), **(FACTS | facts))


def filed(room: Room, take: Take, rows: Sequence[Mapping[str, str]]) -> bool:
    """Bring rows in as a file; say whether nothing was refused. A file that was taken says nothing new again."""
    lines = [";".join(row) for row in (["tenant_id", *rows[0]], *([TENANT, *row.values()] for row in rows))]
    raw = "\n".join(lines).encode()

    def work(session: Session) -> Imported:
        return take(session, raw, ALLOWED, room.now, "cli:test")

    try:
        room.desk.run_now(work)
    except BadCsv:
        return False
    assert room.desk.run_now(work).unchanged == len(rows)
    return True


def case_filed(room: Room, **cells: str) -> bool:
    """Bring Anna's case in by a file of cases."""
    row = {"case_ref": REF, "unit": NORTH, "lead_email": EMAIL, "children": "1", **cells}
    return filed(room, import_cases, [row])


def answers_filed(room: Room, *rows: Mapping[str, str], role: str = "case_worker") -> bool:
    """Bring answers of the one child in by a file."""
    about = {"case_ref": REF, "checklist": "decision_basis", "role": role, "child": "1"}
    return filed(room, import_answers, [about | dict(row) for row in rows])


def person_filed(room: Room, name: str, role: str, unit: str, first: str = "", last: str = "") -> bool:
    """Bring someone into the register by a file of people, for some days if they are given."""
    row = {"object_id": object_id(name), "email": f"{name}@example.invalid", "name": f"{name.title()} Påhittad"}
    row |= {"unit": unit, "role": role, "valid_from": first, "valid_to": last}
    return filed(room, import_people, [row])


def kept_dates(room: Room) -> dict[str, str]:
    """Return the dates that are kept of the case."""
    case = room.case()
    names = (*LABELS, "closed_on")
    return {name: str(found) for name in names if (found := getattr(case, name)) is not None}


# --- figures ---------------------------------------------------------------------------------------------------------


def clocks(room: Room) -> dict[str, str]:
    """Return what `export --what times` says of the one case: each clock that counts, and where it stands."""
    found: dict[str, str] = {}
    for row in _rows(room, times.COLUMNS, times.time_rows):
        counts = [name for name in times.COUNTS if row[name] not in ("", "0")]
        assert all(row[name] == "1" for name in counts), row
        assert len(counts) <= 1, row
        assert not row["median_days"].startswith("-"), row
        found |= dict.fromkeys([row["clock"]] if counts else [], *counts)
    return found


def durations(room: Room) -> list[dict[str, str]]:
    """Return `export --what times` whole."""
    return list(_rows(room, times.COLUMNS, times.time_rows))


def listed(room: Room, role: str = "case_worker") -> dict[str, str]:
    """Return the line of `export --what checklists` for the basis of one role."""
    rows = _rows(room, checklists.COLUMNS, checklists.checklist_rows)
    [line] = [row for row in rows if (row["checklist"], row["role"]) == ("decision_basis", role)]
    return line


def rated(room: Room, item: str, role: str = "case_worker") -> dict[str, str]:
    """Return what `export --what rates` counts of an item, where it is not nought."""
    rows = _rows(room, rates.COLUMNS, rates.rate_rows)
    [line] = [row for row in rows if (row["item"], row["role"]) == (item, role)]
    return {name: line[name] for name in rates.COUNTS if line[name] != "0"}


def _rows(room: Room, columns: Sequence[str], rows: Callable[..., Iterator[list[str]]]) -> Iterator[dict[str, str]]:
    def work(session: Session) -> list[list[str]]:
        aggregates.project_all(session)
        return list(rows(session, Selection(), room.now.date()))

    return (dict(zip(columns, row, strict=True)) for row in room.desk.run_now(work))
