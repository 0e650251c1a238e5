"""Filled-in checklists: one per case, checklist, occasion, child, role, person, round and file part."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Enum, Index, String, UniqueConstraint, bindparam, or_, text, update
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, col, select

from checklists.lifecycle import READER, WAITING, WRITER, State
from checklists.model import ListId, Role
from storage import row_ids
from storage.cases import CaseRow
from storage.prepared import prepared
from storage.rows import TableRow
from storage.times import Moment

NO_CHILD = 0
NOBODY = 0
NO_ROUND = 0


_StateColumn = Enum(
    State, native_enum=False, length=20, values_callable=lambda states: [state.value for state in states]
)


OWN = "checklist <> 'decision_basis'"
"""SQL for the lists other than the decision basis, which are few among many: a partial index covers them."""


class FilledRow(TableRow, table=True):
    """One filled-in list, pinned to a version of its checklist and to the unit the case was in when it began.

    child: 0 when it is about the whole case. person_id: 0 when the case's workers share it. status: see
    checklists/lifecycle. seen_at: when its reader was shown the differences. return_id: the newest return of a worker's
    list, until it is signed.
    """

    __tablename__ = "filled_checklist"
    __table_args__ = (
        UniqueConstraint(
            "case_id",
            "checklist",
            "occasion",
            "child",
            "role",
            "person_id",
            "round_id",
            "file_part",
            name="uq_filled_key",
        ),
        Index("ix_filled_own", "tenant_id", "round_id", "person_id", sqlite_where=text(OWN)),
    )
    alone = False

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    case_id: int = Field(foreign_key="cases.id")
    unit_id: int = Field(foreign_key="unit.id")
    checklist: ListId = Field(sa_type=String(60))
    version: int
    occasion: int = 1
    child: int = NO_CHILD
    role: Role = Field(sa_type=String(40))
    person_id: int = NOBODY
    round_id: int = NO_ROUND
    file_part: str = Field(default="", max_length=10)
    status: State = Field(default=State.BEGUN, sa_type=_StateColumn)
    begun_at: datetime = Field(sa_type=Moment)
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    seen_at: datetime | None = Field(default=None, sa_type=Moment)
    return_id: int | None = None


_OF_CASE = prepared(
    select(FilledRow)
    .where(
        col(FilledRow.case_id) == bindparam("case_id"),
        col(FilledRow.checklist) == bindparam("checklist"),
        col(FilledRow.role) == bindparam("role"),
        col(FilledRow.person_id) == bindparam("person_id"),
    )
    .order_by(col(FilledRow.occasion), col(FilledRow.child))
)


def of_case(session: Session, case_id: int, checklist: str, role: Role, person_id: int = NOBODY) -> Sequence[FilledRow]:
    """Return a case's lists of one checklist, role and person (NOBODY for the workers), by occasion and child."""
    named = {"case_id": case_id, "checklist": checklist, "role": role, "person_id": person_id}
    return session.exec(_OF_CASE, params=named).all()


_READINGS = prepared(
    select(FilledRow)
    .where(
        col(FilledRow.case_id) == bindparam("case_id"),
        col(FilledRow.checklist) == bindparam("checklist"),
        col(FilledRow.occasion) == bindparam("occasion"),
        col(FilledRow.role) == READER,
    )
    .order_by(col(FilledRow.id))
)


def readings(session: Session, case_id: int, checklist: str, occasion: int) -> Sequence[FilledRow]:
    """Return all readers' lists of one occasion, oldest first."""
    named = {"case_id": case_id, "checklist": checklist, "occasion": occasion}
    return session.exec(_READINGS, params=named).all()


def waiting_in(session: Session, tenant_id: int, unit_ids: Sequence[int], checklist: str) -> Sequence[FilledRow]:
    """Return the workers' lists waiting to be read or signed, of open cases in these units, the first sent first.

    The lists of an occasion are read together: none waits while one, of a child that was added, has not been sent.
    """
    added = aliased(FilledRow)
    not_sent = (
        select(added.id)
        .where(added.case_id == col(FilledRow.case_id), added.checklist == checklist, added.role == WRITER)
        .where(added.occasion == col(FilledRow.occasion), added.status == State.BEGUN)
    )
    query = (
        select(FilledRow)
        .join(CaseRow, col(CaseRow.id) == col(FilledRow.case_id))
        .where(FilledRow.tenant_id == tenant_id, FilledRow.checklist == checklist, FilledRow.role == WRITER)
        .where(col(FilledRow.status).in_(WAITING), col(CaseRow.unit_id).in_(unit_ids), col(CaseRow.closed_on).is_(None))
        .where(~not_sent.exists())
    )
    return session.exec(query.order_by(col(FilledRow.sent_at), col(FilledRow.id))).all()


def any_sent(session: Session, case_id: int) -> bool:
    """Return whether any list of a case was ever sent, or is a reader's."""
    is_begun, is_writers = col(FilledRow.status) == State.BEGUN, col(FilledRow.role) == WRITER
    left = or_(~is_begun, col(FilledRow.sent_at).is_not(None), ~is_writers)
    return session.exec(select(FilledRow.id).where(FilledRow.case_id == case_id, left).limit(1)).first() is not None


def cases_with(
    session: Session, tenant_id: int, unit_ids: Sequence[int], checklist: ListId, role: Role = WRITER
) -> set[int]:
    """Return the ids of the open cases of some units in which this list has been begun in a role, the workers' if none
    is given.
    """
    query = (
        select(col(FilledRow.case_id))
        .join(CaseRow, col(CaseRow.id) == col(FilledRow.case_id))
        .where(FilledRow.tenant_id == tenant_id, FilledRow.checklist == checklist, FilledRow.role == role)
        .where(col(CaseRow.unit_id).in_(unit_ids), col(CaseRow.closed_on).is_(None))
    )
    return set(session.exec(query.distinct()).all())


def get(session: Session, tenant_id: int, row_id: int) -> FilledRow | None:
    """Return a filled-in list of this tenant by row id."""
    return session.exec(select(FilledRow).where(FilledRow.tenant_id == tenant_id, FilledRow.id == row_id)).first()


def add(session: Session, row: FilledRow) -> FilledRow:
    """Insert a new filled-in list, with an id never used before."""
    if not row.id and (given := row_ids.next_filled(session)):
        row.id = given
    session.add(row)
    session.flush()
    return row


def remove(session: Session, row: FilledRow) -> None:
    """Delete a list in which nothing was ever answered. Its id is never used again."""
    session.delete(row)
    session.flush()


def of_person(session: Session, tenant_id: int, person_id: int) -> Sequence[FilledRow]:
    """Return the lists a person answers alone and outside every round, newest first; not the decision basis."""
    query = select(FilledRow).where(FilledRow.tenant_id == tenant_id, FilledRow.person_id == person_id)
    query = query.where(FilledRow.round_id == NO_ROUND, text(OWN))
    return session.exec(query.order_by(col(FilledRow.id).desc())).all()


_ALL_OF_CASE = prepared(
    select(FilledRow).where(col(FilledRow.case_id) == bindparam("case_id")).order_by(col(FilledRow.id))
)


def of_case_all(session: Session, case_id: int) -> Sequence[FilledRow]:
    """Return every filled-in list of a case, oldest first."""
    return session.exec(_ALL_OF_CASE, params={"case_id": case_id}).all()


def move_unit(session: Session, tenant_id: int, was: int, now: int) -> None:
    """Count every list that began in a unit as another unit's."""
    mine = update(FilledRow).where(col(FilledRow.tenant_id) == tenant_id, col(FilledRow.unit_id) == was)
    session.exec(mine.values(unit_id=now))
