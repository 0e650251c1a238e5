"""Rounds of the unit's own review: their frame and draw, the reviewers, the readings, and what was declared."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import String, UniqueConstraint, and_, delete, or_, text, update
from sqlmodel import Field, Session, col, func, select

from checklists.lifecycle import WRITER
from checklists.model import CaseType, ListId
from checklists.round_draw import Method
from checklists.round_frame import Decided
from checklists.swedish_time import day_of
from storage import cases
from storage.answers import AnswerRow
from storage.cases import STANDS, VIOLENCE, CaseRow
from storage.filled import NO_ROUND, FilledRow
from storage.people import UnitRow
from storage.raised import RaisedRow
from storage.rows import TableRow
from storage.sealing import TENANT_ITSELF, seal, unseal_or_hide
from storage.signatures import SignatureRow
from storage.times import Moment
from storage.trail import EventRow

State = Literal["draft", "open", "closed"]
Declared = Literal["", "none", "had"]
"""What a reviewer said before she was shown more than the reference: nothing yet, no tie, or that she had the case."""
Side = Literal["lends", "borrows"]
"""Of a consent: the chef of the reviewer's own unit, or of the unit whose cases she would review."""
Consent = Literal["", "yes", "no"]
REVIEWER = "peer_reviewer"
PLACED = "child_placed"


class RoundRow(TableRow, table=True):
    """A round. name, pool: sealed, the round's and its group of reviewers'. first, last: when its cases were decided.

    quota: how many of each unit are to be about violence or placed. twice: percent that is read by two. total,
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


class RoundCaseRow(TableRow, table=True):
    """A case of a round's frame, with its place in its unit. drawn: it is to be reviewed; else it is a replacement.

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


