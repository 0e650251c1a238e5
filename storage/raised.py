"""`Ta upp nu`: a child at risk that a reviewer found, who was told, and who has received it. Holds no text."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, col, select

from storage.rows import TableRow
from storage.times import Moment


class RaisedRow(TableRow, table=True):
    """A case a reviewer raised. due_at: when it has waited too long. late_at: when others were told of that."""

    __tablename__ = "raised_case"

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id", index=True)
    round_id: int = Field(foreign_key="review_round.id")
    case_id: int = Field(foreign_key="cases.id", index=True)
    by_id: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment, index=True)
    received_at: datetime | None = Field(default=None, sa_type=Moment)
    received_by: int | None = Field(default=None, foreign_key="person.id")
    late_at: datetime | None = Field(default=None, sa_type=Moment)


class RaisedToRow(TableRow, table=True):
    """Somebody who was told, and may say that it is received."""

    __tablename__ = "raised_to"

    raised_id: int = Field(primary_key=True, foreign_key="raised_case.id")
    person_id: int = Field(primary_key=True, foreign_key="person.id")


def add(session: Session, row: RaisedRow) -> RaisedRow:
    """Insert a raised case."""
    session.add(row)
    session.flush()
    return row


def note_told(session: Session, raised_id: int, person_ids: Sequence[int]) -> None:
    """Note who was told."""
    known = told(session, raised_id)
    session.add_all(RaisedToRow(raised_id=raised_id, person_id=one) for one in person_ids if one not in known)
    session.flush()


def told(session: Session, raised_id: int) -> set[int]:
    """Return who was told."""
    return set(session.exec(select(RaisedToRow.person_id).where(RaisedToRow.raised_id == raised_id)).all())


def get(session: Session, tenant_id: int, raised_id: int) -> RaisedRow | None:
    """Return a raised case of this tenant, locked, because two people may receive it at once."""
    query = select(RaisedRow).where(RaisedRow.tenant_id == tenant_id, RaisedRow.id == raised_id)
    return session.exec(query.with_for_update()).first()


def waiting(session: Session, round_id: int, case_id: int, by_id: int) -> RaisedRow | None:
    """Return what a reviewer has raised about a case and nobody has received yet, None if there is nothing."""
    query = select(RaisedRow).where(RaisedRow.round_id == round_id, RaisedRow.case_id == case_id)
    return session.exec(query.where(RaisedRow.by_id == by_id, col(RaisedRow.received_at).is_(None))).first()


def overdue(session: Session, now: datetime) -> Sequence[RaisedRow]:
    """Return what nobody has received in time, and nobody else has been told of yet."""
    query = select(RaisedRow).where(col(RaisedRow.received_at).is_(None), col(RaisedRow.late_at).is_(None))
    return session.exec(query.where(col(RaisedRow.due_at) <= now).order_by(col(RaisedRow.id))).all()


def of_round(session: Session, round_id: int) -> Sequence[RaisedRow]:
    """Return what was raised in a round, oldest first."""
    return session.exec(select(RaisedRow).where(RaisedRow.round_id == round_id).order_by(col(RaisedRow.id))).all()
