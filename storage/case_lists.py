"""Every filled-in list with its case, as a stream: for the workbook's sheet of cases."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Table, select
from sqlmodel import Session, col

from storage.cases import CaseRow
from storage.filled import FilledRow
from storage.rates import CountedRow

_BATCH = 1000
_COUNTED: Table = CountedRow.__table__  # type: ignore[attr-defined]


class CaseList(NamedTuple):
    """A filled-in list, what it adds to the figures (letters, marks) and the reference of its case."""

    ref: str
    unit_id: int
    checklist: str
    version: int
    occasion: int
    child: int
    role: str
    begun: date
    status: str
    sent_at: datetime | None
    letters: str
    marks: str


def case_lists(session: Session, tenant_id: int, first: date, last: date) -> Iterator[CaseList]:
    """Give the lists begun in a period, oldest first, without those of cases with protected identity.

    Read in batches, so that memory stays flat; what is not folded yet is not in it.
    """
    columns: list[Any] = [
        FilledRow.id, CaseRow.ref, FilledRow.unit_id, FilledRow.checklist, FilledRow.version, FilledRow.occasion,
        FilledRow.child, FilledRow.role, _COUNTED.c.begun, FilledRow.status, FilledRow.sent_at, _COUNTED.c.letters,
        _COUNTED.c.marks,
    ]  # fmt: skip
    query = (
        select(*columns)
        .join(CaseRow, col(CaseRow.id) == col(FilledRow.case_id))
        .join(_COUNTED, (_COUNTED.c.case_id == col(CaseRow.id)) & (_COUNTED.c.filled_id == col(FilledRow.id)))
        .where(
            col(FilledRow.tenant_id) == tenant_id,
            col(CaseRow.protected_identity).is_(False),
            _COUNTED.c.begun >= first,
            _COUNTED.c.begun <= last,
        )
        .order_by(col(FilledRow.id))
        .limit(_BATCH)
    )
    newest = 0
    while rows := session.connection().execute(query.where(col(FilledRow.id) > newest)).all():
        for row in rows:
            yield CaseList(*row[1:])
        newest = rows[-1][0]