class RoundReviewerRow(TableRow, table=True):
    """A reviewer of a round. unit_id: her own. capacity: percent. away_first, away_last: days away, both included."""

    __tablename__ = "review_round_reviewer"
    __table_args__ = (UniqueConstraint("round_id", "person_id"),)

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    round_id: int = Field(foreign_key="review_round.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    unit_id: int = Field(foreign_key="unit.id")
    capacity: int = 100
    away_first: date | None = None
    away_last: date | None = None


class ReadingRow(TableRow, table=True):
    """One reading of a drawn case by one reviewer. second: the case is read by two, and she is the other one.

    ended: it was given to somebody else (`moved`), or she said that she had had the case (`had`); empty: it stands.
    feedback_at: when the case's worker was told of it.
    """

    __tablename__ = "review_reading"

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    round_id: int = Field(foreign_key="review_round.id", index=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    second: bool = False
    declared: Declared = Field(default="", sa_type=String(10))
    declared_at: datetime | None = Field(default=None, sa_type=Moment)
    ended: Literal["", "moved", "had"] = Field(default="", sa_type=String(10))
    feedback_at: datetime | None = Field(default=None, sa_type=Moment)


class ConsentRow(TableRow, table=True):
    """What one chef said to a reviewer of one unit reviewing cases of another. unit_id: that other unit."""

    __tablename__ = "review_consent"
    __table_args__ = (UniqueConstraint("round_id", "person_id", "unit_id", "side"),)

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    round_id: int = Field(foreign_key="review_round.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    unit_id: int = Field(foreign_key="unit.id")
    side: Side = Field(sa_type=String(10))
    said: Consent = Field(default="", sa_type=String(5))
    by_id: int | None = Field(default=None, foreign_key="person.id")
    at: datetime | None = Field(default=None, sa_type=Moment)


# --- rounds ----------------------------------------------------------------------------------------------------------


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


def lock_alike(session: Session, row: RoundRow) -> None:
    """Lock every round of the same list that is not closed, so that one of them at a time is started."""
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


def move_unit(session: Session, tenant_id: int, was: int, now: int) -> None:
    """Make one unit's part of every round another's: frame, reviewers, loans; of two alike, the other's stays."""
    of = col(RoundUnitRow.round_id).in_(select(RoundRow.id).where(RoundRow.tenant_id == tenant_id))
    for row in session.exec(select(RoundUnitRow).where(of, RoundUnitRow.unit_id == was)).all():
        there = session.get(RoundUnitRow, (row.round_id, now)) is not None
        session.delete(row)
        session.flush()
        if not there:
            session.add(RoundUnitRow(round_id=row.round_id, unit_id=now))
    for loan in session.exec(select(ConsentRow).where(ConsentRow.tenant_id == tenant_id, ConsentRow.unit_id == was)):
        same = (ConsentRow.round_id == loan.round_id, ConsentRow.person_id == loan.person_id)
        twin = select(ConsentRow.id).where(*same, ConsentRow.unit_id == now, ConsentRow.side == loan.side)
        if session.exec(twin).first() is None:
            loan.unit_id = now
        else:
            session.delete(loan)
    for table in (RoundCaseRow, RoundGoneRow, RoundReviewerRow):
        ours = (col(table.tenant_id) == tenant_id, col(table.unit_id) == was)
        session.exec(update(table).where(*ours).values(unit_id=now))
    session.flush()


def flush(session: Session) -> None:
    """Write what was changed on rows of a round."""
    session.flush()


# --- frame and draw --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InFrame:
    """A decided case with its row ids, and as the rules read it."""

    case_id: int
    unit_id: int
    case: Decided


def decided(
    session: Session, tenant_id: int, units: Iterable[int], first: date, last: date, kind: CaseType, checklist: ListId
) -> list[InFrame]:
    """Return the cases of some units that were decided between two days, with or without any list."""
    query = (
        select(CaseRow, UnitRow.name)
        .join(UnitRow, col(UnitRow.id) == col(CaseRow.unit_id))
        .where(CaseRow.tenant_id == tenant_id, CaseRow.case_type == kind, col(CaseRow.unit_id).in_(sorted(units)))
        .where(col(CaseRow.decided_on) >= first, col(CaseRow.decided_on) <= last, STANDS)
        .order_by(col(CaseRow.id))
    )
    found = session.exec(query).all()
    ids = [case.id for case, _ in found]
    facts, reviewed = cases.facts_of(session, ids), reviewed_on(session, ids, checklist)
    busy = under_way(session, ids, checklist)
    rows = []
    for case, unit in found:
        yes = {name for (_, name), row in facts.get(case.id, {}).items() if row.value == "ja"}
        assert case.decided_on is not None
        one = Decided(
            case.ref,
            unit,
            case.decided_on,
            flagged=bool(yes & {VIOLENCE, PLACED}),
            protected=case.protected_identity,
            reviewed_on=reviewed.get(case.id),
            under_way=case.id in busy,
        )
        rows.append(InFrame(case.id, case.unit_id, one))
    return rows


def reviewed_on(session: Session, case_ids: Sequence[int], checklist: ListId) -> dict[int, date]:
    """Return when cases were last reviewed; not those a round closed without having reviewed, or took others for."""
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


def follow(session: Session, was: int, now: int) -> None:
    """Give a case the place of another in every round that it is not in itself, with what was given and said there."""
    known = select(RoundCaseRow.round_id).where(RoundCaseRow.case_id == now)
    moved = session.exec(
        select(RoundCaseRow.round_id).where(RoundCaseRow.case_id == was, col(RoundCaseRow.round_id).not_in(known))
    ).all()
    for table in (RoundCaseRow, ReadingRow, RaisedRow):
        of = (col(table.case_id) == was, col(table.round_id).in_(moved))
        session.exec(update(table).where(*of).values(case_id=now))
    session.flush()


def case_in(session: Session, round_id: int, case_id: int) -> RoundCaseRow | None:
    """Return a case of a round's frame, None if it is not in it."""
    query = select(RoundCaseRow).where(RoundCaseRow.round_id == round_id, RoundCaseRow.case_id == case_id)
    return session.exec(query).first()


# --- reviewers -------------------------------------------------------------------------------------------------------


def reviewers(session: Session, round_id: int) -> Sequence[RoundReviewerRow]:
    """Return the reviewers of a round, in the order they were added."""
    query = select(RoundReviewerRow).where(RoundReviewerRow.round_id == round_id)
    return session.exec(query.order_by(col(RoundReviewerRow.id))).all()


def put_reviewer(session: Session, row: RoundReviewerRow) -> RoundReviewerRow:
    """Insert a reviewer, or replace what is known of her."""
    query = select(RoundReviewerRow).where(
        RoundReviewerRow.round_id == row.round_id, RoundReviewerRow.person_id == row.person_id
    )
    known = session.exec(query).first()
    if known is not None:
        known.capacity, known.away_first, known.away_last = row.capacity, row.away_first, row.away_last
        row = known
    session.add(row)
    session.flush()
    return row


def drop_reviewer(session: Session, round_id: int, person_id: int) -> None:
    """Take a reviewer out of a round that has not begun."""
    of = (col(RoundReviewerRow.round_id) == round_id, col(RoundReviewerRow.person_id) == person_id)
    session.exec(delete(RoundReviewerRow).where(*of))
    session.flush()


# --- readings --------------------------------------------------------------------------------------------------------


def put_reading(session: Session, row: ReadingRow) -> ReadingRow:
    """Insert a reading."""
    session.add(row)
    session.flush()
    return row


def readings(session: Session, round_id: int) -> Sequence[ReadingRow]:
    """Return the readings of a round that stand, in the order they were given."""
    query = select(ReadingRow).where(ReadingRow.round_id == round_id, ReadingRow.ended == "")
    return session.exec(query.order_by(col(ReadingRow.id))).all()


def given_up(session: Session, round_id: int, case_id: int) -> Sequence[ReadingRow]:
    """Return the readings of a case whose reviewers said that they had had it, the latest first."""
    query = select(ReadingRow).where(ReadingRow.round_id == round_id, ReadingRow.case_id == case_id)
    return session.exec(query.where(ReadingRow.ended == "had").order_by(col(ReadingRow.id).desc())).all()


def reading(session: Session, tenant_id: int, reading_id: int) -> ReadingRow | None:
    """Return a reading of this tenant by row id, also one that was ended."""
    return session.exec(
        select(ReadingRow).where(ReadingRow.tenant_id == tenant_id, ReadingRow.id == reading_id)
    ).first()


def of_reviewer(session: Session, tenant_id: int, person_id: int) -> Sequence[tuple[ReadingRow, CaseRow, RoundRow]]:
    """Return the readings a person has in open rounds, with case and round, the first to close first."""
    query = (
        select(ReadingRow, CaseRow, RoundRow)
        .join(CaseRow, col(CaseRow.id) == col(ReadingRow.case_id))
        .join(RoundRow, col(RoundRow.id) == col(ReadingRow.round_id))
        .where(ReadingRow.tenant_id == tenant_id, ReadingRow.person_id == person_id, ReadingRow.ended == "")
        .where(RoundRow.state == "open", STANDS, col(CaseRow.protected_identity).is_(False))
        .order_by(col(RoundRow.closes_on), col(ReadingRow.id))
    )
    return session.exec(query).all()


def lost_by(session: Session, tenant_id: int, person_id: int) -> Sequence[tuple[ReadingRow, CaseRow]]:
    """Return a person's readings in open rounds that she does not have any more without having said so herself.

    They went to somebody else, or their case was withdrawn or got protected identity.
    """
    query = (
        select(ReadingRow, CaseRow)
        .join(CaseRow, col(CaseRow.id) == col(ReadingRow.case_id))
        .join(RoundRow, col(RoundRow.id) == col(ReadingRow.round_id))
        .where(ReadingRow.tenant_id == tenant_id, ReadingRow.person_id == person_id, ReadingRow.ended != "had")
        .where(RoundRow.state == "open")
        .where(or_(col(ReadingRow.ended) == "moved", ~STANDS, col(CaseRow.protected_identity).is_(True)))
        .order_by(col(ReadingRow.id))
    )
    return session.exec(query).all()


def was_given(session: Session, case_id: int, person_id: int) -> bool:
    """Say whether a case was ever given to a person to review."""
    query = select(ReadingRow.id).where(ReadingRow.case_id == case_id, ReadingRow.person_id == person_id)
    return session.exec(query.limit(1)).first() is not None


def live(session: Session, case_id: int, checklist: ListId) -> Sequence[tuple[RoundRow, ReadingRow | None]]:
    """Return the open rounds in which a case is drawn for a list, each with its readings that stand, None for none."""
    query = (
        select(RoundRow, ReadingRow)
        .join(RoundCaseRow, col(RoundCaseRow.round_id) == col(RoundRow.id))
        .join(
            ReadingRow,
            and_(
                col(ReadingRow.round_id) == col(RoundRow.id),
                col(ReadingRow.case_id) == col(RoundCaseRow.case_id),
                col(ReadingRow.ended) == "",
            ),
            isouter=True,
        )
        .where(RoundCaseRow.case_id == case_id, col(RoundCaseRow.drawn).is_(True))
        .where(RoundRow.state == "open", RoundRow.checklist == checklist)
        .order_by(col(RoundRow.id), col(ReadingRow.id))
    )
    return session.exec(query).all()


def lists_of(session: Session, round_id: int) -> Sequence[FilledRow]:
    """Return the lists that were begun in a round, oldest first."""
    return session.exec(select(FilledRow).where(FilledRow.round_id == round_id).order_by(col(FilledRow.id))).all()


def read_first(session: Session, round_id: int) -> Sequence[tuple[FilledRow, RoundCaseRow]]:
    """Return the lists of a round's reviewed cases by their first reader, with the case's place in the frame.

    What was withdrawn is in no figure; what was disposed of is gone.
    """
    query = (
        select(FilledRow, RoundCaseRow)
        .join(ReadingRow, _OF_THE_LIST)
        .join(
            RoundCaseRow,
            and_(
                col(RoundCaseRow.round_id) == col(FilledRow.round_id),
                col(RoundCaseRow.case_id) == col(FilledRow.case_id),
            ),
        )
        .join(CaseRow, col(CaseRow.id) == col(FilledRow.case_id))
        .where(FilledRow.round_id == round_id, col(ReadingRow.second).is_(False), STANDS)
        .where(col(RoundCaseRow.drawn).is_(True), RoundCaseRow.why_not == "")
        .order_by(col(FilledRow.id))
    )
    return session.exec(query).all()


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


# --- ties ------------------------------------------------------------------------------------------------------------


def ties(session: Session, case_ids: Sequence[int]) -> Mapping[int, set[int]]:
    """Return who has or had to do with some cases, by case id: nobody of them reviews it.

    Its lead and co-worker now and earlier, who opened it, who wrote in its workers' lists, who signed it, and who said
    that she had had it.
    """
    found: defaultdict[int, set[int]] = defaultdict(set)
    for case in session.exec(select(CaseRow).where(col(CaseRow.id).in_(case_ids))):
        found[case.id] |= {person for person in (case.lead_id, case.co_id) if person}
    acts = ("lead_set", "co_worker_set", "case_opened")
    events = select(EventRow).where(col(EventRow.case_id).in_(case_ids), col(EventRow.act).in_(acts))
    for event in session.exec(events):
        of_act = event.actor.removeprefix("person:") if event.act == "case_opened" else event.detail.partition(" ")[0]
        if event.case_id is not None and of_act.isdigit() and int(of_act):
            found[event.case_id].add(int(of_act))
    wrote = (
        select(FilledRow.case_id, AnswerRow.author_id)
        .join(AnswerRow, col(AnswerRow.filled_id) == col(FilledRow.id))
        .where(col(FilledRow.case_id).in_(case_ids), FilledRow.role == WRITER, col(AnswerRow.author_id).is_not(None))
        .distinct()
    )
    for case_id, author in session.exec(wrote):
        found[case_id].add(author or 0)
    signed = select(SignatureRow.case_id, SignatureRow.signer_id).where(col(SignatureRow.case_id).in_(case_ids))
    for case_id, signer in session.exec(signed):
        found[case_id].add(signer)
    had = select(ReadingRow.case_id, ReadingRow.person_id).where(
        col(ReadingRow.case_id).in_(case_ids), ReadingRow.declared == "had"
    )
    for case_id, person in session.exec(had):
        found[case_id].add(person)
    return found


def led_by(session: Session, case_ids: Sequence[int]) -> Mapping[int, set[int]]:
    """Return who leads or has led some cases, by case id: what was done in them may be any one's of these."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for case in session.exec(select(CaseRow).where(col(CaseRow.id).in_(case_ids))):
        found[case.id] |= {case.lead_id} if case.lead_id else set()
    events = select(EventRow).where(
        col(EventRow.case_id).in_(case_ids), col(EventRow.act).in_(("lead_set", "case_opened"))
    )
    for event in session.exec(events):
        words = event.detail.split()[1:2] if event.act == "case_opened" else event.detail.split()[:1]
        if event.case_id is not None and words and words[0].isdigit() and int(words[0]):
            found[event.case_id].add(int(words[0]))
    return found


# --- consents --------------------------------------------------------------------------------------------------------


def consents(session: Session, round_id: int) -> Sequence[ConsentRow]:
    """Return what was asked of chefs in a round, and what they said."""
    query = select(ConsentRow).where(ConsentRow.round_id == round_id)
    return session.exec(query.order_by(col(ConsentRow.id))).all()


def consent(session: Session, tenant_id: int, consent_id: int) -> ConsentRow | None:
    """Return one of them by row id."""
    return session.exec(
        select(ConsentRow).where(ConsentRow.tenant_id == tenant_id, ConsentRow.id == consent_id)
    ).first()


def put_consent(session: Session, row: ConsentRow) -> ConsentRow:
    """Insert what is asked of a chef."""
    session.add(row)
    session.flush()
    return row


# --- read again ------------------------------------------------------------------------------------------------------


_OF_THE_LIST = and_(
    col(ReadingRow.round_id) == col(FilledRow.round_id),
    col(ReadingRow.case_id) == col(FilledRow.case_id),
    col(ReadingRow.person_id) == col(FilledRow.person_id),
    col(ReadingRow.ended) == "",
)
"""Which reading a list is filled in for, if its reviewer still has it."""


def read_at_random(session: Session, tenant_id: int) -> Sequence[tuple[FilledRow, bool]]:
    """Return the lists of cases that were drawn at random for a round, each with whether it is the second reading."""
    query = (
        select(FilledRow, ReadingRow.second)
        .join(RoundRow, col(RoundRow.id) == col(FilledRow.round_id))
        .join(ReadingRow, _OF_THE_LIST)
        .where(RoundRow.tenant_id == tenant_id, RoundRow.method == "random")
        .order_by(col(FilledRow.id))
    )
    return session.exec(query).all()


def by_method(
    session: Session, tenant_id: int, begun_from: datetime | None, begun_before: datetime | None
) -> Sequence[tuple[FilledRow, str]]:
    """Return the lists that were begun in rounds between two moments, None for no limit, each with how it was drawn."""
    query = (
        select(FilledRow, RoundRow.method)
        .join(RoundRow, col(RoundRow.id) == col(FilledRow.round_id))
        .where(RoundRow.tenant_id == tenant_id)
    )
    query = query.where(col(FilledRow.begun_at) >= begun_from) if begun_from else query
    query = query.where(col(FilledRow.begun_at) < begun_before) if begun_before else query
    return session.exec(query.order_by(col(FilledRow.id))).all()


def own_lists(session: Session, case_id: int, checklist: ListId) -> Sequence[FilledRow]:
    """Return the lists of a case's newest occasion as its workers have them, one per child."""
    query = select(FilledRow).where(FilledRow.case_id == case_id, FilledRow.checklist == checklist)
    found = session.exec(query.where(FilledRow.role == WRITER).order_by(col(FilledRow.id))).all()
    newest = max((row.occasion for row in found), default=0)
    return [row for row in found if row.occasion == newest]


# --- read twice ------------------------------------------------------------------------------------------------------


def twice_read(
    session: Session, tenant_id: int, checklist: ListId, since: datetime
) -> Sequence[tuple[FilledRow, bool]]:
    """Return the lists of cases read by two in rounds closed since a moment, each with whether it is the second one."""
    query = (
        select(FilledRow, ReadingRow.second)
        .join(RoundRow, col(RoundRow.id) == col(FilledRow.round_id))
        .join(
            RoundCaseRow,
            and_(col(RoundCaseRow.round_id) == col(RoundRow.id), col(RoundCaseRow.case_id) == col(FilledRow.case_id)),
        )
        .join(ReadingRow, _OF_THE_LIST)
        .where(RoundRow.tenant_id == tenant_id, RoundRow.checklist == checklist, col(RoundCaseRow.twice).is_(True))
        .where(or_(col(RoundRow.state) == "open", col(RoundRow.closed_at) >= since))
        .order_by(col(FilledRow.case_id), col(FilledRow.file_part), col(ReadingRow.second))
    )
    return session.exec(query).all()
