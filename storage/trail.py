"""The audit trail: every act as an event without content, in one tamper-evident hash chain per tenant.

An event is inserted in the transaction of the act, with a MAC under BK_TRAIL_KEY that only this program can make.
Within a second the chainer gives it a place in the tenant's chain: an HMAC over the event and the previous hash. It
rejects an event whose MAC is missing, wrong or used before, and continues only from where the chain last ended.
"""

import hmac
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    Row,
    Select,
    Table,
    UniqueConstraint,
    bindparam,
    text,
)
from sqlalchemy import select as select_columns
from sqlmodel import Field, Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from checklists.events import EventName
from checklists.faults import Code, Fault, fault
from storage import people, trail_marks
from storage.among import among
from storage.prepared import prepared
from storage.rows import TableRow
from storage.sealing import KeyGone, Keys, canonical, keys_of
from storage.times import Moment, earliest
from storage.trail_marks import OWN, CheckpointRow, TrailEndRow
from storage.unfit import UNFIT
from storage.unindexed import unindexed

_LOCK = 0x6265736C  # PostgreSQL advisory lock: one chainer at a time
BATCH = 1000
_NONCE_BYTES = 16


_SIGNED, _UNCHAINED = "mac <> ''", "not sealed"
"""SQL for those events that a partial index covers. Queries that shall use it say it in the same words."""


class EventRow(TableRow, table=True):
    """One act, without free text or answers. actor: `person:ID`, `cli:USER`, `import` or `system`.

    mac: a number used once, and the MAC over it and the content; empty for events from before they had one.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_unsealed", "id", sqlite_where=text(_UNCHAINED)),
        Index("ix_event_mac", "mac", unique=True, sqlite_where=text(_SIGNED)),
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
    mac: str = Field(default="", max_length=100, sa_column_kwargs={"server_default": text("''")})
    chained: bool = Field(default=False, sa_column=Column("sealed", Boolean(), nullable=False, default=False))


class ChainRow(TableRow, table=True):
    """The place of an event in its tenant's chain. hash: over the event and the hash at the place before.

    master_id: OWN, or of the master key that earlier releases used.
    """

    __tablename__ = "event_seal"
    __table_args__ = (UniqueConstraint("event_id"),)

    tenant_id: int = Field(primary_key=True, foreign_key="tenant.id")
    place: int = Field(primary_key=True)
    event_id: int = Field(foreign_key="event.id")
    master_id: str = Field(max_length=40)
    hash: str = Field(max_length=64)


Event = EventRow | Row[Any]
"""An event, or a plain row with its columns."""
_EVENTS: Table = EventRow.__table__  # type: ignore[attr-defined]
_LINKS: Table = ChainRow.__table__  # type: ignore[attr-defined]
_LINK = [_LINKS.c[name] for name in ("place", "event_id", "master_id", "hash")]


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
    row.mac = _signed(keys_of(session), row, token_hex(_NONCE_BYTES))
    session.add(row)
    return row


def _signed(keys: Keys, event: Event, nonce: str) -> str:
    """Return what `EventRow.mac` holds. The nonce makes each event's differ, so that none can be entered twice."""
    return f"{nonce}:{keys.trail_mac(['event', nonce, *_content(event)])}"


def _is_signed(keys: Keys, event: Event) -> bool:
    return hmac.compare_digest(event.mac.encode(), _signed(keys, event, event.mac.partition(":")[0]).encode())


def knows_key(session: Session) -> bool:
    """Return whether anything in the trail was signed with the configured key; True if nothing has been signed yet.

    Looked at: the mark of how far each chain has come, the newest event and the first. One of them is enough: what
    somebody changed or wrote in without the key is named by `verify`, and keeps nobody from working.
    """
    signed = select(EventRow).where(EventRow.mac != "").limit(1)
    found = _tried(session, select(TrailEndRow), trail_marks.is_genuine)
    found += _tried(session, signed.order_by(col(EventRow.id).desc()), _is_signed)
    if not any(found):
        found += _tried(session, signed.order_by(col(EventRow.id)), _is_signed)
    return any(found) or not found


