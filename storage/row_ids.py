"""Row ids that are never reused, not even after disposal.

SQLite reuses the highest id once its row is deleted. Events, cards in Teams and tombstones still refer to the case that
had it, so a new case must not get it. PostgreSQL's sequences never go back by themselves.
"""

from sqlalchemy import text
from sqlmodel import Session

_NEXT = "select max(coalesce((select max(id) from {table}), 0), coalesce((select max({column}) from tombstone), 0)) + 1"
_NEXT_CASE = _NEXT.format(table="cases", column="case_id")
_NEXT_FILLED = _NEXT.format(table="filled_checklist", column="last_filled_id")


def next_case(session: Session) -> int | None:
    """Return the id for a new case, None to let the database assign one."""
    return _next(session, _NEXT_CASE)


def next_filled(session: Session) -> int | None:
    """Return the id for a new filled-in list, None to let the database assign one."""
    return _next(session, _NEXT_FILLED)


def _next(session: Session, query: str) -> int | None:
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        return None
    found: int = connection.exec_driver_sql(query).scalar_one()
    return found


def go_past_tombstones(session: Session) -> None:
    """Advance PostgreSQL's sequences past the ids of disposed cases, after a restore or a move brought tombstones."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        for table, column in (("cases", "case_id"), ("filled_checklist", "last_filled_id")):
            sequence = f"pg_get_serial_sequence('{table}', 'id')"
            gone = f"coalesce((select max({column}) from tombstone), 0)"
            connection.execute(text(f"select setval({sequence}, greatest(nextval({sequence}), {gone}))"))
