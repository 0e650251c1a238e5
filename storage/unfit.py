"""Faulty data of one case: it is left out and reported, and stops nobody else's."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from storage.cases import CaseRow
from storage.session import UNREADABLE

UNFIT = UNREADABLE
"""What faulty data may raise. A database that fails is no case's fault: the whole transaction is tried again."""


class UnknownAnswer(ValueError):
    """A stored answer is none that can be given. Written, it would be counted as something nobody answered."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A case that could not be worked out, and why."""

    case_id: int
    error: Exception


def readable(session: Session, query: SelectOfScalar[CaseRow]) -> tuple[Sequence[CaseRow], tuple[Skipped, ...]]:
    """Run a query for cases; return those that can be read, and those that cannot, such as for a date that is none."""
    try:
        return session.exec(query).all(), ()
    except UNFIT:
        pass
    rows: list[CaseRow] = []
    skipped: list[Skipped] = []
    for row_id in session.execute(query.with_only_columns(col(CaseRow.id))).scalars().all():
        try:
            rows += session.exec(query.where(col(CaseRow.id) == row_id)).all()
        except UNFIT as error:
            skipped.append(Skipped(row_id, error))
    return rows, tuple(skipped)
