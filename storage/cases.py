"""Cases, and the facts about them and their children, stored as revisions."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Index, Row, String, UniqueConstraint, and_, bindparam, false, or_, text, update
from sqlmodel import Field, Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from checklists.case_dates import FIELDS, CaseDates
from checklists.model import CASE_TYPE, CHILDREN, CaseType
from storage import row_ids
from storage.among import among
from storage.held import NotHeld
from storage.prepared import prepared
from storage.rows import TableRow
from storage.sealing import keys_of
from storage.times import Moment, swedish_day
from storage.unindexed import unindexed

WHOLE_CASE = 0
"""The child number of facts about the whole case."""
UNKNOWN = "unknown"
UNASKED = ""
"""The value of a fact about a child who is no longer in the case: if she is added again, it is asked again."""
KNOWN = ("ja", "nej")
VIOLENCE = "violence"
CHILD_CASE: CaseType = "barn"
KEPT_DATES = (*FIELDS, "earlier_closed_on", "first_received_on")


class CaseRow(TableRow, table=True):
    """A case. Dates are Swedish calendar dates.

    ref: normalised. started_on: the day the intervention began. earlier_closed_on: the day the previous investigation
    was closed, if there was one. first_received_on: as in `checklists.case_dates.CaseDates`. withdrawn: it was opened
    by mistake; it is no longer found, and not counted.
    """

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("tenant_id", "ref"),
        Index("ix_cases_open", "unit_id", sqlite_where=text("closed_on is null")),
    )

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    ref: str = Field(max_length=64)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    case_type: CaseType = Field(default="barn", sa_type=String(10))
    lead_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    co_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    children: int = 1
    protected_identity: bool = False
    received_on: date | None = Field(default=None, index=True)
    assigned_on: date | None = None
    opened_on: date | None = None
    planned_decision_on: date | None = None
    decided_on: date | None = None
    started_on: date | None = None
    closed_on: date | None = None
    earlier_closed_on: date | None = None
    first_received_on: date | None = None
    withdrawn: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


CaseQuery = SelectOfScalar[CaseRow]
"""A query for cases, not run yet: `storage.unfit.readable` runs it."""


class FactRow(TableRow, table=True):
    """One revision of one fact. child: 0 for the whole case. value: ja, nej, unknown or UNASKED."""

    __tablename__ = "fact"
    __table_args__ = (UniqueConstraint("case_id", "child", "name", "revision"),)
    alone = False

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    case_id: int = Field(foreign_key="cases.id")
    child: int
    name: str = Field(max_length=60)
    revision: int
    value: Literal["ja", "nej", "unknown", ""] = Field(sa_type=String(10))
    author_id: int | None = Field(default=None, foreign_key="person.id")
    at: datetime = Field(sa_type=Moment)


Facts = dict[tuple[int, str], FactRow]
"""The newest revision of each fact, by child (0: the whole case) and name."""


_DRAWN_BACK = re.compile(r" \(draget \d+\)$")
_REF_KEPT = 40
"""How much of a withdrawn case's reference is kept; the rest of the column says which case it was."""


def free_ref(row: CaseRow) -> None:
    """Let anyone have the reference of a case that is withdrawn."""
    row.ref = f"{row.ref[:_REF_KEPT]} (draget {row.id})"


def ref_before(row: CaseRow) -> str:
    """Return the reference of a case as people knew it, also when the case was withdrawn."""
    return _DRAWN_BACK.sub("", row.ref) if row.withdrawn else row.ref


def dates_of(row: CaseRow | Row[Any], violence_known_on: date | None = None) -> CaseDates:
    """Return a case's dates as the rules read them."""
    days = {name: getattr(row, name) for name in KEPT_DATES}
    is_child = row.case_type == CHILD_CASE
    return CaseDates(**days, about_child=is_child, violence_known_on=violence_known_on)


# Built once, because building a statement costs more than executing it.
STANDS = col(CaseRow.withdrawn).is_(False)
_STANDING = select(CaseRow).where(col(CaseRow.tenant_id) == bindparam("tenant_id"), STANDS)
_BY_ID = prepared(_STANDING.where(col(CaseRow.id) == bindparam("id")))
_BY_REF = prepared(_STANDING.where(col(CaseRow.ref) == bindparam("ref")))
_REFS = prepared(
    select(CaseRow.ref).where(CaseRow.tenant_id == bindparam("tenant_id"), STANDS, among(col(CaseRow.ref), "refs"))
)
_NEWEST_FACTS = prepared(
    select(FactRow).where(
        col(FactRow.id).in_(
            select(func.max(col(FactRow.id)))
            .where(col(FactRow.case_id) == bindparam("case_id"))
            .group_by(col(FactRow.child), col(FactRow.name))
        )
    )
)


