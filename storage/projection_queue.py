"""The projection queue: cases changed since they were last projected, queued in the transaction of the change.

Actions queue what they change (`actions.changes.record`); code that changes rows in bulk calls `enqueue` itself.
"""

from sqlalchemy import bindparam, insert, literal, select
from sqlmodel import Field, Session, col

from storage.cases import CaseRow
from storage.prepared import prepared
from storage.rows import TableRow

_ENQUEUED = "changed"


class ChangedRow(TableRow, table=True):
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
        session.exec(_ENQUEUE, params={"of_case": case_id, "of_list": filled_id})


_INSERT = insert(ChangedRow.__table__)  # type: ignore[attr-defined]
_ENQUEUE = prepared(_INSERT.inline().values(case_id=bindparam("of_case"), filled_id=bindparam("of_list")))


def clear_enqueued(session: Session) -> None:
    """Let later changes in this transaction be queued again, because those queued so far have been projected."""
    session.info.pop(_ENQUEUED, None)
