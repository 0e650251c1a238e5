"""The projection queue: cases changed since they were last projected, queued in the transaction of the change.

Actions queue what they change (`actions.changes.record`); code that changes rows in bulk calls `enqueue` itself.
"""

from sqlalchemy import insert, literal, select
from sqlmodel import Field, Session, SQLModel, col

from storage.cases import CaseRow

_ENQUEUED = "changed"


class ChangedRow(SQLModel, table=True):
    """One queue entry: a case to be projected again, or one of its lists (filled_id; case_id is then 0)."""

    __tablename__ = "changed"

    id: int = Field(default=None, primary_key=True)
    case_id: int = 0
    filled_id: int = 0


def enqueue_tenant(session: Session, tenant_id: int) -> None:
    """Queue every case of a tenant."""
    every = select(col(CaseRow.id), literal(0)).where(col(CaseRow.tenant_id) == tenant_id)
    session.connection().execute(_INSERT.from_select(["case_id", "filled_id"], every))


def enqueue(session: Session, *, case_id: int = 0, filled_id: int = 0) -> None:
    """Queue a case, or one list, once per transaction."""
    enqueued: set[tuple[int, int]] = session.info.setdefault(_ENQUEUED, set())
    if (case_id, filled_id) not in enqueued:
        enqueued.add((case_id, filled_id))
        session.connection().execute(_INSERT, {"case_id": case_id, "filled_id": filled_id})


_INSERT = insert(ChangedRow.__table__)  # type: ignore[attr-defined]


def clear_enqueued(session: Session) -> None:
    """Let later changes in this transaction be queued again, because those queued so far have been projected."""
    session.info.pop(_ENQUEUED, None)
