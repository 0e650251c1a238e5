"""Change a municipality's settings."""

from typing import Any

from actions.changes import NONE, Change, Changes, record
from actions.origin import Origin
from checklists.faults import Code, Fault, fault, listed
from storage import people, projection_queue, tenants
from storage.desk import Session
from storage.tenants import TenantRow


def follow_address(session: Session, origin: Origin, was: str | None, now: str | None) -> Changes:
    """Replace an e-mail in the settings that name somebody by it. now: the new one; None to remove the old one.

    No changes if no setting has it.
    """
    tenant = tenants.get(session, origin.tenant_id)
    named = tenants.settings(tenant).out_of_hours
    if was == now or was not in named:
        return NONE
    follows = [now if one == was else one for one in named if now or one != was]
    return change(session, origin, tenant, "out_of_hours", list(dict.fromkeys(follows)))


def without_duty(session: Session, tenant: TenantRow, name: str, value: Any) -> Fault | None:
    """Return what to say of a setting that names somebody who is not in the register, None if all is well.

    It is taken all the same: the person may be imported after it.
    """
    if name != "out_of_hours":
        return None
    absent = [place for place, one in enumerate(value, start=1) if people.by_email(session, tenant.id, one) is None]
    return fault(Code.NOBODY_ON_DUTY, setting=name, places=listed(absent)) if absent else None


def change(session: Session, origin: Origin, tenant: TenantRow, name: str, value: Any) -> Changes:
    """Change one setting. value: in the form stored in JSON (see `tenant_settings.parse_setting`)."""
    before = tenants.settings(tenant).workdays
    tenants.set_setting(tenant, name, value)
    if tenants.settings(tenant).workdays != before:  # a deadline may now fall on another day
        projection_queue.enqueue_tenant(session, tenant.id)
    return record(session, origin, Change("setting_changed", detail=name))
