"""What a migration found or left that the admin should look at; nothing here changes anything."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from checklists.case_dates import impossible
from checklists.identity import entra_id
from checklists.unit_names import unit_key
from storage.cases import KEPT_DATES, CaseRow, dates_of
from storage.people import PersonRow, UnitRow
from storage.tenants import TenantRow, everyone


@dataclass(frozen=True, slots=True)
class ImpossibleDates:
    """A case with dates that would be refused today. ref: empty when its people are protected. fields: which dates."""

    tenant: str
    row: int
    ref: str
    fields: Sequence[str]


def joined_people(session: Session) -> list[tuple[str, int, int]]:
    """Return (tenant, row, the row it was joined into) of people who were two rows for one Entra id."""
    query = select(TenantRow.entra_id, PersonRow.id, PersonRow.joined_into_id)
    query = query.join(PersonRow, col(PersonRow.tenant_id) == col(TenantRow.id))
    rows = session.exec(query.where(col(PersonRow.joined_into_id).is_not(None)).order_by(col(PersonRow.id)))
    return [(tenant, row, into) for tenant, row, into in rows if into is not None]


def doubled_tenants(session: Session) -> list[Sequence[str]]:
    """Return the ids of tenants that differ only in upper and lower case."""
    same = defaultdict(list)
    for tenant in everyone(session):
        same[entra_id(tenant.entra_id)].append(tenant.entra_id)
    return [ids for ids in same.values() if len(ids) > 1]


def doubled_units(session: Session) -> list[tuple[str, Sequence[str]]]:
    """Return (tenant, names) of units that differ only in upper and lower case, spaces or Unicode composition."""
    same = defaultdict(list)
    query = select(TenantRow.entra_id, UnitRow.name).join(UnitRow, col(UnitRow.tenant_id) == col(TenantRow.id))
    for tenant, name in session.exec(query.order_by(col(UnitRow.id))):
        same[tenant, unit_key(name)].append(name)
    return [(tenant, names) for (tenant, _), names in same.items() if len(names) > 1]


def impossible_dates(session: Session, today: date) -> Iterator[ImpossibleDates]:
    """Yield the cases whose dates checklists/case_dates would refuse today."""
    columns = (CaseRow.id, CaseRow.ref, CaseRow.protected_identity, CaseRow.case_type)
    days = [getattr(CaseRow, name) for name in KEPT_DATES]
    query = select(TenantRow.entra_id, *columns, *days)  # type: ignore[call-overload]
    query = query.join(CaseRow, col(CaseRow.tenant_id) == col(TenantRow.id)).order_by(col(CaseRow.id))
    for row in session.exec(query.execution_options(yield_per=1000)):
        fields = impossible(dates_of(row), today)
        if fields:
            yield ImpossibleDates(row.entra_id, row.id, "" if row.protected_identity else row.ref, fields)
