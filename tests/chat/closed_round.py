"""Makes a closed round with given answers at once: who leads each case, who reads it, and what she answers."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlmodel import select

from actions import round_pool, rounds
from actions.origin import of_person
from actions.rounds import Plan
from checklists.model import ListId, Written
from checklists.periods import Period
from checklists.round_match import Availability, Match
from checklists.tenant_settings import TenantSettings
from storage import answers, filled, people, round_readings
from storage.cases import CaseRow
from storage.desk import Session
from storage.filled import FilledRow
from storage.rounds import RoundRow
from tests.chat.harness import NORTH, TENANT, Room, move_in
from tests.chat.lived import lived_once
from tests.chat.round_drive import REVIEWERS, RUNS
from tests.sql.import_files import import_cases

LIST: ListId = "peer_review_bou"
BOX = "child_heard_in_investigation"
WORKERS = tuple(
    (name, f"{name.capitalize()} Handläggare", NORTH, "case_worker") for name in ("pia", "per", "pim", "paul")
)


def ref_of(number: int) -> str:
    """Return the reference of a case."""
    return f"SN 2026/{701 + number:04}"


@lived_once
def closed(
    room: Room,
    leads: Sequence[str],
    said: Sequence[Mapping[str, str]],
    *,
    reviewers: Sequence[str] = ("cia", "dan", "elsa"),
    units: Sequence[str] = (),
    twice: int = 0,
    name: str = "Våren 2026",
    start: int = 0,
    unread: int = 0,
    again: Sequence[Mapping[str, str]] = (),
    home: str = NORTH,
) -> int:
    """Make a closed round of as many cases as there are leads; return its row id.

    said: by case, the answers by question. again: those of a case's other reader, the same by default. units: of each
    case, home by default, where everybody works.
    start: the number of the first case. unread: so many of the first cases are not read, and the round is still open.
    """
    where = list(units) or [home] * len(leads)
    move_in(room.desk, *((name, full, home, role) for name, full, _, role in (*REVIEWERS, *WORKERS)), RUNS)
    month = max(room.now.month - 2, 1)
    for number, (lead, unit) in enumerate(zip(leads, where, strict=True)):
        cells = {"tenant_id": TENANT, "case_ref": ref_of(start + number), "unit": unit}
        if lead:
            cells["lead_email"] = f"{lead}@example.invalid"
        cells |= {"opened_on": "2026-01-01", "decided_on": f"2026-{month:02}-{number % 28 + 1:02}", "violence": "ja"}
        cells |= {"intervention_decided": "ja"}
        raw = "\n".join((";".join(cells), ";".join(cells.values()))).encode()
        room.desk.run_now(lambda session, raw=raw: import_cases(session, raw, frozenset({TENANT}), room.now, "cli:t"))  # type: ignore[misc]
    at = (said, again or said, reviewers, twice, name, start, unread)
    return room.desk.run_now(lambda session: _round(session, room, *at))


def _round(
    session: Session,
    room: Room,
    said: Sequence[Mapping[str, str]],
    again: Sequence[Mapping[str, str]],
    reviewers: Sequence[str],
    twice: int,
    name: str,
    start: int,
    unread: int,
) -> int:
    mona = people.by_email(session, 1, "mona@example.invalid")
    assert mona is not None
    origin = of_person(1, mona.id, room.now)
    today = room.now.date()
    every = session.exec(select(CaseRow).where(CaseRow.tenant_id == 1)).all()
    by_ref = {case.ref: case for case in every}
    mine = [by_ref[ref_of(start + number)] for number in range(len(said))]
    plan = Plan(
        name=name,
        checklist=LIST,
        units=tuple(sorted({case.unit_id for case in mine})),
        period=Period(today - timedelta(days=92), today),
        opens_on=today,
        closes_on=today + timedelta(days=28),
        per_unit=len(said),
        twice=twice,
        seed="påhittat",
    )
    row, _ = rounds.make(session, origin, plan)
    found = [people.by_email(session, 1, f"{one}@example.invalid") for one in reviewers]
    round_pool.add_reviewers(session, origin, row, [one.id for one in found if one], Availability())
    matched, _ = rounds.start(session, origin, row, TenantSettings())
    assert isinstance(matched, Match), matched
    for reading in round_readings.readings(session, row.id):
        number = next(place for place, case in enumerate(mine) if case.id == reading.case_id)
        if number < unread:
            continue
        reads(session, room, row, reading.case_id, reading.person_id, (again if reading.second else said)[number])
    if not unread:
        row.state, row.closed_at = "closed", room.now
        row.readings = row.done = len(said)
    session.flush()
    return row.id


def reads(session: Session, room: Room, row: RoundRow, case_id: int, person_id: int, said: Mapping[str, str]) -> None:
    """Store one reading."""
    case = session.get_one(CaseRow, case_id)
    sheet = FilledRow(
        tenant_id=1,
        case_id=case_id,
        unit_id=case.unit_id,
        checklist=row.checklist,
        version=row.version,
        child=0,
        role="peer_reviewer",
        person_id=person_id,
        round_id=row.id,
        begun_at=room.now,
    )
    filled.add(session, sheet)
    for item, choice in said.items():
        why = Written(choice, "text", motivation="Påhittat skäl", place="s. 4") if choice == "nej" else Written(choice)
        answers.add(session, sheet, item, 1, why, author=person_id, at=room.now, act="påhittad")
