"""The answers that people gave in a period, in the order they were given, for figures of a unit and quarter only."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from checklists.lifecycle import WRITER
from checklists.pace import Given
from storage.answers import AnswerRow
from storage.cases import STANDS, CaseRow
from storage.filled import FilledRow

_PAGE = 5_000


def given(session: Session, unit_id: int, checklist: str, first: datetime, before: datetime) -> Iterator[Given]:
    """Yield the answers in the workers' lists of a unit, list by list, without imported ones, which nobody gave here.

    Undone answers are included: they took time, too.
    """
    query = (
        select(*[getattr(AnswerRow, name) for name in ("filled_id", "author_id", "at", "act")], col(FilledRow.begun_at))
        .join(FilledRow, col(FilledRow.id) == col(AnswerRow.filled_id))
        .join(CaseRow, col(CaseRow.id) == col(FilledRow.case_id))
        .where(col(FilledRow.unit_id) == unit_id, col(FilledRow.checklist) == checklist)
        .where(col(FilledRow.role) == WRITER, STANDS, col(AnswerRow.author_id).is_not(None))
        .where(col(AnswerRow.at) >= first, col(AnswerRow.at) < before)
        .order_by(col(AnswerRow.filled_id), col(AnswerRow.id))
    )
    for row in session.connection().execute(query.execution_options(yield_per=_PAGE)):
        yield Given(row.filled_id, row.author_id, row.begun_at, row.at, row.act)
