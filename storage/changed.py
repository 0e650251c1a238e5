"""The cases changed since their figures were last projected, noted in the change's own transaction.

Actions note what they change (`actions.changes.keep`); whoever changes rows in bulk calls `note` itself.
"""

from sqlalchemy import insert, literal, select
from sqlmodel import Field, Session, SQLModel, col

from storage.cases import CaseRow

_NOTED = "changed"


class ChangedRow(SQLModel, table=True):
    """A case, or one of its lists (filled_id, case_id 0), whose figures are to be projected again."""

    __tablename__ = "changed"

    id: int = Field(default=None, primary_key=True)
    case_id: int = 0
    filled_id: int = 0


def note_tenant(session: Session, tenant_id: int) -> None:
    """Note that every case of a tenant is to be projected again."""
    every = select(col(CaseRow.id), literal(0)).where(col(CaseRow.tenant_id) == tenant_id)
    session.connection().execute(_NOTE.from_select(["case_id", "filled_id"], every))


def note(session: Session, *, case_id: int = 0, filled_id: int = 0) -> None:
    """Note that a case, or one list of it, is to be projected again; once per transaction."""
    noted: set[tuple[int, int]] = session.info.setdefault(_NOTED, set())
    if (case_id, filled_id) not in noted:
        noted.add((case_id, filled_id))
        session.connection().execute(_NOTE, {"case_id": case_id, "filled_id": filled_id})


_NOTE = insert(ChangedRow.__table__)  # type: ignore[attr-defined]


def forget_noted(session: Session) -> None:
    """Let later changes in this transaction be noted again: those noted so far are projected."""
    session.info.pop(_NOTED, None)
