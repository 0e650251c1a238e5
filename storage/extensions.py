"""Extensions of statutory time limits: the new last day, the class of reason, and the reason itself, sealed."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal

from sqlalchemy import String, bindparam
from sqlmodel import Field, Session, col, select

from checklists.deadlines import Extension, Limit
from storage.cases import CaseRow
from storage.prepared import prepared
from storage.rows import TableRow
from storage.sealing import seal, unseal
from storage.times import Moment, swedish_day

ReasonClass = Literal["grounds", "organisation"]
"""`grounds`: one the law recognises. `organisation`: workload, staffing and the like; recorded, but still late."""


class ExtensionRow(TableRow, table=True):
    """One extension. until: the new last day. decided_on: the day of the decision; None: the Swedish day of `at`."""

    __tablename__ = "extension"
    alone = False
    open_ended = frozenset({"reason_class"})

    id: int = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id")
    case_id: int = Field(foreign_key="cases.id", index=True)
    limit: Limit = Field(sa_type=String(10))
    reason_class: ReasonClass = Field(sa_type=String(20))
    until: date
    decided_on: date | None = None
    nonce: str = Field(max_length=40)
    reason: bytes
    author_id: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=Moment)


def add(session: Session, row: ExtensionRow, reason: str) -> ExtensionRow:
    """Insert an extension, sealing its reason. row: without the reason."""
    row.reason = seal(session, row.tenant_id, row.case_id, "extension.reason", row.nonce, reason)
    session.add(row)
    return row


def of_cases(session: Session, case_ids: Iterable[int]) -> dict[int, list[ExtensionRow]]:
    """Return the extensions of some cases, oldest first, by case id; a case without any is left out."""
    query = select(ExtensionRow).where(col(ExtensionRow.case_id).in_(list(case_ids))).order_by(col(ExtensionRow.id))
    found: dict[int, list[ExtensionRow]] = {}
    for row in session.exec(query):
        found.setdefault(row.case_id, []).append(row)
    return found


_OF_CASE = prepared(
    select(ExtensionRow).where(col(ExtensionRow.case_id) == bindparam("case_id")).order_by(col(ExtensionRow.id))
)


def of_case(session: Session, case: CaseRow) -> Sequence[ExtensionRow]:
    """Return the extensions of a case, oldest first."""
    return session.exec(_OF_CASE, params={"case_id": case.id}).all()


def as_rules(rows: Iterable[ExtensionRow]) -> tuple[Extension, ...]:
    """Return stored extensions as `checklists.deadlines` takes them."""
    return tuple(extension(row.limit, row.reason_class, row.until, row.decided_on, row.at) for row in rows)


def extension(
    limit: Limit, reason_class: ReasonClass, until: date, decided_on: date | None, at: datetime | str
) -> Extension:
    """Return one extension as `checklists.deadlines` takes it, from column values."""
    return Extension(limit, reason_class == "grounds", until, decided_on or swedish_day(at))


def reason(session: Session, row: ExtensionRow) -> str:
    """Decrypt the reason. Raises: SealBroken, KeyGone."""
    return unseal(session, row.tenant_id, row.case_id, "extension.reason", row.nonce, row.reason)
