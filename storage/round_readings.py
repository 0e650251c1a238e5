"""Who reads which drawn case of a round, what she declared, and who has it now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import String, and_, or_
from sqlmodel import Field, Session, col, select

from checklists.model import ListId
from storage.cases import STANDS, CaseRow
from storage.round_cases import RoundCaseRow
from storage.rounds import RoundRow
from storage.rows import TableRow
from storage.times import Moment

Declared = Literal["", "none", "had"]
"""What a reviewer said before she was shown more than the reference: nothing yet, no tie, or that she has had it."""


class ReadingRow(TableRow, table=True):
    """One reading of a drawn case by one reviewer. second: the case is read by two, and she is the second.

    ended: it was given to somebody else (`moved`), or she said that she had had the case (`had`); empty: it stands.
    feedback_at: when the case's worker was told of it.
    """

    __tablename__ = "review_reading"

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    round_id: int = Field(foreign_key="review_round.id", index=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    second: bool = False
    declared: Declared = Field(default="", sa_type=String(10))
    declared_at: datetime | None = Field(default=None, sa_type=Moment)
    ended: Literal["", "moved", "had"] = Field(default="", sa_type=String(10))
    feedback_at: datetime | None = Field(default=None, sa_type=Moment)


def put_reading(session: Session, row: ReadingRow) -> ReadingRow:
    """Insert a reading."""
    session.add(row)
    session.flush()
    return row


def readings(session: Session, round_id: int) -> Sequence[ReadingRow]:
    """Return the readings of a round that stand, in the order they were given."""
    query = select(ReadingRow).where(ReadingRow.round_id == round_id, ReadingRow.ended == "")
    return session.exec(query.order_by(col(ReadingRow.id))).all()


def given_up(session: Session, round_id: int, case_id: int) -> Sequence[ReadingRow]:
    """Return the readings of a case whose reviewers said that they had had it, the latest first."""
    query = select(ReadingRow).where(ReadingRow.round_id == round_id, ReadingRow.case_id == case_id)
    return session.exec(query.where(ReadingRow.ended == "had").order_by(col(ReadingRow.id).desc())).all()


def reading(session: Session, tenant_id: int, reading_id: int) -> ReadingRow | None:
    """Return a reading of this tenant by row id, also one that was ended."""
    return session.exec(
        select(ReadingRow).where(ReadingRow.tenant_id == tenant_id, ReadingRow.id == reading_id)
    ).first()


def of_reviewer(session: Session, tenant_id: int, person_id: int) -> Sequence[tuple[ReadingRow, CaseRow, RoundRow]]:
    """Return the readings a person has in open rounds, with case and round, the first to close first."""
    query = (
        select(ReadingRow, CaseRow, RoundRow)
        .join(CaseRow, col(CaseRow.id) == col(ReadingRow.case_id))
        .join(RoundRow, col(RoundRow.id) == col(ReadingRow.round_id))
        .where(ReadingRow.tenant_id == tenant_id, ReadingRow.person_id == person_id, ReadingRow.ended == "")
        .where(RoundRow.state == "open", STANDS, col(CaseRow.protected_identity).is_(False))
        .order_by(col(RoundRow.closes_on), col(ReadingRow.id))
    )
    return session.exec(query).all()


def lost_by(session: Session, tenant_id: int, person_id: int) -> Sequence[tuple[ReadingRow, CaseRow]]:
    """Return a person's readings in open rounds that she does not have any more without having said so herself.

    They went to somebody else, or their case was withdrawn or got protected identity.
    """
    query = (
        select(ReadingRow, CaseRow)
        .join(CaseRow, col(CaseRow.id) == col(ReadingRow.case_id))
        .join(RoundRow, col(RoundRow.id) == col(ReadingRow.round_id))
        .where(ReadingRow.tenant_id == tenant_id, ReadingRow.person_id == person_id, ReadingRow.ended != "had")
        .where(RoundRow.state == "open")
        .where(or_(col(ReadingRow.ended) == "moved", ~STANDS, col(CaseRow.protected_identity).is_(True)))
        .order_by(col(ReadingRow.id))
    )
    return session.exec(query).all()


def was_given(session: Session, case_id: int, person_id: int) -> bool:
    """Return whether a case was ever given to a person to review."""
    query = select(ReadingRow.id).where(ReadingRow.case_id == case_id, ReadingRow.person_id == person_id)
    return session.exec(query.limit(1)).first() is not None


def live(session: Session, case_id: int, checklist: ListId) -> Sequence[tuple[RoundRow, ReadingRow | None]]:
    """Return the open rounds in which a case is drawn for a list, once per reading that stands, or with None."""
    query = (
        select(RoundRow, ReadingRow)
        .join(RoundCaseRow, col(RoundCaseRow.round_id) == col(RoundRow.id))
        .join(
            ReadingRow,
            and_(
                col(ReadingRow.round_id) == col(RoundRow.id),
                col(ReadingRow.case_id) == col(RoundCaseRow.case_id),
                col(ReadingRow.ended) == "",
            ),
            isouter=True,
        )
        .where(RoundCaseRow.case_id == case_id, col(RoundCaseRow.drawn).is_(True))
        .where(RoundRow.state == "open", RoundRow.checklist == checklist)
        .order_by(col(RoundRow.id), col(ReadingRow.id))
    )
    return session.exec(query).all()
