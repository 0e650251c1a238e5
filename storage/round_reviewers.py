"""The reviewers of a round, and what chefs said about lending them to another unit."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from sqlalchemy import String, UniqueConstraint, delete
from sqlmodel import Field, Session, col, select

from storage.rows import TableRow
from storage.times import Moment

Side = Literal["lends", "borrows"]
"""Of a consent: the chef of the reviewer's own unit, or of the unit whose cases she would review."""
Consent = Literal["", "yes", "no"]


class RoundReviewerRow(TableRow, table=True):
    """A reviewer of a round. unit_id: her own. capacity: percent. away_first, away_last: days away, both included."""

    __tablename__ = "review_round_reviewer"
    __table_args__ = (UniqueConstraint("round_id", "person_id"),)

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    round_id: int = Field(foreign_key="review_round.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    unit_id: int = Field(foreign_key="unit.id")
    capacity: int = 100
    away_first: date | None = None
    away_last: date | None = None


class ConsentRow(TableRow, table=True):
    """What one chef said about letting a reviewer of one unit review cases of another. unit_id: that other unit."""

    __tablename__ = "review_consent"
    __table_args__ = (UniqueConstraint("round_id", "person_id", "unit_id", "side"),)

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    round_id: int = Field(foreign_key="review_round.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    unit_id: int = Field(foreign_key="unit.id")
    side: Side = Field(sa_type=String(10))
    said: Consent = Field(default="", sa_type=String(5))
    by_id: int | None = Field(default=None, foreign_key="person.id")
    at: datetime | None = Field(default=None, sa_type=Moment)


def reviewers(session: Session, round_id: int) -> Sequence[RoundReviewerRow]:
    """Return the reviewers of a round, in the order they were added."""
    query = select(RoundReviewerRow).where(RoundReviewerRow.round_id == round_id)
    return session.exec(query.order_by(col(RoundReviewerRow.id))).all()


def put_reviewer(session: Session, row: RoundReviewerRow) -> RoundReviewerRow:
    """Insert a reviewer, or replace what is known of her."""
    query = select(RoundReviewerRow).where(
        RoundReviewerRow.round_id == row.round_id, RoundReviewerRow.person_id == row.person_id
    )
    known = session.exec(query).first()
    if known is not None:
        known.capacity, known.away_first, known.away_last = row.capacity, row.away_first, row.away_last
        row = known
    session.add(row)
    session.flush()
    return row


def drop_reviewer(session: Session, round_id: int, person_id: int) -> None:
    """Remove a reviewer from a round that has not started."""
    of = (col(RoundReviewerRow.round_id) == round_id, col(RoundReviewerRow.person_id) == person_id)
    session.exec(delete(RoundReviewerRow).where(*of))
    session.flush()


def consents(session: Session, round_id: int) -> Sequence[ConsentRow]:
    """Return what was asked of chefs in a round, and what they said."""
    query = select(ConsentRow).where(ConsentRow.round_id == round_id)
    return session.exec(query.order_by(col(ConsentRow.id))).all()


def consent(session: Session, tenant_id: int, consent_id: int) -> ConsentRow | None:
    """Return what was asked of one chef, and what she said, by row id; None if there is none in this tenant."""
    return session.exec(
        select(ConsentRow).where(ConsentRow.tenant_id == tenant_id, ConsentRow.id == consent_id)
    ).first()


def put_consent(session: Session, row: ConsentRow) -> ConsentRow:
    """Insert what is asked of a chef."""
    session.add(row)
    session.flush()
    return row
