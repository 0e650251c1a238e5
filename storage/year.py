"""The duties of the year, each with its day, and the yearly wheel of a unit that has one of its own."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import String, or_, update
from sqlmodel import Field, Session, col, select

from checklists.swedish_time import day_of
from checklists.year import DutyKind, Slot, next_round, read
from storage import rounds, trail
from storage.cases import STANDS, CaseRow
from storage.people import ORGANISATION, UnitRow
from storage.rows import TableRow
from storage.times import Moment


class DutyRow(TableRow, table=True):
    """One occasion of a duty. unit_id: of a unit, or of the whole organisation. every: months to the next, 0 for none.

    dropped_at: when somebody said that it does not apply after all. told_on: when somebody was last reminded of it.
    """

    __tablename__ = "duty"

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id", index=True)
    unit_id: int = Field(foreign_key="unit.id")
    kind: DutyKind = Field(sa_type=String(20))
    due_on: date
    every: int
    made_by: int = Field(foreign_key="person.id")
    made_at: datetime = Field(sa_type=Moment)
    done_at: datetime | None = Field(default=None, sa_type=Moment)
    done_by: int | None = Field(default=None, foreign_key="person.id")
    dropped_at: datetime | None = Field(default=None, sa_type=Moment)
    told_on: date | None = None


class UnitWheelRow(TableRow, table=True):
    """A unit's yearly wheel of rounds. months: its own, as `year.written` writes them; empty: the municipality's.

    told_on: when somebody was last reminded of the next round.
    """

    __tablename__ = "unit_wheel"

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    tenant_id: int = Field(foreign_key="tenant.id", index=True)
    months: str = Field(default="", max_length=40)
    told_on: date | None = None


def add(session: Session, row: DutyRow) -> DutyRow:
    """Insert a duty."""
    session.add(row)
    session.flush()
    return row


def get(session: Session, tenant_id: int, duty_id: int) -> DutyRow | None:
    """Return a duty of this tenant by row id, locked, because two people may record that it is done at once."""
    query = select(DutyRow).where(DutyRow.tenant_id == tenant_id, DutyRow.id == duty_id)
    return session.exec(query.with_for_update()).first()


def duties(session: Session, tenant_id: int) -> Sequence[DutyRow]:
    """Return a tenant's duties, done or not but not dropped, the first to be due first."""
    query = select(DutyRow).where(DutyRow.tenant_id == tenant_id, col(DutyRow.dropped_at).is_(None))
    return session.exec(query.order_by(col(DutyRow.due_on), col(DutyRow.id))).all()


def undone(session: Session, tenant_id: int) -> list[DutyRow]:
    """Return the duties that are neither done nor dropped, the first to be due first."""
    return [row for row in duties(session, tenant_id) if row.done_at is None]


def wheels(session: Session, tenant_id: int) -> Mapping[int, UnitWheelRow]:
    """Return the stored wheels of a tenant's units, by unit."""
    query = select(UnitWheelRow).where(UnitWheelRow.tenant_id == tenant_id)
    return {row.unit_id: row for row in session.exec(query).all()}


def wheel(session: Session, tenant_id: int, unit_id: int) -> UnitWheelRow:
    """Return the row of a unit's wheel, created if there is none."""
    row = session.get(UnitWheelRow, unit_id)
    if row is None:
        row = UnitWheelRow(unit_id=unit_id, tenant_id=tenant_id)
        session.add(row)
        session.flush()
    return row


def next_rounds(session: Session, tenant_id: int, usual: Sequence[int], today: date) -> Mapping[int, Slot]:
    """Return when the next round is due in each unit that has cases, by unit; a unit that is closed has none.

    usual: the months of the municipality's own wheel.
    """
    has_case = select(CaseRow.id).where(col(CaseRow.unit_id) == col(UnitRow.id), STANDS).exists()
    is_open = or_(col(UnitRow.closed_on).is_(None), col(UnitRow.closed_on) > today)
    query = select(UnitRow).where(UnitRow.tenant_id == tenant_id, is_open, has_case)
    units = session.exec(query.where(col(UnitRow.merged_into_id).is_(None)).order_by(col(UnitRow.name))).all()
    own, opened = wheels(session, tenant_id), rounds.opened_on(session, tenant_id)
    begun = trail.begun_at(session, tenant_id)
    since, found = (day_of(begun) if begun is not None else today), {}
    for unit in units:
        months = read(own[unit.id].months if unit.id in own else "", usual)
        slot = next_round(months, opened.get(unit.id, ()), since, today)
        if slot is not None and unit.name != ORGANISATION:
            found[unit.id] = slot
    return found


def move_unit(session: Session, tenant_id: int, unit_id: int, into_id: int) -> None:
    """Make the duties of a unit another unit's, which keeps its own wheel."""
    of = (col(DutyRow.tenant_id) == tenant_id, col(DutyRow.unit_id) == unit_id)
    session.exec(update(DutyRow).where(*of).values(unit_id=into_id))
    row = session.get(UnitWheelRow, unit_id)
    if row is not None:
        session.delete(row)
    session.flush()
