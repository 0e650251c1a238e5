"""The cases that had to be left out because of faulty data: the admin's list. One that can be read again leaves it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete
from sqlalchemy import select as select_columns
from sqlmodel import Field, Session, col, select

from storage.cases import CaseRow
from storage.prepared import prepared
from storage.rows import TableRow
from storage.unfit import Skipped

_MOST = 60
_FIGURES = "figures: "
"""How `what` begins for a case that the figures leave out: a sweep that can read it does not take it off the list."""


class SkippedRow(TableRow, table=True):
    """A case that was left out, since which day, and by which kind of error; never what its data say."""

    __tablename__ = "skipped_case"

    case_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    tenant_id: int = Field(foreign_key="tenant.id")
    day: date
    what: str = Field(max_length=_MOST)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One line of the list. ref: empty for a case with protected identity, and where it cannot be read."""

    case_id: int
    ref: str
    since: date
    what: str

    @property
    def is_of_figures(self) -> bool:
        """Return whether the figures leave it out; otherwise the reminders do."""
        return self.what.startswith(_FIGURES)

    @property
    def error(self) -> str:
        """Return the kind of error."""
        return self.what.removeprefix(_FIGURES)


def note(session: Session, tenant_id: int, day: date, looked_at: Iterable[int], skipped: Sequence[Skipped]) -> None:
    """Put on the list those of the cases that were looked at that had to be left out; take the others off it."""
    rows = session.exec(select(SkippedRow).where(SkippedRow.tenant_id == tenant_id)).all()
    faulty, on_list = {one.case_id for one in skipped}, {row.case_id for row in rows}
    _forget(session, [row for row in rows if not row.what.startswith(_FIGURES)], set(looked_at) - faulty)
    for one in skipped:
        if one.case_id not in on_list:
            _add(session, tenant_id, day, one, "")
    session.flush()


def note_figures(session: Session, day: date, counted: Collection[int], skipped: Sequence[Skipped]) -> None:
    """Put on the list those of the counted cases that had to be left out of the figures; take the others off it."""
    if not skipped and not is_any(session):
        return
    faulty = {one.case_id: one for one in skipped}
    rows = session.exec(select(SkippedRow).where(col(SkippedRow.case_id).in_(counted))).all()
    _forget(session, [row for row in rows if row.what.startswith(_FIGURES)], set(counted) - set(faulty))
    new = set(faulty) - {row.case_id for row in rows}
    tenants = select_columns(col(CaseRow.id), col(CaseRow.tenant_id)).where(col(CaseRow.id).in_(new))
    for case_id, tenant_id in session.connection().execute(tenants).all() if new else ():
        _add(session, tenant_id, day, faulty[case_id], _FIGURES)
    session.flush()


def is_any(session: Session) -> bool:
    """Return whether any case is on the list."""
    return session.exec(_ANY).first() is not None


_ANY = prepared(select(SkippedRow.case_id).limit(1))


def _forget(session: Session, rows: Iterable[SkippedRow], sound: Collection[int]) -> None:
    gone = [row.case_id for row in rows if row.case_id in sound]
    if gone:
        session.exec(delete(SkippedRow).where(col(SkippedRow.case_id).in_(gone)))


def _add(session: Session, tenant_id: int, day: date, one: Skipped, where: str) -> None:
    what = (where + type(one.error).__name__)[:_MOST]
    session.add(SkippedRow(case_id=one.case_id, tenant_id=tenant_id, day=day, what=what))


def listed(session: Session, tenant_id: int) -> list[LeftOut]:
    """Return the cases that are left out, the longest first. Reads no column that may be faulty."""
    query = (
        select(SkippedRow, CaseRow.ref, CaseRow.protected_identity)
        .join(CaseRow, col(CaseRow.id) == col(SkippedRow.case_id))
        .where(SkippedRow.tenant_id == tenant_id, col(CaseRow.closed_on).is_(None))
        .order_by(col(SkippedRow.day), col(SkippedRow.case_id))
    )
    found = session.exec(query)
    return [
        LeftOut(row.case_id, "" if hidden or not isinstance(ref, str) else ref, row.day, row.what)
        for row, ref, hidden in found
    ]
