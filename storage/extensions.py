"""Extensions of a legal time limit: until when, in which class of reason, and the reason sealed."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Field, Session, SQLModel, col, select

from storage.cases import CaseRow
from storage.sealing import seal, unseal
from storage.times import Moment


class ExtensionRow(SQLModel, table=True):
    """One extension. limit: 14d or 4m. reason_class: `grounds` (the law's own) or `organisation` (still late)."""

    __tablename__ = "extension"

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    case_id: int = Field(foreign_key="cases.id", index=True)
    limit: str = Field(max_length=10)
    reason_class: str = Field(max_length=20)
    until: date
    nonce: str = Field(max_length=40)
    reason: bytes
    author_id: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=Moment)


def add(session: Session, row: ExtensionRow, reason: str) -> ExtensionRow:
    """Store an extension with its reason sealed. The row comes with an empty reason."""
    row.reason = seal(session, row.tenant_id, row.case_id, "extension.reason", row.nonce, reason)
    session.add(row)
    return row


def of_case(session: Session, case: CaseRow) -> Sequence[ExtensionRow]:
    """Return the case's extensions, oldest first."""
    query = select(ExtensionRow).where(ExtensionRow.case_id == case.id).order_by(col(ExtensionRow.id))
    return session.exec(query).all()


def reason(session: Session, row: ExtensionRow) -> str:
    """Open the reason. Raises: SealBroken, KeyGone."""
    return unseal(session, row.tenant_id, row.case_id, "extension.reason", row.nonce, row.reason)
