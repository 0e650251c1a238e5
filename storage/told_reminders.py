"""Reminder bookkeeping: which were sent to whom, which are snoozed, and how far the day's sweep has come."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint, bindparam, delete, or_
from sqlmodel import Field, Session, col, select

from checklists.reminder_rules import Rule
from storage.cases import STANDS, CaseRow
from storage.outbox import DROPPED, STOPPED, UNCERTAIN, WAITING, OutboxRow
from storage.prepared import prepared
from storage.rows import TableRow
from storage.times import LONG_AGO, Moment
from storage.unfit import Skipped, readable
from storage.unindexed import unindexed

Occasion = tuple[int, Rule, int, str]
"""(person_id, rule, case_id, mark): what a person is reminded of once only."""
_NEWEST = 20
"""How many sweeps are read to find the newest: the database's own maximum may be a day that cannot be read."""


class ToldRow(TableRow, table=True):
    """One occasion that a person has been, or is being, reminded of. bundle: the `once` key of its outbox message."""

    __tablename__ = "told"
    __table_args__ = (UniqueConstraint("person_id", "rule", "case_id", "mark"),)
    instead = {"day": LONG_AGO.date(), "bundle": ""}

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    person_id: int = Field(foreign_key="person.id")
    rule: Rule = Field(sa_type=String(10))
    case_id: int = Field(foreign_key="cases.id", index=True)
    mark: str = Field(max_length=40)
    day: date = Field(index=True)
    bundle: str = Field(max_length=100, index=True)

    @property
    def occasion(self) -> Occasion:
        """The row's natural key."""
        return self.person_id, self.rule, self.case_id, self.mark


class SnoozeRow(TableRow, table=True):
    """A bundle to be sent again on a later day."""

    __tablename__ = "snooze"

    person_id: int = Field(primary_key=True, foreign_key="person.id")
    bundle: str = Field(primary_key=True, max_length=100)
    tenant_id: int = Field(foreign_key="tenant.id")
    until: date


class SweepRow(TableRow, table=True):
    """One day's sweep of a tenant. reached: row id of the last case processed. done_at: null until it is finished."""

    __tablename__ = "sweep"
    instead = {"reached": 0, "begun_at": LONG_AGO, "done_at": LONG_AGO}

    tenant_id: int = Field(primary_key=True, foreign_key="tenant.id")
    day: date = Field(primary_key=True)
    reached: int = 0
    begun_at: datetime = Field(sa_type=Moment)
    done_at: datetime | None = Field(default=None, sa_type=Moment)


# --- the sweep ---------------------------------------------------------------------------------------------


def sweep(session: Session, tenant_id: int, day: date) -> SweepRow | None:
    """Return the day's sweep, locked so that its steps run one at a time; None if it has not begun."""
    return session.get(SweepRow, (tenant_id, day), with_for_update=True)


def is_swept(session: Session, tenant_id: int, day: date) -> bool:
    """Return whether the day's sweep is finished."""
    done = select(SweepRow.done_at).where(SweepRow.tenant_id == tenant_id, SweepRow.day == day)
    return session.exec(done).first() is not None


def swept_before(session: Session, tenant_id: int, day: date) -> date | None:
    """Return the last day before this one that was swept, None if there is none."""
    query = select(col(SweepRow.day)).where(SweepRow.tenant_id == tenant_id, col(SweepRow.day) < day)
    return next(iter(session.exec(query.order_by(col(SweepRow.day).desc()).limit(_NEWEST))), None)


def begin_sweep(session: Session, tenant_id: int, day: date, at: datetime) -> SweepRow:
    """Begin the day's sweep. Raises: sqlalchemy.exc.IntegrityError: another process has begun it."""
    row = SweepRow(tenant_id=tenant_id, day=day, begun_at=at)
    session.add(row)
    session.flush()
    return row


def last_sweep(session: Session) -> datetime | None:
    """Return when a day's sweep of any tenant was last finished."""
    query = select(SweepRow.done_at).where(col(SweepRow.done_at).is_not(None))
    newest = session.exec(query.order_by(col(SweepRow.done_at).desc()).limit(_NEWEST)).all()
    return max((at for at in newest if at is not None), default=None)


Read = tuple[Sequence[CaseRow], tuple[Skipped, ...]]
"""Cases, and those that cannot be read."""