_WITH_FACTS = prepared(
    select(CaseRow, FactRow)
    .join(
        FactRow,
        and_(
            col(FactRow.case_id) == col(CaseRow.id),
            col(FactRow.id).in_(
                select(func.max(col(FactRow.id)))
                .where(col(FactRow.case_id) == bindparam("id"))
                .group_by(col(FactRow.child), col(FactRow.name))
            ),
        ),
        isouter=True,
    )
    .where(col(CaseRow.tenant_id) == bindparam("tenant_id"), col(CaseRow.id) == bindparam("id"), STANDS)
)


def with_facts(session: Session, tenant_id: int, row_id: int) -> tuple[CaseRow, Facts] | None:
    """Return a case of this tenant with the newest revision of each of its facts, in one query."""
    rows = session.exec(_WITH_FACTS, params={"tenant_id": tenant_id, "id": row_id}).whole()  # type: ignore[attr-defined]
    return (rows[0][0], {(fact.child, fact.name): fact for _, fact in rows if fact is not None}) if rows else None


def find(session: Session, tenant_id: int, ref: str) -> CaseRow | None:
    """Return the case with this normalised reference."""
    return session.exec(_BY_REF, params={"tenant_id": tenant_id, "ref": ref}).first()


def known_among(session: Session, tenant_id: int, refs: Iterable[str]) -> list[str]:
    """Return which of these normalised references a case has, in alphabetical order."""
    return sorted(session.exec(_REFS, params={"tenant_id": tenant_id, "refs": refs}).all())


def get(session: Session, tenant_id: int, row_id: int) -> CaseRow | None:
    """Return a case of this tenant by row id."""
    return session.exec(_BY_ID, params={"tenant_id": tenant_id, "id": row_id}).first()


def if_sound(session: Session, tenant_id: int, row_id: int | None) -> CaseRow | None:
    """Return a case for one line of several: None also if its row is invalid, which is noted for the log."""
    try:
        return get(session, tenant_id, row_id) if row_id else None
    except NotHeld:
        return None


def get_any(session: Session, tenant_id: int, row_id: int) -> CaseRow | None:
    """Return a case of this tenant by row id, also one that was withdrawn."""
    return session.exec(select(CaseRow).where(CaseRow.tenant_id == tenant_id, CaseRow.id == row_id)).first()


def lock(session: Session, row: CaseRow) -> None:
    """Lock and reload the case row, so that one transaction at a time changes what belongs to it.

    On SQLite it only reloads: a writing transaction is exclusive as it is.
    """
    session.refresh(row, with_for_update=True)


def add(session: Session, row: CaseRow) -> CaseRow:
    """Insert a new case and generate its encryption key."""
    if not row.id and (given := row_ids.next_case(session)):
        row.id = given
    session.add(row)
    session.flush()
    keys_of(session).make(session, row.tenant_id, row.id)
    session.flush()
    return row


_OF_TENANT = unindexed(col(CaseRow.tenant_id))


def of_worker(tenant_id: int, person_id: int) -> SelectOfScalar[CaseRow]:
    """Return the query for the open cases where the person is lead or co-worker, newest first."""
    assigned = or_(col(CaseRow.lead_id) == person_id, col(CaseRow.co_id) == person_id)
    query = select(CaseRow).where(tenant_id == _OF_TENANT, col(CaseRow.closed_on).is_(None), assigned)
    return query.order_by(col(CaseRow.id).desc())


def in_units(tenant_id: int, unit_ids: Iterable[int]) -> SelectOfScalar[CaseRow]:
    """Return the query for the open cases of some units that may be listed: not those with protected identity."""
    query = select(CaseRow).where(tenant_id == _OF_TENANT, col(CaseRow.unit_id).in_(sorted(unit_ids)))
    return query.where(col(CaseRow.closed_on).is_(None), col(CaseRow.protected_identity).is_(False)).order_by(
        col(CaseRow.id)
    )


def protected_in_units(session: Session, tenant_id: int, unit_ids: Iterable[int]) -> int:
    """Return how many open cases of some units have protected identity: they are counted but not listed."""
    query = select(func.count()).where(tenant_id == _OF_TENANT, col(CaseRow.unit_id).in_(sorted(unit_ids)))
    return session.exec(query.where(col(CaseRow.closed_on).is_(None), col(CaseRow.protected_identity).is_(True))).one()


def open_of(session: Session, tenant_id: int, person_id: int) -> list[CaseRow]:
    """Return a person's open cases as lead or co-worker, oldest first, those with protected identity included."""
    return list(session.exec(of_worker(tenant_id, person_id).order_by(None).order_by(col(CaseRow.id))).all())


def protected_among(session: Session, row_ids: Iterable[int]) -> set[int]:
    """Return which of these cases have protected identity."""
    query = select(CaseRow.id).where(col(CaseRow.id).in_(list(row_ids)), col(CaseRow.protected_identity).is_(True))
    return set(session.exec(query).all())


def open_in_unit(session: Session, tenant_id: int, unit_id: int) -> int:
    """Return how many open cases a unit has, those with protected identity included."""
    query = select(func.count()).where(tenant_id == _OF_TENANT, CaseRow.unit_id == unit_id)
    return session.exec(query.where(col(CaseRow.closed_on).is_(None))).one()


