"""Begin lists, send them to the chef, and begin and finish reading them."""

from dataclasses import replace
from datetime import date

from actions import signing
from actions.basis import BASIS, Basis, Sheet, read, read_own, written
from actions.changes import NONE, Change, Changes, record
from actions.origin import Origin
from checklists import lifecycle
from checklists.errors import ListIsUsed, ListOfRound
from checklists.events import EventName
from checklists.lifecycle import READER, WRITER, Act, State
from checklists.model import Checklist, Role
from checklists.swedish_time import midnight
from storage import answers, cases, drafts, filled, projection_queue
from storage.cases import CaseRow
from storage.desk import Session
from storage.filled import FilledRow


def begin(session: Session, origin: Origin, basis: Basis, occasion: int = 1) -> tuple[Basis, Changes]:
    """Create the missing lists, one per child or one for the whole case, and return the basis with them.

    The first list of an occasion is pinned to the newest version and the case's unit; later ones follow it, and void a
    signature of the others. Raises: SignatureStands: the caller has not yet been asked whether they may.
    """
    case, checklist = basis.case, basis.checklist
    present = {sheet.filled.child for sheet in basis.sheets}
    wanted = range(1, case.children + 1) if checklist.per == "child" else (filled.NO_CHILD,)
    missing = [child for child in wanted if child not in present]
    if not missing:
        return basis, NONE
    like = basis.sheets[0].filled if basis.sheets else None
    if like:
        signing.ask_before_case(session, origin, case)
    changes = NONE
    for child in missing:
        _, begun = begin_one(session, origin, case, checklist, WRITER, child, occasion, like=like)
        changes += begun
    if like:
        changes += signing.after_case(session, origin, case)
    return read(session, case, basis.facts, checklist.id), changes


def lacks(basis: Basis) -> bool:
    """Return whether a child that was added has no list yet, while the other children have theirs."""
    return bool(basis.sheets) and basis.goes_to_chef and len(basis.sheets) < basis.case.children


def begin_added(session: Session, origin: Origin, basis: Basis) -> Changes:
    """Begin the lists of added children, if the other children have theirs. Raises: as `begin`."""
    changes = begin(session, origin, basis)[1] if lacks(basis) else NONE
    for change in changes[:1]:
        change.notice = "child_added"
    return changes


def begin_one(
    session: Session,
    origin: Origin,
    case: CaseRow,
    checklist: Checklist,
    role: Role,
    child: int,
    occasion: int = 1,
    *,
    like: FilledRow | None = None,
    person_id: int = filled.NOBODY,
    acting: str = "",
    file_part: str = "",
    name: EventName | None = None,
    in_round: tuple[int, int] = (filled.NO_ROUND, 0),
) -> tuple[FilledRow, Changes]:
    """Create one list. like: another list of the same occasion, whose unit, version and occasion it copies.

    person_id: the reader, or NOBODY for the workers' list. acting: whom a reader deputises for, else empty. file_part:
    the part of the case file it is about, where each has a list of its own. name: of its event. in_round: row id of the
    round it is reviewed in, and the version of the list used there.
    """
    row = FilledRow(
        tenant_id=origin.tenant_id,
        case_id=case.id,
        unit_id=like.unit_id if like else case.unit_id,
        checklist=checklist.id,
        version=like.version if like else in_round[1] or checklist.version,
        occasion=like.occasion if like else occasion,
        child=child,
        role=role,
        person_id=person_id,
        file_part=file_part,
        round_id=in_round[0],
        begun_at=origin.now,
    )
    filled.add(session, row)
    event: EventName = name or ("list_begun" if person_id == filled.NOBODY else "reading_begun")
    return row, record(session, origin, Change(event, case, row.id, detail=acting))


def begin_own(
    session: Session, origin: Origin, own: Basis, acting: str = "", file_part: str = "", version: int = 0
) -> tuple[Basis, FilledRow, Changes]:
    """Begin a list other than the decision basis, unless it is begun; return the basis with it, and its row.

    acting: whom a deputy stands in for. file_part: of the case file, where each part has a list of its own. version: of
    the list, in a round.
    """
    cases.lock(session, own.case)  # two presses at once begin one list
    at = (own.case, own.facts, own.list_id, own.role, own.person_id, own.round_id)
    own = read_own(session, *at)
    found = next((sheet.filled for sheet in own.sheets if sheet.filled.file_part == file_part), None)
    if found is not None:
        return own, found, NONE
    row, changes = begin_one(
        session,
        origin,
        own.case,
        own.checklist,
        own.role,
        filled.NO_CHILD,
        like=own.sheets[0].filled if own.sheets else None,
        person_id=own.person_id,
        acting="by_hand" if own.role == "auditor" else acting,
        file_part=file_part,
        name="list_begun",
        in_round=(own.round_id, version),
    )
    return read_own(session, *at), row, changes


