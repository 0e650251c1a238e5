"""What a group said at the workshop after a round, prompt by prompt; it names nobody."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, select

from storage.rows import TableRow
from storage.sealing import TENANT_ITSELF, seal, unseal
from storage.times import Moment


class WorkshopNoteRow(TableRow, table=True):
    """What was said to one prompt. text: sealed. made_by: who wrote it down last, which is shown nowhere."""

    __tablename__ = "workshop_note"
    __table_args__ = (UniqueConstraint("round_id", "prompt"),)

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    round_id: int = Field(foreign_key="review_round.id", index=True)
    prompt: str = Field(max_length=4)
    nonce: str = Field(max_length=40)
    text: bytes
    made_by: int = Field(foreign_key="person.id")
    made_at: datetime = Field(sa_type=Moment)


def put(session: Session, row: WorkshopNoteRow, text: str) -> WorkshopNoteRow:
    """Insert what was said to a prompt, or replace what stands there."""
    query = select(WorkshopNoteRow).where(
        WorkshopNoteRow.round_id == row.round_id, WorkshopNoteRow.prompt == row.prompt
    )
    known = session.exec(query.with_for_update()).first()
    if known is not None:
        known.nonce, known.made_by, known.made_at = row.nonce, row.made_by, row.made_at
        row = known
    row.text = seal(session, row.tenant_id, TENANT_ITSELF, "workshop_note.text", row.nonce, text)
    session.add(row)
    session.flush()
    return row


def texts(session: Session, round_id: int) -> Mapping[str, str]:
    """Return what was said at the workshop of a round, by prompt. Raises: SealBroken, KeyGone."""
    rows = session.exec(select(WorkshopNoteRow).where(WorkshopNoteRow.round_id == round_id)).all()
    return {
        row.prompt: unseal(session, row.tenant_id, TENANT_ITSELF, "workshop_note.text", row.nonce, row.text)
        for row in rows
    }