def _tried(session: Session, query: SelectOfScalar[Any], fits: Callable[[Keys, Any], bool]) -> list[bool]:
    """Return for each row of a query whether it was signed with the configured key."""
    try:
        return [fits(keys_of(session), row) for row in session.exec(query)]
    except UNFIT:  # bytes where a text should stand
        return [False]


def _used_twice(session: Session, macs: Iterable[str] | None = None) -> set[str]:
    """Return those of the MACs, by default of all, that several events carry: all but one are copies."""
    return set(session.exec(_TWICE) if macs is None else session.exec(_TWICE_AMONG, params={"macs": macs}))


_TWICE = select(EventRow.mac).where(text(_SIGNED)).group_by(col(EventRow.mac)).having(func.count() > 1)
_TWICE_AMONG = prepared(_TWICE.where(among(col(EventRow.mac), "macs")))


_NEWEST_OF_CASE = prepared(select(func.max(col(EventRow.id))).where(col(EventRow.case_id) == bindparam("case_id")))


def newest_of_case(session: Session, case_id: int) -> int:
    """Return the id of the newest event of a case, 0 if there is none. It grows with every act on the case."""
    return session.exec(_NEWEST_OF_CASE, params={"case_id": case_id}).one() or 0


def begun_at(session: Session, tenant_id: int) -> datetime | None:
    """Return the moment of a tenant's first event that is kept: when it began to use the bot, None before that."""
    query = select(EventRow.at).where(EventRow.tenant_id == tenant_id).order_by(col(EventRow.id)).limit(1)
    return session.exec(query).first()


def entered_at(session: Session, case_id: int) -> datetime | None:
    """Return when a case was entered: the moment of its first event; None if it has none."""
    query = select(EventRow.at).where(EventRow.case_id == case_id).order_by(col(EventRow.id))
    return session.exec(query.limit(1)).first()


def was_done(session: Session, case_id: int, act: str, actor: str, since: datetime) -> bool:
    """Return whether somebody has done something to a case since a moment."""
    named = (EventRow.case_id == case_id, EventRow.act == act, EventRow.actor == actor, EventRow.at >= since)
    return session.exec(select(EventRow.id).where(*named).limit(1)).first() is not None


def acts_on(session: Session, case_id: int, *acts: EventName) -> Sequence[EventRow]:
    """Return the events of some kinds about a case, oldest first."""
    query = select(EventRow).where(EventRow.case_id == case_id, col(EventRow.act).in_(acts))
    return session.exec(query.order_by(col(EventRow.id))).all()


def workers_ever(session: Session, case_ids: Collection[int]) -> dict[int, set[int]]:
    """Return who was ever made lead or co-worker of some cases, or opened one, by case, as the persons they are now."""
    acts = ("lead_set", "co_worker_set", "case_opened")
    query = select(EventRow).where(col(EventRow.case_id).in_(case_ids), col(EventRow.act).in_(acts))
    found: dict[int, set[int]] = {case_id: set() for case_id in case_ids}
    for event in session.exec(query):
        # A deputy's act has whom she acted for behind the person.
        named = event.actor.removeprefix("person:") if event.act == "case_opened" else event.detail.partition(" ")[0]
        if event.case_id is not None and named.isdigit() and int(named):
            found[event.case_id].add(int(named))
    now = people.now(session, {person for some in found.values() for person in some})
    return {case_id: {now.get(person, person) for person in some} for case_id, some in found.items()}


def ever_worked_on(session: Session, case_id: int, person_id: int) -> bool:
    """Return whether a person was ever made lead or co-worker of a case, or opened it."""
    return person_id in workers_ever(session, [case_id])[case_id]


def is_another(session: Session, case_id: int, since: int) -> bool:
    """Return whether a case has got another reference or lead after an event: what was asked then is not of it now."""
    acts = ("ref_changed", "lead_set")
    named = (EventRow.case_id == case_id, col(EventRow.act).in_(acts), col(EventRow.id) > since)
    return session.exec(select(EventRow.id).where(*named).limit(1)).first() is not None


def has_done(session: Session, case_id: int, actor: str, act: str, detail: str) -> bool:
    """Return whether somebody has done this act on a case already, with this detail."""
    query = select(EventRow.id).where(
        EventRow.case_id == case_id, EventRow.actor == actor, EventRow.act == act, EventRow.detail == detail
    )
    return session.exec(query.limit(1)).first() is not None


