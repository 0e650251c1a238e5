"""The audit trail: every act as an event without content, in one tamper-evident hash chain per tenant.

An event is inserted in the transaction of the act. Within a second the chainer gives it a place in the tenant's chain:
an HMAC over the event and the previous hash. Without the key nobody can recompute the chain.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Boolean, Column, Index, UniqueConstraint, not_, text
from sqlmodel import Field, Session, SQLModel, col, func, select

from checklists.faults import Code, Fault, fault
from storage.sealing import KeyGone, Keys, keys_of
from storage.times import Moment

_LOCK = 0x6265736C  # PostgreSQL advisory lock: one chainer at a time
_BATCH = 1000


class EventRow(SQLModel, table=True):
    """One act, without free text or answers. actor: `person:ID`, `cli:USER`, `import` or `system`."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_unsealed", "id", sqlite_where=text("not sealed"), postgresql_where=text("not sealed")),
    )

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id", index=True)
    at: datetime = Field(sa_type=Moment)
    actor: str = Field(max_length=100)
    act: str = Field(max_length=60)
    case_id: int | None = Field(default=None, index=True)
    filled_id: int | None = None
    item_id: str = Field(default="", max_length=60)
    revision: int | None = None
    detail: str = Field(default="", max_length=200)
    chained: bool = Field(default=False, sa_column=Column("sealed", Boolean(), nullable=False, default=False))


class ChainRow(SQLModel, table=True):
    """The place of an event in its tenant's chain. hash: over the event and the hash at the place before."""

    __tablename__ = "event_seal"
    __table_args__ = (UniqueConstraint("event_id"),)

    tenant_id: int = Field(primary_key=True, foreign_key="tenant.id")
    place: int = Field(primary_key=True)
    event_id: int = Field(foreign_key="event.id")
    master_id: str = Field(max_length=40)
    hash: str = Field(max_length=64)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a verification. bad: the first fault, None if the chain is intact. chained, unchained: counts."""

    bad: Fault | None
    chained: int
    unchained: int


def record(
    session: Session,
    tenant_id: int,
    at: datetime,
    actor: str,
    act: str,
    *,
    case_id: int | None = None,
    filled_id: int | None = None,
    item_id: str = "",
    revision: int | None = None,
    detail: str = "",
) -> EventRow:
    """Insert an event. detail: a code, never content."""
    row = EventRow(
        tenant_id=tenant_id,
        at=at,
        actor=actor,
        act=act,
        case_id=case_id,
        filled_id=filled_id,
        item_id=item_id,
        revision=revision,
        detail=detail,
    )
    session.add(row)
    return row


def newest_of_case(session: Session, case_id: int) -> int:
    """Return the id of the newest event of a case, 0 if there is none. It grows with every act on the case."""
    return session.exec(select(func.max(col(EventRow.id))).where(EventRow.case_id == case_id)).one() or 0


def newest(session: Session) -> int:
    """Return the id of the newest event of all, 0 if there is none. It grows with every act."""
    return session.exec(select(func.max(col(EventRow.id)))).one() or 0


def unchained(session: Session) -> tuple[int, datetime | None]:
    """Return how many events are not chained yet, and when the oldest of them happened."""
    query = select(func.count(), func.min(col(EventRow.at))).where(not_(col(EventRow.chained)))
    return session.exec(query).one()


def chain_new(session: Session) -> int:
    """Chain a batch of events that have no place yet, oldest first; return how many.

    Returns 0 at once if another process is chaining.
    """
    if session.get_bind().dialect.name == "postgresql":
        got = session.connection().execute(text("select pg_try_advisory_xact_lock(:lock)"), {"lock": _LOCK}).scalar()
        if not got:
            return 0
    waiting = select(EventRow).where(not_(col(EventRow.chained))).order_by(col(EventRow.id)).limit(_BATCH)
    events = session.exec(waiting).all()
    ends: dict[int, tuple[int, str]] = {}
    keys = keys_of(session)
    for event in events:
        tenant_id, event_id = event.tenant_id, event.id
        place, previous = ends.get(tenant_id) or end_of_chain(session, tenant_id)
        digest = _hash(keys, keys.newest, previous, place + 1, event)
        session.add(
            ChainRow(tenant_id=tenant_id, place=place + 1, event_id=event_id, master_id=keys.newest, hash=digest)
        )
        event.chained = True
        ends[tenant_id] = (place + 1, digest)
    return len(events)


def verify(session: Session, tenant_id: int) -> Verdict:
    """Verify a tenant's chain from the beginning, up to the first fault."""
    keys = keys_of(session)
    query = (
        select(ChainRow, EventRow)
        .join(EventRow, col(EventRow.id) == col(ChainRow.event_id), isouter=True)
        .where(ChainRow.tenant_id == tenant_id)
        .order_by(col(ChainRow.place))
        .execution_options(yield_per=_BATCH)
    )
    previous, expected = "", 1
    bad: Fault | None = None
    result = session.exec(query)
    rows: Iterable[tuple[ChainRow, EventRow | None]] = result
    for link, event in rows:
        bad = _fault(keys, tenant_id, previous, expected, link, event)
        if bad:
            break
        previous, expected = link.hash, expected + 1
    result.close()
    bad = bad or _place_lost(session, tenant_id)
    chained = session.exec(select(func.count()).select_from(ChainRow).where(ChainRow.tenant_id == tenant_id)).one()
    events = session.exec(select(func.count()).select_from(EventRow).where(EventRow.tenant_id == tenant_id)).one()
    return Verdict(bad, chained, max(0, events - chained))


