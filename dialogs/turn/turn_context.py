"""What one turn works with: the session, who speaks, in which chat, and the case she turns to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from actions.basis import BASIS, Basis, read
from actions.origin import Origin, of_person
from checklists import access
from checklists.access import Staff
from checklists.model import ListId, Role
from dialogs.turn.exchange import Reply, Turn
from dialogs.turn.shown import Shown
from dialogs.views.views import AnyView
from storage import filled, people
from storage.cases import CaseRow, Facts
from storage.conversations import ConversationRow
from storage.desk import Session
from storage.people import PersonRow, RoleRow
from storage.tenants import TenantRow
from texts import Language


@dataclass
class TurnContext:
    """One turn of one known person. pages_url: where people reach the bot's pages, empty when they cannot.

    touched: the case this turn is about; its key seals the stored reply.
    """

    session: Session
    turn: Turn
    tenant: TenantRow
    person: PersonRow
    roles: Sequence[RoleRow]
    conversation: ConversationRow
    pages_url: str = ""
    touched: CaseRow | None = None
    origin: Origin = field(init=False)
    tenant_id: int = field(init=False)
    person_id: int = field(init=False)
    today: date = field(init=False)
    language: Language = field(init=False)

    def __post_init__(self) -> None:
        self.origin = of_person(self.tenant.id, self.person.id, self.turn.now)
        self.tenant_id, self.person_id, self.today = self.tenant.id, self.person.id, self.origin.today
        self.language = "en" if self.person.language == "en" else "sv"

    @property
    def shown(self) -> Shown | None:
        """Return what was last shown in this chat."""
        return Shown.model_validate_json(self.conversation.shown) if self.conversation.shown else None

    def units_as(self, role: Role) -> list[int]:
        """Return the ids of the units in which she holds the role today."""
        return [row.unit_id for row in self.roles if row.role == role]

    def basis(self, case: CaseRow, facts: Facts, checklist: ListId = BASIS) -> Basis:
        """Turn to a case: return the newest occasion of a list as she has it."""
        self.touched = case
        if self.turn.kind != "refresh":  # her client asks that by itself; it is not what she last turned to
            self.conversation.case_id = case.id
        return read(self.session, case, facts, checklist, self.reader_id(case))

    def reader_id(self, case: CaseRow) -> int:
        """Return her own id where she meets a case as its reader, else the id of nobody."""
        return self.person_id if access.reads(self.roles, case) else filled.NOBODY

    def acting_as(self, case: CaseRow) -> str:
        """Return for whom she stands in, for the trail: she reads as a deputy. Empty for a chef of the unit."""
        if not access.reads_as_deputy(self.roles, case):
            return ""
        staff = Staff(people.holdings_on(self.session, self.tenant_id, self.today))
        return "deputy_for " + ",".join(map(str, staff.chefs_covered_by(case, self.person_id)))

    def reply(self, view: AnyView) -> Reply:
        """Return a view as the reply to this person."""
        return Reply(
            tenant_id=self.tenant_id,
            person_id=self.person_id,
            channel_user=self.turn.channel_user,
            language=self.language,
            view=view,
        )
