"""The units a file names: those that exist, and those it names for the first time."""

from dataclasses import dataclass, field

from checklists.faults import Code, Refusal, fault
from checklists.swedish_time import day_of
from checklists.unit_names import looks_like_one_of, unit_key
from imports.common import Order
from storage import people
from storage.desk import Session
from storage.tenants import TenantRow


@dataclass
class Units:
    """The units of the rows taken in one transaction. new: the names not known before, as first written."""

    session: Session
    order: Order
    new: list[str] = field(default_factory=list)
    _known: dict[int, dict[str, str]] = field(default_factory=dict)
    _ids: dict[tuple[int, str], int] = field(default_factory=dict)

    def id_of(self, tenant: TenantRow, name: str) -> int:
        """Return the id of a unit, created if it is new.

        Raises: Refusal: it looks like a misspelling of a known one, or of another that the file names, or is closed.
        """
        at = (tenant.id, unit_key(name))
        if at not in self._ids:
            if tenant.id not in self._known:
                stored = people.unit_names(self.session, tenant.id, former=True).values()
                named = [one for of_tenant, one in self.order.named if of_tenant == tenant.entra_id]
                self._known[tenant.id] = {unit_key(one): one for one in (*stored, *named) if one}
            known = self._known[tenant.id]
            if at[1] not in known:
                if not self.order.may_be_near and looks_like_one_of(name, known):
                    raise Refusal(fault(Code.UNIT_NEAR_KNOWN))
                self.new.append(name)
                self.order.named.add((tenant.entra_id, name))
                known[at[1]] = name
            unit = people.unit(self.session, tenant.id, name)
            if unit.closed_on is not None and unit.closed_on <= day_of(self.order.at):
                raise Refusal(fault(Code.UNIT_CLOSED, day=unit.closed_on))
            self._ids[at] = unit.id
        return self._ids[at]