def of_lists(session: Session, case_ids: Collection[int], acts: Collection[EventName]) -> Sequence[Row[Any]]:
    """Return what was done with the lists of some cases, oldest first: the events' `id`, `act`, `filled_id`, `at`."""
    columns = [getattr(EventRow, name) for name in ("id", "act", "filled_id", "at")]
    query = select_columns(*columns).where(col(EventRow.case_id).in_(case_ids), col(EventRow.act).in_(acts))
    return session.connection().execute(query.order_by(col(EventRow.id))).all()


_NEWEST = prepared(select(func.max(col(EventRow.id))))


def newest(session: Session) -> int:
    """Return the id of the newest event of all, 0 if there is none. It grows with every act."""
    return session.exec(_NEWEST).one() or 0


def unchained(session: Session) -> tuple[int, datetime | None]:
    """Return how many events are not chained yet, and when the oldest of them happened."""
    is_unchained = text(_UNCHAINED)
    count = session.exec(select(func.count()).select_from(EventRow).where(is_unchained)).one()
    oldest = earliest(session, unindexed(col(EventRow.tenant_id)), col(EventRow.at), is_unchained)
    return count, min(oldest.values(), default=None)


Ends = dict[int, tuple[int, str]]
"""By tenant: the last place of its chain, and the hash there."""


@dataclass(frozen=True, slots=True)
class Chained:
    """The result of chaining a batch. count: events given a place. ends: where the chains end now.

    refused: what was found wrong, and left as it is.
    """

    count: int
    ends: Ends
    refused: tuple[Fault, ...] = ()


def chain_new(session: Session) -> int:
    """Chain a batch of new events; return how many. See `chain`."""
    return chain(session, {}).count


def chain(session: Session, reached: Ends) -> Chained:
    """Chain a batch of events that have no place yet, oldest first. Does nothing if another process is chaining.

    reached: where the chains ended when this process last wrote them. A chain that no longer reaches as far, or that
    something else has written to, is left alone, and so is an event without a valid MAC; the others continue.
    """
    if session.get_bind().dialect.name == "postgresql":
        got = session.connection().execute(text("select pg_try_advisory_xact_lock(:lock)"), {"lock": _LOCK}).scalar()
        if not got:
            return Chained(0, {})
    keys = keys_of(session)
    after, count, ends, refused = 0, 0, Ends(), dict[int, Fault]()
    forged: list[Fault] = []
    while events := _waiting(session, after):
        after = events[-1].id
        copied = _used_twice(session, [event.mac for event in events if event.mac])
        for event in events:
            tenant_id = event.tenant_id
            if tenant_id not in ends and tenant_id not in refused:
                ends[tenant_id] = end_of_chain(session, tenant_id)
                bad = _went_back(session, keys, tenant_id, reached.get(tenant_id))
                if bad is not None:
                    refused[tenant_id] = bad
            if tenant_id in refused:
                continue
            if event.mac in copied or not _is_signed(keys, event):
                forged.append(fault(Code.EVENT_FORGED, event=event.id))
                continue
            place, previous = ends[tenant_id]
            digest = keys.trail_mac(_linked(previous, place + 1, event))
            session.add(ChainRow(tenant_id=tenant_id, place=place + 1, event_id=event.id, master_id=OWN, hash=digest))
            event.chained = True
            ends[tenant_id] = (place + 1, digest)
            count += 1
        if count:
            break
    ends = {tenant_id: end for tenant_id, end in ends.items() if tenant_id not in refused}
    for tenant_id, (place, digest) in ends.items():
        trail_marks.put_end(session, keys, tenant_id, place, digest)
    return Chained(count, ends, (*refused.values(), *forged))


_WAITING = prepared(
    select(EventRow)
    .where(text(_UNCHAINED), col(EventRow.id) > bindparam("after"))
    .order_by(col(EventRow.id))
    .limit(bindparam("most", type_=Integer))
)


def _waiting(session: Session, after: int) -> Sequence[EventRow]:
    return session.exec(_WAITING, params={"after": after, "most": BATCH}).all()


