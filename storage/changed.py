"""Which cases changed since their figures were last counted: noted in the change's own transaction."""

from typing import Any

from sqlalchemy import event, insert, inspect, literal, select
from sqlmodel import Field, Session, SQLModel, col

from checklists.tenant_settings import read_settings
from storage.answers import AnswerRow
from storage.cases import CaseRow, FactRow
from storage.extensions import ExtensionRow
from storage.filled import FilledRow
from storage.returns import ReturnRow
from storage.signatures import SignatureRow
from storage.tenants import TenantRow

_NOTED = "changed"


class ChangedRow(SQLModel, table=True):
    """A case, or one of its lists (filled_id, case_id 0), whose figures are to be counted anew."""

    __tablename__ = "changed"

    id: int = Field(default=None, primary_key=True)
    case_id: int = 0
    filled_id: int = 0


def watch(session: type[Session]) -> None:
    """Have every flush of these sessions note which cases it changed.

    Seen at the one place through which every row goes, so that no dialog and no import can forget it. What
    changes rows in bulk, past the session's objects, calls `note` itself.
    """
    event.listen(session, "after_flush", _after_flush)


def _after_flush(session: Session, _context: Any) -> None:
    for rows in (session.new, session.dirty):
        for row in rows:
            if isinstance(row, AnswerRow):
                note(session, filled_id=row.filled_id)
            elif isinstance(row, FactRow | FilledRow | SignatureRow | ReturnRow | ExtensionRow):
                note(session, case_id=row.case_id)
            elif isinstance(row, CaseRow) and row.id is not None:
                note(session, case_id=row.id)
            elif isinstance(row, TenantRow) and row.id is not None and _workdays_changed(row):
                note_tenant(session, row.id)


def _workdays_changed(row: TenantRow) -> bool:
    """Say whether a tenant's own free days are others than before: a limit may then fall on another day."""
    before = inspect(row).attrs.settings.history.deleted
    return bool(before) and read_settings(before[0]).workdays != read_settings(row.settings).workdays


def note_tenant(session: Session, tenant_id: int) -> None:
    """Note that every case of a tenant is to be counted anew."""
    every = select(col(CaseRow.id), literal(0)).where(col(CaseRow.tenant_id) == tenant_id)
    session.connection().execute(_NOTE.from_select(["case_id", "filled_id"], every))


def note(session: Session, *, case_id: int = 0, filled_id: int = 0) -> None:
    """Note that a case, or one list of it, is to be counted anew; once per transaction."""
    noted: set[tuple[int, int]] = session.info.setdefault(_NOTED, set())
    if (case_id, filled_id) not in noted:
        noted.add((case_id, filled_id))
        session.connection().execute(_NOTE, {"case_id": case_id, "filled_id": filled_id})


_NOTE = insert(ChangedRow.__table__)  # type: ignore[attr-defined]


def forget_noted(session: Session) -> None:
    """Let what changes later in this transaction be noted again: what was noted so far is counted."""
    session.info.pop(_NOTED, None)
