"""The reasons for a case (orsaker), from the municipality's own list, each from a day on.

A reason never ends; one that was added by mistake is deleted, and the trail says so.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, col, select

from storage import closed_investigations
from storage.cases import STANDS, CaseRow
from storage.people import UnitRow
from storage.rows import TableRow
from storage.times import Moment


class CaseReasonRow(TableRow, table=True):
    """One reason of a case. reason: a word of the municipality's list as it was then. day: from which it applies."""

    __tablename__ = "case_reason"
    __table_args__ = (UniqueConstraint("case_id", "reason", "day"),)
    alone = False

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    case_id: int = Field(foreign_key="cases.id")
    reason: str = Field(max_length=40)
    day: date
    author_id: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=Moment)


def add(session: Session, row: CaseReasonRow) -> None:
    """Insert a reason. Raises: sqlalchemy.exc.IntegrityError (at flush): the case has it from that day already."""
    session.add(row)


def delete(session: Session, row: CaseReasonRow) -> None:
    """Delete a reason that was added by mistake."""
    session.delete(row)
    session.flush()


def of_case(session: Session, case_id: int) -> Sequence[CaseReasonRow]:
    """Return the reasons of a case, the first one first."""
    query = select(CaseReasonRow).where(CaseReasonRow.case_id == case_id)
    return session.exec(query.order_by(col(CaseReasonRow.day), col(CaseReasonRow.id))).all()


def of_period(session: Session, tenant_id: int, first: date, last: date, unit: str = "") -> list[list[str]]:
    """Return the reasons, in order, of each case with a report that came in between two days; without any, none.

    The reports of its closed investigations count as well. unit: its name; empty: all. Withdrawn cases are not counted.
    """
    query = (
        select(CaseReasonRow)
        .join(CaseRow, col(CaseRow.id) == col(CaseReasonRow.case_id))
        .join(UnitRow, col(UnitRow.id) == col(CaseRow.unit_id))
        .where(CaseRow.tenant_id == tenant_id, STANDS)
        .where(closed_investigations.reported_between(first, last))
        .order_by(col(CaseReasonRow.day), col(CaseReasonRow.id))
    )
    query = query.where(UnitRow.name == unit) if unit else query
    found: dict[int, list[str]] = {}
    for row in session.exec(query):
        found.setdefault(row.case_id, []).append(row.reason)
    return list(found.values())
