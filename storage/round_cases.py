"""The frame of a round and its draw: which decided cases could be reviewed, which are, and what was disposed of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import UniqueConstraint, and_, or_, text
from sqlmodel import Field, Session, col, func, select

from checklists.model import CaseType, ListId
from checklists.round_frame import Decided
from checklists.swedish_time import day_of
from storage import cases, closed_investigations
from storage.cases import STANDS, VIOLENCE, CaseRow
from storage.filled import FilledRow
from storage.people import UnitRow
from storage.rounds import RoundRow
from storage.rows import TableRow

REVIEWER = "peer_reviewer"
PLACED = "child_placed"


class RoundCaseRow(TableRow, table=True):
    """A case of a round's frame, with its place in its unit. drawn: it is to be reviewed; else it may replace one.

    replaced: it was drawn, and the next one was taken instead. twice: read by two. why_not: at the closing, why it was
    not reviewed. stratum: which of the round's draws it belongs to, one per unit as they were then: units may be merged
    afterwards. key: the digest it was drawn by, of its reference as it was then; empty in rounds of earlier releases.
    """

    __tablename__ = "review_round_case"
    __table_args__ = (UniqueConstraint("round_id", "case_id"),)

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    round_id: int = Field(foreign_key="review_round.id", index=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    unit_id: int = Field(foreign_key="unit.id")
    decided_on: date
    place: int
    flagged: bool = False
    drawn: bool = False
    replaced: bool = False
    twice: bool = False
    why_not: str = Field(default="", max_length=20)
    stratum: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    key: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": text("''")})


class RoundGoneRow(TableRow, table=True):
    """The place in a draw of a case that was disposed of: what repeating the draw needs, and nothing about the case."""

    __tablename__ = "review_round_gone"

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    round_id: int = Field(foreign_key="review_round.id", index=True)
    unit_id: int = Field(foreign_key="unit.id")
    stratum: int
    place: int
    flagged: bool
    drawn: bool
    replaced: bool
    twice: bool


@dataclass(frozen=True, slots=True)
class InFrame:
    """A decided case with its row ids, and as the rules read it."""

    case_id: int
    unit_id: int
    case: Decided


def decided(
    session: Session, tenant_id: int, units: Iterable[int], first: date, last: date, kind: CaseType, checklist: ListId
) -> list[InFrame]:
    """Return the cases of some units that were decided between two days, with or without any list.

    Of a case that was reopened any of its decisions counts; it comes once, with the newest in the period.
    """
    query = (
        select(CaseRow, UnitRow.name)
        .join(UnitRow, col(UnitRow.id) == col(CaseRow.unit_id))
        .where(CaseRow.tenant_id == tenant_id, CaseRow.case_type == kind, col(CaseRow.unit_id).in_(sorted(units)))
        .where(closed_investigations.decided_between(first, last), STANDS)
        .order_by(col(CaseRow.id))
    )
    found = session.exec(query).all()
    ids = [case.id for case, _ in found]
    facts, reviewed = cases.facts_of(session, ids), reviewed_on(session, ids, checklist)
    busy, closed = under_way(session, ids, checklist), closed_investigations.of_cases(session, ids)
    rows = []
    for case, unit in found:
        yes = {name for (_, name), row in facts.get(case.id, {}).items() if row.value == "ja"}
        days = (case.decided_on, *(one.decided_on for one in closed.get(case.id, ())))
        one = Decided(
            case.ref,
            unit,
            max(day for day in days if day is not None and first <= day <= last),
            flagged=bool(yes & {VIOLENCE, PLACED}),
            protected=case.protected_identity,
            reviewed_on=reviewed.get(case.id),
            under_way=case.id in busy,
        )
        rows.append(InFrame(case.id, case.unit_id, one))
    return rows


def reviewed_on(session: Session, case_ids: Sequence[int], checklist: ListId) -> dict[int, date]:
    """Return when cases were last reviewed; reviews that a round closed unfinished, or replaced, do not count."""
    query = (
        select(FilledRow.case_id, func.max(col(FilledRow.begun_at)))
        .join(
            RoundCaseRow,
            and_(
                col(RoundCaseRow.round_id) == col(FilledRow.round_id),
                col(RoundCaseRow.case_id) == col(FilledRow.case_id),
            ),
            isouter=True,
        )
        .where(col(FilledRow.case_id).in_(case_ids), FilledRow.checklist == checklist, FilledRow.role == REVIEWER)
        .where(
            or_(
                col(RoundCaseRow.id).is_(None),
                and_(col(RoundCaseRow.why_not) == "", col(RoundCaseRow.replaced).is_(False)),
            )
        )
        .group_by(col(FilledRow.case_id))
    )
    return {case_id: day_of(begun) for case_id, begun in session.exec(query).all()}


def under_way(session: Session, case_ids: Sequence[int], checklist: ListId) -> dict[int, RoundRow]:
    """Return the open round in which each of some cases is drawn for a list; of several, the one made last."""
    query = (
        select(RoundCaseRow.case_id, RoundRow)
        .join(RoundRow, col(RoundRow.id) == col(RoundCaseRow.round_id))
        .where(col(RoundCaseRow.case_id).in_(case_ids), col(RoundCaseRow.drawn).is_(True))
        .where(RoundRow.state == "open", RoundRow.checklist == checklist)
        .order_by(col(RoundRow.id))
    )
    return dict(session.exec(query).all())


def put_cases(session: Session, rows: Iterable[RoundCaseRow]) -> None:
    """Insert the frame of a round, drawn or not."""
    session.add_all(rows)
    session.flush()


def frame_of(session: Session, round_id: int) -> Sequence[tuple[RoundCaseRow, CaseRow]]:
    """Return a round's frame with its cases, by unit and place."""
    query = (
        select(RoundCaseRow, CaseRow)
        .join(CaseRow, col(CaseRow.id) == col(RoundCaseRow.case_id))
        .where(RoundCaseRow.round_id == round_id)
        .order_by(col(RoundCaseRow.unit_id), col(RoundCaseRow.place))
    )
    return session.exec(query).all()


def drawn_of(session: Session, round_id: int) -> list[tuple[RoundCaseRow, CaseRow]]:
    """Return the cases that are to be reviewed."""
    return [one for one in frame_of(session, round_id) if one[0].drawn]


def note_gone(session: Session, case_ids: Sequence[int]) -> None:
    """Keep the places that cases have in the draws of rounds, before the cases are disposed of."""
    for one in session.exec(select(RoundCaseRow).where(col(RoundCaseRow.case_id).in_(case_ids))).all():
        of = {"tenant_id": one.tenant_id, "round_id": one.round_id, "unit_id": one.unit_id, "stratum": one.stratum}
        at = {"place": one.place, "flagged": one.flagged, "drawn": one.drawn}
        session.add(RoundGoneRow(**of, **at, replaced=one.replaced, twice=one.twice))
    session.flush()


def gone_from(session: Session, round_id: int) -> Sequence[RoundGoneRow]:
    """Return the places in a round's draw whose cases were disposed of."""
    return session.exec(
        select(RoundGoneRow).where(RoundGoneRow.round_id == round_id).order_by(col(RoundGoneRow.id))
    ).all()


def case_in(session: Session, round_id: int, case_id: int) -> RoundCaseRow | None:
    """Return a case of a round's frame, None if it is not in it."""
    query = select(RoundCaseRow).where(RoundCaseRow.round_id == round_id, RoundCaseRow.case_id == case_id)
    return session.exec(query).first()
