"""Queries on the audit trail, for the recurring check of access: who did what to which case, and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from storage.cases import CaseRow
from storage.filled import FilledRow
from storage.people import PersonRow, RoleRow
from storage.trail import EventRow

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Access:
    """One event, with the case and the filled-in list it concerns, if any still exists."""

    event: EventRow
    case: CaseRow | None
    filled: FilledRow | None


def events(
    session: Session,
    tenant_id: int,
    *,
    case_id: int | None = None,
    unit_id: int | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
) -> Iterator[Access]:
    """Yield a tenant's events, oldest first, optionally those of one case or one unit's cases, in [since, before)."""
    query = (
        select(EventRow, CaseRow, FilledRow)
        .join(CaseRow, col(CaseRow.id) == col(EventRow.case_id), isouter=True)
        .join(FilledRow, col(FilledRow.id) == col(EventRow.filled_id), isouter=True)
        .where(EventRow.tenant_id == tenant_id)
        .order_by(col(EventRow.id))
        .execution_options(yield_per=_BATCH)
    )
    if case_id is not None:
        query = query.where(EventRow.case_id == case_id)
    if unit_id is not None:
        query = query.where(CaseRow.unit_id == unit_id)
    if since is not None:
        query = query.where(col(EventRow.at) >= since)
    if before is not None:
        query = query.where(col(EventRow.at) < before)
    for event, case, filled in session.exec(query):
        yield Access(event, case, filled)


def names_and_roles(session: Session, tenant_id: int) -> dict[int, tuple[str, str]]:
    """Return (name, comma-separated roles) of everyone in the register, by person row id, whatever the dates."""
    query = (
        select(PersonRow, RoleRow)
        .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id), isouter=True)
        .where(PersonRow.tenant_id == tenant_id)
    )
    found: dict[int, tuple[str, set[str]]] = {}
    for person, role in session.exec(query):
        _, roles = found.setdefault(person.id, (person.name, set()))
        roles |= {role.role} if role is not None else set()
    return {row_id: (name, ",".join(sorted(roles))) for row_id, (name, roles) in found.items()}
