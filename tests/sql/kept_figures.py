"""Every figure that is kept, and disposal of a case under their eyes."""

from datetime import date, datetime

from storage import aggregates, disposal
from storage.cases import CaseRow
from storage.desk import Session
from storage.tenants import TenantRow

ALWAYS = (date(2000, 1, 1), date(2100, 1, 1))


def everything(session: Session, tenant_id: int) -> list[list[aggregates.Count]]:
    """Return every figure of every day, of items, lists and cases."""
    aggregates.project_all(session)
    return [
        aggregates.read(session, tenant_id, *ALWAYS, of="items"),
        aggregates.read(session, tenant_id, *ALWAYS, of="lists"),
        aggregates.read(session, tenant_id, *ALWAYS, of="cases"),
    ]


def dispose_of(session: Session, tenant: TenantRow, case: CaseRow, at: datetime) -> None:
    """Take a case away; every figure is afterwards what it was."""
    with session.begin_nested() as looking:  # what waits to be folded still waits when the case goes
        before = everything(session, tenant.id)
        looking.rollback()
    disposal.dispose_of(session, tenant, [case], at, "cli:made-up")
    assert everything(session, tenant.id) == before
