"""Reads all stored figures, and disposes of cases while checking that they do not change."""

from datetime import date, datetime

from storage import aggregates, disposal
from storage.cases import CaseRow
from storage.desk import Session
from storage.tenants import TenantRow

ALWAYS = (date(2000, 1, 1), date(2100, 1, 1))


def everything(session: Session, tenant_id: int) -> list[list[aggregates.Count]]:
    """Return all figures of all days, of items, lists and cases."""
    aggregates.project_all(session)
    return [
        aggregates.read(session, tenant_id, *ALWAYS, of="items"),
        aggregates.read(session, tenant_id, *ALWAYS, of="lists"),
        aggregates.read(session, tenant_id, *ALWAYS, of="cases"),
    ]


def dispose_of(session: Session, tenant: TenantRow, case: CaseRow, at: datetime) -> None:
    """Dispose of a case, and assert that no figure changes."""
    with session.begin_nested() as looking:  # rolled back, so that queued changes are still queued at disposal
        before = everything(session, tenant.id)
        looking.rollback()
    disposal.dispose_of(session, tenant, [case], at, "cli:made-up")
    assert everything(session, tenant.id) == before
