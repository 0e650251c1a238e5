"""The cases a sweep had to leave out because of faulty data: the admin's list. One that is read again leaves it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete
from sqlmodel import Field, Session, col, select

from storage.cases import CaseRow
from storage.rows import TableRow
from storage.unfit import Skipped

_MOST = 60


class SkippedRow(TableRow, table=True):
    """A case that was left out, since which day, and by which kind of error; never what its data say."""

    __tablename__ = "skipped_case"

    case_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    tenant_id: int = Field(foreign_key="tenant.id")
    day: date
    what: str = Field(max_length=_MOST)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One line of the list. ref: empty for a case with protected identity."""

    case_id: int
    ref: str
    since: date
    what: str


def note(session: Session, tenant_id: int, day: date, looked_at: Iterable[int], skipped: Sequence[Skipped]) -> None:
    """Keep which of the cases that were looked at had to be left out; the others are on the list no longer."""
    faulty = {one.case_id: type(one.error).__name__[:_MOST] for one in skipped}
    on_list = {row.case_id for row in _rows(session, tenant_id)}
    well = [case_id for case_id in looked_at if case_id in on_list and case_id not in faulty]
    if well:
        session.exec(delete(SkippedRow).where(col(SkippedRow.case_id).in_(well)))
    for case_id, what in faulty.items():
        if case_id not in on_list:
            session.add(SkippedRow(case_id=case_id, tenant_id=tenant_id, day=day, what=what))
    session.flush()


def _rows(session: Session, tenant_id: int) -> Sequence[SkippedRow]:
    return session.exec(select(SkippedRow).where(SkippedRow.tenant_id == tenant_id)).all()


def listed(session: Session, tenant_id: int) -> list[LeftOut]:
    """Return the cases that are left out, the longest first. Reads no column that may be faulty."""
    query = (
        select(SkippedRow, CaseRow.ref, CaseRow.protected_identity)
        .join(CaseRow, col(CaseRow.id) == col(SkippedRow.case_id))
        .where(SkippedRow.tenant_id == tenant_id, col(CaseRow.closed_on).is_(None))
        .order_by(col(SkippedRow.day), col(SkippedRow.case_id))
    )
    found = session.exec(query)
    return [LeftOut(row.case_id, "" if hidden else ref, row.day, row.what) for row, ref, hidden in found]
