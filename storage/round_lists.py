"""The lists that reviewers fill in for rounds, as the figures and the comparisons read them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, text
from sqlmodel import Session, col, select

from checklists.lifecycle import WRITER
from checklists.model import ListId
from storage.filled import OWN, FilledRow
from storage.round_cases import RoundCaseRow
from storage.round_readings import ReadingRow
from storage.rounds import RoundRow

_OF_THE_LIST = and_(
    col(ReadingRow.round_id) == col(FilledRow.round_id),
    col(ReadingRow.case_id) == col(FilledRow.case_id),
    col(ReadingRow.person_id) == col(FilledRow.person_id),
    col(ReadingRow.ended) == "",
)
"""Which reading a list is filled in for, if its reviewer still has it."""


def lists_of(session: Session, row: RoundRow) -> Sequence[FilledRow]:
    """Return the lists that were begun in a round, oldest first."""
    query = select(FilledRow).where(FilledRow.tenant_id == row.tenant_id, FilledRow.round_id == row.id, text(OWN))
    return session.exec(query.order_by(col(FilledRow.id))).all()


def read_at_random(session: Session, tenant_id: int) -> Sequence[tuple[FilledRow, bool]]:
    """Return the lists of cases that were drawn at random for a round, each with whether it is the second reading."""
    query = (
        select(FilledRow, ReadingRow.second)
        .join(RoundRow, col(RoundRow.id) == col(FilledRow.round_id))
        .join(ReadingRow, _OF_THE_LIST)
        .where(RoundRow.tenant_id == tenant_id, RoundRow.method == "random")
        .order_by(col(FilledRow.id))
    )
    return session.exec(query).all()


def by_method(
    session: Session, tenant_id: int, begun_from: datetime | None, begun_before: datetime | None
) -> Sequence[tuple[FilledRow, str]]:
    """Return the lists that were begun in rounds between two moments, None for no limit, each with how it was drawn."""
    query = (
        select(FilledRow, RoundRow.method)
        .join(RoundRow, col(RoundRow.id) == col(FilledRow.round_id))
        .where(RoundRow.tenant_id == tenant_id)
    )
    query = query.where(col(FilledRow.begun_at) >= begun_from) if begun_from else query
    query = query.where(col(FilledRow.begun_at) < begun_before) if begun_before else query
    return session.exec(query.order_by(col(FilledRow.id))).all()


def own_lists(session: Session, case_id: int, checklist: ListId) -> Sequence[FilledRow]:
    """Return the lists of a case's newest occasion as its workers have them, one per child."""
    query = select(FilledRow).where(FilledRow.case_id == case_id, FilledRow.checklist == checklist)
    found = session.exec(query.where(FilledRow.role == WRITER).order_by(col(FilledRow.id))).all()
    newest = max((row.occasion for row in found), default=0)
    return [row for row in found if row.occasion == newest]


def twice_read(
    session: Session, tenant_id: int, checklist: ListId, since: datetime
) -> Sequence[tuple[FilledRow, bool]]:
    """Return the lists of cases read by two in rounds open or closed since a moment, each with whether it is second."""
    query = (
        select(FilledRow, ReadingRow.second)
        .join(RoundRow, col(RoundRow.id) == col(FilledRow.round_id))
        .join(
            RoundCaseRow,
            and_(col(RoundCaseRow.round_id) == col(RoundRow.id), col(RoundCaseRow.case_id) == col(FilledRow.case_id)),
        )
        .join(ReadingRow, _OF_THE_LIST)
        .where(RoundRow.tenant_id == tenant_id, RoundRow.checklist == checklist, col(RoundCaseRow.twice).is_(True))
        .where(or_(col(RoundRow.state) == "open", col(RoundRow.closed_at) >= since))
        .order_by(col(FilledRow.case_id), col(FilledRow.file_part), col(ReadingRow.second))
    )
    return session.exec(query).all()