def _went_back(session: Session, keys: Keys, tenant_id: int, reached: tuple[int, str] | None) -> Fault | None:
    """Return a fault if a chain does not end where it was left, by this process or by any."""
    place, digest = end_of_chain(session, tenant_id)
    mark = session.get(TrailEndRow, tenant_id)
    if mark is None:
        fits = place == 0
    else:
        fits = trail_marks.is_genuine(keys, mark) and (mark.place, mark.hash) == (place, digest)
    if fits and reached is not None:
        link = session.get(ChainRow, (tenant_id, reached[0]))
        fits = link is not None and link.hash == reached[1]
    return None if fits else fault(Code.TRAIL_WENT_BACK, place=place)


def close_old(session: Session) -> None:
    """Chain what earlier releases recorded, and close it with a checkpoint. Called once, by the migration."""
    keys = keys_of(session)
    ends: Ends = {}
    while events := _waiting(session, 0):
        for event in events:
            place, previous = ends.get(event.tenant_id) or end_of_chain(session, event.tenant_id)
            digest = keys.old_trail_mac(keys.newest, canonical(_linked(previous, place + 1, event)))
            link = ChainRow(
                tenant_id=event.tenant_id, place=place + 1, event_id=event.id, master_id=keys.newest, hash=digest
            )
            session.add(link)
            event.chained = True
            ends[event.tenant_id] = (place + 1, digest)
        session.flush()
    for tenant_id in session.exec(select(ChainRow.tenant_id).distinct()).all():
        place, digest = end_of_chain(session, tenant_id)
        trail_marks.put_checkpoint(session, keys, tenant_id, place, digest)
        trail_marks.put_end(session, keys, tenant_id, place, digest)


# --- verifying --------------------------------------------------------------------------------------------------------


def verify(session: Session, tenant_id: int) -> Verdict:
    """Verify a tenant's trail from the beginning, up to the first fault."""
    keys = keys_of(session)
    query = (
        select_columns(*_LINK, *_EVENTS.columns)  # plain rows: making objects of them would take half the time
        .select_from(_LINKS.outerjoin(_EVENTS, _EVENTS.c.id == _LINKS.c.event_id))
        .where(_LINKS.c.tenant_id == tenant_id)
        .order_by(_LINKS.c.place)
        .execution_options(yield_per=BATCH)
    )
    closed = session.get(CheckpointRow, tenant_id)
    old = closed.place if closed is not None and trail_marks.is_genuine(keys, closed) else 0
    previous, expected = "", 1
    bad = fault(Code.CHECKPOINT_WRONG) if closed is not None and not old else None
    rows = _readable(session, query) if bad is None else iter(())
    for row in rows:
        if isinstance(row, Fault):
            bad = row
            break
        bad = _fault(keys, tenant_id, previous, expected, row, is_old=expected <= old)
        if bad is None and closed is not None and expected == old and row.hash != closed.hash:
            bad = fault(Code.CHECKPOINT_WRONG)
        if bad:
            break
        previous, expected = row.hash, expected + 1
    bad = bad or _place_lost(session, tenant_id) or _forged(session, keys, tenant_id)
    bad = bad or _went_back(session, keys, tenant_id, None)
    chained = session.exec(select(func.count()).select_from(ChainRow).where(ChainRow.tenant_id == tenant_id)).one()
    events = session.exec(select(func.count()).select_from(EventRow).where(EventRow.tenant_id == tenant_id)).one()
    bad = bad or (_emptied(session, tenant_id) if not events else None)
    return Verdict(bad, chained, max(0, events - chained))


def _readable(session: Session, query: Select[Any]) -> Iterator[Row[Any] | Fault]:
    """Yield the rows of a chain in order, up to the first that cannot be read: in its place, a fault."""
    place = 0
    while True:
        some = query.where(_LINKS.c.place > place).limit(BATCH)
        try:
            rows: Sequence[Row[Any] | Fault] = session.connection().execute(some).all()
        except UNFIT:
            rows = list(_one_by_one(session, some))
        yield from rows
        if len(rows) < BATCH or isinstance(rows[-1], Fault):
            return
        place = rows[-1].place


