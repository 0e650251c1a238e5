"""Rounds of the unit's own review: what they are called, which list and days they have, which units they are about."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Literal

from sqlalchemy import String
from sqlmodel import Field, Session, col, select

from checklists.model import ListId
from checklists.round_draw import Method
from storage.filled import NO_ROUND
from storage.held import NotHeld
from storage.rows import TableRow
from storage.sealing import TENANT_ITSELF, seal, unseal_or_hide
from storage.times import Moment

State = Literal["draft", "open", "closed"]


class RoundRow(TableRow, table=True):
    """A round. name, pool: sealed, the round's and its group of reviewers'. first, last: when its cases were decided.

    quota: how many cases of each unit are to be about violence or a placed child. twice: percent read by two. total,
    protected, recent, under_way: of the frame, see `round_frame.Frame`. readings, done: counted at the closing.
    baseline_id: the round it follows up; None for none.
    """

    __tablename__ = "review_round"

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id", index=True)
    nonce: str = Field(max_length=40)
    name: bytes
    pool: bytes
    checklist: ListId = Field(sa_type=String(60))
    version: int
    first: date
    last: date
    method: Method = Field(sa_type=String(10))
    seed: str = Field(max_length=64)
    per_unit: int
    quota: int = 0
    twice: int = 0
    opens_on: date
    closes_on: date
    state: State = Field(default="draft", sa_type=String(10))
    made_by: int = Field(foreign_key="person.id")
    made_at: datetime = Field(sa_type=Moment)
    started_at: datetime | None = Field(default=None, sa_type=Moment)
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    total: int = 0
    protected: int = 0
    recent: int = 0
    under_way: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    readings: int = 0
    done: int = 0
    baseline_id: int | None = None


class RoundUnitRow(TableRow, table=True):
    """A unit whose cases a round is about."""

    __tablename__ = "review_round_unit"

    round_id: int = Field(primary_key=True, foreign_key="review_round.id")
    unit_id: int = Field(primary_key=True, foreign_key="unit.id")


def add(session: Session, row: RoundRow, name: str, pool: str, units: Iterable[int]) -> RoundRow:
    """Insert a round, sealing its name and its pool's. row: without them."""
    row.name = seal(session, row.tenant_id, TENANT_ITSELF, "review_round.name", row.nonce, name)
    row.pool = seal(session, row.tenant_id, TENANT_ITSELF, "review_round.pool", row.nonce, pool)
    session.add(row)
    session.flush()
    session.add_all(RoundUnitRow(round_id=row.id, unit_id=unit_id) for unit_id in units)
    session.flush()
    return row


def name_of(session: Session, row: RoundRow) -> str:
    """Return a round's name. Raises: KeyGone."""
    return unseal_or_hide(session, row.tenant_id, TENANT_ITSELF, "review_round.name", row.nonce, row.name)


def pool_of(session: Session, row: RoundRow) -> str:
    """Return what its group of reviewers is called, empty for no name. Raises: KeyGone."""
    return unseal_or_hide(session, row.tenant_id, TENANT_ITSELF, "review_round.pool", row.nonce, row.pool)


def get(session: Session, tenant_id: int, round_id: int) -> RoundRow | None:
    """Return a round of this tenant by row id."""
    return session.exec(select(RoundRow).where(RoundRow.tenant_id == tenant_id, RoundRow.id == round_id)).first()


def if_sound(session: Session, tenant_id: int, round_id: int | None) -> RoundRow | None:
    """Return a round for one line of several: None also if its row is invalid, which is noted for the log."""
    try:
        return get(session, tenant_id, round_id) if round_id else None
    except NotHeld:
        return None


def lock_alike(session: Session, row: RoundRow) -> None:
    """Lock every round of the same list that is not closed, so that only one of them is started at a time."""
    alike = select(RoundRow).where(RoundRow.tenant_id == row.tenant_id, RoundRow.checklist == row.checklist)
    session.exec(alike.where(RoundRow.state != "closed").order_by(col(RoundRow.id)).with_for_update()).all()


def lock(session: Session, row: RoundRow) -> None:
    """Lock and reload a round, so that one transaction at a time changes what belongs to it."""
    session.refresh(row, with_for_update=True)


def every(session: Session, tenant_id: int) -> Sequence[RoundRow]:
    """Return a tenant's rounds, the newest first."""
    query = select(RoundRow).where(RoundRow.tenant_id == tenant_id)
    return session.exec(query.order_by(col(RoundRow.id).desc())).all()


def open_rounds(session: Session, tenant_id: int) -> Sequence[RoundRow]:
    """Return a tenant's open rounds, the first to close first."""
    query = select(RoundRow).where(RoundRow.tenant_id == tenant_id, RoundRow.state == "open")
    return session.exec(query.order_by(col(RoundRow.closes_on), col(RoundRow.id))).all()


def units_of(session: Session, round_id: int) -> list[int]:
    """Return the units a round is about."""
    query = select(RoundUnitRow.unit_id).where(RoundUnitRow.round_id == round_id)
    return sorted(session.exec(query).all())


def flush(session: Session) -> None:
    """Write what was changed on rows of a round."""
    session.flush()


def opened_on(session: Session, tenant_id: int) -> Mapping[int, list[date]]:
    """Return the opening days of every round that was started, by the units it is about."""
    query = select(RoundUnitRow, RoundRow).join(RoundRow, col(RoundRow.id) == col(RoundUnitRow.round_id))
    query = query.where(RoundRow.tenant_id == tenant_id, RoundRow.state != "draft")
    found: defaultdict[int, list[date]] = defaultdict(list)
    for of_unit, row in session.exec(query.order_by(col(RoundRow.opens_on))).all():
        found[of_unit.unit_id].append(row.opens_on)
    return found


def seed_of(session: Session, round_id: int) -> str:
    """Return the seed of a round."""
    return session.exec(select(RoundRow.seed).where(RoundRow.id == round_id)).one() if round_id != NO_ROUND else ""
