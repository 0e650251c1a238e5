"""Linked cases, an adult's and a child's, and what was assessed together in them: who, with whom and when. No text."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, Literal

from sqlalchemy import String, UniqueConstraint
from sqlmodel import Field, Session, col, or_, select
from sqlmodel.sql.expression import Select

from storage.cases import STANDS, CaseRow
from storage.rows import TableRow
from storage.times import Moment

ASKED: Final = "asked"
LINKED: Final = "linked"
REFUSED: Final = "refused"


class CaseLinkRow(TableRow, table=True):
    """Two cases that are linked, or that somebody has asked to link.

    state: ASKED, LINKED or REFUSED. asked_case_id: the case whose own people are asked to agree; None if nobody had to
    be. by_id, at: who asked or linked them, and when.
    """

    __tablename__ = "case_link"
    __table_args__ = (UniqueConstraint("adult_case_id", "child_case_id"),)
    alone = False

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id", index=True)
    adult_case_id: int = Field(foreign_key="cases.id", index=True)
    child_case_id: int = Field(foreign_key="cases.id", index=True)
    state: Literal["asked", "linked", "refused"] = Field(sa_type=String(10))
    asked_case_id: int | None = None
    by_id: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=Moment)


class JointRow(TableRow, table=True):
    """An assessment the two units made together. day: Swedish date. by_id: who recorded it; with_id: with whom."""

    __tablename__ = "joint_assessment"
    alone = False

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id", index=True)
    adult_case_id: int = Field(foreign_key="cases.id", index=True)
    child_case_id: int = Field(foreign_key="cases.id", index=True)
    day: date
    by_id: int = Field(foreign_key="person.id")
    with_id: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=Moment)


def add(session: Session, row: CaseLinkRow | JointRow) -> None:
    """Insert a link or a joint assessment."""
    session.add(row)
    session.flush()


def delete(session: Session, row: CaseLinkRow | JointRow) -> None:
    """Delete a link, whose joint assessments stay, or a joint assessment."""
    session.delete(row)
    session.flush()


def get(session: Session, tenant_id: int, link_id: int) -> CaseLinkRow | None:
    """Return a link of this tenant, locked, because two people may answer it at once."""
    query = select(CaseLinkRow).where(CaseLinkRow.tenant_id == tenant_id, CaseLinkRow.id == link_id)
    return session.exec(query.with_for_update()).first()


def between(session: Session, adult: CaseRow, child: CaseRow) -> CaseLinkRow | None:
    """Return the link between an adult's case and a child's, also one that is only asked for or was refused."""
    query = select(CaseLinkRow).where(CaseLinkRow.adult_case_id == adult.id, CaseLinkRow.child_case_id == child.id)
    return session.exec(query).first()


def of_case(session: Session, case_id: int) -> Sequence[tuple[CaseLinkRow, CaseRow]]:
    """Return the links of a case that stand, each with the other case, oldest first."""
    return session.exec(_with_other(case_id).where(CaseLinkRow.state == LINKED)).all()


def asked_of(session: Session, case_id: int) -> Sequence[tuple[CaseLinkRow, CaseRow]]:
    """Return the questions about linking a case that its own people have not answered, each with the other case."""
    query = _with_other(case_id).where(CaseLinkRow.state == ASKED, CaseLinkRow.asked_case_id == case_id)
    return session.exec(query).all()


def _with_other(case_id: int) -> Select[CaseLinkRow, CaseRow]:
    ours = or_(CaseLinkRow.adult_case_id == case_id, CaseLinkRow.child_case_id == case_id)
    other = or_(CaseRow.id == CaseLinkRow.adult_case_id, CaseRow.id == CaseLinkRow.child_case_id)
    query = select(CaseLinkRow, CaseRow).join(CaseRow, other).where(ours, CaseRow.id != case_id, STANDS)
    return query.order_by(col(CaseLinkRow.id))


def every_of(session: Session, case_id: int) -> Sequence[CaseLinkRow]:
    """Return every link of a case, also one that is asked for or was refused, oldest first."""
    ours = or_(CaseLinkRow.adult_case_id == case_id, CaseLinkRow.child_case_id == case_id)
    return session.exec(select(CaseLinkRow).where(ours).order_by(col(CaseLinkRow.id))).all()


def move(session: Session, row: CaseLinkRow | JointRow, was_id: int, now_id: int) -> None:
    """Replace one of the two cases by another. No other link may join the new two."""
    if row.adult_case_id == was_id:
        row.adult_case_id = now_id
    else:
        row.child_case_id = now_id
    session.flush()


def joint(session: Session, adult_case_id: int, child_case_id: int) -> Sequence[JointRow]:
    """Return what was assessed together in two cases, the latest day first."""
    query = select(JointRow).where(JointRow.adult_case_id == adult_case_id, JointRow.child_case_id == child_case_id)
    return session.exec(query.order_by(col(JointRow.day).desc(), col(JointRow.id).desc())).all()


def joint_of_case(session: Session, case_id: int) -> Sequence[JointRow]:
    """Return what was assessed together with any other case, also one no longer linked, the earliest day first."""
    ours = or_(JointRow.adult_case_id == case_id, JointRow.child_case_id == case_id)
    return session.exec(select(JointRow).where(ours).order_by(col(JointRow.day), col(JointRow.id))).all()
