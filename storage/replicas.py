"""Which processes of the bot are running: each records every few seconds that it is.

The times are the database's own, so that replicas whose clocks differ agree on who is running.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, delete
from sqlmodel import Field, Session, col, func, select

from storage.prepared import prepared
from storage.rows import TableRow
from storage.times import Moment

GONE_AFTER = timedelta(seconds=10)
"""A replica not heard from for this long counts as dead: its leases are free, and it has no share of the send rate."""


class ReplicaRow(TableRow, table=True):
    """A running process. id: a new one at each start."""

    __tablename__ = "replica"

    id: str = Field(primary_key=True, max_length=40)
    seen_at: datetime = Field(sa_type=Moment)


def beat(session: Session, replica: str) -> int:
    """Note that a replica is running, forget those that are not, and return how many are."""
    now = _now(session)
    session.merge(ReplicaRow(id=replica, seen_at=now))
    session.flush()
    session.exec(_FORGET, params={"since": now - GONE_AFTER})
    count: int = session.exec(_COUNT).one()
    return count


_FORGET = prepared(delete(ReplicaRow).where(col(ReplicaRow.seen_at) <= bindparam("since", type_=Moment)))
_COUNT = prepared(select(func.count()).select_from(ReplicaRow))


def leave(session: Session, replica: str) -> None:
    """Forget a replica that is stopping."""
    session.exec(delete(ReplicaRow).where(col(ReplicaRow.id) == replica))


RUNNING = select(col(ReplicaRow.id)).where(col(ReplicaRow.seen_at) > bindparam("alive", type_=Moment))
"""The query for the ids of the running replicas. alive: see `alive_since`."""


def alive_since(session: Session) -> datetime:
    """Return the moment since which a replica must have been heard from, to count as running."""
    return _now(session) - GONE_AFTER


def _now(session: Session) -> datetime:
    if session.get_bind().dialect.name == "sqlite":  # one machine, one clock
        return datetime.now(UTC)
    now: datetime = session.connection().execute(select(func.clock_timestamp())).scalar_one()
    return now.astimezone(UTC)
