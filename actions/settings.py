"""Change a municipality's settings."""

from typing import Any

from actions.changes import NONE, Change, Changes, record
from actions.origin import Origin
from checklists.faults import Code, Refusal, fault, listed
from checklists.tenant_settings import parse_setting
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


def read(session: Session, tenant: TenantRow, name: str, text: str) -> Any:
    """Parse the value of one setting as text, and find in the register whom it names.

    Raises: Refusal: see `tenant_settings.parse_setting`; or nobody in the register has an address it names, and so
    nobody would be told.
    """
    value = parse_setting(name, text)
    if name == "out_of_hours":
        absent = [place for place, one in enumerate(value, start=1) if people.by_email(session, tenant.id, one) is None]
        if absent:
            raise Refusal(fault(Code.NOBODY_ON_DUTY, setting=name, places=listed(absent)))
    return value


def change(session: Session, origin: Origin, tenant: TenantRow, name: str, value: Any) -> Changes:
    """Change one setting. value: in the form stored in JSON (see `tenant_settings.parse_setting`)."""
    before = tenants.settings(tenant).workdays
    tenants.set_setting(tenant, name, value)
    if tenants.settings(tenant).workdays != before:  # a deadline may now fall on another day
        projection_queue.enqueue_tenant(session, tenant.id)
    return record(session, origin, Change("setting_changed", detail=name))