def move_unit(session: Session, tenant_id: int, was: int, now: int) -> None:
    """Move every case of a unit to another unit, closed ones too."""
    mine = update(CaseRow).where(col(CaseRow.tenant_id) == tenant_id, col(CaseRow.unit_id) == was)
    session.exec(mine.values(unit_id=now))


def facts_of(session: Session, row_ids: Iterable[int]) -> dict[int, Facts]:
    """Return the newest revision of each fact of some cases, by case id, in one query."""
    newest = (
        select(func.max(col(FactRow.id)))
        .where(col(FactRow.case_id).in_(list(row_ids)))
        .group_by(col(FactRow.case_id), col(FactRow.child), col(FactRow.name))
    )
    found: defaultdict[int, Facts] = defaultdict(dict)
    for row in session.exec(select(FactRow).where(col(FactRow.id).in_(newest))):
        found[row.case_id][row.child, row.name] = row
    return found


def facts(session: Session, row_id: int) -> Facts:
    """Return the newest revision of each fact of a case."""
    rows = session.exec(_NEWEST_FACTS, params={"case_id": row_id})
    return {(row.child, row.name): row for row in rows}


def violence_known_on(session: Session, rows: Iterable[CaseRow]) -> dict[int, date | None]:
    """Return the Swedish date on which violence in each case became known, None if no violence is known, by case id."""
    by_id = {row.id: row for row in rows}
    query = select(FactRow).where(FactRow.child == WHOLE_CASE, FactRow.name == VIOLENCE)
    found: defaultdict[int, list[FactRow]] = defaultdict(list)
    for fact in session.exec(query.where(col(FactRow.case_id).in_(by_id)).order_by(col(FactRow.revision))):
        found[fact.case_id].append(fact)
    return {row_id: _known_of(row, found[row_id]) for row_id, row in by_id.items()}


_VIOLENCE = prepared(
    select(FactRow)
    .where(
        col(FactRow.case_id) == bindparam("case_id"),
        col(FactRow.child) == WHOLE_CASE,
        col(FactRow.name) == VIOLENCE,
    )
    .order_by(col(FactRow.revision))
)


def violence_known(session: Session, row: CaseRow) -> date | None:
    """Return the same as `violence_known_on`, for one case."""
    return _known_of(row, session.exec(_VIOLENCE, params={"case_id": row.id}))


def _known_of(row: CaseRow, facts: Iterable[FactRow]) -> date | None:
    return known_since(((fact.value, fact.author_id, fact.at) for fact in facts), row)


def known_since(revisions: Iterable[tuple[str, int | None, datetime | str]], case: CaseRow | Row[Any]) -> date | None:
    """Return the Swedish date on which a fact became known to be ja, None if it is not ja now.

    revisions: (value, author_id, at), oldest first. A ja that was only doubted, and said again, was known from the
    first time on; a nej takes that back. An imported value, which has no author, counts from the receipt of the report
    it was imported with: a file states the fact, not when it became known.
    """
    known, last = None, ""
    for value, author_id, at in revisions:
        last = value
        if value == "nej":
            known = None
        elif value == "ja" and known is None:
            known = _report_by(case, swedish_day(at)) if author_id is None else swedish_day(at)
    return known if last == "ja" else None


def _report_by(case: CaseRow | Row[Any], day: date) -> date | None:
    """Return the receipt of the newest report by a day, or of the first one if all are later."""
    reports = [one for one in (case.received_on, case.first_received_on) if one is not None]
    return max((one for one in reports if one <= day), default=min(reports, default=None))


def set_fact(session: Session, row: CaseRow, fact: FactRow) -> None:
    """Insert a new revision of a fact, numbered by the caller."""
    assert fact.case_id == row.id
    session.add(fact)


def rule_facts(row: CaseRow, child: int, newest: Mapping[tuple[int, str], FactRow]) -> dict[str, str]:
    """Return the facts that the rules need for a child: the known ones of the case and the child, the case type, and
    whether there are children.
    """
    return rule_values(row.case_type, row.children, child, {at: fact.value for at, fact in newest.items()})


def rule_values(
    case_type: CaseType, children: int, child: int, newest: Mapping[tuple[int, str], str]
) -> dict[str, str]:
    """Return the same as `rule_facts`, given values instead of rows."""
    known = {name: value for (at, name), value in newest.items() if at in (WHOLE_CASE, child) and value in KNOWN}
    known[CASE_TYPE] = case_type
    known[CHILDREN] = "some" if children else "none"
    return known


def known_facts(session: Session, row_id: int, child: int) -> dict[str, str]:
    """Return the known facts of the case and a child, ja or nej, by name."""
    return {
        name: fact.value
        for (at_child, name), fact in facts(session, row_id).items()
        if at_child in (WHOLE_CASE, child) and fact.value in KNOWN
    }