def _one_by_one(session: Session, query: Select[Any]) -> Iterator[Row[Any] | Fault]:
    """Yield the rows of a query up to the first that cannot be read: in its place, a fault."""
    for place, event in session.connection().execute(query.with_only_columns(_LINKS.c.place, _LINKS.c.event_id)).all():
        try:
            yield session.connection().execute(query.where(_LINKS.c.place == place)).one()
        except UNFIT:
            yield fault(Code.EVENT_CHANGED, place=place, event=event)
            return


def _emptied(session: Session, tenant_id: int) -> Fault | None:
    """Return a fault if there are cases and no event of any: the opening of a case is an event."""
    found = session.connection().execute(
        text("select id from cases where tenant_id = :tenant limit 1"), {"tenant": tenant_id}
    )
    return None if found.first() is None else fault(Code.TRAIL_WENT_BACK, place=0)


def _fault(keys: Keys, tenant_id: int, previous: str, expected: int, row: Row[Any], *, is_old: bool) -> Fault | None:
    """Return what is wrong at one place of the chain, None if nothing is. is_old: it is from before events had MACs."""
    if row.place != expected:
        return fault(Code.PLACE_MISSING, place=expected)
    if row.id is None:
        return fault(Code.EVENT_MISSING, place=expected, event=row.event_id)
    try:
        content = _linked(previous, expected, row)
        digest = keys.old_trail_mac(row.master_id, canonical(content)) if is_old else keys.trail_mac(content)
        fits = row.tenant_id == tenant_id and hmac.compare_digest(row.hash.encode(), digest.encode())
        fits = fits and (is_old or _is_signed(keys, row))
    except KeyGone:
        return fault(Code.EVENT_WITHOUT_KEY, place=expected, event=row.event_id)
    except UNFIT:  # bytes where a text should stand
        fits = False
    return None if fits else fault(Code.EVENT_CHANGED, place=expected, event=row.event_id)


def _forged(session: Session, keys: Keys, tenant_id: int) -> Fault | None:
    """Return a fault if an event that waits for its place was not recorded by this program, or is there twice."""
    waiting = select(EventRow).where(EventRow.tenant_id == tenant_id, text(_UNCHAINED))
    for event in session.exec(waiting.order_by(col(EventRow.id)).execution_options(yield_per=BATCH)):
        if not _is_signed(keys, event):
            return fault(Code.EVENT_FORGED, event=event.id)
    copied = _used_twice(session)
    if copied:
        query = select(func.max(EventRow.id)).where(EventRow.tenant_id == tenant_id, col(EventRow.mac).in_(copied))
        found = session.exec(query).one()
        return None if found is None else fault(Code.EVENT_FORGED, event=found)
    return None


def _place_lost(session: Session, tenant_id: int) -> Fault | None:
    """Return a fault if an event marked as chained has no place: the end of the chain was then cut off."""
    query = (
        select(func.min(col(EventRow.id)))
        .join(ChainRow, col(ChainRow.event_id) == col(EventRow.id), isouter=True)
        .where(EventRow.tenant_id == tenant_id, col(EventRow.chained), col(ChainRow.event_id).is_(None))
    )
    lost = session.exec(query).one()
    return None if lost is None else fault(Code.PLACE_LOST, event=lost)


_LAST = prepared(
    select(ChainRow)
    .where(col(ChainRow.tenant_id) == bindparam("tenant_id"))
    .order_by(col(ChainRow.place).desc())
    .limit(1)
)


def end_of_chain(session: Session, tenant_id: int) -> tuple[int, str]:
    """Return the last place of a tenant's chain and the hash there; (0, "") if the chain is empty."""
    last = session.exec(_LAST, params={"tenant_id": tenant_id}).first()
    return (last.place, last.hash) if last else (0, "")


def _linked(previous: str, place: int, event: Event) -> list[object]:
    """Return what the hash at a place covers: the event by its MAC, or one from before MACs by its content."""
    return [previous, place, event.id, *([event.mac] if event.mac else _content(event))]


def _content(event: Event) -> list[object]:
    return [
        event.tenant_id,
        event.at.astimezone(UTC).isoformat(),
        event.actor,
        event.act,
        event.case_id,
        event.filled_id,
        event.item_id,
        event.revision,
        event.detail,
    ]