def _fault(
    keys: Keys, tenant_id: int, previous: str, expected: int, link: ChainRow, event: EventRow | None
) -> Fault | None:
    """Return what is wrong at one place of the chain, None if nothing is."""
    if link.place != expected:
        return fault(Code.PLACE_MISSING, place=expected)
    if event is None:
        return fault(Code.EVENT_MISSING, place=expected, event=link.event_id)
    try:
        digest = _hash(keys, link.master_id, previous, expected, event)
    except KeyGone:
        return fault(Code.EVENT_WITHOUT_KEY, place=expected, event=link.event_id)
    fits = event.tenant_id == tenant_id and hmac.compare_digest(link.hash.encode(), digest.encode())
    return None if fits else fault(Code.EVENT_CHANGED, place=expected, event=link.event_id)


def _place_lost(session: Session, tenant_id: int) -> Fault | None:
    """Return a fault if an event marked as chained has no place: the end of the chain was then cut off."""
    query = (
        select(func.min(col(EventRow.id)))
        .join(ChainRow, col(ChainRow.event_id) == col(EventRow.id), isouter=True)
        .where(EventRow.tenant_id == tenant_id, col(EventRow.chained), col(ChainRow.event_id).is_(None))
    )
    lost = session.exec(query).one()
    return None if lost is None else fault(Code.PLACE_LOST, event=lost)


def end_of_chain(session: Session, tenant_id: int) -> tuple[int, str]:
    """Return the last place of a tenant's chain and the hash there; (0, "") if the chain is empty."""
    last = session.exec(
        select(ChainRow).where(ChainRow.tenant_id == tenant_id).order_by(col(ChainRow.place).desc()).limit(1)
    ).first()
    return (last.place, last.hash) if last else (0, "")


def _hash(keys: Keys, master_id: str, previous: str, place: int, event: EventRow) -> str:
    canonical = json.dumps(
        [
            previous,
            place,
            event.id,
            event.tenant_id,
            event.at.astimezone(UTC).isoformat(),
            event.actor,
            event.act,
            event.case_id,
            event.filled_id,
            event.item_id,
            event.revision,
            event.detail,
        ],
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hmac.new(keys.trail_key(master_id), canonical.encode(), hashlib.sha256).hexdigest()
