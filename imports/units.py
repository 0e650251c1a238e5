"""The units a file names: those that are there, and those it names for the first time."""

from dataclasses import dataclass, field

from checklists.faults import Code, Refusal, fault
from checklists.unit_names import looks_like_one_of, unit_key
from storage import people
from storage.desk import Session


@dataclass
class Units:
    """The units of one import. may_be_near: whether a new name may be one letter from a known one.

    new: the names that were not there before the import, as first written.
    """

    session: Session
    may_be_near: bool
    new: list[str] = field(default_factory=list)
    _known: dict[int, dict[str, str]] = field(default_factory=dict)
    _ids: dict[tuple[int, str], int] = field(default_factory=dict)

    def id_of(self, tenant_id: int, name: str) -> int:
        """Return the id of a unit, created if it is new. Raises: Refusal: it looks like a slip for a known one."""
        at = (tenant_id, unit_key(name))
        if at not in self._ids:
            if tenant_id not in self._known:
                self._known[tenant_id] = {
                    unit_key(one): one for one in people.unit_names(self.session, tenant_id).values() if one
                }
            known = self._known[tenant_id]
            if at[1] not in known:
                if not self.may_be_near and looks_like_one_of(name, known):
                    raise Refusal(fault(Code.UNIT_NEAR_KNOWN))
                self.new.append(name)
            self._ids[at] = people.unit(self.session, tenant_id, name).id
        return self._ids[at]
