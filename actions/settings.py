"""Change a municipality's settings."""

from typing import Any

from actions.changes import Change, Changes, record
from actions.origin import Origin
from storage import projection_queue, tenants
from storage.desk import Session
from storage.tenants import TenantRow


def change(session: Session, origin: Origin, tenant: TenantRow, name: str, value: Any) -> Changes:
    """Change one setting. value: in the form stored in JSON (see `tenant_settings.parse_setting`)."""
    before = tenants.settings(tenant).workdays
    tenants.set_setting(tenant, name, value)
    if tenants.settings(tenant).workdays != before:  # a deadline may now fall on another day
        projection_queue.enqueue_tenant(session, tenant.id)
    return record(session, origin, Change("setting_changed", detail=name))
