"""Measures, and the findings that have no code: who does what by when, whether it is done, and who checked it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, String, and_, bindparam, false, not_, or_, update
from sqlmodel import Field, Session, col, select

from checklists.measures import FindingKind
from checklists.model import ListId
from storage.cases import CaseRow
from storage.prepared import prepared
from storage.rows import TableRow
from storage.sealing import TENANT_ITSELF, seal, unseal_or_hide
from storage.times import Moment


class FindingRow(TableRow, table=True):
    """A finding of the register. name, evidence: sealed. day: when its answer, or its next check, is due.

    again: it has been pointed out before. settled_on: when it was answered, or found to be put right. told_on: when
    somebody was last reminded of its day.
    """

    __tablename__ = "finding"

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id", index=True)
    nonce: str = Field(max_length=40)
    name: bytes
    evidence: bytes
    kind: FindingKind = Field(sa_type=String(20))
    day: date | None = None
    made_by: int = Field(foreign_key="person.id")
    made_at: datetime = Field(sa_type=Moment)
    again: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    settled_on: date | None = None
    told_on: date | None = None


class MeasureRow(TableRow, table=True):
    """A measure. what: sealed; empty where a question says it.

    It comes from one answer (case_id, filled_id, checklist, version, item_id), from one of the authority's findings
    (code), from a finding of the register (finding_id), from a round (round_id), or from none of these. follow_up_on:
    the day to ask whether it helped; followed_at, helped: the answer. told_on: when somebody was last reminded of it.
    """

    __tablename__ = "measure"

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id", index=True)
    nonce: str = Field(max_length=40)
    what: bytes
    unit_id: int = Field(foreign_key="unit.id")
    owner_id: int = Field(foreign_key="person.id", index=True)
    case_id: int | None = Field(default=None, foreign_key="cases.id", index=True)
    filled_id: int | None = Field(default=None, foreign_key="filled_checklist.id")
    checklist: ListId | None = Field(default=None, sa_type=String(60))
    version: int = 0
    item_id: str = Field(default="", max_length=60)
    code: str = Field(default="", max_length=10)
    finding_id: int | None = Field(default=None, foreign_key="finding.id")
    due_on: date
    follow_up_on: date | None = None
    made_by: int = Field(foreign_key="person.id")
    made_at: datetime = Field(sa_type=Moment)
    done_at: datetime | None = Field(default=None, sa_type=Moment)
    checked_at: datetime | None = Field(default=None, sa_type=Moment)
    checked_by: int | None = Field(default=None, foreign_key="person.id")
    told_on: date | None = None
    round_id: int | None = Field(default=None, foreign_key="review_round.id")
    followed_at: datetime | None = Field(default=None, sa_type=Moment)
    helped: bool | None = None


def add(session: Session, row: MeasureRow, what: str = "") -> MeasureRow:
    """Insert a measure, sealing its words."""
    row.what = seal(session, row.tenant_id, TENANT_ITSELF, "measure.what", row.nonce, what)
    session.add(row)
    session.flush()
    return row


def what_of(session: Session, row: MeasureRow) -> str:
    """Return a measure's words, empty where a question says it. Raises: KeyGone."""
    return unseal_or_hide(session, row.tenant_id, TENANT_ITSELF, "measure.what", row.nonce, row.what)


def get(session: Session, tenant_id: int, measure_id: int) -> MeasureRow | None:
    """Return a measure of this tenant by row id, locked, because two people may record that it is done at once."""
    query = select(MeasureRow).where(MeasureRow.tenant_id == tenant_id, MeasureRow.id == measure_id)
    return session.exec(query.with_for_update()).first()


def _standing() -> ColumnElement[bool]:
    """Return the condition that a measure's case, if it has one, is not withdrawn: a withdrawn case counts nowhere."""
    withdrawn = select(CaseRow.id).where(col(CaseRow.id) == col(MeasureRow.case_id), col(CaseRow.withdrawn).is_(True))
    return or_(col(MeasureRow.case_id).is_(None), not_(withdrawn.exists()))


def unchecked(session: Session, tenant_id: int) -> Sequence[MeasureRow]:
    """Return the measures that are not done, or that nobody has checked since, the first to be due first."""
    query = select(MeasureRow).where(MeasureRow.tenant_id == tenant_id, col(MeasureRow.checked_at).is_(None))
    query = query.where(_standing())
    return session.exec(query.order_by(col(MeasureRow.due_on), col(MeasureRow.id))).all()


