"""Returns: a chef sends a list back with a comment, sealed, and the questions she points at."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import String
from sqlmodel import Field, Session, col, select

from checklists.model import Role
from storage.rows import TableRow
from storage.sealing import seal, unseal
from storage.times import Moment


class ReturnRow(TableRow, table=True):
    """One return of an occasion to the case's workers."""

    __tablename__ = "returned"
    alone = False

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    case_id: int = Field(foreign_key="cases.id", index=True)
    checklist: str = Field(max_length=60)
    occasion: int
    person_id: int = Field(foreign_key="person.id")
    role: Role = Field(sa_type=String(40))
    at: datetime = Field(sa_type=Moment)
    nonce: str = Field(max_length=40)
    comment: bytes


class PointRow(TableRow, table=True):
    """One question pointed at. revision: that of its answer at the time, 0 if it had never been answered."""

    __tablename__ = "returned_point"
    alone = False

    return_id: int = Field(primary_key=True, foreign_key="returned.id")
    filled_id: int = Field(primary_key=True, foreign_key="filled_checklist.id")
    item_id: str = Field(primary_key=True, max_length=60)
    revision: int


def add(session: Session, row: ReturnRow, comment: str, points: Iterable[tuple[int, str, int]]) -> ReturnRow:
    """Insert a return, sealing its comment. row: without the comment. points: (filled_id, item_id, revision)."""
    row.comment = seal(session, row.tenant_id, row.case_id, "returned.comment", row.nonce, comment)
    session.add(row)
    session.flush()
    for filled_id, item_id, revision in points:
        session.add(PointRow(return_id=row.id, filled_id=filled_id, item_id=item_id, revision=revision))
    session.flush()
    return row


def points(session: Session, return_id: int, filled_id: int) -> Mapping[str, int]:
    """Return the items pointed at in one list, with the revision of each."""
    query = select(PointRow).where(PointRow.return_id == return_id, PointRow.filled_id == filled_id)
    return {row.item_id: row.revision for row in session.exec(query)}


def points_of(session: Session, return_ids: Iterable[int]) -> dict[tuple[int, int], dict[str, int]]:
    """Return the same as `points` for several returns, by return and list, in one query."""
    found: dict[tuple[int, int], dict[str, int]] = {}
    for row in session.exec(select(PointRow).where(col(PointRow.return_id).in_(list(return_ids)))):
        found.setdefault((row.return_id, row.filled_id), {})[row.item_id] = row.revision
    return found


def get(session: Session, tenant_id: int, row_id: int) -> ReturnRow | None:
    """Fetch a return of this tenant by row id, None if there is none."""
    return session.exec(select(ReturnRow).where(ReturnRow.tenant_id == tenant_id, ReturnRow.id == row_id)).first()


def comment_of(session: Session, row: ReturnRow) -> str:
    """Decrypt the comment. Raises: SealBroken, KeyGone."""
    return unseal(session, row.tenant_id, row.case_id, "returned.comment", row.nonce, row.comment)


def of_case(session: Session, case_id: int) -> Sequence[ReturnRow]:
    """List every return of a case, oldest first."""
    return session.exec(select(ReturnRow).where(ReturnRow.case_id == case_id).order_by(col(ReturnRow.id))).all()
