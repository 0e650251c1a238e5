"""Which cases changed since their figures were last counted: noted in the change's own transaction."""

from typing import Any

from sqlalchemy import event, insert
from sqlmodel import Field, Session, SQLModel

from storage.answers import AnswerRow
from storage.cases import CaseRow, FactRow
from storage.filled import FilledRow
from storage.returns import ReturnRow
from storage.signatures import SignatureRow

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
            elif isinstance(row, FactRow | FilledRow | SignatureRow | ReturnRow):
                note(session, case_id=row.case_id)
            elif isinstance(row, CaseRow) and row.id is not None:
                note(session, case_id=row.id)


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
