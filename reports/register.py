"""The people register as the CSV that `people import` reads: one row per person and role.

People whose personal data were disposed of are not in it.
"""

from collections.abc import Iterator

from storage import people
from storage.desk import Session
from storage.tenants import TenantRow

COLUMNS = ("tenant_id", "object_id", "email", "name", "unit", "role", "valid_from", "valid_to")


def rows(session: Session, tenant: TenantRow) -> Iterator[list[str]]:
    """Yield one row per person and role, in name order."""
    names = people.unit_names(session, tenant.id)
    for person, role in people.everyone(session, tenant.id):
        if not people.is_known(person):
            continue
        yield [
            tenant.entra_id,
            person.object_id or "",
            person.email or "",
            person.name,
            names.get(role.unit_id, ""),
            role.role,
            role.valid_from.isoformat() if role.valid_from else "",
            role.valid_to.isoformat() if role.valid_to else "",
        ]
