"""Who is told of what about a case: its workers, the chefs of its unit or those who stand in for them, managers.

Nobody but the workers and the unit's chefs and their ersättare is told of a case with protected identity.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from checklists.reminders import Audience
from storage import conversations, people
from storage.cases import CaseRow
from storage.desk import Session
from storage.people import Holding, PersonRow


class Staff:
    """Who holds which role in one municipality on one day, read once."""

    def __init__(self, session: Session, tenant_id: int, day: date) -> None:
        """Read the roles held on a day."""
        self._present: set[int] = set()
        self._by_role: defaultdict[str, list[Holding]] = defaultdict(list)
        for holding in people.holdings_on(session, tenant_id, day):
            self._present.add(holding.person_id)
            self._by_role[holding.role].append(holding)

    def told(self, case: CaseRow, audience: Audience) -> list[int]:
        """Return who is told of a case, each once."""
        if audience == "worker":
            return self.workers(case) or self.chefs(case)
        if audience == "chef":
            return self.chefs(case)
        return self._deputies_else_managers(case) if audience == "deputy_else_manager" else []

    def instead(self, case: CaseRow, gone: int) -> tuple[list[int], ...]:
        """Return who is told when someone cannot be reached, in tiers: the unit's ersättare, else the managers.

        Of a case with protected identity the unit's chefs are told in the managers' place.
        """
        mine = {gone, case.lead_id, case.co_id}
        last = self._holders("unit_manager", case) if case.protected_identity else self._holders("manager")
        tiers = (self._holders("deputy", case), last)
        return tuple([person for person in tier if person not in mine] for tier in tiers)

    def own_chefs(self, case: CaseRow) -> list[int]:
        """Return the unit's chefs themselves, whoever stands in for them; never the case's own workers."""
        return [chef for chef in self._holders("unit_manager", case) if chef not in (case.lead_id, case.co_id)]

    def reads(self, case: CaseRow, person: int) -> bool:
        """Say whether someone has the chef's rights to a case."""
        readers = self._holders("unit_manager", case) + self._holders("deputy", case)
        return person in readers and person not in (case.lead_id, case.co_id)

    def may_be_told(self, case: CaseRow, person: int) -> bool:
        """Say whether someone may be told of a case at all."""
        if person in self.workers(case) or self.reads(case, person):
            return True
        return not case.protected_identity and person in self._holders("manager")

    def workers(self, case: CaseRow) -> list[int]:
        """Return lead and co-worker, as far as they still work here."""
        return [person for person in (case.lead_id, case.co_id) if person is not None and person in self._present]

    def chefs(self, case: CaseRow) -> list[int]:
        """Return who reads and signs: each chef of the unit, or her ersättare while one is named.

        Nobody reads a case of her own: where the chef is its worker, only her ersättare is left.
        """
        mine = {case.lead_id, case.co_id}
        chefs = self._holders("unit_manager", case)
        found = []
        for chef in chefs:
            deputies = [
                holding.person_id
                for holding in self._in_unit("deputy", case)
                if holding.stands_in_for_id == chef or (holding.stands_in_for_id is None and len(chefs) == 1)
            ]
            standing_in = [person for person in deputies if person not in mine]
            found += standing_in or ([chef] if chef not in mine else [])
        if len(chefs) != 1:  # who stands in for nobody in particular reads beside several chefs, or instead of none
            found += [one.person_id for one in self._in_unit("deputy", case) if one.stands_in_for_id is None]
        return [person for person in dict.fromkeys(found) if person not in mine]

    def managers(self) -> list[int]:
        """Return the managers of the organisation."""
        return self._holders("manager")

    def _deputies_else_managers(self, case: CaseRow) -> list[int]:
        mine = {case.lead_id, case.co_id}
        deputies = [person for person in self._holders("deputy", case) if person not in mine]
        if deputies:
            return deputies
        if case.protected_identity:
            return self.chefs(case)
        return [person for person in self._holders("manager") if person not in mine]

    def _holders(self, name: str, case: CaseRow | None = None) -> list[int]:
        """Return who holds a role in the case's unit, or anywhere."""
        holdings = self._in_unit(name, case) if case else self._by_role[name]
        return list(dict.fromkeys(holding.person_id for holding in holdings))

    def _in_unit(self, name: str, case: CaseRow) -> list[Holding]:
        return [holding for holding in self._by_role[name] if holding.unit_id == case.unit_id]


def named(session: Session, tenant_id: int, ids: Iterable[int]) -> list[PersonRow]:
    """Return the people with these row ids, in that order."""
    found = (people.person(session, tenant_id, row_id) for row_id in ids)
    return [row for row in found if row is not None]


def without_app(session: Session, found: Iterable[PersonRow]) -> list[PersonRow]:
    """Return those among them who cannot be written to: the app is not installed, or was blocked."""
    return [row for row in found if conversations.chat_with(session, row.id) is None]
