"""The harness of these tests: enter the same case by chat or by file, then read the figures."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from itertools import count

from checklists.csv_in import BadCsv
from imports.common import Imported
from reports import checklists, rates, times
from reports.selected import Selection
from storage import aggregates
from storage.desk import Session
from tests.chat.conftest import Furnished
from tests.chat.drive import opens
from tests.chat.harness import NORTH, REF, STOCKHOLM, TENANT, Chat, Room, object_id
from tests.sql.import_files import import_answers, import_cases, import_people

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
    """Rooms prepared by a conversation that runs only once."""

    def __init__(self, made: Furnished, said: Room) -> None:
        made.keep()
        self.made, self.said = made, said

    def room(self) -> Room:
        """Reset the room to the prepared state, everyone looking at the same card as then."""
        room = self.made.room()
        room.ids, room.now = count(1000), self.said.now
        for name, then in self.said.chats.items():
            chat = room.chat(name)
            chat.posted, chat.received = dict(then.posted), list(then.received)
            chat.at, chat.view, chat.said, chat.refreshing = then.at, then.view, then.said, then.refreshing
        return room


def moment(day: date) -> datetime:
    """Return a time within office hours on a day."""
    return datetime.combine(day, time(10, 42), STOCKHOLM)


def told(chat: Chat, dates: Mapping[str, str]) -> bool:
    """Enter the dates of a case in chat, closing with its own button. Returns: whether all were accepted."""
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
    """Anna opens the case in chat. Automatic refreshes are off; other tests cover them."""
    room.chat("anna").refreshing = False
    return opens(room.chat("anna"), **(FACTS | facts))


def filed(room: Room, take: Take, rows: Sequence[Mapping[str, str]]) -> bool:
    """Import rows; a second import must change nothing. Returns: whether all were accepted."""
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
    """Import Anna's case."""
    row = {"case_ref": REF, "unit": NORTH, "lead_email": EMAIL, "children": "1", **cells}
    return filed(room, import_cases, [row])


def answers_filed(room: Room, *rows: Mapping[str, str], role: str = "case_worker") -> bool:
    """Import answers for the only child."""
    about = {"case_ref": REF, "checklist": "decision_basis", "role": role, "child": "1"}
    return filed(room, import_answers, [about | dict(row) for row in rows])


def person_filed(room: Room, name: str, role: str, unit: str, first: str = "", last: str = "") -> bool:
    """Import a person, for a period if given."""
    row = {"object_id": object_id(name), "email": f"{name}@example.invalid", "name": f"{name.title()} Påhittad"}
    row |= {"unit": unit, "role": role, "valid_from": first, "valid_to": last}
    return filed(room, import_people, [row])


def kept_dates(room: Room) -> dict[str, str]:
    """Return the stored dates of the case."""
    case = room.case()
    names = (*LABELS, "closed_on")
    return {name: str(found) for name in names if (found := getattr(case, name)) is not None}


# --- figures ---------------------------------------------------------------------------------------------------------


def clocks(room: Room) -> dict[str, str]:
    """Return the state of each counted clock of the only case, from `export --what times`."""
    found: dict[str, str] = {}
    for row in _rows(room, times.COLUMNS, times.time_rows):
        counts = [name for name in times.COUNTS if row[name] not in ("", "0")]
        assert all(row[name] == "1" for name in counts), row
        assert len(counts) <= 1, row
        assert not row["median_days"].startswith("-"), row
        found |= dict.fromkeys([row["clock"]] if counts else [], *counts)
    return found


def durations(room: Room) -> list[dict[str, str]]:
    """Return all rows of `export --what times`."""
    return list(_rows(room, times.COLUMNS, times.time_rows))


def listed(room: Room, role: str = "case_worker") -> dict[str, str]:
    """Return the row of `export --what checklists` for one role's basis."""
    rows = _rows(room, checklists.COLUMNS, checklists.checklist_rows)
    [line] = [row for row in rows if (row["checklist"], row["role"]) == ("decision_basis", role)]
    return line


def rated(room: Room, item: str, role: str = "case_worker") -> dict[str, str]:
    """Return the non-zero counts of an item in `export --what rates`."""
    rows = _rows(room, rates.COLUMNS, rates.rate_rows)
    [line] = [row for row in rows if (row["item"], row["role"]) == (item, role)]
    return {name: line[name] for name in rates.COUNTS if line[name] != "0"}


def _rows(room: Room, columns: Sequence[str], rows: Callable[..., Iterator[list[str]]]) -> Iterator[dict[str, str]]:
    def work(session: Session) -> list[list[str]]:
        aggregates.project_all(session)
        return list(rows(session, Selection(), room.now.date()))

    return (dict(zip(columns, row, strict=True)) for row in room.desk.run_now(work))
