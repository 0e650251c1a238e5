"""The monthly check of accesses: which events were drawn for whom to check, and the outcome. These rows are kept."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import String, UniqueConstraint, update
from sqlmodel import Field, Session, col, select

from checklists.log_check import OPEN, Outcome
from storage.cases import CaseRow
from storage.rows import TableRow
from storage.times import Moment
from storage.trail import EventRow

WHOLE = 0
"""The unit id of what a manager checks: the accesses of chefs, deputies, managers and admins."""


class LogCheckRow(TableRow, table=True):
    """One access that was drawn. month: its first day. unit_id: whose chef checks it; WHOLE: a manager does."""

    __tablename__ = "log_check"
    __table_args__ = (UniqueConstraint("tenant_id", "month", "unit_id", "event_id"),)

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    month: date
    unit_id: int
    event_id: int = Field(foreign_key="event.id")
    outcome: Outcome = Field(default=OPEN, sa_type=String(20))
    checked_by_id: int | None = Field(default=None, foreign_key="person.id")
    checked_at: datetime | None = Field(default=None, sa_type=Moment)


def drawn(session: Session, tenant_id: int, month: date, unit_id: int) -> Sequence[LogCheckRow]:
    """Return what was drawn of a month for a unit's chef or a manager, in the order it was drawn."""
    query = select(LogCheckRow).where(
        LogCheckRow.tenant_id == tenant_id, LogCheckRow.month == month, LogCheckRow.unit_id == unit_id
    )
    return session.exec(query.order_by(col(LogCheckRow.id))).all()


def of_tenant(session: Session, tenant_id: int, month: date) -> Sequence[LogCheckRow]:
    """Return everything that was drawn of a month."""
    query = select(LogCheckRow).where(LogCheckRow.tenant_id == tenant_id, LogCheckRow.month == month)
    return session.exec(query.order_by(col(LogCheckRow.unit_id), col(LogCheckRow.id))).all()


def newest_month(session: Session, tenant_id: int) -> date | None:
    """Return the newest month of which anything was drawn."""
    query = select(col(LogCheckRow.month)).where(LogCheckRow.tenant_id == tenant_id).distinct()
    return next(iter(session.exec(query.order_by(col(LogCheckRow.month).desc()))), None)  # one may not be readable


def keep(session: Session, rows: Sequence[LogCheckRow]) -> None:
    """Insert what was drawn."""
    session.add_all(rows)
    session.flush()


def move_unit(session: Session, tenant_id: int, was: int, now: int) -> None:
    """Make what was drawn for the chef of one unit another's to check."""
    of = (col(LogCheckRow.tenant_id) == tenant_id, col(LogCheckRow.unit_id) == was)
    session.exec(update(LogCheckRow).where(*of).values(unit_id=now))


def get(session: Session, tenant_id: int, row_id: int) -> LogCheckRow | None:
    """Return one drawn access of this tenant."""
    return session.exec(select(LogCheckRow).where(LogCheckRow.tenant_id == tenant_id, LogCheckRow.id == row_id)).first()


def accesses(
    session: Session, tenant_id: int, acts: Sequence[str], since: datetime, before: datetime
) -> Sequence[tuple[int, str, int | None]]:
    """Return the events of these acts in [since, before) by people: id, actor, and the unit of the case, by id."""
    query = (
        select(EventRow.id, EventRow.actor, CaseRow.unit_id)
        .join(CaseRow, col(CaseRow.id) == col(EventRow.case_id), isouter=True)
        .where(EventRow.tenant_id == tenant_id, col(EventRow.act).in_(acts), col(EventRow.actor).like("person:%"))
        .where(col(EventRow.at) >= since, col(EventRow.at) < before)
        .order_by(col(EventRow.id))
    )
    return session.exec(query).all()


def event(session: Session, row: LogCheckRow) -> EventRow:
    """Return the event of a drawn access."""
    return session.get_one(EventRow, row.event_id)