def new_occasion(session: Session, origin: Origin, basis: Basis) -> tuple[Basis, Changes]:
    """Begin a new occasion on a case whose newest one is signed; the signed one is left unchanged."""
    return begin(session, origin, replace(basis, sheets=()), basis.occasion + 1)


def withdraw(session: Session, origin: Origin, basis: Basis) -> Changes:
    """Delete the newest occasion of a list that was begun by mistake, with its drafts: it counts in no figure.

    A signed occasion that is then the newest again is voided by what was changed of the case meanwhile.
    No changes if none is begun. Raises: ListOfRound. ListIsUsed: something was ever answered in it, or it was sent or
    read; an answer is never deleted. SignatureStands: she has not been asked yet.
    """
    cases.lock(session, basis.case)
    if basis.round_id:
        raise ListOfRound
    rows = [sheet.filled for sheet in basis.sheets]
    used = any(row.status != State.BEGUN or row.sent_at or answers.any_of(session, row.id) for row in rows)
    if used or (basis.is_reading and basis.list_id == BASIS):
        raise ListIsUsed
    voids = basis.list_id == BASIS and signing.ask_before_uncovering(session, origin, basis.case, basis.occasion - 1)
    for row in rows:
        drafts.forget_all(session, row)
        filled.remove(session, row)
    changes = record(session, origin, Change("list_withdrawn", basis.case, detail=basis.list_id)) if rows else NONE
    if not voids:
        return changes
    changes += signing.after_case(session, origin, basis.case)
    return changes + begin_added(session, origin, written(session, basis.case))


def send(session: Session, origin: Origin, basis: Basis) -> Changes:
    """Hand every child's list over to the chef; gaps do not prevent it. Raises: NotNow: a list cannot be sent now."""
    again = any(sheet.filled.sent_at for sheet in basis.sheets)
    events = []
    for sheet in basis.sheets:
        sheet.filled.status = lifecycle.after(sheet.filled.status, Act.SEND)
        sheet.filled.sent_at = origin.now
        events.append(Change("sent", basis.case, sheet.filled.id))
    events[0].notice = "resent" if again else "sent"
    return record(session, origin, *events)


def begin_reading(session: Session, origin: Origin, reader: Basis, acting: str) -> tuple[Basis, Changes]:
    """Create the reader's lists that are missing, one for each of the workers' lists and in the same version.

    acting: whom the reader deputises for, empty for a chef of the unit.
    """
    present = {sheet.filled.child for sheet in reader.sheets}
    missing = [sheet.filled for sheet in reader.worker.sheets if sheet.filled.child not in present]
    if not missing:
        return reader, NONE
    person_id, changes = origin.person_id or filled.NOBODY, NONE
    for of_worker in missing:
        where = (reader.case, reader.checklist, READER, of_worker.child)
        _, begun = begin_one(session, origin, *where, like=of_worker, person_id=person_id, acting=acting)
        changes += begun
    return read(session, reader.case, reader.facts, reader.checklist.id, person_id), changes


def finish_reading(session: Session, origin: Origin, reader: Basis, acting: str) -> Changes:
    """Finish a reading; from then on the reader may see the workers' answers."""
    ended = [sheet for sheet in reader.sheets if lifecycle.may(sheet.filled.status, Act.FINISH_READING, READER)]
    for sheet in ended:
        sheet.filled.status = lifecycle.after(sheet.filled.status, Act.FINISH_READING, READER)
        sheet.filled.seen_at = origin.now
    if not ended:
        return NONE
    return record(session, origin, Change("differences_seen", reader.case, ended[0].filled.id, detail=acting))


def backdate(session: Session, sheet: Sheet, day: date) -> None:
    """Backdate the beginning of a list whose answers all came from files, to the day of the earliest answer."""
    sheet.filled.begun_at = midnight(day)
    session.flush()
    projection_queue.enqueue(session, case_id=sheet.case.id)
