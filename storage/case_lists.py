"""Filled-in lists with their cases, paginated, for the workbook's sheet of cases."""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Table, select
from sqlmodel import Session, col

from checklists.lifecycle import State
from checklists.model import Role
from storage.aggregates import ContributionRow
from storage.cases import CaseRow
from storage.filled import FilledRow

PAGE = 1000
_CONTRIBUTIONS: Table = ContributionRow.__table__  # type: ignore[attr-defined]


class CaseList(NamedTuple):
    """A filled-in list, its contribution to the figures (item_states, marks), and the reference of its case."""

    ref: str
    unit_id: int
    checklist: str
    version: int
    occasion: int
    child: int
    role: Role
    begun: date
    status: State
    sent_at: datetime | None
    item_states: str
    marks: str


def page(session: Session, tenant_id: int, first: date, last: date, after: int) -> tuple[list[CaseList], int]:
    """Return a page of the lists begun in a period, oldest first, and the row id to continue after, 0 on the last.

    Cases with protected identity are excluded, and so is what has not been projected yet. The caller reads each page in
    a transaction of its own, so that a long export neither fills the memory nor blocks SQLite's only writer.
    """
    columns: list[Any] = [
        FilledRow.id, CaseRow.ref, FilledRow.unit_id, FilledRow.checklist, FilledRow.version, FilledRow.occasion,
        FilledRow.child, FilledRow.role, _CONTRIBUTIONS.c.begun, FilledRow.status, FilledRow.sent_at,
        _CONTRIBUTIONS.c.letters, _CONTRIBUTIONS.c.marks,
    ]  # fmt: skip
    query = (
        select(*columns)
        .join(CaseRow, col(CaseRow.id) == col(FilledRow.case_id))
        .join(
            _CONTRIBUTIONS,
            (_CONTRIBUTIONS.c.case_id == col(CaseRow.id)) & (_CONTRIBUTIONS.c.filled_id == col(FilledRow.id)),
        )
        .where(
            col(FilledRow.tenant_id) == tenant_id,
            col(CaseRow.protected_identity).is_(False),
            _CONTRIBUTIONS.c.begun >= first,
            _CONTRIBUTIONS.c.begun <= last,
        )
        .order_by(col(FilledRow.id))
        .limit(PAGE)
    )
    rows = session.connection().execute(query.where(col(FilledRow.id) > after)).all()
    return [CaseList(*row[1:]) for row in rows], rows[-1][0] if len(rows) == PAGE else 0
