"""Moves what rounds hold to another unit, when units are merged, or to another case, when one was opened wrongly."""

from sqlalchemy import update
from sqlmodel import Session, col, select

from storage.raised import RaisedRow
from storage.round_cases import RoundCaseRow, RoundGoneRow
from storage.round_readings import ReadingRow
from storage.round_reviewers import ConsentRow, RoundReviewerRow
from storage.rounds import RoundRow, RoundUnitRow


def move_unit(session: Session, tenant_id: int, was: int, now: int) -> None:
    """Make one unit's part of every round another unit's: frame, reviewers, loans; of two alike, the other's stays."""
    of = col(RoundUnitRow.round_id).in_(select(RoundRow.id).where(RoundRow.tenant_id == tenant_id))
    for row in session.exec(select(RoundUnitRow).where(of, RoundUnitRow.unit_id == was)).all():
        there = session.get(RoundUnitRow, (row.round_id, now)) is not None
        session.delete(row)
        session.flush()
        if not there:
            session.add(RoundUnitRow(round_id=row.round_id, unit_id=now))
    for loan in session.exec(select(ConsentRow).where(ConsentRow.tenant_id == tenant_id, ConsentRow.unit_id == was)):
        same = (ConsentRow.round_id == loan.round_id, ConsentRow.person_id == loan.person_id)
        twin = select(ConsentRow.id).where(*same, ConsentRow.unit_id == now, ConsentRow.side == loan.side)
        if session.exec(twin).first() is None:
            loan.unit_id = now
        else:
            session.delete(loan)
    for table in (RoundCaseRow, RoundGoneRow, RoundReviewerRow):
        ours = (col(table.tenant_id) == tenant_id, col(table.unit_id) == was)
        session.exec(update(table).where(*ours).values(unit_id=now))
    session.flush()


def follow(session: Session, was: int, now: int) -> None:
    """Give a case another's place in every round that it is not in itself, with the readings and what was raised."""
    known = select(RoundCaseRow.round_id).where(RoundCaseRow.case_id == now)
    moved = session.exec(
        select(RoundCaseRow.round_id).where(RoundCaseRow.case_id == was, col(RoundCaseRow.round_id).not_in(known))
    ).all()
    for table in (RoundCaseRow, ReadingRow, RaisedRow):
        of = (col(table.case_id) == was, col(table.round_id).in_(moved))
        session.exec(update(table).where(*of).values(case_id=now))
    session.flush()