def to_follow_up(session: Session, tenant_id: int, today: date) -> Sequence[MeasureRow]:
    """Return the measures that are done, whose follow-up day has come, and that nobody has followed up yet."""
    query = select(MeasureRow).where(MeasureRow.tenant_id == tenant_id, col(MeasureRow.done_at).is_not(None))
    query = query.where(col(MeasureRow.follow_up_on) <= today, col(MeasureRow.followed_at).is_(None), _standing())
    return session.exec(query.order_by(col(MeasureRow.follow_up_on), col(MeasureRow.id))).all()


def of_round(session: Session, round_id: int) -> Sequence[MeasureRow]:
    """Return the measures of a round, in the order they were made."""
    return session.exec(select(MeasureRow).where(MeasureRow.round_id == round_id).order_by(col(MeasureRow.id))).all()


def every(session: Session, tenant_id: int) -> Sequence[MeasureRow]:
    """Return every measure of a tenant, in the order they were made."""
    query = select(MeasureRow).where(MeasureRow.tenant_id == tenant_id, _standing())
    return session.exec(query.order_by(col(MeasureRow.id))).all()


def codes(session: Session) -> frozenset[str]:
    """Return the authority's findings, by code, that measures belong to, in any municipality."""
    return frozenset(session.exec(select(MeasureRow.code).where(MeasureRow.code != "").distinct()).all())


_OF_CASE = prepared(
    select(MeasureRow).where(col(MeasureRow.case_id) == bindparam("case_id")).order_by(col(MeasureRow.id))
)


def of_case(session: Session, case_id: int) -> Sequence[MeasureRow]:
    """Return the measures of a case, in the order they were made."""
    return session.exec(_OF_CASE, params={"case_id": case_id}).all()


def told(session: Session, tenant_id: int, day: date) -> Sequence[MeasureRow]:
    """Return the measures somebody is reminded of on a day: not done, or done and to be followed up."""
    query = select(MeasureRow).where(MeasureRow.tenant_id == tenant_id, MeasureRow.told_on == day, _standing())
    follow_up = and_(col(MeasureRow.follow_up_on) <= day, col(MeasureRow.followed_at).is_(None))
    query = query.where(or_(col(MeasureRow.done_at).is_(None), follow_up))
    return session.exec(query.order_by(col(MeasureRow.id))).all()


def move_unit(session: Session, tenant_id: int, unit_id: int, into_id: int) -> None:
    """Make the measures of a unit another unit's."""
    of = (col(MeasureRow.tenant_id) == tenant_id, col(MeasureRow.unit_id) == unit_id)
    session.exec(update(MeasureRow).where(*of).values(unit_id=into_id))


def add_finding(session: Session, row: FindingRow, name: str, evidence: str) -> FindingRow:
    """Insert a finding, sealing its words."""
    row.name = seal(session, row.tenant_id, TENANT_ITSELF, "finding.name", row.nonce, name)
    row.evidence = seal(session, row.tenant_id, TENANT_ITSELF, "finding.evidence", row.nonce, evidence)
    session.add(row)
    session.flush()
    return row


def put_evidence(session: Session, row: FindingRow, evidence: str) -> None:
    """Replace what a finding rests on, sealing its words."""
    row.evidence = seal(session, row.tenant_id, TENANT_ITSELF, "finding.evidence", row.nonce, evidence)
    session.add(row)
    session.flush()


def name_of(session: Session, row: FindingRow) -> str:
    """Return what a finding is called. Raises: KeyGone."""
    return unseal_or_hide(session, row.tenant_id, TENANT_ITSELF, "finding.name", row.nonce, row.name)


def evidence_of(session: Session, row: FindingRow) -> str:
    """Return what a finding rests on, empty for nothing said. Raises: KeyGone."""
    return unseal_or_hide(session, row.tenant_id, TENANT_ITSELF, "finding.evidence", row.nonce, row.evidence)


def finding(session: Session, tenant_id: int, finding_id: int) -> FindingRow | None:
    """Return a finding of this tenant by row id, locked, because two people may settle it at once."""
    query = select(FindingRow).where(FindingRow.tenant_id == tenant_id, FindingRow.id == finding_id)
    return session.exec(query.with_for_update()).first()


def unsettled(session: Session, tenant_id: int) -> list[FindingRow]:
    """Return the findings that are not settled, in the order they were entered."""
    return [row for row in findings(session, tenant_id) if row.settled_on is None]


def findings(session: Session, tenant_id: int) -> Sequence[FindingRow]:
    """Return the findings of the register, in the order they were entered."""
    return session.exec(select(FindingRow).where(FindingRow.tenant_id == tenant_id).order_by(col(FindingRow.id))).all()
