"""Every row kept about one case, for an extract: whatever its age, also of a case with protected identity."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from storage.cases import FactRow
from storage.drafts import DraftRow
from storage.filled import FilledRow
from storage.outbox import OutboxRow
from storage.round_cases import RoundCaseRow
from storage.rounds import RoundRow
from storage.told_reminders import ToldRow


def facts(session: Session, case_id: int) -> Sequence[FactRow]:
    """Return every revision of every fact, oldest first."""
    return session.exec(select(FactRow).where(FactRow.case_id == case_id).order_by(col(FactRow.id))).all()


def lists(session: Session, case_id: int) -> Sequence[FilledRow]:
    """Return every filled-in list, of any checklist, role and occasion."""
    return session.exec(select(FilledRow).where(FilledRow.case_id == case_id).order_by(col(FilledRow.id))).all()


def drafts(session: Session, filled_id: int) -> Sequence[DraftRow]:
    """Return the unfinished texts of a list."""
    query = select(DraftRow).where(DraftRow.filled_id == filled_id)
    return session.exec(query.order_by(col(DraftRow.item_id), col(DraftRow.person_id))).all()


def messages(session: Session, tenant_id: int, case_id: int) -> Sequence[OutboxRow]:
    """Return the messages about this case alone that are still kept."""
    query = select(OutboxRow).where(OutboxRow.tenant_id == tenant_id, OutboxRow.case_id == case_id)
    return session.exec(query.order_by(col(OutboxRow.id))).all()


def reminders(session: Session, case_id: int) -> Sequence[ToldRow]:
    """Return what people have been reminded of about the case."""
    return session.exec(select(ToldRow).where(ToldRow.case_id == case_id).order_by(col(ToldRow.id))).all()


def rounds(session: Session, case_id: int) -> Sequence[tuple[RoundCaseRow, RoundRow]]:
    """Return the rounds the case was in the frame of, oldest first."""
    query = select(RoundCaseRow, RoundRow).where(RoundCaseRow.round_id == RoundRow.id, RoundCaseRow.case_id == case_id)
    return session.exec(query.order_by(col(RoundCaseRow.id))).all()
