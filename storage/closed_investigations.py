"""Closed investigations of cases that a new report or opening has reopened, whose times are still counted."""

from collections.abc import Callable, Iterable
from datetime import date

from sqlalchemy import ColumnElement, or_
from sqlmodel import Field, Session, col, select

from checklists.case_dates import FIELDS, CaseDates
from storage.among import among
from storage.cases import CaseRow
from storage.prepared import prepared
from storage.rows import TableRow

_DATES = (*FIELDS, "first_received_on", "violence_known_on")


class ClosedInvestigationRow(TableRow, table=True):
    """The dates of one closed investigation, as `checklists.case_dates.CaseDates` has them."""

    __tablename__ = "closed_investigation"
    alone = False

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    case_id: int = Field(foreign_key="cases.id", index=True)
    received_on: date | None = None
    assigned_on: date | None = None
    opened_on: date | None = None
    planned_decision_on: date | None = None
    decided_on: date | None = None
    started_on: date | None = None
    closed_on: date
    first_received_on: date | None = None
    violence_known_on: date | None = None


def add(session: Session, case: CaseRow, dates: CaseDates) -> None:
    """Insert a closed investigation. dates: its own alone."""
    days = {name: getattr(dates, name) for name in _DATES}
    session.add(ClosedInvestigationRow(tenant_id=case.tenant_id, case_id=case.id, **days))


_OF_CASES = prepared(
    select(ClosedInvestigationRow)
    .where(among(col(ClosedInvestigationRow.case_id), "ids"))
    .order_by(col(ClosedInvestigationRow.id))
)


def of_cases(session: Session, case_ids: Iterable[int]) -> dict[int, list[CaseDates]]:
    """Return the closed investigations of cases, oldest first, by case; a case without any is left out."""
    found: dict[int, list[CaseDates]] = {}
    for row in session.exec(_OF_CASES, params={"ids": list(case_ids)}):
        found.setdefault(row.case_id, []).append(CaseDates(**{name: getattr(row, name) for name in _DATES}))
    return found


def of_case(session: Session, case_id: int) -> list[CaseDates]:
    """Return the closed investigations of a case, oldest first."""
    return of_cases(session, [case_id]).get(case_id, [])


def reported_between(first: date, last: date) -> ColumnElement[bool]:
    """Return the condition on CaseRow that one of the case's reports came in between two days, both included."""
    return _between(first, last, lambda row: (row.received_on, row.first_received_on))


def decided_between(first: date, last: date) -> ColumnElement[bool]:
    """Return the condition on CaseRow that one of the case's decisions was taken between two days, both included."""
    return _between(first, last, lambda row: (row.decided_on,))


Dated = type[CaseRow | ClosedInvestigationRow]


def _between(first: date, last: date, days: Callable[[Dated], tuple[date | None, ...]]) -> ColumnElement[bool]:
    """Return the condition that one of some days of a case, or of its closed investigations, is between two."""

    def is_between(row: Dated) -> ColumnElement[bool]:
        return or_(*(col(day).between(first, last) for day in days(row)))

    of_case = col(ClosedInvestigationRow.case_id) == col(CaseRow.id)
    closed = select(ClosedInvestigationRow.id).where(of_case, is_between(ClosedInvestigationRow))
    return or_(is_between(CaseRow), closed.exists())