def cases_after(session: Session, tenant_id: int, reached: int, most: int, decided_since: date) -> Read:
    """Return the next cases to process: open ones, and closed ones decided on or after `decided_since`."""
    query = select(CaseRow).where(unindexed(col(CaseRow.tenant_id)) == tenant_id, col(CaseRow.id) > reached, STANDS)
    query = query.where(or_(col(CaseRow.closed_on).is_(None), col(CaseRow.decided_on) >= decided_since))
    return readable(session, query.order_by(col(CaseRow.id)).limit(most))


def received(session: Session, tenant_id: int, first: date, last: date) -> Read:
    """Return the open cases whose report came in between two days, both included."""
    found = session.exec(_RECEIVED, params={"tenant_id": tenant_id, "first": first, "last": last})
    return found.all(), tuple(Skipped(int(one.row), one) for one in found.left_out)


_RECEIVED: Any = prepared(
    select(CaseRow)
    .where(col(CaseRow.received_on).between(bindparam("first"), bindparam("last")), STANDS)
    .where(unindexed(col(CaseRow.tenant_id)) == bindparam("tenant_id"), col(CaseRow.closed_on).is_(None))
    .order_by(col(CaseRow.id))
)


# --- sent reminders ----------------------------------------------------------------------------------------


def told_about(session: Session, case_ids: Iterable[int]) -> dict[Occasion, ToldRow]:
    """Return the reminders sent about some cases, by occasion."""
    rows = session.exec(select(ToldRow).where(col(ToldRow.case_id).in_(list(case_ids)))).all()
    return {row.occasion: row for row in rows}


def in_bundle(session: Session, bundle: str) -> Sequence[ToldRow]:
    """Return the reminders in a bundle, in the order they were added."""
    return session.exec(select(ToldRow).where(ToldRow.bundle == bundle).order_by(col(ToldRow.id))).all()


def tell(session: Session, row: ToldRow) -> None:
    """Record that a person is reminded of an occasion."""
    session.add(row)


def forget(session: Session, rows: Iterable[ToldRow]) -> None:
    """Delete the record of reminders, so that they may be sent again while they are due."""
    for row in rows:
        session.delete(row)


def bundles_without_message(session: Session, tenant_id: int, day: date, most: int) -> Sequence[tuple[int, str]]:
    """Return (person_id, bundle) of each bundle of a day's sweep that has no outbox message yet."""
    query = (
        select(ToldRow.person_id, ToldRow.bundle)
        .where(ToldRow.day == day, ToldRow.tenant_id == tenant_id, col(ToldRow.bundle).startswith("reminder:"))
        .where(
            ~select(OutboxRow.id)
            .where(OutboxRow.tenant_id == tenant_id, col(OutboxRow.once) == col(ToldRow.bundle))
            .exists()
        )
        .distinct()
        .order_by(col(ToldRow.person_id))
    )
    return session.exec(query.limit(most)).all()


def take_back_unsent(session: Session, tenant_id: int, today: date) -> None:
    """Forget the reminders of earlier days that may not have been delivered, so that those still due are sent again.

    Messages still waiting from an earlier day are dropped: the new day's bundle replaces them.
    """
    unsent = (
        select(OutboxRow)
        .where(unindexed(col(OutboxRow.tenant_id)) == tenant_id)
        .where(col(OutboxRow.state).in_((WAITING, UNCERTAIN, STOPPED)))
        .where(select(ToldRow.id).where(ToldRow.bundle == OutboxRow.once, ToldRow.day < today).exists())
    )
    for row in session.exec(unsent).all():
        session.exec(delete(ToldRow).where(col(ToldRow.bundle) == row.once, col(ToldRow.day) < today))
        if row.state == WAITING:
            row.state = DROPPED


# --- snoozed bundles ---------------------------------------------------------------------------------------


def snooze(session: Session, row: SnoozeRow) -> None:
    """Store when a bundle is to be sent again, replacing an earlier date."""
    session.merge(row)


def snoozed(session: Session, tenant_id: int, day: date) -> set[str]:
    """Return the bundles that are to be sent again by a day."""
    query = select(SnoozeRow.bundle).where(SnoozeRow.tenant_id == tenant_id, SnoozeRow.until <= day)
    return set(session.exec(query).all())


def forget_snoozed(session: Session, tenant_id: int, day: date) -> None:
    """Delete the snoozes that ended by a day, once their bundles have been sent again."""
    session.exec(delete(SnoozeRow).where(col(SnoozeRow.tenant_id) == tenant_id, col(SnoozeRow.until) <= day))
